"""Which conversation a channel is, and who reads it, from what discord.py knows of its server."""

import asyncio
import hashlib
import logging
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord

from bots.platforms.discord.parse import (
    LONGEST_NAME,
    NAME,
    account,
    channel_of,
    conversation_id,
)
from bots.platforms.discord.rest import NETWORK, NOT_UNDERSTOOD
from bots.platforms.discord.words import KnownChannels, clip
from bots.platforms.port import Inbound
from core.errors import TryAgain
from core.types import Conversation, Kind, PersonId

log = logging.getLogger(__name__)

Channel = discord.abc.GuildChannel | discord.Thread

LOOKUP_S = 5.0
"""What a look at Discord may take while something waits to be heard."""
MOST_READERS = 100
"""More are "anyone of that place": they could not be linked to people anyway."""
MOST_MEMBERS = 2000
"""Of a server in which it is worked out who reads a channel."""


class DiscordPlaces:
    """Looks up conversations. Readers are worked out once, until `changed` says that they may differ."""

    def __init__(self, client: discord.Client, inbound: Inbound) -> None:
        self._client = client
        self._inbound = inbound
        self._connection = secrets.token_hex(8)
        self._readers: dict[int, frozenset[PersonId] | None] = {}
        """Of channels and of private threads: all of them, however many."""

    @property
    def twin(self) -> int:
        """The bot's account; 0 before it is known."""
        return self._client.user.id if self._client.user else 0

    @property
    def application(self) -> int | None:
        """The bot's application."""
        return self._client.application_id

    def changed(self) -> None:
        """Members, roles or permissions have changed somewhere."""
        self._readers.clear()

    def in_server(self, channel: int) -> Channel | None:
        """A channel or thread of a server that the bot is in; None for a DM or an unknown one."""
        found = self._client.get_channel(channel)
        return found if isinstance(found, Channel) else None

    async def of_server(self, channel: int) -> bool:
        """Whether it is a channel or thread of a server; Discord is asked where it did not tell of it."""
        if self.in_server(channel) is not None:
            return True
        try:
            found: Any = await self._client.http.get_channel(channel)
            return found.get("guild_id") is not None
        except (*NETWORK, *NOT_UNDERSTOOD) as error:
            log.warning("discord: a channel could not be looked up: %s", type(error).__name__)
            return False

    async def conversation(
        self, channel: int, other: PersonId, name: str, *, in_server: bool, at: datetime
    ) -> Conversation:
        """What goes on in a channel at a time; `other`, called `name`, is who speaks there if it is a DM."""
        found = self.in_server(channel)
        if found is None and in_server:
            found = await self._fetched(channel)
        if found is not None:
            return await self.read(found, at)
        if in_server:
            return Conversation(
                conversation_id(channel), "discord", "a channel", Kind.GROUP, None, joiners_read_history=False
            )
        return direct(channel, other, name)

    async def read(self, channel: Channel, at: datetime) -> Conversation:
        """A channel or thread of a server, with who reads it at a time; Discord is asked for those of a
        private thread."""
        if _is_private(channel) and channel.id not in self._readers:
            self._readers[channel.id] = await self._in_private(channel)
        return await self._with_unlisted(self._server(channel), channel, at)

    async def read_again(self, channel: int) -> Conversation:
        """As it is now. Raises TryAgain where Discord does not say."""
        found = self.in_server(channel) or await self._fetched(channel)
        if found is None:
            raise TryAgain("Discord did not say who reads a channel")
        if _is_private(found):
            self._readers.pop(found.id, None)
        return await self.read(found, datetime.now(UTC))

    def _server(self, channel: Channel) -> Conversation:
        parent = channel.parent if isinstance(channel, discord.Thread) else channel
        # What is said in a private thread is not for all of its channel.
        private = _is_private(channel)
        readers = self._all_readers(channel)
        reads_history = parent is not None and _newcomers_read_history(parent)
        return Conversation(
            conversation_id(channel.id),
            "discord",
            clip(_title(channel, parent), LONGEST_NAME),
            Kind.GROUP,
            readers if readers is None or len(readers) <= MOST_READERS else None,
            parent="" if channel is parent or parent is None or private else conversation_id(parent.id),
            joiners_read_history=reads_history,
            newest_join=None if reads_history or readers is None else _newest(channel.guild, readers),
        )

    def known(self, channel: int) -> KnownChannels:
        """The names of roles and channels around a channel."""
        found = self.in_server(channel)
        if found is None:
            return KnownChannels()
        return KnownChannels(
            {role.id: role.name for role in found.guild.roles},
            {channel.id: channel.name for channel in found.guild.channels},
        )

    def twin_role(self, channel: int) -> int | None:
        """The role that Discord made for the twin in that server: mentioning it is mentioning the twin."""
        found = self.in_server(channel)
        role = found.guild.self_role if found else None
        return role.id if role else None

    async def fetched_message(self, conversation: str, message: int) -> object:
        """A message of a channel as Discord has it, None where it has none. Raises TryAgain."""
        channel = channel_of(conversation)
        try:
            async with asyncio.timeout(LOOKUP_S):
                return await self._client.http.get_message(channel, message) if channel else None
        except (discord.NotFound, discord.Forbidden):
            return None
        except (*NETWORK, *NOT_UNDERSTOOD) as error:
            raise TryAgain(f"a message was not read ({type(error).__name__})") from None

    async def _fetched(self, channel: int) -> Channel | None:
        try:
            found = await self._client.fetch_channel(channel)
        except (*NETWORK, *NOT_UNDERSTOOD) as error:
            log.warning("discord: a channel could not be looked up: %s", type(error).__name__)
            return None
        return found if isinstance(found, Channel) else None

    async def _with_unlisted(
        self, conversation: Conversation, channel: Channel, at: datetime
    ) -> Conversation:
        """With a join at that time, where joiners cannot read back, there are more readers than are listed,
        and they are others than when it was last looked, in the twin's last run perhaps. Where Discord does
        not say who they are, each connection looks for the first time."""
        if conversation.members is not None or conversation.joiners_read_history:
            return conversation
        readers, key = self._all_readers(channel), f"readers/{conversation.channel}"
        seen = self._connection if readers is None else _digest(readers)
        if await self._inbound.recalled(NAME, key) == seen:
            return conversation
        await self._inbound.remember(NAME, key, seen)
        joins = [one for one in (conversation.newest_join, at) if one is not None]
        return replace(conversation, newest_join=max(joins))

    def _all_readers(self, channel: Channel) -> frozenset[PersonId] | None:
        parent = channel.parent if isinstance(channel, discord.Thread) else channel
        if _is_private(channel) or parent is None:
            return self._readers.get(channel.id)
        if not self._knows_members(parent.guild):
            return None  # asked again: the members may be on their way
        if parent.id not in self._readers:
            self._readers[parent.id] = self._who_reads(parent)
        return self._readers[parent.id]

    async def _in_private(self, thread: Channel) -> frozenset[PersonId] | None:
        """Who was added to a private thread, and who may read them all."""
        parent = thread.parent if isinstance(thread, discord.Thread) else None
        if parent is None or not self._knows_members(thread.guild):
            return None
        try:
            async with asyncio.timeout(LOOKUP_S):
                listed: Any = await self._client.http.get_thread_members(thread.id)
            added = {int(one["user_id"]) for one in listed}
        except (*NETWORK, *NOT_UNDERSTOOD) as error:
            log.warning("discord: who is in a thread was not told (%s)", type(error).__name__)
            return None
        readers = added | {
            member.id for member in thread.guild.members if parent.permissions_for(member).manage_threads
        }
        return frozenset(account(who) for who in readers - {self.twin})

    def _knows_members(self, guild: discord.Guild) -> bool:
        # Without the members intent the cache only looks complete.
        return self._client.intents.members and guild.chunked and len(guild.members) <= MOST_MEMBERS

    def _who_reads(self, channel: discord.abc.GuildChannel) -> frozenset[PersonId]:
        return frozenset(
            account(member.id)
            for member in channel.guild.members
            if member.id != self.twin and channel.permissions_for(member).view_channel
        )


def _digest(readers: frozenset[PersonId]) -> str:
    return hashlib.sha256("\n".join(sorted(readers)).encode()).hexdigest()


def _is_private(channel: Channel) -> bool:
    return isinstance(channel, discord.Thread) and channel.is_private()


def direct(channel: int, other: PersonId, name: str) -> Conversation:
    """A DM with one person."""
    return Conversation(conversation_id(channel), "discord", name or other, members=frozenset({other}))


def _title(channel: Channel, parent: discord.abc.GuildChannel | None) -> str:
    where = f"#{parent.name} · {channel.guild.name}" if parent is not None else channel.guild.name
    return where if channel is parent else f"{channel.name} · {where}"


def _newcomers_read_history(channel: discord.abc.GuildChannel) -> bool:
    everyone = channel.guild.default_role
    here = channel.overwrites_for(everyone).read_message_history
    return everyone.permissions.read_message_history if here is None else here


def _newest(guild: discord.Guild, readers: frozenset[PersonId]) -> datetime | None:
    joined = (member.joined_at for member in guild.members if account(member.id) in readers)
    return max((one for one in joined if one is not None), default=None)
