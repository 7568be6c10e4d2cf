"""How a draft comes into the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import TryAgain
from core.ids import in_profile
from core.types import (
    ByDelegation,
    Conversation,
    ConversationId,
    Decision,
    Draft,
    DraftStatus,
    Message,
    MessageId,
    PersonaName,
    RecordId,
    Verdict,
)
from memory.archive.messages import mark_done, mark_pending
from memory.outbox import delegations, drafts, outcomes, reasons, sending
from memory.outbox.superseded import (
    ANOTHER_ASKED_FOR,
    LATE_MESSAGE,
    MESSAGE_EDITED,
    NEWER_MESSAGE,
    newer,
    reason_superseded,
)
from memory.storage.port import Connection, Row
from memory.storage.timestamps import optional_text, to_text

PASSED = ("nothing-said", "not-addressed", "no-answer-wanted", "missed-while-off")
"""The rules of triage and of the gateway by which nothing is to be said to what was heard: it waits no more,
while what is skipped for another reason (the owner is there) still does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """What the agent wrote. `answers` is the newest message that it answers, as it was when it was read.

    `delegation` authorizes it where the verdict is Send; `drafted_for` is the conversation as the agent saw
    it; `asked_at` is when the owner asked for it, None where they did not.
    """

    conversation: ConversationId
    answers: Message
    text: str
    persona: PersonaName
    records: Sequence[RecordId]
    decision: Decision
    model: str
    model_digest: str
    delegation: int | None = None
    expires_at: datetime | None = None
    scores: Mapping[RecordId, float] | None = None
    unless_one_waits: bool = False
    drafted_for: Conversation | None = None
    asked_at: datetime | None = None


def create(connection: Connection, new: NewDraft, now: datetime) -> Draft | None:
    """As `Outbox.create`."""
    answers = new.answers
    superseded = reason_superseded(connection, new.conversation, answers.id, answers.edited_at, new.asked_at)
    if superseded == MESSAGE_EDITED:
        return None
    waiting = drafts.awaiting(connection, new.conversation)
    if waiting is not None and new.unless_one_waits:
        return None
    replaced = NEWER_MESSAGE
    if superseded is None and waiting is not None and newer(connection, waiting["answers"], answers.id):
        if new.asked_at is None:
            drafts.supersede(connection, waiting, LATE_MESSAGE)
            mark_pending(connection, answers.id)
            return None
        replaced = ANOTHER_ASKED_FOR
    still_known(connection, new.records)
    mark_done(connection, new.conversation, answers.id)
    if superseded is not None:
        note_skipped_turn(connection, new.conversation, answers.id, superseded, now)
        return None
    if waiting is not None:
        drafts.supersede(connection, waiting, replaced)
    row = _insert(connection, new, now)
    reasons.keep_scores(connection, row["id"], new.scores or {})
    drafts.note_listeners(connection, row["id"])
    if joined_since(connection, new.drafted_for):
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=outcomes.OTHERS_LISTEN)
    elif new.decision.verdict is Verdict.SEND:
        _delegate(connection, row, new.delegation, now)
    return drafts.read(connection, row["id"])


def still_known(connection: Connection, rests_on: Sequence[RecordId]) -> None:
    """Raises TryAgain where one of these was forgotten."""
    kept_here = {record for record in rests_on if not in_profile(record)}
    listed, values = connection.among("id", kept_here)
    found = connection.execute(f"SELECT count(*) FROM records WHERE {listed}", values)  # noqa: S608
    if found.fetchone()[0] < len(kept_here):
        raise TryAgain("something that the draft rested on was forgotten meanwhile")


def joined_since(connection: Connection, drafted_for: Conversation | None) -> bool:
    """Whether somebody listens there whom the agent did not know of."""
    return drafted_for is not None and drafts.others_listen(connection, drafted_for.id, drafted_for.members)


def note_skipped_turn(
    connection: Connection, conversation: ConversationId, message: MessageId, rule: str, now: datetime
) -> None:
    """Why there is no draft for a message."""
    connection.execute(
        "INSERT INTO skipped_turns (conversation, message, rule, at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (message) DO UPDATE SET conversation = excluded.conversation, rule = excluded.rule,"
        " at = excluded.at",
        (conversation, message, rule, to_text(now)),
    )


def _insert(connection: Connection, new: NewDraft, now: datetime) -> Row:
    values = {
        "conversation": new.conversation,
        "answers": new.answers.id,
        "answers_edited_at": optional_text(new.answers.edited_at),
        "text": new.text,
        "persona": new.persona,
        "records": json.dumps(list(new.records)),
        "status": DraftStatus.WAITING,
        "rule": new.decision.rule,
        "model": new.model,
        "model_digest": new.model_digest,
        "created_at": to_text(now),
        "revised_at": to_text(now),
        "expires_at": optional_text(new.expires_at),
        "asked_at": optional_text(new.asked_at),
    }
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    row: Row = connection.execute(
        f"INSERT INTO drafts ({columns}) VALUES ({marks}) RETURNING *",  # noqa: S608 (our own names)
        values,
    ).fetchone()
    return row


def _delegate(connection: Connection, row: Row, delegation: int | None, now: datetime) -> None:
    found = None if delegation is None else delegations.find(connection, delegation)
    if found is None or not delegations.runs(found, now) or not row["text"].strip():
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=sending.DELEGATION_OVER)
        return
    drafts.authorize(connection, row, ByDelegation(found.id), now)
