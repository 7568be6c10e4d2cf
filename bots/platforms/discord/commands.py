"""The twin's words as slash commands, and "Draft my reply" on any message where its owner is."""

import hashlib
import json
import logging
from datetime import UTC, datetime
from typing import Any, Literal

import discord
from discord import app_commands

from bots.api.commands import OFFERED, OwnerCommand
from bots.platforms.discord import parse, payloads, render, words
from bots.platforms.discord.client import DiscordClient
from bots.platforms.discord.hearing import read
from bots.platforms.discord.menu import DRAFT, MENU
from bots.platforms.discord.places import DiscordPlaces
from bots.platforms.discord.rest import NETWORK, NOT_UNDERSTOOD, acknowledging
from bots.platforms.port import Inbound
from bots.platforms.split import split_text
from core.types import AuthorKind, Conversation, Kind, PersonId

log = logging.getLogger(__name__)

SYNCED = "commands"
"""The key under which the fingerprint of what Discord was last told is remembered."""

NOT_YOURS = "Only its owner can tell the twin anything."
NO_ONE_TO_ANSWER = "There is nobody to answer here."
YOUR_OWN = "That is your own message."
UNREADABLE = "That message cannot be read."
COPY_IT = "Discord lets no app speak for you there: copy it from its card and send it yourself."


class Commands:
    """Answers only the owner, and only so that nobody else sees it."""

    def __init__(self, client: DiscordClient, inbound: Inbound, places: DiscordPlaces) -> None:
        self._inbound = inbound
        self._places = places
        self._client = client
        self._tree = client.tree
        self._declare()

    async def sync(self) -> None:
        """Tell Discord of the commands, once for each change of them."""
        declared = json.dumps(
            [command.to_dict(self._tree) for command in self._tree.get_commands()], sort_keys=True
        )
        mark = f"{self._client.application_id}:{hashlib.sha256(declared.encode()).hexdigest()}"
        if await self._inbound.recalled(parse.NAME, SYNCED) == mark:
            return
        try:
            await self._tree.sync()
        except (*NETWORK, *NOT_UNDERSTOOD) as error:
            log.warning("discord: the commands could not be declared (%s)", type(error).__name__)
            return
        await self._inbound.remember(parse.NAME, SYNCED, mark)

    def _declare(self) -> None:
        async def drop(interaction: discord.Interaction, number: int) -> None:
            await self._say(interaction, f"/drop {number}")

        async def settle(
            interaction: discord.Interaction, number: int, outcome: Literal["arrived", "missing"]
        ) -> None:
            await self._say(interaction, f"/settle {number} {outcome}")

        async def mode(
            interaction: discord.Interaction,
            mode: Literal["observe", "draft", "auto"],
            conversation: str = "",
        ) -> None:
            here = parse.conversation_id(interaction.channel_id or 0) if interaction.guild_id else ""
            await self._say(interaction, " ".join(f"/mode {conversation or here} {mode}".split()))

        async def draft(interaction: discord.Interaction, conversation: str, wish: str = "") -> None:
            await self._say(interaction, f"/draft {conversation}: {wish}")

        async def draft_reply(interaction: discord.Interaction, message: discord.Message) -> None:
            await self._draft(interaction, message.id)

        fields = {"drop": drop, "settle": settle, "mode": mode, "draft": draft}
        for command in OFFERED:
            self._add(command.word, MENU[command.word], fields.get(command.word) or self._spoken(command))
        self._tree.add_command(app_commands.ContextMenu(name=DRAFT, callback=draft_reply))

    def _add(self, name: str, description: str, callback: Any) -> None:
        self._tree.add_command(app_commands.Command(name=name, description=description, callback=callback))

    def _spoken(self, known: OwnerCommand) -> Any:
        """With one field for all that follows the word, where anything does."""

        async def alone(interaction: discord.Interaction) -> None:
            await self._say(interaction, f"/{known.word}")

        @app_commands.describe(what=known.usage)
        async def with_text(interaction: discord.Interaction, what: str) -> None:
            await self._say(interaction, f"/{known.word} {what}")

        return with_text if known.takes else alone

    async def _say(self, interaction: discord.Interaction, text: str) -> None:
        account = parse.account(interaction.user.id)
        if not await self._for_owner(interaction, account):
            return
        where = parse.conversation_id(interaction.channel_id or interaction.user.id)
        answer = await self._inbound.said_to_twin(account, parse.message_id(where, interaction.id), text)
        for part in split_text(answer, render.TEXT_LIMIT) or ("Done.",):
            await interaction.followup.send(render.message(part), ephemeral=True)

    async def _draft(self, interaction: discord.Interaction, target: int) -> None:
        account = parse.account(interaction.user.id)
        if await self._for_owner(interaction, account):
            await interaction.followup.send(await self._drafted(interaction, account, target), ephemeral=True)

    async def _drafted(self, interaction: discord.Interaction, owner: PersonId, target: int) -> str:
        """Hand the message in, as one that nobody addressed to the twin, and ask for a draft: it may have
        been heard long ago."""
        native = _target(interaction, target)
        if interaction.context.dm_channel:
            return NO_ONE_TO_ANSWER
        if native is None or native.author is None:
            return UNREADABLE
        author, name = parse.account(native.author.id), parse.author_name(native)
        if native.author.id == self._places.twin or await self._inbound.is_owner(author):
            return YOUR_OWN
        channel = self._places.in_server(native.channel_id)
        there = channel is not None and channel.permissions_for(channel.guild.me).view_channel
        conversation = (
            await self._places.read(channel, datetime.now(UTC))
            if channel and there
            else _with_owner(interaction, native)
        )
        known = self._places.known(native.channel_id)
        kind = AuthorKind.BOT if native.author.bot else AuthorKind.PERSON
        await self._inbound.named(author, name, kind=kind)
        message = parse.message(native, conversation.id, known, addressed=False)
        await self._inbound.heard(conversation, message)
        asked = parse.message_id(parse.conversation_id(native.channel_id), interaction.id)
        answer = await self._inbound.said_to_twin(owner, asked, f"/draft {message.id}")
        return (answer if there else f"{answer} {COPY_IT}")[: render.LIMIT]

    async def _for_owner(self, interaction: discord.Interaction, account: PersonId) -> bool:
        """Acknowledge, within the three seconds that Discord gives; and whether to go on."""
        with acknowledging(interaction):
            await interaction.response.defer(ephemeral=True)
        owner = await self._inbound.is_owner(account)
        if not owner:
            await interaction.followup.send(NOT_YOURS, ephemeral=True)
        return owner


def _target(interaction: discord.Interaction, message: int) -> payloads.DiscordMessage | None:
    """The message that a command was called on, as it came."""
    data: Any = interaction.data
    found = data.get("resolved", {}).get("messages", {}).get(str(message))
    return read(payloads.DiscordMessage, found, "command")


def _with_owner(interaction: discord.Interaction, native: payloads.DiscordMessage) -> Conversation:
    """A place where the app is only because its owner is. The bot can read or say nothing there."""
    author = parse.account(native.author.id if native.author else 0)
    alone = isinstance(interaction.channel, discord.DMChannel)
    title = parse.author_name(native) if alone else getattr(interaction.channel, "name", None) or "a channel"
    return Conversation(
        parse.with_owner_id(native.channel_id),
        parse.NAME,
        f"{words.clip(title, parse.LONGEST_NAME)} (yours to send)",
        # Even alone with the owner nobody there speaks to the twin: it drafts only when it is asked to.
        Kind.GROUP,
        frozenset({author}) if alone else None,
    )
