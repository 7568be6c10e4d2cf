"""Who joined while the twin was off, or without a word of it, reads nothing that was approved for fewer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bots.api.twin import Twin
from bots.settings import GatewaySettings
from core.models.scripted import ScriptedChat
from core.prompt.chat import Prompt
from tests.journeys.asking import PLATFORMS, QUESTION, REPLY
from tests.journeys.conftest import World, becomes, waiting
from tests.journeys.three_platforms import connected, paired
from tests.waiting import until
from tests.wire import discord_world, slack_server
from tests.wire.fronts import Front, Fronts, three_fronts

TEAM_ROLE = 777


@pytest.fixture
async def fronts(world: World) -> AsyncIterator[Fronts]:
    async with three_fronts(world.clock) as running_fronts:
        few_read_along(running_fronts)
        yield running_fronts


def few_read_along(fronts: Fronts) -> None:
    """A private channel on Slack, a channel for one role on Discord; on Telegram no group has a list."""
    fronts.slack.server.private.add(slack_server.GENERAL)
    fronts.slack.server.members[slack_server.GENERAL].discard(slack_server.KIM)
    guild = fronts.discord.server.guild
    view, everyone = str(discord_world.VIEW), str(discord_world.EVERYONE)
    rules = [{"id": everyone, "type": 0, "allow": "0", "deny": view}]
    rules.append({"id": str(TEAM_ROLE), "type": 0, "allow": view, "deny": "0"})
    rules.append({"id": str(discord_world.TWIN), "type": 1, "allow": view, "deny": "0"})
    guild["channels"][0]["permission_overwrites"] = rules
    guild["roles"].append(discord_world.role(TEAM_ROLE, "team", 0))
    for who in (discord_world.OWNER, discord_world.SAM):
        member(fronts, who)["roles"] = [str(TEAM_ROLE)]


def member(fronts: Fronts, who: int) -> dict[str, Any]:
    listed: list[dict[str, Any]] = fronts.discord.server.guild["members"]
    return next(one for one in listed if one["user"]["id"] == str(who))


async def ask(fronts: Fronts, name: str) -> None:
    """In a thread or a topic."""
    if name == "telegram":
        await fronts.telegram.ask(QUESTION)
    elif name == "slack":
        thread = {"thread_ts": "1773316700.000001", "parent_user_id": slack_server.SAM}
        await fronts.slack.server.say(f"<@{slack_server.BOT}> {QUESTION}", **thread)
    else:
        front, sam = fronts.discord, discord_world.SAM
        twin = {"mentions": [discord_world.user(discord_world.TWIN)]}
        said = discord_world.said(discord_world.THREAD, sam, f"<@101> {QUESTION}", id=front.key(), **twin)
        roles = {"roles": [str(TEAM_ROLE)]}  # discord.py believes what comes with a message
        await front.server.say({**said, "member": {**said["member"], **roles}})


def join(fronts: Fronts, name: str) -> None:
    """Somebody comes, and nobody tells of it: on Discord an old member of the server gets the role."""
    match name:
        case "telegram":
            fronts.telegram.server.counts[-1001] += 1
        case "slack":
            fronts.slack.server.members[slack_server.GENERAL].add(slack_server.KIM)
        case _:
            member(fronts, discord_world.EVE)["roles"] = [str(TEAM_ROLE)]


def at_home(world: World, fronts: Fronts) -> AbstractAsyncContextManager[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    return connected(world, fronts, settings, reply=REPLY, sleep=asyncio.sleep)


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("name", PLATFORMS)
async def test_what_was_approved_for_fewer_is_the_owners_again(
    world: World, fronts: Fronts, name: str, typed: bool
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await ask(fronts, name)
        (draft,) = await waiting(twin, twin.changes())
        await twin.pause()
        await twin.approve(draft.id, draft.revision, text="my own words" if typed else None)
    join(fronts, name)
    async with at_home(world, fronts) as twin:
        await twin.resume()
        await becomes(twin, draft.id, "waiting" if typed else "superseded")
        (again,) = await waiting(twin, twin.changes())
    assert front.replies() == []
    assert again.text == ("my own words" if typed else REPLY)


@pytest.mark.parametrize("name", PLATFORMS)
async def test_what_waits_is_drafted_anew_for_who_came_meanwhile(
    world: World, fronts: Fronts, name: str
) -> None:
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await ask(fronts, name)
        (draft,) = await waiting(twin, twin.changes())
    join(fronts, name)
    async with at_home(world, fronts) as twin:
        assert (await becomes(twin, draft.id, "superseded")).why == "superseded: somebody-joined"
        (again,) = await waiting(twin, twin.changes())
        assert again.id != draft.id


@pytest.mark.parametrize("name", PLATFORMS)
async def test_where_nobody_came_it_goes_after_the_restart(world: World, fronts: Fronts, name: str) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await ask(fronts, name)
        (draft,) = await waiting(twin, twin.changes())
        await twin.pause()
        await twin.approve(draft.id, draft.revision)
    async with at_home(world, fronts) as twin:
        await twin.resume()
        await becomes(twin, draft.id, "sent")
    assert [reply.text for reply in front.replies()] == [REPLY]


async def test_a_role_given_while_it_is_on_is_a_join_of_that_moment(world: World, fronts: Fronts) -> None:
    front = fronts.discord
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await ask(fronts, "discord")
        (draft,) = await waiting(twin, twin.changes())
        join(fronts, "discord")
        changed = {**member(fronts, discord_world.EVE), "guild_id": str(discord_world.GUILD)}
        await front.server.dispatch("GUILD_MEMBER_UPDATE", changed)
        await becomes(twin, draft.id, "superseded")
        (conversation,) = [one for one in await twin.conversations() if one.id == draft.conversation]
        assert f"discord:{discord_world.EVE}" in (conversation.members or ())


def many_join(fronts: Fronts, count: int) -> None:
    """More than are listed, or a few more of them, get the role of a channel on Discord."""
    listed: list[dict[str, Any]] = fronts.discord.server.guild["members"]
    eve = member(fronts, discord_world.EVE)
    for number in range(len(listed), len(listed) + count):
        user = {**eve["user"], "id": str(900_000 + number), "username": f"u{number}"}
        listed.append({**eve, "user": user, "roles": [str(TEAM_ROLE)]})
    fronts.discord.server.guild["member_count"] = len(listed)


async def say_there(fronts: Fronts, text: str, *, to_twin: bool = False) -> None:
    """In a channel on Discord, by somebody who has its role."""
    said = discord_world.said(
        int(fronts.discord.server.guild["channels"][0]["id"]),
        discord_world.SAM,
        text,
        id=fronts.discord.key(),
        **({"mentions": [discord_world.user(discord_world.TWIN)]} if to_twin else {}),
    )
    roles = {"roles": [str(TEAM_ROLE)]}
    await fronts.discord.server.say({**said, "member": {**said["member"], **roles}})


@pytest.mark.parametrize(
    ("there", "came", "is_told"),
    [(0, 0, True), (0, 1, False), (0, 120, False), (120, 0, True), (120, 1, False)],
)
async def test_what_who_came_cannot_read_back_is_in_no_prompt_however_many_they_are(
    world: World, fronts: Fronts, there: int, came: int, is_told: bool
) -> None:
    rules = fronts.discord.server.guild["channels"][0]["permission_overwrites"]
    rules[0]["deny"] = str(discord_world.VIEW | discord_world.HISTORY)
    prompts: list[str] = []

    def note(prompt: Prompt) -> str:
        prompts.append(prompt.text + "".join(one.content for one in prompt.turns))
        return REPLY

    many_join(fronts, there)
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    for question in (False, True):
        async with connected(
            world, fronts, settings, reply="", model=ScriptedChat(note), sleep=asyncio.sleep
        ) as twin:
            if question:
                await say_there(fronts, f"<@{discord_world.TWIN}> {QUESTION}", to_twin=True)
                await waiting(twin, twin.changes())
            else:
                await paired(twin, fronts)
                await say_there(fronts, "the layoffs are in march")
                await until(twin.changes(), lambda twin=twin: heard_there(twin))  # type: ignore[misc]
        world.clock.pass_by(hours=1)
        many_join(fronts, came)
        came = 0
    assert ("the layoffs" in prompts[-1]) is is_told


async def heard_there(twin: Twin) -> bool:
    return any(one.id.startswith("discord:4") for one in await twin.conversations())
