"""Whether what drafts answer still stands, read from its platform: what was edited or taken back while the
twin was not connected, nobody tells of later."""

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from bots.platforms.port import Platform, RereadsMessages
from core.ids import platform_of
from core.ports import Clock
from core.types import TWIN, Draft, MessageId
from memory.outbox.outbox import Outbox

LONGEST_READ_S = 10.0
CLOCKS_APART = timedelta(minutes=2)
"""How far the platforms' clocks and ours may differ where it counts what was said before a connection."""


class HeardRefresh:
    """Asks the platforms that can tell, once in each connection for each message from before it, and lets
    them hand over what became of it."""

    def __init__(self, platforms: Iterable[Platform], outbox: Outbox, clock: Clock) -> None:
        self._able = {one.name: one for one in platforms if isinstance(one, RereadsMessages)}
        self._outbox = outbox
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._read: dict[str, set[MessageId]] = {name: set() for name in self._able}

    @property
    def platforms(self) -> Collection[str]:
        """Those that can tell."""
        return self._able

    def connected(self, platform: str) -> None:
        """A platform tells of what is changed from now on."""
        if platform in self._able:
            self._since[platform] = self._clock.now()
            self._read[platform].clear()

    async def read(self, draft: Draft) -> None:
        """Read again what its card shows, so far as that was said before the connection. Raises what the
        platform raises."""
        name = platform_of(draft.conversation)
        platform = self._able.get(name)
        if platform is None:
            return
        for message in await self._shown(draft):
            if message not in self._read[name]:
                async with asyncio.timeout(LONGEST_READ_S):
                    await platform.reread(message)
                self._read[name].add(message)

    async def pass_over(self, draft: Draft) -> None:
        """Its owner is told that this could not be read: what they decide from here on they decide knowing
        that."""
        if (name := platform_of(draft.conversation)) in self._able:
            self._read[name].update(await self._shown(draft))

    async def _shown(self, draft: Draft) -> list[MessageId]:
        answered = await self._outbox.answered(draft)
        shown = (*answered.heard, answered.root, *answered.quoted.values())
        since = self._since.get(platform_of(draft.conversation))
        return [
            one.id
            for one in shown
            if one is not None
            and one.author != TWIN
            and (since is None or one.sent_at <= since + CLOCKS_APART)
            and platform_of(one.id) == platform_of(draft.conversation)
        ]
