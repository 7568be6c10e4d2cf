"""What every chat model keeps to, whatever stands behind it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.errors import TryAgain
from core.models.bundled import SMOLLM2
from core.models.embedded import EmbeddedChat
from core.models.ollama import OllamaChat
from core.models.scripted import ScriptedChat
from core.ports import ChatModel, Sampling, StreamEnd, written
from core.prompt.chat import ChatMessage, Prompt
from tests.wire.ollama_server import OllamaServer

STEADY = Sampling(max_tokens=24, temperature=0.0, seed=1)
TURNS = (ChatMessage("system", "You are Alex."), ChatMessage("user", "Tell me about the sea, at length."))
CHAT = Prompt(turns=TURNS)
TRANSCRIPT = Prompt(text="Sam: tell me about the sea, at length.\nAlex: the sea is")


@dataclass
class Subject:
    """A model, and the way to take from it what it needs."""

    model: ChatModel
    break_down: Callable[[], Awaitable[None]]


async def _scripted(stack: AsyncExitStack, directory: Path) -> Subject:
    model = ScriptedChat("it is large.\nand wet.\nand cold.")

    async def break_down() -> None:
        model._script = TryAgain("gone")

    return Subject(model, break_down)


async def _ollama(stack: AsyncExitStack, directory: Path) -> Subject:
    serving = AsyncExitStack()
    server = await serving.enter_async_context(OllamaServer(reply="it is large and wet and cold").serving())
    stack.push_async_callback(serving.aclose)
    return Subject(OllamaChat(server.host, "gemma3:4b"), serving.aclose)


async def _embedded(stack: AsyncExitStack, directory: Path) -> Subject:
    model = EmbeddedChat(SMOLLM2, directory, context_tokens=512)

    async def break_down() -> None:
        await model.check()
        assert model.pid is not None
        os.kill(model.pid, signal.SIGSTOP)  # dead would be replaced at once; it must answer for silence
        model._first_piece_s = 0.2

    return Subject(model, break_down)


EMBEDDED_MARKS = [pytest.mark.model, pytest.mark.xdist_group("model")]


@pytest.fixture(
    params=[
        pytest.param(_scripted, id="scripted"),
        pytest.param(_ollama, id="ollama"),
        pytest.param(_embedded, id="embedded", marks=EMBEDDED_MARKS),
    ]
)
async def subject(request: Any, tmp_path: Path) -> AsyncIterator[Subject]:
    async with AsyncExitStack() as stack:
        made = await request.param(stack, tmp_path)
        stack.push_async_callback(made.model.close)
        yield made


async def reply(model: ChatModel, prompt: Prompt, sampling: Sampling = STEADY) -> list[str]:
    return [piece async for piece in model.stream(prompt, sampling) if isinstance(piece, str)]


@pytest.mark.parametrize("prompt", [CHAT, TRANSCRIPT], ids=["chat", "transcript"])
async def test_it_answers_in_pieces_none_of_them_empty(subject: Subject, prompt: Prompt) -> None:
    pieces = await reply(subject.model, prompt)
    assert len(pieces) > 1
    assert all(pieces)


async def test_the_reply_ends_before_a_stop_sequence(subject: Subject) -> None:
    whole = "".join(await reply(subject.model, TRANSCRIPT))
    stop = whole.split()[2]
    cut = "".join(await reply(subject.model, Prompt(text=TRANSCRIPT.text, stop=(stop,))))
    assert cut == whole.split(stop)[0]


@pytest.mark.parametrize("prompt", [CHAT, TRANSCRIPT], ids=["chat", "transcript"])
async def test_a_reply_that_its_limit_ended_says_so_last(subject: Subject, prompt: Prompt) -> None:
    few = Sampling(max_tokens=3, temperature=0.0, seed=1)
    pieces = [piece async for piece in subject.model.stream(prompt, few)]
    assert pieces[-1] is StreamEnd.CUT_OFF
    assert StreamEnd.CUT_OFF not in pieces[:-1]


async def test_a_reply_that_ended_by_itself_was_not_cut_off(subject: Subject) -> None:
    whole = await written(subject.model.stream(Prompt(text=TRANSCRIPT.text, stop=(" ",)), STEADY))
    assert not whole.cut_off


async def test_its_card_is_known_before_it_is_asked(subject: Subject) -> None:
    card = subject.model.card
    assert card.name
    assert card.context_tokens >= 512


async def test_its_digest_is_known_once_it_was_asked(subject: Subject) -> None:
    await reply(subject.model, CHAT)
    assert subject.model.card.digest


async def test_a_reply_broken_off_leaves_it_ready_for_the_next(subject: Subject) -> None:
    stream = subject.model.stream(CHAT, STEADY)
    async with aclosing(stream):  # type: ignore[type-var]
        await anext(stream)
    assert await reply(subject.model, CHAT)


async def test_a_cancelled_reply_leaves_it_ready_for_the_next(subject: Subject) -> None:
    started = asyncio.Event()

    async def read() -> None:
        async for _ in subject.model.stream(CHAT, STEADY):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    del task
    assert await reply(subject.model, CHAT)


async def test_several_are_answered_at_once(subject: Subject) -> None:
    replies = await asyncio.gather(*(reply(subject.model, CHAT) for _ in range(3)))
    assert all(replies)


async def test_a_server_that_is_down_means_try_again(subject: Subject) -> None:
    await subject.break_down()
    with pytest.raises(TryAgain):
        await reply(subject.model, CHAT)


async def test_it_can_be_closed_twice(subject: Subject) -> None:
    await subject.model.check()
    await subject.model.close()
    await subject.model.close()
