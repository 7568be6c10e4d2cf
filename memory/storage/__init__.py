"""The database: the one place that knows a driver, each engine in a folder of its own."""

from functools import cache
from pathlib import Path

from core.folders import found, loaded
from memory.storage.port import Checkpoint, Database, Engine


def engines() -> tuple[Engine, ...]:
    """Each folder here that has an `engine.py`, in the order in which they are asked who serves a home.

    Raises OwnerMustFix where one cannot be loaded: it may be the one that serves.
    """
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
    engines: list[Engine] = [
        loaded(__name__, file, lambda module: module.ENGINE) for file in found(folders, "engine")
    ]
    return tuple(sorted(engines, key=lambda engine: (engine.rank, engine.name)))
