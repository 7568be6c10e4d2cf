"""What happens on Slack, handed over while the adapter runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from bots.api.commands import is_slashed
from bots.platforms.answering import Answering, Kept
from bots.platforms.port import Inbound
from bots.platforms.slack import words
from bots.platforms.slack.cards import SlackCards
from bots.platforms.slack.events import (
    Event,
    Moved,
    Opened,
    Reacted,
    Revoked,
    Said,
    SlackDeleted,
    SlackEdited,
    SlackSpeaker,
)
from bots.platforms.slack.ids import NAME, SlackAddress
from bots.platforms.slack.places import SlackPlaces
from bots.platforms.typing_sign import typing_sign
from bots.runtime.base.timing import Sleep
from core.errors import UnderstudyError
from core.reactions import in_words, reaction_id
from core.types import AuthorKind, Kind, Message, MessageId, PersonId

log = logging.getLogger(__name__)

FINISH_S = 1.0
"""What an answer may still take when the twin stops."""
MOST_KEPT = 2000
PROMPTS = {
    "What waits for me?": "inbox",
    "What did you say in my name?": "What did you say for me today?",
    "I am away": "away",
    "I am back": "back",
}
"""Offered to the owner when they open the assistant."""

K = TypeVar("K")
V = TypeVar("V")


class SlackHearing:
    """`cards` post the twin's own words; `revoked` is told when the app lost a token; `begin` reads how a
    thread began, oldest first."""

    def __init__(
        self,
        inbound: Inbound,
        places: SlackPlaces,
        cards: SlackCards,
        twin_user: str,
        revoked: Callable[[Revoked], None],
        sleep: Sleep,
        begin: Callable[[SlackAddress], Awaitable[Sequence[Said]]],
    ) -> None:
        self._begin = begin
        self._begun: dict[str, bool] = {}
        self._inbound = inbound
        self._places = places
        self._twin_user = twin_user
        self._cards = cards
        self._sleep = sleep
        self._answering = Answering(NAME)
        self._revoked = revoked
        self._spoke: dict[str, bool] = {}
        self._told: set[MessageId] = set()

    async def handle(self, event: Event) -> None:
        """Hand it over; returns once it is committed."""
        match event:
            case Said():
                await self.said(event)
            case SlackEdited():
                text, _ = await self._own_words(event)
                # Slack does not always say in which thread it is that a message was changed or deleted.
                await self._inbound.edited(event.where.message(event.key), text, event.at)
            case SlackDeleted():
                await self._inbound.deleted(event.where.message(event.key))
            case Reacted():
                await self._reacted(event)
            case Moved():
                self._places.forget(event.where.channel)
                await self._inbound.listeners(await self._places.conversation(event.where))
            case Opened():
                if await self._inbound.is_owner(self._places.account(event.user)):
                    await self._cards.offer(event.where, PROMPTS)
            case Revoked():
                self._revoked(event)

    async def said(
        self, event: Said, *, live: bool = True, to_twin: bool = True, background: bool = False
    ) -> None:
        """Hand over what was said, `live` or later; what the owner said to the twin only where that is wanted
        too (`to_twin`); `background` as in the port."""
        where = event.where
        unnamed = {event.speaker.id} if not event.speaker.name else set()
        looked_up = self._places.look_up(unnamed | event.mentions, None if where.direct else where.channel)
        beginning, _ = await asyncio.gather(self._beginning(event), looked_up)
        for earlier in beginning:
            await self.said(earlier, live=False, background=True)
        author = await self._introduce(event.speaker)
        with_twin = where.direct and (event.with_twin or await self._places.is_own_dm(where.channel))
        if with_twin:
            self._places.own_dms.add(where.channel)
            if not to_twin and await self._inbound.is_owner(author):
                return
        if with_twin:
            told = await self._plain(words.typed(event.markup))
            if to_twin and await self._told_twin(event, author, told, live):
                return
            if is_slashed(told):
                return  # a stranger's command
        text, shared = await self._own_words(event)
        # In a DM of the owner's own that only they can read, who spoke may be the owner.
        other = event.speaker if with_twin else None
        conversation = await self._places.conversation(where, other)
        message = Message(
            id=where.message(event.key),
            conversation=where.conversation,
            author=author,
            text=text,
            sent_at=event.at,
            reply_to=shared or where.beginning(),
            addressed=conversation.kind is Kind.DIRECT or await self._is_addressed(event),
        )
        await self._inbound.heard(conversation, message, live=live, background=background)

    async def _beginning(self, event: Said) -> Sequence[Said]:
        """What was said in a thread before this, from the message that it hangs on, where that was never
        heard. It is read once."""
        where, root = event.where, event.where.beginning()
        if root is None or where.direct or where.conversation in self._begun:
            return ()
        self._note(self._begun, where.conversation, True)
        if await self._inbound.knows(root):
            return ()
        try:
            return [earlier for earlier in await self._begin(where) if earlier.key < event.key]
        except UnderstudyError as error:
            log.info("slack: how a thread began is asked for again: %s", error)
            self._begun.pop(where.conversation, None)
            return ()

    async def _own_words(self, event: Said | SlackEdited) -> tuple[str, MessageId | None]:
        """What its author says, and what they forward where that is known: it is not copied then. Of several
        that are known, the first; of the others it is only said whose they are."""
        shares = event.shared.shares if event.shared else ()
        known = [
            share.message for share in shares if share.message and await self._inbound.knows(share.message)
        ]
        if event.shared is None or not known:
            return await self._plain(event.markup), None
        parts = [share.reference if share.message in known else share.copy for share in shares]
        return await self._plain(words.joined(event.shared.own, *parts)), known[0]

    async def spoke(self, where: SlackAddress) -> None:
        """The twin spoke in a thread: what is said there from now on is said to it."""
        if where.thread and not self._spoke.get(where.conversation):
            self._keep(where, True)
            await self._inbound.remember(NAME, f"spoke/{where.conversation}", "yes")

    async def close(self) -> None:
        """Let the answers in hand be given, then drop them: what they answer is kept."""
        await self._answering.close(FINISH_S)

    async def _told_twin(self, event: Said, author: PersonId, text: str, live: bool) -> bool:
        """Whether it was for the twin itself. Returns once that is kept, for an answer may take longer than
        Slack waits, and a command that comes next is not to wait for it."""
        message = event.where.message(event.key)
        if message in self._told:
            return True
        if len(self._told) >= MOST_KEPT:
            self._told.clear()
        is_owner = await self._inbound.is_owner(author)
        if event.where.thread and not is_owner:
            # Known with its channel before anything is heard there.
            await self._inbound.listeners(await self._places.conversation(event.where, event.speaker))
        answered = await self._answering.begin(partial(self._answer, event, author, text, live, is_owner))
        if answered is None:
            self._told.add(message)
            return True
        return answered or is_owner

    async def _answer(
        self,
        event: Said,
        author: PersonId,
        text: str,
        live: bool,
        is_owner: bool,
        kept: Kept,
    ) -> bool:
        message = event.where.message(event.key)
        # Slack shows such a sign in the assistant's threads alone, and a stranger is not to see it.
        shown = partial(self._cards.writing, event.where) if is_owner and event.where.thread else None
        async with typing_sign(shown, self._sleep):
            answer = await self._inbound.said_to_twin(
                author, message, text, sent_at=event.at, live=live, kept=kept
            )
        if answer:
            self._told.add(message)
            await self._cards.say(event.where, answer)
        return bool(answer)

    async def _is_addressed(self, event: Said) -> bool:
        meant = event.mentions | ({event.answered} if event.answered else set())
        if self._twin_user in meant or await self._has_spoken(event.where):
            return True
        for user in meant:
            if await self._inbound.is_owner(self._places.account(user)):
                return True
        return False

    async def _has_spoken(self, where: SlackAddress) -> bool:
        if not where.thread:
            return False
        if where.conversation not in self._spoke:
            known = await self._inbound.recalled(NAME, f"spoke/{where.conversation}")
            self._keep(where, known is not None)
        return self._spoke[where.conversation]

    async def _reacted(self, event: Reacted) -> None:
        await self._places.look_up({event.user}, event.where.channel)
        conversation = await self._places.conversation(event.where)
        if conversation.kind is not Kind.GROUP:
            return
        author = await self._introduce(SlackSpeaker(event.user))
        message = Message(
            id=reaction_id(event.where.conversation, event.key),
            conversation=event.where.conversation,
            author=author,
            text=in_words(f":{event.emoji}:"),
            sent_at=event.at,
            reply_to=event.where.message(event.to),
        )
        await self._inbound.heard(conversation, message, live=True)

    async def _introduce(self, speaker: SlackSpeaker) -> PersonId:
        author = self._places.account(speaker.id)
        known = None if speaker.name else await self._places.named(speaker.id)
        if speaker.name or known:
            name = known.name if known else speaker.name
            is_bot = speaker.is_bot or (known is not None and known.is_bot)
            await self._inbound.named(author, name, kind=AuthorKind.BOT if is_bot else AuthorKind.PERSON)
        return author

    async def _plain(self, markup: str) -> str:
        return words.plain(markup, await self._places.names(sorted(words.mentions(markup))))

    def _keep(self, where: SlackAddress, spoke: bool) -> None:
        self._note(self._spoke, where.conversation, spoke)

    @staticmethod
    def _note(kept: dict[K, V], what: K, value: V) -> None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[what] = value
