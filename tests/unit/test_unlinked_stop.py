"""A delegation says that it sends nothing where policy asks because somebody there is unknown."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bots.runtime.approval.delegation_words import unlinked
from core.types import OWNER, Conversation, ConversationId, Kind, Mode, Person, PersonId
from memory.outbox.coverage import Stop
from memory.outbox.readers import SPEAKERS_OF
from tests.desk import AS_FRIEND, SAM, SENDS_PER_HOUR, Desk, open_desk
from tests.unit.test_policy_facts import FakeDirectory, facts

MIA, ZOE = PersonId("mia"), PersonId("discord:zoe")
CREW = Conversation(
    ConversationId("discord:7"), "discord", "crew", Kind.GROUP, members=frozenset({SAM, MIA, ZOE})
)
THREAD = replace(CREW, id=ConversationId("discord:7/1"), title="a thread", parent=CREW.id)
NOBODY: frozenset[PersonId] = frozenset()
ZOES = Conversation(ConversationId("discord:9"), "discord", "Zoe", members=frozenset({ZOE}))
WHO_IS_ZOE = Stop("unknown-person", unknown=frozenset({ZOE}))
KNOWN = FakeDirectory({SAM: Person(SAM, "Sam"), MIA: Person(MIA, "Mia")})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


async def stops(desk: Desk) -> dict[ConversationId, Stop | None]:
    (state,) = await desk.delegations.states()
    return {place.id: stop for place, stop in state.places}


@pytest.mark.parametrize("said", [(), ("hi",)])
async def test_in_a_dm_the_other_is_who_speaks(desk: Desk, said: tuple[str, ...]) -> None:
    await desk.messages.upsert(ZOES)
    for text in said:
        await desk.hear(text, ZOES, ZOE)
    await desk.delegation(ZOES)
    assert await stops(desk) == {ZOES.id: WHO_IS_ZOE}
    desk.people |= {ZOE}
    assert await stops(desk) == {ZOES.id: None}


async def test_in_a_group_who_only_reads_along_stops_nothing_until_they_speak(desk: Desk) -> None:
    """As policy has it: what Sam says is answered, for all who listen were there when it was given."""
    for where in (CREW, THREAD):
        await desk.hear("hi", where, SAM)
    await desk.delegation(CREW)
    assert await stops(desk) == {CREW.id: None, THREAD.id: None}
    assert (await facts(desk, await desk.hear("hi", CREW, SAM), CREW, KNOWN)).known
    assert await desk.delegations.unknown(CREW) == (NOBODY, frozenset({ZOE}))
    await desk.hear("hello", CREW, ZOE)
    assert await stops(desk) == {CREW.id: WHO_IS_ZOE, THREAD.id: None}
    assert not (await facts(desk, await desk.hear("hi", CREW, SAM), CREW, KNOWN)).known
    assert (await facts(desk, await desk.hear("hi", THREAD, SAM), THREAD, KNOWN)).known
    assert await desk.delegations.unknown(CREW) == (frozenset({ZOE}), NOBODY)


@pytest.mark.parametrize("since", [SPEAKERS_OF - 1, SPEAKERS_OF])
async def test_it_goes_on_when_policy_does(desk: Desk, since: int) -> None:
    await desk.hear("hello", CREW, ZOE)
    await desk.delegation(CREW)
    for _ in range(since):
        last = await desk.hear("hi", CREW, SAM)
    known = (await facts(desk, last, CREW, KNOWN)).known
    assert (await stops(desk) == {CREW.id: None}) is known is (since == SPEAKERS_OF)


async def test_the_owner_is_known_and_what_else_stops_it_is_said_first(desk: Desk) -> None:
    await desk.hear("hi", CREW, OWNER)
    await desk.delegation(CREW)
    assert await stops(desk) == {CREW.id: None}
    await desk.hear("hi", CREW, ZOE)
    await desk.control.set_mode(CREW.id, Mode.OBSERVE)
    assert await stops(desk) == {CREW.id: Stop("mode-draft", mode=Mode.OBSERVE)}


async def test_how_far_the_twin_may_go_there_is_as_it_was(desk: Desk) -> None:
    """What an unknown person says asks: it is not passed over, be the persona's own mode what it may."""
    desk.persona = replace(AS_FRIEND, mode=Mode.OBSERVE)
    message = await desk.hear("hi", ZOES, ZOE)
    given = await desk.delegation(ZOES)
    read = await facts(desk, message, ZOES, KNOWN, persona_mode=Mode.OBSERVE)
    assert (read.mode, read.delegation, read.known) == (Mode.AUTO, given.id, False)
    assert read.sends_left == SENDS_PER_HOUR


def test_words_name_who_it_is_and_how_to_link_them() -> None:
    speak, listen = unlinked(CREW, ["zoe (not linked: discord:zoe)"], ["eve (not linked: discord:eve)"])
    assert speak.startswith(
        "group “crew” (Discord): nothing would go, for zoe (not linked: discord:zoe) speaks there"
    )
    assert "eve (not linked: discord:eve) reads along; once they speak, it stops" in listen
    assert all("people --link ACCOUNT PERSON" in told for told in (speak, listen))
    assert unlinked(CREW, [], []) == []
