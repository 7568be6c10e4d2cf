"""Several messages for one thing that is told."""

from collections.abc import Awaitable, Callable, Iterable

from core.errors import OwnerMustFix, TryAgain


async def in_parts(calls: Iterable[Callable[[], Awaitable[object]]]) -> None:
    """What is told in several messages, in their order.

    Raises what a call raises; but where a part has arrived already, ConnectionError in place of what would
    have all of it told again.
    """
    told = False
    for call in calls:
        try:
            await call()
        except (TryAgain, OwnerMustFix) as error:
            if told:
                raise ConnectionError("only a part of it was taken") from error
            raise
        told = True
