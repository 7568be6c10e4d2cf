"""The owner's files, watched: the one place that knows watchfiles."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from core.watch import Watch

log = logging.getLogger(__name__)

OWNERS = (".json", ".toml")
SETTLE_MS = 50
"""An editor that saves touches a file several times."""


async def watch_files(watches: Sequence[tuple[Path, Watch]]) -> None:
    """Tell each of what changes in its folder. Runs for ever, in a thread of its own."""
    by_folder = [(folder.resolve(), watch) for folder, watch in watches]
    ended = threading.Event()
    watching = threading.Thread(target=_tell, args=(by_folder, ended), name="files", daemon=True)
    with ExitStack() as stack:
        for _, watch in by_folder:
            stack.enter_context(watch.watched())
        watching.start()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
            watching.join()  # it looks whether it is to end every SETTLE_MS


def _tell(by_folder: Sequence[tuple[Path, Watch]], ended: threading.Event) -> None:
    from watchfiles import watch

    folders = {folder for folder, _ in by_folder}
    try:
        for changes in watch(
            *folders,
            watch_filter=_is_the_owners,
            recursive=False,
            debounce=SETTLE_MS,
            step=SETTLE_MS,
            stop_event=ended,
        ):
            touched = {Path(path).parent for _, path in changes}
            for folder, one in by_folder:
                if folder in touched:
                    one.changed()
    except (OSError, RuntimeError) as error:
        # They are looked at now and then all the same.
        log.info("the owner's files are not watched (%s)", type(error).__name__)


def _is_the_owners(_: object, path: str) -> bool:
    """Beside their files lies the database, which is written all the time."""
    return path.endswith(OWNERS)
