"""The owner's files, watched: the one place that knows watchfiles."""

import asyncio
import logging
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from core.watch import Watch

log = logging.getLogger(__name__)

OWNERS = (".json", ".toml")
SETTLE_MS = 50
"""An editor that saves touches a file several times."""
LOOK_AGAIN_MS = 5000
"""So often a look is taken all the same: some file systems tell of nothing."""


async def watch_files(watches: Iterable[tuple[Path, Watch]]) -> None:
    """Tell each of what changes in its folder. Runs for ever; returns where the system cannot watch one, and
    then every reading looks for itself again."""
    try:
        await _watch(watches)
    except (OSError, RuntimeError) as error:
        log.info("the owner's files are not watched (%s)", type(error).__name__)


async def _watch(watches: Iterable[tuple[Path, Watch]]) -> None:
    from watchfiles import watch

    by_folder = [(folder.resolve(), watch) for folder, watch in watches]
    folders = {folder for folder, _ in by_folder}
    ended = threading.Event()
    told = watch(
        *folders,
        watch_filter=_is_the_owners,
        recursive=False,
        debounce=SETTLE_MS,
        step=SETTLE_MS,
        rust_timeout=LOOK_AGAIN_MS,
        yield_on_timeout=True,
        stop_event=ended,
    )
    with ExitStack() as stack:
        stack.callback(ended.set)
        for _, one in by_folder:
            stack.enter_context(one.watched())
        while (changes := await asyncio.to_thread(next, told, None)) is not None:
            touched = {Path(path).parent for _, path in changes} or folders
            for folder, one in by_folder:
                if folder in touched:
                    one.changed()


def _is_the_owners(_: object, path: str) -> bool:
    """Beside their files lies the database, which is written all the time."""
    return path.endswith(OWNERS)
