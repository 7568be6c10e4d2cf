"""Discord's DMs, modals and restarts, played out in simcord: strict about acknowledgements and limits."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import discord
import pytest
import simcord

from bots.platforms.discord.adapter import DiscordPlatform
from bots.platforms.port import Card, CardAction, CardEvent
from core.types import DraftId, PersonId
from tests.heard import by_sam
from tests.wire.fake_inbound import FakeInbound

CARD = Card(DraftId("7"), 2, "Sam", "#general", "asks", by_sam("Are you coming?"), "Yes, at six!")


@dataclass
class House:
    """The twin's side and Discord's; the facts in `inbound` outlive the bot, as the database would."""

    inbound: FakeInbound
    adapter: DiscordPlatform
    env: Any
    owner: Any
    friend: Any

    async def restart(self) -> None:
        self.adapter, client = new_bot(self.inbound)
        await self.env.restart_bot(client)

    async def show(self, card: Card = CARD) -> Any:
        self.inbound.drafts[card.draft, card.revision] = card.text or ""
        reference = await self.adapter.show(PersonId(f"discord:{self.owner.id}"), card)
        await self.env.settle()
        return self.owner.dm_channel.last_message, reference


def new_bot(inbound: FakeInbound) -> tuple[DiscordPlatform, discord.Client]:
    adapter = DiscordPlatform("not-a-token")
    intents = discord.Intents.default()
    intents.message_content = intents.members = True
    session = adapter.session(inbound, intents)
    adapter._session = session  # what `run` does once it has logged in
    return adapter, session.client


@pytest.fixture
async def house() -> AsyncIterator[House]:
    inbound = FakeInbound()
    adapter, client = new_bot(inbound)
    env = simcord.Env(client)
    await env.start()
    owner, friend = env.create_user("alex"), env.create_user("sam")
    inbound.owners.add(PersonId(f"discord:{owner.id}"))
    try:
        yield House(inbound, adapter, env, owner, friend)
    finally:
        await env.shutdown()


async def test_the_owner_is_answered_in_the_dm_and_a_stranger_is_not(house: House) -> None:
    house.inbound.answer = "Two drafts wait."
    await house.owner.send_dm("inbox")
    assert house.owner.dm_channel.last_message.content == "Two drafts wait."
    await house.friend.send_dm("hello?")
    assert house.friend.dm_channel.last_message.content == "hello?"
    assert [one.text for one in house.inbound.said] == ["inbox", "hello?"]


async def test_edit_then_approve_carries_the_edited_text_and_both_revisions(house: House) -> None:
    account = PersonId(f"discord:{house.owner.id}")
    card, reference = await house.show()
    shown = await house.owner.click(card, label="Edit")
    await house.owner.submit_modal(shown, {"us:text": "No, at seven."})
    assert house.inbound.acts == [CardEvent(account, CARD.draft, 2, CardAction.EDIT, "No, at seven.")]
    edited = Card(CARD.draft, 3, "Sam", "#general", "asks", by_sam("Are you coming?"), "No, at seven.")
    house.inbound.drafts = {(CARD.draft, 3): "No, at seven."}
    await house.adapter.update(reference, edited)
    approved = await house.owner.click(house.owner.dm_channel.last_message, label="Approve")
    assert house.inbound.acts[1] == CardEvent(account, CARD.draft, 3, CardAction.APPROVE)
    assert approved.acknowledged


async def test_a_dismissed_modal_changes_nothing(house: House) -> None:
    card, _ = await house.show()
    shown = await house.owner.click(card, label="Edit")
    assert shown.modal is not None
    assert house.inbound.acts == []
    await house.owner.click(card, label="Approve")
    assert [one.action for one in house.inbound.acts] == [CardAction.APPROVE]


async def test_buttons_and_open_modals_live_through_a_restart(house: House) -> None:
    card, reference = await house.show()
    shown = await house.owner.click(card, label="Redraft")
    await house.restart()
    await house.owner.submit_modal(shown, {"us:text": "shorter"})
    await house.owner.click(house.owner.dm_channel.last_message, label="Reject")
    assert [(one.action, one.text) for one in house.inbound.acts] == [
        (CardAction.REDRAFT, "shorter"),
        (CardAction.REJECT, ""),
    ]
    closed = Card(CARD.draft, 2, "Sam", "#general", "asks", by_sam("?"), "!", closed="rejected")
    await house.adapter.update(reference, closed)
    assert not house.owner.dm_channel.last_message.components


async def test_whether_a_reply_arrived_is_said_with_a_button_also_after_a_restart(house: House) -> None:
    account = PersonId(f"discord:{house.owner.id}")
    _, reference = await house.show()
    await house.adapter.update(reference, replace(CARD, question="did it arrive?"))
    await house.restart()
    asked = house.owner.dm_channel.last_message
    assert "Did it arrive?" in asked.content
    await house.owner.click(asked, label="It did not")
    await house.owner.click(asked, label="It arrived")
    assert house.inbound.acts == [
        CardEvent(account, CARD.draft, 2, one) for one in (CardAction.MISSING, CardAction.ARRIVED)
    ]


async def test_snooze_is_a_choice_that_turns_into_its_answer(house: House) -> None:
    house.inbound.answer = "Until tomorrow."
    card, _ = await house.show()
    asked = await house.owner.click(card, label="Snooze")
    assert asked.ephemeral
    await house.owner.click(asked.response, label="Tomorrow")
    assert [(one.action, one.text) for one in house.inbound.acts] == [(CardAction.SNOOZE, "1d")]


async def test_slash_commands_and_draft_my_reply_work_as_declared(house: House) -> None:
    guild = house.env.create_guild()
    channel = guild.create_text_channel("general")
    owner, friend = guild.add_member(house.owner), guild.add_member(house.friend)
    await house.env.advance_time(3)
    shown = await owner.slash(channel, "mode", mode="draft")
    assert shown.ephemeral
    assert [one.text for one in house.inbound.said] == [f"/mode discord:{channel.id} draft"]
    asked = await friend.send(channel, "Are you coming?")
    shown = await owner.context_menu(channel, "Draft my reply", asked)
    assert shown.ephemeral
    assert house.inbound.said[-1].text == f"/draft discord:{channel.id}/{asked.id}"
    assert len({one.id for one in house.inbound.messages}) == 1
    refused = await friend.context_menu(channel, "Draft my reply", asked)
    assert len(house.inbound.messages) == 2
    assert refused.ephemeral
