"""Who can read a conversation now, and what is answered there, read from its platform: once it is connected,
and before each send."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from bots.platforms.port import CatchesUp, Health, Platform, ReadsMembers
from bots.platforms.registry import titled
from bots.runtime.base.services import Services
from bots.runtime.delivery.heard import HeardRefresh
from core.errors import Refused, UnderstudyError
from core.types import Conversation, ConversationId, Draft, DraftId, Kind
from memory.archive.messages import Messages
from memory.archive.rows import Readers
from memory.outbox.drafts import AWAITING
from memory.outbox.outbox import Outbox
from memory.outbox.sending import HEARD_UNKNOWN, READERS_UNKNOWN, Unread

log = logging.getLogger(__name__)

LONGEST_READ_S = 10.0
FRESH_S = 3.0
"""A channel that was read is not read again for the next part of the same burst."""
MOST_TRIES = 5
"""So often an approved reply waits for a platform that does not answer, then it is the owner's again."""

UNKNOWN = {READERS_UNKNOWN: "who can read a conversation", HEARD_UNKNOWN: "what became of a message"}


class Missed(Enum):
    """What was said somewhere while the twin was off, or its platform gone."""

    READ = auto()
    """It is heard, or there is nothing to read."""
    READING = auto()
    UNREADABLE = auto()


MissedIn = Callable[[Conversation], Missed]
ReadAgain = Callable[[Conversation, Conversation], Awaitable[None]]
"""Takes a conversation as it was known, and as its platform has it now."""


class ReaderRefresh:
    """Asks the platforms that can tell (of messages through `heard`), never inside a transaction; the claim
    itself compares with what is kept. Where a platform does not answer nothing is sent: a delegated reply
    goes to its owner at once, an approved one waits a few times."""

    def __init__(
        self,
        platforms: Iterable[Platform],
        outbox: Outbox,
        messages: Messages,
        read_again: ReadAgain,
        heard: HeardRefresh,
        missed_in: MissedIn,
        services: Services,
    ) -> None:
        self._heard = heard
        self._missed_in = missed_in
        self._platforms = {platform.name: platform for platform in platforms}
        self._able = {name: one for name, one in self._platforms.items() if isinstance(one, ReadsMembers)}
        self._outbox = outbox
        self._messages = messages
        self._read_again = read_again
        self._clock = services.clock
        self._changes = services.changes
        self._problems = services.problems
        self._timing = services.timing
        self._fresh: dict[str, tuple[float, Readers]] = {}
        """By channel, when it was read and who was kept as its readers then."""
        self._failures: dict[tuple[DraftId, int], int] = {}

    def can_tell(self, platform: str) -> bool:
        """Whether something has to be read before a platform sends: who reads what, or what became of
        messages, be they another platform's."""
        known = self._platforms.get(platform)
        return known is not None and (
            platform in self._able or isinstance(known, CatchesUp) or bool(self._heard.platforms)
        )

    async def read(self, unread: Collection[Unread]) -> frozenset[ConversationId]:
        """Read who can read these, and what they answer and rest on; where that is known now, and something
        may be sent."""
        ready: set[ConversationId] = set()
        for one in unread:
            where = one.conversation
            if where.id in ready or not self._is_connected(where.platform):
                continue
            missed = self._missed_in(where)
            if missed is Missed.READING:
                continue
            try:
                if missed is Missed.UNREADABLE and one.delegated:
                    raise Refused("what was said there meanwhile cannot be read")
                await self._heard.read(one.draft)
            except Exception as error:
                # Supervision: as below.
                await self._unreadable(one, error, HEARD_UNKNOWN)
                continue
            if where.kind is not Kind.GROUP or where.platform not in self._able:
                ready.add(where.id)
                continue
            try:
                await self._read(where)
            except Exception as error:
                # Supervision: whatever a platform answers, nothing is sent on a guess.
                if isinstance(error, Refused) and where.members is None and not one.delegated:
                    ready.add(where.id)  # nobody could be listed when it was approved for whoever reads it
                    continue
                await self._unreadable(one, error, READERS_UNKNOWN)
            else:
                self._failures.pop((one.draft.id, one.draft.revision), None)
                ready.add(where.id)
        return frozenset(ready)

    def loops(self) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
        """What has to run, where any platform can tell."""
        return {"readers": self.keep} if any(map(self.can_tell, self._platforms)) else {}

    async def keep(self) -> None:
        """Read again where drafts wait, whenever a platform is connected. Runs for ever."""
        changes = self._changes.subscribe()
        connected = await self._look(frozenset())
        async for change in changes:
            if change.kind in ("problem", "missed"):
                connected = await self._look(connected)

    async def _look(self, before: frozenset[str]) -> frozenset[str]:
        """Those connected now; where one was not before, who came meanwhile is read, and what was taken
        back."""
        connected = frozenset(filter(self._is_connected, filter(self.can_tell, self._platforms)))
        new = connected - before
        for name in new:
            self._heard.connected(name)
        if new:
            for draft in await self._outbox.open():
                if draft.status in AWAITING:
                    await self._read_at_start(draft, new)
            self._changes.publish("authorized")  # what waited for the connection
        return connected

    async def _read_at_start(self, draft: Draft, connected: Collection[str]) -> None:
        conversation = await self._messages.conversation(draft.conversation)
        if conversation is None:
            return
        platform = conversation.platform
        try:
            await self._heard.read(draft, connected)
            if conversation.kind is Kind.GROUP and platform in connected and platform in self._able:
                await self._read(conversation)
        except Exception as error:
            # Supervision: it is read once more before anything is sent there.
            log.info("%s: what became of a conversation is not known (%s)", platform, _why(error))

    async def _read(self, known: Conversation) -> None:
        now = asyncio.get_running_loop().time()
        read_at, kept = self._fresh.get(known.channel, (float("-inf"), None))
        # What was heard since is newer than what was read.
        if now - read_at <= FRESH_S and Readers.of(known) == kept:
            return
        async with asyncio.timeout(LONGEST_READ_S):
            fresh = await self._able[known.platform].members(known)
        await self._read_again(known, replace(known, members=fresh.members, newest_join=_later(known, fresh)))
        stands = await self._messages.conversation(known.id) or known
        self._fresh = {name: one for name, one in self._fresh.items() if now - one[0] <= FRESH_S}
        self._fresh[known.channel] = (now, Readers.of(stands))

    async def _unreadable(self, unread: Unread, error: Exception, rule: str) -> None:
        where, key = unread.conversation, (unread.draft.id, unread.draft.revision)
        tries = self._failures[key] = self._failures.get(key, 0) + 1
        self._problems.tell(
            where.platform, f"{titled(where.platform)}: {UNKNOWN[rule]} is unknown: {_why(error)}"
        )
        if tries < MOST_TRIES and not unread.delegated and not isinstance(error, Refused):
            pause = timedelta(seconds=self._timing.pause(tries - 1, error))
            await self._outbox.postpone(unread, self._clock.now() + pause)
            return
        del self._failures[key]
        if rule == HEARD_UNKNOWN:
            await self._heard.pass_over(unread.draft)
        if await self._outbox.give_back(unread, rule) is not None:
            self._changes.publish("draft", where.id, unread.draft.id)

    def _is_connected(self, platform: str) -> bool:
        known = self._platforms.get(platform)
        return known is not None and known.health[0] is Health.CONNECTED


def _later(known: Conversation, fresh: Conversation) -> datetime | None:
    joins = [one.newest_join for one in (known, fresh) if one.newest_join is not None]
    return max(joins, default=None)


def _why(error: Exception) -> str:
    """Only the kind of error where we did not write its text."""
    return str(error) if isinstance(error, UnderstudyError) else type(error).__name__
