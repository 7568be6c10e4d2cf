"""What a message costs apart from the model: the whole way, over a long memory, one after the other."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from bots.home import Home
from memory.storage.port import Database
from tests.bench.homes import furnish, instant, questions
from tests.bench.report import arguments, figure, percentile

RECORDS = 100_000
COMMITS = 2
"""Of each message: into L0, into the outbox."""
ABOVE_COMMITS_MS = 25


async def _bare(db: Database) -> float:
    began = perf_counter()
    await db.write("bare", lambda c: c.execute("INSERT INTO bench VALUES (1)"))
    return (perf_counter() - began) * 1000


async def _measure(home: Home, messages: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each message and of each bare commit, in turn."""
    whole, bare = [], []
    async with instant(home) as (db, twin):
        await db.write("bench", lambda c: c.execute("CREATE TABLE bench (n)"))
        for number, (who, _, text) in enumerate(questions(messages + 20)):
            began = perf_counter()
            answer = await twin.hear(who, f"console:{who}", text)
            took = (perf_counter() - began) * 1000
            commits = [await _bare(db) for _ in range(COMMITS)]
            if number >= 20 and answer.draft is not None:  # the first ones warm the caches
                whole.append(took)
                bare += commits
    return whole, bare


def main() -> None:
    """Print the figures."""
    options = arguments(main.__doc__ or "").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = furnish(Path(folder) / "home", RECORDS)
        whole, bare = asyncio.run(_measure(home, 2000 if options.full else 500))
    figure("commit_ms_p50", percentile(bare, 0.5), "ms")
    figure("commit_ms_p95", percentile(bare, 0.95), "ms")
    figure("overhead_ms_p50", percentile(whole, 0.5), "ms")
    allowed = ABOVE_COMMITS_MS + COMMITS * percentile(bare, 0.95)
    figure("overhead_ms_p95", percentile(whole, 0.95), "ms", round(allowed, 3))


if __name__ == "__main__":
    main()
