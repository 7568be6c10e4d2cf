"""From an event on the socket to its draft card on the socket: instant model, three platforms connected."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from bots import assembly
from bots.api.twin import Twin
from bots.home import Home
from bots.platforms.registry import adapters
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.types import PersonaName
from memory.profile.profile import Profile
from personas.library import copy_shipped
from tests.bench.homes import SETTINGS
from tests.bench.report import arguments, figure, percentile
from tests.fakes import FixedClock
from tests.wire.fronts import TOKENS, Front, Fronts, three_fronts

WARM_UP = 3
"""Cards before it counts: the model is loaded, and each library has its connections."""


async def _card(front: Front, number: int) -> float:
    """Milliseconds from one event to its card. The owner rejects it, so that the next one is drawn alone."""
    before = front.position
    began = perf_counter()
    await front.ask(f"are you free on day {number}?")
    await front.until(lambda: front.cards(before))
    took = 1000 * (perf_counter() - began)
    (card,) = front.cards(before)
    await front.press(card, "reject")
    await front.until(lambda: not front.is_open(card))
    return took


async def _settled(twin: Twin, fronts: Fronts) -> None:
    for one in fronts.all:
        await one.pair((await twin.pair(one.name)).code)
    for number in range(WARM_UP):
        for one in fronts.all:
            await _card(one, -number)


async def _measure(folder: Path, each: int) -> dict[str, list[float]]:
    home, clock = Home(folder / "home"), FixedClock()
    home.create()
    copy_shipped(home.personas)
    await Profile(home.profile_json).bind(PersonaName("friends"), default=True)
    took: dict[str, list[float]] = {}
    async with three_fronts(clock) as fronts:
        settings = fronts.settings(SETTINGS)
        async with assembly.running(
            home,
            settings,
            resident=True,
            model=ScriptedChat("let me see"),
            embedder=HashedEmbedder(),
            platforms=adapters(settings.platforms, TOKENS, clock),
            clock=clock,
        ) as twin:
            await asyncio.gather(*(one.online() for one in fronts.all))
            await _settled(twin, fronts)
            for number in range(each):
                for one in fronts.all:
                    took.setdefault(one.name, []).append(await _card(one, number))
    return took


def main() -> None:
    """Print the figures. The stand-ins run in this process too, and what they take is in them."""
    options = arguments(__doc__ or "").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(_measure(Path(folder), 100 if options.full else 30))
    every = [one for name in took for one in took[name]]
    figure("card_ms_p95", percentile(every, 0.95), "ms", 150)
    figure("card_ms_p50", percentile(every, 0.5), "ms")
    for name, values in took.items():
        figure(f"card_{name}_ms_p95", percentile(values, 0.95), "ms")
        figure(f"card_{name}_ms_p50", percentile(values, 0.5), "ms")


if __name__ == "__main__":
    main()
