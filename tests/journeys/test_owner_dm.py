"""The owner and their twin in a DM, through the whole of it."""

import asyncio
from datetime import timedelta

import pytest

from bots.runtime.assistant.command_parser import USAGE
from bots.runtime.base.timing import cancel_and_wait
from bots.settings import OwnerSettings, QuietSettings
from core.audience import OWNER_ONLY
from core.models.scripted import ScriptedChat
from core.prompt.chat import Prompt
from core.types import OWNER, MessageId, PersonId
from tests.heard import texts_on
from tests.journeys.conftest import World, waiting
from tests.journeys.test_platforms import QUESTION, at_home, paired
from tests.scripted_platform import ScriptedPlatform
from tests.waiting import PATIENCE_S, SlowChat


def spoken(prompt: Prompt) -> str:
    return prompt.text + "\n".join(turn.content for turn in prompt.turns)


@pytest.fixture
def telegram(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("telegram", world.clock)


async def test_the_owner_commands_the_twin_in_their_dm(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        assert await telegram.say("away") == "You are away."
        assert (await twin.status()).away
        assert await telegram.say("/back") == "Welcome back."
        assert "nothing is sent" in await telegram.say("pause")
        assert (await twin.status()).paused
        await telegram.say("resume")
        assert not (await twin.status()).paused
        assert await telegram.say("inbox") == "Nothing waits for you."
        await telegram.hear(QUESTION)
        await telegram.card()
        assert QUESTION in await telegram.say("inbox")
        assert await telegram.say("mode Sam observe") == "Sam (not linked: telegram:sam): observe."
        assert [one.mode for one in await twin.conversations() if one.title.startswith("Sam")] == ["observe"]
        assert "no conversation" in await telegram.say("mode nobody observe")
        assert "mode CONVERSATION" in await telegram.say("mode Sam loud")
        assert "/fly" in await telegram.say("/fly")
        assert "inbox" in await telegram.say("help")
        assert "yours" in await telegram.say("pair ABCD-EFGH")


async def test_what_is_remembered_is_a_note_for_the_owner_and_can_be_let_go(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        answer = await telegram.say("remember the door code is 4711")
        (note,) = [word for word in answer.replace(")", " ").split() if word.startswith("note:")]
        found = await twin.recall("door code", "console:owner")
        # the note alone: the command itself is kept nowhere, or forgetting would not forget
        assert [(one.id, one.audience) for one in found.records if "4711" in one.text] == [
            (note, tuple(sorted(OWNER_ONLY)))
        ]
        assert "forgotten" in await telegram.say(f"forget {note}")
        assert not [
            one for one in (await twin.recall("door code", "console:owner")).records if "4711" in one.text
        ]


async def test_a_reminder_is_set_listed_and_dropped_in_the_dm(
    world: World, telegram: ScriptedPlatform
) -> None:
    world.settings = world.settings.model_copy(
        update={
            "owner": OwnerSettings(name="Alex", timezone="Europe/Vienna"),
            "quiet": QuietSettings(times=("22:00-07:00",)),
        }
    )
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        assert "remind in 2h" in await telegram.say("reminders")
        answer = await telegram.say("remind in 2h call Sam")
        assert answer == "I'll remind you Thu 12 Mar 15:00: call Sam. (drop 1 lets it go)"
        await telegram.say("/remind tomorrow 9:00 send the invoice")
        late = await telegram.say("remind me to lock the provider at 23:00")
        assert "Thu 12 Mar 23:00: lock the provider. Your quiet hours hold it until Fri 13 Mar 07:00." in late
        assert (await telegram.say("reminders")).splitlines() == [
            "1. Thu 12 Mar 15:00: call Sam",
            "3. Thu 12 Mar 23:00: lock the provider",
            "2. Fri 13 Mar 09:00: send the invoice",
        ]
        assert await telegram.say("drop #3") == "Reminder 3 is gone."
        assert "no reminder" in await telegram.say("drop 3")
        assert [one.text for one in await twin.reminders()] == ["call Sam", "send the invoice"]


async def test_a_reminder_without_a_time_is_asked_for_it_and_talk_stays_talk(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram, reply="That you climb.") as twin:
        await paired(twin, telegram)
        for unclear in ("remind me to call Sam", "remind", "/remind call Sam"):
            assert await telegram.say(unclear) == USAGE["remind"]
        assert "say of what" in await telegram.say("remind in 2h")
        assert "passed" in await telegram.say("remind 2026-03-01 call Sam")
        assert await telegram.say("remind me what I told Sam") == "That you climb."
        assert await twin.reminders() == ()


async def test_a_reminder_counts_from_when_it_was_written_also_while_the_twin_was_off(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        hour_ago = world.clock.now() - timedelta(hours=1)

        async def written(number: int, text: str) -> str:
            who = telegram.owner
            return await telegram.here.said_to_twin(
                who, MessageId(f"{who}/late-{number}"), text, sent_at=hour_ago
            )

        assert "Thu 12 Mar 13:00: call Sam" in await written(1, "remind in 2h call Sam")
        missed = await written(2, "remind in 10m take the cake out")
        assert missed == "You wanted to be reminded Thu 12 Mar 11:10, while I was off: take the cake out"
        assert [one.text for one in await twin.reminders()] == ["call Sam"]


async def test_anything_else_is_answered_from_memory_and_kept_for_the_owner_alone(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram, reply="Sam likes climbing.") as twin:
        await paired(twin, telegram)
        assert await telegram.say("what does Sam like?") == "Sam likes climbing."
        said = await twin.thread("telegram:owner/1")
        assert [(one.author, one.text) for one in said] == [
            (OWNER, "what does Sam like?"),
            ("twin", "Sam likes climbing."),
        ]
        await telegram.hear("what does Sam like?", friend="mia")
        card = (await telegram.card()).card
        draft = await twin.draft(card.draft)
        assert all("telegram:owner" not in one.id for one in draft.records)


async def test_what_was_said_elsewhere_is_in_no_answer_here(world: World, telegram: ScriptedPlatform) -> None:
    model = ScriptedChat("I do not know.")
    discord = ScriptedPlatform("discord", world.clock)
    async with at_home(world, telegram, discord, model=model) as twin:
        await paired(twin, telegram)
        await discord.hear("the treasure is under the oak")
        await telegram.hear("the treasure map is in the attic")
        await telegram.card(2)
        answer = await telegram.say("where is the treasure?")
        assert "ask in the console" in answer
        assert "attic" in spoken(model.prompts[-1])
        assert "oak" not in spoken(model.prompts[-1])
        await twin.ask("where is the treasure?")
        assert "oak" in spoken(model.prompts[-1])


async def test_a_redelivered_word_is_obeyed_and_answered_once(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        once = MessageId("telegram:1/77")
        answers = await asyncio.gather(
            *(telegram.here.said_to_twin(telegram.owner, once, "remember milk") for _ in range(3))
        )
        answers.append(await telegram.here.said_to_twin(telegram.owner, once, "remember milk"))
        assert [bool(one) for one in answers].count(True) == 1
        assert len((await twin.recall("milk", "console:owner")).records) == 1


async def test_a_draft_is_made_where_the_owner_asks_for_one(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear("nice one", telegram.group("sam"))
        assert await telegram.say("draft climbers: say thanks") == "A draft waits for you."
        assert (await telegram.card()).card.why == "you asked for this draft, so you decide"
        assert "look at its card" in await telegram.say("draft climbers")


async def test_a_draft_that_waits_is_drafted_anew_only_where_it_may_be_seen(
    world: World, telegram: ScriptedPlatform
) -> None:
    discord = ScriptedPlatform("discord", world.clock)
    async with at_home(world, telegram, discord) as twin:
        await paired(twin, telegram)
        await paired(twin, discord)
        await telegram.hear(QUESTION)
        await telegram.card()
        (waits,) = await twin.inbox()
        await twin.edit(waits.id, "my own words")
        assert "Open the console" in await discord.say("draft Sam: warmer")
        assert [one.text for one in await twin.inbox()] == ["my own words"]
        assert "look at its card" in await telegram.say("draft Sam: warmer")


async def test_a_draft_for_a_message_answers_that_one_whatever_was_said_since(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        group = telegram.group("sam", "kim")
        rope = await telegram.hear("who brings the rope?", group)
        await telegram.hear("nice weather", group, "kim")
        await telegram.hear("hi all", group, "owner")
        world.clock.pass_by(hours=2)  # the owner is not there any more
        addressed = await telegram.hear("and when do we meet?", group, "kim", addressed=True)
        newest = await telegram.card()
        assert (await twin.draft(newest.card.draft)).heard[-1].id == addressed
        assert await telegram.say(f"/draft {rope}: I do") == "A draft waits for you."
        card = await telegram.card(2)
        assert "another message" in await telegram.closing(newest)
        assert texts_on(card.card)[-1] == "who brings the rope?"
        assert await telegram.say(f"/draft {rope}: say please") == "Drafted anew: look at its card."
        (draft,) = await twin.inbox()
        assert draft.id == card.card.draft
        await twin.approve(draft.id, via="test")
        await telegram.until(lambda: bool(telegram.sent))
        assert telegram.sent[0].reply_to == rope


async def test_what_the_owner_says_after_they_asked_for_a_draft_withdraws_it(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        rope = await telegram.hear("who brings the rope?", telegram.group("sam"))
        await telegram.hear("hi all", telegram.group("sam"), "owner")
        assert await telegram.say(f"/draft {rope}") == "A draft waits for you."
        world.clock.pass_by(seconds=1)
        await telegram.hear("me!", telegram.group("sam"), "owner")
        assert await twin.inbox() == ()


async def test_without_a_message_a_draft_answers_the_newest_that_wants_an_answer(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        group = telegram.group("sam", "kim")
        asked = await telegram.hear("Alex, do you bring the rope?", group, addressed=True)
        shown = await telegram.card()
        await twin.reject(shown.card.draft, via="test")
        await telegram.hear("nice weather", group, "kim")
        await telegram.say("draft climbers")
        (draft,) = await twin.inbox()
        assert draft.heard[-1].id == asked


async def test_a_stranger_in_a_dm_is_heard_as_anyone_and_told_nothing(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        stranger = PersonId("telegram:9")
        await telegram.here.named(stranger, "A plumber")
        assert await telegram.say("pause", stranger) == ""
        assert not (await twin.status()).paused
        (conversation,) = [one for one in await twin.conversations() if one.id == "telegram:9"]
        assert (conversation.kind, conversation.members, conversation.title) == (
            "direct",
            ("telegram:9",),
            "A plumber (not linked: telegram:9)",
        )


async def test_a_wrong_code_is_answered_only_while_somebody_pairs(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        assert await telegram.say("AAAA-AAAA") == ""
        await twin.pair("telegram")
        assert "understudy pair" in await telegram.say("AAAA-AAAA")


async def test_what_the_owner_said_before_they_paired_is_not_answered(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        changes = twin.changes()
        assert await telegram.say("hello, are you there?") == ""
        await waiting(twin, changes)
        await paired(twin, telegram)
        assert await twin.inbox() == ()
        assert telegram.shown == []


async def test_an_account_that_is_the_owners_no_more_finds_nothing_of_theirs(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.say("I am thinking of leaving the company")
        await twin.unpair(telegram.owner)
        await telegram.say("what is the owner thinking of?")
        found = await twin.recall("leaving the company", "telegram:1")
        assert not [one for one in found.records if "leaving" in one.text]


async def test_what_was_written_while_the_twin_was_off_is_done_where_it_can_do_no_harm(
    world: World, telegram: ScriptedPlatform
) -> None:
    def write(text: str) -> None:
        _, message = telegram.message(text, friend="owner")
        telegram.written.append(message)

    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        write("remember that Sam is vegan")  # as they come, and read back later
        before = telegram.written[0]
        await telegram.here.said_to_twin(telegram.owner, before.id, before.text, live=True)
    world.clock.pass_by(hours=3)
    for text in ("pause", "away", "mode telegram:group auto", "resume"):
        write(text)
    world.clock.pass_by(minutes=11)
    write("what did I say?")
    world.clock.pass_by(minutes=11)
    for text in ("back", "remember to buy milk", "away"):
        write(text)
    world.clock.pass_by(minutes=9)
    async with at_home(world, telegram) as twin:
        await telegram.until(lambda: len(telegram.answers) == len(telegram.written))
        status = await twin.status()
        assert (status.paused, status.away) == (True, True)
    known, paused, away, mode, resumed, answer, back, kept, away_now = telegram.answers
    assert known == ""
    assert "paused" in paused.lower()
    assert away == "You wrote “away” while I was off: say it again if you still want it."
    assert all("say it again" in one for one in (mode, resumed))
    assert all(one and "say it again" not in one for one in (answer, back, kept, away_now))
    telegram.answers.clear()
    world.clock.pass_by(days=2)
    write("and what of Sam?")
    world.clock.pass_by(days=1, hours=1)
    async with at_home(world, telegram):
        await telegram.until(lambda: bool(telegram.answers))
    assert "say it again" in telegram.answers[-1]
    assert not any(telegram.answers[:-1])


async def test_what_was_kept_but_not_answered_before_a_death_is_answered_after_it(
    world: World, telegram: ScriptedPlatform
) -> None:
    kept = asyncio.Event()
    async with at_home(world, telegram, model=SlowChat()) as twin:
        await paired(twin, telegram)
        _, asked = telegram.message("what did I promise?", friend="owner")
        said = asyncio.create_task(
            telegram.here.said_to_twin(telegram.owner, asked.id, asked.text, live=True, kept=kept.set)
        )
        async with asyncio.timeout(PATIENCE_S):
            await kept.wait()
        assert [one.id for one in await twin.thread("telegram:owner/1", 5)] == [asked.id]
        await cancel_and_wait(said)
    telegram.written.append(asked)
    async with at_home(world, telegram):
        await telegram.until(lambda: bool(telegram.answers))
    assert telegram.answers[0]
