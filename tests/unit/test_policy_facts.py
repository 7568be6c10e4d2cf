from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import Membership
from core.ports import PolicyFacts
from core.types import TWIN, Conversation, MemoryRecord, Message, Mode, Person, PersonId, SmallTalk
from memory.outbox.coverage import capped
from memory.outbox.policy_facts import StoredPolicyFacts
from tests.desk import AS_FRIEND, MIAS, SAM, SAMS, SENDS_PER_HOUR, Desk, open_desk
from tests.fakes import FRIENDLY

PRESENCE = timedelta(minutes=10)


@dataclass
class FakeDirectory:
    persons: dict[PersonId, Person] = field(default_factory=lambda: {SAM: Person(SAM, "Sam")})
    linked: dict[PersonId, PersonId] = field(default_factory=dict)
    version: int = 0

    def membership(self, channels: Mapping[str, frozenset[PersonId]]) -> Membership:
        return Membership(linked=self.linked, channels=channels)

    def people(self) -> Mapping[PersonId, Person]:
        return self.persons

    def entries(self) -> Sequence[MemoryRecord]:
        return ()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


async def facts(
    desk: Desk,
    message: Message,
    where: Conversation = SAMS,
    directory: FakeDirectory | None = None,
    persona_mode: Mode = Mode.AUTO,
) -> PolicyFacts:
    reader = StoredPolicyFacts(
        desk.database,
        directory or FakeDirectory(),
        desk.clock,
        presence=PRESENCE,
        sends_per_hour=SENDS_PER_HOUR,
    )
    return await reader.read(where, message, replace(FRIENDLY, mode=persona_mode))


async def test_where_nothing_is_set_the_persona_says_how_far(desk: Desk) -> None:
    found = await facts(desk, await desk.hear(), persona_mode=Mode.DRAFT)
    assert found == PolicyFacts(
        mode=Mode.DRAFT,
        paused=False,
        owner_present=False,
        known=True,
        sends_left=SENDS_PER_HOUR,
        delegation=None,
    )


@pytest.mark.parametrize(
    ("explicit", "persona", "expected"),
    [
        (None, Mode.AUTO, Mode.AUTO),
        (Mode.OBSERVE, Mode.AUTO, Mode.OBSERVE),
        (Mode.AUTO, Mode.DRAFT, Mode.DRAFT),
        (Mode.AUTO, Mode.OBSERVE, Mode.OBSERVE),
        (Mode.AUTO, Mode.AUTO, Mode.AUTO),
    ],
)
def test_a_conversations_mode_is_capped_by_the_personas(
    explicit: Mode | None, persona: Mode, expected: Mode
) -> None:
    assert capped(explicit, persona) is expected


async def test_a_mode_that_nobody_knows_reads_as_observe(desk: Desk) -> None:
    await desk.control.set_mode(SAMS.id, Mode.AUTO)
    await desk.sql("UPDATE modes SET mode = 'autopilot'")
    assert (await facts(desk, await desk.hear())).mode is Mode.OBSERVE
    assert await desk.control.modes() == {SAMS.id: Mode.OBSERVE}


async def test_a_mode_can_be_set_and_left_to_the_persona_again(desk: Desk) -> None:
    await desk.control.set_mode(SAMS.id, Mode.OBSERVE)
    assert await desk.control.modes() == {SAMS.id: Mode.OBSERVE}
    await desk.control.set_mode(SAMS.id, None)
    assert await desk.control.modes() == {}


async def test_switches_outlive_the_process(desk: Desk, tmp_path: Path) -> None:
    await desk.control.pause()
    await desk.control.pause()
    await desk.control.away()
    await desk.database.close()
    async with open_desk(tmp_path) as again:
        assert await again.control.paused()
        assert await again.control.is_away()
        assert (await facts(again, await again.hear())).paused
        await again.control.resume()
        assert not await again.control.paused()


async def test_the_owner_is_present_where_they_wrote_a_short_while_ago(desk: Desk) -> None:
    await desk.owner_says()
    message = await desk.hear()
    assert (await facts(desk, message)).owner_present
    desk.clock.pass_by(seconds=PRESENCE.total_seconds())
    assert not (await facts(desk, message)).owner_present


async def test_presence_is_of_one_conversation(desk: Desk) -> None:
    await desk.owner_says(MIAS)
    assert not (await facts(desk, await desk.hear())).owner_present


async def test_what_the_twin_sent_is_not_the_owners_presence(desk: Desk) -> None:
    await desk.hear("on my way", author=TWIN)
    assert not (await facts(desk, await desk.hear())).owner_present


async def test_away_overrides_presence_and_back_ends_it(desk: Desk) -> None:
    await desk.owner_says()
    message = await desk.hear()
    await desk.control.away()
    assert not (await facts(desk, message)).owner_present
    await desk.control.back()
    assert (await facts(desk, message)).owner_present


async def test_a_conversation_is_known_when_everyone_who_speaks_there_is(desk: Desk) -> None:
    stranger = PersonId("discord:99")
    message = await desk.hear()
    assert (await facts(desk, message)).known
    await desk.hear("hello all", author=stranger)
    assert not (await facts(desk, message)).known
    linked = FakeDirectory(linked={stranger: SAM})
    assert (await facts(desk, message, directory=linked)).known


async def test_a_running_delegation_is_named_with_its_replies(desk: Desk) -> None:
    greets = await desk.delegation(replies={SmallTalk.GREETING: ("hey you",)}, hours=1)
    thanked = await desk.delegation(person=SAM, replies={SmallTalk.THANKS: ("any time",)}, hours=1)
    for said, delegation in (("hi", greets), ("thanks!", thanked), ("I sold the car", greets)):
        read = await facts(desk, await desk.hear(said))
        assert (read.delegation, read.replies) == (delegation.id, delegation.replies)
    assert (await facts(desk, await desk.hear("hi", MIAS), MIAS)).delegation is None
    desk.clock.pass_by(hours=1)
    read = await facts(desk, await desk.hear())
    assert (read.delegation, read.replies) == (None, {})


@pytest.mark.parametrize("persona", list(Mode))
@pytest.mark.parametrize("before", [None, *Mode])
@pytest.mark.parametrize("after", [None, *Mode])
async def test_the_owners_last_word_says_how_far_and_a_delegation_is_one(
    desk: Desk, persona: Mode, before: Mode | None, after: Mode | None
) -> None:
    message = await desk.hear()
    desk.persona = replace(AS_FRIEND, mode=persona)
    await desk.control.set_mode(SAMS.id, before)
    given = await desk.delegation()
    if after is not None:
        await desk.control.set_mode(SAMS.id, after)
    read = await facts(desk, message, persona_mode=persona)
    if after in (None, Mode.AUTO):
        assert (read.mode, read.delegation) == (Mode.AUTO, given.id)
    else:
        assert (read.mode, read.delegation) == (capped(after, persona), None)
    await desk.delegations.revoke(given.id)
    assert (await facts(desk, message, persona_mode=persona)).mode is capped(after or before, persona)


async def test_what_the_rate_still_allows_shrinks_with_every_delegated_send(desk: Desk) -> None:
    await desk.delegated(await desk.delegation())
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "p1", desk.clock.now())
    assert (await facts(desk, await desk.hear())).sends_left == SENDS_PER_HOUR - 1
