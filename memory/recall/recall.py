"""What the twin may know in a conversation: filtered by audience in the query, then ranked."""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.audience import Membership
from core.errors import OwnerMustFix, TryAgain
from core.ids import thread_root
from core.ports import Context, Embedder, Vectors
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    MemoryRecord,
    Message,
    MessageId,
    Person,
    PersonId,
    RecordId,
    Retrieval,
)
from core.unanswered import Burst
from memory.archive import episodes, messages, references
from memory.archive.audiences import Allowed, Audiences, Directory
from memory.archive.bursts import burst, in_context
from memory.archive.rows import RECORDS, read_record, record_of
from memory.recall.entries import EntryIndex
from memory.recall.indexing import Indexer
from memory.recall.ranking import Candidate, fuse
from memory.storage import fulltext
from memory.storage.port import Condition, Connection, Database
from memory.storage.timestamps import from_text

log = logging.getLogger(__name__)

WINDOW = 20
"""The last messages of a conversation, which its prompt holds already: never recalled there."""
CANDIDATES = 48
"""That words and meaning each may bring to the ranking."""
SPOKE_LATELY = 200
"""Messages whose authors are named."""

_Near = list[tuple[int, float]]
"""Record numbers with their cosines."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the words of a query brought, and the records that the prompt holds anyway."""

    hits: list[fulltext.Hit]
    entries: dict[RecordId, float]
    window: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Outline:
    """As much of a stored record as ranking asks for."""

    number: int
    at: datetime
    pinned: bool


class Recall:
    """The `core.ports.Memory` of the twin."""

    def __init__(self, db: Database, directory: Directory, embedder: Embedder) -> None:
        self._db = db
        self._directory = directory
        self._embedder = embedder
        self._audiences = Audiences(directory)
        self._counts = fulltext.WordCounts()
        self._entries = EntryIndex(directory, embedder)
        self._indexer = Indexer(db, embedder)

    async def load(self) -> None:
        """Read the vectors into memory, off the event loop. Until it is done recall is by words alone."""
        await self._indexer.load()

    async def index_pending(self) -> int:
        """Bring the vectors up to date with the records; how many were embedded. Raises as Embedder does."""
        await self._entries.embed()
        return await self._indexer.catch_up()

    async def present(self, conversation: Conversation) -> tuple[Conversation, Membership]:
        """The conversation with everyone whom the caller or the store knows to listen, and who is who."""

        def work(connection: Connection) -> tuple[Conversation, Membership]:
            self._audiences.refresh(connection)
            return self._audiences.current(conversation), self._audiences.membership()

        return await self._db.read(work)

    async def context(self, conversation: Conversation, until: MessageId, limit: int) -> Context:
        """As in the port, in one reading: what was said before the newest join is left out where joiners
        cannot read it."""
        people = self._directory.people()
        pinned = [entry for entry in self._directory.entries() if entry.pinned]

        def work(connection: Connection) -> Context:
            allowed = self._audiences.allowed_in(connection, conversation)
            where = allowed.where(connection)
            recent = _recent(connection, conversation, until, limit, allowed)
            working, behind = self._working(connection, conversation, allowed, people)
            return Context(
                tuple(references.with_opening(connection, conversation, recent, where)),
                working,
                (*self._audiences.heard(pinned, conversation), *_pinned(connection, allowed)),
                references.quoted(connection, conversation, recent, where),
                behind,
                burst(connection, conversation, until),
                from_text(allowed.since) if allowed.since else None,
            )

        return await self._db.read(work)

    async def unanswered(self, conversation: Conversation, until: MessageId) -> Burst:
        """As in the port."""

        def work(connection: Connection) -> Burst:
            self._audiences.refresh(connection)
            return in_context(connection, conversation, until, self._audiences.membership())

        return await self._db.read(work)

    async def people(self, conversation: Conversation) -> Mapping[PersonId, Person]:
        """As in the port; whom the owner has not named goes by their id."""
        known = self._directory.people()

        def work(connection: Connection) -> dict[PersonId, Person]:
            self._audiences.refresh(connection)
            membership = self._audiences.membership()
            members = self._audiences.current(conversation).members or frozenset()
            return {
                one: known.get(membership.resolve(one)) or Person(one, one)
                for one in sorted({*_authors(connection, conversation), *members} - {TWIN})
            }

        return await self._db.read(work)

    async def recall(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """As in the port."""
        return await self._search(query, conversation, limit)

    async def withheld(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """What bears on the query but may not be heard there: for the owner's eyes, never for a prompt."""
        return await self._search(query, conversation, limit, withheld=True)

    async def _search(
        self, query: str, conversation: Conversation, limit: int, *, withheld: bool = False
    ) -> Retrieval:
        loop = asyncio.get_running_loop()
        known: asyncio.Future[Allowed] = loop.create_future()

        def by_words(connection: Connection) -> _Found:
            allowed, where, _ = self._may_hear(connection, conversation, withheld)
            loop.call_soon_threadsafe(_tell, known, allowed)  # the vectors need not wait for the words
            return self._by_words(connection, query, conversation, where)

        try:
            found, (vector, near) = await asyncio.gather(
                self._db.read(by_words), self._by_meaning(query, known, withheld)
            )
        finally:
            known.cancel()
        words = {hit.record: hit.score for hit in found.hits}

        def by_rank(connection: Connection) -> list[tuple[MemoryRecord, float]]:
            cosines: dict[int, float | None] = dict(near)
            # What was found may be of an older moment: whether it may be heard is asked again, in this one.
            where, entries = self._may_hear(connection, conversation, withheld)[1:]
            if vector is not None:
                unknown = [record for record in words if record not in cosines]
                cosines.update(zip(unknown, self._indexer.cosines(vector, unknown), strict=True))
            numbers = {*words, *cosines} - found.window
            stored = _outlines(connection, numbers, where)
            candidates = list(self._written(found, vector, entries))
            candidates.extend(
                Candidate(one, words.get(one.number, 0.0), cosines.get(one.number)) for one in stored
            )
            # What is pinned goes along in any case.
            wanted = [candidate for candidate in candidates if withheld or not candidate.record.pinned]
            best = fuse(wanted, datetime.now(UTC), self._indexer.unrelated)[:limit]
            return _whole(connection, best)

        best = await self._db.read(by_rank)
        return Retrieval(query, tuple(one for one, _ in best), tuple(score for _, score in best))

    def _working(
        self,
        connection: Connection,
        conversation: Conversation,
        allowed: Allowed,
        people: Mapping[PersonId, Person],
    ) -> tuple[str, tuple[Message, ...]]:
        membership = self._audiences.membership()

        def name(person: PersonId) -> str:
            known = people.get(membership.resolve(person))
            return "You" if person in (OWNER, TWIN) else known.name if known else person

        return episodes.working(connection, conversation.id, allowed.since, WINDOW, name)

    def _by_words(
        self,
        connection: Connection,
        query: str,
        conversation: Conversation,
        where: Condition,
    ) -> _Found:
        words, total = self._counts.words(connection, query)
        window = _window(connection, conversation)
        hits = fulltext.search(connection, words, total, where, CANDIDATES + len(window))
        telling = fulltext.telling(words, total) or words
        weights = {word.text: fulltext.weight(word, total) for word in telling}
        return _Found(hits, self._entries.by_words(weights), window)

    def _may_hear(
        self, connection: Connection, conversation: Conversation, withheld: bool
    ) -> tuple[Allowed, Condition, list[MemoryRecord]]:
        """What may be heard there in this snapshot; as a condition, and of the profile; or what may not."""
        allowed = self._audiences.allowed_in(connection, conversation)
        condition, values = allowed.where(connection)
        entries = self._directory.entries()
        heard = self._audiences.heard(entries, conversation)
        if not withheld:
            return allowed, (condition, values), heard
        known = {entry.id for entry in heard}
        return allowed, (f"NOT {condition}", values), [one for one in entries if one.id not in known]

    async def _by_meaning(
        self, query: str, known: "asyncio.Future[Allowed]", withheld: bool
    ) -> tuple[Vectors | None, _Near]:
        try:
            vector = await self._embedder.query(query)
        except (TryAgain, OwnerMustFix) as error:
            log.warning("recall goes by words alone: %s", error)
            return None, []
        allowed = await known
        records, cosines = await self._indexer.near(vector, allowed, CANDIDATES + WINDOW, withheld=withheld)
        return vector, list(zip(records.tolist(), cosines.tolist(), strict=True))

    def _written(
        self, found: _Found, vector: Vectors | None, entries: Sequence[MemoryRecord]
    ) -> Iterator[Candidate[_Outline | MemoryRecord]]:
        cosines = [None] * len(entries) if vector is None else self._entries.cosines(vector, entries)
        for one, cosine in zip(entries, cosines, strict=True):
            yield Candidate(one, found.entries.get(one.id, 0.0), cosine)


def _tell(known: "asyncio.Future[Allowed]", allowed: Allowed) -> None:
    if not known.done():
        known.set_result(allowed)


def _recent(
    connection: Connection, conversation: Conversation, until: MessageId, limit: int, allowed: Allowed
) -> list[Message]:
    found = messages.recent(connection, conversation.id, limit, until)
    since = from_text(allowed.since) if allowed.since else None
    return [message for message in found if since is None or message.sent_at >= since]


def _pinned(connection: Connection, allowed: Allowed) -> list[MemoryRecord]:
    where, values = allowed.where(connection)
    rows = connection.execute(f"{RECORDS} WHERE records.pinned AND {where} ORDER BY records.number", values)
    return [read_record(row) for row in rows]


def _window(connection: Connection, conversation: Conversation) -> frozenset[int]:
    rows = connection.plain_rows(
        "records.number",
        "FROM (SELECT id FROM messages WHERE conversation = ? AND NOT deleted"  # noqa: S608 (no value in it)
        " ORDER BY position DESC, number DESC LIMIT ?) AS last"
        f" JOIN records ON records.id = {record_of('last.id')}",
        (conversation.id, WINDOW),
    )
    return frozenset(number for (number,) in rows)


def _authors(connection: Connection, conversation: Conversation) -> set[PersonId]:
    """Who spoke there lately, who was replied to, and who began it."""
    rows = connection.execute(
        "SELECT DISTINCT author, reply_to FROM (SELECT author, reply_to FROM messages"
        " WHERE conversation = ? ORDER BY position DESC, number DESC LIMIT ?) AS last",
        (conversation.id, SPOKE_LATELY),
    ).fetchall()
    spoke = {PersonId(row["author"]) for row in rows}
    answered_ids = {one for one in (thread_root(conversation), *(row["reply_to"] for row in rows)) if one}
    if answered_ids:
        listed, ids = connection.among("id", answered_ids)
        answered = connection.execute(f"SELECT DISTINCT author FROM messages WHERE {listed}", ids)  # noqa: S608
        spoke |= {PersonId(row["author"]) for row in answered}
    return spoke


def _outlines(connection: Connection, numbers: Collection[int], where: Condition) -> list[_Outline]:
    """Records by number, as far as they meet the condition."""
    listed, parameters = connection.among("number", numbers)
    found = connection.plain_rows(
        "number, at, pinned", f"FROM records WHERE {listed} AND {where[0]}", (*parameters, *where[1])
    )
    return [_Outline(number, from_text(at), bool(pinned)) for number, at, pinned in found]


def _whole(
    connection: Connection, best: Sequence[tuple[_Outline | MemoryRecord, float]]
) -> list[tuple[MemoryRecord, float]]:
    numbers = [one.number for one, _ in best if isinstance(one, _Outline)]
    listed, values = connection.among("records.number", numbers)
    rows = connection.execute(f"{RECORDS} WHERE {listed}", values)
    stored = {row["number"]: read_record(row) for row in rows}
    return [(stored[one.number] if isinstance(one, _Outline) else one, score) for one, score in best]
