"""Parts of the program that are found by their folder: a platform, a storage."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from core.errors import OwnerMustFix

T = TypeVar("T")


def found(folders: Iterable[str], module: str) -> Iterator[Path]:
    """The file `module`.py of each package in these folders, by name; not of a copy that was put aside."""
    for folder in folders:
        for path in sorted(Path(folder).glob(f"*/{module}.py")):
            if path.parent.name.isidentifier():
                yield path


def loaded(package: str, path: Path, take: Callable[[Any], T]) -> T:
    """What is taken from a file that was found. Raises OwnerMustFix, which names the file, where it does not
    load or lacks that."""
    try:
        return take(import_module(f"{package}.{path.parent.name}.{path.stem}"))
    except Exception as error:
        # Supervision: whatever it raises, its folder is what the owner must look at.
        raise OwnerMustFix(f"{path}: cannot be loaded ({type(error).__name__}: {error})") from error
