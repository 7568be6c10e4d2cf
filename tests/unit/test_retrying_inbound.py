"""What platforms hand over while the database cannot be written is kept as soon as it can."""

from dataclasses import replace

import pytest

from bots.runtime.base.problems import DATABASE
from bots.runtime.process.retrying_inbound import RetryingInbound
from core.types import MessageId, PersonId
from memory.storage.port import DatabaseBusy
from tests.desk import SAMS
from tests.fakes import FixedClock
from tests.services import services
from tests.unit.memory_cases import said
from tests.wire.fake_inbound import FakeInbound

ME, SAID = PersonId("discord:1"), MessageId("discord:1/7")
FULL = "twin.db: the disk is full"


async def test_it_waits_tells_the_owner_and_says_when_it_is_well() -> None:
    inbound, made, told = FakeInbound(), services(FixedClock()), []

    async def slept(_: float) -> None:
        told.append(made.problems.of(DATABASE))

    inbound.fails = [DatabaseBusy(FULL)] * 3
    message = said(SAMS, 1, "hello")
    await RetryingInbound(inbound, replace(made, sleep=slept)).heard(SAMS, message)
    assert inbound.messages == [message]
    assert told == [FULL] * 3
    assert made.problems.of(DATABASE) is None


@pytest.mark.parametrize(("kept", "said"), [(False, 2), (True, 1)])
async def test_the_owners_words_are_tried_again_until_they_are_kept_and_no_more_then(
    kept: bool, said: int
) -> None:
    inbound, calls = FakeInbound(str(ME)), []

    async def said_to_twin(*_: object, **given: object) -> str:
        calls.append(given)
        if kept:
            given["kept"]()  # type: ignore[operator]
        if len(calls) == 1:
            raise DatabaseBusy(FULL)
        return "Paused."

    inbound.said_to_twin = said_to_twin  # type: ignore[method-assign]

    async def slept(_: float) -> None: ...

    retrying = RetryingInbound(inbound, services(FixedClock(), sleep=slept))
    if kept:
        with pytest.raises(DatabaseBusy):
            await retrying.said_to_twin(ME, SAID, "pause")
    else:
        assert await retrying.said_to_twin(ME, SAID, "pause") == "Paused."
    assert len(calls) == said
