"""Discord, through discord.py: a bot under its own name, in servers and DMs, and an app its owner carries."""

import asyncio
import io
import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bots.platforms.answers import without_tokens
from bots.platforms.discord import cards, parse, render
from bots.platforms.discord.hearing import PAGE, read_history
from bots.platforms.discord.payloads import DiscordMessage
from bots.platforms.discord.rest import NETWORK, UNREACHABLE, delivering, post, redraw, telling_owner
from bots.platforms.discord.session import DiscordSession
from bots.platforms.discord.tokens import PORTAL
from bots.platforms.errors import TokenRefused
from bots.platforms.in_parts import in_parts
from bots.platforms.port import Card, Health, Inbound
from bots.platforms.split import split_text
from bots.runtime.base.timing import Sleep
from core.errors import OwnerMustFix, Refused, TryAgain
from core.types import Conversation, ConversationId, Kind, MessageId, PersonId, SentAs

log = logging.getLogger(__name__)

BAD_TOKEN = f"Discord refuses DISCORD_TOKEN: at {PORTAL} open your application, Bot, and press Reset Token"
NO_INTENT = (
    f"Discord hides what is said: at {PORTAL} open your application, Bot, and turn on Message Content Intent"
)
COPY_IT = "Discord lets no app speak for you there: copy it from its card and send it yourself"
NOT_CONNECTED = "Discord is not connected"
AUTHENTICATION_FAILED = 4004
"""discord.com/developers/docs/topics/opcodes-and-status-codes has both."""
MOST_MISSED = 1000
"""Messages that are read back in one conversation."""
OVERLAP = timedelta(minutes=2)
"""Read back before a connection was seen to be lost; what was heard already is known by its id."""


class DiscordPlatform:
    """Implements Platform, CardSurface, OwnerDm, ShowsTyping, ReadsMembers, RereadsMessages, CatchesUp,
    ReadsOwnerDm and SpeaksAs. `api_base` and `gateway_url` stand in for Discord's servers where given."""

    def __init__(
        self, token: str, *, api_base: str = "", gateway_url: str = "", sleep: Sleep = asyncio.sleep
    ) -> None:
        self._token = token.strip()
        self._sleep = sleep
        self._api_base = api_base.rstrip("/")
        self._gateway_url = gateway_url
        self._health = (Health.STARTING, "")
        self._session: DiscordSession | None = None
        self._told: dict[ConversationId, Conversation] = {}
        self._lost_at: datetime | None = None

    @property
    def name(self) -> str:
        """`discord`."""
        return parse.NAME

    @property
    def text_limit(self) -> int:
        """Less than Discord's own: escaping lengthens a text."""
        return render.TEXT_LIMIT

    @property
    def health(self) -> tuple[Health, str]:
        """How it is doing, and a line for the owner."""
        return self._health

    async def run(self, inbound: Inbound) -> None:
        """Connect and hand over what comes in until cancelled. Raises OwnerMustFix and TryAgain."""
        self._health = (Health.STARTING, "connecting")
        try:
            with _servers(self._api_base, self._gateway_url), _connecting():
                if not self._token:
                    raise TokenRefused(BAD_TOKEN)
                await self._connect(self.session(inbound, await _intents(self._token)))
        except OwnerMustFix as error:
            self._health = (Health.STOPPED, str(error))
            raise
        except Exception as error:
            why = str(error) if isinstance(error, TryAgain) else type(error).__name__
            self._report_health(Health.RECONNECTING, why, missed=True)
            raise

    def session(self, inbound: Inbound, intents: discord.Intents) -> DiscordSession:
        """What a connection consists of, not connected yet."""
        return DiscordSession(inbound, intents, self._told, self._report_health, self._catch_up, self._sleep)

    async def _connect(self, session: DiscordSession) -> None:
        try:
            await session.client.login(self._token)
            self._session = session
            await session.client.connect()
        except AttributeError:
            # discord.py trips over its own missing socket when the very first handshake is refused.
            if getattr(session.client, "ws", None) is None:
                raise TryAgain(UNREACHABLE) from None
            raise
        finally:
            self._session = None
            await session.close()
        raise TryAgain("Discord ended the connection")

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        """As in SpeaksAs: a bot on Discord has no name but its own."""
        del conversation
        return SentAs.BOT

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As in Delivery. Discord drops a repeat of the same nonce for some minutes."""
        return await self._send(conversation, render.message(text), nonce, None if continues else reply_to)

    async def send_typed(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As in SendsTyped: Discord's own marks in it mean what they mean in Discord. It pings nobody."""
        return await self._send(conversation, text, nonce, None if continues else reply_to)

    async def _send(
        self, conversation: ConversationId, content: str, nonce: str, reply_to: MessageId | None
    ) -> str:
        channel = parse.channel_of(conversation)
        if channel is None:
            raise Refused(
                COPY_IT if conversation.startswith(parse.WITH_OWNER) else "that is no Discord channel"
            )
        session, told = self._connected(), self._told.get(conversation)
        answered = parse.message_of(reply_to, conversation) if reply_to else None
        given: dict[str, Any] = {"content": content, "nonce": render.nonce(nonce)}
        # In a server people expect to see what is answered; in a DM it is plain.
        if answered is not None and (
            told.kind is Kind.GROUP if told is not None else await session.places.of_server(channel)
        ):
            reference = {"message_id": answered, "channel_id": channel, "fail_if_not_exists": False}
            given["message_reference"] = reference
        with delivering():
            return str(await post(session.client, channel, **given))

    async def typing(self, conversation: Conversation) -> None:
        """Shown for ten seconds, or until something is sent."""
        channel = parse.channel_of(conversation.id)
        if channel is None or self._session is None:
            return
        try:
            await self._session.show_typing(channel)
        except NETWORK as error:
            log.debug("discord: typing was not shown (%s)", type(error).__name__)

    async def show(self, account: PersonId, card: Card) -> str:
        """Post a card in the owner's DM; its reference is `channel/message`."""
        with telling_owner():
            channel = await self._dm(account)
            message = await post(self._connected().client, channel, **cards.content(render.card(card)))
        return f"{channel}/{message}"

    async def update(self, reference: str, card: Card) -> None:
        """Redraw a card; one that is gone is no error."""
        channel, _, message = reference.partition("/")
        if not (channel.isdecimal() and message.isdecimal()):
            return
        try:
            with telling_owner():
                shown = cards.content(render.card(card))
                await redraw(self._connected().client, int(channel), int(message), **shown)
        except Refused as error:
            log.info("discord: a card could not be redrawn: %s", error)

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        """Write to the owner's DM; the picture comes with the last part."""
        parts = split_text(text, self.text_limit) or ("",)
        with telling_owner():
            channel = await self._dm(account)

        async def say(part: str, **given: Any) -> None:
            with delivering():
                await post(self._connected().client, channel, content=render.message(part), **given)

        drawn = {} if picture is None else {"file": discord.File(io.BytesIO(picture), "digest.png")}
        await in_parts([*(partial(say, part) for part in parts[:-1]), partial(say, parts[-1], **drawn)])

    async def members(self, conversation: Conversation) -> Conversation:
        """As `ReadsMembers.members`: from what the gateway tells, of a private thread from the REST API."""
        session, channel = self._connected(), parse.channel_of(conversation.id)
        if channel is None:
            raise Refused(COPY_IT)
        await session.client.wait_until_ready()
        now = await session.places.read_again(channel)
        self._told[now.id] = now
        return replace(conversation, members=now.members, newest_join=now.newest_join)

    async def reread(self, conversation: ConversationId, messages: Collection[MessageId]) -> None:
        """As `RereadsMessages.reread`."""
        await self._connected().reread(conversation, messages)

    async def missed(self, conversations: Sequence[Conversation], since: datetime) -> None:
        """Read back what was said since; a channel that cannot be read is left out."""
        session = self._connected()
        await session.client.wait_until_ready()
        for conversation in conversations:
            channel = parse.channel_of(conversation.id)
            if channel is None:
                continue
            try:
                with telling_owner():
                    await self._read_back(session, channel, conversation, since)
            except Refused as error:
                log.info("discord: a conversation could not be read back: %s", error)

    async def missed_by_twin(self, account: PersonId, since: datetime) -> None:
        """As `ReadsOwnerDm.missed_by_twin`; also raises TryAgain."""
        session = self._connected()
        await session.client.wait_until_ready()
        with telling_owner():
            channel = await self._dm(account)
            line = Conversation(parse.conversation_id(channel), parse.NAME, "")
            await self._read_back(session, channel, line, since)

    async def _read_back(
        self, session: DiscordSession, channel: int, conversation: Conversation, since: datetime
    ) -> None:
        """From the newest back to what was said before. By when it was said, not by the ids of that time:
        those are of Discord's clock, and `since` may be of ours."""
        earliest, before = parse.moment(parse.snowflake(since)), None
        missed: list[DiscordMessage] = []
        for _ in range(MOST_MISSED // PAGE):
            found = await session.client.http.logs_from(channel, PAGE, before=before)
            page = read_history(found)
            later = [one for one in page if parse.said_at(one) >= earliest]
            missed += later
            if len(found) < PAGE or len(later) < len(page) or not page:
                break
            before = min(one.id for one in page)
        await session.hearing.catch_up(sorted(missed, key=lambda one: one.id), conversation)

    async def _catch_up(self) -> None:
        """After a connection that could not be resumed."""
        lost, self._lost_at = self._lost_at, None
        if lost is None:
            return
        try:
            await self.missed(list(self._told.values()), lost - OVERLAP)
        except TryAgain as error:
            self._lost_at = self._lost_at or lost
            log.warning("discord: what was missed waits for the next connection: %s", error)

    def _report_health(self, health: Health, detail: str, *, missed: bool) -> None:
        self._health = (health, without_tokens(detail, [self._token]))
        if health is not Health.CONNECTED:
            self._lost_at = self._lost_at or datetime.now(UTC)
        elif not missed:
            self._lost_at = None

    def _connected(self) -> DiscordSession:
        if self._session is None:
            raise TryAgain(NOT_CONNECTED)
        return self._session

    async def _dm(self, account: PersonId) -> int:
        user = parse.channel_of(account)
        if user is None:
            raise Refused("that is no Discord account")
        return (await self._connected().client.create_dm(discord.Object(user))).id


async def _intents(token: str) -> discord.Intents:
    """What to ask the gateway for. Members only where the owner turned that on: else it is refused."""
    async with discord.Client(intents=discord.Intents(guilds=True)) as asking:
        await asking.login(token)
        flags = asking.application_flags
    intents = discord.Intents(
        guilds=True, messages=True, message_content=True, reactions=True, dm_messages=True
    )
    intents.members = flags.gateway_guild_members or flags.gateway_guild_members_limited
    return intents


@contextmanager
def _servers(api_base: str, gateway_url: str) -> Iterator[None]:
    """discord.py keeps its servers' addresses on its classes."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = api_base or before[0]
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url) if gateway_url else before[1]
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except discord.LoginFailure:
        raise TokenRefused(BAD_TOKEN) from None
    except discord.PrivilegedIntentsRequired:
        raise OwnerMustFix(NO_INTENT) from None
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            raise TokenRefused(BAD_TOKEN) from None
        raise TryAgain(f"Discord closed the connection ({error.code})") from None
    except (TimeoutError, discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise TryAgain(f"{UNREACHABLE} ({type(error).__name__})") from None
