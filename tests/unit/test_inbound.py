"""What platforms hand over: who is the owner, what is meant for them, and that nothing breaks it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.assistant.pairing import WRONG, Pairing
from bots.runtime.base.schedule import schedule, span
from bots.runtime.process.incoming import Incoming
from bots.runtime.process.listen_rule import ListenRule
from bots.runtime.process.strangers import PAIRED, Strangers
from core.ids import message_record
from core.types import OWNER, Conversation, ConversationId, Kind, Message, MessageId, PersonId
from memory.archive.archive import Archive
from memory.archive.records import Records
from tests.desk import SAM, open_desk
from tests.fakes import NOON
from tests.parts import Parts
from tests.waiting import PATIENCE_S

VIENNA = ZoneInfo("Europe/Vienna")
THREAD = Conversation(ConversationId("slack:T/C/17.1"), "slack", "general", Kind.GROUP, parent="slack:T/C")


def test_keywords_are_whole_words_in_any_case_and_place() -> None:
    wants = ListenRule(keywords=("Alex", "c++")).wants
    assert wants(THREAD, "is alex there?")
    assert wants(THREAD, "(Alex)")
    assert wants(THREAD, "who knows C++?")
    assert not wants(THREAD, "Alexandra is there")
    assert not wants(THREAD, "")


def test_a_channel_is_listened_to_with_its_threads_and_no_other() -> None:
    assert ListenRule("slack:T/C", everything=True).wants(THREAD, "anything")
    assert not ListenRule("slack:T/D", everything=True).wants(THREAD, "anything")
    assert not ListenRule("slack:T", everything=True).wants(THREAD, "anything")
    assert not ListenRule(everything=True).wants(THREAD, "anything")
    assert not ListenRule("slack:T/D", keywords=("anything",)).wants(THREAD, "anything")


@pytest.mark.parametrize(
    ("written", "at", "holds"),
    [
        ("22:00-07:00", "2026-03-12T23:30", True),
        ("22:00-07:00", "2026-03-12T06:59", True),
        ("22:00-07:00", "2026-03-12T07:00", False),
        ("Sat-Sun", "2026-03-14T00:00", True),
        ("Sat-Sun", "2026-03-15T23:59", True),
        ("Sat-Sun", "2026-03-16T00:00", False),
        ("Fri-Mon 09:00-17:00", "2026-03-16T12:00", True),
        ("Fri-Mon 09:00-17:00", "2026-03-17T12:00", False),
        ("fri 22:00-02:00", "2026-03-14T01:00", True),
        ("fri 22:00-02:00", "2026-03-13T01:00", False),
    ],
)
def test_a_schedule_holds_in_the_owners_own_time(written: str, at: str, holds: bool) -> None:
    when = datetime.fromisoformat(at).replace(tzinfo=VIENNA)
    assert schedule([written], VIENNA).covers(when.astimezone(UTC)) is holds


@given(st.text(max_size=30))
def test_what_is_no_time_of_the_week_is_said_to_be_none(text: str) -> None:
    try:
        span(text)
    except ValueError as error:
        assert "22:00-07:00" in str(error) or "23:59" in str(error)  # noqa: PT017 - either way is right


ME = PersonId("telegram:1")
MINE = ConversationId("telegram:owner/1")
STRANGER = PersonId("telegram:9")
GROUP = Conversation(
    ConversationId("telegram:group"), "telegram", "climbers", Kind.GROUP, frozenset({SAM, ME})
)


class Entrance:
    """What a platform hands over to, over a desk; the owner's account is paired already."""

    def __init__(self, parts: Parts, *rules: ListenRule) -> None:
        self.parts = parts
        desk, accounts = parts.desk, parts.accounts
        self.incoming = Incoming(
            parts.gateway, desk.messages, accounts, parts.facts, parts.dialogue, desk.clock, rules
        )
        pairing = Pairing(accounts, desk.clock)
        self.strangers = Strangers(pairing, self.incoming, parts.card_sync, parts.services.changes)

    async def hear(self, text: str, author: PersonId = SAM, where: Conversation = GROUP) -> Message:
        self.parts.desk.heard += 1
        self.parts.desk.clock.pass_by(seconds=1)
        message = Message(
            MessageId(f"{where.id}/{self.parts.desk.heard}"),
            where.id,
            author,
            text,
            self.parts.desk.clock.now(),
            addressed=False,
        )
        await self.incoming.heard(where, message)
        kept = await self.parts.desk.messages.get(message.id)
        return kept or message

    async def drafts(self) -> list[str]:
        async with asyncio.timeout(PATIENCE_S):
            await self.parts.gateway.rest()
        return [draft.answers for draft in await self.parts.desk.outbox.open()]


@asynccontextmanager
async def entrance(folder: Path, *rules: ListenRule) -> AsyncIterator[Entrance]:
    async with open_desk(folder) as desk:
        parts = Parts(desk, folder)
        code, _ = await parts.accounts.new_code()
        assert await parts.accounts.pair(ME, code)
        try:
            yield Entrance(parts, *rules)
        finally:
            await parts.gateway.close()


async def test_an_account_of_the_owners_is_the_owner_and_no_listener(tmp_path: Path) -> None:
    async with entrance(tmp_path) as here:
        assert (await here.hear("hi all", ME)).author == OWNER
        known = await here.parts.desk.messages.conversation(GROUP.id)
        assert known is not None
        assert known.members == frozenset({SAM})
        assert await here.drafts() == []


async def test_in_a_group_only_what_is_meant_for_the_owner_is_answered(tmp_path: Path) -> None:
    async with entrance(tmp_path, ListenRule(keywords=("rope",))) as here:
        await here.hear("nice weather")
        assert await here.drafts() == []
        asked = await here.hear("who brings the rope?")
        assert asked.addressed
        assert await here.drafts() == [asked.id]


async def test_what_cannot_be_kept_of_a_title_or_a_text_loses_no_message(tmp_path: Path) -> None:
    """JSON holds halves of surrogate pairs, a database does not."""
    async with entrance(tmp_path) as here:
        where = replace(GROUP, title="climbers \ud83d\x00")
        heard = await here.hear("who climbs? \ud83d", where=where)
        assert heard.text == "who climbs? \ufffd"
        kept = await here.parts.desk.messages.conversation(where.id)
        assert kept is not None
        assert kept.title == "climbers \ufffd"


async def test_a_change_that_comes_before_its_message_is_made_once_it_came(tmp_path: Path) -> None:
    async with entrance(tmp_path) as here:
        first, second = (MessageId(f"{GROUP.id}/{number}") for number in (1, 2))
        later = here.parts.desk.clock.now() + timedelta(seconds=5)
        await here.incoming.edited(first, "at eight?", later)
        await here.incoming.deleted(second)
        await here.hear("at seven?")
        await here.hear("never mind")
        assert [one.text for one in await here.parts.desk.messages.recent(GROUP.id, 9)] == ["at eight?"]


@pytest.mark.parametrize("early", [False, True])
async def test_a_change_that_names_the_channel_alone_finds_its_message_in_a_thread(
    tmp_path: Path, early: bool
) -> None:
    thread = replace(GROUP, id=ConversationId(f"{GROUP.id}/77"), parent=GROUP.id)
    async with entrance(tmp_path) as here:
        later = here.parts.desk.clock.now() + timedelta(minutes=1)

        async def change() -> None:
            await here.incoming.edited(MessageId(f"{GROUP.id}/1"), "at eight?", later)
            await here.incoming.deleted(MessageId(f"{GROUP.id}/2"))

        if early:
            await change()
        await here.hear("at seven?", where=thread)
        await here.hear("never mind", where=thread)
        if not early:
            await change()
        assert [one.text for one in await here.parts.desk.messages.recent(thread.id, 9)] == ["at eight?"]


async def test_history_in_a_thread_is_forgotten_where_its_channel_alone_is_named(tmp_path: Path) -> None:
    thread = replace(GROUP, id=ConversationId(f"{GROUP.id}/77"), parent=GROUP.id)
    said = Message(MessageId(f"{thread.id}/old"), thread.id, SAM, "my pin is 1234", NOON)
    async with entrance(tmp_path) as here:
        database = here.parts.desk.database
        await Archive(database).archive(thread, [said])
        await here.incoming.deleted(MessageId(f"{GROUP.id}/old"))
        assert await Records(database).get(message_record(said.id)) is None


async def test_history_that_its_author_takes_back_is_forgotten(tmp_path: Path) -> None:
    said = Message(MessageId(f"{GROUP.id}/old"), GROUP.id, SAM, "my pin is 1234", NOON)
    async with entrance(tmp_path) as here:
        database = here.parts.desk.database
        await Archive(database).archive(GROUP, [said])
        await here.incoming.deleted(said.id)
        assert await Records(database).get(message_record(said.id)) is None


async def test_what_the_owner_hands_their_twin_as_any_message_stays_in_their_dm(tmp_path: Path) -> None:
    dm = Conversation(ConversationId("telegram:1"), "telegram", "Alex", members=frozenset({ME}))
    async with entrance(tmp_path) as here:
        await here.hear("[voice message, 12 s] secret plan", ME, dm)
        messages = here.parts.desk.messages
        assert [one.text for one in await messages.recent(MINE, 9)] == ["[voice message, 12 s] secret plan"]
        assert await messages.conversation(dm.id) is None


async def test_a_stranger_is_heard_as_anyone_until_they_prove_to_be_the_owner(tmp_path: Path) -> None:
    async with entrance(tmp_path) as here:

        async def say(number: int, text: str) -> str:
            return await here.strangers.said(
                STRANGER, MessageId(f"{STRANGER}/{number}"), text, None, live=True
            )

        assert await say(1, "are you there?") == ""
        assert await here.drafts() == [f"{STRANGER}/1"]
        code, _ = await here.parts.accounts.new_code()
        assert await say(2, "AAAA-AAAA") == WRONG
        changes = here.parts.services.changes.subscribe()
        assert await say(3, code) == PAIRED
        assert here.parts.accounts.is_owner(STRANGER)
        assert await here.drafts() == []
        async with asyncio.timeout(PATIENCE_S):
            while (await anext(changes)).kind != "settings":
                pass
