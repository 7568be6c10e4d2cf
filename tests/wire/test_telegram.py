"""The Telegram adapter over real sockets, against a strict stand-in for the Bot API."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import TelegramError

from bots.api.commands import OFFERED
from bots.platforms.answering import Kept
from bots.platforms.port import Card, CardAction, CardEvent, Health
from bots.platforms.telegram.adapter import TelegramPlatform
from bots.platforms.telegram.events import Event
from bots.platforms.telegram.payloads import TelegramUser
from bots.platforms.telegram.polling import MOST_DEFERRED, Polling
from bots.runtime.base.timing import cancel_and_wait
from core.errors import OwnerMustFix, Refused, TryAgain
from core.types import Conversation, ConversationId, DraftId, Kind, MessageId, PersonId
from tests.fakes import FixedClock
from tests.heard import by_sam
from tests.unit.test_telegram_parse import JUNK, spoilt
from tests.waiting import PATIENCE_S, Sleeper
from tests.wire.fake_inbound import FakeInbound, Said
from tests.wire.telegram_server import BOT, GROUP, NOW, OWNER, SAM, TOKEN, Call, Fault, TelegramServer

ALEX = PersonId("telegram:1")
CLIMBING = ConversationId("telegram:-1001")
WITH_SAM = ConversationId("telegram:business/2")
DRAFT = DraftId("12")
CARD = Card(DRAFT, 3, "Sam", "DM", "drafts here wait for you", by_sam("Coming tonight?"), "Yes, at 8 <3")
LINK = {
    "id": "c1",
    "user": OWNER,
    "user_chat_id": 1,
    "date": NOW,
    "is_enabled": True,
    "rights": {"can_reply": True},
}


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer().serving() as serving:
        yield serving


@pytest.fixture
def inbound() -> FakeInbound:
    made = FakeInbound(ALEX)
    made.drafts[DRAFT, 3] = "Yes, at 8 <3"
    return made


class Running:
    """An adapter that runs until the block ends."""

    def __init__(self, platform: TelegramPlatform, task: "asyncio.Task[None]", clock: FixedClock) -> None:
        self.platform = platform
        self.task = task
        self.clock = clock


@asynccontextmanager
async def running(server: TelegramServer, inbound: FakeInbound, sleep: Any = None) -> AsyncIterator[Running]:
    clock = FixedClock(datetime.fromtimestamp(NOW, UTC))
    platform = TelegramPlatform(TOKEN, clock, server.base, sleep or Sleeper())
    task = asyncio.create_task(platform.run(inbound))
    polls = server.asked.count("getUpdates")
    try:
        await server.until(lambda: server.asked.count("getUpdates") > polls or task.done())
        yield Running(platform, task, clock)
    finally:
        await cancel_and_wait(task)


async def nap(seconds: float) -> None:
    """Time that passes at once, for what is tried again until it works."""
    await asyncio.sleep(0)


async def finished(task: "asyncio.Task[None]") -> BaseException | None:
    await asyncio.wait({task}, timeout=PATIENCE_S)
    assert task.done()
    return task.exception()


async def send(
    platform: TelegramPlatform, conversation: ConversationId, text: str = "Yes!", to: str | None = None
) -> str:
    reply_to = MessageId(to) if to else None
    return await platform.send(conversation, text, nonce="n", reply_to=reply_to)


# Hearing


async def test_a_message_is_confirmed_only_after_it_was_heard(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        inbound.gate.clear()
        await server.push({"message": server.message("who climbs?", chat=GROUP)})
        await inbound.reached.wait()
        polls = server.asked.count("getUpdates")
        for _ in range(5):  # round trips, in which a confirmation would come through too
            await here.platform.tell(ALEX, "hello")
        assert server.confirmed < 5001
        assert server.asked.count("getUpdates") == polls
        inbound.gate.set()
        await server.until(lambda: server.confirmed == 5001)
        assert server.asked.count("getUpdates") == polls + 1
    assert [one.text for one in inbound.messages] == ["who climbs?"]
    assert inbound.names[PersonId("telegram:2")] == ("Sam Reed", False)
    assert inbound.conversations[CLIMBING].members is None


@pytest.mark.parametrize(
    "fault", [OwnerMustFix("the profile does not parse"), TryAgain("5xx"), ValueError("x")]
)
async def test_what_could_not_be_kept_stops_nothing_and_is_tried_again(
    server: TelegramServer, inbound: FakeInbound, fault: Exception
) -> None:
    inbound.fails, sleeper = [fault] * 3, Sleeper()
    async with running(server, inbound, sleeper) as here:
        await server.push({"message": server.message("first", chat=GROUP)})
        await server.until(lambda: server.confirmed == 5001)
        await sleeper.asleep()
        await server.until(lambda: "1 of what it sent could not be kept yet" in here.platform.health[1])
        for times in (2, 3):
            await sleeper.wake()
            await sleeper.asleep(times)
        await server.push({"message": server.message("second", chat=GROUP)})
        await inbound.until(lambda: [one.text for one in inbound.messages] == ["second"])
        await sleeper.wake()
        await inbound.until(lambda: [one.text for one in inbound.messages] == ["second", "first"])


async def test_what_could_not_be_kept_is_taken_up_at_the_next_start(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    inbound.fails = [OwnerMustFix("the profile does not parse")]
    await server.push({"message": server.message("who climbs?", chat=GROUP)})
    async with running(server, inbound, Sleeper()):
        await server.until(lambda: server.confirmed == 5001)
    assert inbound.messages == []
    async with running(server, inbound):
        await inbound.until(lambda: [one.text for one in inbound.messages] == ["who climbs?"])
    assert json.loads(inbound.facts["telegram", "deferred"]) == []


async def test_redelivered_updates_are_dropped_and_reordered_ones_are_not(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    one = {"update_id": 41, "message": server.message("one", chat=GROUP)}
    two = {"update_id": 40, "message": server.message("two", chat=GROUP)}
    await server.push(one, two, one)
    async with running(server, inbound):
        await server.until(lambda: server.confirmed == 42)
    assert [said.text for said in inbound.messages] == ["one", "two"]


async def test_after_a_restart_it_goes_on_where_it_was(server: TelegramServer, inbound: FakeInbound) -> None:
    await server.push({"message": server.message("one", chat=GROUP)})
    async with running(server, inbound):
        await server.until(lambda: server.confirmed == 5001)
    server.confirmed = 0
    async with running(server, inbound):
        assert server.confirmed == 5001


async def test_what_waited_for_the_twin_did_not_come_as_it_was_said(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    await server.push({"message": server.message("waited", chat=GROUP)})
    await server.push({"message": server.message("this too", sender=SAM)})
    async with running(server, inbound):
        await server.push({"message": server.message("just now", chat=GROUP)})
        await inbound.until(lambda: len(inbound.live) == 3)
        await server.push({"message": server.message("and now", sender=SAM)})
        await inbound.until(lambda: len(inbound.live) == 4)
    assert inbound.live == [False, False, True, True]


async def test_where_nothing_waited_the_first_that_comes_came_as_it_was_said(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound):
        await server.until(lambda: server.waited_for)
        await server.push({"message": server.message("just now", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.live))
    assert inbound.live == [True]


async def test_what_comes_after_hours_without_telegram_did_not_come_as_it_was_said(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        await server.until(lambda: server.waited_for)
        here.clock.pass_by(hours=2)
        await server.push({"message": server.message("waited", chat=GROUP)})
        await inbound.until(lambda: len(inbound.live) == 1)
        await server.until(lambda: server.confirmed == 5001)
        await server.push({"message": server.message("just now", chat=GROUP)})
        await inbound.until(lambda: len(inbound.live) == 2)
    assert inbound.live == [False, True]


async def test_much_at_once_came_as_it_was_said_all_the_same(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound):
        await server.until(lambda: server.waited_for)
        await server.push(*({"message": server.message(f"{one}", chat=GROUP)} for one in range(250)))
        await inbound.until(lambda: len(inbound.live) == 250)
    assert all(inbound.live)


async def test_an_offset_older_than_telegrams_numbering_is_not_used(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    long_ago = datetime.fromtimestamp(NOW, UTC) - timedelta(days=7)
    inbound.facts["telegram", "offset"] = f"900 99999 {long_ago.isoformat()}"
    await server.push({"message": server.message("one", chat=GROUP)})
    async with running(server, inbound):
        await inbound.until(lambda: bool(inbound.messages))


async def test_another_bots_offset_is_not_used(server: TelegramServer, inbound: FakeInbound) -> None:
    inbound.facts["telegram", "offset"] = f"901 99999 {datetime.fromtimestamp(NOW, UTC).isoformat()}"
    await server.push({"message": server.message("one", chat=GROUP)})
    async with running(server, inbound):
        await inbound.until(lambda: bool(inbound.messages))


async def test_edits_are_followed(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound):
        said = server.message("who climbs?", chat=GROUP)
        await server.push({"message": said})
        await server.push({"edited_message": {**said, "text": "who swims?", "edit_date": NOW + 9}})
        await inbound.until(lambda: bool(inbound.edits))
    assert inbound.edits[0].message == inbound.messages[0].id
    assert inbound.edits[0].text == "who swims?"


async def test_a_mention_of_the_owner_is_addressed_once_their_name_is_known(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    mention = [{"type": "mention", "offset": 0, "length": 7}]
    async with running(server, inbound):
        await server.push({"message": server.message("hi there", sender=OWNER)})
        await inbound.until(lambda: bool(inbound.said))
    async with running(server, inbound):
        await server.push({"message": server.message("@alex_o ?", chat=GROUP, entities=mention)})
        await server.push({"message": server.message("@sam_r_ ?", chat=GROUP, entities=mention)})
        reply = server.message("well?", chat=GROUP, reply_to_message=server.message("x", sender=OWNER))
        await server.push({"message": reply})
        await inbound.until(lambda: len(inbound.messages) == 3)
    assert [said.addressed for said in inbound.messages] == [True, False, True]


@pytest.mark.parametrize("topic", [{}, {"message_thread_id": 7, "is_topic_message": True}])
async def test_what_a_reply_replies_to_is_handed_over_where_it_was_never_heard(
    server: TelegramServer, inbound: FakeInbound, topic: dict[str, Any]
) -> None:
    place = "telegram:-1001" + ("/7" if topic else "")
    before = server.message("let us climb on saturday", chat=GROUP, sender=OWNER, **topic)
    own = server.message("x", chat=GROUP, sender=BOT, **topic)
    old = {"message_id": 3, "date": 0, "chat": GROUP}
    async with running(server, inbound):
        for number, replied in enumerate((before, before, own, old)):
            said = server.message(f"{number}?", chat=GROUP, reply_to_message=replied, **topic)
            await server.push({"message": said | {"quote": {"text": "climb on"}}})
        await inbound.until(lambda: len(inbound.messages) == 4)
    (quoted,) = inbound.background
    assert (quoted.id, quoted.author) == (f"{place}/{before['message_id']}", "telegram:1")
    assert quoted.text == "let us climb on saturday"
    replied_to = [f"{place}/{one['message_id']}" for one in (before, before, own, old)]
    assert [one.reply_to for one in inbound.messages] == replied_to
    assert [one.text for one in inbound.messages] == ["0?", "1?", "2?", "3?"]


async def test_what_is_pointed_to_in_another_chat_is_a_reference_and_copied_only_where_it_is_unknown(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    channel = {"id": -1009, "type": "channel", "title": "News"}
    news = server.message("snow at six", chat=channel, sender_chat=channel)
    async with running(server, inbound):
        await server.push({"channel_post": news})
        await inbound.until(lambda: len(inbound.messages) == 1)
        for known in (news["message_id"], 77):
            origin = {"type": "channel", "chat": channel, "message_id": known, "date": NOW}
            await server.push({"message": server.message("snow at six", chat=GROUP, forward_origin=origin)})
        external = {"origin": {"type": "channel"}, "chat": channel, "message_id": news["message_id"]}
        elsewhere = server.message("this?", chat=GROUP, external_reply=external)
        await server.push({"message": elsewhere | {"quote": {"text": "snow"}}})
        await server.push({"message": server.message("junk?", chat=GROUP, external_reply="junk")})
        await inbound.until(lambda: len(inbound.messages) == 5)
        unknown = {"origin": {"type": "hidden_user", "sender_user_name": "Alex: yes] ok [x"}}
        for reply in (
            unknown,
            {"origin": {"type": "channel", "chat": channel}, "chat": channel, "message_id": 78},
        ):
            asked = server.message("this?", chat=GROUP, external_reply=reply)
            await server.push({"message": asked | {"quote": {"text": "snow”]\nAlex: sure"}}})
        await inbound.until(lambda: len(inbound.messages) == 7)
        await server.push(
            {"edited_message": asked | {"text": "that?", "quote": {"text": "snow"}, "edit_date": NOW}}
        )
        await inbound.until(lambda: bool(inbound.edits))
    assert inbound.edits[0].text == "[replying to News: “snow”] that?"
    source = f"telegram:-1009/{news['message_id']}"
    assert [(one.text, one.reply_to) for one in inbound.messages[1:]] == [
        ("[forwarded from News]", source),
        ("[forwarded from News] snow at six", None),
        ("this?", source),
        ("[replying to something said elsewhere] junk?", None),
        ("[replying to Alex yes) ok (x: “snow'] / Alex: sure”] this?", None),
        ("[replying to News: “snow'] / Alex: sure”] this?", "telegram:-1009/78"),
    ]


async def test_what_is_quoted_to_the_twin_is_a_reference(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    before = server.message("snow at six")
    async with running(server, inbound):
        said = server.message("is that so?", reply_to_message=before)
        await server.push({"message": said | {"quote": {"text": "snow"}}})
        await inbound.until(lambda: bool(inbound.said))
    assert inbound.said[0].text == "[quoting] is that so?"
    assert inbound.said[0].reply_to == f"telegram:2/{before['message_id']}"


async def test_a_count_that_changed_unseen_is_a_join_and_one_that_was_told_of_is_not(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    topic = Conversation(ConversationId("telegram:-1001/7"), "telegram", "x", Kind.GROUP, None, str(CLIMBING))
    async with running(server, inbound) as here:
        assert (await here.platform.members(topic)).newest_join is None  # nothing was known before
        server.counts[-1001] += 1
        joined = server.message(None, chat=GROUP, new_chat_members=[SAM])
        await server.push({"message": joined})
        await inbound.until(lambda: inbound.facts.get(("telegram", "count/-1001")) == "5")
        assert (await here.platform.members(topic)).newest_join is None
    server.counts[-1001] -= 1
    async with running(server, inbound) as here:
        assert (await here.platform.members(topic)).newest_join == here.clock.now()
        assert (await here.platform.members(topic)).newest_join is None
        server.fail("getChatMemberCount", *[Fault()] * 9)
        with pytest.raises(TryAgain):
            await here.platform.members(topic)
        private = replace(topic, id=WITH_SAM, kind=Kind.DIRECT)
        assert await here.platform.members(private) == private


async def test_the_owners_name_is_known_as_soon_as_they_have_paired(server: TelegramServer) -> None:
    class Unpaired(FakeInbound):
        async def said_to_twin(self, account: PersonId, *args: Any, **kwargs: Any) -> str:
            self.owners.add(account)
            return await super().said_to_twin(account, *args, **kwargs)

    inbound = Unpaired()
    mention = [{"type": "mention", "offset": 0, "length": 7}]
    async with running(server, inbound):
        await server.push({"message": server.message("ABCD-EFGH", sender=OWNER)})
        await inbound.until(lambda: bool(inbound.said))
        await server.push({"message": server.message("@alex_o ?", chat=GROUP, entities=mention)})
        await inbound.until(lambda: bool(inbound.messages))
    assert [said.addressed for said in inbound.messages] == [True]


async def test_who_joins_is_told(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound):
        await server.push({"message": server.message(None, chat=GROUP, new_chat_members=[OWNER])})
        await inbound.until(lambda: bool(inbound.audiences))
    assert inbound.audiences[0].newest_join == datetime.fromtimestamp(NOW, UTC)


async def test_a_malformed_update_is_left_out_and_not_quoted(
    server: TelegramServer, inbound: FakeInbound, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running(server, inbound):
        await server.push({"message": {"text": "secret words", "chat": 7}})
        await server.push({"message": server.message("fine", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.messages))
    assert inbound.messages[0].text == "fine"
    assert "left out" in caplog.text
    assert "secret" not in caplog.text


async def test_an_update_without_a_number_is_no_endless_loop(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    sleeper = Sleeper()
    await server.push("nonsense")
    async with running(server, inbound, sleeper):
        await sleeper.asleep()
        await server.push({"message": server.message("fine", chat=GROUP)})
        await sleeper.wake()
        await inbound.until(lambda: bool(inbound.messages))


async def test_an_update_without_a_number_is_told_of_once_while_it_keeps_coming(
    server: TelegramServer, inbound: FakeInbound, caplog: pytest.LogCaptureFixture
) -> None:
    def told() -> list[str]:
        return [one.getMessage() for one in caplog.records if "left out" in one.getMessage()]

    sleeper, junk = Sleeper(), "an update from Telegram was left out: an update that is a str"
    await server.push("nonsense", "more of it")
    async with running(server, inbound, sleeper):
        for times in (2, 3, 4):
            await sleeper.wake()
            await sleeper.asleep(times)
        assert told() == [junk]
        await server.push(7, {"message": {"chat": 7}}, {"message": {"chat": 7}})
        await sleeper.wake()
        await sleeper.asleep(5)
    assert told()[:2] == [junk, junk.replace("str", "int")]
    assert len(told()) == 4  # those with a number come once each, and are told of so


async def test_an_update_with_an_impossible_number_costs_no_other(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound, nap):
        await server.push({"update_id": 10**30, "message": server.message("odd", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.messages))
        await server.push({"update_id": 41, "message": server.message("fine", chat=GROUP)})
        await server.until(lambda: server.confirmed == 42)
    assert inbound.messages[-1].text == "fine"


async def test_a_mark_beyond_the_text_costs_no_message(server: TelegramServer, inbound: FakeInbound) -> None:
    beyond = [{"type": "mention", "offset": 900, "length": 7}]
    async with running(server, inbound, nap):
        await server.push({"message": server.message("who climbs?", chat=GROUP, entities=beyond)})
        await server.push({"message": server.message("", chat=GROUP, entities=beyond)})
        await server.push({"message": server.message("I do", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.messages) and inbound.messages[-1].text == "I do")
    assert inbound.messages[0].text == "who climbs?"


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(updates=st.lists(spoilt() | JUNK, min_size=1, max_size=10))
def test_whatever_comes_the_adapter_goes_on(updates: list[Any]) -> None:
    async def goes_on() -> None:
        inbound = FakeInbound(ALEX)
        async with TelegramServer().serving() as server, running(server, inbound, nap):
            # Telegram numbers its updates itself, whatever else is wrong with them.
            spoiled = [
                {**one, "update_id": 10 + at} for at, one in enumerate(updates) if isinstance(one, dict)
            ]
            await server.push(*spoiled, {"message": server.message("fine", chat=GROUP)})
            await inbound.until(lambda: any(one.text == "fine" for one in inbound.messages))

    asyncio.run(goes_on())


# Talking to the twin


async def test_the_twin_answers_its_owner_in_their_dm(server: TelegramServer, inbound: FakeInbound) -> None:
    inbound.answer = "You are **away** now."
    async with running(server, inbound):
        await server.push({"message": server.message("/away 2h", sender=OWNER)})
        await server.until(lambda: bool(server.of("sendMessage")))
    assert [said.text for said in inbound.said] == ["away 2h"]
    call = server.of("sendMessage")[0]
    assert call.given["chat_id"] == "1"
    assert call.shown == "You are away now."


async def test_a_stranger_is_heard_and_gets_no_answer(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound):
        await server.push({"message": server.message("away")})
        await server.until(lambda: server.confirmed == 5001)
    assert inbound.said == [Said(PersonId("telegram:2"), MessageId("telegram:2/101"), "away")]
    assert server.of("sendMessage") == []


async def test_a_strangers_command_is_not_heard_and_a_code_is(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound):
        for text in ("/away", "/understudy x", "/remember@twin_bot x", "/pair ABCD-EFGH", "see /r/climbing"):
            await server.push({"message": server.message(text)})
        for text in ("/away", "/understudy x", "/weather@twin_bot", "/weather", "/weather@other_bot"):
            await server.push({"message": server.message(text, chat=GROUP)})
        await server.until(lambda: server.confirmed == 5010)
    assert [said.text for said in inbound.said] == ["pair ABCD-EFGH", "see /r/climbing"]
    assert [message.text for message in inbound.messages] == ["/weather", "/weather@other_bot"]


async def test_who_presses_start_has_said_nothing_yet(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound):
        for sender, text in ((SAM, "/start"), (OWNER, "/start"), (SAM, "/start ABCD-EFGH"), (SAM, "hello?")):
            await server.push({"message": server.message(text, sender=sender)})
        await inbound.until(lambda: len(inbound.said) == 3)
    assert sorted(said.text for said in inbound.said) == ["/start", "ABCD-EFGH", "hello?"]
    assert inbound.names.keys() == {ALEX, "telegram:2"}


async def test_what_a_stranger_wrote_is_of_when_they_wrote_it_so_that_its_edit_is_later(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    said = server.message("at 7?", date=NOW - 3600)
    await server.push({"message": said}, {"edited_message": {**said, "text": "at 8?", "edit_date": NOW - 60}})
    async with running(server, inbound):
        await server.until(lambda: server.confirmed == 5002)
    (sent_at,), (edit,) = inbound.sent_at, inbound.edits
    assert sent_at == datetime.fromtimestamp(NOW - 3600, UTC)
    assert sent_at < edit.at


async def test_a_forwarded_command_reaches_the_twin_as_talk(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    forwarded = {"type": "user", "sender_user": SAM, "date": NOW}
    async with running(server, inbound):
        await server.push({"message": server.message("/away", sender=OWNER, forward_origin=forwarded)})
        await inbound.until(lambda: bool(inbound.said))
    assert inbound.said[0].text == "[forwarded from Sam Reed] /away"


async def test_a_slow_answer_holds_up_nobody_and_survives_a_kill(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound):
        inbound.gate.clear()
        await server.push({"message": server.message("what did I promise Sam?", sender=OWNER)})
        await inbound.until(lambda: "promise" in inbound.facts.get(("telegram", "deferred"), ""))
        await server.until(lambda: server.confirmed == 5001)
    assert inbound.said == []
    inbound.gate.set()
    async with running(server, inbound):
        await server.until(lambda: bool(server.of("sendMessage")))
        await inbound.until(lambda: inbound.facts["telegram", "deferred"] == "[]")
    assert [said.text for said in inbound.said] == ["what did I promise Sam?"]


async def test_a_command_does_not_wait_for_the_model_however_many_questions_do(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    inbound.model.clear()
    async with running(server, inbound):
        for number in range(MOST_DEFERRED + 3):
            await server.push({"message": server.message(f"question {number}?", sender=OWNER)})
        await server.push({"message": server.message("pause", sender=OWNER)})
        await inbound.until(lambda: bool(inbound.said) and inbound.said[-1].text == "pause")
        await server.push({"message": server.message("hi", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.messages))


async def test_the_commands_are_offered_behind_the_slash(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound):
        await server.until(lambda: bool(server.of("setMyCommands")))
    offered = server.of("setMyCommands")[0].given["commands"]
    assert [(one["command"], one["description"]) for one in offered] == [
        (one.word, one.help) for one in OFFERED
    ]


async def test_the_owner_sees_that_the_twin_is_thinking_and_a_stranger_does_not(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound, nap):
        inbound.gate.clear()
        await server.push({"message": server.message("hello?", sender=SAM)})
        await server.push({"message": server.message("what did I say to Sam?", sender=OWNER)})
        await server.until(lambda: "sendChatAction" in server.asked)
        inbound.gate.set()
        await server.until(lambda: bool(server.of("sendMessage")))
    actions = [(one.given["chat_id"], one.given["action"]) for one in server.of("sendChatAction")]
    assert set(actions) == {("1", "typing")}


async def test_a_topic_is_called_by_its_name_also_where_telegram_does_not_say_it(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    forum = {**GROUP, "is_forum": True}
    inside: dict[str, Any] = {"chat": forum, "message_thread_id": 7, "is_topic_message": True}
    begun = {
        "message_id": 7,
        "date": NOW,
        "chat": forum,
        "from": SAM,
        "forum_topic_created": {"name": "Gear"},
    }
    where = ConversationId("telegram:-1001/7")

    async def title(text: str, **more: Any) -> str:
        await server.push({"message": server.message(text, **inside, **more)})
        await inbound.until(lambda: bool(inbound.messages) and inbound.messages[-1].text == text)
        return inbound.conversations[where].title

    async with running(server, inbound):
        assert await title("hi", reply_to_message=begun) == "Climbing · Gear"
        assert await title("hm") == "Climbing · Gear"
        renamed = server.message(None, **inside, forum_topic_edited={"name": "Ropes"})
        await server.push({"message": renamed})
        assert await title("and", reply_to_message=begun) == "Climbing · Ropes"
    async with running(server, inbound):
        assert await title("later") == "Climbing · Ropes"


# Sending


async def test_a_reply_lands_in_its_topic_and_quotes_what_it_answers(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        key = await send(here.platform, ConversationId("telegram:-1001/7"), to="telegram:-1001/7/55")
    call = server.of("sendMessage")[0]
    assert key == str(call.message)
    assert (call.given["chat_id"], call.given["message_thread_id"]) == ("-1001", "7")
    assert call.given["reply_parameters"]["message_id"] == 55
    assert call.given["link_preview_options"] == {"is_disabled": True}


async def test_a_direct_reply_quotes_nothing_and_arrives_letter_by_letter(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        await send(here.platform, ConversationId("telegram:2"), "1 < 2 & it's *fine", to="telegram:2/55")
    call = server.of("sendMessage")[0]
    assert call.shown == call.given["text"] == "1 < 2 & it's *fine"
    assert "reply_parameters" not in call.given


async def test_what_the_owner_typed_arrives_sign_by_sign(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    typed = "2 *3* 4, a_b_c, **no** `x` [y](https://a.example) <b>&amp; ask @sam_w"
    async with running(server, inbound) as here:
        await here.platform.send_typed(CLIMBING, typed, nonce="n")
    sent = server.of("sendMessage")[0].given
    assert sent["text"] == typed
    assert "parse_mode" not in sent
    assert "entities" not in sent


async def test_what_is_marked_goes_out_as_entities_and_addresses_untouched(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    address = "https://a.io/*foo*/?q=@sam_w&x=_y_"
    async with running(server, inbound) as here:
        await send(here.platform, CLIMBING, f"👨\u200d👩\u200d👧 **「重要」**です {address}")
    (call,) = server.of("sendMessage")
    assert call.shown == f"👨\u200d👩\u200d👧 「重要」です {address}"
    assert call.given["entities"] == [{"type": "bold", "offset": 9, "length": 4}]
    assert "parse_mode" not in call.given


async def test_what_telegram_cannot_parse_is_sent_plain_once(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    server.fail("sendMessage", Fault(400, "Bad Request: can't parse entities: Can't parse it"))
    async with running(server, inbound) as here:
        await send(here.platform, CLIMBING, "**yes** & no")
    assert [call.shown for call in server.of("sendMessage")] == ["yes & no"]
    assert server.asked.count("sendMessage") == 2


async def test_a_group_that_became_a_supergroup_is_followed(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    server.fail("sendMessage", Fault(400, "group chat was upgraded", migrate_to=-1001))
    async with running(server, inbound) as here:
        await send(here.platform, ConversationId("telegram:-55"))
    assert server.of("sendMessage")[0].given["chat_id"] == "-1001"


async def test_a_429_is_tried_again_later_and_nothing_is_sent_before(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    server.fail("sendMessage", Fault(429, "Too Many Requests: retry after 30", retry_after=30))
    async with running(server, inbound) as here:
        for _ in range(2):
            with pytest.raises(TryAgain, match="30 s"):
                await send(here.platform, CLIMBING)
    assert server.asked.count("sendMessage") == 1


@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(502, "Bad Gateway"), Fault(how="cut"), Fault(how="garbage")],
    ids=["500", "502", "cut", "garbage"],
)
async def test_where_it_may_have_arrived_the_send_is_uncertain(
    server: TelegramServer, inbound: FakeInbound, fault: Fault
) -> None:
    server.fail("sendMessage", fault)
    async with running(server, inbound) as here:
        with pytest.raises(TelegramError) as raised:
            await send(here.platform, CLIMBING)
    assert not isinstance(raised.value, TryAgain | Refused)
    assert server.asked.count("sendMessage") == 1


async def test_of_the_answer_to_a_message_that_was_sent_nothing_but_its_id_is_needed(
    server: TelegramServer, inbound: FakeInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def thin(given: dict[str, Any]) -> dict[str, Any]:
        return {"message_id": 7, "chat": {"id": given["chat_id"]}}

    monkeypatch.setattr(server, "_send_message", thin)
    async with running(server, inbound) as here:
        assert await send(here.platform, CLIMBING) == "7"
        assert await here.platform.show(ALEX, CARD) == "1/7"
    assert server.asked.count("sendMessage") == 2


@pytest.mark.parametrize(
    ("conversation", "reason"),
    [
        ("telegram:404", "no such chat"),
        ("telegram:-1001/8", "topic is gone"),
        ("telegram:3", "blocked the bot"),
        ("telegram:business/404", "no Business connection"),
        ("slack:T/C", "no Telegram"),
    ],
)
async def test_what_telegram_never_will_is_refused(
    server: TelegramServer, inbound: FakeInbound, conversation: str, reason: str
) -> None:
    server.chats.add(3)
    server.blocked.add(3)
    async with running(server, inbound) as here:
        with pytest.raises(Refused, match=reason):
            await send(here.platform, ConversationId(conversation))


async def test_before_it_is_connected_and_after_nothing_is_sent(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        pass
    with pytest.raises(TryAgain):
        await send(here.platform, CLIMBING)
    assert await here.platform.reply_until(WITH_SAM) is None
    assert "sendMessage" not in server.asked


async def test_a_server_that_is_gone_got_nothing(inbound: FakeInbound) -> None:
    async with TelegramServer().serving() as server, running(server, inbound, nap) as here:
        here.platform._session.client._base_url = "http://127.0.0.1:9/bot"  # type: ignore[union-attr]
        with pytest.raises(TryAgain):
            await send(here.platform, CLIMBING)


async def test_a_send_without_an_answer_is_uncertain(
    server: TelegramServer, inbound: FakeInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.platforms.telegram.client.LONGEST_CALL_S", 0.2)
    server.fail("sendMessage", Fault(how="hang"))
    async with running(server, inbound) as here:
        with pytest.raises(TimeoutError):
            await send(here.platform, CLIMBING)
    assert server.asked.count("sendMessage") == 1


async def test_a_send_that_waits_for_our_own_limits_too_long_was_not_sent(
    server: TelegramServer, inbound: FakeInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(server, inbound) as here:
        for _ in range(20):
            await send(here.platform, CLIMBING)
        monkeypatch.setattr("bots.platforms.telegram.client.LONGEST_CALL_S", 0.1)
        with pytest.raises(TryAgain):
            await send(here.platform, CLIMBING)
    assert server.asked.count("sendMessage") == 20


async def test_typing_is_shown_in_the_topic(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound) as here:
        await here.platform.typing(Conversation(ConversationId("telegram:-1001/7"), "telegram", "x"))
        await here.platform.typing(Conversation(ConversationId("telegram:404"), "telegram", "x"))
    assert server.of("sendChatAction")[0].given["message_thread_id"] == "7"


# Business


async def link(server: TelegramServer, inbound: FakeInbound, **more: Any) -> None:
    server.connections["c1"] = {**LINK, **more}
    await server.push({"business_connection": server.connections["c1"]})
    await server.push({"business_message": server.message("Coming?", business_connection_id="c1")})


async def test_a_business_message_is_answered_through_its_connection(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    server.chats.discard(2)  # Sam has never written to the bot itself
    async with running(server, inbound) as here:
        await link(server, inbound)
        await inbound.until(lambda: bool(inbound.messages))
        await send(here.platform, WITH_SAM, "Yes, at 8", to=inbound.messages[0].id)
    assert inbound.messages[0].conversation == WITH_SAM
    call = server.of("sendMessage")[0]
    assert (call.given["business_connection_id"], call.given["chat_id"]) == ("c1", "2")
    assert call.shown == "Yes, at 8"
    assert "reply_parameters" not in call.given


async def test_the_connection_is_known_after_a_restart(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound):
        await link(server, inbound)
        await inbound.until(lambda: bool(inbound.messages))
    async with running(server, inbound) as here:
        await send(here.platform, WITH_SAM)
    assert server.of("sendMessage")[0].given["business_connection_id"] == "c1"


async def test_a_connection_that_was_never_told_of_is_asked_for(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    server.connections["c1"] = LINK
    async with running(server, inbound):
        await server.push({"business_message": server.message("hi", business_connection_id="c1")})
        await server.push({"business_message": server.message("hi", business_connection_id="c9")})
        await server.until(lambda: server.confirmed == 5002)
    assert len(inbound.messages) == 1


async def test_a_strangers_business_connection_is_none_of_the_twins(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        await link(server, inbound, user=SAM)
        gone = {"business_connection_id": "c1", "chat": {"id": 2, "type": "private"}, "message_ids": [1]}
        await server.push({"deleted_business_messages": gone})
        await server.until(lambda: server.confirmed == 5003)
        with pytest.raises(Refused):
            await send(here.platform, WITH_SAM)
    assert inbound.messages == []
    assert inbound.deletions == []


async def test_the_owners_own_words_are_theirs_and_our_echo_is_dropped(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    chat = {"id": 2, "type": "private", "first_name": "Sam"}
    bot = {"id": 900, "is_bot": True, "first_name": "Twin"}
    more: dict[str, Any] = {"sender": OWNER, "chat": chat, "business_connection_id": "c1"}
    async with running(server, inbound):
        await link(server, inbound)
        await server.push({"business_message": server.message("echo", sender_business_bot=bot, **more)})
        await server.push({"business_message": server.message("I answer myself", **more)})
        await inbound.until(lambda: len(inbound.messages) == 2)
    assert inbound.messages[1].author == ALEX
    assert inbound.messages[1].text == "I answer myself"
    assert inbound.messages[1].conversation == WITH_SAM


async def test_after_24_hours_nothing_is_sent_and_drafts_know_when_they_expire(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    came_in = datetime.fromtimestamp(NOW, UTC)
    async with running(server, inbound) as here:
        await link(server, inbound)
        await inbound.until(lambda: bool(inbound.messages))
        assert await here.platform.reply_until(WITH_SAM) == came_in + timedelta(hours=24)
        assert await here.platform.reply_until(CLIMBING) is None
        here.clock.time = came_in + timedelta(hours=24)
        with pytest.raises(Refused, match="24 hours"):
            await send(here.platform, WITH_SAM)
        own = server.message(
            "still there",
            sender=OWNER,
            chat={"id": 2, "type": "private"},
            business_connection_id="c1",
            date=NOW + 90_000,
        )
        await server.push({"business_message": own})
        await inbound.until(lambda: len(inbound.messages) == 2)
        with pytest.raises(Refused, match="24 hours"):
            await send(here.platform, WITH_SAM)
    assert server.of("sendMessage") == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"is_enabled": False}, "was ended"), ({"rights": {"can_reply": False}}, "may not reply")],
)
async def test_rights_that_were_withdrawn_are_respected(
    server: TelegramServer, inbound: FakeInbound, change: dict[str, Any], reason: str
) -> None:
    async with running(server, inbound) as here:
        await link(server, inbound)
        await server.push({"business_connection": {**LINK, **change}})
        await server.until(lambda: server.confirmed == 5003)
        with pytest.raises(Refused, match=reason):
            await send(here.platform, WITH_SAM)


async def test_business_deletions_and_edits_are_followed(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound):
        await link(server, inbound)
        await inbound.until(lambda: bool(inbound.messages))
        key = int(inbound.messages[0].id.rpartition("/")[2])
        said = server.message("Coming today?", business_connection_id="c1", message_id=key, edit_date=NOW + 5)
        gone = {"business_connection_id": "c1", "chat": said["chat"], "message_ids": [key]}
        await server.push({"edited_business_message": said}, {"deleted_business_messages": gone})
        await inbound.until(lambda: bool(inbound.deletions))
    assert inbound.edits[0].message == inbound.messages[0].id
    assert inbound.deletions == [inbound.messages[0].id]


# Cards


async def shown(server: TelegramServer, platform: TelegramPlatform) -> Call:
    await platform.show(ALEX, CARD)
    return server.of("sendMessage")[-1]


async def answered(server: TelegramServer, times: int = 1) -> Call:
    await server.until(lambda: len(server.of("answerCallbackQuery")) == times)
    return server.of("answerCallbackQuery")[-1]


async def test_a_press_is_an_act_on_that_revision_and_gets_its_word(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    inbound.answer = "approved"
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        await server.push(server.pressed(card, "Approve"))
        assert (await answered(server)).given["text"] == "approved"
        await server.push(server.pressed(card, "1 h"))
        await answered(server, 2)
    assert inbound.acts == [
        CardEvent(ALEX, DRAFT, 3, CardAction.APPROVE),
        CardEvent(ALEX, DRAFT, 3, CardAction.SNOOZE, "1h"),
    ]
    assert inbound.used_cards == [(ALEX, DRAFT, f"1/{card.message}")] * 2


async def test_whether_a_reply_arrived_is_said_with_a_button_also_after_a_restart(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    asked = replace(CARD, question="did it arrive?")
    async with running(server, inbound) as here:
        reference = await here.platform.show(ALEX, CARD)
        card = server.of("sendMessage")[-1]
        await here.platform.update(reference, asked)
        redrawn = server.of("editMessageText")[-1]
        assert "did it arrive?" in redrawn.given["text"]
    async with running(server, inbound):
        for times, label in enumerate(("It arrived", "It did not"), 1):
            await server.push(server.pressed(replace(redrawn, message=card.message), label))
            await answered(server, times)
    assert inbound.acts == [
        CardEvent(ALEX, DRAFT, 3, one) for one in (CardAction.ARRIVED, CardAction.MISSING)
    ]


async def test_everyone_but_the_owner_hears_a_refusal_and_is_asked_nothing(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        await server.push(server.pressed(card, "Approve", sender=SAM))
        assert "owner" in (await answered(server)).given["text"]
        await server.push(server.pressed(card, "Edit", sender=SAM))
        assert "owner" in (await answered(server, 2)).given["text"]
    assert len(server.of("sendMessage")) == 1


async def test_a_late_press_hears_that_it_is_handled(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        inbound.drafts.clear()
        for times, label in enumerate(("Approve", "Edit", "Redraft"), 1):
            await server.push(server.pressed(card, label))
            assert (await answered(server, times)).given["text"] == "already handled"
    assert len(server.of("sendMessage")) == 1


@pytest.mark.parametrize(("label", "action"), [("Edit", CardAction.EDIT), ("Redraft", CardAction.REDRAFT)])
async def test_edit_and_redraft_are_a_forced_reply_that_outlives_a_kill(
    server: TelegramServer, inbound: FakeInbound, label: str, action: CardAction
) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        await server.push(server.pressed(card, label))
        await answered(server)
        await inbound.until(lambda: any("prompt/" in key for _, key in inbound.facts))
    prompt = server.of("sendMessage")[-1]
    assert prompt.given["reply_markup"]["force_reply"] is True
    assert "Yes, at 8 <3" in prompt.shown
    assert inbound.acts == []
    inbound.answer = "changed"
    async with running(server, inbound):
        reply = server.message("At **nine**\n@sam", sender=OWNER, reply_to_message=server.sent(prompt))
        await server.push({"message": reply})
        await server.until(lambda: server.of("sendMessage")[-1].shown == "changed")
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 3, action, "At **nine**\n@sam")]
    assert inbound.said == []


async def test_a_press_that_is_redelivered_asks_once(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        press = {"update_id": 7001, **server.pressed(card, "Edit")}
        await server.push(press, press)
        await answered(server)
        await server.push(press, {"update_id": 7002, **server.pressed(card, "Approve")})
        await answered(server, 2)
    assert len([one for one in server.of("sendMessage") if "force_reply" in one.given["reply_markup"]]) == 1


async def test_only_typed_text_answers_a_prompt(server: TelegramServer, inbound: FakeInbound) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        await server.push(server.pressed(card, "Edit"))
        await inbound.until(lambda: any("prompt/" in key for _, key in inbound.facts))
        prompt = server.sent(server.of("sendMessage")[-1])
        photo = server.message(None, sender=OWNER, photo=[{"file_id": "x"}], reply_to_message=prompt)
        forwarded = server.message(
            "no", sender=OWNER, forward_origin={"type": "user", "sender_user": SAM}, reply_to_message=prompt
        )
        await server.push({"message": photo}, {"message": forwarded})
        await server.until(lambda: len(server.of("sendMessage")) == 4)
    assert inbound.acts == []


async def test_a_command_typed_into_a_prompt_is_still_a_command(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        await server.push(server.pressed(card, "Edit"))
        await inbound.until(lambda: any("prompt/" in key for _, key in inbound.facts))
        prompt = server.sent(server.of("sendMessage")[-1])
        await server.push({"message": server.message("/pause", sender=OWNER, reply_to_message=prompt)})
        await inbound.until(lambda: bool(inbound.said))
    assert inbound.acts == []
    assert inbound.said[0].text == "pause"


async def test_a_closed_card_loses_its_buttons_and_a_vanished_one_is_survived(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    closed = Card(DRAFT, 3, "Sam", "DM", "why", by_sam("hi"), "yes", "approved in the console")
    async with running(server, inbound) as here:
        reference = await here.platform.show(ALEX, CARD)
        await here.platform.update(reference, closed)
        await here.platform.update(reference, closed)
        await here.platform.update("1/99999", closed)
        await here.platform.update("1/99999", CARD)
    edits = server.of("editMessageText")
    assert len(edits) == 1
    assert "approved in the console" in edits[0].shown
    assert not edits[0].given.get("reply_markup")


async def test_a_press_that_telegram_has_forgotten_is_survived(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        card = await shown(server, here.platform)
        pressed = server.pressed(card, "Approve")
        server.queries.clear()
        await server.push(pressed, {"message": server.message("fine", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.messages))
    assert len(inbound.acts) == 1


async def test_a_closed_dm_is_refused(server: TelegramServer, inbound: FakeInbound) -> None:
    server.chats.discard(1)
    async with running(server, inbound) as here:
        with pytest.raises(Refused):
            await here.platform.show(ALEX, CARD)
        server.chats.add(1)
        server.blocked.add(1)
        with pytest.raises(Refused, match="blocked"):
            await here.platform.tell(ALEX, "Good morning")


async def test_a_card_waits_out_a_short_429_and_comes_through_a_5xx(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    sleeper = Sleeper()
    server.fail("sendMessage", Fault(429, "Too Many Requests", retry_after=3), Fault(500))
    async with running(server, inbound, sleeper) as here:
        showing = asyncio.create_task(here.platform.show(ALEX, CARD))
        await sleeper.wake()
        assert await showing
    assert sleeper.asked[0] == 3


async def test_a_digest_goes_out_with_its_picture_and_a_long_one_whole(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    async with running(server, inbound) as here:
        await here.platform.tell(ALEX, "**Good morning**", b"\x89PNG")
        await here.platform.tell(ALEX, "word " * 1500, b"\x89PNG")
    photos = server.of("sendPhoto")
    assert photos[0].shown == "Good morning"
    assert photos[0].given["photo"] == b"\x89PNG"
    assert photos[1].shown == ""
    assert " ".join(call.shown for call in server.of("sendMessage")).split() == ["word"] * 1500


@pytest.mark.parametrize(
    "fault", [Fault(400, "Bad Request: PHOTO_INVALID_DIMENSIONS"), Fault(404, "Not Found")]
)
async def test_a_picture_that_is_not_taken_costs_no_word(
    server: TelegramServer, inbound: FakeInbound, fault: Fault
) -> None:
    server.fail("sendPhoto", *[fault] * 2)
    async with running(server, inbound, nap) as here:
        await here.platform.tell(ALEX, "**Good morning**", b"\x89PNG")
        await here.platform.tell(ALEX, "word " * 1500, b"\x89PNG")
        server.blocked.add(1)
        with pytest.raises(Refused, match="blocked"):
            await here.platform.tell(ALEX, "**Good evening**", b"\x89PNG")
    assert " ".join(call.shown for call in server.of("sendMessage")).split() == [
        "Good",
        "morning",
        *["word"] * 1500,
    ]


# Staying up


async def test_a_bad_token_is_said_once_clearly_and_never_shown(
    server: TelegramServer, inbound: FakeInbound, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for token in ("900:wrong_token-x", "", "a/../b"):
        platform = TelegramPlatform(token, FixedClock(), server.base, Sleeper())
        with pytest.raises(OwnerMustFix, match=r"TELEGRAM_TOKEN.*@BotFather") as raised:
            await platform.run(inbound)
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None
        assert platform.health[0] is Health.STOPPED
        assert "wrong_token" not in caplog.text + platform.health[1] + str(raised.value)


async def test_the_token_is_in_no_log(
    server: TelegramServer, inbound: FakeInbound, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.fail("sendMessage", Fault(500), Fault(how="garbage"))
    async with running(server, inbound) as here:
        await server.push({"message": server.message("hi", chat=GROUP)})
        await inbound.until(lambda: bool(inbound.messages))
        for _ in range(2):
            with pytest.raises(TelegramError):
                await send(here.platform, CLIMBING)
    assert TOKEN not in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text


async def test_another_reader_and_a_webhook_are_told_apart(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    server.fail("getUpdates", Fault(409, "Conflict: terminated by other getUpdates request"))
    async with running(server, inbound) as here:
        error = await finished(here.task)
        assert isinstance(error, TryAgain)
        assert "another program" in str(error)
    server.webhook = True
    async with running(server, inbound) as here:
        assert isinstance(await finished(here.task), OwnerMustFix)
        assert "webhook" in here.platform.health[1]


@pytest.mark.parametrize(
    "fault",
    [Fault(500), Fault(how="cut"), Fault(how="garbage"), Fault(429, "Too Many Requests", retry_after=4)],
    ids=["500", "cut", "garbage", "429"],
)
async def test_failures_are_waited_out_with_growing_pauses(
    server: TelegramServer, inbound: FakeInbound, fault: Fault
) -> None:
    sleeper = Sleeper()
    server.fail("getUpdates", fault, fault)
    async with running(server, inbound, sleeper) as here:
        await sleeper.asleep(1)
        assert here.platform.health[0] is Health.RECONNECTING
        await sleeper.wake()
        await sleeper.asleep(2)
        await server.push({"message": server.message("hi", chat=GROUP)})
        await sleeper.wake()
        await inbound.until(lambda: bool(inbound.messages))
        assert here.platform.health == (Health.CONNECTED, "as @twin_bot")
    assert sleeper.asked == ([4, 4] if fault.retry_after else [0.5, 1.0])


async def test_it_is_well_again_once_telegram_answers_though_nobody_writes(
    server: TelegramServer, inbound: FakeInbound
) -> None:
    sleeper = Sleeper()
    server.fail("getUpdates", Fault(502, "Bad Gateway"))
    async with running(server, inbound, sleeper) as here:
        await sleeper.asleep(1)
        assert here.platform.health[0] is Health.RECONNECTING
        await sleeper.wake()
        await server.until(lambda: here.platform.health[0] is Health.CONNECTED)


async def test_a_server_that_does_not_wait_is_not_asked_without_a_pause(inbound: FakeInbound) -> None:
    sleeper, asked = Sleeper(), list[int]()

    async def nothing(offset: int | None, *, wait_s: int = 0) -> list[Any]:
        asked.append(wait_s)
        await asyncio.sleep(0)
        return []

    async def handle(event: Event, live: bool, kept: Kept) -> None:
        raise AssertionError("nothing comes")

    polling = Polling(TelegramUser(id=900), nothing, handle, inbound, FixedClock(), sleeper, lambda *_: None)
    task = asyncio.create_task(polling.run())
    await sleeper.asleep()
    assert asked == [0, 30]
    await sleeper.wake()
    await sleeper.asleep(2)
    assert asked == [0, 30, 30]
    assert sleeper.asked == [0.1, 0.1]
    await cancel_and_wait(task)


async def test_an_answer_of_another_shape_is_asked_for_again_soon(inbound: FakeInbound) -> None:
    sleeper = Sleeper()

    async def garbled(offset: int | None, *, wait_s: int = 0) -> list[Any]:
        raise KeyError("result")

    async def handle(event: Event, live: bool, kept: Kept) -> None:
        raise AssertionError("nothing comes")

    polling = Polling(TelegramUser(id=900), garbled, handle, inbound, FixedClock(), sleeper, lambda *_: None)
    task = asyncio.create_task(polling.run())
    await sleeper.wake()
    await sleeper.asleep(2)
    assert sleeper.asked == [0.5, 1.0]
    await cancel_and_wait(task)


async def test_a_server_that_is_not_there_is_tried_again(inbound: FakeInbound) -> None:
    platform = TelegramPlatform(TOKEN, FixedClock(), "http://127.0.0.1:9", Sleeper())
    with pytest.raises(TryAgain):
        await platform.run(inbound)
    assert platform.health[0] is Health.RECONNECTING


async def test_it_stops_at_once_whatever_it_waits_for(server: TelegramServer, inbound: FakeInbound) -> None:
    server.fail("getUpdates", Fault(how="hang"))
    async with asyncio.timeout(5):
        async with running(server, inbound):
            pass


async def test_a_revoked_token_stops_it_with_a_word(server: TelegramServer, inbound: FakeInbound) -> None:
    server.fail("getUpdates", Fault(401, "Unauthorized"))
    async with running(server, inbound) as here:
        assert isinstance(await finished(here.task), OwnerMustFix)
    assert here.platform.health[0] is Health.STOPPED
