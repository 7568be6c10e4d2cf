"""The nouns. Frozen, with distinct id types; a tenth noun wants an entry in DECISIONS.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from core.runs_on import NOT_KNOWN, RunsOn

PersonId = NewType("PersonId", str)
"""`owner`, a contact's name (`sam`), or an account nobody has linked yet (`telegram:1234`)."""
ConversationId = NewType("ConversationId", str)
"""`platform:native`, as `console:sam`; a thread's native part holds its channel's."""
MessageId = NewType("MessageId", str)
"""`conversation id` + `/` + the platform's own key: the same event always gets the same id."""
RecordId = NewType("RecordId", str)
"""The record's source, its kind first: `message:<MessageId>`, `profile:<key>`; see `core/ids.py`."""
DraftId = NewType("DraftId", str)
ReceiptId = NewType("ReceiptId", str)
PersonaName = NewType("PersonaName", str)

Principal = NewType("Principal", str)
"""One part of an audience: `owner`, `public`, `person:<id>`, `circle:<name>` or `place:<id>`."""
Audience = frozenset[Principal]

OWNER = PersonId("owner")
TWIN = PersonId("twin")


class Kind(StrEnum):
    """What sort of conversation it is."""

    DIRECT = "direct"
    GROUP = "group"
    OWNER = "owner"
    """The owner's own DM with the twin."""


class AuthorKind(StrEnum):
    """What it is that speaks. Only a person is answered without the owner's having named it."""

    PERSON = "person"
    BOT = "bot"
    TWIN = "twin"
    """Somebody else's; the owner's own is TWIN above."""


class Mode(StrEnum):
    """How far the twin may go in a conversation; anything unknown is read as OBSERVE."""

    OBSERVE = "observe"
    DRAFT = "draft"
    AUTO = "auto"


class Verdict(StrEnum):
    """The three ways a turn can end."""

    SEND = "send"
    ASK = "ask"
    SILENT = "silent"


class SmallTalk(StrEnum):
    """The kinds of message that a delegation may answer: nothing in them asks, tells or promises anything."""

    GREETING = "greeting"
    THANKS = "thanks"
    BYE = "bye"
    WISHES = "wishes"
    ACKNOWLEDGEMENT = "acknowledgement"
    HOW_ARE_YOU = "how-are-you"


Replies = Mapping[SmallTalk, tuple[str, ...]]
"""The owner's own words for each kind that a delegation covers."""


class DraftStatus(StrEnum):
    """Where a draft is in its life; the first five are open.

    In a conversation at most one awaits its owner or the sender (the first three), and beside it at most
    one is in flight (SENDING, UNCERTAIN).
    """

    WAITING = "waiting"
    """For the owner's word."""
    SNOOZED = "snoozed"
    APPROVED = "approved"
    """Authorized (by the owner or a delegation), not yet claimed."""
    SENDING = "sending"
    """Claimed by the sender; found so at start it becomes UNCERTAIN."""
    UNCERTAIN = "uncertain"
    """It may or may not have arrived; only the owner can say, and nothing resends it."""
    SENT = "sent"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FAILED = "failed"
    """The platform refused it, or the rest of it, for good."""


OPEN_STATUSES = (
    DraftStatus.WAITING,
    DraftStatus.SNOOZED,
    DraftStatus.APPROVED,
    DraftStatus.SENDING,
    DraftStatus.UNCERTAIN,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who speaks or listens. `accounts` are the unlinked ids that the owner says are them."""

    id: PersonId
    name: str
    accounts: frozenset[PersonId] = frozenset()
    relation: str = ""
    kind: AuthorKind = AuthorKind.PERSON


@dataclass(frozen=True, slots=True)
class Conversation:
    """A place where messages are exchanged, and who can read it.

    `members` are the people and unlinked accounts who can read it, the owner and the twin left out;
    None where the platform cannot list them. `parent` is the channel of a thread or topic, whose
    history and readers it shares; empty for a channel itself. `newest_join` matters only where joiners
    cannot read history.
    """

    id: ConversationId
    platform: str
    title: str
    kind: Kind = Kind.DIRECT
    members: frozenset[PersonId] | None = frozenset()
    parent: str = ""
    joiners_read_history: bool = True
    newest_join: datetime | None = None

    @property
    def channel(self) -> str:
        """The id of the channel whose readers count: the parent's for a thread or a topic."""
        return self.parent or self.id


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said, as it came. `addressed`: a mention of, or a reply to, the owner or the twin."""

    id: MessageId
    conversation: ConversationId
    author: PersonId
    text: str
    sent_at: datetime
    reply_to: MessageId | None = None
    addressed: bool = False
    edited_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """One thing known, with where it comes from and who may hear it.

    `channel` is that of the conversation it was said in, None for what was not said anywhere.
    """

    id: RecordId
    text: str
    audience: Audience
    at: datetime
    author: PersonId | None = None
    channel: str | None = None
    pinned: bool = False
    """Skips ranking (the profile's core, pinned rules); never the audience filter."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was recalled for one turn: `records`, best first, each with its score in `scores`."""

    query: str
    records: tuple[MemoryRecord, ...] = ()
    scores: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One exchange that shows how the owner answers; used only where `audience` allows."""

    heard: str
    said: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class Persona:
    """How the owner is in one part of life: the shared identity and what this part adds to it."""

    name: PersonaName
    identity: str
    voice: str
    boundaries: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    disclosure: str = ""
    """Appended to every text that is sent without the owner having read it; empty turns it off."""
    mode: Mode = Mode.DRAFT
    """The most that conversations with this persona may do on their own."""
    max_sentences: int = 3


@dataclass(frozen=True, slots=True)
class ByOwner:
    """The owner decided, on one of their surfaces: `console`, `cli`, or a platform's name."""

    via: str


@dataclass(frozen=True, slots=True)
class ByDelegation:
    """One of the owner's delegations decided, beforehand."""

    delegation: int


Authorizer = ByOwner | ByDelegation
"""Whose word it is that a reply goes out."""


class SentAs(StrEnum):
    """In whose name a reply goes out: what those who read it see above it."""

    OWNER = "owner"
    """The owner's own account."""
    BOT = "bot"
    """The twin's own."""
    UNKNOWN = "unknown"
    """The platform cannot tell now, or was never asked."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply that waits, or waited. An act on it names its `revision`; every edit makes a new one."""

    id: DraftId
    conversation: ConversationId
    answers: MessageId
    """The newest message that it answers."""
    revision: int
    text: str
    persona: PersonaName
    records: tuple[RecordId, ...]
    status: DraftStatus
    rule: str
    """The policy rule that decided."""
    model: str
    model_digest: str
    created_at: datetime
    expires_at: datetime | None = None
    snoozed_until: datetime | None = None
    original: str = ""
    """What the model wrote, where the owner has edited it since."""
    decided_by: Authorizer | None = None
    """Who approved or rejected it; None where nobody did, or something else became of it."""
    superseded_by: str = ""
    """The rule that withdrew it, where it is SUPERSEDED."""
    problem: str = ""
    """Why it is UNCERTAIN or FAILED, in the platform's words or ours."""
    runs_on: RunsOn = NOT_KNOWN
    """Where the model ran that wrote it."""
    sends_as: SentAs = SentAs.UNKNOWN
    """What its card says: it is sent in no other name."""
    typed: bool = False
    """Whether its text is the owner's own by now."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What policy says of a turn, and the name of the rule that said it."""

    verdict: Verdict
    rule: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was really sent, where, and who authorized it."""

    id: ReceiptId
    draft: DraftId
    conversation: ConversationId
    text: str
    persona: PersonaName
    records: tuple[RecordId, ...]
    rule: str
    authorized_by: Authorizer | None
    """None where the authorization was gone by the time that it arrived."""
    model: str
    model_digest: str
    sent_at: datetime
    platform_ids: tuple[str, ...]
    """The platform's ids of the delivered parts, in order."""
    runs_on: RunsOn = NOT_KNOWN
    sent_as: SentAs = SentAs.UNKNOWN
