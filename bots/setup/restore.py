"""Puts a backup back: checked whole before anything is touched, what was there set aside."""

import asyncio
import shutil
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bots.home import Home
from bots.twin_toml import load
from core.errors import OwnerMustFix
from memory.profile.file import ProfileFile, Unreadable
from memory.profile.profile import LAST_GOOD
from memory.profile.revocations import Revocations, keep_revoked, known_in
from memory.reports.forgotten_since import (
    KnownRecords,
    NotRevived,
    keep_forgotten,
    known_records,
    let_in_no_more,
)
from memory.reports.joined_since import KnownReaders, keep_joined, known_readers
from memory.reports.restoring import Restored, settle_restored
from memory.storage import engine_of, engines, open_database
from memory.storage.port import Connection, Database

ALLOWED = ("twin.toml", "profile.json", "personas/*.toml")
"""Beside what an engine copies."""


@dataclass(frozen=True, slots=True)
class RestoredHome:
    """Where the files that were there before now lie, if any; what of the backup was not revived: of what was
    under way, of the owner's file, and of what is known; and the personas whose files were not here as they
    are in the backup."""

    set_aside: Path | None
    changed: Restored
    revocations: Revocations
    records: NotRevived
    personas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Replaced:
    """What the home that is replaced knows."""

    records: KnownRecords
    readers: KnownReaders


async def restore(home: Home, archive: Path, now: datetime) -> RestoredHome:
    """Fill the home from what `backup` wrote, so that nothing in it sends, tells or obeys by itself, and
    nobody hears by it what the home no longer lets them hear, or has let go of.

    The caller holds the home's lock. Raises OwnerMustFix, with nothing changed, when `archive` is no
    backup or is damaged. The settings leave first and come last: whatever is cut short is no home, and
    can be restored again.
    """
    with TemporaryDirectory(dir=home.path, prefix=".restoring-") as folder:
        fresh = Path(folder)
        try:
            _unpack(archive, fresh)
            load(fresh / "twin.toml")
        except (tarfile.TarError, EOFError) as error:
            raise OwnerMustFix(f"{archive}: not a backup, or damaged ({type(error).__name__})") from error
        engine = engine_of(fresh)
        try:
            engine.examine(fresh)
        except OwnerMustFix as error:
            raise OwnerMustFix(f"{archive}: its database is damaged ({error})") from error
        revocations = _keep_revoked(home, fresh / home.profile_json.name, archive)
        known = await _known(home, fresh / "replaced")
        changed, records = await _settle(fresh, known, revocations, now)
        personas = _other_personas(home, fresh / "personas")
        aside = home.path / f"before-restore-{now:%Y%m%d-%H%M%S}"
        kept = _set_aside(home, aside)
        shutil.rmtree(home.personas, ignore_errors=True)
        for name in ("personas", "profile.json", *engine.copied, "twin.toml"):
            if (fresh / name).exists():
                (fresh / name).replace(home.path / name)
    return RestoredHome(aside if kept else None, changed, revocations, records, personas)


def _keep_revoked(home: Home, profile: Path, archive: Path) -> Revocations:
    file = ProfileFile(profile)
    try:
        backup = file.load() or {}
        known = known_in(home.profile_json, home.profile_json.with_suffix(LAST_GOOD))
        tables, revocations = keep_revoked(backup, known, profile.name)
    except Unreadable as error:
        raise OwnerMustFix(f"{archive}: its {error}") from error
    if tables != backup:
        file.save(tables)
    return revocations


def _other_personas(home: Home, folder: Path) -> tuple[str, ...]:
    def here(name: str) -> bytes | None:
        path = home.personas / name
        return path.read_bytes() if path.is_file() else None

    return tuple(one.stem for one in sorted(folder.glob("*.toml")) if here(one.name) != one.read_bytes())


async def _known(home: Home, copy: Path) -> _Replaced | None:
    """What the home's database holds, read from a copy that is brought up to date; None where there is none,
    or none that can be read."""
    engine = engine_of(home.path)

    def opened() -> Database:
        copy.mkdir()
        engine.copy(home.path, copy)
        return open_database(copy)

    if not any((home.path / name).exists() for name in engine.files):
        return None
    try:
        database = await asyncio.to_thread(opened)
        try:
            return await database.read(lambda c: _Replaced(known_records(c), known_readers(c)))
        finally:
            await database.close()
    except OwnerMustFix:
        return None
    finally:
        shutil.rmtree(copy)


async def _settle(
    fresh: Path, known: _Replaced | None, revocations: Revocations, now: datetime
) -> tuple[Restored, NotRevived]:
    def settle(connection: Connection) -> tuple[Restored, NotRevived]:
        let_in_no_more(connection, revocations.narrowed)
        changed = settle_restored(connection, now)
        records = keep_forgotten(connection, known.records if known else None, now)
        keep_joined(connection, known.readers if known else None, now)
        return changed, records

    database = await asyncio.to_thread(open_database, fresh)
    try:
        changed, records = await database.write("restore", settle)
        if records.forgotten or records.reworded:
            await database.scrub()
        return changed, records
    finally:
        await database.close()


def _unpack(archive: Path, folder: Path) -> None:
    (folder / "personas").mkdir()
    allowed = (*ALLOWED, *(name for engine in engines() for name in engine.copied))
    with tarfile.open(archive, "r:") as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            content = tar.extractfile(member) if member.isfile() else None
            known = str(path) == member.name and ".." not in path.parts and any(map(path.match, allowed))
            if content is None or not known or len(path.parts) > 2 or path.is_absolute():
                raise OwnerMustFix(f"{archive}: holds what no backup of ours does")
            with content, (folder / path).open("wb") as file:
                shutil.copyfileobj(content, file)
            (folder / path).chmod(0o600)
    required = (*engine_of(folder).copied, "twin.toml")
    if missing := [name for name in required if not (folder / name).is_file()]:
        raise OwnerMustFix(f"{archive}: not a backup, {' and '.join(missing)} missing")


def _set_aside(home: Home, aside: Path) -> bool:
    databases = [home.path / name for engine in engines() for name in engine.files]
    last_good = home.profile_json.with_suffix(LAST_GOOD)
    held = [home.twin_toml, *databases, home.profile_json, last_good]
    found = [path for path in held if path.exists()]
    if home.personas.is_dir() and any(home.personas.iterdir()):
        found.append(home.personas)
    for path in found:
        aside.mkdir(mode=0o700, exist_ok=True)
        path.replace(aside / path.name)
    return bool(found)
