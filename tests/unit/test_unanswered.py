"""One rule of what is unanswered: as examples, and as a property that Python and SQL agree."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import Kind, Message, MessageId
from core.unanswered import is_ours, unanswered
from memory.archive.messages import Messages
from memory.archive.rows import read_messages
from memory.archive.unanswered import answered_together, newest_unanswered
from memory.storage.port import Connection
from tests.unit.memory_cases import opened, people, said, talk

GROUP = talk("discord:team", people("sam", "ann"), Kind.GROUP)


def spoken(*authors: str) -> list[Message]:
    return [said(GROUP, number, "hm?", author, minutes=number) for number, author in enumerate(authors)]


def keys(messages: list[Message]) -> list[str]:
    return [one.id.rpartition("/")[2] for one in messages]


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ([], []),
        (["sam", "ann"], ["0", "1"]),
        (["sam", "twin", "ann", "sam"], ["2", "3"]),
        (["sam", "owner"], []),
    ],
)
def test_all_that_others_said_since_our_last_word(authors: list[str], expected: list[str]) -> None:
    assert keys(unanswered(spoken(*authors))) == expected


def test_a_word_that_was_taken_back_neither_asks_nor_answers() -> None:
    asked, answer, more, gone = spoken("sam", "owner", "ann", "sam")
    taken_back = [asked, replace(answer, deleted=True), more, replace(gone, deleted=True)]
    assert keys(unanswered(taken_back)) == ["0", "2"]


@pytest.mark.parametrize(
    ("dropped", "expected"), [("0", ["1", "2"]), ("1", ["2"]), ("2", ["2"]), ("9", ["0", "1", "2"])]
)
def test_what_is_to_get_no_answer_is_left_out_with_all_before(dropped: str, expected: list[str]) -> None:
    messages = spoken("sam", "ann", "sam")
    assert keys(unanswered(messages, {MessageId(f"{GROUP.id}/{dropped}")})) == expected


SPOKEN = st.lists(
    st.tuples(
        st.sampled_from(["owner", "twin", "sam", "ann", "sam"]),
        st.integers(0, 4),
        st.booleans(),
        st.sampled_from([False, False, True]),
        st.none() | st.integers(0, 9),
    ),
    max_size=9,
)


@settings(max_examples=60, deadline=None)
@given(lines=SPOKEN)
def test_sql_says_the_same(lines: list[tuple[str, int, bool, bool, int | None]]) -> None:
    heard = [
        replace(
            said(GROUP, number, "hm?", author, minute, None if answered is None else str(answered)),
            addressed=addressed,
        )
        for number, (author, minute, addressed, _, answered) in enumerate(lines)
    ]
    deleted = {message.id for message, line in zip(heard, lines, strict=True) if line[3]}
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(agree(heard, deleted, Path(folder)))


async def agree(heard: list[Message], deleted: set[MessageId], folder: Path) -> None:
    async with opened(folder / "twin.db") as db:
        messages = Messages(db)
        for message in heard:
            await messages.hear(GROUP, message)
        for gone in deleted:
            await messages.delete(gone)
        recent = await messages.recent(GROUP.id, len(heard) + 1)

        def check(connection: Connection) -> None:
            order = "SELECT * FROM messages ORDER BY position, number"
            in_order = read_messages(connection.execute(order))
            assert unanswered(recent) == unanswered(in_order)
            for condition, asks in (("TRUE", True), ("addressed", False)):
                counted = [one for one in in_order if asks or one.addressed or is_ours(one)]
                query = f"SELECT m.* FROM conversations c {newest_unanswered(condition)}"
                assert read_messages(connection.execute(query)) == unanswered(counted)[-1:]
            for end, answers in enumerate(in_order):
                together = unanswered(in_order[: end + 1])
                for one in in_order:
                    if answers.deleted or is_ours(answers) or one.deleted or is_ours(one):
                        continue
                    assert answered_together(connection, one.id, answers.id) == (one in together)

        await db.read(check)
