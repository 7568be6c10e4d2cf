"""What became of a claim, and of drafts that stay behind: functions of a connection."""

from dataclasses import replace
from datetime import datetime

from core.ids import message_id
from core.types import (
    TWIN,
    Authorizer,
    ConversationId,
    Draft,
    DraftId,
    DraftStatus,
    Message,
    MessageId,
    SentAs,
)
from memory.archive.messages import say, wants_answer
from memory.outbox import drafts, parts, receipts
from memory.outbox.authorizers import read_authorizer
from memory.outbox.drafts import PARAGRAPH
from memory.outbox.parts import Claim
from memory.outbox.superseded import NEWER_MESSAGE
from memory.storage.port import Connection, Row
from memory.storage.timestamps import optional_text, to_text

NOT_DELIVERED = "not-delivered"
ANOTHER_NAME = "another-name"
"""It would have gone out in another name than its card said."""


def delivered(connection: Connection, claim: Claim, platform_id: str | None, at: datetime) -> Draft:
    """The part is sent and said in L0; after the last one the draft is sent and its receipt filed."""
    row = parts.holder(connection, claim)
    return _arrived(connection, row, claim.number, platform_id, at)


def found(connection: Connection, claim: Claim, platform_id: str, at: datetime) -> Draft:
    """The platform shows that an uncertain part arrived. Raises Refused where it is uncertain no longer."""
    row = parts.holder(connection, claim, "uncertain")
    return _arrived(connection, row, claim.number, platform_id, at)


def uncertain(connection: Connection, claim: Claim, why: str) -> Draft:
    """Nobody knows whether the part arrived."""
    row = parts.holder(connection, claim)
    return mark_uncertain(connection, row, why)


def failed(connection: Connection, claim: Claim, why: str, now: datetime) -> Draft:
    """The platform refused the part for good."""
    row = parts.holder(connection, claim)
    parts.mark(connection, row, claim.number, "failed")
    return close(connection, row, DraftStatus.FAILED, now, problem=why)


def released(connection: Connection, claim: Claim, not_before: datetime | None, now: datetime) -> Draft:
    """The part did not arrive, for certain: ready again, the draft too if none had arrived."""
    row = parts.holder(connection, claim)
    parts.mark(connection, row, claim.number, "ready")
    if claim.number == 1:
        connection.execute("DELETE FROM parts WHERE draft = ? AND revision = ?", (row["id"], row["revision"]))
        connection.execute("DELETE FROM delegated_sends WHERE draft = ?", (row["id"],))
        newer = None if row["apart"] else _waiting_beside(connection, row)
        if newer is not None:
            return _make_room(connection, row, row["text"], newer, now)
        drafts.set_status(connection, row["id"], DraftStatus.APPROVED, decided_by=read_authorizer(row))
    connection.execute(
        "UPDATE drafts SET not_before = ? WHERE id = ?", (optional_text(not_before), row["id"])
    )
    return drafts.read(connection, row["id"])


def in_another_name(connection: Connection, claim: Claim, sends_as: SentAs, now: datetime) -> Draft:
    """The part was not sent, for the name it would have gone in: back to the owner, who is told that one."""
    row = parts.holder(connection, claim)
    parts.mark(connection, row, claim.number, "ready")
    if claim.number == 1:
        connection.execute("DELETE FROM delegated_sends WHERE draft = ?", (row["id"],))
    returned = return_to_owner(connection, row, ANOTHER_NAME, now)
    connection.execute("UPDATE drafts SET sends_as = ? WHERE id = ?", (sends_as, row["id"]))
    return replace(returned, sends_as=sends_as)


def settle(
    connection: Connection,
    draft: DraftId,
    revision: int | None,
    arrived: bool,
    platform_id: str | None,
    now: datetime,
) -> Draft:
    """The owner's word on an uncertain draft. Raises Refused where it is not, or no longer, uncertain, or at
    another revision."""
    row = drafts.find(connection, draft)
    if row["status"] != DraftStatus.UNCERTAIN:
        raise drafts.already_handled(row)
    if revision not in (None, row["revision"]):
        raise drafts.at_revision(row["revision"])
    part = connection.execute(
        "SELECT * FROM parts WHERE draft = ? AND revision = ? AND status = 'uncertain'",
        (row["id"], row["revision"]),
    ).fetchone()
    if arrived:
        return _arrived(connection, row, part["number"], platform_id, now)
    parts.mark(connection, row, part["number"], "failed")
    return return_to_owner(connection, row, NOT_DELIVERED, now)


def expire(connection: Connection, now: datetime) -> list[Draft]:
    """Close what is past its time, unless a part of it is at the platform or uncertain."""
    rows = connection.execute(
        "SELECT * FROM drafts d WHERE expires_at <= ? AND (status IN ('waiting', 'snoozed', 'approved')"
        " OR status = 'sending' AND NOT EXISTS (SELECT 1 FROM parts p WHERE p.draft = d.id"
        " AND p.revision = d.revision AND p.status = 'sending')) ORDER BY id",
        (to_text(now),),
    ).fetchall()
    return [close(connection, row, DraftStatus.EXPIRED, now) for row in rows]


def close(
    connection: Connection,
    row: Row,
    status: DraftStatus,
    now: datetime,
    *,
    decided_by: Authorizer | None = None,
    superseded_by: str = "",
    problem: str = "",
) -> Draft:
    """Close a draft; whatever of it did arrive gets its receipt."""
    _file(connection, row, now)
    drafts.set_status(
        connection,
        row["id"],
        status,
        decided_by=decided_by,
        superseded_by=superseded_by,
        problem=problem,
    )
    return drafts.read(connection, row["id"])


def return_to_owner(connection: Connection, row: Row, rule: str, now: datetime) -> Draft:
    """Back to the owner with the rule that says why, as a new revision of what has not arrived: who approves
    the one that they saw before has not seen that rule. Where a newer draft waits already, that one has taken
    its place."""
    arrived = _file(connection, row, now)
    rest = [part["text"] for part in parts.every(connection, row) if part["status"] != "sent"]
    text = PARAGRAPH.join(rest) if arrived else row["text"]
    newer = _waiting_beside(connection, row)
    if newer is not None:
        return _make_room(connection, row, text, newer, now)
    drafts.rewrite(connection, row, text, row["original"], now, typed=bool(row["typed"]))
    drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=rule)
    return drafts.read(connection, row["id"])


def _arrived(connection: Connection, row: Row, number: int, platform_id: str | None, at: datetime) -> Draft:
    connection.execute(
        "UPDATE parts SET status = 'sent', platform_id = ?, sent_at = ?"
        " WHERE draft = ? AND revision = ? AND number = ?",
        (platform_id, to_text(at), row["id"], row["revision"], number),
    )
    all_parts = parts.every(connection, row)
    part = all_parts[number - 1]
    conversation = ConversationId(row["conversation"])
    say(
        connection,
        Message(
            id=message_id(conversation, platform_id or part["nonce"]),
            conversation=conversation,
            author=TWIN,
            text=part["text"],
            sent_at=at,
            reply_to=MessageId(row["answers"]),
        ),
        after=MessageId(row["answers"]) if _more_to_answer(connection, row) else None,
        apart=bool(row["apart"]),
    )
    if row["apart"]:
        _answered_apart(connection, row)
    authorized_by = drafts.authorized_by(connection, row)
    if any(part["status"] != "sent" for part in all_parts):
        drafts.set_status(connection, row["id"], DraftStatus.SENDING, decided_by=authorized_by)
        return drafts.read(connection, row["id"])
    return close(connection, row, DraftStatus.SENT, at, decided_by=authorized_by)


def _answered_apart(connection: Connection, row: Row) -> None:
    """What it answers is not what the draft answers that waits there: that one's own messages, as before."""
    waiting = _waiting_beside(connection, row)
    if waiting is not None:
        connection.execute(
            "UPDATE messages SET apart = TRUE WHERE conversation = ? AND (position, number) >"
            " (SELECT position, number FROM messages WHERE id = ?)"
            " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)",
            (row["conversation"], waiting["answers"], row["answers"]),
        )


def mark_uncertain(connection: Connection, row: Row, why: str) -> Draft:
    """Nobody knows whether the part that was being sent arrived."""
    connection.execute(
        "UPDATE parts SET status = 'uncertain' WHERE draft = ? AND revision = ? AND status = 'sending'",
        (row["id"], row["revision"]),
    )
    drafts.set_status(connection, row["id"], DraftStatus.UNCERTAIN, problem=why)
    return drafts.read(connection, row["id"])


def _file(connection: Connection, row: Row, now: datetime) -> bool:
    """File the receipt for the parts of this revision that arrived, if any."""
    all_parts = parts.every(connection, row)
    sent = [part for part in all_parts if part["status"] == "sent"]
    if not sent:
        return False
    receipts.file(
        connection,
        row,
        text=row["text"] if len(sent) == len(all_parts) else PARAGRAPH.join(part["text"] for part in sent),
        authorized_by=drafts.authorized_by(connection, row),
        platform_ids=[part["platform_id"] for part in sent if part["platform_id"] is not None],
        sent_at=now,
    )
    return True


def _more_to_answer(connection: Connection, row: Row) -> bool:
    newer = _waiting_beside(connection, row)
    return newer is not None or wants_answer(connection, ConversationId(row["conversation"]))


def _waiting_beside(connection: Connection, row: Row) -> Row | None:
    other = drafts.awaiting(connection, ConversationId(row["conversation"]))
    return None if other is None or other["id"] == row["id"] else other


def _make_room(connection: Connection, row: Row, left: str, newer: Row, now: datetime) -> Draft:
    """Withdraw what did not arrive for a newer draft that waits; words of the owner's go over to that one."""
    drafts.set_status(connection, row["id"], DraftStatus.SUPERSEDED, superseded_by=NEWER_MESSAGE)
    if row["typed"]:
        drafts.carry_words(connection, newer, left, now)
    return drafts.read(connection, row["id"])


def wake(connection: Connection, now: datetime) -> list[Draft]:
    """Bring back what was snoozed until now; those woken."""
    rows = connection.execute(
        "SELECT id FROM drafts WHERE status = ? AND snoozed_until <= ?", (DraftStatus.SNOOZED, to_text(now))
    ).fetchall()
    for row in rows:
        drafts.set_status(connection, row["id"], DraftStatus.WAITING)
    return [drafts.read(connection, row["id"]) for row in rows]
