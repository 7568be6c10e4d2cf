"""That a platform took no reply any more is told once: not in quiet hours, and not to nobody."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bots.platforms.port import Health
from bots.runtime.approval.card_sync import QuietHours
from bots.runtime.approval.expiry_notices import AGAIN, ExpiryNotices
from bots.runtime.base.cron import SOON
from bots.runtime.base.schedule import schedule
from bots.runtime.delivery.owner_dms import OwnerDms
from core.errors import TryAgain
from memory.outbox.outbox import NewDraft
from memory.state.expiries import Expiries
from tests.desk import ASK, FRIENDS, SAMS, open_desk
from tests.fakes import NOON
from tests.unit.test_card_sync import Room
from tests.unit.test_digest import VIENNA

LASTS = timedelta(hours=72)
NIGHT = ("22:00-07:00",)
NINE_IN_THE_EVENING = datetime(2026, 3, 12, 21, tzinfo=VIENNA)


@asynccontextmanager
async def lodging(folder: Path, quiet: Sequence[str] = ()) -> AsyncIterator[tuple[Room, ExpiryNotices]]:
    """As a process finds it at its start; what it kept is in the folder."""
    async with open_desk(folder) as desk:
        room, hours = Room(desk, folder), schedule(quiet, VIENNA)
        await room.accounts.load()
        lines = OwnerDms(room.platforms, room.accounts)
        async with room.surfaces(quiet=QuietHours(hours)):
            yield (
                room,
                ExpiryNotices(
                    Expiries(desk.database), desk.messages, lines, hours, room.services, lambda at: at.title
                ),
            )


async def expired(room: Room, after: timedelta = timedelta(hours=1)) -> None:
    """A draft whose time is over."""
    desk = room.desk
    message = await desk.hear()
    now = desk.clock.now()
    await desk.outbox.create(
        NewDraft(
            conversation=SAMS.id,
            answers=message,
            text="Yes.",
            persona=FRIENDS,
            records=(),
            decision=ASK,
            model="",
            model_digest="",
            expires_at=now + after,
        )
    )
    desk.clock.time = now + after
    assert len(await desk.outbox.expire(desk.clock.now())) == 1


async def test_it_is_told_once_also_by_a_process_that_came_later(tmp_path: Path) -> None:
    async with lodging(tmp_path) as (room, expiring):
        await room.pair(room.telegram)
        await expired(room)
        assert await expiring.look() is None
        await expiring.look()
        ((_, said),) = room.telegram.told
        assert "Sam" in said
        assert "takes no reply" in said
    async with lodging(tmp_path) as (room, expiring):
        room.desk.clock.time = NOON + timedelta(hours=2)
        await expiring.look()
        assert room.telegram.told == []


async def test_quiet_hours_hold_it_through_a_restart(tmp_path: Path) -> None:
    async with lodging(tmp_path, NIGHT) as (room, expiring):
        await room.pair(room.telegram)
        room.desk.clock.time = NINE_IN_THE_EVENING
        await expired(room, timedelta(hours=2))
        assert await expiring.look() == NINE_IN_THE_EVENING + timedelta(hours=10)
        assert room.telegram.told == []
    async with lodging(tmp_path, NIGHT) as (room, expiring):
        room.desk.clock.time = NINE_IN_THE_EVENING + timedelta(hours=10)
        await expiring.look()
        assert len(room.telegram.told) == 1


async def test_it_waits_until_somebody_can_be_told(tmp_path: Path) -> None:
    async with lodging(tmp_path) as (room, expiring):
        await expired(room)
        assert await expiring.look() is None
        await room.pair(room.telegram)
        room.telegram.health = (Health.RECONNECTING, "")
        assert await expiring.look() == room.desk.clock.now() + SOON
        room.telegram.health = (Health.CONNECTED, "")
        await expiring.look()
        assert len(room.telegram.told) == 1


async def test_it_is_told_again_where_a_platform_takes_nothing_just_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise TryAgain("wait 5 s")

    async with lodging(tmp_path) as (room, expiring):
        await room.pair(room.telegram)
        await expired(room)
        with monkeypatch.context() as crowded:
            crowded.setattr(room.telegram, "tell", busy)
            assert await expiring.look() == room.desk.clock.now() + AGAIN
        assert await expiring.look() is None
        assert len(room.telegram.told) == 1


async def test_what_waited_its_whole_time_or_expired_long_ago_is_no_news(tmp_path: Path) -> None:
    async with lodging(tmp_path) as (room, expiring):
        await room.pair(room.telegram)
        await expired(room, LASTS)
        await expiring.look()
        await expired(room)
        room.desk.clock.pass_by(days=3)
        await expiring.look()
        assert room.telegram.told == []
