"""Who joined since a backup was made hears nothing, by restoring it, of what was said before they came."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from bots.api.twin import Twin
from bots.home import Home
from bots.settings import GatewaySettings
from bots.setup.backup import write_backup
from bots.setup.restore import restore
from core.models.scripted import ScriptedChat
from tests.journeys.conftest import World
from tests.journeys.three_platforms import connected, paired
from tests.waiting import until
from tests.wire import telegram_server
from tests.wire.fronts import Fronts

GROUP = {"id": -1001, "type": "supergroup", "title": "climbers"}
BOB = {"id": 8, "is_bot": False, "first_name": "Bob"}
EVE = {"id": 9, "is_bot": False, "first_name": "Eve"}
QUESTION = "@twin_bot what was the alarm code, zebra or what?"


def at_home(world: World, fronts: Fronts, model: ScriptedChat) -> AbstractAsyncContextManager[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    return connected(world, fronts, settings, reply="", model=model, sleep=asyncio.sleep)


async def happens(
    world: World, fronts: Fronts, text: str | None, sender: dict[str, Any], **more: object
) -> None:
    world.clock.pass_by(seconds=5)
    told = fronts.telegram.server.message(text, sender=sender, chat=GROUP, **more)
    await fronts.telegram.server.push({"message": {**told, "date": int(world.clock.now().timestamp())}})


async def prompts_for_eve(world: World, fronts: Fronts, model: ScriptedChat) -> str:
    """All that the model is shown when she asks."""
    mention = [{"type": "mention", "offset": 0, "length": len("@twin_bot")}]
    model.prompts.clear()
    await happens(world, fronts, QUESTION, EVE, entities=mention)
    async with asyncio.timeout(20):
        while "what was the alarm code" not in (shown := str(model.prompts)):
            await asyncio.sleep(0.02)
    return shown


async def is_heard(twin: Twin) -> bool:
    return any(one.id == "telegram:-1001" for one in await twin.conversations())


@pytest.mark.parametrize("since", ["nobody", "one more", "as many as before", "no home"])
async def test_who_came_since_the_backup_hears_nothing_of_before(
    world: World, fronts: Fronts, tmp_path: Path, since: str
) -> None:
    world.home.twin_toml.write_text('[owner]\nname = "Alex"\n')
    model, counts = ScriptedChat("never mind"), fronts.telegram.server.counts
    async with at_home(world, fronts, model) as twin:
        await paired(twin, fronts)
        await twin.link("telegram:9", "eve", "Eve")
        await happens(world, fronts, "the alarm code is zebra-4711", telegram_server.SAM)
        await until(twin.changes(), lambda: is_heard(twin))
    world.clock.pass_by(hours=3)
    write_backup(world.home, tmp_path / "backup.tar")
    if since in ("one more", "as many as before"):
        async with at_home(world, fronts, model) as twin:
            if since == "as many as before":
                counts[-1001] -= 1
                await happens(world, fronts, None, BOB, left_chat_member=BOB)
            counts[-1001] += 1
            await happens(world, fronts, None, EVE, new_chat_members=[EVE])
            assert "zebra-4711" not in await prompts_for_eve(world, fronts, model)
    world.clock.pass_by(hours=3)
    if since == "no home":
        world.home = Home(tmp_path / "new")
        world.home.create()
    await restore(world.home, tmp_path / "backup.tar", world.clock.now())
    async with at_home(world, fronts, model) as twin:
        await paired(twin, fronts)
        shown = await prompts_for_eve(world, fronts, model)
    assert ("zebra-4711" in shown) is (since == "nobody")
