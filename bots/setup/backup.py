"""Everything that cannot be made again, in one file."""

import os
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from bots.home import Home
from core.errors import OwnerMustFix
from memory.storage import engine_of


def write_backup(home: Home, path: Path) -> tuple[Path, int]:
    """A tar of the database (one consistent state), profile, personas and settings: where it is, its bytes.

    Readable by its owner alone, complete or not there at all. Blocks; safe beside a running twin.
    Raises OwnerMustFix when `path` exists or cannot be written.
    """
    target = path.expanduser().absolute()
    if target.exists():
        raise OwnerMustFix(f"{target} exists already; choose another name")
    try:
        with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
            engine, archive = engine_of(home.path), Path(folder) / "backup.tar"
            engine.copy(home.path, Path(folder))
            with os.fdopen(os.open(archive, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                with tarfile.open(fileobj=file, mode="w", dereference=True) as tar:
                    for name in engine.copied:
                        tar.add(Path(folder) / name, name)
                    for one in (home.twin_toml, home.profile_json, *sorted(home.personas.glob("*.toml"))):
                        if one.is_file():
                            tar.add(one, str(one.relative_to(home.path)))
                file.flush()
                os.fsync(file.fileno())
            os.link(archive, target)  # unlike a rename, never replaces a file that came in between
            return target, target.stat().st_size
    except OSError as error:
        raise OwnerMustFix(f"{target}: {error.strerror or error}") from error
    except OwnerMustFix as error:
        raise OwnerMustFix(f"{target}: {error}") from error
