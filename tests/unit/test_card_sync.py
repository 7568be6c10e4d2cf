"""Cards in the owner's DMs: where they are shown, what they say, and how they come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bots.platforms.port import Card, Health
from bots.runtime.approval.card_builder import CardBuilder, fingerprint
from bots.runtime.approval.card_sync import GIVEN_UP, CardSync, QuietHours
from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.schedule import Schedule, schedule
from bots.runtime.delivery.owner_dms import OwnerDms
from core.errors import TryAgain
from core.types import Draft, DraftId, PersonId
from memory.archive.records import Records
from memory.outbox.reasons import Reasons
from memory.profile.profile import Profile
from memory.state.accounts import Accounts
from memory.state.cards import PlacedCards
from tests.desk import MIAS, SAM, Desk, open_desk
from tests.heard import texts_on
from tests.scripted_platform import ScriptedPlatform
from tests.services import services
from tests.waiting import Sleeper

UTC = ZoneInfo("UTC")
NEVER_QUIET = QuietHours(Schedule((), UTC))
NIGHT = schedule(["22:00-07:00"], UTC)


class Room:
    """Surfaces over a real outbox; nothing is drafted but by the test."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.sleeper = Sleeper()
        self.services = services(desk.clock, sleep=self.sleeper)
        self.changes, self.problems = self.services.changes, self.services.problems
        self.accounts = Accounts(desk.database, desk.clock)
        self.telegram = ScriptedPlatform("telegram", desk.clock, health=(Health.CONNECTED, ""))
        self.discord = ScriptedPlatform("discord", desk.clock, health=(Health.CONNECTED, ""))
        self.platforms = (self.telegram, self.discord)
        presenter = Presenter(
            "Alex",
            desk.messages,
            Records(desk.database),
            Profile(folder / "profile.json"),
            desk.outbox,
            Reasons(desk.database),
        )
        self.card_builder = CardBuilder(presenter, UTC, full=("telegram", "discord"))

    @asynccontextmanager
    async def surfaces(self, *order: str, quiet: QuietHours = NEVER_QUIET) -> AsyncIterator[CardSync]:
        made = CardSync(
            self.platforms,
            self.accounts,
            PlacedCards(self.desk.database),
            self.card_builder,
            OwnerDms(self.platforms, self.accounts, order=order),
            quiet,
            self.services,
        )
        tasks = [asyncio.create_task(work()) for work in made.loops().values()]
        await asyncio.sleep(0)
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def pair(self, *platforms: ScriptedPlatform) -> None:
        for one in platforms:
            code, _ = await self.accounts.new_code()
            assert await self.accounts.pair(one.owner, code)

    async def has_card(self, draft: DraftId, platform: str) -> bool:
        rows = await self.desk.database.read(
            lambda c: c.execute(
                "SELECT 1 FROM cards WHERE draft = ? AND platform = ?", (int(draft), platform)
            ).fetchall()
        )
        return bool(rows)

    async def card(self, draft: Draft, platform: str) -> Card:
        return self.card_builder.card(draft, await self.desk.outbox.answered(draft), platform)

    async def summary(self, draft: Draft, platform: str) -> str:
        return self.card_builder.summary(draft, await self.desk.outbox.answered(draft), platform)

    def changed(self, draft: Draft) -> None:
        self.changes.publish("draft", draft.conversation, draft.id)

    async def drafted(self) -> Draft:
        draft = await self.desk.drafted()
        self.changed(draft)
        return draft


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_desk(tmp_path) as desk:
        yield Room(desk, tmp_path)


async def test_every_account_of_the_owners_is_shown_the_card_where_they_choose_none(room: Room) -> None:
    await room.pair(room.telegram, room.discord)
    async with room.surfaces():
        await room.drafted()
        assert (await room.telegram.card()).card.text == "Friday works."
        await room.discord.card()


async def test_without_an_account_there_is_nobody_to_show_it_to(room: Room) -> None:
    async with room.surfaces() as surfaces:
        await room.drafted()
        await room.pair(room.telegram)
        surfaces.refresh("telegram")
        await room.telegram.card()
        assert room.discord.shown == []


async def test_a_snoozed_draft_comes_back_as_a_new_card(room: Room) -> None:
    await room.pair(room.telegram)
    async with room.surfaces():
        draft = await room.drafted()
        first = await room.telegram.card()
        until = room.desk.clock.now() + timedelta(hours=1)
        room.changed(await room.desk.outbox.snooze(draft.id, 1, until))
        assert await room.telegram.closing(first) == "snoozed until Thu 12 Mar, 13:00"
        room.desk.clock.pass_by(hours=2)
        (woken,) = await room.desk.outbox.wake(room.desk.clock.now())
        room.changed(woken)
        assert (await room.telegram.card(2)).card.closed == ""
        room.changed(await room.desk.outbox.reject(draft.id, 1, "", "console"))
        assert await room.telegram.closing(room.telegram.shown[1]) == "rejected in the console"
        assert "snoozed" in first.card.closed


async def test_the_card_that_the_owner_uses_is_kept_up_where_a_crash_left_two(room: Room) -> None:
    await room.pair(room.telegram)
    async with room.surfaces() as surfaces:
        draft = await room.drafted()
        kept = await room.telegram.card()
        orphan = await room.telegram.show(room.telegram.owner, kept.card)
        await surfaces.adopt("telegram", draft.id, orphan)
        assert await room.telegram.closing(kept) == "continued on another card"
        room.changed(await room.desk.outbox.edit(draft.id, 1, "At seven."))
        await room.telegram.until(lambda: room.telegram.shown[1].card.text == "At seven.")
        room.changed(await room.desk.outbox.reject(draft.id, 2, "", "telegram"))
        assert await room.telegram.closing(room.telegram.shown[1]) == "rejected on Telegram"
        assert len(room.telegram.shown) == 2


async def test_the_card_that_is_used_while_a_second_one_is_being_shown_is_the_one_kept_up(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.pair(room.telegram)
    draft = await room.desk.drafted()
    orphan = await room.telegram.show(room.telegram.owner, await room.card(draft, "telegram"))
    show = room.telegram.show
    async with room.surfaces() as surfaces:

        async def used_meanwhile(account: PersonId, card: Card) -> str:
            reference = await show(account, card)
            await surfaces.adopt("telegram", draft.id, orphan)
            room.changed(await room.desk.outbox.reject(draft.id, 1, "", "telegram"))
            return reference

        monkeypatch.setattr(room.telegram, "show", used_meanwhile)
        room.changed(draft)
        assert await room.telegram.closing(room.telegram.shown[0]) == "rejected on Telegram"
        assert await room.telegram.closing(await room.telegram.card(2)) == "continued on another card"


async def test_a_card_of_a_draft_that_is_over_is_closed_once_it_is_used(room: Room) -> None:
    await room.pair(room.telegram)
    async with room.surfaces() as surfaces:
        draft = await room.drafted()
        kept = await room.telegram.card()
        room.changed(await room.desk.outbox.reject(draft.id, 1, "", "telegram"))
        await room.telegram.closing(kept)
        orphan = await room.telegram.show(room.telegram.owner, replace(kept.card, closed=""))
        await surfaces.adopt("telegram", draft.id, orphan)
        assert await room.telegram.closing(room.telegram.shown[1]) == "rejected on Telegram"


async def test_a_card_of_no_draft_at_all_is_nobodys(room: Room) -> None:
    await room.pair(room.telegram)
    async with room.surfaces() as surfaces:
        await surfaces.adopt("telegram", DraftId("77"), "telegram-9")
        await room.drafted()
        await room.telegram.card()
        assert not await room.has_card(DraftId("77"), "telegram")


async def test_a_card_is_not_drawn_again_where_nothing_changed(room: Room) -> None:
    await room.pair(room.telegram)
    async with room.surfaces():
        draft = await room.drafted()
        shown = await room.telegram.card()
        for number in range(2, 5):
            room.changed(draft)
            room.changed(await room.desk.drafted(where=MIAS))
            await room.telegram.card(number)
        assert shown.drawn == 1
        room.changed(await room.desk.outbox.edit(draft.id, 1, "Saturday."))
        await room.telegram.until(lambda: shown.card.text == "Saturday.")
        assert shown.drawn == 2


async def test_a_card_that_is_gone_is_survived(room: Room) -> None:
    await room.pair(room.telegram)
    async with room.surfaces():
        draft = await room.drafted()
        shown = await room.telegram.card()
        room.telegram.gone.add(shown.reference)
        room.changed(await room.desk.outbox.edit(draft.id, 1, "Saturday."))
        await room.drafted()
        await room.telegram.card(2)


async def test_a_platform_that_does_not_answer_is_tried_again(room: Room) -> None:
    await room.pair(room.telegram)
    show, errors = room.telegram.show, [TryAgain("down"), ValueError("a bug")]

    async def failing(account: PersonId, card: Card) -> str:
        if errors:
            raise errors.pop()
        return await show(account, card)

    room.telegram.show = failing  # type: ignore[method-assign]
    async with room.surfaces():
        await room.drafted()
        await room.sleeper.asleep(1)
        assert room.telegram.shown == []
        await room.sleeper.wake()
        await room.sleeper.asleep(2)
        await room.sleeper.wake()
        await room.telegram.card()


async def test_a_platform_that_asks_for_a_pause_before_the_next_card_gets_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.pair(room.telegram)
    show, fails = room.telegram.show, [TryAgain("not so fast", wait_s=300)]

    async def failing(account: PersonId, card: Card) -> str:
        if fails:
            raise fails.pop()
        return await show(account, card)

    monkeypatch.setattr(room.telegram, "show", failing)
    async with room.surfaces():
        await room.drafted()
        await room.sleeper.asleep()
        assert room.sleeper.asked == [300]
        await room.sleeper.wake()
        await room.telegram.card()


async def test_a_card_is_shown_after_a_gap_in_the_connection_that_nobody_else_saw(room: Room) -> None:
    await room.pair(room.telegram)
    room.telegram.health = (Health.RECONNECTING, "the connection was lost")
    async with room.surfaces():
        await room.drafted()
        await room.sleeper.asleep()
        assert room.telegram.shown == []
        room.telegram.health = (Health.CONNECTED, "")
        await room.sleeper.wake()
        await room.telegram.card()


async def test_only_the_chosen_surface_shows_it_until_it_cannot(room: Room) -> None:
    await room.pair(room.discord, room.telegram)
    async with room.surfaces("telegram") as surfaces:
        await room.drafted()
        await room.telegram.card()
        assert room.discord.shown == []
        room.telegram.health = (Health.STOPPED, "no token")
        surfaces.refresh()
        await room.discord.card()


async def test_the_owner_is_told_once_that_their_dm_is_closed(room: Room) -> None:
    await room.pair(room.telegram, room.discord)
    room.telegram.closed[room.telegram.owner] = "blocked"
    async with room.surfaces("telegram"):
        await room.drafted()
        await room.discord.card()
        await room.drafted()
        await room.discord.card(2)
        assert [text for _, text in room.discord.told] == [
            "Telegram shows you no cards: blocked. They come here instead."
        ]
        assert room.problems.of("telegram cards") == "Telegram shows you no cards: blocked"
        room.telegram.closed.clear()
        await room.drafted()
        await room.telegram.card()
        assert room.problems.of("telegram cards") is None


@pytest.mark.parametrize("told_by", ["time", "owner"])
async def test_a_card_that_was_refused_comes_by_itself_once_it_is_taken(room: Room, told_by: str) -> None:
    await room.pair(room.telegram)
    room.telegram.closed[room.telegram.owner] = "blocked"
    async with room.surfaces("telegram") as surfaces:
        await room.drafted()
        await room.sleeper.asleep()
        assert room.telegram.shown == []
        if told_by == "time":
            await room.sleeper.wake()  # still closed
            await room.sleeper.asleep(2)
        room.telegram.closed.clear()
        if told_by == "time":
            await room.sleeper.wake()
        else:
            surfaces.heard_from_owner("telegram")
        await room.telegram.card()
        assert room.problems.of("telegram cards") is None


async def test_quiet_hours_hold_new_cards_but_not_what_is_urgent(room: Room) -> None:
    await room.pair(room.telegram)
    room.desk.clock.pass_by(hours=11)
    async with room.surfaces(quiet=QuietHours(NIGHT)) as surfaces:
        await room.drafted()
        until = await surfaces.look()
        assert until is not None
        assert until.hour == 7
        assert room.telegram.shown == []
        room.desk.clock.time = until
        assert await surfaces.look() is None
        await room.telegram.card()
    room.desk.clock.pass_by(hours=16)
    async with room.surfaces(quiet=QuietHours(NIGHT, frozenset({SAM}))):
        await room.drafted()
        await room.telegram.card(2)


async def test_what_may_have_arrived_is_asked_for_though_no_card_of_it_was_ever_shown(room: Room) -> None:
    await room.pair(room.telegram)
    desk = room.desk
    draft = await desk.drafted()
    await desk.outbox.approve(draft.id, 1, "console")
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.uncertain(claim, "it broke off")
    async with room.surfaces():
        shown = await room.telegram.card()
        assert (shown.card.question, shown.card.closed) == ("it may or may not have arrived: did it?", "")
        room.changed(await desk.outbox.settle(draft.id, True, revision=1))
        assert await room.telegram.closing(shown) == "approved in the console"
        assert shown.card.question == ""


async def test_a_surface_that_is_not_full_learns_only_who_and_where(room: Room) -> None:
    draft = await room.desk.drafted("Friday works.")
    card = await room.card(draft, "slack")
    assert (card.who, card.where, card.why, card.heard, card.text) == (
        "sam (not linked)",
        "direct message on Console",
        "",
        None,
        None,
    )
    assert "Friday" not in await room.summary(draft, "slack")
    assert "Friday" in await room.summary(draft, "telegram")
    assert fingerprint(card) != fingerprint(await room.card(draft, "telegram"))


async def test_what_was_rejected_is_not_shown_as_waiting_again(room: Room) -> None:
    desk = room.desk

    async def lines(draft: Draft) -> str:
        return "\n".join(texts_on(await room.card(draft, "telegram")))

    first = await desk.put(await desk.hear("buy my course?"))
    assert first is not None
    await desk.hear("it is cheap")
    rejected = await desk.outbox.reject(first.id, first.revision, "", "telegram")
    assert await lines(rejected) == "buy my course?"
    later = await desk.put(await desk.hear("dinner then?"))
    assert later is not None
    assert await lines(later) == "it is cheap\ndinner then?"
    # what is drafted after all for the very message is shown with it
    await desk.outbox.reject(later.id, later.revision, "", "telegram")
    asked = await desk.messages.get(later.answers)
    assert asked is not None
    again = await desk.put(asked)
    assert again is not None
    assert await lines(again) == "dinner then?"


async def test_a_card_that_is_being_shown_while_its_account_is_unpaired_is_given_up(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.pair(room.telegram)
    show = room.telegram.show

    async def unpaired_meanwhile(account: PersonId, card: Card) -> str:
        reference = await show(account, card)
        await room.accounts.unpair(account)
        return reference

    async with room.surfaces():
        monkeypatch.setattr(room.telegram, "show", unpaired_meanwhile)
        draft = await room.drafted()
        shown = await room.telegram.card()
        assert await room.telegram.closing(shown) == GIVEN_UP
        assert shown.card.text is None
        assert not await room.has_card(draft.id, "telegram")
