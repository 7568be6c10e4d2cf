"""Proving an account, and who the owner's accounts are from then on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.runtime.assistant.pairing import TRIES, Pairing, offered
from core.types import AuthorKind, Person, PersonId
from memory.state.accounts import ALPHABET, CODE_LASTS, WRONG_TRIES, Accounts, shown_code
from tests.desk import Desk, open_desk

ME, STRANGER = PersonId("telegram:1"), PersonId("telegram:2")
WRONG = "AAAA-AAAA"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


async def opened(desk: Desk) -> Accounts:
    accounts = Accounts(desk.database, desk.clock)
    await accounts.load()
    return accounts


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_a_code_is_recognised_however_it_is_typed(code: str) -> None:
    for said in (
        code,
        shown_code(code),
        code.lower(),
        f"pair {shown_code(code)}",
        f"/start {code}",
        f"/pair {code}",
    ):
        assert offered(said) == code


@pytest.mark.parametrize(
    "said",
    [
        "",
        "hello there",
        "ABCD",
        "ABCD-EFGH please",
        "[forwarded from Sam] ABCD-EFGH",
        "[quoting “x”] ABCD-EFGH",
        "> ABCD-EFGH",
        "“ABCD-EFGH”",
        "ABCD-EFG0",
    ],
)
def test_what_is_more_or_less_than_a_code_is_none(said: str) -> None:
    assert offered(said) is None


async def test_a_code_works_once_and_for_one_account(desk: Desk) -> None:
    accounts = await opened(desk)
    pairing = Pairing(accounts, desk.clock)
    code, _ = await accounts.new_code()
    assert not accounts.is_owner(ME)
    assert await pairing.tried(ME, code)
    assert accounts.is_owner(ME)
    assert await pairing.tried(STRANGER, code) is None
    assert not accounts.is_owner(STRANGER)


async def test_who_is_paired_survives_a_restart_and_can_be_removed(desk: Desk) -> None:
    accounts = await opened(desk)
    code, _ = await accounts.new_code()
    await accounts.pair(ME, code)
    again = await opened(desk)
    assert [one.account for one in again.owners("telegram")] == [ME]
    assert again.owners("discord") == ()
    assert await again.unpair(ME)
    assert not again.is_owner(ME)
    assert not (await opened(desk)).is_owner(ME)
    assert not await again.unpair(ME)


async def test_the_code_itself_is_nowhere_in_the_file(desk: Desk) -> None:
    accounts = await opened(desk)
    code, _ = await accounts.new_code()
    rows = await desk.database.read(lambda c: c.execute("SELECT * FROM pairing_codes").fetchall())
    assert code not in repr([tuple(row) for row in rows])


async def test_a_code_is_good_for_a_while_and_for_its_platform_alone(desk: Desk) -> None:
    accounts = await opened(desk)
    code, until = await accounts.new_code("slack")
    assert until - desk.clock.now() == CODE_LASTS
    assert await accounts.pair(ME, code) is None
    code, _ = await accounts.new_code("telegram")
    desk.clock.pass_by(seconds=CODE_LASTS.total_seconds())
    assert await accounts.pair(ME, code) is None
    assert not accounts.is_owner(ME)


async def test_a_new_code_voids_the_one_before(desk: Desk) -> None:
    accounts = await opened(desk)
    old, _ = await accounts.new_code()
    new, _ = await accounts.new_code()
    assert await accounts.pair(ME, old) is False
    assert await accounts.pair(ME, new)


async def test_who_guesses_is_not_looked_at_any_more_and_costs_the_owner_no_code(desk: Desk) -> None:
    accounts = await opened(desk)
    pairing = Pairing(accounts, desk.clock)
    code, _ = await accounts.new_code()
    for _ in range(TRIES):
        assert await pairing.tried(STRANGER, WRONG) is False
    for _ in range(WRONG_TRIES):
        assert await pairing.tried(STRANGER, WRONG) is None
    assert await pairing.tried(STRANGER, code) is None
    assert await pairing.tried(ME, code)


async def test_many_who_guess_void_the_code(desk: Desk) -> None:
    accounts = await opened(desk)
    pairing = Pairing(accounts, desk.clock)
    code, _ = await accounts.new_code()
    for number in range(WRONG_TRIES):
        assert await pairing.tried(PersonId(f"telegram:{number + 10}"), WRONG) is False
    assert await pairing.tried(ME, code) is None


async def test_names_are_kept_and_one_who_is_renamed_is_renamed(desk: Desk) -> None:
    accounts = await opened(desk)
    names = accounts.names()
    await accounts.named(STRANGER, "Sam")
    await accounts.named(STRANGER, "Sam K.", AuthorKind.BOT)
    await accounts.named(ME, "")
    assert names == {STRANGER: Person(STRANGER, "Sam K.", kind=AuthorKind.BOT)}
    assert (await opened(desk)).names() == names


def test_a_code_lasts_minutes() -> None:
    assert timedelta(minutes=5) <= CODE_LASTS <= timedelta(hours=1)
