"""Drafts and the leave to send them, as rows: functions of a connection, so that several make one act."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from core.errors import Refused
from core.types import (
    ConversationId,
    Draft,
    DraftId,
    DraftStatus,
    MessageId,
    PersonaName,
    RecordId,
)
from memory.archive.messages import mark_pending
from memory.archive.rows import row_number
from memory.outbox.superseded import LATE_MESSAGE, MESSAGE_EDITED, reason_superseded
from memory.storage.port import Connection, Row
from memory.storage.timestamps import from_text, optional_time, to_text

AWAITING = (DraftStatus.WAITING, DraftStatus.SNOOZED, DraftStatus.APPROVED)
"""Open and not in the sender's hands: the owner, a newer message or time can still change these."""
IN_FLIGHT = (DraftStatus.SENDING, DraftStatus.UNCERTAIN)
MAYBE_ARRIVED = "it may have arrived; say first whether it did"
OWNER_LEAVE = "owner"
SOMEBODY_JOINED = "somebody-joined"
"""It was written for fewer ears."""
RECORD_FORGOTTEN = "record-forgotten"


def from_row(row: Row) -> Draft:
    """The noun behind a row of `drafts`."""
    return Draft(
        id=DraftId(str(row["id"])),
        conversation=ConversationId(row["conversation"]),
        answers=MessageId(row["answers"]),
        revision=row["revision"],
        text=row["text"],
        persona=PersonaName(row["persona"]),
        records=tuple(RecordId(load) for load in json.loads(row["records"])),
        status=DraftStatus(row["status"]),
        rule=row["rule"],
        model=row["model"],
        model_digest=row["model_digest"],
        created_at=from_text(row["created_at"]),
        expires_at=optional_time(row["expires_at"]),
        snoozed_until=optional_time(row["snoozed_until"]),
        original=row["original"],
    )


def find(connection: Connection, draft: DraftId | str) -> Row:
    """The row of a draft. Raises Refused when there is none of that id."""
    number = row_number(str(draft))
    row: Row | None = connection.execute("SELECT * FROM drafts WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise Refused(f"there is no draft {str(draft)[:40]!r}")
    return row


def read(connection: Connection, draft: DraftId | str) -> Draft:
    """The draft of that id. Raises Refused when there is none."""
    return from_row(find(connection, draft))


def for_decision(connection: Connection, draft: DraftId, revision: int) -> Row:
    """The row, if the owner may decide on this revision of it now.

    Raises Refused when somebody was faster: the draft is closed, in the sender's hands or already
    approved by the owner, or the revision is not the current one. A delegation's leave is no decision
    of the owner's: it may be overruled.
    """
    row = for_change(connection, draft, revision)
    if row["status"] == DraftStatus.APPROVED:
        leave = authorization_of(connection, row)
        if leave is None or leave["who"] == OWNER_LEAVE:
            raise Refused(f"already handled: {row['handled']}")
    return row


def for_change(connection: Connection, draft: DraftId, revision: int) -> Row:
    """The row, if its text may still be changed: awaiting leave or the sender. Raises Refused otherwise."""
    row = find(connection, draft)
    if row["status"] == DraftStatus.UNCERTAIN:
        raise Refused(MAYBE_ARRIVED)
    if row["status"] not in AWAITING:
        raise Refused(f"already handled: {row['handled'] or row['status']}")
    if row["revision"] != revision:
        raise Refused(f"already handled: it is at revision {row['revision']} now")
    return row


def set_status(
    connection: Connection,
    draft: int,
    status: DraftStatus,
    *,
    handled: str = "",
    rule: str | None = None,
    snoozed_until: datetime | None = None,
) -> None:
    """Move a draft on; what a former status left behind (snooze, backoff) goes."""
    connection.execute(
        "UPDATE drafts SET status = ?, handled = ?, rule = coalesce(?, rule), snoozed_until = ?,"
        " not_before = NULL WHERE id = ?",
        (status, handled, rule, None if snoozed_until is None else to_text(snoozed_until), draft),
    )


def rewrite(connection: Connection, row: Row, text: str, original: str, now: datetime) -> Row:
    """A new revision that waits for leave: whatever leave the old one had does not cover it."""
    connection.execute(
        "UPDATE drafts SET text = ?, original = ?, revision = revision + 1, revised_at = ? WHERE id = ?",
        (text, original, to_text(now), row["id"]),
    )
    note_listeners(connection, row["id"])
    set_status(connection, row["id"], DraftStatus.WAITING)
    return find(connection, row["id"])


def digest(text: str) -> str:
    """What leave is bound to: the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def authorize(
    connection: Connection,
    row: Row,
    *,
    who: str,
    via: str,
    now: datetime,
    delegation: int | None = None,
) -> None:
    """Write leave for the row's revision, text, recipient and listeners as they are now, and mark it
    approved."""
    withdraw_authorization(connection, row)
    connection.execute(
        "INSERT INTO authorizations"
        " (draft, revision, text_hash, conversation, who, via, delegation, at, members)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT members FROM conversations WHERE id = ?))",
        (
            row["id"],
            row["revision"],
            digest(row["text"]),
            row["conversation"],
            who,
            via,
            delegation,
            to_text(now),
            row["conversation"],
        ),
    )
    set_status(connection, row["id"], DraftStatus.APPROVED, handled=approval(who, via))


def authorization_of(connection: Connection, row: Row) -> Row | None:
    """The leave of the row's current revision, None where there is none."""
    found: Row | None = connection.execute(
        "SELECT * FROM authorizations WHERE draft = ? AND revision = ?", (row["id"], row["revision"])
    ).fetchone()
    return found


def others_listen(
    connection: Connection, conversation: ConversationId, before: Collection[str] | None
) -> bool:
    """Whether somebody can read the conversation now who is not among `before` (None: anyone could)."""
    row = connection.execute("SELECT members FROM conversations WHERE id = ?", (conversation,)).fetchone()
    if before is None or row is None:
        return False
    return row["members"] is None or not set(json.loads(row["members"])).issubset(before)


def note_listeners(connection: Connection, draft: int) -> None:
    """Write down that the draft is for those who can read along now."""
    connection.execute(
        "UPDATE drafts SET (members, joined) = (SELECT members, newest_join FROM conversations c"
        " WHERE c.id = drafts.conversation) WHERE id = ?",
        (draft,),
    )


def audience_grew(connection: Connection, row: Row) -> bool:
    """Whether somebody came who could not read along, or not what was said before, when it was written."""
    place = ConversationId(row["conversation"])
    members = None if row["members"] is None else json.loads(row["members"])
    if members and others_listen(connection, place, members):
        return True
    found = connection.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND NOT joiners_read_history AND newest_join > ?",
        (place, row["joined"] or ""),
    ).fetchone()
    return found is not None


def approval(who: str, via: str) -> str:
    """How a late click hears of leave: `approved via console`, `approved by delegation 3`."""
    return f"approved via {via}" if who == OWNER_LEAVE else f"approved by {who}"


def named(leave: Row) -> str:
    """How a receipt says whose leave it was: `owner via console`, `delegation 3`."""
    return f"{leave['who']} via {leave['via']}" if leave["who"] == OWNER_LEAVE else str(leave["who"])


def withdraw_authorization(connection: Connection, row: Row) -> None:
    """Void the leave of the row's current revision, if it has any."""
    connection.execute(
        "DELETE FROM authorizations WHERE draft = ? AND revision = ?", (row["id"], row["revision"])
    )


def superseded_by(connection: Connection, row: Row) -> str | None:
    """The rule by which the draft was overtaken; None while it stands."""
    return reason_superseded(
        connection,
        ConversationId(row["conversation"]),
        MessageId(row["answers"]),
        optional_time(row["answers_edited_at"]),
        optional_time(row["asked_at"]),
    )


def supersede(connection: Connection, row: Row, rule: str) -> Draft:
    """Withdraw a draft; where it is to be drafted anew, the turn of its message is open again."""
    set_status(connection, row["id"], DraftStatus.SUPERSEDED, handled=f"superseded: {rule}")
    if rule in (MESSAGE_EDITED, SOMEBODY_JOINED, RECORD_FORGOTTEN, LATE_MESSAGE):
        mark_pending(connection, MessageId(row["answers"]))
    return read(connection, row["id"])
