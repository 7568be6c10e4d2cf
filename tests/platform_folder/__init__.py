"""A fourth platform, as somebody would add one: its folder, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from bots import platforms


@contextmanager
def put_among_the_platforms() -> Iterator[None]:
    """While the block runs, the folders beside this file are platforms too."""
    with patch.object(platforms, "__path__", [*platforms.__path__, str(Path(__file__).parent)]):
        yield
