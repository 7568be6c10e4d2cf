"""How many are in a group: a bot cannot list them, but sees that somebody came or went while it was off."""

from collections.abc import Awaitable, Callable

from bots.platforms.port import Inbound
from bots.platforms.telegram.client import GARBLED
from bots.platforms.telegram.ids import NAME
from core.errors import UnderstudyError


class Counts:
    """Keeps each group's count durably. `ask` is asked for it now, and raises TryAgain and Refused."""

    def __init__(self, inbound: Inbound, ask: Callable[[int], Awaitable[int]]) -> None:
        self._inbound = inbound
        self._ask = ask
        self._begun: set[int] = set()

    async def begin(self, chat: int) -> None:
        """Something was said there: from now on a change is seen. A count that is not told is no matter."""
        if chat in self._begun:
            return
        self._begun.add(chat)
        if await self._known(chat) is None:
            await self.moved(chat)

    async def moved(self, chat: int) -> None:
        """Somebody came or went, and that was told."""
        try:
            now = str(await self._ask(chat))
        except (UnderstudyError, *GARBLED):
            now = ""
        await self._inbound.remember(NAME, _key(chat), now)

    async def changed(self, chat: int) -> bool:
        """Whether there are more or fewer than were last told of; False where that was never known. Raises
        TryAgain and Refused."""
        now, known = str(await self._ask(chat)), await self._known(chat)
        if now != known:
            await self._inbound.remember(NAME, _key(chat), now)
        return known is not None and now != known

    async def _known(self, chat: int) -> str | None:
        return await self._inbound.recalled(NAME, _key(chat)) or None


def _key(chat: int) -> str:
    return f"count/{chat}"
