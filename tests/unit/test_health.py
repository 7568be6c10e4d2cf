import asyncio

import pytest

from bots.runtime.base.timing import Timing
from bots.runtime.process import model_health
from bots.runtime.process.model_health import ModelHealth
from core.errors import TryAgain
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import Sampling
from core.prompt.chat import Prompt
from tests.fakes import FixedClock
from tests.services import services
from tests.waiting import Sleeper, until


class Ailing(ScriptedChat):
    """A model that is away as often as told."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def check(self) -> None:
        if self.times:
            self.times -= 1
            raise TryAgain("no server at 11434")


async def test_a_model_is_asked_until_it_is_well_and_who_waited_for_it_hears_so() -> None:
    sleeper, well = Sleeper(), asyncio.Event()
    made = services(FixedClock(), timing=Timing(retry_first_s=1), sleep=sleeper)
    problems = made.problems
    health = ModelHealth(Ailing(2), HashedEmbedder(), made, well.set)
    told = made.changes.subscribe()
    keeping = asyncio.create_task(health.keep())
    for attempt in (1, 2):
        await sleeper.asleep(attempt)
        assert (health.ready, problems.all(), well.is_set()) == (False, ("no server at 11434",), False)
        await sleeper.wake()

    async def is_well() -> bool:
        return health.ready

    await until(told, is_well)
    assert well.is_set()
    assert problems.all() == ()
    keeping.cancel()


async def test_a_model_that_says_a_token_and_dies_over_every_draft_is_asked_ever_later() -> None:
    sleeper = Sleeper()
    made = services(FixedClock(), timing=Timing(retry_first_s=8, retry_longest_s=400), sleep=sleeper)
    problems = made.problems
    health = ModelHealth(ScriptedChat("sure"), HashedEmbedder(), made, lambda: problems.tell("model", "died"))
    keeping = asyncio.create_task(health.keep())
    for attempt in range(1, 8):
        await sleeper.asleep(attempt)
        await sleeper.wake()
    await sleeper.asleep(8)
    pauses = sleeper.asked[-3:]
    assert pauses[0] > 100  # doubling from 8, where each was 30 before
    assert min(pauses) > 30
    # A whole reply ends it.
    prompt = Prompt(text="Sam: tea?\nAlex:")
    assert [piece async for piece in health.heard().stream(prompt, Sampling())] != []
    await sleeper.wake()
    await sleeper.asleep(9)
    assert sleeper.asked[-1] == made.timing.look_again_s
    keeping.cancel()


async def test_a_model_that_loads_for_long_is_said_to_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(ScriptedChat):
        async def check(self) -> None:
            await loaded.wait()

    monkeypatch.setattr(model_health, "SLOW_S", 0.01)
    loaded, made = asyncio.Event(), services(FixedClock())
    told = made.changes.subscribe()
    health = ModelHealth(Slow(), HashedEmbedder(), made, lambda: None)
    checking = asyncio.create_task(health.check())

    async def said() -> bool:
        return made.problems.of("model") == model_health.SLOW

    await until(told, said)
    assert not checking.done()
    loaded.set()
    assert await checking
    assert (health.ready, made.problems.all()) == (True, ())


async def test_a_model_that_fell_ill_while_it_wrote_is_not_ready_until_it_is_asked_again() -> None:
    made = services(FixedClock())
    problems = made.problems
    health = ModelHealth(ScriptedChat(), HashedEmbedder(), made, lambda: None)
    seen = [health.ready]
    await health.check()
    seen.append(health.ready)
    problems.tell("model", "it died")
    seen.append(health.ready)
    await health.check()
    seen.append(health.ready)
    assert seen == [False, True, False, True]


async def test_a_model_that_has_drafted_is_well_though_its_check_still_waits_behind_the_drafts() -> None:
    class Busy(ScriptedChat):
        async def check(self) -> None:
            asking.set()
            await asyncio.Event().wait()

    asking, well = asyncio.Event(), asyncio.Event()
    made = services(FixedClock())
    problems = made.problems
    health = ModelHealth(Busy("sure"), HashedEmbedder(), made, well.set)
    keeping = asyncio.create_task(health.keep())
    await asking.wait()
    problems.tell("model", "it takes long to load")
    assert not health.ready
    prompt = Prompt(turns=(), text="Sam: tea?\nAlex:")
    assert [piece async for piece in health.heard().stream(prompt, Sampling())] != []
    assert (health.ready, problems.all(), well.is_set()) == (True, (), True)
    keeping.cancel()
