"""discord.py's client, made to survive what it cannot parse."""

import logging
import sys
from collections.abc import Callable
from typing import Any, Protocol

import discord
from discord import app_commands

from bots.platforms.discord.filling import filled

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
"""For a rate limit; discord.py takes no less."""
TAKEN_RAW = frozenset(
    {"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK", "MESSAGE_REACTION_ADD"}
)
VITAL = frozenset({"READY", "RESUMED"})
"""A connection that cannot make sense of these is of no use."""


class Listener(Protocol):
    """Who is told what comes in. Nothing here may block."""

    def received(self, event: str, payload: object) -> None:
        """One of `TAKEN_RAW`, as it came."""
        ...

    def connected(self, *, resumed: bool) -> None:
        """Events come in; those of a resumed session were kept for us meanwhile."""
        ...

    def disconnected(self) -> None:
        """They do not, for now."""
        ...

    async def ready(self) -> None:
        """Every server is known."""
        ...

    async def pressed(self, interaction: discord.Interaction) -> None:
        """A button, a modal, a command."""
        ...

    async def readers_changed(self, guild: int) -> None:
        """Somebody came, went, or may see more or less."""
        ...


EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)


class Tree(app_commands.CommandTree[discord.Client]):
    """discord.py's commands, without what was said in its log."""

    async def on_error(
        self, _interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """A command that came too late, or is no longer ours."""
        cause = getattr(error, "original", error)
        log.warning("discord: a command was not answered (%s)", type(cause).__name__)


class DiscordClient(discord.Client):
    """Passes on raw message events, and everything else as discord.py understands it."""

    def __init__(self, listener: Listener, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT_S,
        )
        self.tree = Tree(
            self,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
            allowed_contexts=EVERYWHERE,
        )
        self._listener = listener
        # An event that discord.py's parsers do not expect would end the connection.
        parsers = self._connection.parsers
        for event, parser in parsers.items():
            if event not in VITAL:
                parsers[event] = self._surviving(event, parser)

    async def close(self) -> None:
        """As discord.py's own, which leaves behind who waits for the servers."""
        waiting = self._connection._ready_task
        if waiting is not None:
            waiting.cancel()
        await super().close()

    async def on_connect(self) -> None:
        """The session is new."""
        self._listener.connected(resumed=False)

    async def on_resumed(self) -> None:
        """The session goes on."""
        self._listener.connected(resumed=True)

    async def on_disconnect(self) -> None:
        """Also called when no connection came about."""
        self._listener.disconnected()

    async def on_ready(self) -> None:
        """Once for each session."""
        await self._listener.ready()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons and modals by their custom ids, so that nothing need be kept in memory."""
        await self._listener.pressed(interaction)

    async def on_member_join(self, member: discord.Member) -> None:
        """Somebody reads along."""
        await self._listener.readers_changed(member.guild.id)

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        """Somebody reads no more."""
        await self._listener.readers_changed(event.guild_id)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Roles decide who reads what."""
        if before.roles != after.roles:
            await self._listener.readers_changed(after.guild.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """So do their permissions."""
        if before.permissions != after.permissions:
            await self._listener.readers_changed(after.guild.id)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """What it allowed is gone with it."""
        await self._listener.readers_changed(role.guild.id)

    async def on_guild_channel_update(
        self, _before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """A channel has permissions, and a name, of its own."""
        await self._listener.readers_changed(after.guild.id)

    async def on_thread_member_join(self, member: discord.ThreadMember) -> None:
        """Somebody was added to a thread, a private one perhaps."""
        await self._listener.readers_changed(member.thread.guild.id)

    async def on_raw_thread_member_remove(self, event: discord.RawThreadMembersUpdate) -> None:
        """Somebody left one."""
        await self._listener.readers_changed(event.guild_id)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """As discord.py's own, without what was said."""
        kind = sys.exc_info()[0]
        log.error("discord: %s failed: %s", event_method, kind.__name__ if kind else "?")

    def _surviving(self, event: str, parser: Callable[[Any], None]) -> Callable[[Any], None]:
        def parse(payload: Any) -> None:
            if event in TAKEN_RAW:
                self._listener.received(event, payload)
            try:
                parser(filled(payload, self.application_id) if event == "INTERACTION_CREATE" else payload)
            except Exception as error:
                # Supervision: another's payload may not end our connection. Its content stays out of the log.
                log.warning("discord: %s was not understood (%s)", event, type(error).__name__)

        return parse
