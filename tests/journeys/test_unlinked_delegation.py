"""Where somebody is not linked a delegation sends nothing, and says so, before it is given and after."""

import asyncio

import pytest

from bots.api.twin import Twin
from core.types import SmallTalk
from tests.journeys.conftest import World
from tests.journeys.test_platforms import at_home, paired
from tests.scripted_platform import ScriptedPlatform

HEY = {SmallTalk.GREETING: ("hey hey",)}
NOT_LINKED = "discord:zoe (not linked) speaks there, so that everything asks you: say whose account it is"


@pytest.fixture
def discord(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("discord", world.clock)


async def rule(twin: Twin) -> str:
    """By which rule the newest draft waits."""
    for _ in range(200):
        if found := await twin.inbox():
            return found[0].rule
        await asyncio.sleep(0.02)
    raise AssertionError("nothing asks")


async def test_a_dm_of_somebody_who_is_not_linked(world: World, discord: ScriptedPlatform) -> None:
    async with at_home(world, discord) as twin:
        await paired(twin, discord)
        where = discord.chat("zoe")
        await discord.hear("hello", where, "zoe")
        await discord.hear("hi", where, "owner")
        preview = await twin.preview_delegation(where.id, replies=HEY)
        (told,) = preview.unlinked
        assert told.startswith(f"Zoe (Discord): nothing would go, for {NOT_LINKED}")
        assert "understudy people --link ACCOUNT PERSON" in told
        given = await twin.delegate(where.id, HEY, fingerprint=preview.fingerprint)
        assert NOT_LINKED in given.stopped
        world.clock.pass_by(hours=2)
        await discord.hear("good morning", where, "zoe")
        assert await rule(twin) == "unknown-person"
        await twin.link("discord:zoe", "zoe", "Zoe")
        (view,) = await twin.delegations()
        assert view.stopped == ""
        assert (await twin.preview_delegation(where.id, replies=HEY)).unlinked == ()
        await discord.hear("hi", where, "owner")
        world.clock.pass_by(hours=2)
        await discord.hear("hey", where, "zoe")
        await discord.until(lambda: bool(discord.sent))
        assert discord.sent[0].text.startswith("hey hey")


async def test_a_group_in_which_somebody_who_is_not_linked_speaks_later(
    world: World, discord: ScriptedPlatform
) -> None:
    async with at_home(world, discord) as twin:
        await paired(twin, discord)
        await twin.link("discord:sam", "sam")
        group = discord.group("sam", "zoe")
        await discord.hear("hello", group, "sam")
        await discord.hear("hi", group, "owner")
        preview = await twin.preview_delegation(group.id, replies=HEY)
        (told,) = preview.unlinked
        assert "discord:zoe (not linked) reads along; once they speak, it stops" in told
        given = await twin.delegate(group.id, HEY, fingerprint=preview.fingerprint)
        assert given.stopped == ""
        world.clock.pass_by(hours=2)
        await discord.hear("good morning", group, "sam", addressed=True)
        await discord.until(lambda: len(discord.sent) == 1)
        await discord.hear("hello all", group, "zoe")
        (view,) = await twin.delegations()
        assert NOT_LINKED in view.stopped
        assert (await twin.preview_delegation(group.id, replies=HEY)).fingerprint != preview.fingerprint
        world.clock.pass_by(hours=2)
        await discord.hear("good evening", group, "sam", addressed=True)
        assert await rule(twin) == "unknown-person"
