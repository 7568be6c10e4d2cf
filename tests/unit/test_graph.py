import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.tracers.langchain import LangChainTracer
from langsmith.utils import get_env_var

from core.graph import Graph, timed
from core.models.scripted import ScriptedChat
from core.ports import Sampling
from core.steps import REDRAFTS, AgentSettings, Steps
from core.turn import Turn
from core.types import Conversation, ConversationId, Decision, Message, MessageId, Mode, PersonId, Verdict
from tests.fakes import DRAFTING, NOON, FakeMemory, FakePersonaSelector, FakePolicyFacts

SAM = PersonId("sam")
DIRECT = Conversation(ConversationId("console:sam"), "console", "Sam")
MESSAGE = Message(MessageId("console:sam/1"), DIRECT.id, SAM, "haha that's great", NOON)


def steps(model: ScriptedChat | None = None, policy_facts: FakePolicyFacts | None = None) -> Steps:
    writer = model or ScriptedChat("so good")
    return Steps(
        lambda _: writer,
        FakeMemory(),
        FakePersonaSelector(),
        policy_facts or FakePolicyFacts(),
        AgentSettings("Alex", Sampling()),
    )


async def run(turn: Turn, parts: Steps) -> Turn:
    return await Graph(parts).run(turn)


async def test_the_steps_run_in_their_order() -> None:
    turn = await run(Turn(DIRECT, MESSAGE), steps())
    assert list(turn.timings_ms) == ["triage", "persona", "recall", "draft", "review", "decide", "total"]
    assert turn.decision == Decision(Verdict.ASK, "mode-draft")
    assert turn.timings_ms["total"] >= sum(
        spent for name, spent in turn.timings_ms.items() if name != "total"
    )


async def test_a_silent_triage_ends_the_turn() -> None:
    model = ScriptedChat("so good")
    turn = await run(Turn(DIRECT, replace(MESSAGE, text="👍")), steps(model))
    assert list(turn.timings_ms) == ["triage", "total"]
    assert turn.decision == Decision(Verdict.SILENT, "nothing-said")
    assert model.prompts == []


async def test_a_conversation_that_is_only_observed_troubles_no_model() -> None:
    model = ScriptedChat("so good")
    turn = await run(
        Turn(DIRECT, MESSAGE), steps(model, FakePolicyFacts(replace(DRAFTING, mode=Mode.OBSERVE)))
    )
    assert turn.decision == Decision(Verdict.SILENT, "observing")
    assert model.prompts == []


async def test_review_sends_a_draft_back_twice_at_most() -> None:
    model = ScriptedChat("haha that's great")
    turn = await run(Turn(DIRECT, MESSAGE), steps(model))
    assert len(model.prompts) == 1 + REDRAFTS == turn.attempts
    assert turn.decision == Decision(Verdict.ASK, "draft-echoes")
    assert "Do not repeat the message" in model.prompts[1].turns[0].content


async def test_a_good_second_draft_goes_on() -> None:
    model = ScriptedChat(["As an AI language model I laugh", "made my day"])
    turn = await run(Turn(DIRECT, MESSAGE), steps(model))
    assert (turn.text, turn.attempts, turn.findings) == ("made my day", 2, ())


async def test_a_redraft_enters_at_persona_with_a_fresh_recall() -> None:
    turn = await run(Turn(DIRECT, replace(MESSAGE, text="👍"), guidance="thank him"), steps())
    assert list(turn.timings_ms) == ["persona", "recall", "draft", "review", "decide", "total"]
    assert turn.decision == Decision(Verdict.ASK, "redraft")


async def test_the_time_of_repeated_steps_adds_up() -> None:
    async def nothing(turn: Turn) -> Turn:
        return turn

    once = await timed("draft", nothing)(Turn(DIRECT, MESSAGE, timings_ms={"draft": 1000.0}))
    assert once.timings_ms["draft"] >= 1000.0


@pytest.fixture
def tracing_server() -> Iterator[list[object]]:
    """An environment that asks LangChain to trace to a local server; who connected to it."""
    connected: list[object] = []
    remembered: Any = get_env_var
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as environment:

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, address = server.accept()
                    connected.append(address)
                    connection.close()

        listener = threading.Thread(target=listen)
        listener.start()
        for name in ("LANGSMITH", "LANGCHAIN"):
            environment.setenv(f"{name}_TRACING", "true")
            environment.setenv(f"{name}_TRACING_V2", "true")
            environment.setenv(f"{name}_API_KEY", "key")
            environment.setenv(f"{name}_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        remembered.cache_clear()
        yield connected
        server.shutdown(socket.SHUT_RDWR)
        listener.join()
    remembered.cache_clear()


async def test_an_environment_that_traces_gets_nothing(
    tracing_server: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    tracers: list[object] = []
    monkeypatch.setattr(LangChainTracer, "__init__", lambda *_, **__: tracers.append(1))
    await run(Turn(DIRECT, MESSAGE), steps())
    assert not tracers
    assert not tracing_server


async def test_the_switch_of_the_old_tracer_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_TRACING", "true")
    assert (await run(Turn(DIRECT, MESSAGE), steps())).decision == Decision(Verdict.ASK, "mode-draft")


async def test_many_turns_at_once_do_not_mix() -> None:
    graph = Graph(steps(ScriptedChat(lambda prompt: f"re {prompt.turns[-1].content}")))
    turns = [
        Turn(DIRECT, replace(MESSAGE, text=f"wordx{'abcdefghij'[n % 10]}{'abcde'[n // 10]}x"))
        for n in range(50)
    ]
    ended = await asyncio.gather(*(graph.run(turn) for turn in turns))
    assert [turn.text for turn in ended] == [f"re {turn.message.text}" for turn in turns]
