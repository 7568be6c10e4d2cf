"""A twin whose model is Ollama's, on its slow and its bad days."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.home import Home
from bots.setup.doctor import examine
from bots.setup.newcomer import settle_in
from bots.twin_toml import change
from core.models.ollama import OllamaChat
from tests.journeys.conftest import World, becomes
from tests.wire.ollama_server import OllamaServer

QUESTION = "are you free on friday?"
MEMORY = "model requires more system memory (5.6 GiB) than is available (3.2 GiB)"


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    async with OllamaServer("gemma3:4b", reply="friday works").serving() as server:
        yield server


async def test_a_model_slower_than_its_silence_may_be_drafts_at_the_first_try(
    world: World, server: OllamaServer
) -> None:
    server.load_s = 2
    async with world.twin(OllamaChat(server.host, "gemma3:4b", timeout_s=1)) as twin:
        answer = await twin.hear("sam", "console:sam", QUESTION)
        assert answer.draft is not None
        assert answer.draft.text == "friday works"
    assert server.aborted == 0


async def test_receipts_name_the_weights_that_wrote(world: World, server: OllamaServer) -> None:
    async with world.twin(OllamaChat(server.host, "gemma3:4b")) as twin:
        for friend in ("sam", "mia"):
            answer = await twin.hear(friend, f"console:{friend}", QUESTION)
            assert answer.draft is not None
            await twin.approve(answer.draft.id)
            await becomes(twin, answer.draft.id, "sent")
            server.tags["gemma3:4b"] = {"digest": "recreated"}
        digests = {one.model_digest for one in await twin.receipts()}
    assert digests == {"digest of gemma3:4b", "recreated"}


async def test_a_model_that_cannot_write_is_not_well_and_says_why(world: World, server: OllamaServer) -> None:
    server.failure = (500, f'{{"error": "{MEMORY}"}}')
    async with world.twin(OllamaChat(server.host, "gemma3:4b"), sleep=asyncio.sleep) as twin:
        async with asyncio.timeout(20):
            while not (status := await twin.status()).model.problem:
                await asyncio.sleep(0.05)
        assert not status.model.ready
        assert f'it says "{MEMORY}"' in status.model.problem
        server.failure = None
        async with asyncio.timeout(20):
            while not (await twin.status()).model.ready:
                await asyncio.sleep(0.05)


async def test_doctor_asks_the_model_itself(
    tmp_path: Path, server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    await settle_in(home, "Alex", "UTC")
    change(home.twin_toml, "model", {"provider": "ollama", "name": "gemma3:4b", "host": server.host})

    async def model() -> tuple[bool, str]:
        (check,) = [check for check in await examine(home) if check.name == "model"]
        return check.ok, f"{check.detail}: {check.mend}"

    assert (await model())[0]
    server.failure = (500, f'{{"error": "{MEMORY}"}}')
    ok, says = await model()
    assert not ok
    assert MEMORY in says
    monkeypatch.setattr("bots.setup.doctor.LOADING_S", 0.2)
    server.failure, server.load_s, server.loaded = None, 5, set()
    ok, says = await model()
    assert not ok
    assert "longer than" in says
