"""Business chats: through whose connection the twin may answer in them, and until when.

An account connects the bot to its own chats (Telegram Business, Chatbots). Anyone can do that with any bot,
so only connections of the owner's own accounts count. A bot may answer there only where a message came in
during the last 24 hours.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bots.platforms.port import Inbound
from bots.platforms.telegram.events import Linked
from bots.platforms.telegram.ids import NAME, TelegramAddress
from core.errors import Refused
from core.types import PersonId

WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BusinessChat:
    """Whose chat it is, the connection it was last heard through, and when something last came in."""

    owner: PersonId
    connection: str
    came_in: datetime | None

    @property
    def until(self) -> datetime | None:
        """When the window closes; None where nothing has come in yet."""
        return self.came_in + WINDOW if self.came_in else None


class Business:
    """What is known of connections and chats, in memory and through `Inbound.remember`.

    `ask` gets from Telegram a connection that was never told of.
    """

    def __init__(self, inbound: Inbound, ask: Callable[[str], Awaitable[Linked | None]]) -> None:
        self._inbound = inbound
        self._ask = ask
        self._connections: dict[str, Linked] = {}
        self._chats: dict[int, BusinessChat] = {}

    async def linked(self, connection: Linked) -> None:
        """A connection is as given now."""
        self._connections[connection.id] = connection
        await self._keep(f"connection/{connection.id}", json.dumps(asdict(connection)))
        if connection.enabled:
            await self._keep(f"current/{connection.account}", connection.id)

    async def of_owner(self, connection: str) -> Linked | None:
        """The connection, if it is one of the owner's own accounts that made it; else None."""
        found = await self._connection(connection)
        return found if found and await self._inbound.is_owner(found.account) else None

    async def said(self, where: TelegramAddress, connection: Linked, author: PersonId, at: datetime) -> None:
        """Something was said in a chat of the owner's."""
        known = await self._chat(where.chat)
        came_in = known.came_in if known and known.owner == connection.account else None
        if author != connection.account:
            came_in = max(came_in or at, at)
        chat = BusinessChat(connection.account, connection.id, came_in)
        if chat != known:
            self._chats[where.chat] = chat
            await self._keep(f"chat/{where.chat}", _kept(chat))

    async def usable(self, where: TelegramAddress, now: datetime) -> str:
        """The id of the connection to answer through. Raises Refused where that is not allowed now."""
        chat = await self._chat(where.chat)
        if chat is None:
            raise Refused("the twin knows no Business connection to this chat")
        current = await self._inbound.recalled(NAME, f"current/{chat.owner}")
        connection = await self.of_owner(current or chat.connection)
        if connection is None:
            raise Refused("this Business connection is not of the owner's account")
        if not connection.enabled:
            raise Refused("the Business connection was ended: connect the bot again")
        if connection.can_reply is False:
            raise Refused("the Business connection may not reply: allow it in Telegram Business, Chatbots")
        if chat.until is not None and now >= chat.until:
            raise Refused("no message came in for 24 hours: a Business bot may not answer any more")
        return connection.id

    async def until(self, where: TelegramAddress) -> datetime | None:
        """When nothing can be answered there any more, unless something comes in."""
        chat = await self._chat(where.chat)
        return chat.until if chat else None

    async def _connection(self, connection: str) -> Linked | None:
        known = self._connections.get(connection)
        if known is None:
            kept = await self._inbound.recalled(NAME, f"connection/{connection}")
            known = Linked(**json.loads(kept)) if kept else await self._ask(connection)
            if known is None:
                return None
            if kept:
                self._connections[connection] = known
            else:
                await self.linked(known)
        return known

    async def _chat(self, chat: int) -> BusinessChat | None:
        if chat not in self._chats:
            kept = await self._inbound.recalled(NAME, f"chat/{chat}")
            if not kept:
                return None
            self._chats[chat] = _chat(json.loads(kept))
        return self._chats[chat]

    async def _keep(self, key: str, value: str) -> None:
        await self._inbound.remember(NAME, key, value)


def _kept(chat: BusinessChat) -> str:
    came_in = chat.came_in.isoformat() if chat.came_in else None
    return json.dumps({"owner": chat.owner, "connection": chat.connection, "came_in": came_in})


def _chat(kept: dict[str, Any]) -> BusinessChat:
    came_in = datetime.fromisoformat(kept["came_in"]) if kept["came_in"] else None
    return BusinessChat(PersonId(kept["owner"]), kept["connection"], came_in)
