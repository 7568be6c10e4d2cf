from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import OWNER_ONLY, audience, person, place
from core.ids import message_record
from core.models.embedders import HashedEmbedder
from core.types import OWNER, TWIN, Conversation, Kind, MemoryRecord, Message
from memory.archive import archive as archive_module
from memory.archive.archive import Archive, Archived
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.recall.recall import Recall
from memory.storage.port import Database
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, said, talk

CLIMBERS = talk("telegram:climbers", people("ann", "ben"), Kind.GROUP)
CLOSED = replace(CLIMBERS, joiners_read_history=False)
"""Who joins cannot read back."""


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


async def kept(db: Database, message: Message) -> MemoryRecord:
    found = await Records(db).get(message_record(message.id))
    assert found is not None
    return found


async def recalled(db: Database, where: Conversation, words: str) -> list[str]:
    found = await Recall(db, PlainDirectory(), HashedEmbedder()).recall(words, where, 9)
    return [one.text for one in found.records]


async def test_history_enters_once_and_is_known_by_who_was_there_then(db: Database) -> None:
    history = [
        said(CLIMBERS, 1, "the blue rope is in the cellar", "ann", minutes=-9),
        said(CLIMBERS, 2, "thanks", OWNER, minutes=-8, reply_to="1"),
    ]
    archive = Archive(db)
    assert await archive.archive(CLIMBERS, history) == Archived(added=2)
    assert await archive.archive(CLIMBERS, history) == Archived(known=2)
    record = await kept(db, history[0])
    assert (record.text, record.author, record.at) == (history[0].text, "ann", history[0].sent_at)
    assert record.channel == CLIMBERS.id
    assert record.audience == audience(*map(person, people("ann", "ben")))
    assert await recalled(db, talk("console:ann", people("ann")), "blue rope") == [history[0].text]
    assert await recalled(db, talk("console:cat", people("cat")), "blue rope") == []


async def test_the_twin_stays_as_it_was(db: Database) -> None:
    messages = Messages(db)
    live = replace(CLIMBERS, title="now", members=people("ben", "cat"), newest_join=NOON)
    await messages.hear(live, said(live, "live", "who has the rope?", "ben"))
    history = [said(CLIMBERS, n, f"rope {n}?", who, minutes=n) for n, who in enumerate(["ann", OWNER, TWIN])]
    await Archive(db).archive(CLIMBERS, history)
    assert await messages.conversations() == [live]
    assert [one.text for one in await messages.pending()] == ["who has the rope?"]
    assert [one.text for one in await messages.recent(live.id, 9)] == ["who has the rope?"]


async def test_what_is_cut_short_goes_on_where_it_was(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_module, "BATCH", 2)
    history = [said(CLIMBERS, n, f"rope {n}") for n in range(5)]
    elsewhere = said(talk(), 1, "hello")
    with pytest.raises(ValueError, match="among those of telegram:climbers"):
        await Archive(db).archive(CLIMBERS, [*history[:3], elsewhere, *history[3:]])
    assert await Archive(db).archive(CLIMBERS, history) == Archived(added=3, known=2)


async def test_what_was_heard_live_is_not_archived(db: Database) -> None:
    message = said(CLIMBERS, 1, "rope")
    await Messages(db).hear(CLIMBERS, message)
    given = replace(CLIMBERS, members=people("zoe"))
    assert await Archive(db).archive(given, [message]) == Archived(known=1)
    assert (await kept(db, message)).audience == audience(*map(person, people("sam", "ann", "ben")))


async def test_what_was_archived_and_is_heard_after_all_is_live(db: Database) -> None:
    message = said(CLIMBERS, 1, "rope?", "ann")
    await Archive(db).archive(CLIMBERS, [message])
    messages, live = Messages(db), replace(CLIMBERS, members=people("ann", "cat"))
    assert await messages.hear(live, message)
    assert not await messages.hear(live, message)
    assert await messages.pending() == [message]
    assert (await kept(db, message)).audience == audience(person(message.author)), "in both accounts"
    assert await Archive(db).archive(CLIMBERS, [message]) == Archived(known=1)


async def test_what_was_forgotten_stays_so(db: Database) -> None:
    message = said(CLIMBERS, 1, "my pin is 1234", "ann")
    await Archive(db).archive(CLIMBERS, [message])
    await Messages(db).delete(message.id)
    assert await Archive(db).archive(CLIMBERS, [message]) == Archived(known=1)
    assert await Messages(db).hear(CLIMBERS, message)
    assert await Messages(db).pending() == []
    assert await Records(db).get(message_record(message.id)) is None


async def test_where_joiners_cannot_read_back_only_who_was_there_hears_it(db: Database) -> None:
    message = said(CLOSED, 1, "the surprise is on friday", "ann", minutes=-9)
    await Archive(db).archive(CLOSED, [message])
    messages = Messages(db)
    await messages.upsert(CLOSED)
    assert await recalled(db, CLOSED, "surprise friday") == [message.text]
    joined = replace(CLOSED, members=people("ann", "ben", "cat"))
    await messages.upsert(joined)
    assert await recalled(db, joined, "surprise friday") == []


async def test_a_setting_that_proves_stricter_than_the_importer_knew_hides_the_history(db: Database) -> None:
    message = said(CLIMBERS, 1, "the surprise is on friday", "ann", minutes=-9)
    await Archive(db).archive(CLIMBERS, [message])
    grown = replace(CLOSED, members=people("ann", "ben", "cat"))
    await Messages(db).hear(grown, said(grown, 2, "hi all", "cat"))
    assert await recalled(db, grown, "surprise friday") == []


async def test_the_stricter_of_what_is_given_and_what_is_known_live_holds(db: Database) -> None:
    unlisted = replace(CLIMBERS, members=None)
    message = said(unlisted, 1, "rope", "ann")
    await Messages(db).upsert(replace(unlisted, joiners_read_history=False))
    await Archive(db).archive(unlisted, [message])
    record = await kept(db, message)
    assert (record.audience, record.channel) == (audience(person(message.author)), None)

    own, line = talk("telegram:1", people(), Kind.OWNER), said(talk("telegram:1"), 1, "note to self")
    await Messages(db).upsert(own)
    await Archive(db).archive(replace(own, kind=Kind.DIRECT, members=people("zoe")), [line])
    assert (await kept(db, line)).audience == OWNER_ONLY


async def test_what_was_said_among_people_nobody_listed_is_for_whoever_reads_the_place(
    db: Database,
) -> None:
    message = said(CLIMBERS, 1, "rope", "ann")
    await Archive(db).archive(replace(CLIMBERS, members=None), [message])
    assert (await kept(db, message)).audience == audience(person(message.author), place(CLIMBERS.id))


async def test_a_message_without_words_is_left_for_its_words_to_come(db: Database) -> None:
    silent = [said(CLIMBERS, 1, " "), replace(said(CLIMBERS, 2, "gone"), deleted=True)]
    assert await Archive(db).archive(CLIMBERS, silent) == Archived(known=2)
    assert [await Records(db).get(message_record(one.id)) for one in silent] == [None, None]
    assert await Messages(db).hear(CLIMBERS, replace(silent[0], text="a caption"))
    assert (await kept(db, silent[0])).text == "a caption"


async def test_a_time_of_the_future_is_no_trouble(db: Database) -> None:
    ahead = replace(said(CLIMBERS, 1, "rope", OWNER), sent_at=NOON + timedelta(days=4000))
    assert await Archive(db).archive(CLIMBERS, [ahead]) == Archived(added=1)
    await Messages(db).hear(CLIMBERS, said(CLIMBERS, 2, "rope?", "ann"))
    assert len(await Messages(db).pending()) == 1
