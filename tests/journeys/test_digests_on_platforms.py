"""Digests in the owner's DM on Telegram, Slack and Discord: real client libraries, real sockets."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, closing
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from bots import control
from bots.api.twin import Twin
from bots.runtime.digest.picture import HEIGHT, SHARP, WIDTH
from bots.settings import (
    ApprovalSettings,
    ConsoleSettings,
    DigestSettings,
    EmbeddingSettings,
    ModelSettings,
    OwnerSettings,
)
from bots.system_clock import SystemClock
from bots.twin_toml import annotated, load
from memory.storage.sqlite.connection import connect
from memory.storage.timestamps import to_text
from tests.journeys.conftest import World, waiting
from tests.journeys.processes import process
from tests.journeys.test_digest import EIGHT
from tests.journeys.three_platforms import connected, paired
from tests.waiting import PATIENCE_S
from tests.wire import discord_world, telegram_server
from tests.wire.fronts import Front, Fronts, three_fronts
from tests.wire.ollama_server import OllamaServer

PLATFORMS = ("telegram", "slack", "discord")
QUESTIONS = {"telegram": "dinner on friday?", "slack": "are you in today?", "discord": "climbing later?"}
MORNING = DigestSettings(name="morning", cron="0 8 * * *")
TICK = DigestSettings(name="tick", cron="* * * * *", to="console")
BEGUN, ENDED, RETURNED = "Thu 12 Mar 13:00", "Fri 13 Mar 08:00", "Tue 17 Mar 09:30"
SECOND = timedelta(seconds=1)


def declared(world: World, fronts: Fronts, *digests: DigestSettings, order: Sequence[str] = ()) -> None:
    """Written to twin.toml and read back, as `understudy run` does."""
    given = fronts.settings(world.settings).model_copy(
        update={
            "owner": OwnerSettings(name="Alex", timezone="Europe/Vienna"),
            "approvals": ApprovalSettings.model_validate({"surfaces": order}),
            "digest": digests,
        }
    )
    world.home.twin_toml.write_text(annotated(given))
    world.settings = load(world.home.twin_toml, {})


def at_home(world: World, fronts: Fronts) -> AbstractAsyncContextManager[Twin]:
    return connected(world, fronts, world.settings, reply="half seven?", sleep=world.sleeper)


async def until(world: World, holds: Callable[[], object]) -> None:
    """Time is looked at again and again, until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await world.sleeper.wake()
            await asyncio.to_thread(int)  # a turn for the loop, and for the database's threads


async def looked_at(world: World, moment: datetime) -> None:
    """It is that time, and every digest was looked at since: `TICK`, told each minute, comes last."""
    world.clock.time = moment
    minute = to_text(moment.replace(second=0))
    with closing(connect(world.home.path / "twin.db")) as connection:
        asked = "SELECT 1 FROM digest_runs WHERE name = 'tick' AND due = ? AND state = 'told'"
        await until(world, lambda: connection.execute(asked, (minute,)).fetchone())


def here(front: Front, ended: str) -> bool:
    """Whether a digest up to then is in the DM, with a picture of its own."""
    return len(front.pictures()) >= 1 and f"to {ended}" in front.read()


def is_one_digest(front: Front, begun: str, ended: str) -> None:
    assert front.read().count(f"{begun} to {ended}") == 1
    (picture,) = front.pictures()
    image = Image.open(BytesIO(picture))
    assert (image.format, image.size) == ("PNG", (WIDTH * SHARP, HEIGHT * SHARP))


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_digest_arrives_at_its_minute_with_its_picture_once_and_a_missed_one_on_return(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    others = [one for one in fronts.all if one is not front]
    declared(world, fronts, MORNING, TICK, order=(name,))
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        changes = twin.changes()
        for one in fronts.all:
            await one.ask(QUESTIONS[one.name])
        await waiting(twin, changes, len(PLATFORMS))
        await looked_at(world, EIGHT - SECOND)
        assert front.pictures() == []
        assert "to Fri" not in front.read()
        await looked_at(world, EIGHT)
        await until(world, lambda: here(front, ENDED))
        await looked_at(world, EIGHT + timedelta(minutes=1))
        is_one_digest(front, BEGUN, ENDED)
        told = front.read()[front.read().index(ENDED) :]
        assert "3 messages in, 3 drafted" in told
        assert QUESTIONS[name] in told
        assert not any(QUESTIONS[one.name] in told for one in others)
    world.clock.time = EIGHT + timedelta(days=4, hours=1, minutes=30)
    async with at_home(world, fronts):
        await until(world, lambda: here(front, RETURNED))
        await looked_at(world, world.clock.time + timedelta(minutes=1))
        assert front.read().count(f"{ENDED} to {RETURNED}") == 1
        assert len(front.pictures()) == 2
    assert [one.pictures() for one in others] == [[], []]
    assert not any("to Fri" in one.read() or "to Tue" in one.read() for one in others)


async def said_natively(fronts: Fronts, name: str, text: str) -> None:
    """As the owner types it there: words in the DM, or a slash command."""
    word, _, rest = text.partition(" ")
    telegram, slack, discord = fronts.telegram, fronts.slack, fronts.discord
    if name == "telegram":
        entities = [{"type": "bot_command", "offset": 0, "length": len(word) + 1}]
        typed = telegram.server.message(f"/{text}", sender=telegram_server.OWNER, entities=entities)
        typed["date"] = int(telegram.clock.now().timestamp())
        await telegram.server.push({"message": typed})
    elif name == "slack":
        await slack.server.acked(await slack.server.command(text))
    else:
        options = [{"name": "what", "type": 3, "value": rest}]
        data = {"id": "1", "name": word, "type": 1, "options": options}
        dm = discord.server.dms[discord_world.OWNER]
        await discord.server.act(discord_world.interaction(2, discord_world.OWNER, dm, data))


@pytest.mark.parametrize("name", PLATFORMS)
async def test_a_reminder_set_with_the_platforms_own_command_is_told_in_that_dm_once(
    world: World, fronts: Fronts, name: str
) -> None:
    front: Front = getattr(fronts, name)
    declared(world, fronts, TICK, order=(name,))
    reminded = "You wanted to be reminded: call Sam"
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await said_natively(fronts, name, "remind in 2h call Sam")
        async with asyncio.timeout(PATIENCE_S):
            while not await twin.reminders():
                await asyncio.sleep(0)
        (kept,) = await twin.reminders()
        assert (kept.text, f"{kept.at:%H:%M}") == ("call Sam", "15:00")
        await looked_at(world, kept.at - SECOND)
        assert reminded not in front.read()
        world.clock.time = kept.at
        await until(world, lambda: reminded in front.read())
        await looked_at(world, kept.at + timedelta(minutes=1))
        assert [one.read().count(reminded) for one in fronts.all if one is not front] == [0, 0]
        assert front.read().count(reminded) == 1
        assert await twin.reminders() == ()


def long_known(world: World, names: Sequence[str], since: datetime) -> None:
    """These were declared then: their last time has passed while the twin was off."""
    with closing(connect(world.home.path / "twin.db")) as connection, connection:
        for one in names:
            connection.execute("DELETE FROM digest_runs WHERE name = ?", (one,))
            connection.execute("INSERT INTO digest_runs VALUES (?, ?, 'begun')", (one, to_text(since)))


async def test_understudy_run_is_killed_before_the_time_and_tells_each_digest_once_when_it_returns(
    world: World,
) -> None:
    now = datetime.now(UTC)
    cron, since = f"0 {(now - timedelta(hours=12)).hour} * * *", now - timedelta(days=2)
    digests = {
        round_: [DigestSettings(name=f"{one} {round_}", cron=cron, to=one) for one in PLATFORMS]
        for round_ in ("first", "second")
    }
    async with (
        three_fronts(SystemClock()) as fronts,
        OllamaServer("gemma3:4b", "all-minilm").serving() as model,
    ):
        world.settings = world.settings.model_copy(
            update={
                "model": ModelSettings(provider="ollama", name="gemma3:4b", host=model.host),
                "embedding": EmbeddingSettings(provider="ollama", name="all-minilm"),
                "console": ConsoleSettings(port=0),
            }
        )
        declared(world, fronts, *digests["first"])
        async with process(world, fronts):
            for one in fronts.all:
                code = await asyncio.to_thread(control.call, world.home, "pair", {"platform": one.name})
                await one.pair(code["code"])
        # The second ones come last: when they are here, the first ones were looked at again.
        declared_so_far: list[DigestSettings] = []
        for round_, wanted in digests.items():
            declared_so_far += wanted
            declared(world, fronts, *declared_so_far)
            long_known(world, [one.name for one in wanted], since)
            async with process(world, fronts):
                for front in fronts.all:
                    await front.until(lambda front=front, round_=round_: told(front, round_))  # type: ignore[misc]
        for front in fronts.all:
            assert front.read().count(f"{front.name} first") == 1
            assert len(front.pictures()) == 2


def told(front: Front, round_: str) -> bool:
    """Whether that round's digest and its picture are there."""
    return f"{front.name} {round_}" in front.read() and len(front.pictures()) == 1 + (round_ == "second")
