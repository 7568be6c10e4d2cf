"""The sender's claim: the next part that may go, marked before the platform hears of it."""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from core.audience import Membership
from core.ids import platform_of
from core.types import ByDelegation, ConversationId, DraftStatus, Mode
from memory.archive.rows import read_conversation
from memory.outbox import delegations, drafts, parts, switches
from memory.outbox.authorizers import read_authorizer
from memory.outbox.outcomes import OTHERS_LISTEN, close, return_to_owner
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
MODE_DRAFT = "mode-draft"
RATE_LIMIT = "rate-limit"
NOTHING_TO_SEND = "draft-empty"

HOUR = timedelta(hours=1)


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
) -> Claim | None:
    """The next part, marked as being sent. Drafts that may not go are moved on the way to it."""
    if switches.paused(connection):
        return None
    for row in _claimable(connection, now):
        if platforms is not None and platform_of(row["conversation"]) not in platforms:
            continue
        if not _may_go(connection, row, now, sends_per_hour, membership):
            continue
        if row["status"] == DraftStatus.APPROVED and not _begin(connection, row, split, now):
            continue
        return parts.take(connection, row, now)
    return None


def delegated_sends(connection: Connection, conversation: ConversationId, now: datetime) -> int:
    """How many replies delegations began to send there in the last hour."""
    found = connection.execute(
        "SELECT count(*) FROM delegated_sends WHERE conversation = ? AND at > ?",
        (conversation, to_text(now - HOUR)),
    ).fetchone()
    return int(found[0])


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


def _may_go(
    connection: Connection,
    row: Row,
    now: datetime,
    sends_per_hour: int,
    membership: Membership,
) -> bool:
    """Every check of a claim; what fails one is moved on here."""
    begun = row["status"] == DraftStatus.SENDING
    if row["expires_at"] is not None and row["expires_at"] <= to_text(now):
        close(connection, row, DraftStatus.EXPIRED, now)
        return False
    superseded = None if begun else drafts.superseded_by(connection, row)
    if superseded is not None:
        drafts.supersede(connection, row, superseded)
        return False
    fault = _fault(connection, row, now, membership)
    if fault is None and not begun and _too_many(connection, row, now, sends_per_hour):
        fault = RATE_LIMIT
    if fault is not None:
        return_to_owner(connection, row, fault, now, revise=begun)
    return fault is None


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
    if authorization["delegation"] is not None:
        if switches.mode(connection, ConversationId(row["conversation"])) not in (None, Mode.AUTO):
            return MODE_DRAFT
        delegation = delegations.find(connection, authorization["delegation"])
        if (
            delegation is None
            or not delegations.runs(delegation, now)
            or delegation.persona != row["persona"]
            or not delegations.reaches(delegation, read_conversation(where), membership)
        ):
            return DELEGATION_OVER
    return None


def _too_many(connection: Connection, row: Row, now: datetime, sends_per_hour: int) -> bool:
    if not isinstance(drafts.authorized_by(connection, row), ByDelegation):
        return False
    return delegated_sends(connection, ConversationId(row["conversation"]), now) >= sends_per_hour


def _begin(connection: Connection, row: Row, split: Split, now: datetime) -> bool:
    """Cut the text into parts, once, and mark the draft as being sent. False where there is nothing to
    send."""
    texts = [text for text in split(ConversationId(row["conversation"]), row["text"]) if text.strip()]
    if not texts:
        return_to_owner(connection, row, NOTHING_TO_SEND, now)
        return False
    parts.cut(connection, row, texts)
    connection.execute(
        "INSERT INTO delegated_sends (conversation, at, draft)"
        " SELECT conversation, ?, draft FROM authorizations"
        " WHERE draft = ? AND revision = ? AND delegation IS NOT NULL",
        (to_text(now), row["id"], row["revision"]),
    )
    drafts.set_status(connection, row["id"], DraftStatus.SENDING, decided_by=read_authorizer(row))
    return True
