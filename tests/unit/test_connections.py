"""Connections over scripted platforms: tried again, given up, and what was missed read back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bots.platforms.errors import TokenRefused
from bots.platforms.port import Health
from bots.runtime.base.timing import cancel_and_wait
from bots.runtime.process.connections import LONGEST_ABSENCE, Connections, problem_of
from core.errors import OwnerMustFix, TryAgain
from core.types import ConversationId
from tests.desk import open_desk
from tests.parts import Parts
from tests.scripted_platform import ScriptedPlatform
from tests.waiting import PATIENCE_S
from tests.wire.fake_inbound import FakeInbound


class Line:
    """One platform, what keeps it connected, and what it hands over to."""

    def __init__(self, parts: Parts) -> None:
        desk = parts.desk
        self.parts = parts
        self.telegram = ScriptedPlatform("telegram", desk.clock)
        self.inbound = FakeInbound("telegram:1")
        self.connections = Connections(
            [self.telegram],
            self.inbound,
            desk.database,
            desk.messages,
            parts.accounts,
            parts.card_sync,
            parts.services,
        )

    def problem(self) -> str | None:
        return self.parts.services.problems.of(problem_of("telegram"))


@asynccontextmanager
async def line(folder: Path) -> AsyncIterator[Line]:
    async with open_desk(folder) as desk:
        yield Line(Parts(desk, folder))


@asynccontextmanager
async def at_work(here: Line) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop()) for loop in here.connections.loops().values()]
    try:
        yield
    finally:
        await cancel_and_wait(*tasks)


async def test_without_platforms_nothing_runs(tmp_path: Path) -> None:
    async with line(tmp_path) as here:
        nowhere = Connections(
            [],
            here.inbound,
            here.parts.desk.database,
            here.parts.desk.messages,
            here.parts.accounts,
            here.parts.card_sync,
            here.parts.services,
        )
        assert nowhere.loops() == {}
        assert list(here.connections.loops()) == ["telegram", "health"]


async def test_a_connection_is_tried_again_and_only_its_owner_ends_that(tmp_path: Path) -> None:
    async with line(tmp_path) as here:
        webhook, refused = OwnerMustFix("it has a webhook"), TokenRefused("Telegram refuses TELEGRAM_TOKEN")
        here.telegram.fails = [TryAgain("no network"), webhook, refused]
        keeping = asyncio.create_task(here.connections.keep(here.telegram))
        await here.parts.sleeper.asleep()
        assert here.problem() == "Telegram: no network; it is tried again"
        await here.parts.sleeper.wake()
        await here.parts.sleeper.asleep(times=2)
        assert here.problem() == "it has a webhook"
        await here.parts.sleeper.wake()
        async with asyncio.timeout(PATIENCE_S):
            await keeping
        assert here.problem() == "Telegram refuses TELEGRAM_TOKEN, then start the twin again"
        assert here.telegram.runs == 3


async def test_what_was_missed_is_read_back_once_it_is_connected(tmp_path: Path) -> None:
    async with line(tmp_path) as here:
        desk, telegram = here.parts.desk, here.telegram
        where = telegram.chat()
        spoken = await desk.hear(where=where, author=next(iter(where.members or ())))
        desk.clock.pass_by(days=LONGEST_ABSENCE.days, hours=1)
        async with at_work(here):
            await telegram.connected()
            for _ in range(2):  # the health as it was, and as it is
                await here.parts.sleeper.wake()
            await telegram.until(lambda: bool(telegram.asked))
            assert here.problem() is None
        ((missed, since),) = telegram.asked
        assert missed == (where.id,)
        assert since == desk.clock.now() - LONGEST_ABSENCE > spoken.sent_at
        assert telegram.health[0] is Health.STARTING


async def test_a_first_word_where_nothing_was_ever_said_is_read_back_too(tmp_path: Path) -> None:
    async with line(tmp_path) as here:
        desk, telegram = here.parts.desk, here.telegram
        where, new = telegram.chat(), ConversationId("telegram:new")
        telegram.places = [where.id, new]
        spoken = await desk.hear(where=where, author=next(iter(where.members or ())))
        desk.clock.pass_by(hours=3)
        async with at_work(here):
            await telegram.connected()
            for _ in range(2):
                await here.parts.sleeper.wake()
            await telegram.until(lambda: len(telegram.asked) == 2)
        assert telegram.asked == [((where.id,), spoken.sent_at), ((new,), spoken.sent_at)]


async def test_what_the_owner_wrote_meanwhile_is_read_first(tmp_path: Path) -> None:
    async with line(tmp_path) as here:
        code, _ = await here.parts.accounts.new_code()
        assert await here.parts.accounts.pair(here.telegram.owner, code)
        here.parts.desk.clock.pass_by(hours=1)
        _, pause = here.telegram.message("pause", friend="owner")
        here.telegram.written.append(pause)
        async with at_work(here):
            await here.telegram.connected()
            await here.parts.sleeper.wake()
            await here.telegram.until(lambda: bool(here.telegram.answers))
        assert [one.text for one in here.inbound.said] == ["pause"]
        assert here.inbound.sent_at == [pause.sent_at]
        assert here.parts.desk.clock.now() - pause.sent_at < timedelta(seconds=1)
