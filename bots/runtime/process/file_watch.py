"""The owner's files, watched: the one place that knows watchfiles."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from core.watch import Watch

SETTLE_MS = 50
"""An editor that saves touches a file several times."""


async def watch_files(watches: Iterable[tuple[Path, Watch]]) -> None:
    """Tell each of what changes in its folder. Runs for ever; where the system cannot watch a folder it
    raises, and every reading looks for itself again."""
    from watchfiles import awatch

    by_folder = [(folder.resolve(), watch) for folder, watch in watches]
    with ExitStack() as stack:
        for _, watch in by_folder:
            stack.enter_context(watch.watched())
        folders = {folder for folder, _ in by_folder}
        async for changes in awatch(*folders, recursive=False, debounce=SETTLE_MS, step=SETTLE_MS):
            touched = {Path(path).parent for _, path in changes}
            for folder, watch in by_folder:
                if folder in touched:
                    watch.changed()
