"""How long a model may stay silent."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TypeVar

from core.errors import TryAgain

Piece = TypeVar("Piece")


class Line:
    """Those who wait for a model's first piece. While it says something to one of them, the others wait for
    their turn: that is not silence."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Timeout, float] = {}

    @contextmanager
    def waiting(self, limit: asyncio.Timeout, patience_s: float) -> Iterator[None]:
        """`limit` ends when nobody of the line has heard anything for so long."""
        self._waiting[limit] = patience_s
        try:
            yield
        finally:
            del self._waiting[limit]

    def heard(self) -> None:
        """One of them has heard something, or is done."""
        now = asyncio.get_running_loop().time()
        for limit, patience_s in self._waiting.items():
            if not limit.expired():
                limit.reschedule(now + patience_s)


async def in_time(
    pieces: AsyncIterator[Piece], first_s: float, next_s: float, line: Line | None = None
) -> AsyncIterator[Piece]:
    """The pieces, as long as the first comes within `first_s` seconds of silence and each other within
    `next_s`. `line` is that of all who ask the same model.

    Raises TryAgain when one does not; it names the key.
    """
    line = line or Line()
    try:
        async with asyncio.timeout(first_s) as limit:
            with line.waiting(limit, first_s):
                piece = await anext(pieces)
    except StopAsyncIteration:
        return
    except TimeoutError:
        raise TryAgain(
            f"the model said nothing for {first_s:g} s: if it is only slow, or busy with others, set"
            " model.timeout_s in twin.toml higher"
        ) from None
    while True:
        line.heard()
        yield piece
        try:
            async with asyncio.timeout(next_s):
                piece = await anext(pieces)
        except StopAsyncIteration:
            line.heard()
            return
        except TimeoutError:
            raise TryAgain(f"the model fell silent in the middle of a draft, for {next_s:g} s") from None
