"""Slack as a platform: `Platform`, `CardSurface`, `OwnerDm`, `ShowsTyping`, `FindsSent`,
`ReadsMembers`, `RereadsMessages`, `CatchesUp`, `ReadsOwnerDm` and `SpeaksAs`."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bots.platforms.errors import TokenRefused
from bots.platforms.port import Card, Health, Inbound
from bots.platforms.slack import ids, messages
from bots.platforms.slack.app import SlackEvents
from bots.platforms.slack.cards import SlackCards
from bots.platforms.slack.client import API_BASE, SlackClient, connected
from bots.platforms.slack.events import Revoked, SlackTwin
from bots.platforms.slack.failures import (
    APP,
    BOT,
    NETWORK,
    USER,
    SlackTooFast,
    explained,
    named,
    void,
)
from bots.platforms.slack.hearing import SlackHearing
from bots.platforms.slack.history import History, beginning
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.interactions import Interactions
from bots.platforms.slack.messages import SlackShown
from bots.platforms.slack.places import SlackPlaces
from bots.platforms.slack.posting import posted
from bots.platforms.slack.rereading import Rereading
from bots.platforms.slack.socket import Socket
from bots.runtime.base.timing import Sleep, cancel_and_wait
from core.errors import InAnotherName, OwnerMustFix, Refused, TryAgain
from core.types import Conversation, ConversationId, MessageId, PersonId, SentAs

log = logging.getLogger(__name__)


@dataclass
class _Session:
    """One run of the adapter."""

    client: SlackClient
    twin: SlackTwin
    places: SlackPlaces
    cards: SlackCards
    hearing: SlackHearing


class SlackPlatform:
    """One app in one workspace. Nothing is connected before `run`.

    With `user_token` what is sent is sent as its user, wherever they are themselves (`sends_as`).
    """

    name = ids.NAME
    text_limit = messages.TEXT_LIMIT

    def __init__(
        self,
        bot_token: str,
        app_token: str,
        user_token: str | None = None,
        *,
        api_base: str = API_BASE,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot_token = bot_token
        self._app_token = app_token
        self._user_token = user_token or None
        self._api_base = api_base or API_BASE
        self._sleep = sleep
        self._session: _Session | None = None
        self._silent_until = 0.0
        self._without_owner: set[str] = set()
        self._health = (Health.STARTING, "")

    @property
    def health(self) -> tuple[Health, str]:
        """As `Platform.health`."""
        return self._health

    async def run(self, inbound: Inbound) -> None:
        """As `Platform.run`."""
        self._tell(Health.STARTING, "connecting")
        try:
            async with connected(self._bot_token, self._user_token, self._api_base) as client:
                await self._run(client, inbound)
        except OwnerMustFix as error:
            self._tell(Health.STOPPED, str(error))
            raise
        except TryAgain as error:
            self._tell(Health.RECONNECTING, str(error))
            raise
        finally:
            self._session = None

    async def _run(self, client: SlackClient, inbound: Inbound) -> None:
        twin = await _introduced(client.asks, BOT)
        if client.owner:
            await _introduced(client.owner, USER)
        lost: asyncio.Future[Revoked] = asyncio.get_running_loop().create_future()
        places = SlackPlaces(client.asks, twin)
        cards = SlackCards(client.asks, client.tells, places)
        hearing = SlackHearing(
            inbound,
            places,
            cards,
            twin.user,
            revoked=lambda what: None if lost.done() else lost.set_result(what),
            sleep=self._sleep,
            begin=lambda where: beginning(client.asks, self._connected().twin, where),
        )
        session = self._session = _Session(client, twin, places, cards, hearing)
        interactions = Interactions(client.asks, client.session, inbound, places, cards)
        events = SlackEvents(client.asks, lambda: session.twin, hearing.handle, interactions)
        socket = Socket(
            client.session,
            lambda: self._ticket(client),
            events.handle,
            self._tell,
            self._greeted,
            self._sleep,
        )
        runs = asyncio.create_task(socket.run())
        ends: set[asyncio.Future[Any]] = {runs, lost}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if lost.done():
                users_only = lost.result().users_only
                raise TokenRefused(void(USER if users_only else BOT, "token_revoked"))
            await runs
        finally:
            await cancel_and_wait(runs)
            await asyncio.gather(events.close(), hearing.close())

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        """As `SpeaksAs.sends_as`: with a user token the owner, but in the bot's DMs and where Slack has said
        that they are not."""
        where = ids.address(conversation)
        if self._user_token is None or where.channel in self._without_owner:
            return SentAs.BOT
        if where.direct and await self._connected().places.is_own_dm(where.channel):
            return SentAs.BOT
        return SentAs.OWNER

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As `Delivery.send`. The nonce goes along in the message's metadata."""
        del continues  # every part belongs to the thread
        return await self._send(conversation, messages.message(text), nonce, reply_to)

    async def send_typed(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As `SendsTyped.send_typed`: Slack's own marks in it mean what they mean in Slack."""
        del continues
        return await self._send(conversation, messages.typed_message(text), nonce, reply_to)

    async def _send(
        self, conversation: ConversationId, shown: SlackShown, nonce: str, reply_to: MessageId | None
    ) -> str:
        session, where = self._connected(), ids.address(conversation)
        wait = self._silent_until - asyncio.get_running_loop().time()
        if wait > 0:
            raise SlackTooFast(wait)
        thread = await self._thread(session, where, reply_to)
        client, token = session.client.posts, BOT
        if session.client.owner is not None and await self.sends_as(conversation) is SentAs.OWNER:
            client, token = session.client.owner, USER
        try:
            ts = await posted(client, token, where.channel, thread, shown, nonce)
        except InAnotherName:
            self._without_owner.add(where.channel)
            raise
        except SlackTooFast as error:
            self._silent_until = asyncio.get_running_loop().time() + error.wait_s
            raise
        try:
            await session.hearing.spoke(SlackAddress(where.team, where.channel, thread))
        except Exception as error:
            # The message is out: nothing that fails now may make it look as if it were not.
            log.warning("slack: a thread was not remembered (%s)", type(error).__name__)
        return ts

    async def find_sent(
        self, conversation: ConversationId, *, nonce: str, at: datetime, reply_to: MessageId | None = None
    ) -> str | None:
        """As `FindsSent.find_sent`, by the metadata; in the thread where it was posted."""
        session, where = self._connected(), ids.address(conversation)
        thread = await self._thread(session, where, reply_to)
        history = History(session.client.asks, session.hearing, session.twin, self._sleep)
        return await history.find(SlackAddress(where.team, where.channel, thread), nonce, at)

    async def show(self, account: PersonId, card: Card) -> str:
        """As `CardSurface.show`; also raises TryAgain and OwnerMustFix."""
        return await self._connected().cards.show(account, card)

    async def update(self, reference: str, card: Card) -> None:
        """As `CardSurface.update`; also raises TryAgain and OwnerMustFix."""
        await self._connected().cards.update(reference, card)

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        """As `OwnerDm.tell`; also raises TryAgain and OwnerMustFix."""
        await self._connected().cards.tell(account, text, picture)

    async def typing(self, conversation: Conversation) -> None:
        """As `ShowsTyping.typing`: Slack has such a sign in the assistant alone."""
        where = ids.address(conversation.id)
        if self._session is not None and where.direct and where.thread:
            await self._session.cards.writing(where)

    async def members(self, conversation: Conversation) -> Conversation:
        """As `ReadsMembers.members`."""
        now = await self._connected().places.members(ids.address(conversation.id))
        return replace(conversation, members=now)

    async def reread(self, conversation: ConversationId, messages: Collection[MessageId]) -> None:
        """As `RereadsMessages.reread`; by the owner's token where the bot is not there. Also raises
        OwnerMustFix."""
        session, where = self._connected(), ids.address(conversation)
        keys = {key for one in messages if (key := ids.key(one)) is not None}
        by_bot = Rereading(session.client.asks, BOT, session.hearing, session.twin, where)
        try:
            await by_bot.read(keys)
        except Refused:
            if session.client.owner is None:
                raise
            await replace(by_bot, asks=session.client.owner, token=USER).read(keys)

    async def missed(self, conversations: Sequence[Conversation], since: datetime) -> None:
        """As `CatchesUp.missed`; what a conversation refuses is left out."""
        session = self._connected()
        history = History(session.client.asks, session.hearing, session.twin, self._sleep)
        for conversation in conversations:
            await history.read(ids.address(conversation.id), since)

    async def conversations(self) -> Sequence[ConversationId]:
        """As `ListsConversations.conversations`."""
        session = self._connected()
        return [SlackAddress(session.twin.team, one).conversation for one in await session.places.joined()]

    async def missed_by_twin(self, account: PersonId, since: datetime) -> None:
        """As `ReadsOwnerDm.missed_by_twin`; also raises TryAgain and OwnerMustFix."""
        session = self._connected()
        dm = SlackAddress(session.twin.team, await session.cards.dm(ids.user(account)))
        history = History(session.client.asks, session.hearing, session.twin, self._sleep)
        await history.read(dm, since, to_twin=True)

    async def _thread(self, session: _Session, where: SlackAddress, reply_to: MessageId | None) -> str | None:
        """In a channel a reply goes to the thread of what it answers; DMs are short of threads."""
        if where.thread or where.direct or reply_to is None:
            return where.thread
        return None if await session.places.is_group_dm(where.channel) else ids.key(reply_to)

    async def _ticket(self, client: SlackClient) -> str:
        try:
            answer = await client.asks.apps_connections_open(app_token=self._app_token)
        except NETWORK as error:
            failure = explained(error, APP)
            if isinstance(failure, Refused):
                raise TokenRefused(void(APP, named(error))) from None
            raise failure from None
        return str(answer.get("url"))

    def _greeted(self, app: str) -> None:
        if self._session is not None and app:
            self._session.twin = replace(self._session.twin, app=app)

    def _connected(self) -> _Session:
        if self._session is None:
            raise TryAgain("Slack is not connected")
        return self._session

    def _tell(self, health: Health, detail: str) -> None:
        self._health = (health, detail)


async def _introduced(client: AsyncWebClient, token: str) -> SlackTwin:
    try:
        known = await client.auth_test()
        return SlackTwin(
            team=str(known["team_id"]),
            user=str(known["user_id"]),
            bot=str(known.get("bot_id") or ""),
            name=str(known.get("user") or ""),
        )
    except KeyError:
        raise TryAgain("Slack did not say who the token is") from None
    except NETWORK as error:
        raise explained(error, token) from None
