"""How the twin is, in one answer."""

import asyncio

from bots.runtime.house import House
from bots.views import ModelView, PlatformView, StatusView
from memory import overview

LOADING_S = 20.0
"""What a command that runs on its own gives the model to say that it is there."""


async def status(house: House) -> StatusView:
    """Where nothing keeps an eye on the model, it is asked now."""
    if not house.health.watched and not house.health.ready:
        try:
            async with asyncio.timeout(LOADING_S):
                await house.health.check()
        except TimeoutError:
            house.problems.tell("model", "the model takes long to load")
    card, problems, platforms = house.model.card, house.problems, house.sender.platforms
    found = dict.fromkeys(problems.all())
    found |= dict.fromkeys([house.profile.problem] if house.profile.problem else [])
    found |= dict.fromkeys(house.personas.problems())
    return StatusView(
        home=str(house.home.path),
        owner=house.owner,
        paused=await house.control.paused(),
        away=await house.control.is_away(),
        model=ModelView(card.name, card.digest, card.licence, house.health.ready, problems.of("model")),
        platforms=tuple(
            PlatformView(name, problems.of(name) is None, problems.of(name)) for name in platforms
        ),
        counts=await house.db.read(overview.counts),
        problems=tuple(found),
    )
