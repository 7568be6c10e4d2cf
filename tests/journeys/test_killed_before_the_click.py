"""`understudy run` as a process on all three platforms, killed with SIGKILL between card and click."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bots import control
from bots.assembly import SystemClock
from bots.settings import Console, Embedding, Gateway, Model
from bots.twin_toml import annotated
from tests.journeys.asking import (
    REPLY,
    approved_as_edited,
    approved_in_the_business_chat,
    asked,
    asked_in_a_business_chat,
    edited,
    rejected,
)
from tests.journeys.conftest import World
from tests.wire.fronts import TOKENS, Fronts, three_fronts
from tests.wire.ollama_server import OllamaServer

UNDERSTUDY = (sys.executable, "-c", "from bots.cli.main import main; main()")


@pytest.fixture
async def fronts(world: World) -> AsyncIterator[Fronts]:
    """The stand-ins, and a `twin.toml` that names them and a model that answers at once."""
    async with (
        three_fronts(SystemClock()) as fronts,
        OllamaServer("gemma3:4b", "all-minilm", reply=REPLY).serving() as model,
    ):
        instant = {
            "gateway": Gateway(burst_s=0),
            "model": Model(door="ollama", name="gemma3:4b", host=model.host),
            "embedding": Embedding(door="ollama", name="all-minilm"),
            "console": Console(port=0),
        }
        world.home.twin_toml.write_text(annotated(fronts.settings(world.settings).model_copy(update=instant)))
        yield fronts


@asynccontextmanager
async def process(world: World, fronts: Fronts) -> AsyncIterator[None]:
    """`understudy run`, online everywhere; killed when the block ends."""
    command = [*UNDERSTUDY, "run", "--home", str(world.home.path)]
    started = subprocess.Popen(command, env={**os.environ, **TOKENS}, stdout=subprocess.DEVNULL)
    try:
        for one in fronts.all:
            await one.online()
        yield
    finally:
        started.kill()
        await asyncio.to_thread(started.wait)


async def paired(world: World, fronts: Fronts) -> None:
    for one in fronts.all:
        code = await asyncio.to_thread(control.call, world.home, "pair", {"platform": one.name})
        await one.pair(code["code"])


async def test_edit_then_approve_sends_exactly_that_on_each(world: World, fronts: Fronts) -> None:
    async with process(world, fronts):
        await paired(world, fronts)
        cards = [(one, await asked(one)) for one in fronts.all]
    async with process(world, fronts):
        for one, card in cards:
            await edited(one, card)
    async with process(world, fronts):
        for one, card in cards:
            await approved_as_edited(one, card)


async def test_reject_sends_nothing_on_each(world: World, fronts: Fronts) -> None:
    async with process(world, fronts):
        await paired(world, fronts)
        cards = [(one, await asked(one)) for one in fronts.all]
    async with process(world, fronts):
        for one, card in cards:
            await rejected(one, card)


async def test_a_business_message_is_answered_with_its_connection(world: World, fronts: Fronts) -> None:
    async with process(world, fronts):
        await paired(world, fronts)
        card = await asked_in_a_business_chat(fronts.telegram)
    async with process(world, fronts):
        await approved_in_the_business_chat(fronts.telegram, card)
