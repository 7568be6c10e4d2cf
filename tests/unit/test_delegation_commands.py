"""Delegating in the owner's DM: shown first, done on a yes to exactly that."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bots.runtime.assistant.delegation_commands import NOTHING_SHOWN, DelegationCommands, read_delegation
from core.errors import OwnerMustFix
from core.types import Conversation, ConversationId, Kind, MessageId, PersonId, SmallTalk
from tests.desk import open_desk
from tests.parts import PREVIEW, Parts

TELEGRAM = Conversation(ConversationId("telegram:owner/1"), "telegram", "Alex and the twin", Kind.OWNER)
SLACK = Conversation(ConversationId("slack:owner/1"), "slack", "Alex and the twin", Kind.OWNER)


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with open_desk(tmp_path) as desk:
        yield Parts(desk, tmp_path)


@pytest.fixture
def commands(parts: Parts) -> DelegationCommands:
    return DelegationCommands(parts.commands, parts.desk.messages, parts.card_builder, parts.desk.clock)


@pytest.mark.parametrize(
    ("rest", "read"),
    [
        ("sam", ("sam", None, {})),
        ("Climbing friends until tomorrow 9:00", ("Climbing friends", "tomorrow 9:00", {})),
        (
            "sam until 2d\n\nthanks: any time / no worries\nHow-are-you = good!",
            ("sam", "2d", {SmallTalk.THANKS: ["any time", "no worries"], SmallTalk.HOW_ARE_YOU: ["good!"]}),
        ),
    ],
)
def test_who_until_when_and_which_replies_are_read(rest: str, read: tuple[object, ...]) -> None:
    assert read_delegation(rest) == read


@pytest.mark.parametrize("line", ["secrets: the code", "hello", "thanks:"])
def test_a_line_that_is_no_reply_is_said_to_be_none(line: str) -> None:
    with pytest.raises(OwnerMustFix, match="KIND: TEXT"):
        read_delegation(f"sam\n{line}")


async def test_nothing_is_done_before_a_yes_and_then_what_was_shown(
    parts: Parts, commands: DelegationCommands
) -> None:
    shown = await commands.delegate(TELEGRAM, "sam\nthanks: any time")
    assert "thanks: any time" in shown
    assert "Your yes lifts this: friends is set to draft" in shown
    assert parts.commands.done == []
    assert (await commands.delegate(TELEGRAM, "Yes!")).startswith("Done. 1. Sam as friends until")
    replies = {"thanks": ("any time",)}
    assert parts.commands.done == [
        ("delegate", "sam", replies, "friends", PREVIEW.expires_at, PREVIEW.fingerprint)
    ]
    assert await commands.delegate(TELEGRAM, "yes") == NOTHING_SHOWN


async def test_a_yes_is_to_what_was_shown_there_and_a_short_while_ago(
    parts: Parts, commands: DelegationCommands
) -> None:
    assert await commands.delegate(TELEGRAM, "yes") == NOTHING_SHOWN
    await commands.delegate(TELEGRAM, "sam")
    assert await commands.delegate(SLACK, "yes") == NOTHING_SHOWN
    parts.desk.clock.pass_by(minutes=16)
    assert await commands.delegate(TELEGRAM, "yes") == NOTHING_SHOWN
    assert parts.commands.done == []


async def test_what_has_changed_since_is_shown_anew_and_wants_another_yes(
    parts: Parts, commands: DelegationCommands
) -> None:
    await commands.delegate(TELEGRAM, "sam\nthanks: any time")
    lifts = ("Sam is set to observe now: it goes to auto",)
    told = ("Zoe (Discord): nothing would go, for zoe (not linked: discord:zoe) speaks there",)
    parts.commands.preview = replace(PREVIEW, raises=lifts, unlinked=told, fingerprint="as it is")
    anew = await commands.delegate(TELEGRAM, "yes")
    assert "Nothing is done yet" in anew
    assert "set to observe now" in anew
    assert "zoe (not linked: discord:zoe) speaks there." in anew
    assert "thanks: any time" in anew
    assert parts.commands.done == []
    assert (await commands.delegate(TELEGRAM, "yes")).startswith("Done.")


async def test_what_was_said_elsewhere_is_not_shown(parts: Parts, commands: DelegationCommands) -> None:
    shown = await commands.delegate(SLACK, "sam")
    assert "in the console" in shown
    assert "hey you" not in shown
    assert await commands.delegate(SLACK, "yes") == NOTHING_SHOWN
    assert "hey you" not in (await commands.listed(SLACK)).splitlines()[0]
    first, second = (await commands.listed(TELEGRAM)).splitlines()
    assert "in force, 4 of 5 left this hour" in first
    assert "hey you" in first
    assert "stopped by mode draft" in second
    assert "hey you" not in second


async def test_one_is_revoked_by_its_number(parts: Parts, commands: DelegationCommands) -> None:
    assert await commands.revoke("#3") == "Delegation 3 is revoked."
    assert parts.commands.done == [("revoke", "3")]


async def test_what_only_looks_like_one_is_talk(parts: Parts) -> None:
    account = PersonId("telegram:1")
    answer = await parts.dialogue.said(account, MessageId("telegram:1/1"), "delegate the dishes to Tom")
    assert answer == "let me see"
    answer = await parts.dialogue.said(account, MessageId("telegram:1/2"), "/delegate tom")
    assert answer == "there is no tom"
