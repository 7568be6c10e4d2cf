from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.audience import person
from core.errors import Refused
from core.types import PersonId, RecordId
from memory.database import Database
from memory.messages import Messages, record_id
from memory.records import Records
from tests.unit.memory_cases import opened, record, said, talk

ALEX = frozenset({person(PersonId("alex"))})


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


async def test_a_record_is_kept_as_it_is_and_one_of_the_same_id_replaced(db: Database) -> None:
    records = Records(db)
    first = replace(record("note:1", "first", "person:sam"), place="slack:c", author=PersonId("sam"))
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
    with pytest.raises(Refused, match=key):
        await Records(db).forget(RecordId(key))


async def test_a_forgotten_message_leaves_no_word_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "twin.db"
    conversation = talk()
    async with opened(path) as db:
        messages = Messages(db)
        for i in range(50):
            await messages.hear(conversation, said(conversation, i, f"ordinary{i} words"))
        secret = said(conversation, "secret", "I will tell of xyzzyplugh")
        await messages.hear(conversation, secret)
        assert b"xyzzyplugh" in path.with_name("twin.db-wal").read_bytes() + path.read_bytes()
        await Records(db).forget(record_id(secret.id))
        kept = await messages.get(secret.id)
        assert kept is not None
        assert kept.text == ""
    assert b"xyzzyplugh" not in path.read_bytes()
