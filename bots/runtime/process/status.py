"""How the twin is, in one answer."""

import asyncio

from bots.api.views import ModelView, PlatformView, StatusView
from bots.platforms.port import Health
from bots.runtime.process.connections import problem_of
from bots.runtime.process.container import Container
from memory.reports import overview

LOADING_S = 20.0
"""What a command that runs on its own gives the model to say that it is there."""


async def status(house: Container) -> StatusView:
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
    found |= dict.fromkeys(await house.digests.uncertain())
    return StatusView(
        home=str(house.home.path),
        owner=house.owner,
        paused=await house.control.paused(),
        away=await house.control.is_away(),
        model=ModelView(card.name, card.digest, card.licence, house.health.ready, problems.of("model")),
        platforms=tuple(_platform(house, name) for name in platforms),
        counts=await house.db.read(overview.counts),
        problems=tuple(found),
    )


def _platform(house: Container, name: str) -> PlatformView:
    """A platform that connects is as it says itself; the others are well until sending to them fails."""
    problems = house.problems
    adapter = next((platform for platform in house.platforms if platform.name == name), None)
    accounts = tuple(account.account for account in house.accounts.owners(name))
    if adapter is None:
        return PlatformView(name, problems.of(name) is None, problems.of(name), "", accounts)
    health, detail = adapter.health
    connected = health is Health.CONNECTED
    told = problems.of(problem_of(name)) or problems.of(name) or problems.of(f"{name} cards")
    why = told if connected else problems.of(problem_of(name)) or detail or health.value
    return PlatformView(name, connected, why, detail, accounts)
