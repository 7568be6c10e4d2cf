"""From a platform's event to its owner's decision and back, with platforms of memory alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bots.api.twin import Twin
from bots.assembly import opened
from bots.platforms.card_lines import HeardLine
from bots.platforms.port import CardAction
from bots.settings import ApprovalSettings, GatewaySettings, ListenSettings, Settings
from core.errors import OwnerMustFix, TryAgain
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import ChatModel
from core.types import OWNER, MessageId, PersonId, RecordId
from tests.heard import texts_on
from tests.journeys.conftest import World, becomes
from tests.scripted_platform import ScriptedPlatform
from tests.waiting import until

QUESTION = "are you free for dinner on friday?"
REPLY = "after climbing, half seven?"


@pytest.fixture
def telegram(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("telegram", world.clock)


@pytest.fixture
def discord(world: World) -> ScriptedPlatform:
    return ScriptedPlatform("discord", world.clock)


@asynccontextmanager
async def at_home(
    world: World,
    *platforms: ScriptedPlatform,
    reply: str = REPLY,
    settings: Settings | None = None,
    model: ChatModel | None = None,
) -> AsyncIterator[Twin]:
    """The twin with these platforms; those whose adapters do not fail are connected."""
    fast = GatewaySettings(burst_s=0, retry_first_s=0.01, retry_longest_s=0.05)
    settings = (settings or world.settings).model_copy(update={"gateway": fast})
    well = [one for one in platforms if not any(isinstance(error, OwnerMustFix) for error in one.fails)]
    async with opened(
        world.home,
        settings,
        model=model or ScriptedChat(reply),
        embedder=HashedEmbedder(),
        platforms=platforms,
        clock=world.clock,
        sleep=asyncio.sleep,
    ) as container:
        world.stores = container.stores
        async with container.tasks.running(resident=True):
            for one in well:
                await one.connected()
            yield container.twin


async def paired(twin: Twin, *platforms: ScriptedPlatform) -> None:
    for one in platforms:
        code = (await twin.pair(one.name)).code
        assert "yours" in await one.say(code)


async def test_a_friends_message_becomes_a_card_and_edit_then_approve_sends_exactly_that(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        message = await telegram.hear(QUESTION)
        shown = await telegram.card()
        assert shown.account == telegram.owner
        assert (texts_on(shown.card), shown.card.text, shown.card.closed) == ([QUESTION], REPLY, "")
        draft, revision = shown.card.draft, shown.card.revision
        assert await telegram.here.card_text(telegram.owner, draft, revision) == REPLY

        assert "Changed" in await telegram.act(shown, CardAction.EDIT, "No -- *Saturday*?\n  Eight.")
        await telegram.until(lambda: shown.card.revision == 2)
        assert shown.card.text == "No -- *Saturday*?\n  Eight."
        assert telegram.sent == []
        assert await telegram.act(shown, CardAction.APPROVE) == "Sent."
        (sent,) = telegram.sent
        assert (sent.conversation, sent.text) == ("telegram:chat-sam", "No -- *Saturday*?\n  Eight.")
        assert sent.reply_to == message
        assert await telegram.closing(shown) == "approved on Telegram"
        assert (await twin.receipts())[0].authorized_by == "owner via telegram"


async def test_a_stale_revision_is_already_handled(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        await telegram.act(shown, CardAction.EDIT, "Saturday")
        assert "already handled" in await telegram.act(shown, CardAction.APPROVE, revision=1)
        assert await telegram.here.card_text(telegram.owner, shown.card.draft, 1) is None
        assert telegram.sent == []


async def test_reject_sends_nothing_and_redraft_and_snooze_do_as_they_say(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        assert await telegram.act(shown, CardAction.REDRAFT, "warmer") == "Drafted anew."
        await telegram.until(lambda: shown.card.revision == 2)
        assert "Snoozed until" in await telegram.act(shown, CardAction.SNOOZE, "2h")
        assert "snoozed" in await telegram.closing(shown)
        assert "30m" in await telegram.act(shown, CardAction.SNOOZE, "soonish")
        assert "nothing is sent" in await telegram.act(shown, CardAction.REJECT, "not him")
        await telegram.until(lambda: shown.card.closed == "rejected on Telegram")
        assert telegram.sent == []
        assert (await twin.draft(shown.card.draft)).status == "rejected"


async def test_what_waits_behind_an_uncertain_draft_is_said_to_wait(
    world: World, telegram: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_: object, **__: object) -> str:
        raise RuntimeError("the line went dead")

    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        with monkeypatch.context() as dead:
            dead.setattr(telegram, "send", cut)
            await telegram.hear(QUESTION)
            first = await telegram.card()
            assert "may not have arrived" in await telegram.act(first, CardAction.APPROVE)
        await telegram.hear("or saturday?")
        second = await telegram.card(2)
        word = await telegram.act(second, CardAction.APPROVE)
        assert word == f"Approved: it goes once you have said whether draft {first.card.draft} arrived."
        assert telegram.sent == []
        await twin.settle(first.card.draft, delivered=True)
        await telegram.until(lambda: len(telegram.sent) == 1)


async def test_a_reply_that_a_platform_shows_after_a_cut_connection_needs_no_word_of_the_owners(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        telegram.breaks.append("arrived")
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        await telegram.act(shown, CardAction.APPROVE)
        await becomes(twin, shown.card.draft, "sent")
        await telegram.until(lambda: shown.card.closed == "approved on Telegram")
        assert [one.text for one in telegram.sent] == [REPLY]
        assert len(await twin.receipts()) == 1
        assert (await twin.status()).problems == ()


async def test_the_first_decision_wins_and_the_other_surfaces_hear_of_it(
    world: World, telegram: ScriptedPlatform, discord: ScriptedPlatform
) -> None:
    async with at_home(world, telegram, discord) as twin:
        await paired(twin, telegram, discord)
        await telegram.hear(QUESTION)
        here, there = await telegram.card(), await discord.card()
        assert await telegram.act(here, CardAction.APPROVE) == "Sent."
        assert await discord.closing(there) == "approved on Telegram"
        assert "already handled" in await discord.act(there, CardAction.REJECT)
        assert "already handled" in await telegram.act(here, CardAction.APPROVE)
        assert len(telegram.sent) == 1


async def test_what_is_decided_in_the_console_closes_the_card(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        await twin.approve(shown.card.draft, via="console")
        assert await telegram.closing(shown) == "approved in the console"


async def test_another_platforms_words_are_on_no_card_unless_the_surface_is_full(
    world: World, telegram: ScriptedPlatform, discord: ScriptedPlatform
) -> None:
    async with at_home(world, telegram, discord) as twin:
        await paired(twin, telegram, discord)
        await telegram.here.named(PersonId("telegram:sam"), "Sam K.")
        await telegram.hear(QUESTION)
        shown = await discord.card()
        card = shown.card
        assert (card.who, card.heard, card.text, card.why) == (
            "Sam K. (not linked: telegram:sam)",
            None,
            None,
            "",
        )
        assert QUESTION not in repr(card)
        assert "console" in await discord.act(shown, CardAction.APPROVE)
        assert await discord.here.card_text(discord.owner, card.draft, card.revision) is None
        assert telegram.sent == []
        assert "nothing is sent" in await discord.act(shown, CardAction.REJECT)
    full = world.settings.model_copy(update={"approvals": ApprovalSettings(full=("discord",))})
    async with at_home(world, telegram, discord, settings=full):
        await telegram.hear("and on saturday?")
        assert (await discord.card(2)).card.text == REPLY


async def test_everyone_but_the_owner_is_refused(world: World, telegram: ScriptedPlatform) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown, stranger = await telegram.card(), PersonId("telegram:sam")
        for action in CardAction:
            assert await telegram.act(shown, action, "1h", account=stranger) == "Only Alex can decide this."
        assert await telegram.here.card_text(stranger, shown.card.draft, 1) is None
        assert (await twin.draft(shown.card.draft)).status == "waiting"
        await twin.unpair(telegram.owner)
        assert await telegram.act(shown, CardAction.APPROVE) == "Only Alex can decide this."
        assert telegram.sent == []


async def test_an_account_that_is_the_owners_no_more_is_shown_nothing_new(
    world: World, telegram: ScriptedPlatform
) -> None:
    lost = PersonId("telegram:9")
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        assert "yours" in await telegram.say((await twin.pair("telegram")).code, lost)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        assert shown.account == lost
        await twin.unpair(lost)
        anew = await telegram.card(2)
        assert (anew.account, anew.card.text, anew.card.closed) == (telegram.owner, REPLY, "")
        assert "unpaired" in await telegram.closing(shown)
        assert (shown.card.heard, shown.card.text) == (None, None)
        await telegram.act(anew, CardAction.EDIT, "Saturday")
        await telegram.until(lambda: anew.card.text == "Saturday")
        assert shown.card.text is None
        assert await telegram.act(anew, CardAction.APPROVE) == "Sent."
    assert len(telegram.shown) == 2


async def test_buttons_live_through_a_restart_and_no_card_is_shown_twice(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
    async with at_home(world, telegram):
        assert await telegram.act(shown, CardAction.APPROVE) == "Sent."
        assert await telegram.closing(shown) == "approved on Telegram"
    assert [one.text for one in telegram.sent] == [REPLY]
    assert len(telegram.shown) == 1


async def test_what_was_decided_while_a_platform_was_away_closes_its_card_later(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
    async with at_home(world) as twin:
        await twin.reject(shown.card.draft)
    async with at_home(world, telegram):
        assert await telegram.closing(shown) == "rejected in the terminal"


async def test_where_a_dm_is_closed_the_next_surface_is_tried_and_the_owner_told(
    world: World, telegram: ScriptedPlatform, discord: ScriptedPlatform
) -> None:
    only = world.settings.model_copy(update={"approvals": ApprovalSettings(surfaces=("telegram",))})
    async with at_home(world, telegram, discord, settings=only) as twin:
        await paired(twin, telegram, discord)
        await telegram.hear(QUESTION)
        first = await telegram.card()
        assert discord.shown == []
        await telegram.act(first, CardAction.REJECT)
        telegram.closed[telegram.owner] = "you have blocked the bot"
        await telegram.hear("and on saturday?")
        assert (await discord.card()).card.text is None
        await discord.until(lambda: any("you have blocked the bot" in text for _, text in discord.told))
        assert any("blocked" in one for one in (await twin.status()).problems)


async def test_a_bad_token_is_said_once_and_the_others_go_on(
    world: World, telegram: ScriptedPlatform, discord: ScriptedPlatform
) -> None:
    discord.fails = [OwnerMustFix("Discord refuses DISCORD_TOKEN")]
    telegram.fails = [TryAgain("the network is down")]
    async with at_home(world, telegram, discord) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        assert await telegram.act(shown, CardAction.APPROVE) == "Sent."
        changes = twin.changes()

        async def only_discord_is_ill() -> bool:
            status = await twin.status()
            health = {one.name: (one.connected, one.problem) for one in status.platforms}
            return health["telegram"] == (True, None) and health["discord"] == (
                False,
                "Discord refuses DISCORD_TOKEN",
            )

        await until(changes, only_discord_is_ill)
        assert (await twin.status()).problems == ("Discord refuses DISCORD_TOKEN",)
        assert (telegram.runs, discord.runs) == (2, 1)


async def test_a_newer_message_withdraws_the_card_for_one_that_answers_both(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        first = await telegram.card()
        await telegram.hear("or saturday?")
        second = await telegram.card(2)
        assert texts_on(second.card) == [QUESTION, "or saturday?"]
        assert await telegram.closing(first) == "withdrawn: a newer message came"


async def test_when_the_owner_answers_themselves_the_card_is_withdrawn(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        await telegram.hear("yes!", telegram.chat("sam"), friend="owner")
        assert await telegram.closing(shown) == "withdrawn: you answered yourself"
        said = await twin.thread("telegram:chat-sam")
        assert [one.author for one in said] == ["telegram:sam", OWNER]


async def test_a_draft_does_not_outlive_the_platforms_reply_window_and_the_owner_is_told(
    world: World, telegram: ScriptedPlatform
) -> None:
    telegram.window = world.clock.now() + timedelta(hours=24)
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        assert (await twin.draft(shown.card.draft)).expires_at == telegram.window
        world.clock.pass_by(hours=25)
    async with at_home(world, telegram):
        assert await telegram.closing(shown) == "expired"
        await telegram.until(lambda: any("takes no reply" in text for _, text in telegram.told))


async def test_what_was_missed_while_off_is_read_back_and_only_what_is_fresh_is_drafted(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        last = await telegram.hear(QUESTION)
        await telegram.act(await telegram.card(), CardAction.REJECT)
        spoken = (await twin.thread("telegram:chat-sam"))[-1].at
    world.clock.pass_by(hours=1)
    telegram.history.append(telegram.message("hello?"))
    world.clock.pass_by(hours=24)
    telegram.history.append(telegram.message("are you there?"))
    async with at_home(world, telegram) as twin:
        shown = await telegram.card(2)
        assert texts_on(shown.card)[-1].endswith("are you there?")
        assert telegram.asked[-1] == (("telegram:chat-sam",), spoken)
        assert (await twin.status()).counts["listed"] == 1
        assert last in {one.id for one in await twin.thread("telegram:chat-sam")}


async def test_what_was_said_just_before_our_own_reply_and_never_came_is_read_back(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear(QUESTION)
        shown = await telegram.card()
        telegram.history.append(telegram.message("and bring wine?"))
        world.clock.pass_by(seconds=1)
        await telegram.act(shown, CardAction.APPROVE)
        await telegram.closing(shown)
    async with at_home(world, telegram):
        assert texts_on((await telegram.card(2)).card) == ["and bring wine?"]


async def test_what_comes_as_it_is_said_is_fresh_whatever_a_wrong_clock_says_of_it(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        for number, wrong in enumerate((-400, 400), 1):
            where, message = telegram.message(QUESTION)
            said = replace(message, sent_at=message.sent_at + timedelta(days=wrong))
            await telegram.here.heard(where, said, live=True)
            await telegram.act(await telegram.card(number), CardAction.APPROVE)
            await telegram.until(lambda number=number: len(telegram.sent) == number)  # type: ignore[misc]


@pytest.mark.parametrize("reads_back", [False, True])
async def test_what_is_read_back_is_not_for_who_came_after_it_was_said(
    world: World, telegram: ScriptedPlatform, reads_back: bool
) -> None:
    before, now = (
        replace(telegram.group(*names), joiners_read_history=reads_back)
        for names in (("sam",), ("sam", "mia"))
    )
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        await telegram.hear("hi all", before)
    _, missed = telegram.message("mia's surprise is a zeppelin", now)
    telegram.history = [(now, missed)]
    async with at_home(world, telegram) as twin:
        changes, heard = twin.changes(), RecordId(f"message:{missed.id}")

        async def is_there() -> bool:
            return await world.stores.records.get(heard) is not None

        await until(changes, is_there)
        kept = await world.stores.records.get(heard)
        assert kept is not None
        chats = [telegram.chat("sam"), telegram.chat("mia")]
        assert ("person:telegram:mia" in kept.audience) is reads_back
        found = [await world.stores.recall.recall("surprise zeppelin", chat, 50) for chat in chats]
        can_hear = [heard in {one.id for one in one_found.records} for one_found in found]
        assert can_hear == [True, reads_back]


async def test_a_group_is_answered_where_it_speaks_to_the_owner_or_of_what_they_listen_for(
    world: World, telegram: ScriptedPlatform
) -> None:
    place = telegram.group("sam", "mia")
    listens = ListenSettings(conversation=place.id, keywords=("belay",))
    settings = world.settings.model_copy(update={"listen": (listens,)})
    async with at_home(world, telegram, settings=settings) as twin:
        await paired(twin, telegram)
        await telegram.hear("nice weather today", place)
        await telegram.hear("relayed", place)
        await telegram.hear("who can belay?", place)
        first = await telegram.card()
        assert first.card.where == "group “climbers” on Telegram"
        await telegram.act(first, CardAction.APPROVE)
        sent = MessageId(f"{place.id}/sent-1")
        await telegram.hear("what time was that again?", place, "mia", reply_to=sent)
        second = await telegram.card(2)
        speaker = "telegram:mia (not linked), in reply to Alex (twin) “after climbing, half seven?”"
        assert second.card.heard == (HeardLine(speaker, "what time was that again?"),)
        (conversation,) = [one for one in await twin.conversations() if one.id == place.id]
        assert conversation.members == ("telegram:mia", "telegram:sam")


async def test_an_edit_that_comes_before_its_message_is_not_lost(
    world: World, telegram: ScriptedPlatform
) -> None:
    async with at_home(world, telegram) as twin:
        await paired(twin, telegram)
        where, message = telegram.message("dinner on friday?")
        gone = telegram.message("oops", where)[1]
        at = message.sent_at + timedelta(seconds=9)
        await telegram.here.edited(message.id, "dinner on sunday?", at)
        await telegram.here.deleted(gone.id)
        await telegram.here.heard(where, message)
        await telegram.here.heard(where, gone)
        await telegram.here.heard(where, message)
        said = {one.id: (one.text, one.deleted) for one in await twin.thread(where.id)}
        assert said == {message.id: ("dinner on sunday?", False)}


async def test_a_linked_account_is_the_person_and_a_strangers_draft_asks(
    world: World, telegram: ScriptedPlatform
) -> None:
    auto = world.settings
    async with at_home(world, telegram, settings=auto) as twin:
        await paired(twin, telegram)
        await twin.link("telegram:sam", "sam")
        await telegram.hear(QUESTION)
        assert (await telegram.card()).card.who == "Sam"
        await telegram.hear("hi, it's the plumber", friend="plumber")
        stranger = await telegram.card(2)
        assert stranger.card.why == "somebody here is new to you, so you decide"
