"""The sender's side of the outbox: claim, send at most once, file. Functions of a connection."""

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Refused
from core.types import TWIN, ConversationId, Draft, DraftId, DraftStatus, Message, MessageId
from memory import control, delegations, drafts, receipts
from memory.messages import say, stored_conversation
from memory.overtaken import NEWER_MESSAGE, overtaken
from memory.timestamps import optional_text, optional_time, to_text

Split = Callable[[ConversationId, str], Sequence[str]]
"""Cuts a text into the parts that a conversation's platform takes. Pure and quick."""

NO_LEAVE = "leave-missing"
TEXT_CHANGED = "text-changed"
RECIPIENT_CHANGED = "recipient-changed"
RECIPIENT_UNKNOWN = "recipient-unknown"
DELEGATION_OVER = "delegation-over"
RATE_LIMIT = "rate-limit"
NOTHING_TO_SEND = "draft-empty"
EXPIRED = "expired"
NOT_DELIVERED = "not-delivered"

HOUR = timedelta(hours=1)
PARAGRAPH = "\n\n"
"""Between parts, where the text of several is shown or sent as one."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Leave to send one part, once. `number` counts from 1 to `parts`; `reply_to` only on the first."""

    draft: DraftId
    revision: int
    number: int
    parts: int
    conversation: ConversationId
    text: str
    nonce: str
    reply_to: MessageId | None


def whole(_: ConversationId, text: str) -> Sequence[str]:
    """The split of a platform without a limit."""
    return (text,)


def claim(
    connection: sqlite3.Connection,
    now: datetime,
    split: Split,
    platforms: Collection[str] | None,
    sends_per_hour: int,
) -> Claim | None:
    """The next part, marked as being sent. Drafts that may not go are moved on the way to it."""
    if control.paused(connection):
        return None
    for row in _claimable(connection, now):
        if platforms is not None and row["conversation"].partition(":")[0] not in platforms:
            continue
        if not _may_go(connection, row, now, sends_per_hour):
            continue
        if row["status"] == DraftStatus.APPROVED and not _begin(connection, row, split, now):
            continue
        return _take(connection, row, now)
    return None


def delivered(connection: sqlite3.Connection, held: Claim, platform_id: str | None, at: datetime) -> Draft:
    """The part is sent and said in L0; after the last one the draft is sent and its receipt filed."""
    row = _held(connection, held)
    return _arrived(connection, row, held.number, platform_id, at)


def uncertain(connection: sqlite3.Connection, held: Claim, why: str) -> Draft:
    """Nobody knows whether the part arrived."""
    row = _held(connection, held)
    return _doubt(connection, row, why)


def failed(connection: sqlite3.Connection, held: Claim, why: str, now: datetime) -> Draft:
    """The platform refused the part for good."""
    row = _held(connection, held)
    _mark(connection, row, held.number, "failed")
    return _close(connection, row, DraftStatus.FAILED, f"failed: {why}", now)


def released(
    connection: sqlite3.Connection, held: Claim, not_before: datetime | None, now: datetime
) -> Draft:
    """The part did not arrive, for certain: ready again, the draft too if none had arrived."""
    row = _held(connection, held)
    _mark(connection, row, held.number, "ready")
    if held.number == 1:
        connection.execute("DELETE FROM parts WHERE draft = ? AND revision = ?", (row["id"], row["revision"]))
        connection.execute("DELETE FROM delegated_sends WHERE draft = ?", (row["id"],))
        if _another_waits(connection, row):
            return _close(connection, row, DraftStatus.SUPERSEDED, f"superseded: {NEWER_MESSAGE}", now)
        drafts.set_status(connection, row["id"], DraftStatus.APPROVED, handled=row["handled"])
    connection.execute(
        "UPDATE drafts SET not_before = ? WHERE id = ?", (optional_text(not_before), row["id"])
    )
    return drafts.read(connection, row["id"])


def recover(connection: sqlite3.Connection) -> list[Draft]:
    """What was at a platform when the process died; nothing resends it. Between two parts nothing was."""
    rows = connection.execute(
        "SELECT d.* FROM drafts d WHERE EXISTS (SELECT 1 FROM parts p WHERE p.draft = d.id"
        " AND p.revision = d.revision AND p.status = 'sending') ORDER BY d.id"
    ).fetchall()
    return [_doubt(connection, row, "the twin stopped while it was being sent") for row in rows]


def settle(
    connection: sqlite3.Connection, draft: DraftId, arrived: bool, platform_id: str | None, now: datetime
) -> Draft:
    """The owner's word on an uncertain draft. Raises Refused where it is not, or no longer, uncertain."""
    row = drafts.find(connection, draft)
    if row["status"] != DraftStatus.UNCERTAIN:
        raise Refused(f"already handled: {row['handled'] or row['status']}")
    part = connection.execute(
        "SELECT * FROM parts WHERE draft = ? AND revision = ? AND status = 'uncertain'",
        (row["id"], row["revision"]),
    ).fetchone()
    if arrived:
        return _arrived(connection, row, part["number"], platform_id, now)
    _mark(connection, row, part["number"], "failed")
    return _hold(connection, row, NOT_DELIVERED, now, revise=True)


def expire(connection: sqlite3.Connection, now: datetime) -> list[Draft]:
    """Close what is past its time, unless a part of it is at the platform or uncertain."""
    rows = connection.execute(
        "SELECT * FROM drafts d WHERE expires_at <= ? AND (status IN ('waiting', 'snoozed', 'approved')"
        " OR status = 'sending' AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.draft = d.id"
        " AND p.revision = d.revision AND p.status = 'sending')) ORDER BY id",
        (to_text(now),),
    ).fetchall()
    return [_close(connection, row, DraftStatus.EXPIRED, EXPIRED, now) for row in rows]


def delegated_sends(connection: sqlite3.Connection, conversation: ConversationId, now: datetime) -> int:
    """How many replies delegations began to send there in the last hour."""
    found = connection.execute(
        "SELECT count(*) FROM delegated_sends WHERE conversation = ? AND at > ?",
        (conversation, to_text(now - HOUR)),
    ).fetchone()
    return int(found[0])


def _claimable(connection: sqlite3.Connection, now: datetime) -> list[sqlite3.Row]:
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


def _may_go(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime, sends_per_hour: int) -> bool:
    """Every check of a claim; what fails one is moved on here."""
    begun = row["status"] == DraftStatus.SENDING
    if row["expires_at"] is not None and row["expires_at"] <= to_text(now):
        _close(connection, row, DraftStatus.EXPIRED, EXPIRED, now)
        return False
    conversation = ConversationId(row["conversation"])
    if not begun:
        moot = overtaken(
            connection, conversation, MessageId(row["answers"]), optional_time(row["answers_edited_at"])
        )
        if moot is not None:
            drafts.supersede(connection, row, moot)
            return False
    fault = _fault(connection, row, now)
    if fault is None and not begun and _too_many(connection, row, now, sends_per_hour):
        fault = RATE_LIMIT
    if fault is not None:
        _hold(connection, row, fault, now, revise=begun)
    return fault is None


def _fault(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> str | None:
    """The rule by which the leave does not cover what would be sent; None where it does."""
    leave = drafts.leave_for(connection, row)
    if leave is None:
        return NO_LEAVE
    if leave["text_hash"] != drafts.digest(row["text"]):
        return TEXT_CHANGED
    if leave["conversation"] != row["conversation"]:
        return RECIPIENT_CHANGED
    if stored_conversation(connection, ConversationId(row["conversation"])) is None:
        return RECIPIENT_UNKNOWN
    if leave["delegation"] is not None:
        delegation = delegations.named(connection, leave["who"])
        if (
            delegation is None
            or not delegations.runs(delegation, now)
            or delegation.persona != row["persona"]
            or delegation.conversation not in (None, row["conversation"])
        ):
            return DELEGATION_OVER
    return None


def _too_many(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime, sends_per_hour: int) -> bool:
    leave = drafts.leave_for(connection, row)
    if leave is None or leave["delegation"] is None:
        return False
    return delegated_sends(connection, ConversationId(row["conversation"]), now) >= sends_per_hour


def _begin(connection: sqlite3.Connection, row: sqlite3.Row, split: Split, now: datetime) -> bool:
    """Cut the text into parts, once, and mark the draft as being sent. False where there is nothing to
    send."""
    texts = [text for text in split(ConversationId(row["conversation"]), row["text"]) if text.strip()]
    if not texts:
        _hold(connection, row, NOTHING_TO_SEND, now)
        return False
    connection.executemany(
        "INSERT INTO parts (draft, revision, number, text, nonce, status) VALUES (?, ?, ?, ?, ?, 'ready')",
        [
            (row["id"], row["revision"], number, text, _nonce(row, number))
            for number, text in enumerate(texts, start=1)
        ],
    )
    connection.execute(
        "INSERT INTO delegated_sends (conversation, at, draft) SELECT conversation, ?, draft FROM leaves"
        " WHERE draft = ? AND revision = ? AND delegation IS NOT NULL",
        (to_text(now), row["id"], row["revision"]),
    )
    drafts.set_status(connection, row["id"], DraftStatus.SENDING, handled=row["handled"])
    return True


def _take(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> Claim:
    parts = _parts(connection, row)
    part = next(part for part in parts if part["status"] == "ready")
    connection.execute(
        "UPDATE parts SET status = 'sending', claimed_at = ? WHERE draft = ? AND revision = ? AND number = ?",
        (to_text(now), row["id"], row["revision"], part["number"]),
    )
    return Claim(
        draft=DraftId(str(row["id"])),
        revision=row["revision"],
        number=part["number"],
        parts=len(parts),
        conversation=ConversationId(row["conversation"]),
        text=part["text"],
        nonce=part["nonce"],
        reply_to=MessageId(row["answers"]) if part["number"] == 1 else None,
    )


def _nonce(row: sqlite3.Row, number: int) -> str:
    """The same for the same part of the same revision, unlike any other home's; fits Discord's 25."""
    source = f"{row['id']}/{row['created_at']}/{row['revision']}/{number}"
    return hashlib.sha256(source.encode()).hexdigest()[:24]


def _held(connection: sqlite3.Connection, held: Claim) -> sqlite3.Row:
    """The draft of a claim. Raises Refused where its part is not being sent, so that no outcome is told
    twice."""
    row = drafts.find(connection, held.draft)
    part = connection.execute(
        "SELECT status FROM parts WHERE draft = ? AND revision = ? AND number = ?",
        (row["id"], held.revision, held.number),
    ).fetchone()
    if part is None or row["revision"] != held.revision or part["status"] != "sending":
        raise Refused(f"already handled: {row['handled'] or row['status']}")
    return row


def _arrived(
    connection: sqlite3.Connection, row: sqlite3.Row, number: int, platform_id: str | None, at: datetime
) -> Draft:
    connection.execute(
        "UPDATE parts SET status = 'sent', platform_id = ?, sent_at = ?"
        " WHERE draft = ? AND revision = ? AND number = ?",
        (platform_id, to_text(at), row["id"], row["revision"], number),
    )
    parts = _parts(connection, row)
    part = parts[number - 1]
    conversation = ConversationId(row["conversation"])
    say(
        connection,
        Message(
            id=MessageId(f"{conversation}/{platform_id or part['nonce']}"),
            conversation=conversation,
            author=TWIN,
            text=part["text"],
            sent_at=at,
            reply_to=MessageId(row["answers"]) if number == 1 else None,
        ),
    )
    if any(part["status"] != "sent" for part in parts):
        drafts.set_status(connection, row["id"], DraftStatus.SENDING, handled=row["handled"])
        return drafts.read(connection, row["id"])
    return _close(connection, row, DraftStatus.SENT, row["handled"] or "sent", at)


def _doubt(connection: sqlite3.Connection, row: sqlite3.Row, why: str) -> Draft:
    connection.execute(
        "UPDATE parts SET status = 'uncertain' WHERE draft = ? AND revision = ? AND status = 'sending'",
        (row["id"], row["revision"]),
    )
    drafts.set_status(connection, row["id"], DraftStatus.UNCERTAIN, handled=f"uncertain: {why}")
    return drafts.read(connection, row["id"])


def _close(
    connection: sqlite3.Connection, row: sqlite3.Row, status: DraftStatus, handled: str, now: datetime
) -> Draft:
    """Close a draft; whatever of it did arrive gets its receipt."""
    _file(connection, row, now)
    drafts.set_status(connection, row["id"], status, handled=handled)
    return drafts.read(connection, row["id"])


def _hold(
    connection: sqlite3.Connection, row: sqlite3.Row, rule: str, now: datetime, *, revise: bool = False
) -> Draft:
    """Back to the owner with the rule that says why; to `revise`, as a new revision of what has not
    arrived. Where a newer draft waits already, that one has taken its place."""
    arrived = _file(connection, row, now)
    if _another_waits(connection, row):
        drafts.set_status(
            connection, row["id"], DraftStatus.SUPERSEDED, handled=f"superseded: {NEWER_MESSAGE}"
        )
    elif revise:
        rest = [part["text"] for part in _parts(connection, row) if part["status"] != "sent"]
        text = PARAGRAPH.join(rest) if arrived else row["text"]
        drafts.rewrite(connection, row, text, row["original"], now)
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=rule)
    else:
        drafts.withdraw_leave(connection, row)
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=rule)
    return drafts.read(connection, row["id"])


def _file(connection: sqlite3.Connection, row: sqlite3.Row, now: datetime) -> bool:
    """File the receipt for the parts of this revision that arrived, if any."""
    parts = _parts(connection, row)
    sent = [part for part in parts if part["status"] == "sent"]
    leave = drafts.leave_for(connection, row)
    if not sent or leave is None:
        return False
    receipts.file(
        connection,
        row,
        text=row["text"] if len(sent) == len(parts) else PARAGRAPH.join(part["text"] for part in sent),
        leave=drafts.named(leave),
        platform_ids=[part["platform_id"] for part in sent if part["platform_id"] is not None],
        sent_at=now,
    )
    return True


def _parts(connection: sqlite3.Connection, row: sqlite3.Row) -> list[sqlite3.Row]:
    return connection.execute(
        "SELECT * FROM parts WHERE draft = ? AND revision = ? ORDER BY number", (row["id"], row["revision"])
    ).fetchall()


def _mark(connection: sqlite3.Connection, row: sqlite3.Row, number: int, status: str) -> None:
    connection.execute(
        "UPDATE parts SET status = ? WHERE draft = ? AND revision = ? AND number = ?",
        (status, row["id"], row["revision"], number),
    )


def _another_waits(connection: sqlite3.Connection, row: sqlite3.Row) -> bool:
    found = connection.execute(
        "SELECT 1 FROM drafts WHERE conversation = ? AND id <> ?"
        " AND status IN ('waiting', 'snoozed', 'approved')",
        (row["conversation"], row["id"]),
    ).fetchone()
    return found is not None
