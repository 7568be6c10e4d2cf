"""A draft's text in the parts that are sent one by one: functions of a connection."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.types import ConversationId, DraftId, MessageId, SentAs
from memory.outbox import drafts
from memory.storage.port import Connection, Row
from memory.storage.timestamps import from_text, to_text


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one part, once. `number` counts from 1 to `parts`, all a reply to `reply_to`;
    `typed`: the owner has changed what the model wrote; `sends_as` is the name that its card said."""

    draft: DraftId
    revision: int
    number: int
    parts: int
    conversation: ConversationId
    text: str
    nonce: str
    reply_to: MessageId | None
    typed: bool = False
    sends_as: SentAs = SentAs.UNKNOWN

    @property
    def continues(self) -> bool:
        """Whether a part of the same reply was sent before."""
        return self.number > 1


@dataclass(frozen=True, slots=True)
class UncertainSend:
    """A part that may have arrived, by the claim it was sent with, and when that was."""

    claim: Claim
    at: datetime


def cut(connection: Connection, row: Row, texts: Sequence[str]) -> None:
    """Keep the parts of the draft's revision, none of them sent yet."""
    connection.executemany(
        "INSERT INTO parts (draft, revision, number, text, nonce, status) VALUES (?, ?, ?, ?, ?, 'ready')",
        [
            (row["id"], row["revision"], number, text, _nonce(row, number))
            for number, text in enumerate(texts, start=1)
        ],
    )


def take(connection: Connection, row: Row, now: datetime) -> Claim:
    """Mark the next part as being sent."""
    parts = every(connection, row)
    part = next(part for part in parts if part["status"] == "ready")
    connection.execute(
        "UPDATE parts SET status = 'sending', claimed_at = ? WHERE draft = ? AND revision = ? AND number = ?",
        (to_text(now), row["id"], row["revision"], part["number"]),
    )
    return _claim(connection, row, part, len(parts))


def uncertain_sends(connection: Connection) -> list[UncertainSend]:
    """Every part that is uncertain."""
    found = []
    for row in connection.execute("SELECT * FROM drafts WHERE status = 'uncertain' ORDER BY id").fetchall():
        parts = every(connection, row)
        found += [
            UncertainSend(_claim(connection, row, part, len(parts)), from_text(part["claimed_at"]))
            for part in parts
            if part["status"] == "uncertain"
        ]
    return found


def _claim(connection: Connection, row: Row, part: Row, parts: int) -> Claim:
    return Claim(
        draft=DraftId(str(row["id"])),
        revision=row["revision"],
        number=part["number"],
        parts=parts,
        conversation=ConversationId(row["conversation"]),
        text=part["text"],
        nonce=part["nonce"],
        reply_to=_answered(connection, row),
        typed=bool(row["typed"]),
        sends_as=SentAs(row["sends_as"]),
    )


def _answered(connection: Connection, row: Row) -> MessageId | None:
    """What a platform can be told to quote: a digest answers nothing."""
    known = connection.execute("SELECT 1 FROM messages WHERE id = ?", (row["answers"],)).fetchone()
    return MessageId(row["answers"]) if known else None


def holder(connection: Connection, claim: Claim, status: str = "sending") -> Row:
    """The draft of a claim. Raises Refused where its part is not (any more) being sent, or what `status`
    says, so that no outcome is told twice."""
    row = drafts.find(connection, claim.draft)
    part = connection.execute(
        "SELECT status FROM parts WHERE draft = ? AND revision = ? AND number = ?",
        (row["id"], claim.revision, claim.number),
    ).fetchone()
    if part is None or row["revision"] != claim.revision or part["status"] != status:
        raise drafts.already_handled(row)
    return row


def every(connection: Connection, row: Row) -> list[Row]:
    """The parts of the draft's current revision, in order; none before it was first claimed."""
    return connection.execute(
        "SELECT * FROM parts WHERE draft = ? AND revision = ? ORDER BY number", (row["id"], row["revision"])
    ).fetchall()


def mark(connection: Connection, row: Row, number: int, status: str) -> None:
    """Say what became of one."""
    connection.execute(
        "UPDATE parts SET status = ? WHERE draft = ? AND revision = ? AND number = ?",
        (status, row["id"], row["revision"], number),
    )


def _nonce(row: Row, number: int) -> str:
    """The same for the same part of the same revision, unlike any other home's; fits Discord's 25."""
    source = f"{row['id']}/{row['created_at']}/{row['revision']}/{number}"
    return hashlib.sha256(source.encode()).hexdigest()[:24]
