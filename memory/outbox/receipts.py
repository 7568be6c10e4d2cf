"""What was really sent, where, and who authorized it."""

import json
from collections.abc import Sequence
from datetime import datetime

from core.runs_on import ModelSite, RunsOn
from core.types import (
    Authorizer,
    ConversationId,
    DraftId,
    PersonaName,
    Receipt,
    ReceiptId,
    RecordId,
    SentAs,
)
from memory.outbox.authorizers import columns, read_authorizer
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, to_text


class Receipts:
    """The receipts, as they were filed; nothing here changes one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(
        self,
        limit: int = 50,
        *,
        conversation: ConversationId | None = None,
        since: datetime | None = None,
    ) -> Sequence[Receipt]:
        """The newest first."""
        return await self._database.read(lambda c: _latest(c, limit, conversation, since))


def file(
    connection: Connection,
    draft: Row,
    *,
    text: str,
    authorized_by: Authorizer | None,
    platform_ids: Sequence[str],
    sent_at: datetime,
) -> Receipt:
    """File what was sent of a draft's current revision, in the caller's transaction."""
    row = connection.execute(
        "INSERT INTO receipts (draft, revision, conversation, text, persona, records, rule, owner_via,"
        " delegation, model, model_digest, model_site, model_host, sent_as, sent_at, platform_ids)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (
            draft["id"],
            draft["revision"],
            draft["conversation"],
            text,
            draft["persona"],
            draft["records"],
            draft["rule"],
            *columns(authorized_by),
            draft["model"],
            draft["model_digest"],
            draft["model_site"],
            draft["model_host"],
            draft["sends_as"],
            to_text(sent_at),
            json.dumps(list(platform_ids)),
        ),
    ).fetchone()
    return from_row(row)


def from_row(row: Row) -> Receipt:
    """The noun behind a row of `receipts`."""
    return Receipt(
        id=ReceiptId(str(row["id"])),
        draft=DraftId(str(row["draft"])),
        conversation=ConversationId(row["conversation"]),
        text=row["text"],
        persona=PersonaName(row["persona"]),
        records=tuple(RecordId(load) for load in json.loads(row["records"])),
        rule=row["rule"],
        authorized_by=read_authorizer(row),
        model=row["model"],
        model_digest=row["model_digest"],
        sent_at=from_text(row["sent_at"]),
        platform_ids=tuple(json.loads(row["platform_ids"])),
        runs_on=RunsOn(ModelSite(row["model_site"]), row["model_host"]),
        sent_as=SentAs(row["sent_as"]),
    )


def _latest(
    connection: Connection, limit: int, conversation: ConversationId | None, since: datetime | None
) -> list[Receipt]:
    asked = {"conversation = ?": conversation, "sent_at >= ?": since and to_text(since)}
    conditions = {condition: value for condition, value in asked.items() if value is not None}
    rows = connection.execute(
        f"SELECT * FROM receipts WHERE {' AND '.join(conditions) or 'TRUE'} ORDER BY id DESC LIMIT ?",  # noqa: S608
        (*conditions.values(), limit),
    )
    return [from_row(row) for row in rows]
