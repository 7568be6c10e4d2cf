"""What is answered and was edited or taken back while the twin was off: the reply to it does not go."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bots.api.twin import Twin
from bots.settings import GatewaySettings
from tests.journeys.asking import QUESTION, REPLY
from tests.journeys.conftest import World, becomes, waiting
from tests.journeys.three_platforms import connected, paired
from tests.wire import discord_world, slack_server
from tests.wire.fronts import Front, Fronts

NOW_SAYS = "will you pay my rent on friday?"


def at_home(world: World, fronts: Fronts) -> AbstractAsyncContextManager[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    return connected(world, fronts, settings, reply=REPLY, sleep=asyncio.sleep)


async def ask(fronts: Fronts, name: str, where: str) -> None:
    if name == "slack":
        channel = slack_server.DMS[slack_server.SAM] if where == "direct" else slack_server.GENERAL
        thread = {"thread_ts": "1773316700.000001"} if where == "thread" else {}
        await fronts.slack.server.say(f"<@{slack_server.BOT}> {QUESTION}", channel=channel, **thread)
        return
    front, sam = fronts.discord, discord_world.SAM
    channels = {
        "direct": front.server.dms[sam],
        "thread": discord_world.THREAD,
        "channel": int(front.server.guild["channels"][0]["id"]),
    }
    mentions = {"mentions": [discord_world.user(discord_world.TWIN)]}
    text = f"<@{discord_world.TWIN}> {QUESTION}"
    said = discord_world.said(channels[where], sam, text, id=front.key(), **mentions)
    if where == "direct":
        said = {key: said[key] for key in said if key not in ("guild_id", "member")}
    await front.server.say(said)


def change(fronts: Fronts, name: str, how: str, world: World) -> None:
    """On the platform, while nobody listens."""
    server: Any = fronts.slack.server if name == "slack" else fronts.discord.server
    kept = server.history if name == "slack" else server.messages
    text = "text" if name == "slack" else "content"
    for messages in kept.values():
        for number, one in enumerate(messages):
            sam = one.get("user") or one["author"]["id"]
            if QUESTION not in str(one.get(text)) or sam not in (slack_server.SAM, str(discord_world.SAM)):
                continue  # the card of it quotes the question too
            if how == "deleted":
                messages.pop(number)
            elif name == "slack":
                edited = {"user": slack_server.SAM, "ts": f"{world.clock.now().timestamp():f}"}
                messages[number] = {**one, "text": NOW_SAYS, "edited": edited}
            else:
                at = world.clock.now().isoformat()
                messages[number] = {**one, "content": NOW_SAYS, "edited_timestamp": at}
            return
    raise AssertionError("nobody asked")


@pytest.mark.parametrize("where", ["direct", "channel", "thread"])
@pytest.mark.parametrize("how", ["deleted", "edited"])
@pytest.mark.parametrize("name", ["discord", "slack"])
async def test_what_was_approved_for_other_words_is_not_sent(
    world: World, fronts: Fronts, name: str, how: str, where: str
) -> None:
    front: Front = getattr(fronts, name)
    async with at_home(world, fronts) as twin:
        await paired(twin, fronts)
        await ask(fronts, name, where)
        (draft,) = await waiting(twin, twin.changes())
        await twin.pause()
        await twin.approve(draft.id, draft.revision)
    world.clock.pass_by(minutes=5)
    change(fronts, name, how, world)
    async with at_home(world, fronts) as twin:
        await twin.resume()
        withdrawn = await becomes(twin, draft.id, "superseded")
        assert withdrawn.why == f"superseded: message-{how}"
        if how == "edited":
            (again,) = await waiting(twin, twin.changes())
            assert NOW_SAYS in again.heard[-1].text
    assert front.replies() == []
