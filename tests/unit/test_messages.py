from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import OWNER_ONLY
from core.ids import message_record
from core.types import OWNER, TWIN, ConversationId, Kind, MessageId, PersonId
from memory.archive.messages import Messages, mark_done, mark_pending, say
from memory.archive.records import Records
from memory.storage.port import Database
from tests.unit.memory_cases import NOON, create, opened, people, said, talk

SAM = talk()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


async def test_a_message_is_there_after_a_restart_as_it_came(tmp_path: Path) -> None:
    path = create(tmp_path / "twin.db")
    message = replace(said(SAM, 1, "are you free?", reply_to="0"), addressed=True)
    async with opened(path) as db:
        assert await Messages(db).hear(SAM, message)
    async with opened(path) as db:
        assert await Messages(db).get(message.id) == message
        assert await Messages(db).pending() == [message]
        assert await Messages(db).conversations() == [SAM]


async def test_a_duplicate_changes_nothing(db: Database) -> None:
    messages = Messages(db)
    assert await messages.hear(SAM, said(SAM, 1, "first"))
    assert not await messages.hear(replace(SAM, title="other"), said(SAM, 1, "second"))
    assert (await messages.recent(SAM.id, 5))[0].text == "first"
    assert await messages.conversation(SAM.id) == SAM


async def test_messages_come_in_the_order_of_their_time_then_of_their_arrival(db: Database) -> None:
    messages = Messages(db)
    for key, minute in (("b", 1), ("a", 1), ("late", 0)):
        await messages.hear(SAM, said(SAM, key, key, minutes=minute))
    assert [one.text for one in await messages.recent(SAM.id, 9)] == ["late", "b", "a"]
    assert [one.text for one in await messages.recent(SAM.id, 1)] == ["a"]
    assert [one.text for one in await messages.recent(SAM.id, 9, MessageId(f"{SAM.id}/b"))] == ["late", "b"]
    assert await messages.recent(SAM.id, 9, MessageId("unknown")) == []


@pytest.mark.parametrize("ahead_s", [-40.0, 0.4, 40.0], ids=["our clock behind", "fractions", "ahead"])
async def test_what_the_twin_says_stands_between_what_it_had_heard_and_what_comes_next(
    db: Database, ahead_s: float
) -> None:
    messages = Messages(db)
    await messages.hear(SAM, said(SAM, "asked", "asked"))
    reply = said(SAM, "reply", "reply", TWIN, minutes=ahead_s / 60)
    await db.write("say", lambda connection: say(connection, reply))
    await messages.hear(SAM, said(SAM, "next", "next"))  # in the same second, by the platform's clock
    assert [one.text for one in await messages.recent(SAM.id, 9)] == ["asked", "reply", "next"]
    until = await messages.recent(SAM.id, 9, MessageId(f"{SAM.id}/asked"))
    assert [one.text for one in until] == ["asked"]
    assert await messages.get(reply.id) == reply


async def test_what_is_read_back_later_stands_where_it_was_said(db: Database) -> None:
    messages = Messages(db)
    await messages.hear(SAM, said(SAM, "b", "b", minutes=2))
    await db.write("say", lambda connection: say(connection, said(SAM, "c", "c", TWIN, minutes=3)))
    await messages.hear(SAM, said(SAM, "a", "a", minutes=1))
    assert [one.text for one in await messages.recent(SAM.id, 9)] == ["a", "b", "c"]


async def test_what_the_owner_and_the_twin_say_waits_for_no_answer(db: Database) -> None:
    messages = Messages(db)
    await messages.hear(SAM, said(SAM, 1, "me", OWNER))
    await db.write("say", lambda connection: say(connection, said(SAM, 2, "mine", TWIN)))
    assert await messages.pending() == []
    assert [one.author for one in await messages.recent(SAM.id, 5)] == [OWNER, TWIN]


async def test_done_covers_a_message_and_those_before_it_alone(db: Database) -> None:
    messages = Messages(db)
    for i in range(3):
        await messages.hear(SAM, said(SAM, i, str(i), minutes=i))
    other = talk("console:alex", people("alex"))
    await messages.hear(other, said(other, 0, "other", "alex"))
    await db.write("done", lambda connection: mark_done(connection, SAM.id, said(SAM, 1, "").id))
    assert [one.text for one in await messages.pending()] == ["other", "2"]
    await db.write("again", lambda connection: mark_pending(connection, said(SAM, 0, "").id))
    assert [one.text for one in await messages.pending()] == ["0", "other", "2"]


async def test_the_newest_edit_wins_whatever_the_order_of_arrival(db: Database) -> None:
    messages = Messages(db)
    message = said(SAM, 1, "one")
    await messages.hear(SAM, message)
    assert await messages.edit(message.id, "three", NOON + timedelta(minutes=3))
    assert not await messages.edit(message.id, "two", NOON + timedelta(minutes=2))
    assert not await messages.edit(MessageId("unknown"), "x", NOON)
    kept = await messages.get(message.id)
    assert kept is not None
    assert (kept.text, kept.edited_at) == ("three", NOON + timedelta(minutes=3))
    stored = await Records(db).get(message_record(message.id))
    assert stored is not None
    assert stored.text == "three"


async def test_an_edit_is_heard_only_by_who_could_read_both_texts(db: Database) -> None:
    messages, records = Messages(db), Records(db)
    group = talk("slack:g", people("ann", "ben"), Kind.GROUP)
    message = said(group, 1, "old", "ann")
    await messages.hear(group, message)
    await records.share(message_record(message.id), frozenset({"person:dan"}))  # type: ignore[arg-type]
    await messages.upsert(replace(group, members=people("ann", "cat")))
    await messages.edit(message.id, "new", NOON + timedelta(minutes=1))
    stored = await records.get(message_record(message.id))
    assert stored is not None
    assert stored.audience == {"owner", "person:ann"}


async def test_a_deleted_message_says_nothing_anywhere_and_no_edit_brings_it_back(db: Database) -> None:
    messages = Messages(db)
    message = said(SAM, 1, "regrettable")
    await messages.hear(SAM, message)
    assert await messages.delete(message.id)
    assert not await messages.delete(message.id)
    assert not await messages.edit(message.id, "regrettable", NOON + timedelta(minutes=1))
    assert not await messages.hear(SAM, message)
    assert await messages.recent(SAM.id, 5) == []
    assert await messages.pending() == []
    assert await Records(db).get(message_record(message.id)) is None
    kept = await messages.get(message.id)
    assert kept is not None
    assert kept.deleted
    assert kept.text == ""


async def test_an_edit_that_leaves_no_words_leaves_no_record_and_one_that_adds_them_makes_one(
    db: Database,
) -> None:
    messages = Messages(db)
    message = said(SAM, 1, "words")
    await messages.hear(SAM, message)
    await messages.edit(message.id, " ", NOON + timedelta(minutes=1))
    assert await Records(db).get(message_record(message.id)) is None
    await messages.edit(message.id, "words again", NOON + timedelta(minutes=2))
    assert await Records(db).get(message_record(message.id)) is not None


@pytest.mark.parametrize(
    ("conversation", "author", "audience"),
    [
        (talk(members=people("sam", "telegram:1")), "sam", {"owner", "person:sam", "person:telegram:1"}),
        (talk(members=people("sam")), "webhook", {"owner", "person:sam", "person:webhook"}),
        (talk(members=people("sam")), TWIN, {"owner", "person:sam"}),
        (talk("telegram:g", None, Kind.GROUP), "ann", {"owner", "person:ann", "place:telegram:g"}),
        (talk("telegram:g", people(), Kind.GROUP), "ann", {"owner", "person:ann", "place:telegram:g"}),
        (talk("slack:c/7", None, Kind.GROUP, "slack:c"), "ann", {"owner", "person:ann", "place:slack:c"}),
        (talk("telegram:g", None, Kind.GROUP, joiners_read_history=False), "ann", {"owner", "person:ann"}),
        (talk("console:me", people(), Kind.OWNER), OWNER, OWNER_ONLY),
    ],
)
async def test_a_message_is_known_to_those_who_can_read_it_when_it_is_said(
    db: Database, conversation: object, author: str, audience: set[str]
) -> None:
    message = said(conversation, 1, "hello", author)  # type: ignore[arg-type]
    await Messages(db).hear(conversation, message)  # type: ignore[arg-type]
    stored = await Records(db).get(message_record(message.id))
    assert stored is not None
    assert stored.audience == audience
    assert stored.channel == conversation.channel  # type: ignore[attr-defined]


async def test_the_newest_join_never_goes_back_and_a_new_face_is_a_join(db: Database) -> None:
    messages = Messages(db)
    before = talk("slack:g", people("ann"), Kind.GROUP, joiners_read_history=False, newest_join=NOON)
    await messages.upsert(before)
    await messages.upsert(replace(before, newest_join=None))
    assert (await messages.conversation(before.id) or SAM).newest_join == NOON
    grown = replace(before, members=people("ann", "ben"), newest_join=None)
    await messages.hear(grown, said(grown, 1, "hi", "ben", minutes=5))
    assert (await messages.conversation(before.id) or SAM).newest_join == NOON + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("before", "now", "is_join"),
    [
        (people("ann"), None, True),
        (None, people("ann"), True),
        (None, None, False),
        (people("ann", "ben"), people("ann"), False),
    ],
)
async def test_a_place_whose_readers_can_no_longer_be_listed_may_have_new_ones(
    db: Database, before: frozenset[PersonId] | None, now: frozenset[PersonId] | None, is_join: bool
) -> None:
    messages = Messages(db)
    place = talk("slack:g", before, Kind.GROUP, joiners_read_history=False)
    await messages.upsert(place)
    later = replace(place, members=now)
    await messages.hear(later, said(later, 1, "hi", "ann", minutes=5))
    joined = (await messages.conversation(place.id) or SAM).newest_join
    assert joined == (NOON + timedelta(minutes=5) if is_join else None)


async def test_a_conversation_does_not_move_to_another_place(db: Database) -> None:
    messages = Messages(db)
    thread = talk("slack:c/1", people("ann"), Kind.GROUP, "slack:c")
    await messages.upsert(thread)
    await messages.hear(replace(thread, title="new", parent="slack:d"), said(thread, 1, "hi", "ann"))
    assert await messages.conversation(thread.id) == replace(thread, title="new")


async def test_text_of_any_kind_is_kept(db: Database) -> None:
    messages = Messages(db)
    texts = ["", "x" * 100_000, "\x00\x01", "שלום \u202e", "half \ud800 pair", "' OR 1=1; --", "<|im_start|>"]
    for i, text in enumerate(texts):
        await messages.hear(SAM, said(SAM, i, text, minutes=i))
    kept = [one.text for one in await messages.recent(SAM.id, 20)]
    assert kept == [text.replace("\ud800", "?") for text in texts]


async def test_what_the_twin_says_needs_a_conversation_that_was_heard_of(db: Database) -> None:
    with pytest.raises(LookupError):
        await db.write("say", lambda connection: say(connection, said(SAM, 2, "mine", TWIN)))
    assert await Messages(db).conversation(ConversationId("x:y")) is None
