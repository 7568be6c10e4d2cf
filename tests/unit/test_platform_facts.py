import asyncio
import threading
from datetime import timedelta
from pathlib import Path

from core.types import MessageId
from memory.state.platform_facts import PlatformFacts
from tests.unit.memory_cases import NOON, opened

ROPE = MessageId("telegram:1/rope")


async def test_what_came_early_is_found_also_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        facts = PlatformFacts(db)
        assert await facts.early(ROPE) is None
        await facts.came_early(ROPE, "the long rope", NOON)
        assert await facts.early(ROPE) == ("the long rope", NOON)
    async with opened(tmp_path / "twin.db") as db:
        facts = PlatformFacts(db)
        assert await facts.early(ROPE) == ("the long rope", NOON)
        await facts.drop_early(NOON - timedelta(days=1), ROPE)
        assert await facts.early(ROPE) is None


async def test_a_deletion_that_comes_during_the_first_reading_counts(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        facts, reads, begun, released = PlatformFacts(db), db.read, threading.Event(), threading.Event()

        async def late_read(work):  # type: ignore[no-untyped-def]
            def held(connection):  # type: ignore[no-untyped-def]
                found = work(connection)
                begun.set()
                released.wait()
                return found

            return await reads(held)

        db.read = late_read  # type: ignore[method-assign]
        first = asyncio.create_task(facts.early(MessageId("telegram:1/other")))
        await asyncio.to_thread(begun.wait)
        db.read = reads  # type: ignore[method-assign]
        await facts.came_early(ROPE, None, NOON)
        released.set()
        assert await first is None
        assert await facts.early(ROPE) == (None, NOON)
