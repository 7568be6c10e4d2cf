"""Where the process writes what went wrong: ids, names of rules and of errors, never what was said."""

import logging
import os
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from bots.home import Home

PROBLEMS = "bots.runtime.base.problems"
"""Where what the owner should mend is logged, once each."""
OURS = ("core", "memory", "personas", "bots")


class WithoutMessages(logging.Formatter):
    """Formats an exception as its type and frames: its message may hold what was said."""

    def format(self, record: logging.LogRecord) -> str:
        """As usual, whatever another formatter has already made of the exception."""
        ours = logging.makeLogRecord(record.__dict__)
        ours.exc_text = None
        if ours.name == "asyncio":  # below its first line, a task or a future with its whole exception
            ours.msg, ours.args = record.getMessage().partition("\n")[0], None
        return super().format(ours)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Type and frames, outermost first."""
        kind, _, frames = ei if isinstance(ei, tuple) else (None, None, None)
        name = kind.__name__ if isinstance(kind, type) else "error"
        return "".join([*traceback.format_tb(frames), name])


@contextmanager
def logging_to(home: Home) -> Iterator[None]:
    """Log to the home's file, our own at INFO, everything else from WARNING on."""
    handler = RotatingFileHandler(
        home.log_file, maxBytes=2_000_000, backupCount=2, encoding="utf-8", delay=True
    )
    handler.setFormatter(WithoutMessages("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


@contextmanager
def problems_aloud() -> Iterator[None]:
    """Say on standard error too what the owner should mend, and when it is well again."""
    handler, problems = logging.StreamHandler(), logging.getLogger(PROBLEMS)
    handler.setFormatter(WithoutMessages("%(message)s"))
    problems.addHandler(handler)
    try:
        yield
    finally:
        problems.removeHandler(handler)


def file_unexpected(home: Home, error: Exception) -> str:
    """Note a fault of ours, beside the home's other files if it has any; where the note is."""
    note = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n"
    if home.path.is_dir() and os.access(home.path, os.W_OK):
        with home.log_file.open("a", encoding="utf-8") as log:
            log.write(note)
        return str(home.log_file)
    with tempfile.NamedTemporaryFile("w", prefix="understudy-", suffix=".log", delete=False) as beside:
        beside.write(note)
    return beside.name
