"""Whatever history enters whatever life: what goes on is as it was, and nobody hears what they may not."""

import asyncio
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from core.ids import message_record
from core.models.embedders import HashedEmbedder
from core.ports import PolicyFacts
from core.types import Conversation, Kind, MemoryRecord, Message
from memory.archive.archive import Archive
from memory.archive.records import Records
from memory.outbox.policy_facts import StoredPolicyFacts
from memory.recall import recall as recall_module
from memory.recall.recall import Recall
from memory.reports import activity
from memory.storage.port import Database
from tests.desk import Desk
from tests.fakes import FRIENDLY, FixedClock
from tests.unit.memory_cases import NOON, opened, said
from tests.unit.test_audience_property import (
    HOMES,
    MINUTES,
    SPEAKERS,
    TEXTS,
    Case,
    SlowRule,
    cases,
    check_conversation,
    conversations,
    heard_by,
)

KNOWN = {
    "records",
    "records_text",
    "unindexed",
    "audiences",
    "channels",
    "archived_conversations",
    "archived_messages",
    "sqlite",
}
"""The tables in which something is known; all others are of what goes on."""


@dataclass
class History:
    """A conversation as an importer gives it, with what was said there."""

    given: Conversation
    messages: list[Message]


@st.composite
def histories(draw: st.DrawFn) -> list[History]:
    names = draw(st.lists(st.sampled_from([*HOMES, f"{HOMES[0]}/1", f"{HOMES[1]}/7"]), max_size=3))
    found, number = [], 100
    for name in names:
        given_ = draw(conversations(name))
        lines = draw(st.lists(st.tuples(SPEAKERS, MINUTES, TEXTS), min_size=1, max_size=4))
        messages = []
        for author, minutes, text in lines:
            number += 1
            messages.append(said(given_, f"h{number}", text.format(f"said{number}x"), author, minutes))
        found.append(History(given_, messages))
    return found


@settings(max_examples=30, deadline=None)
@given(case=cases(), entered=histories(), drafted=st.lists(st.integers(0, 5), max_size=3))
def test_history_changes_nothing_that_goes_on(case: Case, entered: list[History], drafted: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder, patch.object(recall_module, "WINDOW", 1):
        asyncio.run(check(case, entered, drafted, Path(folder)))


async def check(case: Case, entered: list[History], drafted: list[int], folder: Path) -> None:
    async with opened(folder / "twin.db") as db:
        desk = Desk(db, FixedClock(NOON + timedelta(minutes=21)))
        for one in case.conversations:
            await desk.messages.upsert(one)
        for where, message in case.messages:
            await desk.messages.hear(case.conversations[where], message)
        await desk.outbox.recover()
        for number in drafted:
            if number < len(case.messages):
                await desk.put(case.messages[number][1])
        before = await life(db), await views(desk, case)
        known = await desk.messages.conversations()
        await Records(db).add_many(case.notes)
        everything = [*case.notes, *case.directory.written]
        for _, message in case.messages:
            everything.append(await kept(db, message))
        for history in entered:
            await Archive(db).archive(history.given, history.messages)
            live = next((one for one in known if one.id == history.given.id), None)
            for message in history.messages:
                record = await kept(db, message)
                assert (record.audience, record.channel) == was_heard_by(history.given, live, message)
                everything.append(record)
        assert (await life(db), await views(desk, case)) == before

        recall = Recall(db, case.directory, HashedEmbedder())
        for conversation in [*known, *(history.given for history in entered)]:
            await recall.recall("anything", conversation, 5)
        for change in [*case.changes, *(history.given for history in entered)]:  # now they are heard of
            await desk.messages.upsert(change)
        case.directory.circles, case.directory.version = case.circles, case.directory.version + 1
        stored = await desk.messages.conversations()
        for conversation in stored:
            await check_conversation(
                conversation, SlowRule(case.directory, stored), everything, recall, desk.messages
            )


async def kept(db: Database, message: Message) -> MemoryRecord:
    found = await Records(db).get(message_record(message.id))
    assert found is not None
    return found


def was_heard_by(
    given_: Conversation, live: Conversation | None, message: Message
) -> tuple[frozenset[str], str | None]:
    """The audience and the channel that what was said there must get."""
    there = given_
    if live is not None:
        own = Kind.OWNER in (given_.kind, live.kind)
        readable = given_.joiners_read_history and live.joiners_read_history
        there = replace(
            given_, kind=Kind.OWNER if own else given_.kind, parent=live.parent, joiners_read_history=readable
        )
    return heard_by(there, message), there.channel if there.joiners_read_history else None


async def life(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of what goes on."""

    def read(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
        names = [
            row["name"]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not any(row["name"] == one or row["name"].startswith(f"{one}_") for one in KNOWN)
        ]
        return {
            name: [tuple(row) for row in connection.execute(f"SELECT * FROM {name}").fetchall()]
            for name in names
        }

    return await db.read(read)


async def views(desk: Desk, case: Case) -> list[object]:
    """What is asked of life: who is pending, there, unanswered, waiting."""
    facts = StoredPolicyFacts(
        desk.database, case.directory, desk.clock, presence=timedelta(minutes=10), sends_per_hour=5
    )
    found: list[object] = [await desk.messages.pending(), await desk.outbox.open()]
    for where, message in case.messages:
        read: PolicyFacts = await facts.read(case.conversations[where], message, FRIENDLY)
        found.append(read)
    for conversation in await desk.messages.conversations():
        found.append(await desk.messages.recent(conversation.id, 50))
        found.append(await desk.outbox.recheck())
    now = desk.clock.now()
    found.append(
        await desk.database.read(
            lambda c: activity.read(c, NOON - timedelta(days=1), now, ZoneInfo("UTC"), 2)
        )
    )
    return found
