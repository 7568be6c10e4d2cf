"""What a draft rests on: each record as it was when the draft was written, and whether it is so still."""

from collections.abc import Collection, Mapping

from core.types import ConversationId, DraftId, MemoryRecord, RecordId
from memory.archive.audiences import Audiences
from memory.archive.conversations import find_conversation
from memory.archive.rows import RECORDS, read_record
from memory.outbox.drafts import digest
from memory.storage.port import Connection, Database, Row

RECORD_GONE = "record-gone"
RECORD_CHANGED = "record-changed"
RECORD_WITHHELD = "record-withheld"
"""It may not be heard there any more: it was unshared, or others listen."""
FAULTS = (RECORD_GONE, RECORD_CHANGED, RECORD_WITHHELD)
"""The worst first."""


def keep(
    connection: Connection,
    draft: int,
    texts: Mapping[RecordId, str | None],
    let_in: Collection[RecordId] = (),
) -> None:
    """Note that a draft rests on these, beside what it rests on already. They had these texts when they were
    read (None: nobody knows); `let_in` may not be heard there, and its owner let them in all the same."""
    connection.executemany(
        "INSERT INTO sources (draft, record, digest, let_in) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (draft, record) DO UPDATE SET digest = excluded.digest, told_of = '',"
        " let_in = (sources.let_in OR excluded.let_in)",
        [
            (draft, record, "" if text is None else digest(text), record in let_in)
            for record, text in texts.items()
        ],
    )


class Sources:
    """What drafts rest on, to be asked for by those who read it again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, draft: DraftId) -> list[MemoryRecord]:
        """Those that are still known."""
        query = f"{RECORDS} WHERE records.id IN (SELECT record FROM sources WHERE draft = ?)"  # noqa: S608
        return await self._db.read(lambda c: [read_record(row) for row in c.execute(query, (int(draft),))])


def drop(connection: Connection, draft: int) -> None:
    """A draft rests on nothing of this any more."""
    connection.execute("DELETE FROM sources WHERE draft = ?", (draft,))


def fault(connection: Connection, audiences: Audiences, row: Row) -> str | None:
    """The rule by which a draft may not go as it is, its owner not having been told so; None where it may."""
    faults = _faults(connection, audiences, row).values()
    untold = {rule for rule, told in faults if rule and rule != told}
    return next((rule for rule in FAULTS if rule in untold), None)


def is_sound(connection: Connection, audiences: Audiences, row: Row) -> bool:
    """Whether all that a draft rests on is as it was, whatever its owner was told."""
    return not any(rule for rule, _ in _faults(connection, audiences, row).values())


def tell(connection: Connection, audiences: Audiences, row: Row) -> None:
    """The owner is told what is wrong with a draft now: what they decide of it from here on is decided
    knowing that."""
    for record, (rule, _) in _faults(connection, audiences, row).items():
        connection.execute(
            "UPDATE sources SET told_of = ? WHERE draft = ? AND record = ?", (rule, row["id"], record)
        )


def _faults(connection: Connection, audiences: Audiences, row: Row) -> dict[RecordId, tuple[str, str]]:
    """By record the rule that it breaks, or nothing, and the one that the owner was told of."""
    sources = connection.execute("SELECT * FROM sources WHERE draft = ?", (row["id"],)).fetchall()
    conversation = find_conversation(connection, ConversationId(row["conversation"]))
    if not sources or conversation is None:
        return {}
    records = [RecordId(source["record"]) for source in sources]
    texts, heard = audiences.records(connection, conversation, records)

    def rule(source: Row) -> str:
        text = texts.get(RecordId(source["record"]))
        if text is None:
            return RECORD_GONE
        if source["digest"] not in ("", digest(text)):
            return RECORD_CHANGED
        return "" if source["let_in"] or source["record"] in heard else RECORD_WITHHELD

    return {RecordId(source["record"]): (rule(source), source["told_of"]) for source in sources}
