"""A second storage, as somebody would add one: its folder, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from memory import storage


@contextmanager
def put_among_the_storages() -> Iterator[None]:
    """While the block runs, the folders beside this file are storages too."""
    with patch.object(storage, "__path__", [*storage.__path__, str(Path(__file__).parent)]):
        yield
