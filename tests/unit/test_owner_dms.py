"""Where the owner is told things, of the platforms that are connected."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bots.platforms.port import Health
from bots.runtime.delivery.owner_dms import OwnerDms
from core.ids import platform_of
from core.types import PersonId
from memory.state.accounts import Accounts
from tests.desk import open_desk
from tests.unit.test_digest import OwnersDM

ORDER = ("slack", "telegram")
ALL = ("discord", "slack", "telegram")
STARTING, CONNECTED, RECONNECTING, STOPPED = Health


async def owner_dms(folder: Path, states: Mapping[str, Health], order: tuple[str, ...] = ORDER) -> OwnerDms:
    async with open_desk(folder) as desk:
        accounts = Accounts(desk.database, desk.clock)
        for name in ALL:
            code, _ = await accounts.new_code()
            assert await accounts.pair(PersonId(f"{name}:1"), code)
        assert {platform_of(one.account) for one in accounts.owners()} == set(ALL)
        return OwnerDms([OwnersDM(name, state=states[name]) for name in ALL], accounts, order=order)


@pytest.mark.parametrize(
    ("discord", "slack", "telegram", "reachable"),
    [
        (CONNECTED, CONNECTED, CONNECTED, ("slack", "telegram", "discord")),
        (CONNECTED, STARTING, CONNECTED, ()),
        (CONNECTED, RECONNECTING, CONNECTED, ("telegram", "discord")),
        (CONNECTED, STOPPED, CONNECTED, ("telegram", "discord")),
        (CONNECTED, CONNECTED, STARTING, ("slack", "discord")),
        (CONNECTED, STOPPED, STARTING, ()),
        (STARTING, CONNECTED, CONNECTED, ("slack", "telegram")),
        (STARTING, STOPPED, RECONNECTING, ()),
        (CONNECTED, STOPPED, RECONNECTING, ("discord",)),
    ],
)
async def test_the_one_connected_first_at_a_start_is_not_taken_before_a_better_one(
    tmp_path: Path, discord: Health, slack: Health, telegram: Health, reachable: tuple[str, ...]
) -> None:
    states = {"discord": discord, "slack": slack, "telegram": telegram}
    dms = await owner_dms(tmp_path, states)
    assert dms.reachable() == reachable


async def test_who_chose_none_is_told_on_the_first_that_is_connected(tmp_path: Path) -> None:
    dms = await owner_dms(tmp_path, dict.fromkeys(ALL, STARTING) | {"telegram": CONNECTED}, order=())
    assert dms.reachable() == ("telegram",)
