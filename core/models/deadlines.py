"""How long a model may stay silent."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from core.errors import TryAgain

Piece = TypeVar("Piece")


async def in_time(pieces: AsyncIterator[Piece], first_s: float, next_s: float) -> AsyncIterator[Piece]:
    """The pieces, as long as the first comes within `first_s` seconds and each other within `next_s`.

    Raises TryAgain when one does not.
    """
    patience = first_s
    while True:
        try:
            async with asyncio.timeout(patience):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise TryAgain(f"the model said nothing for {patience:.0f} s") from None
        yield piece
        patience = next_s
