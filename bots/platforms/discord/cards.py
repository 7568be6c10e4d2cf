"""Drafts before their owner: buttons and modals, read back from their custom ids alone."""

import logging
from collections.abc import Sequence
from typing import Any

import discord

from bots.platforms.discord import parse, render
from bots.platforms.discord.render import DiscordButton, DiscordPress, DiscordShown
from bots.platforms.discord.rest import NETWORK, acknowledging
from bots.platforms.port import CardAction, CardEvent, Inbound
from core.types import PersonId

log = logging.getLogger(__name__)

NOT_YOURS = "Only its owner decides here."
HANDLED = "Already handled, or changed since: look at the newest card."
TOO_LONG = "It is longer than Discord lets you edit: open the console for that."
FIELD = "us:text"
"""The custom id of a modal's one field."""

ASKED = {
    CardAction.EDIT: ("Edit your reply", "Your reply", True),
    CardAction.REDRAFT: ("Draft it anew", "What should be different? (may stay empty)", False),
    render.WHY: ("Reject", "Why? The twin learns from it.", False),
}
"""What a modal asks, by the button that opens it: title, field, whether it needs an answer."""
ACTIONS = {one.value: one for one in CardAction} | {render.WHY: CardAction.REJECT}


class DiscordCards:
    """Turns clicks into acts. Each is acknowledged first; one that Discord no longer takes is not acted on,
    as the owner was shown that it failed."""

    def __init__(self, inbound: Inbound) -> None:
        self._inbound = inbound

    async def pressed(self, interaction: discord.Interaction) -> None:
        """A click or a filled modal; anything that is not ours is left alone."""
        data: Any = interaction.data
        press = render.pressed(data.get("custom_id")) if isinstance(data, dict) else None
        if press is None or interaction.user is None:
            return
        account = parse.account(interaction.user.id)
        try:
            if interaction.type is discord.InteractionType.modal_submit:
                await self._act(interaction, account, press, _field(data.get("components")))
            elif interaction.type is discord.InteractionType.component:
                await self._clicked(interaction, account, press)
        except (*NETWORK, discord.InteractionResponded) as error:
            log.warning("discord: a click came too late or was not answered (%s)", type(error).__name__)

    async def _clicked(
        self, interaction: discord.Interaction, account: PersonId, press: DiscordPress
    ) -> None:
        message = interaction.message
        where = interaction.channel_id
        if message is not None and where is not None and not message.flags.ephemeral:
            # Not the choice of spans: that is no card.
            reference = f"{where}/{message.id}"
            await self._inbound.used(account, press.draft, reference)
        if press.action in ASKED or press.action == CardAction.SNOOZE:
            await self._ask(interaction, account, press)
        else:
            action, _, span = press.action.partition("-")
            await self._act(interaction, account, DiscordPress(action, press.draft, press.revision), span)

    async def _ask(self, interaction: discord.Interaction, account: PersonId, press: DiscordPress) -> None:
        owner = await self._inbound.is_owner(account)
        text = await self._inbound.card_text(account, press.draft, press.revision) if owner else None
        response = interaction.response
        with acknowledging(interaction):
            if text is None:
                await response.send_message(HANDLED if owner else NOT_YOURS, ephemeral=True)
            elif press.action == CardAction.SNOOZE:
                choices = view((render.snoozes(press.draft, press.revision),))
                await response.send_message("Until when?", view=choices, ephemeral=True)
            elif press.action == CardAction.EDIT and len(text) > render.MODAL_LIMIT:
                await response.send_message(TOO_LONG, ephemeral=True)
            else:
                await response.send_modal(modal(press, text if press.action == CardAction.EDIT else ""))

    async def _act(
        self, interaction: discord.Interaction, account: PersonId, press: DiscordPress, text: str
    ) -> None:
        action = ACTIONS.get(press.action)
        if action is None:
            return
        with acknowledging(interaction):
            await interaction.response.defer()
        word = await self._inbound.acted(CardEvent(account, press.draft, press.revision, action, text))
        if action is CardAction.SNOOZE:
            # The choice of spans is a message of its own, for the owner's eyes: it turns into the answer.
            await interaction.edit_original_response(content=word or "Snoozed.", view=None)
        elif word:
            await interaction.followup.send(render.foreign(word)[: render.LIMIT], ephemeral=True)


def view(rows: Sequence[Sequence[DiscordButton]]) -> discord.ui.View:
    """Buttons, which discord.py is told not to remember."""
    made = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for one in row:
            style = discord.ButtonStyle(one.style)
            custom_id = render.custom_id(one.press)
            made.add_item(discord.ui.Button(label=one.label, style=style, custom_id=custom_id, row=number))
    made.stop()
    return made


def modal(press: DiscordPress, text: str) -> discord.ui.Modal:
    """One field, filled with `text`; discord.py is told not to remember it."""
    title, label, required = ASKED[press.action]
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        label=label,
        custom_id=FIELD,
        style=discord.TextStyle.paragraph,
        default=text or None,
        required=required,
        max_length=render.MODAL_LIMIT,
    )
    made = discord.ui.Modal(title=title, custom_id=render.custom_id(press), timeout=None)
    made.add_item(field)
    made.stop()
    return made


def content(shown: DiscordShown) -> dict[str, Any]:
    """What a message is sent, or edited, with."""
    return {
        "content": shown.content,
        "embeds": [discord.Embed.from_dict(embed) for embed in shown.embeds],
        "view": view(shown.rows),
    }


def _field(components: object) -> str:
    """The value of a modal's field, in an action row or, as newer modals have it, in a label."""
    for row in components if isinstance(components, list) else ():
        if not isinstance(row, dict):
            continue
        for one in (row.get("component"), *(row.get("components") or ())):
            if isinstance(one, dict) and one.get("custom_id") == FIELD:
                return str(one.get("value") or "")
    return ""
