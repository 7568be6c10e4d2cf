"""`understudy run` as a process on all three platforms, which ends by SIGKILL."""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bots import control
from bots.cli.main import main
from bots.settings import ConsoleSettings, EmbeddingSettings, GatewaySettings, ModelSettings
from bots.system_clock import SystemClock
from bots.twin_toml import annotated
from tests.hurry import discord_ready_soon
from tests.journeys.asking import REPLY
from tests.journeys.conftest import World
from tests.wire.fronts import TOKENS, Fronts, three_fronts
from tests.wire.ollama_server import OllamaServer

FORKS = multiprocessing.get_context("forkserver")
"""A process that has loaded everything and done nothing yet: each that is killed is forked from it."""
FORKS.set_forkserver_preload(["tests.journeys.everything", __name__])


@asynccontextmanager
async def installed(world: World) -> AsyncIterator[Fronts]:
    """The stand-ins, and a `twin.toml` that names them and a model that answers at once."""
    async with (
        three_fronts(SystemClock()) as fronts,
        OllamaServer("gemma3:4b", "all-minilm", reply=REPLY).serving() as model,
    ):
        instant = {
            "gateway": GatewaySettings(burst_s=0),
            "model": ModelSettings(provider="ollama", name="gemma3:4b", host=model.host),
            "embedding": EmbeddingSettings(provider="ollama", name="all-minilm"),
            "console": ConsoleSettings(port=0),
        }
        world.home.twin_toml.write_text(annotated(fronts.settings(world.settings).model_copy(update=instant)))
        yield fronts


@asynccontextmanager
async def process(world: World, fronts: Fronts) -> AsyncIterator[None]:
    """Online everywhere; killed when the block ends."""
    arguments = ("run", "--home", str(world.home.path))
    started = FORKS.Process(target=_understudy, args=(arguments, {**os.environ, **TOKENS}))
    started.start()
    try:
        for one in fronts.all:
            await one.online()
        yield
    finally:
        started.kill()
        await asyncio.to_thread(started.join)


def _understudy(arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    """All that the process does."""
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with discord_ready_soon():
        main(arguments)


async def paired(world: World, fronts: Fronts) -> None:
    """The owner has an account on every platform."""
    for one in fronts.all:
        code = await asyncio.to_thread(control.call, world.home, "pair", {"platform": one.name})
        await one.pair(code["code"])
