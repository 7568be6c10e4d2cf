"""A send that may or may not have arrived: its owner says which, in their DM."""

import pytest

from bots.api.twin import Twin
from bots.platforms.port import CardAction
from core.types import PersonId
from tests.journeys.conftest import World
from tests.journeys.test_platforms import QUESTION, REPLY, at_home, paired
from tests.scripted_platform import ScriptedPlatform, Shown

DECISIONS = {CardAction.APPROVE, CardAction.EDIT, CardAction.REDRAFT, CardAction.REJECT, CardAction.SNOOZE}


@pytest.fixture
def telegram(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("telegram", world.clock)


@pytest.fixture
def discord(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("discord", world.clock)


async def broken_off(telegram: ScriptedPlatform) -> Shown:
    """A friend's question, and an approval whose send ends so that nobody knows; its card."""

    async def cut(*_: object, **__: object) -> str:
        raise RuntimeError("the line went dead")

    with pytest.MonkeyPatch.context() as dead:
        dead.setattr(telegram, "send", cut)
        before = len(telegram.shown)
        await telegram.hear(QUESTION)
        shown = await telegram.card(before + 1)
        word = await telegram.act(shown, CardAction.APPROVE)
        assert word == "It may or may not have arrived: did it?"
    await telegram.until(lambda: bool(shown.card.question))
    return shown


async def status(twin: Twin, shown: Shown) -> str:
    return (await twin.draft(shown.card.draft)).status


async def test_what_may_have_arrived_is_asked_for_on_its_card_and_filed_as_sent_if_it_did(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown = await broken_off(telegram)
        assert (shown.card.question, shown.card.closed) == ("it may or may not have arrived: did it?", "")
        assert await telegram.act(shown, CardAction.ARRIVED) == "Noted: it arrived."
        assert await telegram.closing(shown) == "approved on Telegram"
        assert (await twin.receipts())[0].text == REPLY
        assert telegram.sent == []


async def test_what_did_not_arrive_waits_for_leave_again_on_the_same_card(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown = await broken_off(telegram)
        assert await telegram.act(shown, CardAction.MISSING) == "Noted: it did not. It waits for you again."
        await telegram.until(lambda: shown.card.revision == 2)
        assert (shown.card.question, shown.card.closed, len(telegram.shown)) == ("", "", 1)
        assert await telegram.act(shown, CardAction.APPROVE) == "Sent."
        assert [one.text for one in telegram.sent] == [REPLY]


async def test_where_one_part_arrived_the_rest_goes_on(world: World, telegram: ScriptedPlatform) -> None:
    telegram.text_limit = 16
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown = await broken_off(telegram)
        assert (
            await telegram.act(shown, CardAction.ARRIVED) == "Noted: it arrived, and the rest of it goes on."
        )
        await telegram.until(lambda: [one.text for one in telegram.sent] == ["half seven?"])
        assert await telegram.closing(shown) == "approved on Telegram"


async def test_the_first_word_on_it_wins_and_every_surface_hears_of_it(
    world: World, telegram: ScriptedPlatform, discord: ScriptedPlatform
) -> None:
    async with at_home(world, telegram, discord) as twin:
        await paired(twin, telegram, discord)
        shown = await broken_off(telegram)
        there = await discord.card()
        await discord.until(lambda: bool(there.card.question))
        assert there.card.text is None  # who and where alone; whether it arrived may be said all the same
        assert await discord.act(there, CardAction.ARRIVED) == "Noted: it arrived."
        assert await telegram.closing(shown) == "approved on Telegram"
        for late in (CardAction.ARRIVED, CardAction.MISSING):
            assert await telegram.act(shown, late) == "already handled: approved on Telegram"
        assert await status(twin, shown) == "sent"


async def test_a_word_on_an_earlier_try_says_nothing_of_a_later_one(
    world: World, telegram: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object, **__: object) -> str:
        raise RuntimeError("the line went dead")

    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown = await broken_off(telegram)
        await telegram.act(shown, CardAction.MISSING)
        await telegram.until(lambda: shown.card.revision == 2)
        monkeypatch.setattr(telegram, "send", cut)
        await telegram.act(shown, CardAction.APPROVE)
        late = await telegram.act(shown, CardAction.ARRIVED, revision=1)
        assert late == "already handled: it is at revision 2 now"
        assert await status(twin, shown) == "uncertain"


async def test_only_the_owner_says_whether_it_arrived_and_nothing_else_is_decided_of_it(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown, stranger = await broken_off(telegram), PersonId("telegram:sam")
        for action in (CardAction.ARRIVED, CardAction.MISSING):
            assert await telegram.act(shown, action, account=stranger) == "Only Alex can decide this."
        for action in DECISIONS:
            assert "whether it did" in await telegram.act(shown, action, "1h")
        assert await status(twin, shown) == "uncertain"


async def test_it_may_be_said_in_plain_words_too(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown = await broken_off(telegram)
        number = shown.card.draft
        assert "settle" in await telegram.say("/settle the bill")
        assert await telegram.say(f"settle {number} missing") == "Noted: it did not. Its card says what now."
        await telegram.until(lambda: shown.card.revision == 2)
        assert "already handled" in await telegram.say(f"settle {number} arrived")
        assert await telegram.say("settle 99 arrived") == "there is no draft '99'"
        shown = await broken_off(telegram)
        assert await telegram.say(f"settle #{shown.card.draft} arrived") == "Noted: it arrived."
        assert await telegram.closing(shown) == "approved on Telegram"


async def test_it_is_still_asked_after_a_restart_and_behind_a_card_that_had_closed(
    world: World, telegram: ScriptedPlatform, discord: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        shown = await broken_off(telegram)
    async with at_home(world, telegram, discord) as twin:
        await paired(twin, discord)  # where it was never shown
        there = await discord.card()
        assert there.card.question
        assert await telegram.act(shown, CardAction.ARRIVED) == "Noted: it arrived."
        assert await telegram.closing(shown) == "approved on Telegram"
        assert await discord.closing(there) == "approved on Telegram"
        assert len(telegram.shown) == 1
