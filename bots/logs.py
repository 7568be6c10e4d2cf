"""Where the process writes what went wrong: ids, names of rules and of errors, never what was said."""

import logging
import os
import re
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler

from bots.home import Home
from bots.known_tokens import KnownTokens

PROBLEMS = "bots.runtime.base.problems"
"""Where what the owner should mend is logged, once each."""
OURS = ("core", "memory", "personas", "bots")
WORDS = re.compile(r"[A-Za-z %,.']{1,100}")
"""A library's sentence with nothing in it but words."""
LEFT_OUT = "(left out: there was a token in it)"


class WithoutMessages(logging.Formatter):
    """Formats an exception as its type and frames: its message may hold what was said, or an address with a
    token. Of what libraries log only their own sentences stay, without what they fill into them: servers
    write that. No line holds any of `tokens`."""

    def __init__(self, form: str, tokens: KnownTokens | None = None) -> None:
        super().__init__(form)
        self._tokens = tokens or KnownTokens()

    def format(self, record: logging.LogRecord) -> str:
        """As usual, whatever another formatter has already made of the exception."""
        ours = logging.makeLogRecord(record.__dict__)
        ours.exc_text = ours.stack_info = None
        if record.name.partition(".")[0] not in OURS:
            sentence = str(record.msg).partition("\n")[0]
            ours.msg = sentence if WORDS.fullmatch(sentence) else f"{record.module}, line {record.lineno}"
            ours.args = None
        line = super().format(ours)
        if not self._tokens.appear_in(line):
            return line
        ours.msg, ours.args = LEFT_OUT, None
        return super().format(ours)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        """Type and frames, outermost first."""
        kind, _, frames = ei if isinstance(ei, tuple) else (None, None, None)
        name = kind.__name__ if isinstance(kind, type) else "error"
        return "".join([*traceback.format_tb(frames), name])


@contextmanager
def logging_to(home: Home, tokens: KnownTokens | None = None) -> Iterator[None]:
    """Log to the home's file, our own at INFO, everything else from WARNING on."""
    handler = RotatingFileHandler(
        home.log_file, maxBytes=2_000_000, backupCount=2, encoding="utf-8", delay=True
    )
    handler.setFormatter(WithoutMessages("%(asctime)s %(levelname)s %(name)s: %(message)s", tokens))
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
def problems_aloud(tokens: KnownTokens | None = None) -> Iterator[None]:
    """Say on standard error too what the owner should mend, and when it is well again."""
    handler, problems = logging.StreamHandler(), logging.getLogger(PROBLEMS)
    handler.setFormatter(WithoutMessages("%(message)s", tokens))
    problems.addHandler(handler)
    try:
        yield
    finally:
        problems.removeHandler(handler)


def say_no_messages() -> None:
    """Whatever Python itself would print of an error, in this process, is its type alone."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(WithoutMessages("%(name)s: %(message)s"))
    threading.excepthook = lambda given: _print_type(given.exc_type)
    sys.unraisablehook = lambda given: _print_type(given.exc_type)


def _print_type(kind: type[BaseException] | None) -> None:
    if kind is not SystemExit:
        print(f"understudy: {kind.__name__ if kind else 'an error'} where nobody waited", file=sys.stderr)


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
