"""What the owner commands in their DM, in a word."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from bots.api.views import Done, RecordView, ReminderView
from bots.runtime.approval.card_actions import ELSEWHERE
from bots.runtime.assistant.answers import OwnerAnswers
from bots.runtime.assistant.commands import HELP, USAGE, Command, addressed, outcome, placed_mode
from bots.runtime.base.times import timed
from bots.runtime.process.container import Container
from core.errors import OwnerMustFix
from core.types import OWNER, TWIN, Conversation, DraftId, Kind, Message, MessageId

RECENT = 40
MOST_LISTED = 10

Digest = Callable[[str], Awaitable[str]]
"""What happened, as it may be told on a platform."""


class TwinCommands(Protocol):
    """What of `bots.twin.facade.Twin` is told in a word."""

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


class CommandHandlers:
    """Does what a command says."""

    def __init__(
        self, house: Container, orders: TwinCommands, digest: Digest, answering: OwnerAnswers
    ) -> None:
        self._house = house
        self._orders = orders
        self._digest = digest
        self._answering = answering

    async def obey(self, where: Conversation, order: Command, said: str, at: datetime) -> str:
        """The word for it, `said` at a time. Raises as what it does."""
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

    async def _inbox(self, platform: str) -> str:
        drafts = await self._house.outbox.open()
        if not drafts:
            return "Nothing waits for you."
        lines = [
            f"{draft.id}. {await self._house.card_builder.summary(draft, platform)} ({draft.status.value})"
            for draft in drafts[:MOST_LISTED]
        ]
        more = len(drafts) - len(lines)
        return "\n".join([*lines, f"and {more} more, in the console"] if more else lines)

    async def _remind(self, where: Conversation, rest: str, said: str, at: datetime) -> str:
        """Its time counts from when it was said, also where that was while the twin was off."""
        found = timed(rest, at, self._house.zone)
        if found is None:
            asks = not said.startswith("/") and not re.match(r"(me\s+)?(to|that)\b", rest, re.IGNORECASE)
            return await self._answering.answer(where, said) if asks else USAGE["remind"]
        when, what = found
        if at < when <= self._house.clock.now():
            return f"You wanted to be reminded {self._wall(when)}, while I was off: {what}"
        added = await self._orders.remind(what, when)
        until = self._house.reminder_notices.held_until(added.at)
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
            return await self._answering.answer(
                where, said
            )  # "draft a toast for the wedding": no command at all
        open_ones = [one for one in await house.outbox.open() if one.conversation == place.id]
        waiting = next((one for one in open_ones if one.status.value in ("waiting", "snoozed")), None)
        if waiting is not None and (message is None or waiting.answers == message.id):
            if not house.card_builder.in_full(where.platform, place.id):
                return ELSEWHERE  # it would replace a text that they may not see here
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
        others = [message for message in recent if message.author not in (OWNER, TWIN)]
        return await self._house.drafter.question(place, others) or (others[-1] if others else None)

    async def _place(self, name: str) -> Conversation:
        """A conversation by its id, its title, or whom it is with. Raises OwnerMustFix."""
        everywhere = [
            conversation
            for conversation in await self._house.messages.conversations()
            if conversation.kind is not Kind.OWNER
        ]
        wanted = name.casefold().removeprefix("#")
        exact = [one for one in everywhere if one.id == name]
        found = exact or [one for one in everywhere if one.title.casefold().removeprefix("#") == wanted]
        if len(found) == 1:
            return found[0]
        if not found:
            raise OwnerMustFix(f"I know no conversation {name!r}.")
        raise OwnerMustFix(f"Which {name!r}? {', '.join(one.id for one in found)}")
