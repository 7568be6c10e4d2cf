"""Telegram as a platform: `Platform`, `CardSurface`, `OwnerDm`, `ShowsTyping`, `LimitsReplies`,
`ReadsMembers` and `SpeaksAs`.

Telegram keeps what a bot has not fetched for 24 hours; that is how it catches up. A bot can read no history
and is not told of deletions, but in Business chats. The 24 hours of a Business chat end in `reply_until`.
"""

import asyncio
from dataclasses import replace
from datetime import datetime

from telegram.constants import ChatAction
from telegram.error import InvalidToken, TelegramError

from bots.platforms.answers import without_tokens
from bots.platforms.errors import TokenRefused
from bots.platforms.port import Card, Health, Inbound
from bots.platforms.telegram import ids
from bots.platforms.telegram.cards import deliver
from bots.platforms.telegram.client import GARBLED, REJECTED, TelegramTooFast, new_client, once
from bots.platforms.telegram.payloads import TelegramUser
from bots.platforms.telegram.polling import Polling
from bots.platforms.telegram.render import TEXT_LIMIT
from bots.platforms.telegram.session import TelegramSession
from bots.platforms.telegram.tokens import API_BASE
from bots.runtime.base.timing import Sleep, cancel_and_wait
from core.errors import OwnerMustFix, TryAgain, UnderstudyError
from core.ports import Clock
from core.types import Conversation, ConversationId, MessageId, PersonId, SentAs


class TelegramPlatform:
    """One bot. Nothing is connected before `run`."""

    name = ids.NAME
    text_limit = TEXT_LIMIT

    def __init__(
        self, token: str, clock: Clock, api_base: str = API_BASE, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._token = token
        self._clock = clock
        self._api_base = api_base
        self._sleep = sleep
        self._session: TelegramSession | None = None
        self._silent_until = 0.0
        self._health = (Health.STARTING, "")

    @property
    def health(self) -> tuple[Health, str]:
        """As `Platform.health`."""
        return self._health

    async def run(self, inbound: Inbound) -> None:
        """As `Platform.run`."""
        self._tell(Health.STARTING, "connecting")
        try:
            await self._run(inbound)
        except OwnerMustFix as error:
            self._tell(Health.STOPPED, str(error))
            raise
        except TryAgain as error:
            self._tell(Health.RECONNECTING, str(error))
            raise

    async def _run(self, inbound: Inbound) -> None:
        client = new_client(self._token, self._api_base)
        commands = None
        try:
            problem: UnderstudyError | None = None
            try:
                await client.initialize()
            except InvalidToken:
                # Raised outside of this block: the library's error holds the token.
                problem = TokenRefused(REJECTED + self._elsewhere())
            except (TelegramError, *GARBLED) as error:
                problem = TryAgain(f"Telegram did not answer ({type(error).__name__})")
            if problem is not None:
                raise problem
            session = self._session = TelegramSession(client, inbound, self._clock, self._sleep)
            bot = TelegramUser(id=client.id, is_bot=True, username=client.username)
            self._tell(Health.CONNECTED, f"as @{bot.username}")
            commands = asyncio.create_task(session.offer_commands())
            polling = Polling(
                bot, client.updates, session.handle, inbound, self._clock, self._sleep, self._tell
            )
            await polling.run()
        finally:
            self._session = None
            if commands is not None:
                await cancel_and_wait(commands)
            await client.shutdown()

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        """As `SpeaksAs.sends_as`: a Business chat is the owner's own, and what is sent there goes through
        their connection or not at all."""
        return SentAs.OWNER if ids.address(conversation).business else SentAs.BOT

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As `Delivery.send`. Telegram has no use for the nonce: it knows no repeats."""
        del nonce
        return await self._send(conversation, text, None if continues else reply_to, typed=False)

    async def send_typed(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As `SendsTyped.send_typed`: every sign of it is shown as it is."""
        del nonce
        return await self._send(conversation, text, None if continues else reply_to, typed=True)

    async def _send(
        self, conversation: ConversationId, text: str, reply_to: MessageId | None, *, typed: bool
    ) -> str:
        session = self._connected()
        where = ids.address(conversation)
        connection = await session.business.usable(where, self._clock.now()) if where.business else None
        wait = self._silent_until - asyncio.get_running_loop().time()
        if wait > 0:
            raise TelegramTooFast(wait)
        # In a chat of two it is plain what is answered.
        quoted = ids.key(reply_to) if reply_to is not None and where.shared else None
        try:
            message = await once(
                lambda: deliver(
                    session.client,
                    where.chat,
                    text,
                    topic=where.topic,
                    connection=connection,
                    reply_to=quoted,
                    typed=typed,
                )
            )
        except TelegramTooFast as error:
            self._silent_until = asyncio.get_running_loop().time() + error.wait_s
            raise
        return str(message.message_id)

    async def show(self, account: PersonId, card: Card) -> str:
        """As `CardSurface.show`; also raises TryAgain while Telegram cannot be reached."""
        return await self._connected().cards.show(account, card)

    async def update(self, reference: str, card: Card) -> None:
        """As `CardSurface.update`; also raises TryAgain while Telegram cannot be reached."""
        await self._connected().cards.update(reference, card)

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        """As `OwnerDm.tell`; also raises TryAgain while Telegram cannot be reached."""
        await self._connected().cards.tell(account, text, picture)

    async def typing(self, conversation: Conversation) -> None:
        """As `ShowsTyping.typing`; a sign that cannot be given is left out."""
        where = ids.address(conversation.id)
        try:
            session = self._connected()
            connection = await session.business.usable(where, self._clock.now()) if where.business else None
            await once(
                lambda: session.client.send_chat_action(
                    where.chat,
                    ChatAction.TYPING,
                    message_thread_id=where.topic,
                    business_connection_id=connection,
                )
            )
        except (UnderstudyError, TelegramError, TimeoutError, *GARBLED):
            return

    async def reply_until(self, conversation: ConversationId) -> datetime | None:
        """As `LimitsReplies.reply_until`: only Business chats have a limit. None too while not connected."""
        where, session = ids.address(conversation), self._session
        return await session.business.until(where) if session is not None and where.business else None

    async def members(self, conversation: Conversation) -> Conversation:
        """As `ReadsMembers.members`: where the count of a group has changed, somebody may have come."""
        session, where = self._connected(), ids.address(conversation.id)
        if where.shared and await session.counts.changed(where.chat):
            return replace(conversation, newest_join=self._clock.now())
        return conversation

    def _connected(self) -> TelegramSession:
        if self._session is None:
            raise TryAgain("Telegram is not connected")
        return self._session

    def _tell(self, health: Health, detail: str) -> None:
        self._health = (health, without_tokens(detail, [self._token]))

    def _elsewhere(self) -> str:
        if self._api_base == API_BASE:
            return ""
        return "; or [telegram] api_base in twin.toml names another server than the bot's"
