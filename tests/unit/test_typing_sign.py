"""The sign that an answer is being written: where it may be shown, and that it never matters."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bots.platforms.typing_sign import typing_sign
from bots.runtime.base.timing import cancel_and_wait
from bots.runtime.conversation.drafter import Drafter
from core.agent import Agent
from core.ports import PolicyFacts
from core.steps import AgentSettings
from core.types import Conversation, ConversationId, Mode
from tests.desk import SAM, Desk, open_desk
from tests.fakes import DELEGATED, DRAFTING, FRIENDLY, FakeMemory, FakePersonaSelector, FakePolicyFacts
from tests.services import services
from tests.waiting import PATIENCE_S, Sleeper, SlowChat

CHAT = Conversation(ConversationId("slack:sam"), "slack", "Sam", members=frozenset({SAM}))


class Sign:
    """Implements `ShowsTyping`, and fails where it is told to."""

    def __init__(self, *fails: Exception) -> None:
        self.shown: list[Conversation] = []
        self.fails = list(fails)
        self.new = asyncio.Event()

    async def typing(self, conversation: Conversation) -> None:
        self.shown.append(conversation)
        self.new.set()
        if self.fails:
            raise self.fails.pop(0)

    async def again(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.new.wait()
        self.new.clear()


async def test_it_shows_after_a_moment_and_again_until_the_work_is_done() -> None:
    sign, sleeper = Sign(), Sleeper()
    async with typing_sign(lambda: sign.typing(CHAT), sleeper):
        await sleeper.asleep()
        assert sign.shown == []
        for times in (1, 2):
            await sleeper.wake()
            await sign.again()
            await sleeper.asleep(times + 1)
        assert len(sign.shown) == 2
    assert not sleeper.sleeping


async def test_what_it_fails_with_is_no_matter() -> None:
    sign, sleeper = Sign(OSError("no network"), RuntimeError("x")), Sleeper()
    async with typing_sign(lambda: sign.typing(CHAT), sleeper):
        for times in (1, 2, 3):
            await sleeper.asleep(times)
            await sleeper.wake()
            await sign.again()
    assert len(sign.shown) == 3


async def test_what_the_work_fails_with_comes_through() -> None:
    sleeper = Sleeper()

    async def work() -> None:
        async with typing_sign(lambda: Sign().typing(CHAT), sleeper):
            await sleeper.asleep()
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await work()
    assert not sleeper.sleeping


async def drafting(desk: Desk, facts: PolicyFacts, text: str, mode: Mode = Mode.AUTO) -> list[Conversation]:
    """What was shown while a model was slow to answer this."""
    sign, sleeper, model = Sign(), Sleeper(), SlowChat()
    policy_facts = FakePolicyFacts(facts)
    persona_selector = FakePersonaSelector(replace(FRIENDLY, mode=mode))
    agent = Agent(
        lambda _: model, FakeMemory(), persona_selector, policy_facts, desk.clock, AgentSettings("Alex")
    )
    made = services(desk.clock, sleep=sleeper)
    drafter = Drafter(agent, policy_facts, desk.outbox, made, typing={"slack": sign})
    message = await desk.hear(text, CHAT)
    turn = asyncio.create_task(drafter.turn(CHAT, [message], []))
    try:
        answer = await model.next()
        await sleeper.asleep()
        await sleeper.wake()
        await sleeper.asleep(2)  # it has been shown by now, or will not be
        answer.set_result("haha yes")
        async with asyncio.timeout(PATIENCE_S):
            await turn
    finally:
        await cancel_and_wait(turn)
    return sign.shown


async def test_a_friend_sees_it_where_what_is_written_may_be_sent_unasked(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        assert await drafting(desk, DELEGATED, "that was fun") == [CHAT]


@pytest.mark.parametrize(
    ("facts", "text", "mode"),
    [
        (DRAFTING, "that was fun", Mode.AUTO),
        (replace(DELEGATED, mode=Mode.DRAFT), "that was fun", Mode.AUTO),
        (replace(DELEGATED, delegation=None), "that was fun", Mode.AUTO),
        (replace(DELEGATED, paused=True), "that was fun", Mode.AUTO),
        (replace(DELEGATED, sends_left=0), "that was fun", Mode.AUTO),
        (replace(DELEGATED, known=False), "that was fun", Mode.AUTO),
        (DELEGATED, "can you lend me 500 euros?", Mode.AUTO),
    ],
)
async def test_nobody_sees_that_a_draft_is_made_which_its_owner_may_never_send(
    tmp_path: Path, facts: PolicyFacts, text: str, mode: Mode
) -> None:
    async with open_desk(tmp_path) as desk:
        assert await drafting(desk, facts, text, mode) == []
