"""What the twin answers: frozen, JSON by `plain.py`. Printed by the command line, drawn by the console."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.runs_on import NOT_KNOWN, RunsOn
from core.types import SentAs


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record; `audience` as sorted principals, `score` None where nothing ranked it."""

    id: str
    text: str
    audience: tuple[str, ...]
    score: float | None


@dataclass(frozen=True, slots=True)
class HeardDraft:
    """The draft inside a HearAnswer; `recipient` is the id of the conversation it would go to."""

    id: str
    revision: int
    text: str
    persona: str
    recipient: str
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True)
class HearAnswer:
    """One message's way through the whole twin; other tools rely on exactly these fields."""

    message_id: str
    decision: Literal["send", "ask", "silent"]
    rule: str
    draft: HeardDraft | None
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageView:
    """One thing said; `name` is who said it as the owner calls them. `in_reply_to`: what it replies to, with
    who said that; empty where it does to nothing that is known."""

    id: str
    author: str
    name: str
    text: str
    at: datetime
    edited: bool = False
    deleted: bool = False
    in_reply_to: str = ""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with everything the owner needs to decide. `heard`: what it answers, oldest first; in a
    thread, `root` is the message that it hangs on, `since` our side's last word after that."""

    id: str
    revision: int
    status: str
    conversation: str
    title: str
    platform: str
    recipient: str
    heard: tuple[MessageView, ...]
    text: str
    original: str
    persona: str
    rule: str
    records: tuple[RecordView, ...]
    model: str
    runs_on: RunsOn
    """Where the model ran that wrote it."""
    sends_as: SentAs
    """In whose name it goes out."""
    created_at: datetime
    expires_at: datetime | None = None
    snoozed_until: datetime | None = None
    why: str = ""
    """For a closed, failed or uncertain draft: what happened."""
    root: MessageView | None = None
    since: MessageView | None = None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What was really sent, and who authorized it; `delegation`: the id of the one that did, if one did."""

    id: str
    draft: str
    conversation: str
    title: str
    text: str
    persona: str
    records: tuple[str, ...]
    rule: str
    authorized_by: str
    """`owner via console`, `delegation 3`, or `nobody` where that was gone by the time it arrived."""
    approval: str
    """The same for its owner's eyes: `approved by you in the console`."""
    delegation: str | None
    model: str
    model_digest: str
    runs_on: RunsOn
    sent_as: SentAs
    sent_at: datetime
    platform_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """Someone the owner knows."""

    id: str
    name: str
    relation: str
    accounts: tuple[str, ...]
    circles: tuple[str, ...]
    is_bot: bool = False
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class CircleView:
    """The owner's named group of people, as it is now."""

    name: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A place where messages are exchanged. `members` None: they cannot be listed."""

    id: str
    platform: str
    title: str
    kind: str
    members: tuple[str, ...] | None
    mode: str
    draft: str | None = None
    """The id of its open draft."""
    pending: bool = False
    """Something was said there that has no outcome yet: a draft is being written, or waits for its turn."""
    name: str = ""
    """Its title for where its kind is told beside it; empty where that is the same."""


@dataclass(frozen=True, slots=True)
class RecallAnswer:
    """What may be recalled in a conversation, best first."""

    query: str
    conversation: str
    records: tuple[RecordView, ...]


@dataclass(frozen=True, slots=True)
class AskAnswer:
    """The twin's answer to its owner, and what it rests on."""

    text: str
    records: tuple[RecordView, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """Something a contact said that might belong in the profile; nothing changes without the owner."""

    id: str
    text: str
    said_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PersonaView:
    """How the owner is in one part of life, and where that is bound."""

    name: str
    identity: str
    voice: str
    boundaries: tuple[str, ...]
    disclosure: str
    mode: str
    examples: int
    bound: tuple[str, ...] = ()
    """`default`, `circle:work`, `console:sam`."""
    problem: str = ""
    """What is wrong with its file; where it never was good, all else is empty."""


@dataclass(frozen=True, slots=True)
class ModelView:
    """Which model speaks, and whether it does; `problem` says what to do when it does not."""

    name: str
    digest: str
    licence: str
    ready: bool
    problem: str | None = None
    runs_on: RunsOn = NOT_KNOWN
    embedder_runs_on: RunsOn = NOT_KNOWN
    """Where what is said is made into vectors, to be found by."""


@dataclass(frozen=True, slots=True)
class PlatformView:
    """One platform's health; `detail` says more of it, `accounts` are the owner's there."""

    name: str
    connected: bool
    problem: str | None = None
    detail: str = ""
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairingView:
    """A one-use code; whoever sends it to the twin's bot is the owner. `platform` is empty for any."""

    code: str
    platform: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account that the owner has proven to be theirs."""

    account: str
    platform: str
    name: str
    paired_at: datetime


@dataclass(frozen=True, slots=True)
class StatusView:
    """How the twin is. `counts`: messages, records, receipts, pending (heard, unanswered), listed, and
    drafts by status. `problems`: what the owner should mend, in words."""

    home: str
    owner: str
    paused: bool
    away: bool
    model: ModelView
    platforms: tuple[PlatformView, ...]
    counts: Mapping[str, int]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of the owner's in numbers; `day` is ISO 8601."""

    day: str
    messages: int
    drafted: int
    approved: int
    edited: int
    rejected: int
    alone: int


@dataclass(frozen=True, slots=True)
class DigestView:
    """What happened from `since` to `until` and what waits, for the owner alone; `text` in light Markdown."""

    name: str
    since: datetime
    until: datetime
    text: str
    days: tuple[DayView, ...]


@dataclass(frozen=True, slots=True)
class DigestTimesView:
    """When a digest comes next, where to, and what became of it last: `told`, `refused`, or `claimed` where
    it may not have arrived; all None and empty where it was never told. In the owner's time zone."""

    name: str
    to: str
    next: datetime | None
    last: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class ReminderView:
    """What the owner wants to be reminded of, in their time zone; one whose time has passed could not be
    told yet."""

    id: str
    text: str
    at: datetime
    """The next time, of one that recurs."""
    every: str = ""
    """How it recurs, as `every weekday at 08:00`; empty where it comes once."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act that has nothing to show but that it was done; `said` is for the terminal."""

    said: str


@dataclass(frozen=True, slots=True)
class BackupView:
    """Where the backup lies and how large it is."""

    path: str
    size: int
    """In bytes."""
