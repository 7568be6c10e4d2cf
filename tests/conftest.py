"""Fixtures that every test may use. Nothing here reaches the network."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Else each worker rewrites every assertion anew, and each process that a test starts compiles what it loads.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from tests import hurry  # noqa: E402
from tests.portable_sql import RECORDER  # noqa: E402

MEMORY = Path("/dev/shm")
"""Where files cost no disk: every commit of a home waits for its disk."""
ROOM = 2**30

# No deadline: a busy machine is no counterexample.
settings.register_profile("understudy", deadline=None)
settings.load_profile("understudy")

hurry.certificates_once()
RECORDER.listen()

if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: some tests wait for a process or a page, and others can run meanwhile."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def portable_sql() -> Iterator[None]:
    """Whatever a test lets memory say to its database means the same to every engine."""
    yield
    assert RECORDER.take() == []
