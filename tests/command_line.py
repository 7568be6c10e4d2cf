"""`understudy` called in this very process, as its console script would."""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from bots.cli.main import main


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        assert self.status == 0, self
        return json.loads(self.out)


def understudy(*arguments: str, stdin: bytes = b"") -> Ran:
    """Run a command to its end."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    mask = os.umask(0o022)
    try:
        with patch.object(sys, "stdin", given), redirect_stdout(out), redirect_stderr(err):
            main(arguments)
    except SystemExit as end:
        return Ran(int(end.code or 0), _written(out), _written(err))
    finally:
        os.umask(mask)
    raise AssertionError("main returned")


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
