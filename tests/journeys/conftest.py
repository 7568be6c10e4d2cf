"""A twin in a home of its own, with an instant model, started and stopped as often as a test wants."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bots.api.change import Change
from bots.api.twin import Twin
from bots.api.views import DraftView
from bots.assembly import opened
from bots.home import Home
from bots.runtime.base.timing import Sleep
from bots.settings import GatewaySettings, OwnerSettings, Settings
from bots.stores import Stores
from core.audience import audience, circle, person
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import ChatModel
from core.types import Person, PersonaName, PersonId
from memory.profile.profile import Profile
from memory.storage.port import Checkpoint
from personas.library import copy_shipped
from tests.fakes import FixedClock
from tests.waiting import RecordingDelivery, Sleeper, until
from tests.wire.fronts import Fronts, three_fronts

SAM, MIA = PersonId("sam"), PersonId("mia")


@dataclass
class World:
    """What outlives a restart: the home and the platform, and the clock and the sleeper of all starts."""

    home: Home
    clock: FixedClock = field(default_factory=FixedClock)
    platform: RecordingDelivery = field(default_factory=RecordingDelivery)
    sleeper: Sleeper = field(default_factory=Sleeper)
    settings: Settings = field(
        default_factory=lambda: Settings(owner=OwnerSettings(name="Alex"), gateway=GatewaySettings(burst_s=0))
    )

    stores: Stores = field(init=False)
    """What the twin started last remembers with."""

    @asynccontextmanager
    async def twin(
        self,
        model: ChatModel | None = None,
        *,
        resident: bool = True,
        checkpoint: Checkpoint = lambda _: None,
        sleep: Sleep | None = None,
    ) -> AsyncIterator[Twin]:
        async with opened(
            self.home,
            self.settings,
            model=model or ScriptedChat("after climbing, half seven?"),
            embedder=HashedEmbedder(),
            deliveries=(self.platform,),
            clock=self.clock,
            checkpoint=checkpoint,
            sleep=sleep or self.sleeper,
        ) as container:
            self.stores = container.stores
            async with container.tasks.running(resident=resident):
                yield container.twin

    @property
    def sent(self) -> list[str]:
        """The texts that reached the platform."""
        return [one.text for one in self.platform.sent]


TEMPLATES: list[Home] = []


def furnished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with people and a profile, to be copied."""
    if TEMPLATES:
        return TEMPLATES[0]
    home = Home(tmp_path_factory.mktemp("furnished") / "home")
    home.create()
    copy_shipped(home.personas)
    asyncio.run(_introduce(home))
    TEMPLATES.append(home)
    return home


async def _introduce(home: Home) -> None:
    profile = Profile(home.profile_json)
    await profile.add_person(Person(SAM, "Sam", relation="best friend"))
    await profile.add_person(Person(MIA, "Mia", relation="sister"))
    await profile.set_circle("friends", frozenset({SAM}))
    await profile.bind(PersonaName("friends"), default=True)
    await profile.add_entry("climbing", "Alex climbs on friday until seven", audience(circle("friends")))
    await profile.add_entry("party", "Surprise dinner for Sam on friday at Mia's", audience(person(MIA)))


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(Home(shutil.copytree(furnished(tmp_path_factory).path, tmp_path / "home")))


Started = Callable[..., AbstractAsyncContextManager[Twin]]


async def becomes(twin: Twin, draft: str, status: str) -> DraftView:
    """The draft, once it has that status."""
    changes: AsyncIterator[Change] = twin.changes()

    async def is_so() -> bool:
        return (await twin.draft(draft)).status == status

    await until(changes, is_so)
    return await twin.draft(draft)


async def waiting(twin: Twin, changes: AsyncIterator[Change], count: int = 1) -> tuple[DraftView, ...]:
    """The inbox, once it holds so many drafts."""

    async def there() -> bool:
        return len(await twin.inbox()) == count

    await until(changes, there)
    return await twin.inbox()


@pytest.fixture
async def fronts(world: World) -> AsyncIterator[Fronts]:
    """Telegram, Slack and Discord, served on sockets."""
    async with three_fronts(world.clock) as running_fronts:
        yield running_fronts
