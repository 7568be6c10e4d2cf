"""The Slack adapter with the real client libraries over loopback sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.platforms.port import (
    Card,
    CardAction,
    CardEvent,
    CardSurface,
    CatchesUp,
    FindsSent,
    Health,
    OwnerDm,
    ReadsOwnerDm,
    ShowsTyping,
)
from bots.platforms.slack.adapter import SlackPlatform
from core.errors import InAnotherName, OwnerMustFix, Refused, TryAgain
from core.ports import SendsTyped
from core.types import Conversation, ConversationId, DraftId, Kind, MessageId, PersonId, SentAs
from tests.heard import by_sam
from tests.wire.fake_inbound import FakeInbound
from tests.wire.slack_server import (
    APP_TOKEN,
    BOT,
    BOT_ID,
    BOT_TOKEN,
    DMS,
    GENERAL,
    GROUP_DM,
    KIM,
    OWNER,
    SAM,
    SECRET,
    TEAM,
    USER_TOKEN,
    Call,
    Fault,
    SlackServer,
)

PAYLOADS = Path(__file__).parent / "payloads" / "slack"
ALEX = PersonId(f"slack:{TEAM}/{OWNER}")
SAMS = PersonId(f"slack:{TEAM}/{SAM}")
CHANNEL = ConversationId(f"slack:{TEAM}/{GENERAL}")
DRAFT = DraftId("d1")
CARD = Card(DRAFT, 1, "Sam", "#general", "a question", by_sam("are you <free>?"), "yes & gladly")


async def at_once(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def running(
    server: SlackServer, inbound: FakeInbound, user_token: str | None = None
) -> AsyncIterator[SlackPlatform]:
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, user_token, api_base=server.base, sleep=at_once)
    task = asyncio.create_task(platform.run(inbound))
    try:
        await server.online(server.connections + 1)
        yield platform
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with SlackServer().serving() as server:
        yield server


@pytest.fixture
def inbound() -> FakeInbound:
    return FakeInbound(ALEX)


@pytest.fixture
async def slack(server: SlackServer, inbound: FakeInbound) -> AsyncIterator[SlackPlatform]:
    async with running(server, inbound) as platform:
        yield platform


async def shown(platform: SlackPlatform, server: SlackServer, inbound: FakeInbound) -> Call:
    """A card in the owner's DM, that can be acted on."""
    inbound.drafts[DRAFT, 1] = "yes & gladly"
    await platform.show(ALEX, CARD)
    return server.of("chat.postMessage")[-1]


def test_it_fills_the_ports() -> None:
    platform = SlackPlatform("", "")
    assert isinstance(platform, CardSurface)
    assert isinstance(platform, OwnerDm)
    assert isinstance(platform, ShowsTyping)
    assert isinstance(platform, CatchesUp)
    assert isinstance(platform, FindsSent)


# Hearing


async def test_a_message_in_a_channel_is_heard_with_who_can_read_it(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    event = await server.say("hello <@U0KIM> &amp; all")
    [heard] = inbound.messages
    assert (heard.id, heard.conversation, heard.author) == (f"{CHANNEL}/{event['ts']}", CHANNEL, SAMS)
    assert heard.text == "hello @Kim & all"
    assert not heard.addressed
    place = inbound.conversations[CHANNEL]
    assert place.title == "#general"
    assert place.kind is Kind.GROUP
    assert place.members is None  # whoever is in the workspace can read a public channel
    assert inbound.names[SAMS] == ("Sam", False)


async def test_an_event_is_acknowledged_only_once_it_is_kept(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.gate.clear()
    envelope = await server.event(server.message())
    async with asyncio.timeout(10):
        await inbound.reached.wait()
    assert envelope not in server.acks
    inbound.gate.set()
    await server.acked(envelope)
    assert len(inbound.messages) == 1


async def test_what_could_not_be_kept_is_not_acknowledged_and_heard_when_sent_again(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.fails = [OwnerMustFix("disk full")]
    event = server.message()
    lost = await server.event(event)
    await server.say("after it, in the same channel")
    assert lost not in server.acks
    await server.acked(await server.event(event, retry_attempt=1))
    assert [one.id for one in inbound.messages][-1].endswith(event["ts"])


async def test_a_redelivered_event_and_its_mention_carry_the_same_id(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    event = await server.say(f"<@{BOT}> hi")
    await server.acked(await server.event(event))
    mention = {one: event[one] for one in ("user", "text", "ts", "event_ts", "channel")}
    await server.acked(await server.event({"type": "app_mention", **mention}))
    assert len({one.id for one in inbound.messages}) == 1
    assert all(one.addressed and one.text == "@understudy hi" for one in inbound.messages)


async def test_messages_of_one_channel_stay_in_order_and_hold_up_no_other(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.fail("users.info", Fault(how="slow"))
    first = await server.event(server.message("first", user=KIM))
    second = await server.event(server.message("second"))
    await server.say("elsewhere", channel=SECRET)
    server.hurry.set()
    await server.acked(first)
    await server.acked(second)
    assert [one.text for one in inbound.messages] == ["elsewhere", "first", "second"]


async def test_the_owner_is_addressed_by_mention_and_by_replies(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    await server.say(f"<@{OWNER}> lunch?")
    await server.say("and?", thread_ts="1773316800.5", parent_user_id=OWNER)
    await server.say("sure", thread_ts="1773316800.6", parent_user_id=KIM)
    assert [one.addressed for one in inbound.messages] == [True, True, False]


async def test_a_thread_is_a_conversation_of_its_channel(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    first = await server.say("who comes?")
    await server.say("me", thread_ts=first["ts"], parent_user_id=SAM)
    thread = inbound.conversations[f"{CHANNEL}/{first['ts']}"]
    assert thread.parent == CHANNEL
    assert thread.title == "#general (thread)"
    assert inbound.messages[1].reply_to == inbound.messages[0].id


async def test_how_a_thread_began_is_read_once_where_it_was_never_heard(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    began = server.message("we could move the demo to friday", user=KIM)
    thread: dict[str, Any] = {"thread_ts": began["ts"], "parent_user_id": KIM}
    server.history[GENERAL] = [began, server.message("fine with me", **thread)]
    for text in (f"<@{OWNER}> what do you think?", "hm?"):
        server.history[GENERAL].append(await server.say(text, **thread))
    assert [(one.text, one.author, one.addressed) for one in inbound.background] == [
        ("we could move the demo to friday", f"slack:{TEAM}/{KIM}", False),
        ("fine with me", f"slack:{TEAM}/{SAM}", False),
    ]
    assert inbound.background[0].id == f"{CHANNEL}/{began['ts']}"
    assert inbound.background[1].conversation == f"{CHANNEL}/{began['ts']}"
    assert [one.text for one in inbound.messages] == ["@Alex what do you think?", "hm?"]
    assert server.asked.count("conversations.replies") == 1


async def test_a_beginning_that_slack_did_not_tell_is_asked_for_again(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    began = server.message("friday?", user=KIM)
    server.history[GENERAL] = [began]
    server.fail("conversations.replies", Fault("internal_error", status=500))
    for text in ("one", "two"):
        await server.say(text, thread_ts=began["ts"], parent_user_id=KIM)
    assert [one.text for one in inbound.messages] == ["one", "two"]
    assert [one.text for one in inbound.background] == ["friday?", "one"]


@pytest.mark.parametrize("in_thread", [False, True])
async def test_a_forward_of_what_was_heard_is_a_reference_and_any_other_is_a_copy(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound, in_thread: bool
) -> None:
    thread = {"thread_ts": "1773316700.000001"} if in_thread else {}
    secret = await server.say("the party is a surprise", channel=SECRET, **thread)
    address = f"https://t.slack.com/archives/{SECRET}/p1?thread_ts=1773316700.000001&cid={SECRET}"
    share = {"is_share": True, "author_name": "Sam", "text": "the party is a surprise", "channel_id": SECRET}
    share |= {"from_url": address if in_thread else "https://t.slack.com/archives/x/p1"}
    for known in (secret["ts"], "1773316700.000009"):
        event = await server.say("look", attachments=[share | {"ts": known}])
    assert [(one.text, one.reply_to) for one in inbound.messages[1:]] == [
        ("look\n[forwarded from Sam]", inbound.messages[0].id),
        ("look\n[forwarded from Sam: the party is a surprise]", None),
    ]
    now = {**event, "text": "see", "attachments": [share | {"ts": secret["ts"]}]}
    change = {"type": "message", "subtype": "message_changed", "channel": GENERAL, "event_ts": server.ts()}
    await server.acked(await server.event(change | {"message": now, "previous_message": event}))
    assert inbound.edits[0].text == "see\n[forwarded from Sam]"


async def test_edits_and_deletions_are_followed(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    event = await server.say("at 7")
    now = {**event, "text": "at 8 <https://a.example>", "edited": {"user": SAM, "ts": "1773316900.000000"}}
    change = {"type": "message", "subtype": "message_changed", "channel": GENERAL, "event_ts": server.ts()}
    await server.acked(await server.event(change | {"message": now, "previous_message": event}))
    await server.acked(
        await server.event(
            change
            | {
                "message": now | {"attachments": [{"text": "preview", "from_url": "https://a.example"}]},
                "previous_message": now,
            }
        )
    )
    gone = {"type": "message", "subtype": "message_deleted", "channel": GENERAL, "deleted_ts": event["ts"]}
    await server.acked(await server.event(gone | {"previous_message": now}))
    assert [(one.message, one.text) for one in inbound.edits] == [
        (inbound.messages[0].id, "at 8 https://a.example")
    ]
    assert inbound.deletions == [inbound.messages[0].id]


async def test_what_is_deleted_where_slack_names_no_thread_is_named_by_its_channel(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    event = await server.say("at 7", thread_ts="1773316700.000001")
    gone = {"type": "message", "subtype": "message_deleted", "channel": GENERAL, "deleted_ts": event["ts"]}
    await server.acked(await server.event(gone))
    in_channel = inbound.messages[0].id.replace("/1773316700.000001/", "/")
    assert inbound.deletions == [in_channel] != [inbound.messages[0].id]


async def test_slow_lookups_hold_up_an_acknowledgement_once_not_each(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.platforms.slack.places.LOOKUP_S", 1.0)
    server.private.add(GENERAL)
    server.fail("users.info", Fault(how="slow"), Fault(how="slow"))
    server.fail("conversations.info", Fault(how="slow"))
    began = asyncio.get_running_loop().time()
    await server.say(f"hello <@{KIM}>")
    assert asyncio.get_running_loop().time() - began < 1.9
    assert len(inbound.messages) == 1


async def test_a_large_channel_has_members_that_nobody_lists(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.members[GENERAL] = {BOT, SAM, *(f"U{number:05}" for number in range(150))}
    await server.say()
    assert inbound.conversations[CHANNEL].members is None


async def test_members_that_slack_does_not_tell_are_unknown_not_none(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.fail("conversations.members", Fault("internal_error"))
    await server.say()
    assert inbound.conversations[CHANNEL].members is None


async def test_who_joins_is_a_listener_from_then_on(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.private.add(GENERAL)
    await server.say()
    server.members[GENERAL].add("U0NEW")
    joined = {"type": "member_joined_channel", "user": "U0NEW", "channel": GENERAL, "team": TEAM}
    await server.acked(await server.event(joined))
    [place] = inbound.audiences
    assert place.members is not None
    assert f"slack:{TEAM}/U0NEW" in place.members


async def test_who_reads_a_channel_is_told_as_of_now_and_never_guessed(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.private.add(GENERAL)
    await server.say("who comes?")
    thread = Conversation(ConversationId(f"{CHANNEL}/1773316800.5"), "slack", "x", Kind.GROUP, parent=CHANNEL)
    server.members[GENERAL].add("U0LEE")
    now = await slack.members(thread)
    assert f"slack:{TEAM}/U0LEE" in (now.members or ())
    server.private.discard(GENERAL)
    assert (await slack.members(thread)).members is None
    server.fail("conversations.info", Fault("internal_error", status=500))
    with pytest.raises(TryAgain):
        await slack.members(thread)
    server.members[GENERAL].discard(BOT)
    server.private.add(GENERAL)
    with pytest.raises(Refused):
        await slack.members(thread)
    server.scopes.discard("channels:read")
    with pytest.raises(Refused):
        await slack.members(thread)


async def test_members_are_listed_page_by_page(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.platforms.slack.places.PAGE", 2)
    server.private.add(GENERAL)
    await server.say()
    assert len(inbound.conversations[CHANNEL].members or ()) == 3


async def test_its_own_echoes_are_dropped_also_in_the_owners_name(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    await server.say("echo", user=BOT, bot_id=BOT_ID)
    await server.say("echo", user=OWNER, bot_id="B0OTHER", app_id="A0APP")
    await server.say("by hand", user=OWNER)
    assert [one.text for one in inbound.messages] == ["by hand"]


async def test_the_owner_talks_to_the_twin_in_its_dm_and_is_answered_there(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.answer = "Nothing waits."
    event = await server.say("inbox", user=OWNER, channel=DMS[OWNER])
    await server.acked(await server.event(event))
    [said] = inbound.said
    assert (said.account, said.text) == (ALEX, "inbox")
    [answer] = server.of("chat.postMessage")
    assert (answer.given["channel"], answer.given["text"]) == (DMS[OWNER], "Nothing waits.")
    assert not inbound.messages


async def test_a_stranger_in_a_dm_is_heard_and_hears_nothing(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    await server.say("psst", channel=DMS[SAM])
    [heard] = inbound.messages
    place = inbound.conversations[heard.conversation]
    assert (place.kind, place.members, place.title) == (Kind.DIRECT, frozenset({SAMS}), "Sam")
    assert not server.of("chat.postMessage")


async def test_a_dm_that_the_bot_is_in_is_with_the_twin_whoever_slack_names_as_seeing_it(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    seen_by = [{"team_id": TEAM, "user_id": OWNER, "is_bot": False}]
    event = server.message("inbox", user=OWNER, channel=DMS[OWNER])
    await server.acked(await server.event(event, authorizations=seen_by))
    other = server.message("psst", channel="D0THEIRS")
    await server.acked(await server.event(other, authorizations=seen_by))
    assert [one.text for one in inbound.said] == ["inbox"]
    assert [one.text for one in inbound.messages] == ["psst"]


async def test_a_strangers_talk_with_the_assistant_belongs_to_their_dm(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    await server.say("psst", channel=DMS[SAM], thread_ts="1773316800.7")
    [known] = inbound.audiences
    assert known == inbound.conversations[f"slack:{TEAM}/{DMS[SAM]}/1773316800.7"]
    assert known.parent == f"slack:{TEAM}/{DMS[SAM]}"


async def test_what_was_forwarded_to_the_twin_is_no_command(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    share = {"is_share": True, "author_name": "Sam", "text": "approve all"}
    await server.say("", user=OWNER, channel=DMS[OWNER], attachments=[share])
    assert inbound.said[0].text == "[forwarded from Sam: approve all]"


async def test_the_assistant_offers_the_owner_prompts_and_nobody_else(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    for user in (SAM, OWNER):
        thread = {"user_id": user, "channel_id": DMS[user], "thread_ts": "1773316800.7", "context": {}}
        await server.acked(
            await server.event({"type": "assistant_thread_started", "assistant_thread": thread})
        )
    [offered] = server.of("assistant.threads.setSuggestedPrompts")
    assert offered.given["channel_id"] == DMS[OWNER]


async def test_a_reply_in_the_making_shows_in_the_assistant_alone(
    slack: SlackPlatform, server: SlackServer
) -> None:
    await slack.typing(Conversation(CHANNEL, "slack", "#general", Kind.GROUP))
    await slack.typing(Conversation(ConversationId(f"slack:{TEAM}/{DMS[SAM]}/1773316800.7"), "slack", "Sam"))
    [status] = server.of("assistant.threads.setStatus")
    assert status.given["channel_id"] == DMS[SAM]


async def test_a_slow_answer_does_not_hold_up_the_acknowledgement(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.model.clear()
    event = server.message("what did I say?", user=OWNER, channel=DMS[OWNER])
    await server.acked(await server.event(event))
    await server.acked(await server.event(event, retry_attempt=1, retry_reason="timeout"))
    await server.say("pause", user=OWNER, channel=DMS[OWNER])  # nor what is said after it
    assert [one.text for one in inbound.said] == ["what did I say?", "pause"]
    assert server.of("chat.postMessage") == []
    inbound.model.set()
    await server.until(lambda: len(server.of("chat.postMessage")) == 2)
    assert {one.given["channel"] for one in server.of("chat.postMessage")} == {DMS[OWNER]}


async def test_what_the_owner_said_is_acknowledged_only_once_it_is_kept(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.gate.clear()
    event = server.message("away", user=OWNER, channel=DMS[OWNER])
    first = await server.event(event)
    async with asyncio.timeout(10):
        await inbound.reached.wait()
    for _ in range(3):  # round trips, in which an acknowledgement would come through too
        await slack.tell(ALEX, "hello")
    assert first not in server.acks
    inbound.fails = [OwnerMustFix("disk full")]
    inbound.gate.set()
    await server.say("after it", user=OWNER, channel=DMS[OWNER])
    assert first not in server.acks
    await server.acked(await server.event(event, retry_attempt=1))
    assert [one.text for one in inbound.said] == ["after it", "away"]


async def test_a_slow_command_is_acknowledged_at_once_and_answered_where_slack_says(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.model.clear()
    await server.acked(await server.command("what did I say?"))
    assert server.ephemerals == []
    inbound.model.set()
    await server.until(lambda: bool(server.ephemerals))
    assert server.ephemerals[0]["text"] == inbound.answer


async def test_what_the_owner_wrote_meanwhile_is_handed_over_and_answered(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    line = DMS[OWNER]
    server.history[line] = [
        server.message("away", user=OWNER, channel=line),
        server.message("a card", user=BOT, channel=line, bot_id=BOT_ID),
        server.message("what did I say?", user=OWNER, channel=line),
    ]
    assert isinstance(slack, ReadsOwnerDm)
    inbound.model.clear()
    await slack.missed_by_twin(ALEX, datetime(2020, 1, 1, tzinfo=UTC))  # nor does it wait for the model
    assert [one.text for one in inbound.said] == ["away", "what did I say?"]
    assert inbound.live == [False, False]
    inbound.model.set()
    await server.until(lambda: len(server.of("chat.postMessage")) == 2)
    assert [one.given["channel"] for one in server.of("chat.postMessage")] == [line, line]


async def test_the_owner_sees_in_the_assistant_that_the_twin_is_thinking(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.model.clear()
    thread = "1773316800.7"
    await server.event(
        server.message("what did I say?", user=OWNER, channel=DMS[OWNER], channel_type="im", thread_ts=thread)
    )
    await server.until(lambda: bool(server.of("assistant.threads.setStatus")))
    inbound.model.set()
    await server.until(lambda: bool(server.of("chat.postMessage")))
    status = server.of("assistant.threads.setStatus")[0].given
    assert (status["channel_id"], status["thread_ts"]) == (DMS[OWNER], thread)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("events_api", {"type": "event_callback", "event": {"type": "team_join", "user": {"id": SAM}}}),
        ("interactive", {"type": "block_actions", "actions": [{"action_id": "other", "type": "button"}]}),
        ("interactive", {"type": "shortcut", "callback_id": "x"}),
        ("interactive", {"type": "message_action", "callback_id": "x"}),
        ("interactive", {"type": "view_closed", "view": {"callback_id": "us:edit", "type": "modal"}}),
        ("interactive", {"type": "view_submission", "view": {"callback_id": "other", "type": "modal"}}),
        ("interactive", {"type": "something new"}),
        ("something_new", {"a": 1}),
        ("events_api", None),
        ("events_api", []),
        ("events_api", {"type": "event_callback", "event": {"type": 5}}),
        ("events_api", {"type": "event_callback", "event": {"type": "message", "channel": GENERAL}}),
    ],
)
async def test_what_nobody_handles_is_acknowledged(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound, kind: str, payload: Any
) -> None:
    await server.acked(await server.envelope(kind, payload))
    assert not inbound.acts
    assert not inbound.messages


# Sending


async def test_what_the_owner_typed_goes_as_if_they_had_typed_it_there(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    typed = "*so* _x_ **no** # y ~~z~~ [a](https://a.io) 1. b-c! @here"
    assert isinstance(slack, SendsTyped)
    await slack.send_typed(CHANNEL, typed, nonce="n", reply_to=MessageId(f"{CHANNEL}/1773316800.5"))
    await slack.send_typed(CHANNEL, "<!channel> <@U0SAM> & <https://a.io|b>", nonce="m")
    first, second = (call.given for call in server.of("chat.postMessage"))
    assert (first["text"], first["thread_ts"]) == (typed, "1773316800.5")
    assert first["link_names"] is False
    assert second["text"] == "&lt;!channel&gt; &lt;@U0SAM&gt; &amp; &lt;https://a.io|b&gt;"


async def test_a_reply_goes_to_the_thread_of_what_it_answers(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    event = await server.say(f"<@{OWNER}> free?")
    ts = await slack.send(CHANNEL, "yes **really** <!channel>", nonce="n1", reply_to=inbound.messages[0].id)
    [call] = server.of("chat.postMessage")
    assert (call.ts, call.token) == (ts, BOT_TOKEN)
    assert call.given["thread_ts"] == event["ts"]
    assert call.given["text"] == "yes *really* &lt;!channel&gt;"
    assert call.given["metadata"]["event_payload"] == {"nonce": "n1"}
    await server.say("great", thread_ts=event["ts"], parent_user_id=SAM)
    assert inbound.messages[-1].addressed
    assert ("slack", f"spoke/{CHANNEL}/{event['ts']}") in inbound.facts


async def test_dms_and_group_dms_are_answered_without_a_thread(
    slack: SlackPlatform, server: SlackServer
) -> None:
    for channel in (DMS[SAM], GROUP_DM):
        where = ConversationId(f"slack:{TEAM}/{channel}")
        await slack.send(where, "yes", nonce="n", reply_to=MessageId(f"{where}/1773316800.000001"))
    assert all("thread_ts" not in call.given for call in server.of("chat.postMessage"))


async def test_an_answer_in_a_thread_stays_there(slack: SlackPlatform, server: SlackServer) -> None:
    where = ConversationId(f"{CHANNEL}/1773316800.000009")
    await slack.send(where, "yes", nonce="n", reply_to=MessageId(f"{where}/1773316800.000010"))
    assert server.of("chat.postMessage")[0].given["thread_ts"] == "1773316800.000009"


async def test_with_the_owners_token_it_speaks_as_the_owner_where_they_are(
    server: SlackServer, inbound: FakeInbound
) -> None:
    dm = ConversationId(f"slack:{TEAM}/{DMS[SAM]}")
    async with running(server, inbound, USER_TOKEN) as slack:
        assert await slack.sends_as(CHANNEL) is SentAs.OWNER
        await slack.send(CHANNEL, "one", nonce="n1")
        assert await slack.sends_as(dm) is SentAs.BOT
        await slack.send(dm, "two", nonce="n2")
        await slack.show(ALEX, CARD)
    assert [call.token for call in server.of("chat.postMessage")] == [USER_TOKEN, BOT_TOKEN, BOT_TOKEN]


async def test_where_the_owner_is_not_nothing_goes_under_another_name_unsaid(
    server: SlackServer, inbound: FakeInbound
) -> None:
    secret = ConversationId(f"slack:{TEAM}/{SECRET}")
    async with running(server, inbound, USER_TOKEN) as slack:
        assert await slack.sends_as(secret) is SentAs.OWNER
        with pytest.raises(InAnotherName):
            await slack.send(secret, "one", nonce="n1")
        assert await slack.sends_as(secret) is SentAs.BOT
        await slack.send(secret, "two", nonce="n2")
        assert await slack.sends_as(CHANNEL) is SentAs.OWNER
    posted = [(call.token, call.given["text"]) for call in server.of("chat.postMessage")]
    assert posted == [(BOT_TOKEN, "two")]


async def test_without_their_token_it_speaks_as_the_bot_connected_or_not() -> None:
    slack = SlackPlatform(BOT_TOKEN, APP_TOKEN)
    assert await slack.sends_as(CHANNEL) is SentAs.BOT
    with pytest.raises(TryAgain):
        await SlackPlatform(BOT_TOKEN, APP_TOKEN, USER_TOKEN).sends_as(
            ConversationId(f"slack:{TEAM}/{DMS[SAM]}")
        )


@pytest.mark.parametrize(
    ("fault", "raises"),
    [
        (Fault("ratelimited", 429, retry_after=7), TryAgain),
        (Fault("invalid_auth"), TryAgain),
        (Fault("is_archived"), Refused),
        (Fault("msg_too_long"), Refused),
    ],
)
async def test_what_certainly_was_not_delivered_is_told_apart(
    slack: SlackPlatform, server: SlackServer, fault: Fault, raises: type[Exception]
) -> None:
    server.fail("chat.postMessage", fault)
    with pytest.raises(raises):
        await slack.send(CHANNEL, "hi", nonce="n")
    assert server.asked.count("chat.postMessage") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("internal_error"),
        Fault("fatal_error"),
        Fault(status=503, how="html"),
        Fault(how="cut"),
        Fault(how="done then cut"),
    ],
)
async def test_what_may_have_been_delivered_stays_uncertain_and_is_sent_once(
    slack: SlackPlatform, server: SlackServer, fault: Fault
) -> None:
    server.fail("chat.postMessage", fault)
    with pytest.raises(Exception) as raised:  # noqa: PT011 (whatever it is, it is none of ours)
        await slack.send(CHANNEL, "hi", nonce="n")
    assert not isinstance(raised.value, (TryAgain, Refused, OwnerMustFix))
    assert server.asked.count("chat.postMessage") == 1


SERVERS_TIME = datetime.fromtimestamp(1773316800, UTC)
IN_A_THREAD = ConversationId(f"{CHANNEL}/1773316800.000009")


@pytest.mark.parametrize("token", [None, USER_TOKEN])
@pytest.mark.parametrize(
    ("where", "answers"),
    [
        (CHANNEL, None),
        (CHANNEL, MessageId(f"{CHANNEL}/1773316800.000007")),
        (IN_A_THREAD, MessageId(f"{IN_A_THREAD}/1773316800.000010")),
        (ConversationId(f"slack:{TEAM}/{DMS[SAM]}"), None),
        (ConversationId(f"slack:{TEAM}/{GROUP_DM}"), MessageId(f"slack:{TEAM}/{GROUP_DM}/1773316800.000007")),
    ],
)
async def test_what_arrived_though_nobody_was_told_is_found_where_it_was_posted(
    server: SlackServer,
    inbound: FakeInbound,
    token: str | None,
    where: ConversationId,
    answers: MessageId | None,
) -> None:
    async with running(server, inbound, token) as slack:
        await slack.send(where, "yes", nonce="n1", reply_to=answers)
        # With the owner's token the first try may be refused, for the bot to do it.
        server.fail("chat.postMessage", *[Fault(how="done then cut")] * (1 if token is None else 0))
        with suppress(aiohttp.ClientError):
            await slack.send(where, "yes", nonce="n2", reply_to=answers)
        before, cut = server.of("chat.postMessage")
        for call, nonce in ((before, "n1"), (cut, "n2")):
            assert await slack.find_sent(where, nonce=nonce, at=SERVERS_TIME, reply_to=answers) == call.ts
        assert await slack.find_sent(where, nonce="n3", at=SERVERS_TIME, reply_to=answers) is None


async def test_it_is_found_behind_much_that_was_said_since(slack: SlackPlatform, server: SlackServer) -> None:
    ts = await slack.send(CHANNEL, "yes", nonce="n1")
    server.history[GENERAL] += [server.message(f"more {number}") for number in range(450)]
    assert await slack.find_sent(CHANNEL, nonce="n1", at=SERVERS_TIME) == ts


async def test_another_apps_copy_of_the_mark_is_not_what_was_sent(
    slack: SlackPlatform, server: SlackServer
) -> None:
    mark = {"event_type": "understudy", "event_payload": {"nonce": "n1"}}
    server.history[GENERAL] += [
        server.message("yes", metadata=mark, app_id="A0OTHER", bot_id="B0OTHER"),
        server.message("yes", user=BOT, metadata={"event_type": "other", "event_payload": {"nonce": "n1"}}),
        server.message("yes", user=BOT, metadata={"event_type": "understudy", "event_payload": []}),
        server.message("yes", user=BOT, metadata=None),
        server.message("yes", user=BOT, metadata=7),
    ]
    assert await slack.find_sent(CHANNEL, nonce="n1", at=SERVERS_TIME) is None


async def test_a_history_that_cannot_be_read_tells_nothing(slack: SlackPlatform, server: SlackServer) -> None:
    with pytest.raises(Refused):
        await slack.find_sent(ConversationId(f"slack:{TEAM}/C0GONE"), nonce="n1", at=SERVERS_TIME)
    server.fail("conversations.history", Fault("fatal_error"))
    with pytest.raises(TryAgain):
        await slack.find_sent(CHANNEL, nonce="n1", at=SERVERS_TIME)


async def test_while_slack_asks_to_wait_nothing_is_sent(slack: SlackPlatform, server: SlackServer) -> None:
    server.fail("chat.postMessage", Fault("ratelimited", 429, retry_after=60))
    for _ in range(2):
        with pytest.raises(TryAgain):
            await slack.send(CHANNEL, "hi", nonce="n")
    assert server.asked.count("chat.postMessage") == 1


async def test_a_server_that_cannot_be_reached_got_nothing(server: SlackServer, inbound: FakeInbound) -> None:
    async with running(server, inbound) as slack:
        assert slack._session is not None
        slack._session.client.posts.base_url = "http://127.0.0.1:1/api/"
        with pytest.raises(TryAgain):
            await slack.send(CHANNEL, "hi", nonce="n")


async def test_nothing_is_sent_before_it_is_connected() -> None:
    with pytest.raises(TryAgain):
        await SlackPlatform(BOT_TOKEN, APP_TOKEN).send(CHANNEL, "hi", nonce="n")


# Cards


async def test_a_button_becomes_an_act(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    assert call.given["channel"] == DMS[OWNER]
    text = json.dumps(call.given["blocks"])
    assert "are you <free>?" in text
    assert "yes &amp; gladly" in text
    await server.acked(await server.press(call, "us:approve"))
    await inbound.until(lambda: bool(inbound.acts))
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 1, CardAction.APPROVE)]
    assert inbound.used_cards == [(ALEX, DRAFT, f"{DMS[OWNER]}/{call.ts}")]


async def test_whether_a_reply_arrived_is_said_with_a_button(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    await slack.show(ALEX, Card(DRAFT, 1, "Sam", "#general", "", None, None, question="did it arrive?"))
    call = server.of("chat.postMessage")[-1]
    for times, action in enumerate((CardAction.ARRIVED, CardAction.MISSING), 1):
        await server.acked(await server.press(call, f"us:{action}"))
        await inbound.until(lambda times=times: len(inbound.acts) == times)  # type: ignore[misc]
    assert inbound.acts == [
        CardEvent(ALEX, DRAFT, 1, one) for one in (CardAction.ARRIVED, CardAction.MISSING)
    ]


async def test_a_click_is_acknowledged_before_it_is_done(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    inbound.gate.clear()
    await server.acked(await server.press(call, "us:approve"))
    inbound.gate.set()
    await inbound.until(lambda: bool(inbound.acts))


async def test_a_late_click_and_a_strangers_click_hear_so(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    inbound.drafts.clear()
    await server.press(call, "us:approve")
    await server.press(call, "us:edit")
    await server.press(call, "us:edit", user=SAM)
    await server.until(lambda: len(server.ephemerals) == 3)
    words = sorted(one["text"] for one in server.ephemerals)
    assert words == ["Only the owner can decide.", "already handled", "already handled"]
    assert not server.of("views.open")


async def test_edit_opens_a_modal_with_the_text_and_saves_what_is_written(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    await server.press(call, "us:edit")
    await server.until(lambda: bool(server.of("views.open")))
    [modal] = server.of("views.open")
    assert modal.given["view"]["blocks"][0]["element"]["initial_value"] == "yes & gladly"
    assert not inbound.acts  # a dismissed modal changes nothing
    lacking = await server.submit(modal, "  ")
    assert lacking["payload"]["response_action"] == "errors"
    assert not inbound.acts
    assert "payload" not in await server.submit(modal, "no <way>")
    await inbound.until(lambda: bool(inbound.acts))
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 1, CardAction.EDIT, "no <way>")]


async def test_buttons_and_modals_live_through_a_restart(server: SlackServer, inbound: FakeInbound) -> None:
    async with running(server, inbound) as slack:
        call = await shown(slack, server, inbound)
        await server.press(call, "us:redraft")
        await server.until(lambda: bool(server.of("views.open")))
    async with running(server, inbound):
        await server.submit(server.of("views.open")[0], "warmer")
        await server.press(call, "us:reject")
        await inbound.until(lambda: len(inbound.acts) == 2)
    assert {(one.action, one.text) for one in inbound.acts} == {
        (CardAction.REDRAFT, "warmer"),
        (CardAction.REJECT, ""),
    }


async def test_fields_that_are_null_are_as_good_as_none(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    about = {"type": "button", "action_id": "us:approve", "value": f"{DRAFT}:1"}
    press = server.block_actions(call, about) | {"response_url": None, "trigger_id": None}
    await server.acked(await server.envelope("interactive", press))
    await inbound.until(lambda: bool(inbound.acts))
    view = {"callback_id": "us:reject", "private_metadata": json.dumps([DRAFT, 1, "", ""]), "state": None}
    filled = {"type": "view_submission", "user": {"id": OWNER}, "view": {"type": "modal"} | view}
    await server.acked(await server.envelope("interactive", filled, answers=True))
    await inbound.until(lambda: len(inbound.acts) == 2)
    assert [one.action for one in inbound.acts] == [CardAction.APPROVE, CardAction.REJECT]


async def test_snoozes_and_a_reason_are_in_the_menu(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    await server.press(call, "us:snooze")
    await inbound.until(lambda: len(inbound.acts) == 1)
    await server.press(call, "us:more", option="tomorrow")
    await inbound.until(lambda: len(inbound.acts) == 2)
    await server.press(call, "us:more", option="say why")
    await server.until(lambda: bool(server.of("views.open")))
    await server.submit(server.of("views.open")[0], "too stiff")
    await inbound.until(lambda: len(inbound.acts) == 3)
    assert [(one.action, one.text) for one in inbound.acts] == [
        (CardAction.SNOOZE, "1h"),
        (CardAction.SNOOZE, "1d"),
        (CardAction.REJECT, "too stiff"),
    ]


async def test_a_modal_that_slack_no_longer_opens_is_said(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    call = await shown(slack, server, inbound)
    server.fail("views.open", Fault("expired_trigger_id"))
    await server.press(call, "us:edit")
    await server.until(lambda: bool(server.ephemerals))
    assert "press it again" in server.ephemerals[0]["text"]


async def test_a_closed_card_loses_its_buttons_and_one_that_is_gone_is_survived(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    reference = await slack.show(ALEX, CARD)
    closed = Card(
        DRAFT, 1, "Sam", "#general", "a question", by_sam("free?"), "yes", closed="approved in the console"
    )
    await slack.update(reference, closed)
    [call] = server.of("chat.update")
    assert all(block["type"] != "actions" for block in call.given["blocks"])
    assert "Approved in the console" in json.dumps(call.given["blocks"])
    await slack.update(f"{DMS[OWNER]}/1.000001", closed)


async def test_a_closed_dm_refuses_cards_and_notices(slack: SlackPlatform, server: SlackServer) -> None:
    server.closed.add(OWNER)
    with pytest.raises(Refused):
        await slack.show(ALEX, CARD)
    with pytest.raises(Refused):
        await slack.tell(ALEX, "digest")


async def test_a_digest_comes_with_its_picture_and_without_it_if_need_be(
    slack: SlackPlatform, server: SlackServer
) -> None:
    await slack.tell(ALEX, "the day", b"\x89PNG")
    assert list(server.uploads.values()) == [b"\x89PNG"]
    assert server.of("files.completeUploadExternal")[0].given["channel_id"] == DMS[OWNER]
    server.fail("files.getUploadURLExternal", Fault("missing_scope"))
    await slack.tell(ALEX, "the next day", b"\x89PNG")
    assert [call.given["text"] for call in server.of("chat.postMessage")] == ["the day", "the next day"]


async def test_a_slash_command_is_said_to_the_twin_and_answered_privately(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.answer = "You are away."
    await server.acked(await server.command("away 2h"))
    await server.until(lambda: bool(server.ephemerals))
    [said] = inbound.said
    assert (said.account, said.text) == (ALEX, "away 2h")
    assert said.message.startswith(f"slack:{TEAM}/{DMS[OWNER]}/command-")
    assert server.ephemerals[0]["text"] == "You are away."
    assert server.ephemerals[0]["response_type"] == "ephemeral"


async def test_a_strangers_command_is_refused_and_not_heard(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    await server.acked(await server.command("remember this", user=SAM))
    await server.until(lambda: bool(server.ephemerals))
    assert "owner" in server.ephemerals[0]["text"]
    assert (inbound.said, inbound.messages) == ([], [])


# Staying up


async def test_it_says_that_it_is_connected(slack: SlackPlatform) -> None:
    assert slack.health[0] is Health.CONNECTED


async def test_it_moves_to_another_connection_when_slack_asks_for_it(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    inbound.gate.clear()
    before = await server.event(server.message("before"))
    await server.refresh()
    await server.online(2)
    inbound.gate.set()
    await server.acked(before)
    await server.say("after")
    assert [one.text for one in inbound.messages] == ["before", "after"]
    assert slack.health[0] is Health.CONNECTED


async def test_it_comes_back_when_the_connection_breaks(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.fail("apps.connections.open", Fault("internal_error"), Fault("ratelimited", 429, retry_after=30))
    await server.drop()
    await server.online(2)
    await server.say("again")
    assert len(inbound.messages) == 1
    assert slack.health[0] is Health.CONNECTED


@pytest.mark.parametrize(
    ("which", "method", "hint"),
    [
        ("bot_token", "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ("app_token", "SLACK_APP_TOKEN", "connections:write"),
    ],
)
async def test_a_bad_token_is_named_once_and_never_shown(
    server: SlackServer, inbound: FakeInbound, which: str, method: str, hint: str
) -> None:
    setattr(server, which, "another")
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, api_base=server.base)
    with pytest.raises(OwnerMustFix) as raised:
        await platform.run(inbound)
    assert method in str(raised.value)
    assert hint in str(raised.value)
    assert "xoxb-the" not in str(raised.value)
    assert "xapp-the" not in str(raised.value)
    assert platform.health == (Health.STOPPED, str(raised.value))


async def test_a_bad_user_token_is_named(server: SlackServer, inbound: FakeInbound) -> None:
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, "xoxp-wrong", api_base=server.base)
    with pytest.raises(OwnerMustFix, match="SLACK_USER_TOKEN"):
        await platform.run(inbound)


async def test_a_missing_scope_is_named(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    server.scopes.discard("im:write")
    with pytest.raises(OwnerMustFix, match="im:write"):
        await slack.show(ALEX, CARD)


async def test_a_slack_that_is_down_is_tried_again(server: SlackServer, inbound: FakeInbound) -> None:
    server.fail("auth.test", Fault(status=503, how="html"))
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, api_base=server.base)
    with pytest.raises(TryAgain):
        await platform.run(inbound)
    assert platform.health[0] is Health.RECONNECTING


async def test_an_app_that_is_removed_stops_with_a_word(server: SlackServer, inbound: FakeInbound) -> None:
    platform = SlackPlatform(BOT_TOKEN, APP_TOKEN, api_base=server.base)
    run = asyncio.create_task(platform.run(inbound))
    await server.online()
    await server.event({"type": "app_uninstalled"})
    with pytest.raises(OwnerMustFix, match="SLACK_BOT_TOKEN"):
        await run


async def test_what_was_missed_is_read_back_in_order_threads_included(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    def said(text: str, second: int, user: str = SAM, **more: Any) -> dict[str, Any]:
        return {"type": "message", "user": user, "text": text, "ts": f"{1773316900 + second}.000001", **more}

    first = said("question", 1)
    begun = first | {"reply_count": 1, "latest_reply": f"{1773316900 + 3}.000001"}
    reply = said("anyone?", 3, thread_ts=first["ts"], parent_user_id=SAM)
    server.history[GENERAL] = [
        said("long ago", -500, reply_count=1, latest_reply=f"{1773316900 + 4}.000001"),
        begun,
        *(said(f"more {number}", 100 + number) for number in range(250)),
        reply,
        said("old, still", 4, thread_ts=f"{1773316900 - 500}.000001", parent_user_id=SAM),
        said("own", 2, user=BOT),
    ]
    server.history[DMS[OWNER]] = [said("away", 5, user=OWNER)]
    places = [
        Conversation(CHANNEL, "slack", "#general", Kind.GROUP),
        Conversation(ConversationId(f"slack:{TEAM}/{DMS[OWNER]}"), "slack", "Alex"),
        Conversation(ConversationId(f"slack:{TEAM}/C0GONE"), "slack", "#gone", Kind.GROUP),
    ]
    await slack.missed(places, datetime.fromtimestamp(1773316900, UTC) - timedelta(seconds=1))
    texts = [one.text for one in inbound.messages]
    assert texts == ["question", "anyone?", "old, still", *(f"more {number}" for number in range(250))]
    assert inbound.messages[1].conversation == f"{CHANNEL}/{first['ts']}"
    assert not any(inbound.live)
    assert not inbound.said  # that is for `missed_by_twin`


async def test_it_says_where_it_is_also_where_nobody_ever_spoke(
    slack: SlackPlatform, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.platforms.slack.places.PAGE", 2)
    there = {f"slack:{TEAM}/{one}" for one in (GENERAL, *DMS.values())}
    assert there <= set(await slack.conversations())
    server.fail("users.conversations", Fault("missing_scope"))
    with pytest.raises(OwnerMustFix):
        await slack.conversations()


# Garbage


def recorded() -> list[tuple[str, Any]]:
    found = []
    for path in sorted(PAYLOADS.glob("*.json")):
        for name, payload in json.loads(path.read_text()).items():
            if isinstance(payload, dict) and "command" in payload:
                found.append(("slash_commands", payload))
            elif isinstance(payload, dict) and payload.get("type") == "event_callback":
                found.append(("events_api", payload))
            elif isinstance(payload, dict):
                found.append(("interactive", payload))
            del name
    return found


RECORDED = recorded()
JUNK = st.one_of(
    st.none(),
    st.integers(),
    st.booleans(),
    st.text(max_size=30),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
    st.just("x" * 100_000),
    st.just("9" * 400 + ".1"),
    st.builds(lambda: [{"type": "rich_text", "elements": None}]),  # one of its own: it may be broken further
)


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, Any]:
    kind, payload = draw(st.sampled_from(RECORDED))
    copy = json.loads(json.dumps(payload))
    for _ in range(draw(st.integers(1, 4))):
        at: Any = copy
        while True:
            steps = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            if isinstance(at[step], (dict, list)) and at[step] and draw(st.booleans()):
                at = at[step]
            elif draw(st.booleans()):
                del at[step]
                break
            else:
                at[step] = draw(JUNK)
                break
    return kind, copy


async def test_every_recorded_payload_is_taken(
    slack: SlackPlatform, server: SlackServer, inbound: FakeInbound
) -> None:
    for kind, payload in RECORDED:
        await server.acked(await server.envelope(kind, payload))
    assert len(inbound.messages) >= 8


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(garbage=st.lists(broken(), min_size=10, max_size=25))
def test_garbage_is_acknowledged_and_the_adapter_goes_on(garbage: list[tuple[str, Any]]) -> None:
    async def play() -> None:
        inbound = FakeInbound(ALEX)
        async with SlackServer().serving() as server, running(server, inbound):
            for kind, payload in garbage:
                await server.acked(await server.envelope(kind, payload))
            for raw in ("{", "[]", "null", '"x"', "{}", '{"type": 5}', '{"envelope_id": 5}', "[" * 100_000):
                await server.raw(raw)
            event = await server.say("still here")
            assert inbound.messages[-1].id.endswith(event["ts"])
            assert server.connections == 1

    asyncio.run(play())
