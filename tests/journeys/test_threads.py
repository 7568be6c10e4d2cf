"""What a thread hangs on and what a reply replies to, on the wire: in the model's prompt and on the card."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bots.api.twin import Twin
from bots.settings import GatewaySettings
from core.models.scripted import ScriptedChat
from tests.journeys.asking import REPLY
from tests.journeys.conftest import World
from tests.journeys.three_platforms import connected, paired
from tests.wire import discord_world, slack_server, telegram_server
from tests.wire.fronts import Front, Fronts

PROPOSAL = "we could move the demo to the lake house"
ASKED = "what do you think?"


@asynccontextmanager
async def at_home(world: World, fronts: Fronts, model: ScriptedChat) -> AsyncIterator[Twin]:
    settings = fronts.settings(world.settings.model_copy(update={"gateway": GatewaySettings(burst_s=0)}))
    async with connected(world, fronts, settings, reply=REPLY, sleep=asyncio.sleep, model=model) as twin:
        yield twin


async def in_slack(fronts: Fronts, heard: bool) -> None:
    """Kim proposes in the channel, Sam asks the owner in the thread of that."""
    server = fronts.slack.server
    proposal = server.message(PROPOSAL, user=slack_server.KIM)
    server.history[slack_server.GENERAL].append(proposal)
    if heard:
        await server.acked(await server.event(proposal))
    thread = {"thread_ts": proposal["ts"], "parent_user_id": slack_server.KIM}
    await server.say(f"<@{slack_server.OWNER}> {ASKED}", **thread)


async def in_discord(fronts: Fronts, heard: bool) -> None:
    front = fronts.discord
    general, eve, sam = discord_world.GENERAL, discord_world.EVE, discord_world.SAM
    proposal = discord_world.said(general, eve, PROPOSAL, id=front.key())
    front.server.guild["threads"][0]["id"] = thread = proposal["id"]
    await front.server.dispatch("THREAD_CREATE", front.server.guild["threads"][0])
    if heard:
        await front.server.say(proposal)
    else:
        front.server.messages[general].append(proposal)
    owner = {"mentions": [discord_world.user(discord_world.OWNER)]}
    asked = f"<@{discord_world.OWNER}> {ASKED}"
    await front.server.say(discord_world.said(int(thread), sam, asked, id=front.key(), **owner))


async def in_a_discord_reply(fronts: Fronts, heard: bool) -> None:
    front = fronts.discord
    general, eve, sam = discord_world.GENERAL, discord_world.EVE, discord_world.SAM
    proposal = discord_world.said(general, eve, PROPOSAL, id=front.key())
    if heard:
        await front.server.say(proposal)
    more: dict[str, Any] = {"mentions": [discord_world.user(discord_world.OWNER)], "type": 19}
    more["message_reference"] = {"message_id": proposal["id"], "channel_id": str(general)}
    more["referenced_message"] = proposal
    await front.server.say(
        discord_world.said(general, sam, f"<@{discord_world.OWNER}> {ASKED}", id=front.key(), **more)
    )


async def in_telegram(fronts: Fronts, heard: bool, **topic: Any) -> None:
    front = fronts.telegram
    now = int(front.clock.now().timestamp())
    where = {"chat": telegram_server.GROUP, "date": now, **topic}
    kim = {"id": 3, "is_bot": False, "first_name": "Kim"}
    proposal = front.server.message(PROPOSAL, sender=kim, **where)
    if heard:
        await front.server.push({"message": proposal})
    mention = [{"type": "mention", "offset": 0, "length": 9}]
    asked = front.server.message(f"@twin_bot {ASKED}", entities=mention, reply_to_message=proposal, **where)
    await front.server.push({"message": asked})


async def in_a_topic(fronts: Fronts, heard: bool) -> None:
    await in_telegram(fronts, heard, message_thread_id=7, is_topic_message=True)


PLACES = [
    ("slack", in_slack, "Kim"),
    ("discord", in_discord, "Eve"),
    ("discord", in_a_discord_reply, "Eve"),
    ("telegram", in_telegram, "Kim"),
    ("telegram", in_a_topic, "Kim"),
]


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "never-heard"])
@pytest.mark.parametrize(("name", "ask", "author"), PLACES, ids=[ask.__name__ for _, ask, _ in PLACES])
async def test_prompt_and_card_hold_what_the_question_is_about_and_who_said_it(
    world: World, fronts: Fronts, name: str, ask: Any, author: str, heard: bool
) -> None:
    front: Front = getattr(fronts, name)
    model = ScriptedChat(REPLY)
    async with at_home(world, fronts, model) as twin:
        await paired(twin, fronts)
        await ask(fronts, heard)
        await front.until(lambda: front.cards())
        (draft,) = await twin.inbox()
    (card,) = front.cards()
    prompt = "\n".join(turn.content for turn in model.prompts[-1].turns) or model.prompts[-1].text
    assert f"{author}: " in prompt
    for text in (prompt, front.shown(card)):
        assert author in text
        assert text.index(PROPOSAL) < text.index(ASKED)
    assert len(model.prompts) == 1  # the proposal itself wanted no answer
    assert draft.heard[-1].text.endswith(ASKED)
    reply = draft.heard[-1].in_reply_to
    assert not reply or (reply.startswith(f"{author} (not linked") and reply.endswith(f": {PROPOSAL}"))


async def test_in_its_thread_the_twins_own_answer_stands_before_what_is_asked_next(
    world: World, fronts: Fronts
) -> None:
    front, server = fronts.slack, fronts.slack.server
    model = ScriptedChat(REPLY)
    async with at_home(world, fronts, model) as twin:
        await paired(twin, fronts)
        await front.ask("when do we eat?")
        await front.until(lambda: front.cards())
        await front.press(front.cards()[0], "approve")
        await front.until(lambda: front.replies())
        await front.until(lambda: not front.is_open(front.cards()[0]))
        world.clock.pass_by(minutes=1)
        thread = {"thread_ts": front.asked, "parent_user_id": slack_server.SAM}
        await server.say("and where?", **thread)
        await front.until(lambda: len(front.cards()) > 1)
        (draft,) = await twin.inbox()
    prompt = "\n".join(turn.content for turn in model.prompts[-1].turns) or model.prompts[-1].text
    assert prompt.index("when do we eat?") < prompt.index(REPLY) < prompt.index("and where?")
    assert draft.root is not None and "when do we eat?" in draft.root.text  # noqa: PT018
    assert draft.since is not None and draft.since.text == REPLY  # noqa: PT018
    assert [message.text for message in draft.heard] == ["and where?"]
