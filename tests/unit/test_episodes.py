from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.ids import message_record
from core.models.embedders import HashedEmbedder
from core.types import OWNER, TWIN, Conversation, Kind, Message, MessageId, Person, PersonId
from memory.archive.episodes import open_threads, opens, topics
from memory.archive.messages import Messages, say
from memory.archive.records import forget
from memory.recall.recall import WINDOW, Recall
from memory.storage.port import Database
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, said, talk

SAM = talk()
DIRECTORY = PlainDirectory(named={PersonId("sam"): Person(PersonId("sam"), "Sam Weller")})


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


async def open_texts(db: Database, conversation: Conversation = SAM) -> list[str]:
    threads = await db.read(lambda connection: open_threads(connection, conversation.id))
    return [one.message.text for one in threads]


async def working(db: Database, conversation: Conversation = SAM) -> str:
    recall = Recall(db, DIRECTORY, HashedEmbedder())
    return (await recall.context(conversation, MessageId(""), 1)).working


async def hear_all(db: Database, *heard: Message, conversation: Conversation = SAM) -> None:
    for message in heard:
        await Messages(db).hear(conversation, message)


async def scroll(db: Database, conversation: Conversation = SAM, start: float = 100) -> None:
    """So much small talk that what was before it is in no prompt any more."""
    chatter = [said(conversation, f"f{i}", "hm", minutes=start + i) for i in range(WINDOW)]
    await hear_all(db, *chatter, conversation=conversation)


@pytest.mark.parametrize(
    ("text", "author", "kind"),
    [
        ("are you coming?", "sam", "question"),
        ("are you coming?", OWNER, None),
        ("I'll send it tonight", OWNER, "promise"),
        ("I’ll bring the wine, ok?", "sam", "promise"),
        ("let me know", "sam", None),
        ("nice", "sam", None),
        ("", "sam", None),
    ],
)
def test_what_a_message_opens(text: str, author: str, kind: str | None) -> None:
    assert opens(said(SAM, 1, text, author)) == kind


@pytest.mark.parametrize("minutes", [2, 0], ids=["later", "by a clock that is behind"])
async def test_a_question_is_open_until_the_owner_or_the_twin_speaks(db: Database, minutes: float) -> None:
    await hear_all(db, said(SAM, 1, "tea?"), said(SAM, 2, "or coffee?", minutes=1))
    assert await open_texts(db) == ["tea?", "or coffee?"]
    await db.write("say", lambda connection: say(connection, said(SAM, 3, "tea", TWIN, minutes=minutes)))
    assert await open_texts(db) == []


async def test_a_reply_closes_the_question_that_it_answers_alone(db: Database) -> None:
    await hear_all(db, said(SAM, 1, "tea?"), said(SAM, 2, "when?", minutes=1))
    await hear_all(db, said(SAM, 3, "at five", OWNER, minutes=2, reply_to="2"))
    assert await open_texts(db) == ["tea?"]


async def test_an_answer_that_is_deleted_leaves_the_question_open_again(db: Database) -> None:
    await hear_all(db, said(SAM, 1, "tea?"), said(SAM, 2, "yes", OWNER, minutes=1))
    assert await open_texts(db) == []
    await Messages(db).delete(said(SAM, 2, "").id)
    assert await open_texts(db) == ["tea?"]


async def test_a_source_edited_deleted_or_forgotten_takes_its_thread_along(db: Database) -> None:
    texts = ("tea?", "cake?", "wine?")
    await hear_all(db, *(said(SAM, i, text, minutes=i) for i, text in enumerate(texts)))
    await Messages(db).edit(said(SAM, 0, "").id, "never mind", NOON + timedelta(minutes=9))
    await Messages(db).delete(said(SAM, 1, "").id)
    await db.write("forget", lambda c: forget(c, message_record(said(SAM, 2, "").id)))
    assert await open_texts(db) == []


async def test_the_summary_tells_what_scrolled_out_of_the_prompt_and_names_people(db: Database) -> None:
    await hear_all(
        db,
        said(SAM, 1, "could you lend me the tent?"),
        said(SAM, 2, "the tent is huge, the ferry is booked", minutes=1),
        said(SAM, 3, "I'll bring the ferry tickets and the tent", OWNER, minutes=2, reply_to="x"),
    )
    assert await working(db) == ""
    await scroll(db)
    summary = await working(db)
    assert 'Sam Weller asked, not answered yet (Mon 02 Mar): "could you lend me the tent?"' in summary
    assert 'You promised (Mon 02 Mar): "I\'ll bring the ferry tickets and the tent"' in summary
    assert summary.endswith("Earlier here: tent, ferry.")


async def test_the_summary_holds_nothing_that_a_joiner_cannot_read(db: Database) -> None:
    group = talk("discord:g", people("sam"), Kind.GROUP, joiners_read_history=False)
    early = [said(group, i, "is the surprise party on saturday?", minutes=i) for i in range(2)]
    await hear_all(db, *early, conversation=group)
    await scroll(db, group)
    assert "surprise" in await working(db, group)
    joined = replace(group, members=people("sam", "ann"), newest_join=NOON + timedelta(minutes=50))
    await Messages(db).upsert(joined)
    assert await working(db, joined) == ""
    assert await working(db, group) == ""  # whoever asks with an older list of members


async def test_what_was_left_open_long_ago_is_let_rest(db: Database) -> None:
    await hear_all(db, said(SAM, 1, "could you lend me the tent?"))
    await scroll(db, start=60 * 24 * 40)
    assert await working(db) == ""


def test_topics_are_words_that_several_messages_share() -> None:
    assert topics(["The ferry!", "ferry at nine", "which tent?", "the tent, the ferry"]) == ["ferry", "tent"]
