"""A twin on the three stand-ins at once, in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bots.api.twin import Twin
from bots.assembly import running
from bots.platforms.registry import adapters
from bots.runtime.base.timing import Sleep
from bots.settings import Settings
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import ChatModel
from tests.journeys.asking import PLATFORMS
from tests.journeys.conftest import World
from tests.wire.fronts import TOKENS, Fronts


@asynccontextmanager
async def connected(
    world: World,
    fronts: Fronts,
    settings: Settings,
    *,
    reply: str,
    sleep: Sleep,
    model: ChatModel | None = None,
) -> AsyncIterator[Twin]:
    """Online on each."""
    platforms = adapters(settings.platforms, TOKENS, world.clock)
    assert {one.name for one in platforms} == set(PLATFORMS)
    async with running(
        world.home,
        settings,
        resident=True,
        model=model or ScriptedChat(reply),
        embedder=HashedEmbedder(),
        platforms=platforms,
        clock=world.clock,
        sleep=sleep,
    ) as twin:
        for one in fronts.all:
            await one.online()
        yield twin


async def paired(twin: Twin, fronts: Fronts) -> None:
    """The owner has an account on every platform."""
    for one in fronts.all:
        await one.pair((await twin.pair(one.name)).code)
