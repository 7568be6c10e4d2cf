"""What platforms hand over, through the whole twin: who is the owner, and that nothing breaks it."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from bots.platforms.port import CardAction
from core.types import OWNER, AuthorKind, Conversation, ConversationId, Kind, PersonId
from tests.journeys.conftest import World
from tests.journeys.test_platforms import QUESTION, at_home, paired
from tests.scripted_platform import ScriptedPlatform


@pytest.fixture
def telegram(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("telegram", world.clock)


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
        assert (await telegram.card()).card.who == "telegram:sam (not linked)"
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
