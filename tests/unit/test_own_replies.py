"""What the owner is shown of their own replies before they delegate them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.types import OWNER, Conversation, ConversationId, Kind, PersonId, SmallTalk
from memory.archive.audiences import Audiences
from memory.archive.own_replies import MOST_PROPOSED, OwnReplies, OwnWords, ranked
from memory.profile.profile import Profile
from tests.desk import MIAS, SAM, SAMS, Desk, open_desk

OWNERS = Conversation(ConversationId("console:owner"), "console", "Alex and the twin", Kind.OWNER)
PUBLIC = Conversation(
    ConversationId("discord:1"),
    "discord",
    "#all",
    Kind.GROUP,
    members=frozenset({SAM, PersonId("mia"), PersonId("eve")}),
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


async def proposed(desk: Desk, folder: Path, where: Conversation = SAMS) -> dict[SmallTalk, tuple[str, ...]]:
    own = OwnReplies(desk.database, Audiences(Profile(folder / "profile.json")))
    return dict(await own.proposed(where, {where.id}))


async def exchange(desk: Desk, heard: str, said: str, where: Conversation = SAMS) -> None:
    await desk.hear(heard, where)
    await desk.hear(said, where, OWNER)


async def test_what_answered_small_talk_of_a_kind_is_proposed_for_it(desk: Desk, tmp_path: Path) -> None:
    await exchange(desk, "thanks!", "no worries")
    await exchange(desk, "happy birthday!", "thank you!")
    await exchange(desk, "hi", "Morning")
    own = await proposed(desk, tmp_path)
    assert own[SmallTalk.THANKS] == ("no worries", "thank you!")
    assert own[SmallTalk.WISHES] == ("thank you!",)
    assert own[SmallTalk.GREETING] == ("Morning",)


@pytest.mark.parametrize(
    "said", ["the door code is 4711", "hi, I sold the car", "yes, I said it was fine", "", "happy birthday"]
)
async def test_what_is_more_than_small_talk_is_never_proposed(desk: Desk, tmp_path: Path, said: str) -> None:
    """And what is not answered in kind is only proposed where it once was the answer."""
    await exchange(desk, "are you in?", said)
    assert await proposed(desk, tmp_path) == {}


async def test_what_not_everybody_there_may_hear_is_not_proposed(desk: Desk, tmp_path: Path) -> None:
    await exchange(desk, "hi", "hey there", MIAS)
    await desk.hear("yo", OWNERS, OWNER)
    assert await proposed(desk, tmp_path, SAMS) == {}
    await exchange(desk, "hi", "hello", PUBLIC)
    assert await proposed(desk, tmp_path, SAMS) == {SmallTalk.GREETING: ("hello",)}
    elsewhere = replace(PUBLIC, id=ConversationId("discord:2"), members=None)
    assert await proposed(desk, tmp_path, elsewhere) == {}


async def test_what_was_deleted_or_edited_since_is_not_proposed(desk: Desk, tmp_path: Path) -> None:
    gone, changed = await desk.hear("hi", SAMS, OWNER), await desk.hear("yo", SAMS, OWNER)
    await desk.messages.delete(gone.id)
    await desk.messages.edit(changed.id, "the code is 4711", desk.clock.now() + timedelta(seconds=1))
    assert await proposed(desk, tmp_path) == {}


def test_what_was_said_there_comes_first_then_the_most_frequent_and_no_more_than_a_few() -> None:
    words = (
        [OwnWords(False, "hey", "")] * 5
        + [OwnWords(False, "Hello", "")] * 3
        + [OwnWords(False, "hello", "")] * 3
    )
    assert ranked([*words, OwnWords(True, "hiya", "")]) == {SmallTalk.GREETING: ("hiya", "Hello", "hey")}
    many = [OwnWords(False, f"hi{'!' * number}", "") for number in range(MOST_PROPOSED + 4)]
    assert len(ranked(many)[SmallTalk.GREETING]) == MOST_PROPOSED


async def test_history_that_entered_is_read_as_what_was_heard_live(desk: Desk, tmp_path: Path) -> None:
    """Rows as `memory.archive.archive` writes them."""
    await exchange(desk, "thanks", "no worries")
    await desk.sql(
        "INSERT INTO archived_conversations SELECT id, platform, title, kind, '' FROM conversations"
    )
    await desk.sql(
        "INSERT INTO archived_messages (id, conversation, author, sent_at) SELECT id, conversation, author,"
        " sent_at FROM messages ORDER BY number"
    )
    await desk.sql("DELETE FROM messages")
    assert (await proposed(desk, tmp_path))[SmallTalk.THANKS] == ("no worries",)
