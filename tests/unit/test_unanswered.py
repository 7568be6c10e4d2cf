"""One rule of what is unanswered: as examples, and as a property that Python and SQL agree."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import Decision, Draft, Kind, Message, MessageId, PersonaName, Verdict
from core.unanswered import LONGEST_BURST, Burst, is_ours, unanswered
from memory.archive.audiences import Audiences
from memory.archive.bursts import burst
from memory.archive.messages import Messages
from memory.archive.rows import read_messages
from memory.archive.unanswered import answered_together, newest_unanswered
from memory.outbox.outbox import NewDraft, Outbox
from memory.storage.port import Connection, Database
from tests.desk import AS_FRIEND
from tests.fakes import NOON, FixedClock
from tests.unit.memory_cases import PlainDirectory, opened, people, said, talk

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


def test_what_wants_no_answer_by_itself_is_left_out_alone() -> None:
    messages = spoken("sam", "ann", "sam", "ann")
    passed = {MessageId(f"{GROUP.id}/{number}") for number in (1, 3)}
    assert keys(unanswered(messages, passed=passed)) == ["0", "2", "3"]
    assert keys(unanswered(messages, {MessageId(f"{GROUP.id}/0")}, passed)) == ["2", "3"]
    assert keys(unanswered(messages, {MessageId(f"{GROUP.id}/1")}, passed)) == ["2", "3"]


DIRECT = talk("console:sam", people("sam"))


class Desk:
    """Messages and drafts of one conversation, and what is unanswered there."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock = db, FixedClock(NOON + timedelta(hours=1))
        audiences = Audiences(PlainDirectory())
        self.outbox = Outbox(
            db, self.clock, sends_per_hour=9, audiences=audiences, speaking=lambda: lambda _: AS_FRIEND
        )
        self.heard = Messages(db)
        self.number = 0

    async def hear(self, text: str = "hm?", author: str = "sam") -> Message:
        self.number += 1
        message = said(DIRECT, self.number, text, author, minutes=self.number)
        await self.heard.hear(DIRECT, message)
        return message

    async def draft(self, answers: Message) -> Draft:
        new = NewDraft(
            conversation=DIRECT.id,
            answers=answers,
            text="yes",
            persona=PersonaName("friends"),
            records=(),
            decision=Decision(Verdict.ASK, "mode-draft"),
            model="m",
            model_digest="",
            expires_at=self.clock.now() + timedelta(hours=1),
        )
        made = await self.outbox.create(new)
        assert made is not None
        return made

    async def burst(self, until: Message) -> Burst:
        return await self.db.read(lambda connection: burst(connection, DIRECT, until.id))


@pytest.mark.parametrize("end", ["reject", "expire", "owner", "missed", "nothing-said"])
async def test_what_was_decided_upon_does_not_keep_what_comes_later(tmp_path: Path, end: str) -> None:
    async with opened(tmp_path / "twin.db") as db:
        desk = Desk(db)
        old = await desk.hear("can you lend me fifty?")
        if end in ("reject", "expire", "owner"):
            draft = await desk.draft(old)
            waits = await desk.hear("hello?")
            assert (await desk.burst(waits)).messages == (old, waits)  # a draft that waits still counts
            draft = await desk.draft(waits)
            assert (await desk.burst(waits)).messages == (old, waits)  # so does one for both
            if end == "reject":
                await desk.outbox.reject(draft.id, draft.revision, "", "console")
            elif end == "expire":
                desk.clock.pass_by(hours=2)
                await desk.outbox.expire(desk.clock.now())
            else:
                await desk.outbox.supersede(conversation=DIRECT.id, rule="owner-paired")
        else:
            rule = "missed-while-off" if end == "missed" else end
            await desk.outbox.skip_turn(DIRECT.id, old.id, rule)
        later = await desk.hear("good morning")
        assert (await desk.burst(later)).messages == (later,)


@pytest.mark.parametrize("rule", ["owner-present", "observing"])
async def test_what_nobody_decided_upon_still_counts(tmp_path: Path, rule: str) -> None:
    async with opened(tmp_path / "twin.db") as db:
        desk = Desk(db)
        old = await desk.hear("can you lend me fifty?")
        await desk.outbox.skip_turn(DIRECT.id, old.id, rule)
        later = await desk.hear("good morning")
        assert (await desk.burst(later)).messages == (old, later)


async def test_a_draft_that_was_asked_for_counts_though_a_newer_one_was_rejected(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        desk = Desk(db)
        old, newer = await desk.hear("lend me fifty?"), await desk.hear("hello?")
        rejected = await desk.draft(newer)
        await desk.outbox.reject(rejected.id, rejected.revision, "", "console")
        await desk.draft(old)
        later = await desk.hear("good morning")
        assert (await desk.burst(later)).messages == (old, newer, later)


async def test_a_burst_beyond_what_is_looked_at_is_not_whole(tmp_path: Path) -> None:
    async with opened(tmp_path / "twin.db") as db:
        desk = Desk(db)
        ours = await desk.hear("hi", "owner")
        lines = [await desk.hear(f"line {number}") for number in range(LONGEST_BURST)]
        for end, whole in ((LONGEST_BURST - 1, True), (LONGEST_BURST, False)):
            now = await desk.burst(lines[end - 1])
            assert (now.whole, len(now.messages)) == (whole, end)
            assert now.before == ours


SPOKEN = st.lists(
    st.tuples(
        st.sampled_from(["owner", "twin", "sam", "ann", "sam"]),
        st.integers(0, 4),
        st.booleans(),
        st.sampled_from([False, False, True]),
        st.none() | st.integers(0, 9),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=9,
)


@settings(max_examples=60, deadline=None)
@given(lines=SPOKEN)
def test_sql_says_the_same(lines: list[tuple[str, int, bool, bool, int | None, bool]]) -> None:
    heard = [
        replace(
            said(GROUP, number, "hm?", author, minute, None if answered is None else str(answered)),
            addressed=addressed,
        )
        for number, (author, minute, addressed, _, answered, _) in enumerate(lines)
    ]
    deleted = {message.id for message, line in zip(heard, lines, strict=True) if line[3]}
    apart = {message.id for message, line in zip(heard, lines, strict=True) if line[5]}
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(agree(heard, deleted, apart, Path(folder)))


async def agree(heard: list[Message], deleted: set[MessageId], apart: set[MessageId], folder: Path) -> None:
    async with opened(folder / "twin.db") as db:
        messages = Messages(db)
        for message in heard:
            await messages.hear(GROUP, message)
        for gone in deleted:
            await messages.delete(gone)
        for one in apart:
            await db.write("tamper", partial(_set_apart, message=one))
        recent = [one for one in await messages.recent(GROUP.id, len(heard) + 1) if one.id not in apart]

        def check(connection: Connection) -> None:
            order = "SELECT * FROM messages WHERE NOT apart ORDER BY position, number"
            in_order = read_messages(connection.execute(order))
            assert unanswered(recent) == unanswered(in_order)
            for condition, asks in (("TRUE", True), ("addressed", False)):
                counted = [one for one in in_order if asks or one.addressed or is_ours(one)]
                query = f"SELECT m.* FROM conversations c {newest_unanswered(condition)}"
                assert read_messages(connection.execute(query)) == unanswered(counted)[-1:]
            for end, answers in enumerate(in_order):
                if not answers.deleted and not is_ours(answers):
                    now = burst(connection, GROUP, answers.id)
                    assert list(now.messages) == unanswered(in_order[: end + 1])
                together = unanswered(in_order[: end + 1])
                for one in in_order:
                    if answers.deleted or is_ours(answers) or one.deleted or is_ours(one):
                        continue
                    assert answered_together(connection, one.id, answers.id) == (one in together)

        await db.read(check)


def _set_apart(connection: Connection, message: MessageId) -> None:
    connection.execute("UPDATE messages SET apart = TRUE WHERE id = ?", (message,))
