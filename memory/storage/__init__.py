"""The database: the one place that knows a driver, each engine in a folder of its own."""

from functools import cache
from importlib import import_module
from pathlib import Path

from core.errors import OwnerMustFix
from memory.storage.port import Checkpoint, Database, Engine


def engines() -> tuple[Engine, ...]:
    """Each folder here that has an `engine.py`, in the order in which they are asked who serves a home."""
    return _engines(tuple(__path__))


def engine_of(home: Path) -> Engine:
    """The first that serves this folder; SQLite is last, and serves any."""
    return next(engine for engine in engines() if engine.serves(home))


def open_database(home: Path, *, checkpoint: Checkpoint = lambda _: None) -> Database:
    """The database of a home, created where there is none, and brought up to date. Blocks for a moment.

    Raises OwnerMustFix where it is damaged, is a newer twin's or cannot be written.
    """
    return engine_of(home).open(home, checkpoint)


@cache
def _engines(folders: tuple[str, ...]) -> tuple[Engine, ...]:
    found = [
        _engine(path)
        for folder in folders
        for path in Path(folder).glob("*/engine.py")
        if path.parent.name.isidentifier()  # else a copy that somebody put aside
    ]
    return tuple(sorted(found, key=lambda engine: (engine.rank, engine.name)))


def _engine(path: Path) -> Engine:
    """Raises OwnerMustFix where it cannot be loaded: it may be the one that serves this home."""
    try:
        engine: Engine = import_module(f"{__name__}.{path.parent.name}.engine").ENGINE
    except Exception as error:
        # Supervision: whatever it raises, its folder is what the owner must look at.
        raise OwnerMustFix(f"{path}: cannot be loaded ({type(error).__name__}: {error})") from error
    return engine
