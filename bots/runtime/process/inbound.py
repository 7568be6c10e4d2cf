"""Implements `bots.platforms.port.Inbound`: what platforms hand over, as the twin's own nouns."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bots.platforms.port import CardEvent, dated
from bots.runtime.approval.card_actions import CardActions
from bots.runtime.assistant.dialogue import Dialogue
from bots.runtime.assistant.pairing import WRONG, Pairing
from bots.runtime.conversation.composer import readable
from bots.runtime.process.container import Container
from core.ids import conversation_of, platform_of
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    DraftId,
    Kind,
    Message,
    MessageId,
    PersonId,
)

EARLY_LASTS = timedelta(days=2)
"""How long a change waits for the message that it is of."""
LONGEST_NAME = 120
PAIRED = "This account is yours now: I take orders from it, and from your other ones alone. Say help."


@dataclass(frozen=True, slots=True)
class ListenRule:
    """What the owner says is meant for them. `conversation` is an id, of a channel for all of its threads,
    or empty for everywhere."""

    conversation: str = ""
    keywords: tuple[str, ...] = ()
    everything: bool = False

    def wants(self, conversation: Conversation, text: str) -> bool:
        """Whether something was. Pure."""
        if self.conversation not in ("", conversation.id, conversation.channel):
            return False
        return (self.everything and self.conversation != "") or any(
            re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in self.keywords
        )


class TwinInbound:
    """As in the protocol, method by method."""

    def __init__(
        self,
        house: Container,
        talk: Dialogue,
        deciding: CardActions,
        listen_rules: Sequence[ListenRule] = (),
    ) -> None:
        self._house = house
        self._talk = talk
        self._deciding = deciding
        self._pairing = Pairing(house.accounts, house.clock)
        self._listen_rules = tuple(listen_rules)

    async def heard(self, conversation: Conversation, message: Message, *, live: bool = False) -> None:
        """As in the protocol. Committed, and answered later."""
        house, author = self._house, message.author
        where = self._without_owner(conversation)
        at = dated(message.sent_at, house.clock.now(), live=live)
        message = replace(message, text=readable(message.text), sent_at=at)
        if house.accounts.is_owner(author):
            message = replace(message, author=OWNER)
            if where.kind is Kind.DIRECT and where.members is not None and not where.members:
                await self._talk.keep(author, message)  # the owner's own DM with the twin
                return
        elif where.kind is Kind.GROUP and not message.addressed:
            message = replace(message, addressed=await self._is_meant(where, message))
        if not live and not where.joiners_read_history:
            # Read back: who is there now may have come after it was said. Whoever is new counts as just come.
            await house.gateway.listeners(where)
        if await house.gateway.hear(where, message):
            await self._apply_early(where, message.id)

    async def edited(self, message: MessageId, text: str, at: datetime) -> None:
        """As in the protocol. Also where it came before its message."""
        where = await self._conversation_of(message)
        if where is None:
            await self._house.facts.came_early(message, readable(text), at)
            where = await self._conversation_of(message)  # it may have come just now
        if where is not None:
            await self._house.gateway.edit(where, message, readable(text), at)

    async def deleted(self, message: MessageId) -> None:
        """As in the protocol. Also where it came before its message."""
        where = await self._conversation_of(message)
        if where is None:
            await self._house.facts.came_early(message, None, self._house.clock.now())
            where = await self._conversation_of(message)
        if where is not None:
            await self._house.gateway.delete(where, message)

    async def listeners(self, conversation: Conversation) -> None:
        """As in the protocol. Without the owner."""
        await self._house.gateway.listeners(self._without_owner(conversation))

    async def named(self, account: PersonId, name: str, *, is_bot: bool = False) -> None:
        """As in the protocol. Kept where it is new."""
        said = " ".join(readable(name).split())[:LONGEST_NAME]
        await self._house.accounts.named(account, said, is_bot)

    async def acted(self, act: CardEvent) -> str:
        """As in the protocol. Refused to everyone but the owner."""
        return await self._deciding.acted(act)

    async def used(self, account: PersonId, draft: DraftId, reference: str) -> None:
        """As in the protocol. Nothing for anyone but the owner."""
        if self._house.accounts.is_owner(account):
            await self._house.card_sync.adopt(platform_of(account), draft, reference)

    async def said_to_twin(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        *,
        sent_at: datetime | None = None,
        live: bool = False,
        kept: Callable[[], None] = lambda: None,
    ) -> str:
        """As in the protocol. Talk from the owner, a code or a direct message from a stranger."""
        house = self._house
        now = house.clock.now()
        at = dated(sent_at or now, now, live=live)
        if house.accounts.is_owner(account):
            return await self._talk.said(account, message, text, at, live=live, kept=kept)
        where = await self._direct(account, message)
        paired = await self._pairing.tried(account, text)
        if paired:
            # What they said before they had proven who they are wants no answer.
            await house.gateway.dismiss(where, "owner-paired")
            house.card_sync.refresh(platform_of(account))
            house.changes.publish("settings")
            return PAIRED
        if paired is False:
            return WRONG
        await self.heard(where, Message(message, where.id, account, text, at))
        return ""

    async def card_text(self, account: PersonId, draft: DraftId, revision: int) -> str | None:
        """As in the protocol. For the owner, where it may be shown."""
        return await self._deciding.card_text(account, draft, revision)

    async def is_owner(self, account: PersonId) -> bool:
        """As in the protocol. Proven by a code."""
        return self._house.accounts.is_owner(account)

    async def remember(self, platform: str, key: str, value: str) -> None:
        """As in the protocol. In SQLite."""
        await self._house.facts.remember(platform, key, value)

    async def recalled(self, platform: str, key: str) -> str | None:
        """As in the protocol. From SQLite."""
        return await self._house.facts.recalled(platform, key)

    async def _direct(self, account: PersonId, message: MessageId) -> Conversation:
        """Where a stranger speaks to the twin."""
        name = conversation_of(message)
        known = await self._house.messages.conversation(name)
        if known is not None and known.kind is not Kind.OWNER:
            return known
        platform = platform_of(account)
        called = self._house.accounts.names().get(account)
        title = called.name if called else account
        return Conversation(name, platform, title, Kind.DIRECT, frozenset({account}))

    async def _is_meant(self, where: Conversation, message: Message) -> bool:
        """A reply to the owner or the twin, or what the owner says is meant for them."""
        if any(rule.wants(where, message.text) for rule in self._listen_rules):
            return True
        answered = await self._house.messages.get(message.reply_to) if message.reply_to else None
        return answered is not None and answered.author in (OWNER, TWIN)

    async def _apply_early(self, where: Conversation, message: MessageId) -> None:
        house = self._house
        early = await house.facts.early(message)
        if early is None:
            return
        text, at = early
        if text is None:
            await house.gateway.delete(where, message)
        else:
            await house.gateway.edit(where, message, text, at)
        await house.facts.drop_early(house.clock.now() - EARLY_LASTS, message)

    async def _conversation_of(self, message: MessageId) -> Conversation | None:
        known = await self._house.messages.get(message)
        return None if known is None else await self._house.messages.conversation(known.conversation)

    def _without_owner(self, conversation: Conversation) -> Conversation:
        if conversation.members is None:
            return conversation
        others = (
            member
            for member in conversation.members
            if member != OWNER and not self._house.accounts.is_owner(member)
        )
        return replace(conversation, members=frozenset(others))
