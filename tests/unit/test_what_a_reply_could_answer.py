"""A reply goes out unread only where all that it could be taken to answer is small talk."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import Membership
from core.policy.decide import heard, own_reply
from core.reactions import in_words, reaction_id
from core.types import (
    OWNER,
    Conversation,
    ConversationId,
    DraftStatus,
    Kind,
    Message,
    MessageId,
    PersonId,
    SmallTalk,
)
from memory.archive.bursts import in_context
from memory.archive.owners_word import MOST_SAID
from memory.archive.talks import MOST_SAID as MOST_LOOKED_AT
from tests.desk import MIAS, SAM, SAMS, SEND, Desk, open_desk
from tests.fakes import DELEGATED, FRIENDLY

REPLIES = {SmallTalk.GREETING: ("hey you",), SmallTalk.THANKS: ("any time",)}
FACTS = replace(DELEGATED, replies=REPLIES)
LOAN = "can you lend me 500? i'll take it from the drawer"
WHO_IS_WHO = Membership(linked={PersonId("telegram:7"): SAM})
GROUP = replace(SAMS, id=ConversationId("slack:climbing"), kind=Kind.GROUP)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


async def reply(desk: Desk, message: Message) -> str | None:
    conversation = await desk.messages.conversation(message.conversation) or SAMS
    burst = await desk.database.read(lambda c: in_context(c, conversation, message.id, WHO_IS_WHO))
    said = heard(burst, "Alex", 10, REPLIES, asks_who=False, by_model=False)
    return own_reply(FACTS, FRIENDLY, conversation, said, message.id)


async def arrived(desk: Desk) -> None:
    """What waits for the sender is sent."""
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, f"sent-{claim.nonce}", desk.clock.now())


DISCLOSURE = "(sent by my understudy)"


async def answered_by_delegation(desk: Desk, text: str = "hello", reply: str = "hey you") -> None:
    """Small talk, and the reply of a delegation to it; an hour later, so that no rate stands in the way."""
    desk.clock.pass_by(hours=1)
    delegation = await desk.delegation()
    draft = await desk.put(await desk.hear(text), f"{reply}\n\n{DISCLOSURE}", SEND, delegation)
    assert draft is not None
    assert draft.status is DraftStatus.APPROVED
    await arrived(desk)


async def test_small_talk_alone_is_answered(desk: Desk) -> None:
    thanks = await desk.hear("thanks!")
    assert await reply(desk, thanks) == "any time"
    assert await reply(desk, await desk.hear("hello")) == "any time"  # both are unanswered
    await desk.hear("hey you", SAMS, OWNER)
    await answered_by_delegation(desk, "thanks!", "any time")
    assert await reply(desk, await desk.hear("hello")) == "hey you"  # the thanks are answered
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
        ("want to buy my bike for 300",),
        ("i could sell you my bike for 300, tell me if you want it",),
        ("hey you\n\nwill you sell me your bike for 300?",),
        ("hey you will you sell me your bike for 300",),
        ("any time\n\n(sent by my understudy)",),
        ("how are you?",),
        ("evening",),
        ("👍",),
    ],
)
@pytest.mark.parametrize("hours", [0.3, 25, 2500])
async def test_thanks_may_say_yes_to_what_the_owner_said_however_late(
    desk: Desk, ours: tuple[str, ...], hours: float
) -> None:
    for text in ours:
        await desk.hear(text, SAMS, OWNER)
    desk.clock.pass_by(hours=hours)
    assert await reply(desk, await desk.hear("hello")) == "hey you"
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None


@pytest.mark.parametrize("small", ["hi", "hey you", "good morning!"])
async def test_small_talk_of_the_owners_can_be_thanked_for(desk: Desk, small: str) -> None:
    await desk.hear("do you want to buy my bike for 300?", SAMS, OWNER)
    await desk.hear("no")
    await desk.hear(small, SAMS, OWNER)
    assert await reply(desk, await desk.hear("thanks!")) == "any time"


@pytest.mark.parametrize(
    "texts",
    [
        ("great, thanks! how are you?",),
        ("perfect, thanks a lot", "how are you?"),
        ("super, danke! wie geht's?",),
        ("super bedankt, hoe gaat het?",),
        ("hello, see you!",),
        ("welcome!",),
        ("willkommen!",),
        ("fala",),
        ("bienvenue",),
        ("hoş geldin",),
        ("欢迎",),
        ("happy friday",),
    ],
)
@pytest.mark.parametrize("ends", ["asked", "rejected"])
async def test_a_yes_is_heard_beside_whatever_else_is_said(
    desk: Desk, texts: tuple[str, ...], ends: str
) -> None:
    if ends == "asked":
        await desk.hear("shall i bring the car on sunday?", SAMS, OWNER)
    else:
        draft = await desk.put(await desk.hear(LOAN))
        assert draft is not None
        await desk.outbox.reject(draft.id, draft.revision, "", "cli")
    *before, last = [await desk.hear(text) for text in texts]
    assert await reply(desk, last) is None
    assert len(before) == len(texts) - 1


CHANNEL = replace(SAMS, id=ConversationId("slack:C1"), platform="slack", kind=Kind.GROUP)
THREAD = replace(CHANNEL, id=ConversationId("slack:C1/77"), parent="slack:C1")
OTHER_THREAD = replace(CHANNEL, id=ConversationId("slack:C1/99"), parent="slack:C1")
ELSEWHERE = replace(
    SAMS, id=ConversationId("telegram:7"), platform="telegram", members=frozenset({PersonId("telegram:7")})
)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (THREAD, CHANNEL),
        (CHANNEL, THREAD),
        (THREAD, OTHER_THREAD),
        (SAMS, ELSEWHERE),
        (ELSEWHERE, SAMS),
        (SAMS, THREAD),
    ],
)
async def test_thanks_may_be_for_what_was_asked_in_another_place(
    desk: Desk, asked: Conversation, answered: Conversation
) -> None:
    for where in (asked, answered):
        await desk.hear("hello", where)
        await desk.hear("hey you", where, OWNER)
    assert await reply(desk, await desk.hear("perfect, thanks!", answered)) == "any time"
    await desk.hear("hey you", answered, OWNER)
    await desk.hear("shall i sell you my bike for 300?", asked, OWNER)
    assert await reply(desk, await desk.hear("perfect, thanks!", answered)) is None
    desk.clock.pass_by(hours=80)
    assert await reply(desk, await desk.hear("perfect, thanks!", answered)) == "any time"


async def test_however_much_others_say_there_it_stays_asked(desk: Desk) -> None:
    await desk.hear("shall i send you the 500 then, sam?", THREAD, OWNER)
    for number in range(MOST_LOOKED_AT + 5):
        await desk.hear(f"other talk {number}", THREAD, PersonId("mia"))
    assert await reply(desk, await desk.hear("perfect, thanks!", CHANNEL)) is None


async def test_thanks_may_be_for_what_they_asked_in_another_place(desk: Desk) -> None:
    await desk.hear("hey you", THREAD, OWNER)
    await desk.hear("can i take your bike tomorrow?", THREAD)
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None
    assert await reply(desk, await desk.hear("hello", MIAS, PersonId("mia"))) == "hey you"
    await desk.hear("no, sorry", THREAD, OWNER)
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None  # that stands there now
    desk.clock.pass_by(hours=80)
    assert await reply(desk, await desk.hear("perfect, thanks!")) == "any time"


async def test_a_question_of_the_owners_that_may_have_arrived_counts(desk: Desk) -> None:
    draft = await desk.approved("shall i sell you my bike for 300?", where=ELSEWHERE)
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.uncertain(claim, "cut")
    assert draft.conversation == ELSEWHERE.id
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None


async def test_an_old_word_made_a_question_counts_from_then(desk: Desk) -> None:
    old = await desk.hear("hi", ELSEWHERE, OWNER)
    desk.clock.pass_by(hours=100)
    assert await reply(desk, await desk.hear("perfect, thanks!")) == "any time"
    await desk.messages.edit(old.id, "shall i sell you my bike for 300?", desk.clock.now())
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None


async def test_a_group_that_cannot_be_listed_counts_where_they_ever_spoke(desk: Desk) -> None:
    group = replace(GROUP, members=None)
    await desk.hear("hello", group)
    desk.clock.pass_by(hours=100)
    await desk.hear("shall i sell you my bike, sam?", group, OWNER)
    assert await reply(desk, await desk.hear("perfect, thanks!")) is None


async def test_what_was_asked_where_they_do_not_hear_it_is_not_meant(desk: Desk) -> None:
    await desk.hear("hello", MIAS, PersonId("mia"))
    await desk.hear("shall i sell you my bike for 300?", MIAS, OWNER)
    await desk.hear("hey you", SAMS, OWNER)
    assert await reply(desk, await desk.hear("perfect, thanks!")) == "any time"


@pytest.mark.parametrize(("between", "answered"), [("hello", None), ("no", "any time")])
async def test_small_talk_of_the_owners_does_not_close_their_question(
    desk: Desk, between: str, answered: str | None
) -> None:
    await desk.hear("shall i bring the car on sunday?", SAMS, OWNER)
    await desk.hear(between)
    await desk.hear("hi", SAMS, OWNER)
    assert await reply(desk, await desk.hear("perfect, thanks!")) == answered


async def test_a_reply_of_a_delegation_closes_nothing(desk: Desk) -> None:
    await desk.hear("do you want to buy my bike for 300?", SAMS, OWNER)
    desk.clock.pass_by(hours=1)
    for _ in range(2):
        await answered_by_delegation(desk)
    assert await reply(desk, await desk.hear("wonderful, thanks!")) is None
    await desk.hear("no, i have one")
    await desk.hear("hi", SAMS, OWNER)
    await answered_by_delegation(desk)
    assert await reply(desk, await desk.hear("wonderful, thanks!")) == "any time"


async def test_a_reply_that_the_owner_approved_is_a_word_of_theirs(desk: Desk) -> None:
    """It covers what it answers: what was said meanwhile, and was on no card, still counts."""
    await desk.hear(LOAN)
    draft = await desk.put(await desk.hear("hello?"), "hi")
    assert draft is not None
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    await arrived(desk)
    assert await reply(desk, await desk.hear("thanks!")) == "any time"
    draft = await desk.put(await desk.hear("are you there?"), "want it?")
    assert draft is not None
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    await arrived(desk)
    await answered_by_delegation(desk)
    assert await reply(desk, await desk.hear("thanks!")) is None
    draft = await desk.put(await desk.hear("are you there?"), "hi")
    assert draft is not None
    meanwhile = await desk.hear(LOAN)
    await desk.outbox.skip_turn(SAMS.id, meanwhile.id, "no-answer-wanted")
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    await arrived(desk)
    assert await reply(desk, await desk.hear("good morning")) is None


async def test_what_was_rejected_stands_until_the_owners_own_word(desk: Desk) -> None:
    draft = await desk.put(await desk.hear(LOAN))
    assert draft is not None
    await desk.outbox.reject(draft.id, draft.revision, "", "cli")
    await answered_by_delegation(desk)
    await answered_by_delegation(desk, "good morning")
    assert await reply(desk, await desk.hear("thanks!")) is None
    await desk.hear("hi", SAMS, OWNER)
    assert await reply(desk, await desk.hear("thanks!")) == "any time"


async def test_more_than_is_looked_at_since_the_owners_word_asks(desk: Desk) -> None:
    await desk.hear("hi", SAMS, OWNER)
    for _ in range(MOST_SAID // 2):
        await answered_by_delegation(desk)
    assert await reply(desk, await desk.hear("good morning")) is None


@pytest.mark.parametrize("typed", ["🚲🔑👉🏠？", "🅻🅴🅽🅳", "💍", "[reacted ok if i take your bike tonight]"])
async def test_signs_that_were_passed_over_count(desk: Desk, typed: str) -> None:
    passed = await desk.hear(typed)
    await desk.outbox.skip_turn(SAMS.id, passed.id, "nothing-said")
    assert await reply(desk, await desk.hear("thanks!")) is None


async def test_a_reaction_counts_for_nothing(desk: Desk) -> None:
    reaction = Message(
        reaction_id(SAMS.id, "1+sam+👍"), SAMS.id, SAM, in_words(":bike:"), desk.clock.now(), reply_to=None
    )
    await desk.messages.hear(SAMS, reaction)
    assert await reply(desk, await desk.hear("thanks!")) == "any time"
    await desk.outbox.skip_turn(SAMS.id, reaction.id, "nothing-said")
    assert await reply(desk, await desk.hear("thanks!")) == "any time"


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


async def test_what_was_answered_and_changed_counts_whenever_it_was(desk: Desk) -> None:
    """Before a reply that went out later, as where its platform was down, or after it."""
    small = await desk.hear("hi")
    await answered_by_delegation(desk)
    draft = await desk.put(await desk.hear("hey"), "hey you", SEND, await desk.delegation())
    assert draft is not None
    await desk.messages.edit(small.id, LOAN, desk.clock.now())
    desk.clock.pass_by(minutes=3)
    await arrived(desk)
    assert await reply(desk, await desk.hear("good morning")) is None
    assert await reply(desk, await desk.hear("thanks!")) is None


async def test_what_was_changed_under_an_approved_reply_counts(desk: Desk) -> None:
    small = await desk.hear("hi")
    await answered_by_delegation(desk)
    draft = await desk.put(await desk.hear("how is mum?"), "hi")
    assert draft is not None
    desk.clock.pass_by(minutes=3)
    await desk.messages.edit(small.id, LOAN, desk.clock.now())
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    await arrived(desk)
    assert await reply(desk, await desk.hear("good morning")) is None


async def test_what_was_changed_after_its_draft_was_rejected_counts(desk: Desk) -> None:
    first, last = await desk.hear("listen"), await desk.hear("are you there?")
    draft = await desk.put(last)
    assert draft is not None
    await desk.outbox.reject(draft.id, draft.revision, "", "cli")
    await desk.messages.edit(first.id, LOAN, desk.clock.now())
    assert await reply(desk, await desk.hear("good morning")) is None


@pytest.mark.parametrize("author", [SAM, OWNER])
async def test_what_was_said_and_deleted_asks_until_the_owners_own_word(desk: Desk, author: PersonId) -> None:
    await desk.hear("hi", SAMS, OWNER)
    await answered_by_delegation(desk)
    gone = await desk.hear("i'm taking your car tonight, ok?", SAMS, author)
    await desk.messages.delete(gone.id)
    assert await reply(desk, await desk.hear("thanks!")) is None
    await desk.hear("hi", SAMS, OWNER)
    assert await reply(desk, await desk.hear("thanks!")) == "any time"


@pytest.mark.parametrize("opening", ["unknown", "deleted"])
async def test_a_thread_whose_opening_is_unknown_asks_until_the_owner_speaks_there(
    desk: Desk, opening: str
) -> None:
    channel = replace(GROUP, id=ConversationId("slack:T/C"))
    thread = replace(channel, id=ConversationId(f"{channel.id}/77"), parent=channel.id)
    if opening == "deleted":
        root = await desk.hear("hello all", channel)
        thread = replace(thread, id=ConversationId(f"{channel.id}/{root.id.rpartition('/')[2]}"))
        await desk.messages.delete(root.id)
    assert await reply(desk, await desk.hear("thanks!", thread)) is None
    assert await reply(desk, await desk.hear("hello", thread)) is None
    await desk.hear("hi", thread, OWNER)
    assert await reply(desk, await desk.hear("hello", thread)) == "hey you"


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
