"""A greeting is answered by itself, a while after what waits for its owner; that waits on, untouched."""

from datetime import timedelta

import pytest

from bots.api.twin import Twin
from bots.api.views import HeardDraft
from core.models.scripted import ScriptedChat
from core.types import ConversationId, DraftId, MessageId, SmallTalk
from memory.archive.bursts import burst
from tests.journeys.conftest import World, becomes
from tests.journeys.test_whole_way import heard

LOAN = "can you lend me two hundred euros?"
REPLIES = {
    SmallTalk.GREETING: ("hey hey",),
    SmallTalk.WISHES: ("you too!",),
    SmallTalk.THANKS: ("any time",),
    SmallTalk.BYE: ("bye",),
    SmallTalk.ACKNOWLEDGEMENT: ("cool",),
}


async def waits(world: World, twin: Twin) -> HeardDraft:
    """The owner has something to decide on, from a while ago."""
    await twin.delegate("console:sam", REPLIES, until="72h")
    draft = await heard(twin, LOAN)
    world.clock.pass_by(hours=12)
    return draft


async def open_drafts(twin: Twin) -> list[tuple[str, str]]:
    return [(one.id, one.text) for one in await twin.inbox()]


@pytest.mark.parametrize(
    ("text", "reply"),
    [("good morning!", "hey hey"), ("guten morgen alex", "hey hey"), ("have a nice weekend!", "you too!")],
)
async def test_it_is_answered_and_what_waits_is_as_it_was(world: World, text: str, reply: str) -> None:
    async with world.twin(ScriptedChat("let me see")) as twin:
        draft = await waits(world, twin)
        before = await twin.inbox()
        answer = await twin.hear("sam", "console:sam", text)
        assert (answer.decision, answer.rule) == ("send", "delegated")
        assert answer.draft is not None
        await becomes(twin, answer.draft.id, "sent")
        assert [sent.startswith(reply) for sent in world.sent] == [True]
        assert await twin.inbox() == before
        await twin.approve(draft.id)
        await becomes(twin, draft.id, "sent")
        assert world.sent[1] == "let me see"


async def test_what_comes_next_is_drafted_with_what_waits_and_without_the_greeting(world: World) -> None:
    async with world.twin(ScriptedChat(["let me see", "not sure yet"])) as twin:
        await waits(world, twin)
        greeted = await twin.hear("sam", "console:sam", "good morning!")
        assert greeted.draft is not None
        await becomes(twin, greeted.draft.id, "sent")
        answer = await twin.hear("sam", "console:sam", "so what about the money?")
        assert answer.draft is not None
        assert await open_drafts(twin) == [(answer.draft.id, "not sure yet")]
        where = await world.stores.messages.conversation(ConversationId("console:sam"))
        assert where is not None
        answers = (await world.stores.outbox.get(DraftId(answer.draft.id))).answers
        unanswered = await world.stores.db.read(lambda c: burst(c, where, answers))
        assert [one.text for one in unanswered.messages] == [LOAN, "so what about the money?"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("good morning!", 5.9),
        ("thanks!", 12),
        ("see you!", 12),
        ("ok great", 12),
        ("good morning, so it's a yes?", 12),
    ],
)
async def test_what_could_say_yes_to_it_or_comes_at_once_asks(world: World, text: str, hours: float) -> None:
    async with world.twin(ScriptedChat(["let me see", "hm"])) as twin:
        await waits(world, twin)
        world.clock.time -= timedelta(hours=12 - hours)
        answer = await twin.hear("sam", "console:sam", text)
        assert answer.decision == "ask"
        assert world.sent == []
        assert len(await twin.inbox()) == 1


async def test_what_waits_and_was_edited_lately_asks(world: World) -> None:
    async with world.twin(ScriptedChat("let me see")) as twin:
        draft = await waits(world, twin)
        loan = (await twin.draft(draft.id)).heard[-1]
        now = world.clock.now()
        await world.stores.messages.edit(MessageId(loan.id), "i take your car. say hey if that is ok", now)
        world.clock.pass_by(seconds=30)
        assert (await twin.hear("sam", "console:sam", "good morning!")).decision == "ask"
        assert world.sent == []


async def test_a_greeting_after_more_that_waits_for_nobody_yet_asks(world: World) -> None:
    """What came since is on no card: it counts as before."""
    async with world.twin(ScriptedChat(["let me see", "hm", "hm"])) as twin:
        await waits(world, twin)
        await twin.hear("sam", "console:sam", "hello? i'll just take it from the drawer")
        assert (await twin.hear("sam", "console:sam", "good morning!")).decision == "ask"
        assert world.sent == []


async def test_while_paused_it_asks_with_the_rest(world: World) -> None:
    async with world.twin(ScriptedChat("let me see")) as twin:
        await waits(world, twin)
        await twin.pause()
        assert (await twin.hear("sam", "console:sam", "good morning!")).decision == "ask"
        assert world.sent == []
        assert len(await twin.inbox()) == 1
