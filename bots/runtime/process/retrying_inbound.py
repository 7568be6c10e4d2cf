"""Implements `bots.platforms.port.Inbound` over another: what is handed over while the database is held, or
its disk full, waits until it can be kept."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from bots.platforms.port import CardEvent, Inbound
from bots.runtime.base.problems import DATABASE
from bots.runtime.base.services import Services
from core.types import AuthorKind, Conversation, DraftId, Message, MessageId, PersonId
from memory.storage.port import DatabaseBusy

T = TypeVar("T")


class RetryingInbound:
    """As in the protocol, method by method. What somebody waits for before a screen (a click, a form) is not
    tried again: they do that."""

    def __init__(self, inbound: Inbound, services: Services) -> None:
        self._inbound = inbound
        self._problems = services.problems
        self._timing = services.timing
        self._sleep = services.sleep

    async def heard(
        self, conversation: Conversation, message: Message, *, live: bool = False, background: bool = False
    ) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.heard(conversation, message, live=live, background=background))

    async def knows(self, message: MessageId) -> bool:
        """As in the protocol."""
        return await self._kept(lambda: self._inbound.knows(message))

    async def edited(self, message: MessageId, text: str, at: datetime) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.edited(message, text, at))

    async def deleted(self, message: MessageId) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.deleted(message))

    async def listeners(self, conversation: Conversation) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.listeners(conversation))

    async def named(self, account: PersonId, name: str, *, kind: AuthorKind = AuthorKind.PERSON) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.named(account, name, kind=kind))

    async def acted(self, act: CardEvent) -> str:
        """As in the protocol."""
        return await self._inbound.acted(act)

    async def used(self, account: PersonId, draft: DraftId, reference: str) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.used(account, draft, reference))

    async def said_to_twin(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        *,
        sent_at: datetime | None = None,
        live: bool = False,
        kept: Callable[[], None] = lambda: None,
        reply_to: MessageId | None = None,
    ) -> str:
        """As in the protocol. Tried again until it is kept, and no more then: it may have been obeyed."""
        is_kept = False

        def note() -> None:
            nonlocal is_kept
            is_kept = True
            kept()

        async def say() -> str:
            return await self._inbound.said_to_twin(
                account, message, text, sent_at=sent_at, live=live, kept=note, reply_to=reply_to
            )

        return await self._kept(say, lambda: is_kept)

    async def card_text(self, account: PersonId, draft: DraftId, revision: int) -> str | None:
        """As in the protocol."""
        return await self._inbound.card_text(account, draft, revision)

    async def is_owner(self, account: PersonId) -> bool:
        """As in the protocol."""
        return await self._inbound.is_owner(account)

    async def remember(self, platform: str, key: str, value: str) -> None:
        """As in the protocol."""
        await self._kept(lambda: self._inbound.remember(platform, key, value))

    async def recalled(self, platform: str, key: str) -> str | None:
        """As in the protocol."""
        return await self._kept(lambda: self._inbound.recalled(platform, key))

    async def _kept(
        self, hand_over: Callable[[], Awaitable[T]], over: Callable[[], bool] = lambda: False
    ) -> T:
        failures = 0
        while True:
            try:
                answer = await hand_over()
            except DatabaseBusy as error:
                self._problems.tell(DATABASE, str(error))
                if over():
                    raise
            else:
                self._problems.clear(DATABASE)
                return answer
            await self._sleep(self._timing.backoff(failures))
            failures += 1
