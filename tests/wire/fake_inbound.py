"""What an adapter hands over to, for tests: keeps everything, and waits or fails where a test says so."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bots.platforms.port import CardEvent
from core.types import AuthorKind, Conversation, DraftId, Message, MessageId, PersonId
from tests.waiting import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in a direct line to the twin."""

    account: PersonId
    message: MessageId
    text: str
    reply_to: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a message."""

    message: MessageId
    text: str
    at: datetime


class FakeInbound:
    """Implements `bots.platforms.port.Inbound` in memory.

    `owners` are the proven accounts; everyone else is a stranger. `drafts` holds the text of each open
    (draft, revision). `facts` outlives an adapter, as the database would. `gate`, while closed, holds up
    every `heard`, `said_to_twin` and `acted`. `fails` holds what the next of those raise, None for success.
    """

    def __init__(self, *owners: str, facts: Mapping[tuple[str, str], str] | None = None) -> None:
        self.owners = {PersonId(owner) for owner in owners}
        self.facts = dict(facts or {})
        self.drafts: dict[tuple[DraftId, int], str] = {}
        self.answer = "done"
        self.conversations: dict[str, Conversation] = {}
        self.messages: list[Message] = []
        self.background: list[Message] = []
        self.sent_at: list[datetime | None] = []
        self.live: list[bool] = []
        self.edits: list[Edit] = []
        self.deletions: list[MessageId] = []
        self.audiences: list[Conversation] = []
        self.names: dict[PersonId, tuple[str, bool]] = {}
        self.acts: list[CardEvent] = []
        self.used_cards: list[tuple[PersonId, DraftId, str]] = []
        self.said: list[Said] = []
        self.fails: list[BaseException | None] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.model = asyncio.Event()
        """While it is not set, an owner's words are kept and not yet answered."""
        self.model.set()
        self.reached = asyncio.Event()
        """Set once a gated call was made."""
        self._changed = asyncio.Condition()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()` does; asked again after each call."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(holds)

    async def heard(
        self, conversation: Conversation, message: Message, *, live: bool = False, background: bool = False
    ) -> None:
        await self._pass()
        self.conversations[conversation.id] = conversation
        if background:
            self.background.append(message)
        else:
            self.live.append(live)
            self.messages.append(message)
        await self._tell()

    async def knows(self, message: MessageId) -> bool:
        return any(message == one.id for one in (*self.messages, *self.background))

    async def edited(self, message: MessageId, text: str, at: datetime) -> None:
        self.edits.append(Edit(message, text, at))
        await self._tell()

    async def deleted(self, message: MessageId) -> None:
        self.deletions.append(message)
        await self._tell()

    async def listeners(self, conversation: Conversation) -> None:
        self.audiences.append(conversation)
        await self._tell()

    async def named(self, account: PersonId, name: str, *, kind: AuthorKind = AuthorKind.PERSON) -> None:
        self.names[account] = (name, kind is AuthorKind.BOT)

    async def acted(self, act: CardEvent) -> str:
        await self._pass()
        self.acts.append(act)
        await self._tell()
        if act.account not in self.owners:
            return "Only the owner can decide."
        return self.answer if (act.draft, act.revision) in self.drafts else "already handled"

    async def used(self, account: PersonId, draft: DraftId, reference: str) -> None:
        self.used_cards.append((account, draft, reference))

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
        await self._pass()
        self.live.append(live)
        self.said.append(Said(account, message, text, reply_to))
        self.sent_at.append(sent_at)
        await self._tell()
        if account not in self.owners:
            return ""
        kept()
        await self.model.wait()
        return self.answer

    async def card_text(self, account: PersonId, draft: DraftId, revision: int) -> str | None:
        return self.drafts.get((draft, revision)) if account in self.owners else None

    async def is_owner(self, account: PersonId) -> bool:
        return account in self.owners

    async def remember(self, platform: str, key: str, value: str) -> None:
        self.facts[platform, key] = value
        await self._tell()

    async def recalled(self, platform: str, key: str) -> str | None:
        return self.facts.get((platform, key))

    async def _pass(self) -> None:
        self.reached.set()
        await self.gate.wait()
        fails = self.fails.pop(0) if self.fails else None
        if fails is not None:
            raise fails

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
