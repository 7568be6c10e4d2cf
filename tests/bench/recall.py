"""`python -m tests.bench.recall`: how long recall takes over a large store, a fifth of it in the audience."""

import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.audience import Membership, audience, person
from core.models.embedders import HashedEmbedder
from core.types import Conversation, ConversationId, MemoryRecord, Person, PersonId, RecordId
from memory.archive.records import Records
from memory.recall.recall import Recall
from memory.storage import open_database
from tests.bench.report import arguments, figure, irc_lines, percentile

TARGET_MS = 10.0
DIMENSIONS = 384
CONVERSATIONS = 50
HEARD = 10
"""Of the conversations: a fifth."""
TURN = 20
"""Lines that one conversation says in a row."""
CHUNK = 5000


class Directory:
    """The profile of someone who wrote nothing down."""

    version = 1

    def membership(self, channels: Mapping[str, frozenset[PersonId]]) -> Membership:
        return Membership(channels=channels)

    def people(self) -> Mapping[PersonId, Person]:
        return {}

    def entries(self) -> Sequence[MemoryRecord]:
        return ()


def records(texts: Sequence[str]) -> Iterator[MemoryRecord]:
    """The lines spread over conversations, of which sam reads a fifth."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for i, text in enumerate(texts):
        where = i // TURN % CONVERSATIONS
        readers = audience(person(PersonId(f"friend{where}")))
        if where < HEARD:
            readers |= {person(PersonId("sam"))}
        at = start + timedelta(minutes=i)
        yield MemoryRecord(RecordId(f"note:{i}"), text, readers, at, channel=f"irc:{where}")


async def fill(path: Path, texts: Sequence[str]) -> None:
    """Store and embed everything."""
    db = open_database(path)
    archive, stored = Records(db), list(records(texts))
    for i in range(0, len(stored), CHUNK):
        await archive.add_many(stored[i : i + CHUNK])
    await Recall(db, Directory(), HashedEmbedder(DIMENSIONS)).index_pending()
    await db.close()


async def measure(path: Path, asked: Sequence[str]) -> tuple[float, list[float]]:
    """Seconds to load the vectors of a store at start, then milliseconds of each recall."""
    db = open_database(path)
    recall = Recall(db, Directory(), HashedEmbedder(DIMENSIONS))
    start = time.perf_counter()
    await recall.load()
    load = time.perf_counter() - start
    await recall.index_pending()
    there = Conversation(ConversationId("irc:0"), "irc", "sam", members=frozenset({PersonId("sam")}))
    took, found = [], 0
    for query in asked:
        start = time.perf_counter()
        retrieval = await recall.recall(query, there, 8)
        took.append((time.perf_counter() - start) * 1000)
        found += bool(retrieval.records)
    await db.close()
    if found < len(asked) // 2:
        raise SystemExit(f"something was found for {found} of {len(asked)} queries only: no fair run")
    return load, took


def main() -> None:
    """Time recall alone, with an instant embedder."""
    parser = arguments("How long recall takes, with an instant embedder.")
    parser.add_argument("--records", type=int, default=100_000, help="to recall from")
    parser.add_argument("--queries", type=int, default=500, help="to time")
    options = parser.parse_args()
    texts = [text for _, _, text in irc_lines(options.records)]
    asked = random.Random(7).sample(texts, min(options.queries, len(texts)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        asyncio.run(fill(path, texts))
        load, took = asyncio.run(measure(path, asked))
    figure("recall_ms_p50", percentile(took, 0.5), "ms")
    figure("recall_ms_p95", percentile(took, 0.95), "ms", TARGET_MS)
    figure("recall_ms_max", max(took), "ms")
    figure("recall_load_s", load, "s")
    figure("recall_peak_rss_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


if __name__ == "__main__":
    main()
