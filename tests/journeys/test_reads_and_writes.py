"""What a message and a click cost: each thing is read once and passed on, so that the numbers stay few."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from bots.platforms.port import CardAction
from memory.profile.file import ProfileFile
from memory.storage.port import Work
from memory.storage.sqlite.database import SqliteDatabase
from personas.library import PersonaLibrary
from tests.journeys.conftest import World
from tests.journeys.test_platforms import QUESTION, at_home, paired
from tests.scripted_platform import ScriptedPlatform

MESSAGE = {"reads": 8, "writes": 3, "looks": 2}
"""From its being heard to the card that is shown."""
CLICK = {"reads": 7, "writes": 7, "looks": 2}
"""From the click to the word that the reply was sent, and its card closed."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the database was asked, but for the vectors, which are made in the background; and how often
    the owner's files were looked at."""
    counted: Counter[str] = Counter()
    read, write = SqliteDatabase.read, SqliteDatabase.write

    def count(kind: str) -> bool:
        try:
            task = asyncio.current_task()
        except RuntimeError:  # in a thread
            task = None
        if task is None or task.get_name() != "memory":
            counted[kind] += 1
        return False

    async def counting_read(self: SqliteDatabase, work: Work[Any]) -> Any:
        count("reads")
        return await read(self, work)

    async def counting_write(self: SqliteDatabase, name: str, work: Work[Any]) -> Any:
        count("writes")
        return await write(self, name, work)

    stamp, stamps = ProfileFile.stamp, PersonaLibrary._stamps
    monkeypatch.setattr(ProfileFile, "stamp", lambda self: count("looks") or stamp(self))
    monkeypatch.setattr(PersonaLibrary, "_stamps", lambda self: count("looks") or stamps(self))
    monkeypatch.setattr(SqliteDatabase, "read", counting_read)
    monkeypatch.setattr(SqliteDatabase, "write", counting_write)
    return counted


async def test_a_message_and_a_click_ask_the_database_seldom(world: World, asked: Counter[str]) -> None:
    telegram = ScriptedPlatform("telegram", world.clock)
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.until(lambda: telegram.listed > 0)  # what was missed is read back once
        await telegram.hear(QUESTION)
        first = await telegram.card()  # what is read once for all is read
        await telegram.act(first, CardAction.REJECT)
        await telegram.closing(first)

        asked.clear()
        await telegram.hear("or saturday?")
        shown = await telegram.card(2)
        assert asked <= Counter(MESSAGE)

        asked.clear()
        assert await telegram.act(shown, CardAction.APPROVE) == "Sent."
        assert await telegram.closing(shown) == "approved on Telegram"
        assert asked <= Counter(CLICK)
