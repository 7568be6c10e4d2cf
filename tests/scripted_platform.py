"""A platform of memory alone: it says what a test tells it, and keeps what it is shown, told and sent."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bots.platforms.port import Card, CardAction, CardEvent, Health, Inbound
from core.errors import OwnerMustFix, Refused, UnderstudyError
from core.types import Conversation, ConversationId, DraftId, Kind, Message, MessageId, PersonId, SentAs
from tests.fakes import FixedClock
from tests.waiting import PATIENCE_S, Sent


@dataclass
class Shown:
    """A card in a DM, as it was last drawn."""

    reference: str
    account: PersonId
    card: Card
    drawn: int = 1


@dataclass
class ScriptedPlatform:
    """Implements every protocol of `bots/platforms/port.py`. It outlives the twin that runs it.

    `fails` holds what the next runs raise; `closed` are accounts whose DM takes nothing; `window` is when
    replies end; `speaks_as` in whose name it speaks.
    """

    name: str
    clock: FixedClock
    fails: list[UnderstudyError] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    window: datetime | None = None
    speaks_as: SentAs = SentAs.BOT
    history: list[tuple[Conversation, Message]] = field(default_factory=list)
    text_limit: int = 2000
    sent: list[Sent] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    told: list[tuple[PersonId, str]] = field(default_factory=list)
    written: list[Message] = field(default_factory=list)
    """What the owner wrote to the twin while it was off."""
    answers: list[str] = field(default_factory=list)
    """What the twin said to that."""
    asked: list[tuple[tuple[str, ...], datetime]] = field(default_factory=list)
    runs: int = 0
    health: tuple[Health, str] = (Health.STARTING, "")
    inbound: Inbound | None = None
    gone: set[str] = field(default_factory=set)
    said: int = 0
    breaks: list[str] = field(default_factory=list)
    """How the next sends end: `arrived` (but nobody is told) or `lost`."""
    shows: bool = True
    """Whether its history shows what arrived."""
    read: list[str] = field(default_factory=list)
    """Where it was asked who reads along."""
    unreadable: list[Exception] = field(default_factory=list)
    """What the next such questions raise."""
    reread_messages: list[str] = field(default_factory=list)
    """Of which it was asked what became of them."""
    unknown: list[Exception] = field(default_factory=list)
    """What the next such questions raise."""
    places: list[ConversationId] = field(default_factory=list)
    """Where it is, beside where something was said."""
    listed: int = 0
    """How often it was asked that."""
    joined: dict[str, Any] = field(default_factory=dict)
    """What has changed of every group since it was heard of."""
    searched: list[tuple[str, datetime]] = field(default_factory=list)
    """The nonces that were looked for, and about when they were sent."""
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def conversations(self) -> list[ConversationId]:
        self.listed += 1
        async with self._changed:
            self._changed.notify_all()
        return self.places

    async def run(self, inbound: Inbound) -> None:
        self.runs += 1
        if self.fails:
            error = self.fails.pop(0)
            stopped = isinstance(error, OwnerMustFix)
            self.health = (Health.STOPPED if stopped else Health.RECONNECTING, str(error))
            await self._tell()
            raise error
        self.inbound, self.health = inbound, (Health.CONNECTED, f"as {self.name} bot")
        await self._tell()
        try:
            await asyncio.Event().wait()
        finally:
            self.inbound, self.health = None, (Health.STARTING, "")

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        ends = self.breaks.pop(0) if self.breaks else ""
        if ends != "lost":
            self.sent.append(Sent(conversation, text, nonce, reply_to, continues))
            await self._tell()
        if ends:
            raise ConnectionResetError
        return f"sent-{len(self.sent)}"

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        return self.speaks_as

    async def find_sent(
        self, conversation: ConversationId, *, nonce: str, at: datetime, reply_to: MessageId | None = None
    ) -> str | None:
        self.searched.append((nonce, at))
        await self._tell()
        for number, one in enumerate(self.sent, start=1):
            if self.shows and one == replace(one, conversation=conversation, nonce=nonce, reply_to=reply_to):
                return f"sent-{number}"
        return None

    async def show(self, account: PersonId, card: Card) -> str:
        if account in self.closed:
            raise Refused(self.closed[account])
        self.shown.append(Shown(f"{self.name}-{len(self.shown)}", account, card))
        await self._tell()
        return self.shown[-1].reference

    async def update(self, reference: str, card: Card) -> None:
        for one in self.shown:
            if one.reference == reference and reference not in self.gone:
                one.card, one.drawn = card, one.drawn + 1
        await self._tell()

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        if account in self.closed:
            raise Refused(self.closed[account])
        self.told.append((account, text))
        await self._tell()

    async def typing(self, conversation: Conversation) -> None:
        """Nobody looks."""

    async def reply_until(self, conversation: ConversationId) -> datetime | None:
        return self.window

    async def members(self, conversation: Conversation) -> Conversation:
        self.read.append(conversation.id)
        await self._tell()
        if self.unreadable:
            raise self.unreadable.pop(0)
        return replace(conversation, **self.joined)

    async def reread(self, conversation: ConversationId, messages: Collection[MessageId]) -> None:
        self.reread_messages.extend(messages)
        if self.unknown:
            raise self.unknown.pop(0)

    async def missed(self, conversations: Sequence[Conversation], since: datetime) -> None:
        self.asked.append((tuple(one.id for one in conversations), since))
        ids = {one.id for one in conversations}
        for where, message in self.history:
            if where.id in ids and message.sent_at >= since:
                await self.here.heard(where, message)
        await self._tell()

    async def missed_by_twin(self, account: PersonId, since: datetime) -> None:
        for one in self.written:
            if one.author == account and one.sent_at > since:
                said = self.here.said_to_twin(account, one.id, one.text, sent_at=one.sent_at)
                self.answers.append(await said)
        await self._tell()

    # What a test does

    @property
    def here(self) -> Inbound:
        assert self.inbound is not None
        return self.inbound

    @property
    def owner(self) -> PersonId:
        return PersonId(f"{self.name}:1")

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once `holds()` does; asked again whenever something happens here."""
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(holds)

    async def connected(self) -> None:
        await self.until(lambda: self.health[0] is Health.CONNECTED)

    async def card(self, number: int = 1) -> Shown:
        """The card of that number, from 1."""
        await self.until(lambda: len(self.shown) >= number)
        return self.shown[number - 1]

    async def closing(self, shown: Shown) -> str:
        """What is said of a card, once it is closed."""
        await self.until(lambda: bool(shown.card.closed))
        return shown.card.closed

    def chat(self, friend: str = "sam") -> Conversation:
        """The owner's direct chat with somebody."""
        account = PersonId(f"{self.name}:{friend}")
        return Conversation(
            ConversationId(f"{self.name}:chat-{friend}"),
            self.name,
            friend.title(),
            members=frozenset({account}),
        )

    def group(self, *friends: str) -> Conversation:
        members = frozenset(PersonId(f"{self.name}:{one}") for one in friends)
        return Conversation(
            ConversationId(f"{self.name}:group"), self.name, "climbers", Kind.GROUP, members | {self.owner}
        )

    def message(
        self, text: str, where: Conversation | None = None, friend: str = "sam", **more: object
    ) -> tuple[Conversation, Message]:
        self.said += 1
        self.clock.pass_by(seconds=1)
        where = where or self.chat(friend)
        author = self.owner if friend == "owner" else PersonId(f"{self.name}:{friend}")
        message = Message(
            MessageId(f"{where.id}/{self.said}"), where.id, author, text, self.clock.now(), addressed=False
        )
        return where, replace(message, **more)  # type: ignore[arg-type]

    async def hear(
        self, text: str, where: Conversation | None = None, friend: str = "sam", **more: object
    ) -> MessageId:
        where, message = self.message(text, where, friend, **more)
        await self.here.heard(where, message)
        return message.id

    async def say(self, text: str, account: PersonId | None = None) -> str:
        """In the DM with the twin, as the owner unless said otherwise."""
        self.said += 1
        who = account or self.owner
        return await self.here.said_to_twin(who, MessageId(f"{who}/{self.said}"), text)

    async def act(
        self,
        shown: Shown,
        action: CardAction,
        text: str = "",
        *,
        account: PersonId | None = None,
        revision: int = 0,
    ) -> str:
        card = shown.card
        who = account or self.owner
        return await self.here.acted(
            CardEvent(who, DraftId(card.draft), revision or card.revision, action, text)
        )

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
