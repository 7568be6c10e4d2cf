"""What an owner tells their twin: which words are commands, and what is answered where."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bots.runtime.assistant.command_parser import USAGE, Command, addressed, placed_mode, read_command
from bots.runtime.base.timing import cancel_and_wait
from core.models.scripted import ScriptedChat
from core.ports import ChatModel, Sampling
from core.prompt.chat import Prompt
from core.types import OWNER, Conversation, ConversationId, Kind, MessageId, PersonId
from tests.desk import SAM, SAMS, Desk, open_desk
from tests.parts import Parts
from tests.waiting import PATIENCE_S


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("away", Command("away")),
        ("Away!", Command("away")),
        (" /away ", Command("away")),
        ("/inbox@understudy_bot", Command("inbox")),
        ("back", Command("back")),
        ("back from the dentist", None),
        ("pause.", Command("pause")),
        ("pause for thought", Command("pause")),
        ("please pause", Command("pause")),
        ("ok, pause", Command("pause")),
        ("hey twin, please stop!!", Command("stop")),
        ("no, wait: pause", Command("pause")),
        ("don't stop", None),
        ("when does the bus stop here?", None),
        ("remember that Sam is vegan", Command("remember", "that Sam is vegan")),
        ("remember what Sam said?", None),
        ("/remember what Sam said?", Command("remember", "what Sam said?")),
        ("remember", Command("remember")),
        ("forget note:1a", Command("forget", "note:1a")),
        ("Remind me to call Sam", Command("remind", "me to call Sam")),
        ("remind me what Sam said?", None),
        ("Reminders", Command("reminders")),
        ("drop 3", Command("drop", "3")),
        ("settle 12 arrived", Command("settle", "12 arrived")),
        ("Settle #12 Missing", Command("settle", "#12 Missing")),
        ("settle the bill", None),
        ("settle", None),
        ("/settle the bill", Command("settle", "the bill")),
        ("drop", Command("drop")),
        ("drop the meeting", None),
        ("/drop the meeting", Command("drop", "the meeting")),
        ("delegate sam until 2d", Command("delegate", "sam until 2d")),
        ("delegate yes", Command("delegate", "yes")),
        ("delegate sam\nthanks: any time", Command("delegate", "sam\nthanks: any time")),
        ("delegations", Command("delegations")),
        ("delegations look odd", None),
        ("revoke 3", Command("revoke", "3")),
        ("revoke his licence", None),
        ("mode slack:T/C auto", Command("mode", "slack:T/C auto")),
        ("/fly to the moon", Command("unknown", "fly")),
        ("what did I promise Mia?", None),
        ("[forwarded from Sam] pause", None),
        ("", None),
        ("😀", None),
    ],
)
def test_a_message_is_a_command_only_where_all_of_it_is_one(said: str, meant: Command | None) -> None:
    assert read_command(said) == meant


def test_a_mode_is_placed_in_either_order_and_unknown_ones_are_not() -> None:
    assert placed_mode("slack:T/C draft") == ("slack:T/C", "draft")
    assert placed_mode("AUTO the climbers") == ("the climbers", "auto")
    assert placed_mode("slack:T/C") is None
    assert placed_mode("auto") is None
    assert placed_mode("slack:T/C everything") is None


def test_a_draft_is_for_someone_with_or_without_a_wish() -> None:
    assert addressed("Sam: say yes") == ("Sam", "say yes")
    assert addressed("slack:T/C") == ("slack:T/C", "")


ME = PersonId("telegram:1")
MINE = ConversationId("telegram:owner/1")
CLIMBERS = Conversation(
    ConversationId("telegram:group"), "telegram", "climbers", Kind.GROUP, frozenset({SAM})
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


class Talk:
    """A dialogue over a desk, in the DM of one account."""

    def __init__(self, desk: Desk, folder: Path, model: ChatModel | None = None) -> None:
        self.parts = Parts(desk, folder, model)
        self.commands = self.parts.commands
        self.said = 0

    async def say(self, text: str, *, late: timedelta = timedelta(), live: bool = True) -> str:
        self.said += 1
        at = self.parts.desk.clock.now() - late
        return await self.parts.dialogue.said(ME, MessageId(f"{ME}/{self.said}"), text, at, live=live)


@pytest.fixture
def talk(desk: Desk, tmp_path: Path) -> Talk:
    return Talk(desk, tmp_path)


async def test_a_command_is_obeyed_and_leaves_no_words_behind(desk: Desk, talk: Talk) -> None:
    assert await talk.say("away") == "You are away."
    assert await talk.say("remember the door code is 4711") == (
        "I'll keep that in mind. (forget note:1a lets it go)"
    )
    assert talk.commands.done == [("away",), ("remember", "the door code is 4711")]
    assert await desk.messages.recent(MINE, 10) == []
    assert await desk.messages.get(MessageId(f"{ME}/1")) is not None


async def test_what_is_no_command_is_answered_and_kept_for_the_owner(desk: Desk, tmp_path: Path) -> None:
    model = ScriptedChat("Sam likes climbing.")
    talk = Talk(desk, tmp_path, model)
    for question in ("what does Sam like?", "draft a toast for the wedding", "remind me what I told Sam"):
        assert await talk.say(question) == "Sam likes climbing."
        assert question in spoken(model.prompts[-1])
    kept = await desk.messages.conversation(MINE)
    assert kept is not None
    assert kept.kind is Kind.OWNER
    # what looked like a command leaves no words behind, as any
    assert [(one.author, one.text) for one in await desk.messages.recent(MINE, 10)] == [
        (OWNER, "what does Sam like?"),
        ("twin", "Sam likes climbing."),
    ]


async def test_what_was_said_on_another_platform_is_in_no_prompt_here(desk: Desk, tmp_path: Path) -> None:
    model = ScriptedChat("I do not know.")
    talk = Talk(desk, tmp_path, model)
    await desk.hear("the treasure map is in the attic", CLIMBERS)
    await desk.hear("the treasure is under the oak", replace(CLIMBERS, id=ConversationId("discord:group")))
    assert "not for Telegram: ask in the console" in await talk.say("where is the treasure?")
    assert "attic" in spoken(model.prompts[-1])
    assert "oak" not in spoken(model.prompts[-1])


class Silence:
    """Implements `core.ports.ChatModel`: never answers."""

    card = ScriptedChat().card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str]:
        await asyncio.Event().wait()
        yield ""

    async def check(self) -> None:
        return

    async def close(self) -> None:
        return


WAITING = ("what does Sam like?", "draft a toast for the wedding", "remind me what I said")


@pytest.mark.parametrize(
    "said",
    [
        *("pause", "resume", "away", "back", "inbox", "mode Sam observe", "remember the code"),
        *("forget note:1", "settle 1 arrived", "digest", "remind in 2h call Sam", "reminders", "drop"),
        *("help", "/fly"),
        *("delegate sam", "delegate yes", "delegations", "revoke 1"),
    ],
)
async def test_a_command_is_obeyed_while_a_model_never_answers(desk: Desk, tmp_path: Path, said: str) -> None:
    talk = Talk(desk, tmp_path, Silence())
    await desk.drafted()
    asked = [asyncio.create_task(talk.say(question)) for question in WAITING]
    async with asyncio.timeout(PATIENCE_S):
        assert await talk.say(said)
        assert await talk.say("pause") == "Paused."
    assert talk.commands.done[-1] == ("pause",)
    assert not any(task.done() for task in asked)
    await cancel_and_wait(*asked)


async def test_the_same_message_is_obeyed_once(desk: Desk, talk: Talk) -> None:
    def again() -> Awaitable[str]:
        return talk.parts.dialogue.said(ME, MessageId("telegram:1/77"), "pause")

    answers = [*await asyncio.gather(again(), again()), await again()]
    assert answers == ["Paused.", "", ""]
    assert talk.commands.done == [("pause",)]


async def test_an_old_word_lets_the_twin_do_less_and_never_more(talk: Talk) -> None:
    late = timedelta(hours=1)
    for word in ("away", "resume", "mode climbers auto"):
        assert "say it again" in await talk.say(word, late=late, live=False)
    assert talk.commands.done == []
    await talk.say("pause", late=late, live=False)
    await talk.say("back", late=late, live=False)
    assert talk.commands.done == [("pause",), ("back",)]


async def test_a_reminder_counts_from_when_it_was_said_and_is_told_on_the_owners_wall(talk: Talk) -> None:
    hour = timedelta(hours=1)
    answer = await talk.say("remind in 2h call Sam", late=hour, live=False)
    assert answer == "I'll remind you Thu 12 Mar 14:00: call Sam. (drop 1 lets it go)"
    missed = await talk.say("remind in 10m take the cake out", late=hour, live=False)
    assert missed == "You wanted to be reminded Thu 12 Mar 12:10, while I was off: take the cake out"
    held = await talk.say("remind me to lock up at 23:00")
    assert "Your quiet hours hold it until Fri 13 Mar 07:00." in held
    assert (await talk.say("reminders")).splitlines() == [
        "1. Thu 12 Mar 14:00: call Sam",
        "2. Thu 12 Mar 23:00: lock up",
    ]
    assert await talk.say("drop #2") == "Reminder 2 is gone."
    assert await talk.say("/remind call Sam") == USAGE["remind"]


async def test_a_reminder_that_recurs_is_listed_with_its_rule_and_ended(talk: Talk) -> None:
    answer = await talk.say("remind every weekday at 8 join the standup")
    assert answer == (
        "I'll remind you every weekday at 08:00, first Fri 13 Mar 08:00: join the standup. (drop 1 ends it)"
    )
    assert await talk.say("reminders") == "1. Fri 13 Mar 08:00 (every weekday at 08:00): join the standup"
    assert await talk.say("drop 1") == "Reminder 1 is gone."
    assert "Nothing to be reminded of" in await talk.say("reminders")


async def test_a_reminder_that_may_mean_two_times_is_asked_back_and_a_question_is_answered(
    talk: Talk,
) -> None:
    for said, understood in (
        ("remind me next friday to call Sam", "13 March or 20 March"),
        ("remind tomorrow at 9 send it by friday", "Fri 13 Mar 09:00, but what of"),
        ("remind morgen um 9 Sam anrufen", "what to make of “um 9”"),
        ("remind at half nine call Sam", "Say when and what"),
    ):
        assert understood in await talk.say(said)
    assert "Nothing to be reminded of" in await talk.say("reminders")
    for asked in (
        "remind me what we said on friday",
        "remind me of what Sam does at 9",
        "remind me who comes tomorrow",
    ):
        await talk.say(asked)
    assert "Nothing to be reminded of" in await talk.say("reminders")


async def test_the_inbox_is_told_as_far_as_it_may_be_told_there(desk: Desk, talk: Talk) -> None:
    assert await talk.say("inbox") == "Nothing waits for you."
    await desk.drafted(where=CLIMBERS)
    await desk.drafted(where=SAMS)
    first, second = (await talk.say("inbox")).splitlines()
    assert first == (
        "1. sam (not linked), group “climbers” on Telegram: “dinner on friday?” → “Friday works.” (waiting)"
    )
    assert second == "2. sam (not linked), direct message on Console (waiting)"


async def test_a_draft_is_made_for_whom_the_owner_names(desk: Desk, talk: Talk) -> None:
    await desk.hear("nice one", CLIMBERS)
    assert await talk.say("draft climbers: say thanks") == "A draft waits for you."
    assert await talk.say("draft #Climbers") == "Drafted anew: look at its card."
    (draft,) = await desk.outbox.open()
    assert (draft.rule, draft.revision) == ("redraft", 2)
    await desk.drafted(where=SAMS)
    assert "Open the console" in await talk.say("draft Sam: warmer")
    assert "I know no conversation 'nobody'" in await talk.say("mode nobody auto")
    assert await talk.say("mode climbers observe") == "group “climbers”: observe."
    assert talk.commands.done == [("mode", CLIMBERS.id, "observe")]


def spoken(prompt: Prompt) -> str:
    return prompt.text + "\n".join(turn.content for turn in prompt.turns)
