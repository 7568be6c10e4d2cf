"""Fixtures that every test may use. Nothing here reaches the network."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.portable_sql import RECORDER

# No deadline: a busy machine is no counterexample.
settings.register_profile("understudy", deadline=None)
settings.load_profile("understudy")

RECORDER.listen()


@pytest.fixture(autouse=True)
def portable_sql() -> Iterator[None]:
    """Whatever a test lets memory say to its database means the same to every engine."""
    yield
    assert RECORDER.take() == []
