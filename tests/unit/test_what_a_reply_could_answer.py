"""A reply goes out unread only where all that it could be taken to answer is small talk."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.policy.decide import heard, own_reply
from core.types import OWNER, TWIN, ConversationId, Kind, Message, MessageId, SmallTalk
from memory.archive.bursts import in_context
from tests.desk import MIAS, SAM, SAMS, Desk, open_desk
from tests.fakes import DELEGATED, FRIENDLY

REPLIES = {SmallTalk.GREETING: ("hey you",), SmallTalk.THANKS: ("any time",)}
FACTS = replace(DELEGATED, replies=REPLIES)
LOAN = "can you lend me 500? i'll take it from the drawer"
GROUP = replace(SAMS, id=ConversationId("slack:climbing"), kind=Kind.GROUP)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


async def reply(desk: Desk, message: Message) -> str | None:
    conversation = await desk.messages.conversation(message.conversation) or SAMS
    burst = await desk.database.read(lambda c: in_context(c, conversation, message.id))
    said = heard(burst, "Alex", 10, REPLIES, asks_who=False, by_model=False)
    return own_reply(FACTS, FRIENDLY, conversation, said, message.id)


async def test_small_talk_alone_is_answered(desk: Desk) -> None:
    assert await reply(desk, await desk.hear("thanks!")) == "any time"
    assert await reply(desk, await desk.hear("hello")) == "any time"  # both are unanswered
    await desk.hear("any time\n\n(sent by my understudy)", SAMS, TWIN)
    assert await reply(desk, await desk.hear("thanks again")) == "any time"


async def test_what_was_passed_over_counts(desk: Desk) -> None:
    """Unaddressed talk in a group, and what came while the twin was off."""
    loan = await desk.hear(LOAN, GROUP)
    await desk.outbox.skip_turn(GROUP.id, loan.id, "not-addressed")
    assert await reply(desk, await desk.hear("thanks!", GROUP)) is None
    await desk.hear("no, sorry", GROUP, OWNER)
    desk.clock.pass_by(hours=25)
    assert await reply(desk, await desk.hear("hello", GROUP)) == "hey you"


async def test_a_thumb_between_counts_for_nothing(desk: Desk) -> None:
    thumb = await desk.hear("👍")
    await desk.outbox.skip_turn(SAMS.id, thumb.id, "nothing-said")
    assert await reply(desk, await desk.hear("thanks!")) == "any time"


@pytest.mark.parametrize("ends", ["rejected", "expired"])
async def test_thanks_may_be_for_what_got_no_answer(desk: Desk, ends: str) -> None:
    loan = await desk.hear(LOAN)
    draft = await desk.put(loan, lasts=timedelta(hours=1))
    assert draft is not None
    if ends == "rejected":
        await desk.outbox.reject(draft.id, draft.revision, "", "cli")
    else:
        desk.clock.pass_by(hours=2)
        await desk.outbox.expire(desk.clock.now())
    assert await reply(desk, await desk.hear("good morning")) == "hey you"
    thanks = await desk.hear("thanks!")
    assert await reply(desk, thanks) is None
    await desk.messages.edit(loan.id, f"{LOAN}, and the car", desk.clock.now())
    assert await reply(desk, await desk.hear("good evening")) is None


@pytest.mark.parametrize(
    "ours",
    [
        ("let me know if i can sell your bike",),
        ("did you take the pills?", "tell me please"),
        ("θες να σου δανείσω 500\u037e",),
        ("did you take the pills ❓",),
    ],
)
async def test_thanks_may_say_yes_to_what_we_said(desk: Desk, ours: tuple[str, ...]) -> None:
    for text in ours:
        await desk.hear(text, SAMS, OWNER)
    desk.clock.pass_by(minutes=20)
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None


async def test_a_question_of_ours_is_answered_however_late_and_what_else_we_said_is_not(desk: Desk) -> None:
    await desk.hear("i put the key back", SAMS, OWNER)
    desk.clock.pass_by(hours=25)
    assert await reply(desk, await desk.hear("thanks!")) == "any time"
    await desk.hear("shall i sell it?", SAMS, OWNER)
    desk.clock.pass_by(hours=250)
    assert await reply(desk, await desk.hear("thanks!")) is None


@pytest.mark.parametrize("author", [SAM, OWNER])
async def test_what_is_quoted_counts(desk: Desk, author: str) -> None:
    quoted = await desk.hear("may i sell the bike", SAMS, author)  # type: ignore[arg-type]
    await desk.hear("hi", SAMS, OWNER)
    desk.clock.pass_by(hours=25)
    message = replace(
        await desk.hear("hello"), id=MessageId("console:sam/q"), text="thanks", reply_to=quoted.id
    )
    await desk.hear("hi", SAMS, OWNER)
    await desk.messages.hear(SAMS, replace(message, sent_at=desk.clock.now() + timedelta(hours=25)))
    assert await reply(desk, message) is None


async def test_what_is_quoted_and_cannot_be_read_counts(desk: Desk) -> None:
    message = Message(
        MessageId("console:sam/x"),
        SAMS.id,
        SAM,
        "thanks",
        desk.clock.now(),
        reply_to=MessageId("console:sam/gone"),
    )
    await desk.messages.hear(SAMS, message)
    assert await reply(desk, message) is None


async def test_what_was_changed_after_we_spoke_counts(desk: Desk) -> None:
    old = await desk.hear("look at my dog")
    await desk.hear("hi", SAMS, OWNER)
    desk.clock.pass_by(hours=25)
    await desk.messages.edit(old.id, LOAN, desk.clock.now())
    assert await reply(desk, await desk.hear("thanks!")) is None


async def test_what_a_thread_hangs_on_counts(desk: Desk) -> None:
    channel = replace(GROUP, id=ConversationId("slack:T/C"))
    root = await desk.hear(LOAN, channel)
    thread = replace(
        channel, id=ConversationId(f"{channel.id}/{root.id.rpartition('/')[2]}"), parent=channel.id
    )
    assert await reply(desk, await desk.hear("thanks!", thread)) is None


async def test_elsewhere_is_elsewhere(desk: Desk) -> None:
    await desk.hear(LOAN, MIAS, next(iter(MIAS.members or ())))
    assert await reply(desk, await desk.hear("thanks!")) == "any time"
