"""From the gateway's events to `Inbound`."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import discord
from pydantic import ValidationError

from bots.platforms.answering import Answering, Kept
from bots.platforms.answers import fields
from bots.platforms.discord import parse, payloads
from bots.platforms.discord.lanes import Lanes
from bots.platforms.discord.places import Channel, DiscordPlaces
from bots.platforms.port import Inbound
from bots.platforms.typing_sign import typing_sign
from bots.runtime.base.timing import Sleep
from core.audience import came
from core.errors import TryAgain
from core.ids import thread_root
from core.types import AuthorKind, Conversation, ConversationId, Kind, Message, MessageId

log = logging.getLogger(__name__)

PAGE = 100
"""The most messages that Discord tells of at once."""
P = TypeVar("P", bound=payloads.DiscordPayload)
Say = Callable[[int, str], Awaitable[None]]
"""Post the twin's own words in a DM, by its channel."""
Writing = Callable[[int], Awaitable[None]]
"""Show in a channel that the twin is writing."""


class DiscordHearing:
    """Hands over what is said, changed, deleted and reacted, in order within each channel.

    `told` holds each conversation as it was last handed over.
    """

    def __init__(
        self,
        inbound: Inbound,
        places: DiscordPlaces,
        say: Say,
        writing: Writing,
        told: dict[ConversationId, Conversation],
        sleep: Sleep,
    ) -> None:
        self._inbound = inbound
        self._places = places
        self._say = say
        self._writing = writing
        self._told = told
        self._sleep = sleep
        self._begun: set[MessageId] = set()
        """Threads' roots that are known, or that Discord does not have."""
        self.lanes = Lanes()
        self.answering = Answering("discord")

    def received(self, event: str, payload: object) -> None:
        """An event about a message, as it came."""
        match event:
            case "MESSAGE_CREATE":
                self._take(event, payload, payloads.DiscordMessage, self.said)
            case "MESSAGE_UPDATE":
                self._take(event, payload, payloads.DiscordMessage, self.edited)
            case "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK":
                self._take(event, payload, payloads.Deletion, self._deleted)
            case "MESSAGE_REACTION_ADD":
                self._take(event, payload, payloads.DiscordReaction, self._reacted)

    async def catch_up(self, history: Sequence[payloads.DiscordMessage], conversation: Conversation) -> None:
        """Hand over what was missed in a conversation."""
        in_server = conversation.kind is Kind.GROUP
        for native in history:
            await self.lanes.add(
                native.channel_id, self.said(native, in_server=in_server, live=False), "history"
            )

    async def said(
        self,
        native: payloads.DiscordMessage,
        *,
        in_server: bool = False,
        live: bool = True,
        background: bool = False,
    ) -> None:
        """A message, new or from history (which does not say what server it is of), or (`background`) one
        that another points to."""
        author = native.author
        if author is None or parse.is_own(native, self._places.twin, self._places.application):
            return
        if not parse.is_speech(native):
            return
        who, name = parse.account(author.id), parse.author_name(native)
        conversation = await self._places.conversation(
            native.channel_id,
            who,
            name,
            in_server=in_server or native.guild_id is not None,
            at=parse.said_at(native),
        )
        known = self._places.known(native.channel_id)
        is_bot = author.bot or native.webhook_id is not None
        await self._inbound.named(who, name, kind=AuthorKind.BOT if is_bot else AuthorKind.PERSON)
        self._told[conversation.id] = conversation
        if conversation.kind is Kind.DIRECT:
            message_id, text = parse.message_id(conversation.id, native.id), parse.said_to_twin(native, known)
            reply_to = None if parse.forwarded(native) else parse.pointed_to(native, conversation.id)
            message = Message(message_id, conversation.id, who, text, parse.said_at(native), reply_to)
            await self.answering.begin(partial(self._answer, native.channel_id, message, live))
            return
        if not background:
            await self._hear_what_it_points_to(native, conversation)
        source = parse.forwarded(native)
        message = parse.message(
            native,
            conversation.id,
            known,
            addressed=await self._is_addressed(native),
            copy_forward=source is None or not await self._inbound.knows(source),
        )
        await self._inbound.heard(conversation, message, live=live, background=background)

    async def _hear_what_it_points_to(
        self, native: payloads.DiscordMessage, conversation: Conversation
    ) -> None:
        """The message that a thread hangs on and the one that is replied to, where they were never heard."""
        answered, root = parse.replied_to(native), thread_root(conversation)
        if answered is not None:
            await self._hear_of(answered, parse.message_id(conversation.id, answered.id))
        if root is None or root in self._begun:
            return
        try:
            if not await self._inbound.knows(root):
                begun = await self._places.fetched_message(conversation.parent, native.channel_id)
                beginning = None if begun is None else read(payloads.DiscordMessage, begun, "thread's root")
                if beginning is not None:
                    await self._hear_of(beginning, root)
        except TryAgain as error:
            log.info("discord: what a thread hangs on is asked for again: %s", error)
            return
        self._begun.add(root)

    async def _hear_of(self, native: payloads.DiscordMessage, message: MessageId) -> None:
        if not await self._inbound.knows(message):
            await self.said(native, in_server=True, live=False, background=True)

    async def _answer(self, channel: int, said: Message, live: bool, kept: Kept) -> bool:
        # A stranger is not to see that anybody thinks of an answer.
        shown = partial(self._writing, channel) if await self._inbound.is_owner(said.author) else None
        async with typing_sign(shown, self._sleep):
            answer = await self._inbound.said_to_twin(
                said.author,
                said.id,
                said.text,
                sent_at=said.sent_at,
                live=live,
                reply_to=said.reply_to,
                kept=kept,
            )
        if answer:
            await self._say(channel, answer)
        return bool(answer)

    async def readers_changed(self, guild: int) -> None:
        """Tell of every channel there that others can read now, or that has another name. Who can read it and
        could not before has come this moment, however long they are in the server."""
        self._places.changed()
        concerned: dict[int, Channel] = {}
        for told in self._told.values():
            channel = self._places.in_server(parse.channel_of(told.id) or 0)
            if channel is not None and channel.guild.id == guild:
                parent = channel.parent if isinstance(channel, discord.Thread) else None
                concerned |= {one.id: one for one in (parent, channel) if one is not None}
        for number, channel in concerned.items():
            told_before = self._told.get(parse.conversation_id(number))
            now = await self._places.read(channel, datetime.now(UTC))
            if told_before is not None and came(told_before.members, now.members):
                now = replace(now, newest_join=datetime.now(UTC))
            if now != told_before:
                self._told[now.id] = now
                await self._inbound.listeners(now)

    async def edited(self, native: payloads.DiscordMessage) -> None:
        """A message as it is now, where its words were changed."""
        if parse.is_own(native, self._places.twin, self._places.application):
            return
        change = parse.edit(native, self._places.known(native.channel_id))
        if change is not None:
            conversation = parse.conversation_id(native.channel_id)
            await self._inbound.edited(parse.message_id(conversation, native.id), *change)

    async def reread(self, message: MessageId, found: object) -> None:
        """A message as Discord has it now, None where it is gone. Raises TryAgain."""
        if found is None:
            await self._inbound.deleted(message)
            return
        native = read(payloads.DiscordMessage, found, "message")
        if native is None:
            raise TryAgain("a message was not understood")
        await self.edited(native)

    async def _deleted(self, native: payloads.Deletion) -> None:
        conversation = parse.conversation_id(native.channel_id)
        for one in (native.id, *native.ids):
            if one is not None:
                await self._inbound.deleted(parse.message_id(conversation, one))

    async def _reacted(self, native: payloads.DiscordReaction) -> None:
        """Only what is meant for the twin: on its own messages, or in a DM with somebody else."""
        who, in_server = parse.account(native.user_id), native.guild_id is not None
        twin = self._places.twin
        if native.user_id == twin or (in_server and native.message_author_id != twin):
            return
        if not in_server and await self._inbound.is_owner(who):
            return
        told = self._told.get(parse.conversation_id(native.channel_id))
        conversation = told or await self._places.conversation(
            native.channel_id, who, parse.reactor_name(native), in_server=in_server, at=datetime.now(UTC)
        )
        message = parse.reaction(native, conversation.id, datetime.now(UTC))
        if message is not None:
            await self._inbound.heard(conversation, message)

    async def _is_addressed(self, native: payloads.DiscordMessage) -> bool:
        spoken_to = parse.spoken_to(native)
        role = self._places.twin_role(native.channel_id)
        if role is not None and role in native.mention_roles:
            return True
        if parse.account(self._places.twin) in spoken_to:
            return True
        for one in spoken_to:
            if await self._inbound.is_owner(one):
                return True
        return False

    def _take(
        self, event: str, payload: object, shape: type[P], handle: Callable[[P], Coroutine[Any, Any, None]]
    ) -> None:
        native = read(shape, payload, event)
        if native is not None:
            self.lanes.add(getattr(native, "channel_id", None), handle(native), event)


def read_history(history: object) -> list[payloads.DiscordMessage]:
    """Messages as the REST API gives them."""
    found = (
        read(payloads.DiscordMessage, one, "history")
        for one in (history if isinstance(history, list) else ())
    )
    return [one for one in found if one is not None]


def read(shape: type[P], payload: object, event: str) -> P | None:
    """A payload in its shape; None, and a line in the log without its content, where it has another."""
    try:
        return shape.model_validate(payload)
    except (ValidationError, RecursionError) as error:
        log.warning("discord: skipped a %s (%s) with %s", event, type(error).__name__, fields(payload))
        return None
