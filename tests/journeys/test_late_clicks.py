"""A late click hears what became of a draft, in the words of its card."""

from bots.platforms.port import CardAction
from tests.journeys.conftest import World
from tests.journeys.test_platforms import QUESTION, at_home, paired
from tests.scripted_platform import ScriptedPlatform


async def test_a_late_click_says_just_what_the_card_says(world: World) -> None:
    telegram = ScriptedPlatform("telegram", world.clock)
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        for number, became in enumerate(
            ("approved on Telegram", "rejected in the console", "withdrawn: you answered yourself"), 1
        ):
            await telegram.hear(QUESTION)
            shown = await telegram.card(number)
            if "approved" in became:
                await telegram.act(shown, CardAction.APPROVE)
            elif "rejected" in became:
                await twin.reject(shown.card.draft, via="console")
            else:
                await telegram.hear("friday it is", telegram.chat(), friend="owner")
            assert await telegram.closing(shown) == became
            for action in (
                CardAction.APPROVE,
                CardAction.EDIT,
                CardAction.REDRAFT,
                CardAction.REJECT,
                CardAction.SNOOZE,
            ):
                assert await telegram.act(shown, action, "1h") == f"already handled: {became}"


async def test_what_is_approved_but_not_sent_yet_is_approved_in_the_same_words(world: World) -> None:
    telegram = ScriptedPlatform("telegram", world.clock)
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await twin.pause()
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        assert await telegram.act(shown, CardAction.APPROVE) == "Approved: it goes once you resume."
        assert await telegram.act(shown, CardAction.APPROVE) == "already handled: approved on Telegram"
        assert "30m" in await telegram.act(shown, CardAction.SNOOZE, "soonish")
