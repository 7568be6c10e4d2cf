"""The Discord adapter with the real discord.py against a stand-in on loopback sockets."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.api.commands import MODES, OFFERED, OUTCOMES
from bots.platforms.discord import render
from bots.platforms.discord.adapter import DiscordPlatform
from bots.platforms.discord.cards import NOT_YOURS
from bots.platforms.port import Card, CardAction, CardEvent, Health, ReadsOwnerDm
from bots.runtime.base.timing import Sleep
from core.errors import OwnerMustFix, Refused, TryAgain
from core.ports import SendsTyped
from core.types import Conversation, ConversationId, DraftId, Kind, Message, MessageId, PersonId
from tests.heard import by_sam
from tests.wire import discord_world as world
from tests.wire.discord_damage import JUNK, damaged, recorded, recorded_messages
from tests.wire.discord_server import Answered, DiscordServer, Fault, discord_server
from tests.wire.discord_world import EVE, GENERAL, OWNER, PRIVATE_THREAD, SAM, SECRET, THREAD, TWIN
from tests.wire.fake_inbound import FakeInbound, Said

ALEX = PersonId(f"discord:{OWNER}")
DRAFT = DraftId("7")
CARD = Card(DRAFT, 2, "Sam", "#general · Climbers", "asks", by_sam("Are you coming?"), "Yes, at *six*!")


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as running:
        yield running


@pytest.fixture
def inbound() -> FakeInbound:
    return FakeInbound(ALEX)


def adapter_for(
    server: DiscordServer, token: str = world.TOKEN, sleep: Sleep = asyncio.sleep
) -> DiscordPlatform:
    return DiscordPlatform(token, api_base=server.base, gateway_url=server.gateway, sleep=sleep)


async def at_once(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def connected(
    server: DiscordServer, inbound: FakeInbound, sleep: Sleep = asyncio.sleep
) -> AsyncIterator[DiscordPlatform]:
    """Everything that is dispatched from here on is seen."""
    adapter = adapter_for(server, sleep=sleep)
    run = asyncio.create_task(adapter.run(inbound))
    try:
        await server.until(lambda: server.socket)
        # What the gateway sends is taken in order: this comes after the servers are known.
        mark = await server.say(world.said(GENERAL, EVE, "mark"))
        await inbound.until(lambda: any(one.id.endswith(mark["id"]) for one in inbound.messages))
        inbound.messages.clear()
        yield adapter
    finally:
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run


@pytest.fixture
async def adapter(server: DiscordServer, inbound: FakeInbound) -> AsyncIterator[DiscordPlatform]:
    async with connected(server, inbound) as running:
        yield running


def accounts(*who: int) -> frozenset[PersonId]:
    return frozenset(PersonId(f"discord:{one}") for one in who)


def general(text: str, who: int = SAM, **given: Any) -> dict[str, Any]:
    return world.said(GENERAL, who, text, **given)


def click(custom_id: str, who: int = OWNER) -> dict[str, Any]:
    data = {"component_type": 2, "custom_id": custom_id, "id": 2}
    return world.interaction(3, who, 501, data, message=world.message(501, TWIN, "a card"))


def filled(custom_id: str, text: str, who: int = OWNER) -> dict[str, Any]:
    field = {"type": 4, "id": 3, "custom_id": "us:text", "value": text}
    data = {"custom_id": custom_id, "components": [{"type": 1, "id": 2, "components": [field]}]}
    return world.interaction(5, who, 501, data, message=world.message(501, TWIN, "a card"))


def press(action: str, revision: int = 2) -> str:
    return render.custom_id(render.DiscordPress(action, DRAFT, revision))


# Hearing.


async def test_a_message_in_a_channel_is_heard_with_those_who_can_read_it(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    sent = await server.say(general("Are you coming?"))
    await inbound.until(lambda: bool(inbound.messages))
    (message,) = inbound.messages
    assert message.id == f"discord:{GENERAL}/{sent['id']}"
    assert (message.author, message.text, message.addressed) == (f"discord:{SAM}", "Are you coming?", False)
    conversation = inbound.conversations[f"discord:{GENERAL}"]
    assert conversation.kind is Kind.GROUP
    assert conversation.title == "#general · Climbers"
    assert conversation.members == accounts(OWNER, SAM, EVE)
    assert conversation.joiners_read_history
    assert inbound.names[PersonId(f"discord:{SAM}")] == ("Sam", False)


async def test_a_channel_that_few_may_see_has_only_those_as_members(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    await server.say(world.said(SECRET, OWNER, "psst"))
    await inbound.until(lambda: bool(inbound.messages))
    assert inbound.conversations[f"discord:{SECRET}"].members == accounts(OWNER)


async def test_without_the_members_intent_nobody_is_listed(
    server: DiscordServer, inbound: FakeInbound
) -> None:
    server.flags = world.MESSAGE_CONTENT_LIMITED
    async with connected(server, inbound):
        assert inbound.conversations[f"discord:{GENERAL}"].members is None


async def test_a_thread_belongs_to_its_channel_and_a_private_one_to_itself(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    await server.say(world.said(THREAD, SAM, "six?"))
    await server.say(world.said(PRIVATE_THREAD, SAM, "a surprise"))
    await inbound.until(lambda: len(inbound.messages) == 2)
    public, private = (inbound.conversations[f"discord:{one}"] for one in (THREAD, PRIVATE_THREAD))
    assert public.parent == f"discord:{GENERAL}"
    assert (private.parent, private.members) == ("", None)


async def test_who_mentions_or_answers_the_twin_or_the_owner_addresses_them(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    twins = world.message(GENERAL, TWIN, "I am in")
    reply = {"type": 0, "message_id": twins["id"], "channel_id": str(GENERAL)}
    await server.say(general("<@101> hi", mentions=[world.user(TWIN)]))
    await server.say(general("<@201> hi", mentions=[world.user(OWNER)]))
    await server.say(general("<@203> hi", mentions=[world.user(EVE)]))
    await server.say(general("great", type=19, message_reference=reply, referenced_message=twins))
    await server.say(general("<@&302> hi", mention_roles=["302"]))
    await inbound.until(lambda: len(inbound.messages) == 5)
    assert [one.addressed for one in inbound.messages] == [True, True, False, True, True]
    texts = [one.text for one in inbound.messages]
    assert texts[:2] == ["@twin hi", "@Alex hi"]
    assert texts[3:] == ["great", "@Twin hi"]
    assert inbound.messages[3].reply_to == f"discord:{GENERAL}/{twins['id']}"


async def test_what_a_reply_replies_to_is_handed_over_where_it_was_never_heard_and_copied_nowhere(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    before = world.message(GENERAL, EVE, "six at the gate?", attachments=[{"filename": "map.png"}])
    reply = {"type": 0, "message_id": before["id"], "channel_id": str(GENERAL)}
    for text in ("yes", "or seven"):
        await server.say(general(text, type=19, message_reference=reply, referenced_message=before))
    await inbound.until(lambda: len(inbound.messages) == 2)
    (quoted,) = inbound.background
    assert (quoted.author, quoted.text) == (f"discord:{EVE}", "six at the gate?\n[sent a file: map.png]")
    assert [(one.text, one.reply_to) for one in inbound.messages] == [
        ("yes", quoted.id),
        ("or seven", quoted.id),
    ]
    await server.dispatch(
        "MESSAGE_UPDATE",
        general("no", type=19, message_reference=reply, referenced_message=before)
        | {"edited_timestamp": "2026-02-17T01:00:00+00:00"},
    )
    await inbound.until(lambda: bool(inbound.edits))
    assert inbound.edits[0].text == "no"


async def test_a_forward_of_what_was_heard_is_a_reference_and_any_other_is_a_copy(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    secret = await server.say(world.said(SECRET, OWNER, "the rope is new"))
    await inbound.until(lambda: bool(inbound.messages))
    for known in (secret["id"], "777"):
        await server.say(
            general(
                "",
                message_reference={"type": 1, "message_id": known, "channel_id": str(SECRET)},
                message_snapshots=[{"message": {"content": "the rope is new"}}],
            )
        )
    await inbound.until(lambda: len(inbound.messages) == 3)
    assert [(one.text, one.reply_to) for one in inbound.messages[1:]] == [
        ("[forwarded]", f"discord:{SECRET}/{secret['id']}"),
        ("[forwarded: the rope is new]", None),
    ]


async def test_a_threads_root_is_read_once_where_it_was_never_heard(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    root = world.message(GENERAL, EVE, "let us climb on saturday", id=str(THREAD))
    server.messages[GENERAL].append(root)
    for text in ("<@201> what do you think?", "hm?"):
        await server.say(world.said(THREAD, SAM, text))
    await inbound.until(lambda: len(inbound.messages) == 2)
    (begun,) = inbound.background
    assert (begun.id, begun.author) == (f"discord:{GENERAL}/{THREAD}", f"discord:{EVE}")
    assert (begun.text, begun.addressed) == ("let us climb on saturday", False)
    assert inbound.conversations[f"discord:{GENERAL}"].parent == ""
    assert server.requests.count("GET /channels/*/messages/*") == 1


async def test_a_thread_that_hangs_on_nothing_is_asked_about_once(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    for text in ("six?", "seven?"):
        await server.say(world.said(THREAD, SAM, text))
    await inbound.until(lambda: len(inbound.messages) == 2)
    assert inbound.background == []
    assert server.requests.count("GET /channels/*/messages/*") == 1


async def test_the_twins_own_words_and_notices_are_not_heard(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    await server.say(general("mine", who=TWIN))
    await server.say(general("mine too", application_id=str(world.APPLICATION)))
    await server.say(general("", type=7))
    await server.say(general("heard"))
    await inbound.until(lambda: bool(inbound.messages))
    assert [one.text for one in inbound.messages] == ["heard"]


async def test_edits_and_deletions_are_followed(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    first = general("at six")
    await server.dispatch("MESSAGE_UPDATE", {**first, "embeds": [{"type": "link", "title": "x"}]})
    await server.dispatch(
        "MESSAGE_UPDATE", {**first, "content": "at five", "edited_timestamp": "2026-02-17T01:00:00+00:00"}
    )
    await server.dispatch("MESSAGE_DELETE", {"id": first["id"], "channel_id": str(GENERAL)})
    await server.dispatch("MESSAGE_DELETE_BULK", {"ids": ["11", "12"], "channel_id": str(GENERAL)})
    await inbound.until(lambda: len(inbound.deletions) == 3)
    (edit,) = inbound.edits
    assert (edit.message, edit.text) == (f"discord:{GENERAL}/{first['id']}", "at five")
    assert edit.at == datetime(2026, 2, 17, 1, tzinfo=UTC)
    assert [one.rpartition("/")[2] for one in inbound.deletions] == [first["id"], "11", "12"]


async def test_a_reaction_to_the_twin_is_heard_and_one_to_others_is_not(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    reaction = {"user_id": str(SAM), "channel_id": str(GENERAL), "guild_id": str(world.GUILD), "type": 0}
    reaction |= {"message_id": "900", "emoji": {"id": None, "name": "👍"}, "burst": False}
    await server.dispatch("MESSAGE_REACTION_ADD", {**reaction, "message_author_id": str(EVE)})
    await server.dispatch("MESSAGE_REACTION_ADD", {**reaction, "message_author_id": str(TWIN)})
    await inbound.until(lambda: bool(inbound.messages))
    (message,) = inbound.messages
    assert (message.text, message.reply_to) == ("[reacted 👍]", f"discord:{GENERAL}/900")


async def test_the_owner_talks_to_the_twin_and_a_stranger_is_heard(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.answer = "Two drafts wait."
    asked = await server.say(world.message(501, OWNER, "inbox"))
    await server.until(lambda: server.messages[501][1:])
    assert inbound.said == [Said(ALEX, MessageId(f"discord:501/{asked['id']}"), "inbox")]
    assert server.messages[501][1]["content"] == "Two drafts wait."
    said = await server.say(world.message(502, SAM, "hello?"))
    await inbound.until(lambda: len(inbound.said) == 2)
    heard = MessageId(f"discord:502/{said['id']}")
    assert inbound.said[1] == Said(PersonId(f"discord:{SAM}"), heard, "hello?")
    await server.say(world.message(502, SAM, "> pause"))
    await inbound.until(lambda: len(inbound.said) == 3)
    assert inbound.said[2].text == "[quoting] > pause"
    assert len(server.messages[502]) == 2


async def test_messages_of_one_channel_stay_in_order_and_other_channels_do_not_wait(
    server: DiscordServer,
) -> None:
    committed = asyncio.Event()

    class Slow(FakeInbound):
        async def heard(self, conversation: Conversation, message: Message, **how: bool) -> None:
            if message.text == "first":
                await committed.wait()
            await super().heard(conversation, message, **how)

    inbound = Slow(ALEX)
    async with connected(server, inbound):
        await server.say(general("first"))
        await server.say(general("second"))
        await server.say(world.said(SECRET, OWNER, "elsewhere"))
        await inbound.until(lambda: bool(inbound.messages))
        assert [one.text for one in inbound.messages] == ["elsewhere"]
        committed.set()
        await inbound.until(lambda: len(inbound.messages) == 3)
        assert [one.text for one in inbound.messages] == ["elsewhere", "first", "second"]


async def test_a_newcomer_changes_who_listens(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    joined = {**world.member(299), "user": world.user(299), "guild_id": str(world.GUILD)}
    await server.dispatch("GUILD_MEMBER_ADD", joined)
    await inbound.until(lambda: bool(inbound.audiences))
    assert PersonId("discord:299") in (inbound.audiences[0].members or ())


async def test_a_role_given_to_an_old_member_is_a_join_of_that_moment_told_of_the_channel(
    server: DiscordServer, inbound: FakeInbound
) -> None:
    rules = [{"id": str(world.EVERYONE), "type": 0, "allow": "0", "deny": str(world.VIEW)}]
    rules.append({"id": "777", "type": 0, "allow": str(world.VIEW), "deny": "0"})
    server.guild["channels"][0]["permission_overwrites"] = rules
    server.guild["roles"].append(world.role(777, "team", 0))
    async with connected(server, inbound):
        await server.say(world.said(THREAD, SAM, "six?"))
        await inbound.until(lambda: bool(inbound.messages))
        before = datetime.now(UTC)
        changed = {**world.member(EVE), "user": world.user(EVE), "guild_id": str(world.GUILD)}
        await server.dispatch("GUILD_MEMBER_UPDATE", {**changed, "roles": ["777"]})
        await inbound.until(lambda: len(inbound.audiences) >= 2)
    told = {str(one.id): one for one in inbound.audiences}
    for where in (f"discord:{GENERAL}", f"discord:{THREAD}"):
        assert PersonId(f"discord:{EVE}") in (told[where].members or ())
        joined = told[where].newest_join
        assert joined is not None
        assert joined >= before


async def test_a_private_thread_is_read_by_who_was_added_and_one_more_is_told(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    private = ConversationId(f"discord:{PRIVATE_THREAD}")
    server.thread_members[PRIVATE_THREAD] = [TWIN, SAM]
    await server.say(world.said(PRIVATE_THREAD, SAM, "a surprise"))
    await inbound.until(lambda: bool(inbound.messages))
    assert inbound.conversations[private].members == accounts(SAM)
    server.thread_members[PRIVATE_THREAD].append(EVE)
    now = await adapter.members(inbound.conversations[private])
    assert now.members == accounts(SAM, EVE)
    server.thread_members[PRIVATE_THREAD].append(OWNER)
    added = {"id": str(PRIVATE_THREAD), "user_id": str(OWNER), "flags": 0}
    added |= {"join_timestamp": "2026-01-05T00:49:57.102000+00:00"}
    update = {"id": str(PRIVATE_THREAD), "guild_id": str(world.GUILD), "member_count": 4}
    await server.dispatch("THREAD_MEMBERS_UPDATE", {**update, "added_members": [added]})
    await inbound.until(lambda: any(one.id == private for one in inbound.audiences))
    assert inbound.audiences[-1].members == accounts(SAM, EVE, OWNER)


async def test_who_reads_a_channel_is_told_as_of_now(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    known = Conversation(ConversationId(f"discord:{THREAD}"), "discord", "x", Kind.GROUP, accounts(SAM))
    assert (await adapter.members(known)).members == accounts(OWNER, SAM, EVE)
    with pytest.raises(TryAgain):
        await adapter.members(replace(known, id=ConversationId("discord:999999")))
    with pytest.raises(Refused):
        await adapter.members(replace(known, id=ConversationId("discord:user/5")))


EVENTS = [
    (one["type"].removeprefix("GATEWAY_"), one["data"])
    if isinstance(one["type"], str)
    else ("INTERACTION_CREATE", one)
    for one in recorded()
]
MORE = ["MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "GUILD_MEMBER_ADD", "CHANNEL_UPDATE"]
DAMAGED = st.one_of(
    st.sampled_from(EVENTS).flatmap(lambda one: st.tuples(st.just(one[0]), damaged([one[1]]))),
    st.tuples(st.sampled_from([*MORE, *(one[0] for one in EVENTS)]), JUNK),
    st.tuples(st.sampled_from(MORE), damaged(recorded_messages())),
)


@settings(max_examples=30)
@given(st.lists(DAMAGED, min_size=20, max_size=40))
def test_after_damaged_events_the_adapter_goes_on(events: list[tuple[str, Any]]) -> None:
    async def play() -> None:
        inbound = FakeInbound(ALEX)
        async with discord_server() as server, connected(server, inbound):
            for event, payload in events:
                await server.dispatch(event, payload)
            await server.say(general("still there?"))
            await inbound.until(lambda: any(one.text == "still there?" for one in inbound.messages))
            assert len(server.identified) == 1
            assert not server.resumed

    asyncio.run(play())


# Connecting.


async def test_a_refused_token_is_the_owners_to_mend(server: DiscordServer, inbound: FakeInbound) -> None:
    adapter = adapter_for(server, "wrong-token")
    with pytest.raises(OwnerMustFix, match="DISCORD_TOKEN") as error:
        await adapter.run(inbound)
    assert "wrong-token" not in str(error.value)
    assert adapter.health[0] is Health.STOPPED


async def test_a_missing_intent_is_the_owners_to_mend(server: DiscordServer, inbound: FakeInbound) -> None:
    server.intents_allowed = 0
    with pytest.raises(OwnerMustFix, match="Message Content Intent"):
        await adapter_for(server).run(inbound)


async def test_a_refused_first_handshake_is_tried_again(server: DiscordServer, inbound: FakeInbound) -> None:
    server.refused_handshakes = 1
    adapter = adapter_for(server)
    with pytest.raises(TryAgain):
        await adapter.run(inbound)
    assert adapter.health[0] is Health.RECONNECTING
    async with connected(server, inbound):
        pass


async def test_discords_own_addresses_are_put_back(server: DiscordServer, inbound: FakeInbound) -> None:
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with connected(server, inbound):
        assert server.base == Route.BASE
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_after_a_dropped_socket_the_session_goes_on_where_it_was(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    await server.drop()
    await server.dispatch("MESSAGE_CREATE", general("while you were gone"))
    await server.until(lambda: server.resumed)
    await inbound.until(lambda: bool(inbound.messages))
    assert [one.text for one in inbound.messages] == ["while you were gone"]
    assert len(server.identified) == 1
    assert adapter.health[0] is Health.CONNECTED
    assert adapter._lost_at is None


async def test_what_a_lost_session_missed_is_read_back(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bots.platforms.discord.adapter.OVERLAP", datetime.now(UTC) - datetime(2026, 1, 1, tzinfo=UTC)
    )
    await server.dispatch("never seen", {})
    server.identified.append({})  # the session that could be resumed is no longer known
    server.messages[GENERAL].append(general("while you were gone"))
    await server.drop()
    await inbound.until(lambda: any(one.text == "while you were gone" for one in inbound.messages))


async def test_history_is_handed_over_oldest_first(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.messages[GENERAL] = [general(str(number)) for number in range(150)]
    server.messages[502] = [world.message(502, SAM, "in a DM")]
    server.forbidden.add(SECRET)
    places = [
        Conversation(ConversationId(f"discord:{one}"), "discord", "", kind)
        for one, kind in ((SECRET, Kind.GROUP), (GENERAL, Kind.GROUP), (502, Kind.DIRECT))
    ]
    await adapter.missed(places, datetime(2020, 1, 1, tzinfo=UTC))
    assert [one.text for one in inbound.messages] == [*map(str, range(150))]
    assert [one.text for one in inbound.said] == ["in a DM"]
    assert not any(inbound.live[-151:])
    assert inbound.conversations[f"discord:{GENERAL}"].title == "#general · Climbers"


async def test_history_is_read_by_when_it_was_said_whatever_its_ids_are(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    said = [f"2026-03-01T1{number // 60}:{number % 60:02}:00+00:00" for number in range(150)]
    server.messages[502] = [
        {**world.message(502, SAM, at), "id": str(900 + number), "timestamp": at}
        for number, at in enumerate(said)
    ]
    place = Conversation(ConversationId("discord:502"), "discord", "", Kind.DIRECT)
    await adapter.missed([place], datetime(2026, 3, 1, 11, 59, 0, 1, tzinfo=UTC))
    assert [one.text for one in inbound.said] == said[119:]
    inbound.said.clear()
    await adapter.missed([place], datetime(2026, 3, 1, 10, 10, tzinfo=UTC))
    assert [one.text for one in inbound.said] == said[10:]
    assert server.requests.count("GET /channels/*/messages") == 3


async def test_the_owner_sees_that_the_twin_is_thinking_and_a_stranger_does_not(
    server: DiscordServer, inbound: FakeInbound
) -> None:
    async with connected(server, inbound, at_once):
        inbound.gate.clear()
        await server.say(world.message(502, SAM, "hello?"))
        await server.say(world.message(501, OWNER, "what did I say to Sam?"))
        await server.until(lambda: server.typed)
        inbound.gate.set()
        await server.until(lambda: any(one["content"] == "done" for one in server.messages[501]))
    assert set(server.typed) == {501}


async def test_a_command_does_not_wait_for_the_model_that_a_question_waits_for(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    """Said now, or read back."""
    inbound.model.clear()
    for text in ("what did I say to Sam?", "and to Mia?", "pause"):
        await server.say(world.message(501, OWNER, text))
    await inbound.until(lambda: bool(inbound.said) and inbound.said[-1].text == "pause")
    server.messages[501] = [world.message(501, OWNER, text) for text in ("who was it?", "pause")]
    assert isinstance(adapter, ReadsOwnerDm)
    await adapter.missed_by_twin(ALEX, datetime(2020, 1, 1, tzinfo=UTC))
    assert [one.text for one in inbound.said[-2:]] == ["who was it?", "pause"]


async def test_what_the_owner_wrote_meanwhile_is_handed_over_and_answered(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.messages[501] = [world.message(501, OWNER, "away"), world.message(501, TWIN, "a card")]
    assert isinstance(adapter, ReadsOwnerDm)
    await adapter.missed_by_twin(ALEX, datetime(2020, 1, 1, tzinfo=UTC))
    assert [(one.account, one.text) for one in inbound.said] == [(ALEX, "away")]
    assert inbound.live[-1:] == [False]
    await server.until(lambda: server.messages[501][-1]["content"] == "done")
    server.closed_dms.add(OWNER)
    await adapter.missed_by_twin(ALEX, datetime.now(UTC))
    assert len(inbound.said) == 1


# Sending.


async def send(
    adapter: DiscordPlatform, text: str, where: int = GENERAL, nonce: str = "n1", **given: Any
) -> str:
    return await adapter.send(ConversationId(f"discord:{where}"), text, nonce=nonce, **given)


async def test_a_reply_quotes_what_it_answers_and_pings_nobody(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    asked = await server.say(general("Are you coming?"))
    answered = MessageId(f"discord:{GENERAL}/{asked['id']}")
    sent_id = await send(adapter, "Sure @everyone, *at six*!", reply_to=answered)
    sent = server.messages[GENERAL][-1]
    assert sent["id"] == sent_id
    assert sent["content"] == "Sure @\u200beveryone, *at six*!"
    assert sent["message_reference"]["message_id"] == int(asked["id"])
    assert sent["message_reference"]["fail_if_not_exists"] is False
    assert sent["allowed_mentions"] == {"parse": []}
    assert sent["nonce"] == "n1"


async def test_what_the_owner_typed_goes_as_if_they_had_typed_it_there(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    typed = "# x\n2*3*4 __init__ ||seen|| ~~no~~ 1. a-b! <@12> @everyone \\_"
    asked = await server.say(general("Are you coming?"))
    answered = MessageId(f"discord:{GENERAL}/{asked['id']}")
    where = ConversationId(f"discord:{GENERAL}")
    assert isinstance(adapter, SendsTyped)
    await adapter.send_typed(where, typed, nonce="n1", reply_to=answered)
    sent = server.messages[GENERAL][-1]
    assert sent["content"] == typed
    assert sent["allowed_mentions"] == {"parse": []}
    assert sent["message_reference"]["message_id"] == int(asked["id"])


async def test_a_reply_quotes_what_it_answers_in_a_thread_that_was_never_announced(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.guild["threads"].append(world.thread(409, "sunday", 11))
    asked = await server.say(world.said(409, SAM, "and on Sunday?"))
    await inbound.until(lambda: bool(inbound.messages))
    assert inbound.conversations["discord:409"].title == "sunday · #general · Climbers"
    await send(adapter, "yes", where=409, reply_to=MessageId(f"discord:409/{asked['id']}"))
    assert server.messages[409][-1]["message_reference"]["message_id"] == int(asked["id"])


async def test_a_message_in_an_unknown_channel_is_heard_where_it_cannot_be_looked_up(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.guild["threads"].append(world.thread(409, "sunday", 11))
    server.faults["GET /channels/*"] = [Fault(how="cut")] * 3
    await server.say(world.said(409, SAM, "and on Sunday?"))
    await inbound.until(lambda: bool(inbound.messages))
    assert inbound.messages[0].text == "and on Sunday?"
    assert inbound.conversations["discord:409"].kind is Kind.GROUP


async def test_of_the_answer_to_a_message_nothing_but_its_id_is_needed(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.answers_whole = False
    assert await send(adapter, "yes") == server.messages[GENERAL][-1]["id"]


async def test_in_a_dm_nothing_is_quoted(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    asked = await server.say(world.message(502, SAM, "hello?"))
    await send(adapter, "hi", where=502, reply_to=MessageId(f"discord:502/{asked['id']}"))
    assert "message_reference" not in server.messages[502][-1]


async def test_the_same_part_twice_arrives_once(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    first = await send(adapter, "once")
    assert await send(adapter, "once") == first
    assert [one["content"] for one in server.messages[GENERAL]].count("once") == 1


async def test_the_longest_text_goes_through_whatever_it_holds(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    for number, sign in enumerate("*_`<@|~\\#a"):
        await send(adapter, sign * adapter.text_limit, nonce=str(number))


@pytest.mark.parametrize("where", [999, SECRET, 502])
async def test_where_the_twin_may_not_write_it_is_refused(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform, where: int
) -> None:
    server.forbidden.add(SECRET)
    server.closed_dms.add(SAM)
    with pytest.raises(Refused):
        await send(adapter, "hi", where=where)


async def test_where_only_the_owner_is_the_text_is_for_copying(
    inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    with pytest.raises(Refused, match="copy it"):
        await adapter.send(ConversationId("discord:user/777"), "hi", nonce="n")


async def test_a_long_rate_limit_is_tried_again_and_a_short_one_waited_for(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    route = "POST /channels/*/messages"
    server.faults[route] = [Fault(429, retry_after=3600.0)]
    with pytest.raises(TryAgain) as asked:
        await send(adapter, "later")
    assert asked.value.wait_s == 3600
    server.faults[route] = [Fault(429)]
    with pytest.raises(TryAgain) as asked:
        await send(adapter, "later")
    assert asked.value.wait_s == 7
    server.faults[route] = [Fault(429, retry_after=0.01)]
    await send(adapter, "now", nonce="n2")
    assert [one["content"] for one in server.messages[GENERAL]][-1] == "now"


async def test_a_connection_that_breaks_after_the_message_leaves_it_uncertain(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.faults["POST /channels/*/messages"] = [Fault(how="done and cut")]
    with pytest.raises(Exception) as error:  # noqa: PT011 (whatever it is, it is none of ours)
        await send(adapter, "did it arrive?")
    assert not isinstance(error.value, (TryAgain, Refused))


async def test_before_it_is_connected_nothing_is_sent(server: DiscordServer) -> None:
    with pytest.raises(TryAgain):
        await send(adapter_for(server), "hi")


async def test_typing_is_shown_and_may_fail(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.forbidden.add(SECRET)
    for where in (SECRET, GENERAL):
        await adapter.typing(Conversation(ConversationId(f"discord:{where}"), "discord", ""))
    assert server.typed == [GENERAL]


# Cards.


async def test_a_card_says_everything_and_its_closed_form_has_no_buttons(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    reference = await adapter.show(ALEX, CARD)
    (card,) = server.messages[501]
    for part in ("Sam", "general", "Are you coming?", "Yes, at *six*!", "asks"):
        assert part in card["content"]
    labels = [one["label"] for row in card["components"] for one in row["components"]]
    assert labels == ["Approve", "Edit", "Redraft", "Reject", "Snooze", "Reject and say why"]
    closed = Card(
        DRAFT, 2, "Sam", "here", "asks", by_sam("Are you coming?"), "Yes", closed="approved in the console"
    )
    await adapter.update(reference, closed)
    assert card["components"] == []
    assert "approved in the console" in card["content"]


async def test_of_the_answer_to_a_card_or_a_notice_nothing_but_its_id_is_needed(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.answers_whole = False
    reference = await adapter.show(ALEX, CARD)
    (card,) = server.messages[501]
    assert reference == f"501/{card['id']}"
    await adapter.update(reference, replace(CARD, closed="approved in the console"))
    assert card["components"] == []
    await adapter.tell(ALEX, "good morning", b"\x89PNG picture")
    inbound.answer = "x " * 1500
    await server.say(world.message(501, OWNER, "inbox", channel_type=1))
    await server.until(lambda: len(server.messages[501]) == 5)
    ours = [one for one in server.messages[501] if one["author"]["id"] == str(TWIN)]
    assert [one["allowed_mentions"] for one in ours] == [{"parse": []}] * 4


async def test_a_card_that_is_gone_is_no_error(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    reference = await adapter.show(ALEX, CARD)
    server.messages[501].clear()
    await adapter.update(reference, CARD)
    await adapter.update("nonsense", CARD)


async def test_a_closed_dm_is_refused(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.closed_dms.add(OWNER)
    with pytest.raises(Refused):
        await adapter.show(ALEX, CARD)
    with pytest.raises(Refused):
        await adapter.tell(ALEX, "good morning")


async def test_a_digest_comes_in_parts_with_its_picture(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    await adapter.tell(ALEX, "word " * 700, b"\x89PNG picture")
    assert len(server.messages[501]) == 2
    assert server.messages[501][-1]["attachments"][0]["size"] == len(b"\x89PNG picture")


async def test_approve_acts_on_the_revision_that_was_shown(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes"
    inbound.answer = "On its way."
    shown = await server.act(click(press(CardAction.APPROVE)))
    await server.until(lambda: shown.followups)
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, CardAction.APPROVE)]
    ((account, draft, reference),) = inbound.used_cards
    assert (account, draft) == (ALEX, DRAFT)
    assert re.fullmatch(r"501/\d+", reference)
    assert shown.callback == {"type": 6}
    assert (shown.words, shown.followups[0]["flags"]) == (["On its way."], 64)


async def test_edit_opens_a_modal_with_the_text_and_acts_on_what_is_sent_in(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes, at six"
    opened = await server.act(click(press(CardAction.EDIT)))
    await server.until(lambda: opened.callback)
    assert opened.callback is not None
    modal = opened.callback["data"]
    assert modal["components"][0]["components"][0]["value"] == "Yes, at six"
    assert inbound.acts == []
    done = await server.act(filled(modal["custom_id"], "  No, *sorry* \n"))
    await server.until(lambda: done.followups)
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, CardAction.EDIT, "  No, *sorry* \n")]


@pytest.mark.parametrize(
    ("pressed", "action"), [(CardAction.REDRAFT, CardAction.REDRAFT), (render.WHY, CardAction.REJECT)]
)
async def test_guidance_and_reasons_are_asked_for(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform, pressed: str, action: CardAction
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes"
    opened = await server.act(click(press(pressed)))
    await server.until(lambda: opened.callback)
    assert opened.callback is not None
    await server.act(filled(opened.callback["data"]["custom_id"], "shorter"))
    await inbound.until(lambda: bool(inbound.acts))
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, action, "shorter")]


async def test_snooze_asks_until_when(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes"
    asked = await server.act(click(press(CardAction.SNOOZE)))
    await server.until(lambda: asked.callback)
    assert asked.callback is not None
    choices = asked.callback["data"]["components"][0]["components"]
    done = await server.act(click(choices[0]["custom_id"]))
    await server.until(lambda: done.edits)
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, CardAction.SNOOZE, "1h")]
    assert done.edits[0]["components"] == []


async def words(server: DiscordServer, payload: dict[str, Any]) -> Answered:
    shown = await server.act(payload)
    await server.until(lambda: shown.words)
    return shown


async def test_a_strangers_click_is_refused_and_opens_nothing(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes"
    assert (await words(server, click(press(CardAction.APPROVE), EVE))).words == [
        "Only the owner can decide."
    ]
    refused = await words(server, click(press(CardAction.EDIT), EVE))
    assert refused.callback is not None
    assert (refused.callback["type"], refused.words) == (4, [NOT_YOURS])


async def test_a_click_that_is_taken_without_a_word_counts(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    server.answers_callbacks = False
    inbound.drafts[DRAFT, 2] = "Yes, at six"
    opened = await server.act(click(press(CardAction.EDIT)))
    await server.until(lambda: opened.callback)
    assert opened.callback is not None
    await server.act(filled(opened.callback["data"]["custom_id"], "No"))
    await inbound.until(lambda: bool(inbound.acts))
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, CardAction.EDIT, "No")]
    inbound.answer = "You are away."
    told = await words(server, command("away"))
    assert told.words == ["You are away."]


async def test_a_click_counts_that_says_no_more_than_it_must(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes"
    whole = click(press(CardAction.APPROVE))
    told = {key: whole[key] for key in ("id", "type", "token", "channel_id")}
    told["data"] = {"component_type": 2, "custom_id": press(CardAction.APPROVE)}
    told |= {"message": {"id": "77", "content": "a card"}}
    told["user"] = {"id": str(OWNER)}
    await server.act(told)
    await inbound.until(lambda: bool(inbound.acts))
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, CardAction.APPROVE)]
    assert inbound.used_cards == [(ALEX, DRAFT, "501/77")]


@pytest.mark.parametrize("where", [None, {"type": 0}, {"type": 2}, {"type": 11, "name": "far"}])
async def test_draft_my_reply_takes_what_is_told_in_part(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform, where: dict[str, Any] | None
) -> None:
    part = {"id": "77", "channel_id": "499", "content": "lend me twenty?", "author": {"id": str(SAM)}}
    told = draft_my_reply(part, guild_id=str(world.GUILD), context=0)
    if where is None:
        del told["channel"]
    else:
        told["channel"] = {"id": "499", **where}
    for key in ("attachment_size_limit", "version", "entitlements"):
        told.pop(key, None)
    told.pop("user", None)
    told["member"] = {"user": {"id": str(OWNER)}}
    await server.act(told)
    await inbound.until(lambda: bool(inbound.said))
    assert [one.text for one in inbound.messages] == ["lend me twenty?"]


async def test_a_stale_card_says_so(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 3] = "Yes"
    for action in (CardAction.EDIT, CardAction.APPROVE, CardAction.SNOOZE):
        (word,) = (await words(server, click(press(action)))).words
        assert "already handled" in word.lower()


async def test_a_click_that_discord_no_longer_takes_is_survived_and_not_acted_on(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    inbound.drafts[DRAFT, 2] = "Yes"
    for late in (
        click(press(CardAction.APPROVE)),
        click(press(CardAction.EDIT)),
        filled(press(CardAction.EDIT), "x"),
    ):
        server.expired.add(late["token"])
        await server.act(late)
    fresh = await words(server, click(press(CardAction.APPROVE)))
    assert fresh.words
    assert inbound.acts == [CardEvent(ALEX, DRAFT, 2, CardAction.APPROVE)]


async def test_others_buttons_are_left_alone(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    for custom_id in ("hello", "us:", "us:approve:7:x", "us:approve::1", "us:nothing:7:2"):
        await server.act(click(custom_id))
    inbound.drafts[DRAFT, 2] = "Yes"
    await words(server, click(press(CardAction.APPROVE)))
    assert len(inbound.acts) == 1


# Commands.


def command(name: str, who: int = OWNER, where: int = 501, **options: str | int) -> dict[str, Any]:
    data = {"id": "1", "name": name, "type": 1}
    given = [
        {"name": key, "type": 4 if isinstance(value, int) else 3, "value": value}
        for key, value in options.items()
    ]
    return world.interaction(2, who, where, {**data, "options": given})


def draft_my_reply(message: dict[str, Any], who: int = OWNER, **given: Any) -> dict[str, Any]:
    resolved = {"messages": {message["id"]: message}}
    data = {"id": "2", "name": "Draft my reply", "type": 3, "target_id": message["id"], "resolved": resolved}
    return world.interaction(2, who, int(message["channel_id"]), data, **given)


async def test_commands_are_declared_once_for_each_change(
    server: DiscordServer, inbound: FakeInbound
) -> None:
    async with connected(server, inbound):
        await inbound.until(lambda: ("discord", "commands") in inbound.facts)
    (declared,) = server.commands
    by_name = {one["name"]: one for one in declared}
    assert set(by_name) == {one.word for one in OFFERED} | {"Draft my reply"}
    for one in OFFERED:
        assert by_name[one.word]["description"].lower() == one.help.lower()
        assert bool(by_name[one.word].get("options")) is bool(one.takes)
    for word, field, values in (("mode", "mode", MODES), ("settle", "outcome", OUTCOMES)):
        (given,) = [option for option in by_name[word]["options"] if option["name"] == field]
        assert tuple(choice["value"] for choice in given["choices"]) == values
    assert by_name["Draft my reply"]["integration_types"] == [0, 1]
    assert by_name["Draft my reply"]["contexts"] == [0, 1, 2]
    inbound.facts["discord", "commands"] += " of an older version"
    async with connected(server, inbound):
        await server.until(lambda: len(server.commands) == 2)
    recalled = asyncio.Event()

    class Asked(FakeInbound):
        async def recalled(self, platform: str, key: str) -> str | None:
            asyncio.get_running_loop().call_later(0.2, recalled.set)
            return await super().recalled(platform, key)

    async with connected(server, Asked(ALEX, facts=inbound.facts)):
        await asyncio.wait_for(recalled.wait(), 10)
    assert len(server.commands) == 2


async def test_slash_commands_are_the_owners_words_and_answered_unseen(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    shown = await words(server, command("away"))
    await words(server, command("remember", what="Sam is allergic to nuts"))
    await words(server, command("mode", mode="draft", conversation="console:sam"))
    await words(server, command("remind", what="in 2h call Sam"))
    await words(server, command("drop", number=3))
    await words(server, command("settle", number=12, outcome="missing"))
    assert [one.text for one in inbound.said] == [
        "/away",
        "/remember Sam is allergic to nuts",
        "/mode console:sam draft",
        "/remind in 2h call Sam",
        "/drop 3",
        "/settle 12 missing",
    ]
    assert shown.callback == {"type": 5, "data": {"flags": 64}}


async def test_a_strangers_command_is_refused(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    refused = await words(server, command("inbox", who=SAM))
    assert "owner" in refused.words[0]
    await words(server, command("help"))
    assert [one.text for one in inbound.said] == ["/help"]


async def test_draft_my_reply_hands_the_message_in_and_asks_for_a_draft(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    target = world.message(GENERAL, SAM, "Are you coming?")
    member = {**world.member(OWNER), "user": world.user(OWNER), "permissions": "0"}
    place: dict[str, Any] = {"guild_id": str(world.GUILD), "member": member, "context": 0}
    shown = await words(server, draft_my_reply(target, **place))
    (message,) = inbound.messages
    assert (message.conversation, message.text) == (f"discord:{GENERAL}", "Are you coming?")
    assert [one.text for one in inbound.said] == [f"/draft {message.id}"]
    assert shown.words == [inbound.answer]


async def test_draft_my_reply_where_only_the_owner_is_says_to_copy_it(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    target = world.message(888, SAM, "Are you coming?")
    where = {"id": "888", "type": 1, "flags": 0, "recipients": [world.user(SAM)], "last_message_id": None}
    shown = await words(server, draft_my_reply(target, context=2, channel=where))
    (message,) = inbound.messages
    assert (message.conversation, message.addressed) == ("discord:user/888", False)
    assert [one.text for one in inbound.said] == [f"/draft discord:user/888/{target['id']}"]
    assert inbound.conversations["discord:user/888"].members == accounts(SAM)
    assert "copy" in shown.words[0]


async def test_draft_my_reply_answers_only_the_owner(
    server: DiscordServer, inbound: FakeInbound, adapter: DiscordPlatform
) -> None:
    target = world.message(888, SAM, "Are you coming?")
    refused = await words(server, draft_my_reply(target, who=EVE, context=2))
    assert "owner" in refused.words[0]
    assert inbound.messages == []
