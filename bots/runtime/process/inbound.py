"""Implements `bots.platforms.port.Inbound`: what platforms hand over, each to the part that it is for."""

from collections.abc import Callable
from datetime import datetime

from bots.platforms.port import CardEvent
from bots.runtime.approval.card_actions import CardActions
from bots.runtime.approval.card_sync import CardSync
from bots.runtime.assistant.dialogue import Dialogue
from bots.runtime.conversation.composer import readable
from bots.runtime.process.incoming import Incoming
from bots.runtime.process.strangers import Strangers
from core.ids import platform_of
from core.types import (
    AuthorKind,
    Conversation,
    DraftId,
    Message,
    MessageId,
    PersonId,
)
from memory.state.accounts import Accounts
from memory.state.platform_facts import PlatformFacts

LONGEST_NAME = 120


class TwinInbound:
    """As in the protocol, method by method."""

    def __init__(
        self,
        incoming: Incoming,
        strangers: Strangers,
        dialogue: Dialogue,
        card_actions: CardActions,
        card_sync: CardSync,
        accounts: Accounts,
        facts: PlatformFacts,
    ) -> None:
        self._incoming = incoming
        self._strangers = strangers
        self._dialogue = dialogue
        self._card_actions = card_actions
        self._card_sync = card_sync
        self._accounts = accounts
        self._facts = facts
        self._at_strangers: set[MessageId] = set()

    async def heard(
        self, conversation: Conversation, message: Message, *, live: bool = False, background: bool = False
    ) -> None:
        """As in the protocol. Committed, and answered later."""
        if background:
            await self._incoming.learned(conversation, message)
        else:
            await self._incoming.heard(conversation, message, live=live)

    async def knows(self, message: MessageId) -> bool:
        """As in the protocol. Committed."""
        return await self._incoming.knows(message)

    async def edited(self, message: MessageId, text: str, at: datetime) -> None:
        """As in the protocol. Also where it came before its message."""
        await self._incoming.edited(message, text, at)

    async def deleted(self, message: MessageId) -> None:
        """As in the protocol. Also where it came before its message."""
        await self._incoming.deleted(message)

    async def listeners(self, conversation: Conversation) -> None:
        """As in the protocol. Without the owner."""
        await self._incoming.listeners(conversation)

    async def named(self, account: PersonId, name: str, *, kind: AuthorKind = AuthorKind.PERSON) -> None:
        """As in the protocol. Kept where it is new."""
        said = " ".join(readable(name).split())[:LONGEST_NAME]
        await self._accounts.named(account, said, kind)

    async def acted(self, act: CardEvent) -> str:
        """As in the protocol. Refused to everyone but the owner."""
        return await self._card_actions.acted(act)

    async def used(self, account: PersonId, draft: DraftId, reference: str) -> None:
        """As in the protocol. Nothing for anyone but the owner."""
        if self._accounts.is_owner(account):
            await self._card_sync.adopt(platform_of(account), draft, reference)

    async def said_to_twin(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        *,
        sent_at: datetime | None = None,
        live: bool = False,
        kept: Callable[[], None] = lambda: None,
        reply_to: MessageId | None = None,
    ) -> str:
        """As in the protocol. A dialogue with the owner, a code or a direct message from a stranger."""
        if self._accounts.is_owner(account) and message not in self._at_strangers:
            self._card_sync.heard_from_owner(platform_of(account))
            return await self._dialogue.said(account, message, text, sent_at, live=live, kept=kept)
        if message in self._at_strangers:
            return ""  # delivered twice: a code that is being looked at must not be read as the owner's words
        self._at_strangers.add(message)
        try:
            return await self._strangers.said(account, message, text, sent_at, live=live, reply_to=reply_to)
        finally:
            self._at_strangers.discard(message)

    async def card_text(self, account: PersonId, draft: DraftId, revision: int) -> str | None:
        """As in the protocol. For the owner, where it may be shown."""
        return await self._card_actions.card_text(account, draft, revision)

    async def is_owner(self, account: PersonId) -> bool:
        """As in the protocol. Proven by a code."""
        return self._accounts.is_owner(account)

    async def remember(self, platform: str, key: str, value: str) -> None:
        """As in the protocol. In SQLite."""
        await self._facts.remember(platform, key, value)

    async def recalled(self, platform: str, key: str) -> str | None:
        """As in the protocol. From SQLite."""
        return await self._facts.recalled(platform, key)
