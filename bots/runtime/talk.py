"""The owner talks to their twin in a DM: it obeys, or answers from what it knows."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from bots.runtime.asking import ask
from bots.runtime.cards import one_line, titled
from bots.runtime.commands import HELP, USAGE, Command, addressed, command, outcome, placed_mode
from bots.runtime.composing import readable
from bots.runtime.house import House
from bots.runtime.when import timed
from bots.views import Done, RecordView, ReminderView
from core.errors import OwnerMustFix, UnderstudyError
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    DraftId,
    Kind,
    MemoryRecord,
    Message,
    MessageId,
    PersonId,
    Retrieval,
)

RECENT = 40
MOST_LISTED = 10
MANY_MORE = 4
"""So many times more is recalled than is told of, as some of it may not be told everywhere."""
WIDENS = ("away", "resume", "mode")
"""Commands after which the twin may do more than before."""
PROMPT = timedelta(minutes=10)
"""So soon after it was said, it is still what the owner wants."""
OWN_WORDS = ("profile:", "rule:", "note:")
"""Records that the owner wrote down themselves, on no platform."""

Digest = Callable[[str], Awaitable[str]]
"""What happened, as it may be told on a platform."""


class Orders(Protocol):
    """What of `bots.twin.Twin` is told in a word."""

    async def away(self) -> Done:
        """The owner is away."""
        ...

    async def back(self) -> Done:
        """The owner is back."""
        ...

    async def pause(self) -> Done:
        """Send nothing."""
        ...

    async def resume(self) -> Done:
        """Send again."""
        ...

    async def mode(self, conversation: str, mode: str) -> Done:
        """How far the twin may go there."""
        ...

    async def remember(self, text: str) -> RecordView:
        """Keep a note."""
        ...

    async def forget(self, record: str) -> Done:
        """Let a record go."""
        ...

    async def remind(self, text: str, at: datetime) -> ReminderView:
        """Tell the owner then."""
        ...

    async def reminders(self) -> tuple[ReminderView, ...]:
        """Those that were not told yet."""
        ...

    async def unremind(self, reminder: str, /) -> Done:
        """Let a reminder go."""
        ...


def own_line(account: PersonId, owner: str) -> Conversation:
    """The owner's DM with the twin on one platform.

    It has an id of its own, not that of the chat: an account that is the owner's no more finds nothing
    there of what was said before.
    """
    platform, _, native = account.partition(":")
    return Conversation(
        ConversationId(f"{platform}:owner/{native}"), platform, f"{owner} and the twin", Kind.OWNER
    )


class Talk:
    """Answers the owner's proven accounts; whether it is one, the caller knows."""

    def __init__(self, house: House, orders: Orders, digest: Digest) -> None:
        self._house = house
        self._orders = orders
        self._deck = house.deck
        self._digest = digest
        self._answering: set[MessageId] = set()

    async def said(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        at: datetime,
        *,
        live: bool = True,
        kept: Callable[[], None] = lambda: None,
    ) -> str:
        """The answer; empty where the message was answered before. `kept` is called once it is committed."""
        if message in self._answering:
            return ""
        self._answering.add(message)
        where = own_line(account, self._house.owner)
        try:
            return await self._said(where, message, readable(text), at, live, kept)
        finally:
            self._answering.discard(message)

    async def keep(self, account: PersonId, message: Message) -> None:
        """Keep something that is said there to nobody."""
        where = own_line(account, self._house.owner)
        await self._hear(where, message.id, OWNER, message.text, message.sent_at)

    async def _said(
        self,
        where: Conversation,
        message: MessageId,
        said: str,
        at: datetime,
        live: bool,
        kept_it: Callable[[], None],
    ) -> str:
        answered, order = MessageId(f"{message}/answer"), command(said)
        new = await self._hear(where, message, OWNER, said if order is None else "", at)
        kept_it()
        if not new and await self._house.messages.get(answered) is not None:
            return ""
        try:
            if not live and self._is_too_late(order, at):
                answer = f"You wrote “{one_line(said)}” while I was off: say it again if you still want it."
            else:
                answer = await (
                    self._asked(where, said) if order is None else self._obey(where, order, said, at)
                )
        except UnderstudyError as error:
            answer = str(error)
        kept = answer if order is None else ""
        await self._hear(where, answered, TWIN, kept, self._house.clock.now(), reply_to=message)
        return answer

    async def _hear(
        self,
        where: Conversation,
        message: MessageId,
        author: PersonId,
        text: str,
        at: datetime,
        reply_to: MessageId | None = None,
    ) -> bool:
        """Commit it, for the owner alone. A command leaves no words behind, only that it was heard."""
        kept = Message(message, where.id, author, text, at, reply_to=reply_to, deleted=not text.strip())
        new = await self._house.messages.hear(where, kept)
        if new:
            self._house.changes.publish("message", where.id)
        return new

    def _is_too_late(self, order: Command | None, at: datetime) -> bool:
        """What would let the twin do more than now is not done on an old word, and no very old question is
        answered. What keeps it back (pause, back) is done however late."""
        age = self._house.clock.now() - at
        return age > self._house.pace.fresh if order is None else order.word in WIDENS and age > PROMPT

    async def _obey(self, where: Conversation, order: Command, said: str, at: datetime) -> str:
        if order.word in USAGE and not order.rest:
            return USAGE[order.word]
        match order.word:
            case "away" | "back" | "pause" | "resume":
                done: Done = await getattr(self._orders, order.word)()
                return f"{done.said[:1].upper()}{done.said[1:]}."
            case "inbox":
                return await self._inbox(where.platform)
            case "digest":
                return await self._digest(where.platform)
            case "mode":
                return await self._mode(order.rest)
            case "remember":
                kept = await self._orders.remember(order.rest)
                return f"I'll keep that in mind. (forget {kept.id} lets it go)"
            case "forget":
                return f"{(await self._orders.forget(order.rest)).said}."
            case "remind":
                return await self._remind(where, order.rest, said, at)
            case "reminders":
                return await self._reminders()
            case "drop":
                return f"{(await self._orders.unremind(order.rest.removeprefix('#'))).said.capitalize()}."
            case "settle":
                return await self._settle(order.rest)
            case "draft":
                return await self._draft(where, order.rest, said)
            case "pair":
                return "This account is yours. For another, `understudy pair` on your machine prints a code."
            case "unknown":
                return f"I know no /{order.rest}.\n{HELP}"
        return HELP

    async def _asked(self, where: Conversation, question: str) -> str:
        """Only what may be said on this platform goes into the prompt: the answer cannot give away more."""
        house = self._house
        memory = Sayable(house, where, self._may_say(where.platform))
        answer = (await ask(house.owner, question, memory, house.model, house.sampling)).text
        if memory.left_out:
            there = (
                f"What I know of this from elsewhere is not for {titled(where.platform)}: ask in the console."
            )
            return f"{answer}\n\n{there}".strip()
        return answer or "I have no answer to that."

    def _may_say(self, platform: str) -> Callable[[MemoryRecord], bool]:
        def may(record: MemoryRecord) -> bool:
            if record.id.startswith(OWN_WORDS):
                return True
            said_in = record.place or record.id.removeprefix("message:")
            return self._deck.in_full(platform, ConversationId(said_in))

        return may

    async def _inbox(self, platform: str) -> str:
        drafts = await self._house.outbox.open()
        if not drafts:
            return "Nothing waits for you."
        lines = [
            f"{one.id}. {await self._deck.summary(one, platform)} ({one.status.value})"
            for one in drafts[:MOST_LISTED]
        ]
        more = len(drafts) - len(lines)
        return "\n".join([*lines, f"and {more} more, in the console"] if more else lines)

    async def _remind(self, where: Conversation, rest: str, said: str, at: datetime) -> str:
        """Its time counts from when it was said, also where that was while the twin was off."""
        found = timed(rest, at, self._house.zone)
        if found is None:
            asks = not said.startswith("/") and not re.match(r"(me\s+)?(to|that)\b", rest, re.IGNORECASE)
            return await self._asked(where, said) if asks else USAGE["remind"]
        when, what = found
        if at < when <= self._house.clock.now():
            return f"You wanted to be reminded {self._wall(when)}, while I was off: {what}"
        added = await self._orders.remind(what, when)
        until = self._house.reminding.held_until(added.at)
        held = f" Your quiet hours hold it until {self._wall(until)}." if until else ""
        return f"I'll remind you {self._wall(added.at)}: {added.text}.{held} (drop {added.id} lets it go)"

    async def _reminders(self) -> str:
        found = await self._orders.reminders()
        lines = [f"{one.id}. {self._wall(one.at)}: {one.text}" for one in found[:MOST_LISTED]]
        if len(found) > len(lines):
            lines.append(f"and {len(found) - len(lines)} more, in the console")
        return "\n".join(lines) or f"Nothing to be reminded of. {USAGE['remind']}."

    def _wall(self, at: datetime) -> str:
        return f"{at.astimezone(self._house.zone):%a %-d %b %H:%M}"

    async def _settle(self, rest: str) -> str:
        told = outcome(rest)
        if told is None:
            return USAGE["settle"]
        draft, arrived = told
        await self._house.approvals.settle(DraftId(draft), arrived)
        return "Noted: it arrived." if arrived else "Noted: it did not. Its card says what now."

    async def _mode(self, rest: str) -> str:
        placed = placed_mode(rest)
        if placed is None:
            return USAGE["mode"]
        name, mode = placed
        found = await self._place(name)
        await self._orders.mode(found.id, mode)
        return f"{found.title}: {mode}."

    async def _draft(self, where: Conversation, rest: str, said: str) -> str:
        name, guidance = addressed(rest)
        house = self._house
        message = await house.messages.get(MessageId(name))
        try:
            place = await self._place(message.conversation if message else name)
        except OwnerMustFix:
            return await self._asked(where, said)  # "draft a toast for the wedding": no command at all
        open_ones = [one for one in await house.outbox.open() if one.conversation == place.id]
        waiting = next((one for one in open_ones if one.status.value in ("waiting", "snoozed")), None)
        if waiting is not None and (message is None or waiting.answers == message.id):
            await house.approvals.redraft(waiting.id, waiting.revision, guidance)
            return "Drafted anew: look at its card."
        message = message or await self._to_answer(place)
        if message is None:
            return f"Nobody has said anything in {place.title} that could be answered."
        draft = await house.drafter.requested(place, message, guidance)
        return "A draft waits for you." if draft else "That is answered already, or was changed meanwhile."

    async def _to_answer(self, place: Conversation) -> Message | None:
        """The newest that wants an answer, or where nothing does the newest at all."""
        recent = await self._house.messages.recent(place.id, RECENT)
        others = [one for one in recent if one.author not in (OWNER, TWIN)]
        return await self._house.drafter.question(place, others) or (others[-1] if others else None)

    async def _place(self, name: str) -> Conversation:
        """A conversation by its id, its title, or whom it is with. Raises OwnerMustFix."""
        everywhere = [one for one in await self._house.messages.conversations() if one.kind is not Kind.OWNER]
        wanted = name.casefold().removeprefix("#")
        exact = [one for one in everywhere if one.id == name]
        found = exact or [one for one in everywhere if one.title.casefold().removeprefix("#") == wanted]
        if len(found) == 1:
            return found[0]
        if not found:
            raise OwnerMustFix(f"I know no conversation {name!r}.")
        raise OwnerMustFix(f"Which {name!r}? {', '.join(one.id for one in found)}")


class Sayable:
    """Implements `core.ports.Memory`: all that the owner may hear, as far as it may be told in one place."""

    def __init__(self, house: House, where: Conversation, may: Callable[[MemoryRecord], bool]) -> None:
        self._memory = house.recall
        self._where = where
        self._may = may
        self.left_out = False
        """Something that would have been told is not for this place."""
        self.recent = house.recall.recent
        self.working = house.recall.working
        self.pinned = house.recall.pinned
        self.people = house.recall.people

    async def recall(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """As in the port, in the place that this was made for."""
        del conversation
        found = await self._memory.recall(query, self._where, MANY_MORE * limit)
        self.left_out = not all(map(self._may, found.records[:limit]))
        told = [pair for pair in zip(found.records, found.scores, strict=True) if self._may(pair[0])][:limit]
        return Retrieval(query, tuple(one for one, _ in told), tuple(score for _, score in told))
