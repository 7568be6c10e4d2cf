"""What a platform is to everything else: the port every adapter fills, and what passes through it.

An adapter parses native events into these nouns and renders these nouns into native calls; both are pure
functions beside it. Who is the owner, what is a duplicate, what may be said: none of that is its business.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bots.platforms.card_lines import HeardLine
from core.ports import CLOCKS_APART, Delivery
from core.types import AuthorKind, Conversation, ConversationId, DraftId, Message, MessageId, PersonId, SentAs


class CardAction(StrEnum):
    """What an owner can do to a card."""

    APPROVE = "approve"
    EDIT = "edit"
    REDRAFT = "redraft"
    REJECT = "reject"
    SNOOZE = "snooze"
    ARRIVED = "arrived"
    """What may have arrived did."""
    MISSING = "missing"
    """It did not."""


@dataclass(frozen=True, slots=True)
class CardEvent:
    """An action on one revision of a draft. `account` is who the platform says did it, owner or not.

    `text` is the edited reply, the guidance, the reason, or `1h`; empty where none was asked for.
    """

    account: PersonId
    draft: DraftId
    revision: int
    action: CardAction
    text: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A draft as it is put before the owner on one surface.

    `heard`, oldest first, and `text` are None where the surface may only learn who and where. `closed` is
    empty while the card can be acted on, else what became of it ("approved in the console", "superseded").
    `typed`: the owner has changed the text, which is sent as they wrote it. `question`: what is asked first,
    and offered to answer with ARRIVED and MISSING alone; empty where nothing is. `sends_as`: in whose name it
    goes out.
    """

    draft: DraftId
    revision: int
    who: str
    where: str
    why: str
    heard: tuple[HeardLine, ...] | None
    text: str | None
    closed: str = ""
    typed: bool = False
    question: str = ""
    sends_as: SentAs = SentAs.UNKNOWN

    @property
    def unwritten(self) -> str:
        """In place of a text that is empty: why it is; empty where there is one, or it may not be shown."""
        if self.text is None or self.text.strip():
            return ""
        return f"{self.why[:1].upper()}{self.why[1:]}." if self.why else "There is no text yet: write it."

    @property
    def offered(self) -> tuple[CardAction, ...]:
        """What may be done to it. What may not be read, or is not there, is not approved."""
        if self.closed:
            return ()
        if self.question:
            return (CardAction.ARRIVED, CardAction.MISSING)
        if self.text is None:
            return (CardAction.REJECT, CardAction.SNOOZE)
        approve = () if self.unwritten else (CardAction.APPROVE,)
        return (*approve, CardAction.EDIT, CardAction.REDRAFT, CardAction.REJECT, CardAction.SNOOZE)


class Health(StrEnum):
    """How an adapter is doing; `detail` beside it says more."""

    STARTING = "starting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    STOPPED = "stopped"
    """The owner must mend something; it is tried again seldom, or not at all (`TokenRefused`)."""


def dated(sent_at: datetime, now: datetime, *, live: bool) -> datetime:
    """When something was said, by the owner's clock. Pure.

    What came as it was said was said about now, and nothing was said tomorrow: what has it otherwise is a
    clock that is wrong, theirs or ours, and would have us take it for something missed.
    """
    earliest = now - CLOCKS_APART if live else sent_at
    return sent_at if earliest <= sent_at <= now + CLOCKS_APART else now


class Inbound(Protocol):
    """Where adapters hand over. Each call returns once what it says is committed: acknowledge only then."""

    async def heard(
        self, conversation: Conversation, message: Message, *, live: bool = False, background: bool = False
    ) -> None:
        """A message, new or redelivered. `author` is the raw account id; the owner's are recognised here.
        `live`: it came as it was said, and not out of a history or a queue. `background`: it was said before,
        and is to be known for the sake of what points to it: it gets no answer."""
        ...

    async def knows(self, message: MessageId) -> bool:
        """Whether a message was heard, or taken back: what it said need not be handed over, nor copied into
        another that points to it."""
        ...

    async def edited(self, message: MessageId, text: str, at: datetime) -> None:
        """Its text is now this. One that stands in a thread may be named as one of its channel: no two of a
        channel and its threads have the same key."""
        ...

    async def deleted(self, message: MessageId) -> None:
        """It is gone; named as in `edited`."""
        ...

    async def listeners(self, conversation: Conversation) -> None:
        """Who can read it has changed, or is known better now."""
        ...

    async def named(self, account: PersonId, name: str, *, kind: AuthorKind = AuthorKind.PERSON) -> None:
        """What an account calls itself; cheap to call with every message."""
        ...

    async def acted(self, act: CardEvent) -> str:
        """A click, a modal or a forced reply on a card; the word to show, `already handled` among them.

        Anyone but the owner gets a refusal as their word. Never raises Refused.
        """
        ...

    async def used(self, account: PersonId, draft: DraftId, reference: str) -> None:
        """A button of this card was pressed: for the owner it is the one to keep up from now on. Call it
        before anything else is done; one that was posted just before a crash is known by this alone."""
        ...

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
        """Talk or a command in a DM with the twin (pairing codes too); the twin's answer.

        For a stranger it is heard like any direct message (with what it replies to), and the answer is empty;
        a stranger's native command is not handed over at all, and `/word` not heard. `sent_at` is now unless
        said otherwise; `live` as in `heard`. An answer may take a model's time: `kept` is called as soon as
        what the owner said is committed.
        """
        ...

    async def card_text(self, account: PersonId, draft: DraftId, revision: int) -> str | None:
        """The text to put into an edit modal; None for anyone but the owner or on a stale revision."""
        ...

    async def is_owner(self, account: PersonId) -> bool:
        """Whether it is one of the owner's proven accounts: to know a mention of them, or whose Business
        connection it is. Never to decide what they may do."""
        ...

    async def remember(self, platform: str, key: str, value: str) -> None:
        """Keep an adapter's own small fact (an offset, a business connection) durably."""
        ...

    async def recalled(self, platform: str, key: str) -> str | None:
        """The fact kept under that key."""
        ...


class Platform(Delivery, Protocol):
    """What every adapter gives, beside sending (`Delivery`)."""

    @property
    def health(self) -> tuple[Health, str]:
        """How it is doing, and a line for the owner without any token in it."""
        ...

    async def run(self, inbound: Inbound) -> None:
        """Connect and hand over what comes in until cancelled.

        Raises OwnerMustFix for what reconnecting cannot mend (a refused token) and TryAgain for what it
        may; both are caught by the supervisor, which retries the second with backoff.
        """
        ...


@runtime_checkable
class CardSurface(Protocol):
    """A platform where the owner can be shown cards, in their DM with the twin."""

    async def show(self, account: PersonId, card: Card) -> str:
        """Post it; the platform's reference to it. Refused when the owner's DM is closed."""
        ...

    async def update(self, reference: str, card: Card) -> None:
        """Redraw it in place; a card that no longer exists is no error."""
        ...


@runtime_checkable
class OwnerDm(Protocol):
    """A platform where the owner can be told things outside of cards: notices, digests."""

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        """Send to the owner's DM; `picture` is a PNG. Refused when the DM is closed, TryAgain where none of
        it arrived for certain; where it may have, or a part did, what the platform's library raises."""
        ...


@runtime_checkable
class ShowsTyping(Protocol):
    """A platform that can show that a reply is on its way."""

    async def typing(self, conversation: Conversation) -> None:
        """Show it for a few seconds."""
        ...


@runtime_checkable
class LimitsReplies(Protocol):
    """A platform that takes replies in some conversations only for a while after they were last active."""

    async def reply_until(self, conversation: ConversationId) -> datetime | None:
        """When a draft for it expires because nothing can be sent any more; None where nothing limits it."""
        ...


@runtime_checkable
class FindsSent(Protocol):
    """A platform whose history shows the nonce that a message was sent with. It can tell that one arrived,
    never that none did: one may be shown late, or be deleted already."""

    async def find_sent(
        self, conversation: ConversationId, *, nonce: str, at: datetime, reply_to: MessageId | None = None
    ) -> str | None:
        """The platform's id of what was sent so about `at`, None where none is seen. May raise anything,
        which says no more than None."""
        ...


@runtime_checkable
class ReadsMembers(Protocol):
    """A platform that can be asked who reads a conversation: at start, and before anything is sent there."""

    async def members(self, conversation: Conversation) -> Conversation:
        """The conversation as known, with its members and newest join as they are now, those of its channel
        for a thread or topic. None for members whom nobody can list; where it can be told that somebody came
        whom it cannot name, `newest_join` is now.

        Raises TryAgain where it cannot be read now, Refused where the twin may not read it at all.
        """
        ...


@runtime_checkable
class RereadsMessages(Protocol):
    """A platform that can be asked what became of messages, as it tells nobody later of what was edited or
    deleted while they were not connected."""

    async def reread(self, conversation: ConversationId, messages: Collection[MessageId]) -> None:
        """Hand over how they are now, through `Inbound.edited` or `Inbound.deleted`, in as few calls as the
        platform lets it; nothing of those that are as they were said, or of which the platform could show
        none (a reaction). All were said there.

        Raises TryAgain where one cannot be read now, Refused where the twin may not read it at all.
        """
        ...


@runtime_checkable
class CatchesUp(Protocol):
    """A platform whose history can be read: what was missed while off is fetched at start."""

    async def missed(self, conversations: Sequence[Conversation], since: datetime) -> None:
        """Hand over what was said there since, oldest first, through `Inbound.heard`."""
        ...


@runtime_checkable
class ListsConversations(CatchesUp, Protocol):
    """A platform that says where the twin is, also where nobody ever said a word to it."""

    async def conversations(self) -> Sequence[ConversationId]:
        """All of them but threads. Raises TryAgain, Refused and OwnerMustFix."""
        ...


@runtime_checkable
class ReadsOwnerDm(Protocol):
    """A platform where what the owner wrote to the twin while it was off can be read."""

    async def missed_by_twin(self, account: PersonId, since: datetime) -> None:
        """Hand over what that account said in its DM since, oldest first, through
        `Inbound.said_to_twin`, and post the answers. Refused where it cannot be read."""
        ...
