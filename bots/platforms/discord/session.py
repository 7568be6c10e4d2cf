"""One connection to Discord: a client, and where what it is told goes."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Protocol

import discord

from bots.platforms.discord import parse, render
from bots.platforms.discord.cards import DiscordCards
from bots.platforms.discord.client import DiscordClient
from bots.platforms.discord.commands import Commands
from bots.platforms.discord.hearing import PAGE, DiscordHearing, read_history
from bots.platforms.discord.lanes import FINISH_S
from bots.platforms.discord.places import DiscordPlaces
from bots.platforms.discord.rest import NETWORK, fetched, post, telling_owner
from bots.platforms.port import Health, Inbound
from bots.platforms.rereading import reread_in_pages
from bots.platforms.split import split_text
from bots.runtime.base.timing import Sleep
from core.types import Conversation, ConversationId, MessageId

log = logging.getLogger(__name__)


class ReportsHealth(Protocol):
    """Is told how the connection is, and whether events may have been missed."""

    def __call__(self, health: Health, detail: str, *, missed: bool) -> None:
        """At each change."""
        ...


class DiscordSession:
    """Implements client.Listener. `told` outlives it; `report_health` is told how it is, `ready` of each new
    session once every server is known."""

    def __init__(
        self,
        inbound: Inbound,
        intents: discord.Intents,
        told: dict[ConversationId, Conversation],
        report_health: ReportsHealth,
        ready: Callable[[], Awaitable[None]],
        sleep: Sleep,
    ) -> None:
        self._report_health = report_health
        self._ready = ready
        self.client = DiscordClient(self, intents)
        self.places = DiscordPlaces(self.client, inbound)
        self.hearing = DiscordHearing(inbound, self.places, self._say, self.show_typing, told, sleep)
        self._cards = DiscordCards(inbound)
        self._commands = Commands(self.client, inbound, self.places)

    def received(self, event: str, payload: object) -> None:
        """An event about a message."""
        self.hearing.received(event, payload)

    def connected(self, *, resumed: bool) -> None:
        """Events come in; those of a resumed session were kept for us meanwhile."""
        self._report_health(Health.CONNECTED, f"connected as {self.client.user}", missed=not resumed)

    def disconnected(self) -> None:
        """None do, for now."""
        self._report_health(Health.RECONNECTING, "the connection was lost", missed=True)

    async def ready(self) -> None:
        """Read what was missed, and declare the commands."""
        await self._ready()
        await self._commands.sync()

    async def pressed(self, interaction: discord.Interaction) -> None:
        """A button or a modal; one that is in hand when the twin stops is still answered."""
        await self.hearing.lanes.add(interaction.id, self._cards.pressed(interaction), "a click")

    async def readers_changed(self, guild: int) -> None:
        """Who reads what there."""
        await self.hearing.readers_changed(guild)

    async def reread(self, conversation: ConversationId, messages: Collection[MessageId]) -> None:
        """Hand over what became of messages there. Raises TryAgain and Refused."""
        channel = parse.channel_of(conversation)
        numbers = {number for one in messages if (number := parse.message_of(one, conversation)) is not None}
        if channel is None or not numbers:
            return
        await self.client.wait_until_ready()
        await reread_in_pages(
            sorted(numbers, reverse=True), partial(self._reread_page, channel), partial(self._reread, channel)
        )

    async def _reread_page(self, channel: int, numbers: Sequence[int]) -> Collection[int]:
        with telling_owner():
            found = await self.client.http.logs_from(channel, PAGE, before=numbers[0] + 1)
        shown = [one for one in read_history(found) if one.id in numbers]
        for native in shown:
            await self.hearing.edited(native)
        return {one.id for one in shown}

    async def _reread(self, channel: int, number: int) -> None:
        with telling_owner():
            found = await fetched(self.client, channel, number)
        await self.hearing.reread(parse.message_id(parse.conversation_id(channel), number), found)

    async def show_typing(self, channel: int) -> None:
        """For ten seconds, or until something is sent there."""
        await self.client.get_partial_messageable(channel).typing()

    async def close(self) -> None:
        """Finish what is in hand, and disconnect."""
        await self.hearing.lanes.close()
        await self.hearing.answering.close(FINISH_S)
        await self.client.close()

    async def _say(self, channel: int, text: str) -> None:
        """An answer that cannot be posted was still thought of: it is not worth asking again."""
        try:
            for part in split_text(text, render.TEXT_LIMIT):
                await post(self.client, channel, content=render.message(part))
        except NETWORK as error:
            log.warning("discord: an answer in a DM was not posted (%s)", type(error).__name__)
