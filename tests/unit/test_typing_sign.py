"""The sign that an answer is being written: where it may be shown, and that it never matters."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bots.platforms.typing_sign import typing_sign
from bots.runtime.base.timing import cancel_and_wait
from bots.runtime.conversation.drafter import Drafter
from core.agent import Agent
from core.models.scripted import ScriptedChat
from core.ports import PolicyFacts
from core.steps import AgentSettings
from core.types import Conversation, ConversationId, MessageId, Mode
from core.unanswered import Burst
from tests.desk import SAM, Desk, open_desk
from tests.fakes import DELEGATED, DRAFTING, FRIENDLY, FakeMemory, FakePersonaSelector, FakePolicyFacts
from tests.services import services
from tests.waiting import PATIENCE_S, Sleeper

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


class SlowAtFirst(FakeMemory):
    """Takes its time over the first question, until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def unanswered(self, conversation: Conversation, until: MessageId) -> Burst:
        if not self.asked.is_set():
            self.asked.set()
            await self.go_on.wait()
        return await super().unanswered(conversation, until)


async def answering(desk: Desk, facts: PolicyFacts, text: str, mode: Mode = Mode.AUTO) -> list[Conversation]:
    """What was shown while the twin was slow to answer this."""
    sign, sleeper, memory = Sign(), Sleeper(), SlowAtFirst()
    policy_facts = FakePolicyFacts(facts)
    persona_selector = FakePersonaSelector(replace(FRIENDLY, mode=mode))
    model = ScriptedChat("haha yes")
    agent = Agent(lambda _: model, memory, persona_selector, policy_facts, desk.clock, AgentSettings("Alex"))
    made = services(desk.clock, sleep=sleeper)
    drafter = Drafter(agent, policy_facts, desk.outbox, made, typing={"slack": sign})
    message = await desk.hear(text, CHAT)
    turn = asyncio.create_task(drafter.turn(CHAT, [message], []))
    try:
        async with asyncio.timeout(PATIENCE_S):
            await memory.asked.wait()
            await sleeper.asleep()
            await sleeper.wake()
            await sleeper.asleep(2)  # it has been shown by now, or will not be
            memory.go_on.set()
            await turn
    finally:
        await cancel_and_wait(turn)
    return sign.shown


async def test_a_friend_sees_it_where_an_answer_goes_out_unasked(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        assert await answering(desk, DELEGATED, "haha") == [CHAT]


@pytest.mark.parametrize(
    ("facts", "text", "mode"),
    [
        (DRAFTING, "haha", Mode.AUTO),
        (replace(DELEGATED, mode=Mode.DRAFT), "haha", Mode.AUTO),
        (replace(DELEGATED, delegation=None), "haha", Mode.AUTO),
        (replace(DELEGATED, paused=True), "haha", Mode.AUTO),
        (replace(DELEGATED, sends_left=0), "haha", Mode.AUTO),
        (replace(DELEGATED, known=False), "haha", Mode.AUTO),
        (DELEGATED, "can you lend me 500 euros?", Mode.AUTO),
    ],
)
async def test_nobody_sees_that_a_draft_is_made_which_its_owner_may_never_send(
    tmp_path: Path, facts: PolicyFacts, text: str, mode: Mode
) -> None:
    async with open_desk(tmp_path) as desk:
        assert await answering(desk, facts, text, mode) == []
