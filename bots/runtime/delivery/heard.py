"""Whether what drafts answer and rest on still stands, read from the platforms where it was said: what was
edited or taken back while the twin was not connected, nobody tells of later."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from bots.platforms.port import Platform, RereadsMessages
from core.ids import conversation_of, message_of, platform_of
from core.ports import Clock
from core.types import TWIN, ConversationId, Draft, DraftId, MessageId
from memory.outbox.outbox import Outbox
from memory.outbox.sources import Sources

LONGEST_READ_S = 10.0
"""Of one conversation."""
CLOCKS_APART = timedelta(minutes=2)
"""How far the platforms' clocks and ours may differ where it counts what was said before a connection."""


class HeardRefresh:
    """Asks the platforms that can tell, once in each connection for each message from before it, and lets
    them hand over what became of it."""

    def __init__(self, platforms: Iterable[Platform], outbox: Outbox, sources: Sources, clock: Clock) -> None:
        self._able = {one.name: one for one in platforms if isinstance(one, RereadsMessages)}
        self._outbox = outbox
        self._sources = sources
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._read: dict[str, set[MessageId]] = {name: set() for name in self._able}
        self._passed_over: set[tuple[DraftId, MessageId]] = set()

    @property
    def platforms(self) -> Collection[str]:
        """Those that can tell."""
        return self._able

    def connected(self, platform: str) -> None:
        """A platform tells of what is changed from now on."""
        if platform in self._able:
            self._since[platform] = self._clock.now()
            self._read[platform].clear()
            self._passed_over = {one for one in self._passed_over if platform_of(one[1]) != platform}

    async def read(self, draft: Draft, platforms: Collection[str] | None = None) -> None:
        """Read again what its card shows and all else that was before the model, wherever it was said (on
        one of `platforms` alone, where they are given), so far as that was before the connection.

        Whatever can be read is; then what a platform raised first is raised.
        """
        failed: Exception | None = None
        for conversation, messages in _by_conversation(await self._unread(draft)):
            name = platform_of(conversation)
            if platforms is not None and name not in platforms:
                continue
            try:
                async with asyncio.timeout(LONGEST_READ_S):
                    await self._able[name].reread(conversation, messages)
            except Exception as error:
                # One that nobody can read keeps none from being read that is gone.
                failed = failed or error
            else:
                self._read[name].update(messages)
        if failed is not None:
            raise failed

    async def pass_over(self, draft: Draft) -> None:
        """Its owner is told that this could not be read: what they decide of this draft from here on they
        decide knowing that."""
        self._passed_over |= {(draft.id, message) for message in await self._unread(draft)}

    async def _unread(self, draft: Draft) -> set[MessageId]:
        """What the twin said itself is left out: nobody else can change it."""
        answered = await self._outbox.answered(draft)
        shown = (*answered.heard, answered.root, *answered.quoted.values())
        sources = await self._sources.of(draft.id)
        said = [
            *((one.id, one.author, one.sent_at) for one in shown if one is not None),
            *((message_of(one.id), one.author, one.at) for one in sources),
        ]
        return {
            message
            for message, author, at in said
            if message is not None
            and author != TWIN
            and (name := platform_of(message)) in self._able
            and (name not in self._since or at <= self._since[name] + CLOCKS_APART)
            and message not in self._read[name]
            and (draft.id, message) not in self._passed_over
        }


def _by_conversation(messages: Iterable[MessageId]) -> Iterator[tuple[ConversationId, list[MessageId]]]:
    for conversation, there in groupby(sorted(messages), conversation_of):
        yield conversation, list(there)
