"""How a draft comes into the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.errors import Refused, TryAgain
from core.policy.small_talk import small_talk
from core.runs_on import NOT_KNOWN, RunsOn
from core.types import (
    ByDelegation,
    Conversation,
    ConversationId,
    Decision,
    Draft,
    DraftId,
    DraftStatus,
    Message,
    MessageId,
    PersonaName,
    RecordId,
    SentAs,
    Verdict,
)
from memory.archive.audiences import Audiences
from memory.archive.messages import mark_done, mark_pending
from memory.outbox import delegation_rows, drafts, reasons, sending, sources
from memory.outbox.coverage import OTHERS_LISTEN
from memory.outbox.superseded import (
    ANOTHER_ASKED_FOR,
    LATE_MESSAGE,
    MESSAGE_EDITED,
    NEWER_MESSAGE,
    newer,
    reason_superseded,
)
from memory.storage.port import Connection, Row
from memory.storage.timestamps import optional_text, optional_time, to_text

PASSED = ("nothing-said", "not-addressed", "no-answer-wanted", "missed-while-off")
"""The rules of triage and of the gateway by which nothing is to be said to what was heard: it waits no more,
while what is skipped for another reason (the owner is there) still does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """What the agent wrote. `answers` is the newest message that it answers, as it was when it was read.

    `delegation` authorizes it where the verdict is Send; `drafted_for` is the conversation as the agent saw
    it; `asked_at` is when the owner asked for it, None where they did not. `texts` is all that was before
    the model, by record, as it was then: `records` and what was said in the conversation. `apart`: what a
    delegation says to a greeting, beside a draft that waits there.
    """

    conversation: ConversationId
    answers: Message
    text: str
    persona: PersonaName
    records: Sequence[RecordId]
    decision: Decision
    model: str
    model_digest: str
    runs_on: RunsOn = NOT_KNOWN
    sends_as: SentAs = SentAs.UNKNOWN
    delegation: int | None = None
    expires_at: datetime | None = None
    texts: Mapping[RecordId, str] = field(default_factory=dict)
    scores: Mapping[RecordId, float] | None = None
    unless_one_waits: bool = False
    drafted_for: Conversation | None = None
    asked_at: datetime | None = None
    apart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """What the agent wrote at the owner's wish, as `NewDraft` has it. `bettered`: the text before was before
    the model, so that it rests on what that rested on too."""

    text: str
    records: Sequence[RecordId]
    rule: str
    model: str
    model_digest: str
    runs_on: RunsOn = NOT_KNOWN
    persona: PersonaName | None = None
    texts: Mapping[RecordId, str] = field(default_factory=dict)
    scores: Mapping[RecordId, float] = field(default_factory=dict)
    drafted_for: Conversation | None = None
    bettered: bool = False


def create(connection: Connection, audiences: Audiences, new: NewDraft, now: datetime) -> Draft | None:
    """As `Outbox.create`."""
    answers = new.answers
    superseded = reason_superseded(connection, new.conversation, answers.id, answers.edited_at, new.asked_at)
    if superseded == MESSAGE_EDITED:
        return None
    waiting = drafts.awaiting(connection, new.conversation)
    if waiting is not None and new.apart:
        return _create_apart(connection, audiences, new, superseded, now)
    new = replace(new, apart=False)
    if waiting is not None and new.unless_one_waits:
        return None
    if waiting is not None and waiting["typed"] and new.asked_at is not None:
        raise Refused(f"draft {waiting['id']} waits there with your own words: decide on that one first")
    replaced = NEWER_MESSAGE
    if superseded is None and waiting is not None and newer(connection, waiting["answers"], answers.id):
        if new.asked_at is None:
            drafts.supersede(connection, waiting, LATE_MESSAGE)
            if waiting["typed"]:
                mark_done(connection, new.conversation, answers.id)
            else:
                mark_pending(connection, answers.id)
            return None
        replaced = ANOTHER_ASKED_FOR
    mark_done(connection, new.conversation, answers.id)
    if superseded is not None:
        note_skipped_turn(connection, new.conversation, answers.id, superseded, now)
        return None
    if waiting is not None:
        drafts.supersede(connection, waiting, replaced)
    row = _insert(connection, _expiring(new, waiting), now)
    reasons.keep_scores(connection, row["id"], new.scores or {})
    sources.keep(connection, row["id"], {**dict.fromkeys(new.records), **new.texts})
    still_so(connection, audiences, row)
    drafts.note_listeners(connection, row["id"])
    if joined_since(connection, new.drafted_for):
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=OTHERS_LISTEN)
    elif new.decision.verdict is Verdict.SEND:
        _delegate(connection, row, new, now)
    if waiting is not None and waiting["typed"]:
        return drafts.carry_words(connection, row, waiting["text"], now)
    return drafts.read(connection, row["id"])


def _create_apart(
    connection: Connection, audiences: Audiences, new: NewDraft, superseded: str | None, now: datetime
) -> Draft | None:
    """Beside the draft that waits. Where it may not go by itself after all there is none: a conversation has
    one card."""
    mark_done(connection, new.conversation, new.answers.id)
    former = drafts.awaiting(connection, new.conversation, apart=True)
    if former is not None:
        drafts.supersede(connection, former, NEWER_MESSAGE)
    given = None if new.delegation is None else delegation_rows.find(connection, new.delegation)
    why = superseded or _not_sent(connection, new, given, now)
    if given is None or why:
        note_skipped_turn(connection, new.conversation, new.answers.id, why, now)
        return None
    row = _insert(connection, new, now)
    sources.keep(connection, row["id"], new.texts)
    still_so(connection, audiences, row)
    drafts.note_listeners(connection, row["id"])
    drafts.authorize(connection, row, ByDelegation(given.id), now)
    return drafts.read(connection, row["id"])


def revise(
    connection: Connection,
    audiences: Audiences,
    draft: DraftId,
    revision: int,
    new: NewText,
    now: datetime,
) -> Draft:
    """As `Outbox.revise`."""
    row = drafts.for_change(connection, draft, revision)
    if joined_since(connection, new.drafted_for):
        raise Refused("somebody joined meanwhile; draft it again")
    records, number = list(new.records), row["id"]
    if new.bettered:
        records += json.loads(row["records"])
        if not sources.is_sound(connection, audiences, row):
            raise TryAgain("something that the former text rests on was changed meanwhile")
    else:
        sources.drop(connection, number)
    let_in = reasons.let_in(connection, number)
    sources.keep(connection, number, {**dict.fromkeys(new.records), **new.texts}, let_in)
    still_so(connection, audiences, row)
    drafts.rewrite(connection, row, new.text, "", now, typed=False)
    connection.execute(
        "UPDATE drafts SET records = ?, rule = ?, model = ?, model_digest = ?, model_site = ?,"
        " model_host = ?, persona = coalesce(?, persona) WHERE id = ?",
        (
            json.dumps(list(dict.fromkeys(records))),
            row["rule"] if row["rule"] in drafts.FROM_BACKUP else new.rule,
            new.model,
            new.model_digest,
            new.runs_on.site,
            new.runs_on.host,
            new.persona,
            number,
        ),
    )
    reasons.keep_scores(connection, number, new.scores)
    reasons.end_sharing_once(connection, number)
    return drafts.read(connection, draft)


def still_so(connection: Connection, audiences: Audiences, row: Row) -> None:
    """Raises TryAgain where something that a draft rests on is not as it was before the model."""
    if sources.fault(connection, audiences, row):
        raise TryAgain("something that the draft rests on was changed, forgotten or taken back meanwhile")


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


def _expiring(new: NewDraft, waiting: Row | None) -> NewDraft:
    """A greeting that comes to what waits lets that wait no longer: daily ones would keep it for ever."""
    until = None if waiting is None else optional_time(waiting["expires_at"])
    if until is None or new.asked_at is not None or small_talk(new.answers.text) is None:
        return new
    return replace(new, expires_at=until if new.expires_at is None else min(until, new.expires_at))


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
        "model_site": new.runs_on.site,
        "model_host": new.runs_on.host,
        "sends_as": new.sends_as,
        "created_at": to_text(now),
        "revised_at": to_text(now),
        "expires_at": optional_text(new.expires_at),
        "asked_at": optional_text(new.asked_at),
        "apart": new.apart,
    }
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    row: Row = connection.execute(
        f"INSERT INTO drafts ({columns}) VALUES ({marks}) RETURNING *",  # noqa: S608 (our own names)
        values,
    ).fetchone()
    return row


def _delegate(connection: Connection, row: Row, new: NewDraft, now: datetime) -> None:
    given = None if new.delegation is None else delegation_rows.find(connection, new.delegation)
    why = _not_delegated(given, row["text"], now)
    if given is None or why:
        drafts.set_status(connection, row["id"], DraftStatus.WAITING, rule=why)
    else:
        drafts.authorize(connection, row, ByDelegation(given.id), now)


def _not_sent(
    connection: Connection, new: NewDraft, given: delegation_rows.Delegation | None, now: datetime
) -> str:
    if new.decision.verdict is not Verdict.SEND:
        return new.decision.rule
    if joined_since(connection, new.drafted_for):
        return OTHERS_LISTEN
    return _not_delegated(given, new.text, now)


def _not_delegated(given: delegation_rows.Delegation | None, text: str, now: datetime) -> str:
    """The rule by which a delegation does not authorize a text; empty where it does."""
    if given is None or not delegation_rows.runs(given, now):
        return sending.DELEGATION_OVER
    return "" if given.sends(text) else sending.NOT_DELEGATED
