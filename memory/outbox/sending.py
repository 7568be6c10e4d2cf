"""The sender's claim: the next part that may go, marked before the platform hears of it."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audience import Membership
from core.ids import platform_of
from core.types import (
    ByDelegation,
    Conversation,
    ConversationId,
    Draft,
    DraftStatus,
    MessageId,
)
from memory.archive.audiences import Audiences
from memory.archive.conversations import find_conversation, stored_conversation
from memory.archive.messages import wants_answer
from memory.outbox import contact_rate, coverage, delegation_rows, drafts, parts, rechecks, sources, switches
from memory.outbox.authorizers import read_authorizer
from memory.outbox.coverage import OTHERS_LISTEN, PersonaIn
from memory.outbox.outcomes import close, return_to_owner
from memory.outbox.parts import Claim
from memory.storage.port import Connection, Row
from memory.storage.timestamps import to_text

Split = Callable[[ConversationId, str], Sequence[str]]
"""Cuts a text into the parts that a conversation's platform takes. Pure and quick."""

NOT_AUTHORIZED = "not-authorized"
TEXT_CHANGED = "text-changed"
RECIPIENT_CHANGED = "recipient-changed"
RECIPIENT_UNKNOWN = "recipient-unknown"
DELEGATION_OVER = "delegation-over"
NOT_DELEGATED = "not-delegated"
"""The text is none of the owner's replies that the delegation names."""
RATE_LIMIT = "rate-limit"
NOTHING_TO_SEND = "draft-empty"
READERS_UNKNOWN = "readers-unknown"
"""Its platform does not say who can read it now."""
HEARD_UNKNOWN = "heard-unknown"
"""A platform does not say whether what it answers and rests on still stands."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A draft that may go once it was read who can read its conversation now, and what it answers
    and rests on."""

    draft: Draft
    conversation: Conversation
    delegated: bool
    """A delegation authorized it: its owner has not read it."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What looking for the next part came to."""

    claim: Claim | None
    """None where there is nothing to send now."""
    moved: tuple[Draft, ...] = ()
    """What may not go: it is back with the owner, or closed."""
    unread: tuple[Unread, ...] = ()
    """What was passed over on the way."""


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What a claim is checked against beside the database, as of one moment."""

    now: datetime
    membership: Membership
    persona_in: PersonaIn
    sends_per_hour: int


def whole(_: ConversationId, text: str) -> Sequence[str]:
    """The split of a platform without a limit."""
    return (text,)


def claim(
    connection: Connection,
    audiences: Audiences,
    facts: ClaimFacts,
    split: Split,
    platforms: Collection[str] | None,
    read: Collection[ConversationId] | None = None,
) -> Claimed:
    """The next part, marked as being sent. Drafts that may not go are moved on the way to it; those of
    conversations that are not among those `read` just now (None: nobody could) are passed over."""
    moved: list[Draft] = []
    unread: list[Unread] = []
    if switches.paused(connection):
        return Claimed(None)
    for row in _claimable(connection, facts.now):
        if platforms is not None and platform_of(row["conversation"]) not in platforms:
            continue
        left = _left_behind(connection, audiences, row, facts)
        if left is None and read is not None and row["conversation"] not in read:
            unread.append(_unread(connection, row))
            continue
        if left is None and row["status"] == DraftStatus.APPROVED:
            if _more_is_heard(connection, row):
                continue
            left = _begin(connection, row, split, facts.now)
        if left is None:
            return Claimed(parts.take(connection, row, facts.now), tuple(moved), tuple(unread))
        moved.append(left)
    return Claimed(None, tuple(moved), tuple(unread))


def postpone(connection: Connection, unread: Unread, until: datetime) -> None:
    """It is not claimed before that time."""
    connection.execute(
        "UPDATE drafts SET not_before = ?"
        " WHERE id = ? AND revision = ? AND status IN ('approved', 'sending')",
        (to_text(until), int(unread.draft.id), unread.draft.revision),
    )


def give_back(connection: Connection, unread: Unread, rule: str, now: datetime) -> Draft | None:
    """Back to the owner, with the rule that says why; None where it has moved on meanwhile."""
    row = next(
        (
            row
            for row in _claimable(connection, now)
            if row["id"] == int(unread.draft.id) and row["revision"] == unread.draft.revision
        ),
        None,
    )
    if row is None:
        return None
    return return_to_owner(connection, row, rule, now)


def _unread(connection: Connection, row: Row) -> Unread:
    conversation = stored_conversation(connection, ConversationId(row["conversation"]))
    delegated = isinstance(drafts.authorized_by(connection, row), ByDelegation)
    return Unread(drafts.read(connection, row["id"]), conversation, delegated)


def _claimable(connection: Connection, now: datetime) -> list[Row]:
    """What is begun and not at the platform, then what is approved where nothing is in flight."""
    return connection.execute(
        "SELECT d.* FROM drafts d WHERE (not_before IS NULL OR not_before <= ?) AND ("
        " status = 'sending' AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.draft = d.id"
        " AND p.revision = d.revision AND p.status = 'sending')"
        " OR status = 'approved' AND NOT EXISTS (SELECT 1 FROM drafts o"
        " WHERE o.conversation = d.conversation AND o.status IN ('sending', 'uncertain')))"
        " ORDER BY status = 'approved', id",
        (to_text(now),),
    ).fetchall()


def _left_behind(connection: Connection, audiences: Audiences, row: Row, facts: ClaimFacts) -> Draft | None:
    """Every check of a claim: the draft as it was moved on where it fails one, None where it may go."""
    now, begun = facts.now, row["status"] == DraftStatus.SENDING
    if row["expires_at"] is not None and row["expires_at"] <= to_text(now):
        return close(connection, row, DraftStatus.EXPIRED, now)
    superseded = None if begun else drafts.superseded_by(connection, row)
    if superseded is not None:
        return drafts.supersede(connection, row, superseded)
    stale = rechecks.stale(connection, audiences, row)
    if stale is not None and not begun:
        return rechecks.move(connection, audiences, row, stale, now)
    fault = _fault(connection, row, facts) or sources.fault(connection, audiences, row)
    if fault in sources.FAULTS:
        sources.tell(connection, audiences, row)
    if fault is None and not begun and _too_many(connection, row, facts):
        fault = RATE_LIMIT
    return None if fault is None else return_to_owner(connection, row, fault, now)


def _fault(connection: Connection, row: Row, facts: ClaimFacts) -> str | None:
    """The rule by which the authorization does not cover what would be sent; None where it does."""
    authorization = drafts.authorization_of(connection, row)
    if authorization is None:
        return NOT_AUTHORIZED
    if authorization["text_hash"] != drafts.digest(row["text"]):
        return TEXT_CHANGED
    if authorization["conversation"] != row["conversation"]:
        return RECIPIENT_CHANGED
    where = find_conversation(connection, ConversationId(row["conversation"]))
    if where is None:
        return RECIPIENT_UNKNOWN
    readers = None if authorization["members"] is None else json.loads(authorization["members"])
    if drafts.others_listen(connection, ConversationId(row["conversation"]), readers):
        return OTHERS_LISTEN
    if authorization["delegation"] is None:
        return None
    given = delegation_rows.find(connection, authorization["delegation"])
    if (
        given is None
        or not delegation_rows.runs(given, facts.now)
        or given.persona != row["persona"]
        or not coverage.reaches(connection, given, where, facts.membership)
    ):
        return DELEGATION_OVER
    stop = coverage.stopped(connection, given, where, facts.membership, facts.persona_in(where))
    return None if stop is None else stop.rule


def _more_is_heard(connection: Connection, row: Row) -> bool:
    """Whether something there waits for its turn, and nobody has read what a delegation would say to it: that
    turn decides what becomes of this."""
    delegated = isinstance(drafts.authorized_by(connection, row), ByDelegation)
    return delegated and wants_answer(connection, ConversationId(row["conversation"]))


def _too_many(connection: Connection, row: Row, facts: ClaimFacts) -> bool:
    if not isinstance(drafts.authorized_by(connection, row), ByDelegation):
        return False
    people = contact_rate.answered_people(
        connection, ConversationId(row["conversation"]), MessageId(row["answers"])
    )
    left = contact_rate.sends_left(connection, people, facts.membership, facts.now, facts.sends_per_hour)
    return left == 0


def _begin(connection: Connection, row: Row, split: Split, now: datetime) -> Draft | None:
    """Cut the text into parts, once, and mark the draft as being sent. Where there is nothing to send, the
    draft as it went back to the owner."""
    texts = [text for text in split(ConversationId(row["conversation"]), row["text"]) if text.strip()]
    if not texts:
        return return_to_owner(connection, row, NOTHING_TO_SEND, now)
    parts.cut(connection, row, texts)
    if isinstance(drafts.authorized_by(connection, row), ByDelegation):
        contact_rate.note(
            connection, row["id"], ConversationId(row["conversation"]), MessageId(row["answers"]), now
        )
    drafts.set_status(connection, row["id"], DraftStatus.SENDING, decided_by=read_authorizer(row))
    return None
