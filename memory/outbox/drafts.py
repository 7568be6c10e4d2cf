"""Drafts and their authorizations, as rows: functions of a connection, so that several make one act."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from core.errors import AlreadyHandled, Refused
from core.runs_on import ModelSite, RunsOn
from core.types import (
    OPEN_STATUSES,
    Authorizer,
    ByDelegation,
    ByOwner,
    ConversationId,
    Draft,
    DraftId,
    DraftStatus,
    MessageId,
    PersonaName,
    RecordId,
    SentAs,
)
from memory.archive.bursts import OWNERS_ACTS
from memory.archive.conversations import readers_of
from memory.archive.messages import mark_pending
from memory.archive.rows import row_number
from memory.outbox import authorizers
from memory.outbox.superseded import (
    LATE_MESSAGE,
    MESSAGE_DELETED,
    MESSAGE_EDITED,
    NEWER_MESSAGE,
    reason_superseded,
)
from memory.storage.port import Connection, Row
from memory.storage.timestamps import from_text, optional_time, to_text

AWAITING = (DraftStatus.WAITING, DraftStatus.SNOOZED, DraftStatus.APPROVED)
"""Open and not in the sender's hands: the owner, a newer message or time can still change these."""
IN_FLIGHT = (DraftStatus.SENDING, DraftStatus.UNCERTAIN)
MAYBE_ARRIVED = "it may have arrived; say first whether it did"
SOMEBODY_JOINED = "somebody-joined"
"""It was written for fewer ears."""
RECORD_FORGOTTEN = "record-forgotten"
RESTORED = "restored"
"""It was open when a backup was made: it may have been sent since."""
RESTORED_CONFIRM = "restored-confirm"
"""As that, and its owner was told so when they first approved it."""
FROM_BACKUP = (RESTORED, RESTORED_CONFIRM)
PARAGRAPH = "\n\n"
"""Between parts, where the text of several is shown or sent as one."""


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
        decided_by=authorizers.read_authorizer(row),
        superseded_by=row["superseded_by"],
        problem=row["problem"],
        runs_on=RunsOn(ModelSite(row["model_site"]), row["model_host"]),
        sends_as=SentAs(row["sends_as"]),
        typed=bool(row["typed"]),
    )


def became(draft: Draft) -> str:
    """What became of it, as JSON and refusals say it: `approved via console`, `superseded: newer-message`;
    empty while it waits for its owner."""
    match draft.status, draft.decided_by:
        case ((DraftStatus.WAITING | DraftStatus.SNOOZED), _):
            return ""
        case DraftStatus.REJECTED, ByOwner(via):
            return f"rejected via {via}"
        case ((DraftStatus.APPROVED | DraftStatus.SENDING | DraftStatus.SENT), ByOwner(via)):
            return f"approved via {via}"
        case ((DraftStatus.APPROVED | DraftStatus.SENDING | DraftStatus.SENT), ByDelegation(delegation)):
            return f"approved by delegation {delegation}"
    why = draft.superseded_by or draft.problem
    return f"{draft.status}: {why}" if why else draft.status.value


def at_revision(revision: int) -> AlreadyHandled:
    """What is said to who has decided on another revision than this, the current one."""
    return AlreadyHandled(f"it is at revision {revision} now")


def already_handled(row: Row) -> AlreadyHandled:
    """What is said to who comes late: what became of it, or where it is."""
    return AlreadyHandled(became(from_row(row)) or row["status"])


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


def awaiting(
    connection: Connection, conversation: ConversationId | None, *, apart: bool = False
) -> Row | None:
    """The one draft that waits there, for the owner or the sender; `apart`: the one that goes out beside."""
    row: Row | None = connection.execute(
        "SELECT * FROM drafts WHERE conversation = ? AND status IN ('waiting', 'snoozed', 'approved')"
        " AND apart = ?",
        (conversation, apart),
    ).fetchone()
    return row


def for_decision(connection: Connection, draft: DraftId, revision: int) -> Row:
    """The row, if the owner may decide on this revision of it now.

    Raises Refused when somebody was faster: the draft is closed, in the sender's hands or already
    approved by the owner, or the revision is not the current one. What a delegation has authorized is no
    decision of the owner's: it may be overruled.
    """
    row = for_change(connection, draft, revision)
    if row["status"] == DraftStatus.APPROVED:
        authorization = authorization_of(connection, row)
        if authorization is None or authorization["delegation"] is None:
            raise already_handled(row)
    return row


def for_change(connection: Connection, draft: DraftId, revision: int) -> Row:
    """The row, if its text may still be changed: no one has it in hand yet. Raises Refused otherwise."""
    row = find(connection, draft)
    if row["status"] == DraftStatus.UNCERTAIN:
        raise Refused(MAYBE_ARRIVED)
    if row["status"] not in AWAITING:
        raise already_handled(row)
    if row["revision"] != revision:
        raise at_revision(row["revision"])
    return row


def set_status(
    connection: Connection,
    draft: int,
    status: DraftStatus,
    *,
    decided_by: Authorizer | None = None,
    superseded_by: str = "",
    problem: str = "",
    rule: str | None = None,
    snoozed_until: datetime | None = None,
) -> None:
    """Move a draft on; what a former status left behind (a decision, a snooze, a backoff) goes."""
    connection.execute(
        "UPDATE drafts SET status = ?, owner_via = ?, delegation = ?, superseded_by = ?, problem = ?,"
        " rule = coalesce(?, rule), snoozed_until = ?, not_before = NULL WHERE id = ?",
        (
            status,
            *authorizers.columns(decided_by),
            superseded_by,
            problem,
            rule,
            None if snoozed_until is None else to_text(snoozed_until),
            draft,
        ),
    )
    if status not in OPEN_STATUSES:
        connection.execute("DELETE FROM sources WHERE draft = ?", (draft,))


def rewrite(connection: Connection, row: Row, text: str, original: str, now: datetime, *, typed: bool) -> Row:
    """A new revision that waits for its owner: what authorized the old one does not cover it."""
    connection.execute(
        "UPDATE drafts SET text = ?, original = ?, typed = ?, revision = revision + 1, revised_at = ?,"
        " apart = FALSE"
        " WHERE id = ?",
        (text, original, typed, to_text(now), row["id"]),
    )
    note_listeners(connection, row["id"])
    set_status(connection, row["id"], DraftStatus.WAITING)
    return find(connection, row["id"])


def digest(text: str) -> str:
    """What an authorization is bound to: the text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def authorize(connection: Connection, row: Row, by: Authorizer, now: datetime) -> None:
    """Authorize the row's revision, text, recipient and listeners as they are now, and mark it approved."""
    withdraw_authorization(connection, row)
    connection.execute(
        "INSERT INTO authorizations"
        " (draft, revision, text_hash, conversation, owner_via, delegation, at, members)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT members FROM readers JOIN conversations c"
        " ON c.channel = readers.channel WHERE c.id = ?))",
        (
            row["id"],
            row["revision"],
            digest(row["text"]),
            row["conversation"],
            *authorizers.columns(by),
            to_text(now),
            row["conversation"],
        ),
    )
    set_status(connection, row["id"], DraftStatus.APPROVED, decided_by=by)


def authorization_of(connection: Connection, row: Row) -> Row | None:
    """The authorization of the row's current revision, None where there is none."""
    found: Row | None = connection.execute(
        "SELECT * FROM authorizations WHERE draft = ? AND revision = ?", (row["id"], row["revision"])
    ).fetchone()
    return found


def others_listen(
    connection: Connection, conversation: ConversationId, before: Collection[str] | None
) -> bool:
    """Whether somebody can read the conversation now who is not among `before` (None: anyone could)."""
    now = readers_of(connection, conversation)
    if before is None or now is None:
        return False
    return now.members is None or not now.members.issubset(before)


def note_listeners(connection: Connection, draft: int) -> None:
    """Write down that the draft is for those who can read along now."""
    connection.execute(
        "UPDATE drafts SET (members, joined) = (SELECT readers.members, readers.newest_join FROM readers"
        " JOIN conversations c ON c.channel = readers.channel WHERE c.id = drafts.conversation) WHERE id = ?",
        (draft,),
    )


def audience_grew(connection: Connection, row: Row) -> bool:
    """Whether somebody came who could not read along, or not what was said before, when it was written."""
    place = ConversationId(row["conversation"])
    members = None if row["members"] is None else json.loads(row["members"])
    if members and others_listen(connection, place, members):
        return True
    now = readers_of(connection, place)
    if now is None or now.joiners_read_history or now.newest_join is None:
        return False
    return to_text(now.newest_join) > (row["joined"] or "")


def authorized_by(connection: Connection, row: Row) -> Authorizer | None:
    """Who authorized the row's current revision, None where nobody did."""
    authorization = authorization_of(connection, row)
    return None if authorization is None else authorizers.read_authorizer(authorization)


def withdraw_authorization(connection: Connection, row: Row) -> None:
    """Void the authorization of the row's current revision, if it has one."""
    connection.execute(
        "DELETE FROM authorizations WHERE draft = ? AND revision = ?", (row["id"], row["revision"])
    )


def superseded_by(connection: Connection, row: Row) -> str | None:
    """The rule by which the draft was superseded; None while it stands. Whose own words wait although the
    message was taken back knew that when they approved them."""
    rule = reason_superseded(
        connection,
        ConversationId(row["conversation"]),
        MessageId(row["answers"]),
        optional_time(row["answers_edited_at"]),
        optional_time(row["asked_at"]),
    )
    return None if row["typed"] and rule == MESSAGE_DELETED == row["rule"] else rule


def supersede(connection: Connection, row: Row, rule: str, *, redraft: bool = False) -> Draft:
    """Withdraw a draft; where it is to be drafted anew, the turn of its message is open again. Text of the
    owner's own waits on instead, as a new revision with the rule, unless they said something themselves, or
    another draft takes its place (`carry_words` to that one)."""
    if row["typed"] and rule not in (*OWNERS_ACTS, NEWER_MESSAGE):
        return _keep_words(connection, row, rule)
    set_status(connection, row["id"], DraftStatus.SUPERSEDED, superseded_by=rule)
    if redraft or rule in (MESSAGE_EDITED, RECORD_FORGOTTEN, LATE_MESSAGE):
        mark_pending(connection, MessageId(row["answers"]))
    return read(connection, row["id"])


def carry_words(connection: Connection, row: Row, words: str, now: datetime) -> Draft:
    """Words of the owner's that were for an earlier message wait in the draft that has taken their place,
    before what they have written there."""
    text = PARAGRAPH.join((words, row["text"])) if row["typed"] else words
    original = row["original"] if row["typed"] else row["text"]
    rewrite(connection, row, text, original, now, typed=True)
    set_status(connection, row["id"], DraftStatus.WAITING, rule=NEWER_MESSAGE)
    return read(connection, row["id"])


def _keep_words(connection: Connection, row: Row, rule: str) -> Draft:
    """For what they answer as it is now, the owner being told what became of it."""
    withdraw_authorization(connection, row)
    connection.execute(
        "UPDATE drafts SET revision = revision + 1, answers_edited_at ="
        " (SELECT edited_at FROM messages WHERE messages.id = drafts.answers) WHERE id = ?",
        (row["id"],),
    )
    set_status(connection, row["id"], DraftStatus.WAITING, rule=rule)
    return read(connection, row["id"])
