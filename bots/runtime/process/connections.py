"""The platforms at work: each connected on its own, again and again, until its owner must mend something."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.platforms.errors import TokenRefused
from bots.platforms.port import (
    CatchesUp,
    Health,
    Inbound,
    LimitsReplies,
    ListsConversations,
    Platform,
    ReadsOwnerDm,
)
from bots.platforms.registry import titled
from bots.runtime.approval.card_sync import CardSync
from bots.runtime.assistant.dialogue import owner_dm_id
from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait
from bots.runtime.conversation.drafter import ReplyUntil
from bots.runtime.delivery.readers import Missed
from bots.runtime.process.retrying_inbound import RetryingInbound
from core.errors import OwnerMustFix, Refused, TryAgain, UnderstudyError
from core.ids import platform_of
from core.types import Conversation, ConversationId, Kind
from memory.archive.messages import Messages
from memory.reports import overview
from memory.state.accounts import Accounts
from memory.storage.port import Database

log = logging.getLogger(__name__)

HEALTH_S = 0.2
"""How often an adapter's health is looked at: it does not tell of it."""
LONGEST_PAUSE_S = 60.0
MENDED_S = 300.0
"""How often it is looked whether the owner has mended what stops an adapter."""
STEADY_S = 60.0
"""An adapter that ran for so long starts over with the shortest pause."""
SHORT_GAP_S = 20.0
"""What is missed in a shorter one, a connection resumes by itself."""
LONGEST_ABSENCE = timedelta(days=14)
OWNER_DMS_FIRST_S = 20.0
ANSWERED_WITHIN = timedelta(minutes=10)
"""What the owner said to the twin so long before the end may have been left unanswered."""
MOST_NEVER_HEARD = 50
MOST_CONVERSATIONS = 200
"""Read back after an absence, those spoken in last first."""


def problem_of(platform: str) -> str:
    """Where among the problems a platform's connection stands."""
    return f"{platform} connection"


@dataclass(frozen=True, slots=True)
class Absence:
    """When something was last said in each conversation before a connection was lost, and when that was,
    by the loop's clock (before everything where the process was not there)."""

    spoken: Mapping[ConversationId, datetime]
    since: float


@dataclass(slots=True)
class Seen:
    """A platform as last looked at."""

    health: tuple[Health, str] = (Health.STARTING, "")
    connected_before: bool = False
    absence: Absence | None = None


class Connections:
    """Keeps the adapters running; `loops` is what has to run, each under its name."""

    def __init__(
        self,
        platforms: Sequence[Platform],
        inbound: Inbound,
        db: Database,
        messages: Messages,
        accounts: Accounts,
        card_sync: CardSync,
        services: Services,
    ) -> None:
        self._platforms = tuple(platforms)
        self._catching_up = frozenset(one.name for one in self._platforms if isinstance(one, CatchesUp))
        self._inbound = RetryingInbound(inbound, services)
        self._db = db
        self._messages = messages
        self._accounts = accounts
        self._card_sync = card_sync
        self._services = services
        self._seen = {platform.name: Seen() for platform in platforms}
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._left: dict[str, set[ConversationId] | None] = {}
        """Where something is still to be read, by platform; None before it is known where."""
        self._unreadable: dict[str, set[ConversationId]] = {}

    def loops(self) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
        """By name; the first ones end where the owner must mend something."""
        if not self._platforms:
            return {}
        keeping = {one.name: lambda one=one: self.keep(one) for one in self._platforms}
        return {**keeping, "health": self.watch}

    async def keep(self, platform: Platform) -> None:
        """Connect, and again with backoff; returns only where the token is refused, after saying so once."""
        services, name, failures = self._services, platform.name, 0
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await self._lost(name)
            try:
                await platform.run(self._inbound)
                why = "the connection ended"
            except TokenRefused as error:
                services.problems.tell(problem_of(name), str(error))
                return
            except OwnerMustFix as error:
                services.problems.tell(problem_of(name), str(error))
                await services.sleep(MENDED_S)
                continue
            except TryAgain as error:
                why = str(error)
            except Exception as error:
                # Supervision: an adapter that fails ends no other. Its text may hold what was said.
                log.error("%s failed: %s", name, type(error).__name__)
                why = f"it failed with {type(error).__name__}"
            said = why if why.startswith(titled(name)) else f"{titled(name)}: {why}"
            services.problems.tell(problem_of(name), f"{said}; it is tried again")
            if loop.time() - began > STEADY_S:
                failures = 0
            await services.sleep(min(services.timing.backoff(failures), LONGEST_PAUSE_S))
            failures += 1

    def missed_in(self, conversation: Conversation) -> Missed:
        """What became of what was said there while nobody listened."""
        places, name = {conversation.id, conversation.channel}, conversation.platform
        left = self._left.get(name, set())
        if left is None or places & left:
            return Missed.READING
        return Missed.UNREADABLE if places & self._unreadable.get(name, set()) else Missed.READ

    async def watch(self) -> None:
        """Look at every adapter's health. Runs for ever."""
        try:
            while True:
                for platform in self._platforms:
                    await self._look(platform)
                await self._services.sleep(HEALTH_S)
        finally:
            for task in self._reading.values():
                task.cancel()

    async def _look(self, platform: Platform) -> None:
        seen, health = self._seen[platform.name], platform.health
        if health == seen.health:
            return
        was, seen.health = seen.health[0], health
        self._services.changes.publish("problem")
        if health[0] is Health.CONNECTED and was is not Health.CONNECTED:
            self._services.problems.clear(problem_of(platform.name))
            self._card_sync.refresh(platform.name)
            self._read_back(platform, seen)
        elif was is Health.CONNECTED and health[0] is not Health.CONNECTED:
            await self._lost(platform.name)
            self._card_sync.refresh(platform.name)

    async def _lost(self, name: str) -> None:
        seen = self._seen[name]
        if seen.absence is None:
            since = asyncio.get_running_loop().time() if seen.connected_before else float("-inf")
            seen.absence = Absence(await self._db.read(overview.last_heard), since)
            if name in self._catching_up:
                self._left[name] = None

    def _read_back(self, platform: Platform, seen: Seen) -> None:
        absence, seen.absence, seen.connected_before = seen.absence, None, True
        if absence is None or not isinstance(platform, CatchesUp):
            return
        if asyncio.get_running_loop().time() - absence.since > SHORT_GAP_S:
            if (former := self._reading.get(platform.name)) is not None:
                former.cancel()
            self._reading[platform.name] = asyncio.create_task(
                self._catch_up(platform, platform.name, absence.spoken), name=f"{platform.name} catches up"
            )
        else:
            self._read(platform.name)

    async def _catch_up(
        self, platform: CatchesUp, name: str, spoken: Mapping[ConversationId, datetime]
    ) -> None:
        own = asyncio.create_task(self._owner_dms(platform, name, spoken))
        try:
            # First, for `pause` may be among it; but not for as long as a model may take to answer.
            await asyncio.wait({own}, timeout=OWNER_DMS_FIRST_S)
            await self._conversations(platform, name, spoken)
            self._read(name)
            await own
        finally:
            await cancel_and_wait(own)

    def _read(self, name: str, conversation: ConversationId | None = None) -> None:
        """What was missed there, or anywhere on a platform, is heard: what waits for that may go."""
        left = self._left.get(name)
        if conversation is None or left is None:
            self._left.pop(name, None)
        else:
            left.discard(conversation)
        self._services.changes.publish("authorized")

    async def _conversations(
        self, platform: CatchesUp, name: str, spoken: Mapping[ConversationId, datetime]
    ) -> None:
        known = [
            conversation
            for conversation in await self._messages.conversations()
            if conversation.platform == name
            and conversation.kind is not Kind.OWNER
            and conversation.id in spoken
        ]
        known.sort(key=lambda one: spoken[one.id], reverse=True)
        earliest = self._services.clock.now() - LONGEST_ABSENCE
        since = {one.id: max(spoken[one.id], earliest) for one in known}
        # Where nothing was ever said, a first word came after the last that was heard anywhere there.
        begun = [one for one in await self._never_heard(platform, name) if known]
        since |= {one.id: since[known[0].id] for one in begun}
        wanted = (*known, *begun)[:MOST_CONVERSATIONS]
        left, unreadable = {one.id for one in wanted}, set[ConversationId]()
        self._left[name], self._unreadable[name] = left, unreadable
        for one in wanted:
            try:
                await platform.missed([one], since[one.id])
            except Refused as error:
                log.info("%s: what was missed in a conversation cannot be read: %s", name, error)
                unreadable.add(one.id)
            except UnderstudyError as error:
                log.info("%s: what was missed is not read: %s", name, error)
                return unreadable.update(left)
            except Exception as error:
                # Supervision: what cannot be read back ends nothing.
                log.error("%s: what was missed is not read (%s)", name, type(error).__name__)
                return unreadable.update(left)
            self._read(name, one.id)
        return None

    async def _never_heard(self, platform: CatchesUp, name: str) -> list[Conversation]:
        if not isinstance(platform, ListsConversations):
            return []
        try:
            joined = await platform.conversations()
        except UnderstudyError as error:
            log.info("%s: where it is was not told: %s", name, error)
            return []
        known = {conversation.id for conversation in await self._messages.conversations()}
        new = [one for one in joined if one not in known]
        return [Conversation(one, name, "", Kind.GROUP) for one in new[:MOST_NEVER_HEARD]]

    async def _owner_dms(
        self, platform: object, name: str, spoken: Mapping[ConversationId, datetime]
    ) -> None:
        """What the owner wrote to the twin meanwhile, and what it had kept but not answered."""
        if not isinstance(platform, ReadsOwnerDm):
            return
        for owner in self._accounts.owners(name):
            heard = spoken.get(owner_dm_id(owner.account), owner.paired_at)
            earliest = self._services.clock.now() - LONGEST_ABSENCE
            since = max(heard - ANSWERED_WITHIN, owner.paired_at, earliest)
            try:
                await platform.missed_by_twin(owner.account, since)
            except UnderstudyError as error:
                log.info("%s: what was said to the twin cannot be read: %s", name, error)
            except Exception as error:
                # Supervision: what cannot be read back ends nothing.
                log.error("%s: what was said to the twin is not read (%s)", name, type(error).__name__)


def reply_until(platforms: Iterable[Platform]) -> ReplyUntil:
    """When nothing can be sent in a conversation any more, as its platform says."""
    limited = {platform.name: platform for platform in platforms if isinstance(platform, LimitsReplies)}

    async def until(conversation: ConversationId) -> datetime | None:
        platform = limited.get(platform_of(conversation))
        try:
            return await platform.reply_until(conversation) if platform else None
        except TryAgain:
            return None  # it is not connected, and knows nothing; the platform itself has the last word

    return until
