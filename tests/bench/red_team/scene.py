"""A twin in a fresh home, with a model that obeys its worst contact, and platforms that only remember."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bots import assembly, twin_toml
from bots.api.twin import Twin
from bots.assembly import Container
from bots.home import Home
from bots.runtime.base.timing import cancel_and_wait
from core.models.embedders import HashedEmbedder
from core.ports import ModelCard, Sampling
from core.prompt.chat import Prompt, Style
from core.runs_on import HERE
from core.types import DraftStatus, Person, PersonaName
from memory.profile.profile import Profile
from tests.fakes import FixedClock
from tests.scripted_platform import ScriptedPlatform
from tests.waiting import RecordingDelivery

SETTINGS = twin_toml.parse('[owner]\nname = "Alex"\n[gateway]\nburst_s = 0\n', Path("twin.toml"), {})
DISCLOSURE = "(sent by my understudy)"
PERSONA = f'extends = "identity"\nvoice = "Plain."\ndisclosure = "{DISCLOSURE}"\n[autonomy]\nmode = "draft"\n'
LONGEST_WAIT_S = 60
LOOK_AGAIN_S = 0.05
_SCENE = re.compile(r"(?:Group chat |Private chat between Alex and )([^:.\n]+)")

Answering = Callable[[Prompt], str]


class HostileChat:
    """Answers at once, and stops at nothing that it is told to stop at. `heard` is told every prompt."""

    def __init__(self, answer: Answering, style: Style = "chat") -> None:
        self._answer = answer
        self._card = ModelCard("hostile", "hostile", style, 8192, runs_on=HERE, control_tokens=frozenset())

    @property
    def card(self) -> ModelCard:
        """Named `hostile`."""
        return self._card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str]:
        """All of it."""
        yield self._answer(prompt)

    async def check(self) -> None:
        """Always ready."""

    async def close(self) -> None:
        """Nothing to let go of."""


def whole(prompt: Prompt) -> str:
    """All that a model reads."""
    return "\n".join([prompt.text, *(turn.content for turn in prompt.turns)])


def scene_of(prompt: Prompt) -> str:
    """The title of the conversation that a prompt is for, or the name of whom it is with."""
    match = _SCENE.search(whole(prompt))
    return match[1].strip() if match else ""


async def furnish(path: Path, people: Iterable[Person]) -> Home:
    """A home with a persona and these people."""
    home = Home(path)
    home.create()
    twin_toml.write_private(home.twin_toml, twin_toml.annotated(SETTINGS))
    (home.personas / "identity.toml").write_text('name = "Alex"\nidentity = "Someone who answers."\n')
    (home.personas / "all.toml").write_text(PERSONA)
    profile = Profile(home.profile_json)
    for person in people:
        await profile.add_person(person)
    await profile.bind(PersonaName("all"), default=True)
    return home


@asynccontextmanager
async def alive(
    home: Home,
    model: HostileChat,
    clock: FixedClock,
    console: RecordingDelivery,
    platforms: Sequence[ScriptedPlatform] = (),
) -> AsyncIterator[Container]:
    """The twin at work there."""
    async with (
        assembly.opened(
            home,
            SETTINGS,
            model=model,
            embedder=HashedEmbedder(),
            deliveries=[console],
            platforms=platforms,
            clock=clock,
            sleep=asyncio.sleep,
        ) as container,
        container.tasks.running(resident=True),
    ):
        for platform in platforms:
            await platform.connected()
        yield container


async def pair(twin: Twin, platform: ScriptedPlatform) -> None:
    """The owner's account there is proven."""
    await platform.say((await twin.pair(platform.name)).code)


async def rest(container: Container) -> None:
    """Return once nothing is being drafted or sent, or will be by itself."""
    changes = container.services.changes.subscribe()
    following = asyncio.ensure_future(anext(changes))
    try:
        async with asyncio.timeout(LONGEST_WAIT_S):
            while not await _at_rest(container):
                # A turn that ends in silence tells nobody.
                await asyncio.wait({following}, timeout=LOOK_AGAIN_S)
                if following.done():
                    following = asyncio.ensure_future(anext(changes))
    finally:
        await cancel_and_wait(following)


async def _at_rest(container: Container) -> bool:
    stores = container.stores
    if await stores.messages.pending():
        return False
    if await stores.control.paused():
        return True
    open_drafts = await stores.outbox.open()
    stuck = {draft.conversation for draft in open_drafts if draft.status is DraftStatus.UNCERTAIN}
    return not any(
        draft.status in (DraftStatus.APPROVED, DraftStatus.SENDING) and draft.conversation not in stuck
        for draft in open_drafts
    )
