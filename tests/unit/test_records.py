from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.audience import person
from core.errors import Refused
from core.types import PersonId, RecordId
from memory.archive.records import Records
from memory.storage.port import Database
from tests.unit.memory_cases import opened, record

ALEX = frozenset({person(PersonId("alex"))})


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


async def test_a_record_is_kept_as_it_is_and_one_of_the_same_id_replaced(db: Database) -> None:
    records = Records(db)
    first = replace(record("note:1", "first", "person:sam"), channel="slack:c", author=PersonId("sam"))
    await records.add(first)
    assert await records.get(first.id) == first
    second = record("note:1", "second", "public", pinned=True)
    await records.add(second)
    assert await records.get(first.id) == second


async def test_sharing_adds_to_the_audience_and_takes_nobody_away(db: Database) -> None:
    records = Records(db)
    await records.add(record("note:1", "text", "person:sam"))
    shared = await records.share(RecordId("note:1"), ALEX)
    assert shared.audience == {"owner", "person:sam", "person:alex"}
    assert await records.get(RecordId("note:1")) == shared


@pytest.mark.parametrize("key", ["note:unknown", "profile:diet", "rule:tone"])
async def test_what_is_not_kept_here_is_refused(db: Database, key: str) -> None:
    with pytest.raises(Refused, match=key):
        await Records(db).share(RecordId(key), ALEX)
