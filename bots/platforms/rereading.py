"""Which of a platform's calls tell what became of several messages: few where they lie close together."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

K = TypeVar("K")


async def reread_in_pages(
    keys: Sequence[K],
    page: Callable[[Sequence[K]], Awaitable[Collection[K]]],
    one: Callable[[K], Awaitable[None]],
) -> None:
    """Ask for all of `keys`, which stand in the order in which the platform's pages tell them.

    `page` asks for the page that begins with the first of those it is given, and answers which of them it
    showed; what is not on it may be gone, or further on. `one` asks for a single message: that it is gone,
    only this says. At most two calls for each key, and one for all that stand on a page together.
    """
    left = list(keys)
    while len(left) > 1:
        first, *rest = left
        shown = await page(left)
        if first not in shown:
            await one(first)
        left = [key for key in rest if key not in shown]
    for key in left:
        await one(key)
