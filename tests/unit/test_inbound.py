"""What platforms hand over: who is the owner, what is meant for them, and that nothing breaks it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from bots.platforms.port import CardAction
from bots.runtime.base.schedule import schedule, span
from bots.runtime.process.listen_rule import ListenRule
from core.types import OWNER, AuthorKind, Conversation, ConversationId, Kind, PersonId
from tests.journeys.conftest import World
from tests.journeys.conftest import world as world
from tests.journeys.test_platforms import QUESTION, at_home, paired
from tests.scripted_platform import ScriptedPlatform

VIENNA = ZoneInfo("Europe/Vienna")
THREAD = Conversation(ConversationId("slack:T/C/17.1"), "slack", "general", Kind.GROUP, parent="slack:T/C")


@pytest.fixture
def telegram(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("telegram", world.clock)


def test_keywords_are_whole_words_in_any_case_and_place() -> None:
    wants = ListenRule(keywords=("Alex", "c++")).wants
    assert wants(THREAD, "is alex there?")
    assert wants(THREAD, "(Alex)")
    assert wants(THREAD, "who knows C++?")
    assert not wants(THREAD, "Alexandra is there")
    assert not wants(THREAD, "")


def test_a_channel_is_listened_to_with_its_threads_and_no_other() -> None:
    assert ListenRule("slack:T/C", everything=True).wants(THREAD, "anything")
    assert not ListenRule("slack:T/D", everything=True).wants(THREAD, "anything")
    assert not ListenRule("slack:T", everything=True).wants(THREAD, "anything")
    assert not ListenRule(everything=True).wants(THREAD, "anything")
    assert not ListenRule("slack:T/D", keywords=("anything",)).wants(THREAD, "anything")


@pytest.mark.parametrize(
    ("written", "at", "holds"),
    [
        ("22:00-07:00", "2026-03-12T23:30", True),
        ("22:00-07:00", "2026-03-12T06:59", True),
        ("22:00-07:00", "2026-03-12T07:00", False),
        ("Sat-Sun", "2026-03-14T00:00", True),
        ("Sat-Sun", "2026-03-15T23:59", True),
        ("Sat-Sun", "2026-03-16T00:00", False),
        ("Fri-Mon 09:00-17:00", "2026-03-16T12:00", True),
        ("Fri-Mon 09:00-17:00", "2026-03-17T12:00", False),
        ("fri 22:00-02:00", "2026-03-14T01:00", True),
        ("fri 22:00-02:00", "2026-03-13T01:00", False),
    ],
)
def test_a_schedule_holds_in_the_owners_own_time(written: str, at: str, holds: bool) -> None:
    when = datetime.fromisoformat(at).replace(tzinfo=VIENNA)
    assert schedule([written], VIENNA).covers(when.astimezone(UTC)) is holds


@given(st.text(max_size=30))
def test_what_is_no_time_of_the_week_is_said_to_be_none(text: str) -> None:
    try:
        span(text)
    except ValueError as error:
        assert "22:00-07:00" in str(error) or "23:59" in str(error)  # noqa: PT017 - either way is right


async def test_the_owner_is_known_everywhere_and_is_no_listener(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        group = telegram.group("sam")
        await telegram.hear("hi all", group, "owner")
        (said,) = await twin.thread(group.id)
        assert said.author == OWNER
        (known,) = [one for one in await twin.conversations() if one.id == group.id]
        assert known.members == ("telegram:sam",)
        joined = frozenset({telegram.owner, PersonId("telegram:sam"), PersonId("telegram:mia")})
        await telegram.here.listeners(
            Conversation(group.id, "telegram", "climbers", Kind.GROUP, joined, joiners_read_history=False)
        )
        (known,) = [one for one in await twin.conversations() if one.id == group.id]
        assert known.members == ("telegram:mia", "telegram:sam")
        assert await telegram.here.is_owner(telegram.owner)
        assert not await telegram.here.is_owner(PersonId("telegram:sam"))


async def test_the_owner_is_told_that_somebody_joined_while_a_draft_waited(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        group = telegram.group("sam")
        await telegram.hear(QUESTION, group, addressed=True)
        first = await telegram.card()
        await telegram.here.listeners(telegram.group("sam", "mia"))
        assert await telegram.closing(first) == "withdrawn: somebody joined, so it is drafted anew"
        second = await telegram.card(2)
        assert "already handled" in await telegram.act(first, CardAction.APPROVE)
        assert await telegram.act(second, CardAction.APPROVE) == "Sent."
        await telegram.until(lambda: len(telegram.sent) == 1)


async def test_a_message_to_the_twin_that_is_handed_over_as_any_other_stays_the_owners(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        dm = Conversation(
            ConversationId("telegram:1"), "telegram", "Alex", members=frozenset({telegram.owner})
        )
        await telegram.hear("[voice message, 12 s] secret plan", dm, "owner")
        assert [one.text for one in await twin.thread("telegram:owner/1")] == [
            "[voice message, 12 s] secret plan"
        ]
        assert all(one.id != "telegram:1" for one in await twin.conversations())


async def test_bots_are_known_as_bots_and_not_answered(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.here.named(PersonId("telegram:robo"), "Robo", kind=AuthorKind.BOT)
        await telegram.hear("are you free on friday?", friend="robo")
        await telegram.hear(QUESTION)
        assert (await telegram.card()).card.who == "telegram:sam"
        assert len(await twin.inbox()) == 1


async def test_an_adapters_facts_survive_a_restart(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram):
        await telegram.here.remember("telegram", "offset", "41")
        await telegram.here.remember("telegram", "offset", "42")
    async with at_home(world, telegram):
        assert await telegram.here.recalled("telegram", "offset") == "42"
        assert await telegram.here.recalled("discord", "offset") is None


@profile(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=50), min_size=1, max_size=5), name=st.text(max_size=200))
async def test_no_text_or_name_breaks_it(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], name: str
) -> None:
    from bots.home import Home
    from personas.library import copy_shipped

    home = Home(tmp_path_factory.mktemp("home"))
    home.create()
    copy_shipped(home.personas)
    world = World(home)
    telegram = ScriptedPlatform("telegram", world.clock)
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.here.named(PersonId("telegram:sam"), name)
        for text in texts:
            message = await telegram.hear(text)
            await telegram.here.edited(message, text + "?", world.clock.now())
            await telegram.say(text)
        assert len(await twin.thread("telegram:chat-sam")) == len(texts)
