"""The sender's claim: the next part that may go, marked before the platform hears of it."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.audience import Membership
from core.ids import platform_of
from core.types import ByDelegation, ConversationId, Draft, DraftStatus, MessageId
from memory.archive.rows import read_conversation
from memory.outbox import contact_rate, coverage, delegation_rows, drafts, parts, switches
from memory.outbox.authorizers import read_authorizer
from memory.outbox.coverage import OTHERS_LISTEN
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


@dataclass(frozen=True, slots=True)
class Claimed:
    """What looking for the next part came to."""

    claim: Claim | None
    """None where there is nothing to send now."""
    moved: tuple[Draft, ...] = ()
    """What may not go: it is back with the owner, or closed."""


def whole(_: ConversationId, text: str) -> Sequence[str]:
    """The split of a platform without a limit."""
    return (text,)


def claim(
    connection: Connection,
    now: datetime,
    split: Split,
    platforms: Collection[str] | None,
    sends_per_hour: int,
    membership: Membership,
) -> Claimed:
    """The next part, marked as being sent. Drafts that may not go are moved on the way to it."""
    moved: list[Draft] = []
    if switches.paused(connection):
        return Claimed(None)
    for row in _claimable(connection, now):
        if platforms is not None and platform_of(row["conversation"]) not in platforms:
            continue
        left = _left_behind(connection, row, now, sends_per_hour, membership)
        if left is None and row["status"] == DraftStatus.APPROVED:
            left = _begin(connection, row, split, now)
        if left is None:
            return Claimed(parts.take(connection, row, now), tuple(moved))
        moved.append(left)
    return Claimed(None, tuple(moved))


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


def _left_behind(
    connection: Connection,
    row: Row,
    now: datetime,
    sends_per_hour: int,
    membership: Membership,
) -> Draft | None:
    """Every check of a claim: the draft as it was moved on where it fails one, None where it may go."""
    begun = row["status"] == DraftStatus.SENDING
    if row["expires_at"] is not None and row["expires_at"] <= to_text(now):
        return close(connection, row, DraftStatus.EXPIRED, now)
    superseded = None if begun else drafts.superseded_by(connection, row)
    if superseded is not None:
        return drafts.supersede(connection, row, superseded)
    fault = _fault(connection, row, now, membership)
    if fault is None and not begun and _too_many(connection, row, now, sends_per_hour, membership):
        fault = RATE_LIMIT
    return None if fault is None else return_to_owner(connection, row, fault, now, revise=begun)


def _fault(connection: Connection, row: Row, now: datetime, membership: Membership) -> str | None:
    """The rule by which the authorization does not cover what would be sent; None where it does."""
    authorization = drafts.authorization_of(connection, row)
    if authorization is None:
        return NOT_AUTHORIZED
    if authorization["text_hash"] != drafts.digest(row["text"]):
        return TEXT_CHANGED
    if authorization["conversation"] != row["conversation"]:
        return RECIPIENT_CHANGED
    where = connection.execute("SELECT * FROM conversations WHERE id = ?", (row["conversation"],)).fetchone()
    if where is None:
        return RECIPIENT_UNKNOWN
    readers = None if authorization["members"] is None else json.loads(authorization["members"])
    if drafts.others_listen(connection, ConversationId(row["conversation"]), readers):
        return OTHERS_LISTEN
    if authorization["delegation"] is None:
        return None
    given = delegation_rows.find(connection, authorization["delegation"])
    conversation = read_conversation(where)
    if (
        given is None
        or not delegation_rows.runs(given, now)
        or given.persona != row["persona"]
        or not coverage.reaches(connection, given, conversation, membership)
    ):
        return DELEGATION_OVER
    stop = coverage.stopped(connection, given, conversation, membership)
    return None if stop is None else stop.rule


def _too_many(
    connection: Connection, row: Row, now: datetime, sends_per_hour: int, membership: Membership
) -> bool:
    if not isinstance(drafts.authorized_by(connection, row), ByDelegation):
        return False
    people = contact_rate.answered_people(
        connection, ConversationId(row["conversation"]), MessageId(row["answers"])
    )
    return contact_rate.sends_left(connection, people, membership, now, sends_per_hour) == 0


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
