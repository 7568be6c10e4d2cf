"""What a group's topics are called. Telegram says so when one is made or renamed, and else now and then."""

from dataclasses import replace

from bots.platforms.port import Inbound
from bots.platforms.telegram.events import TelegramTopic
from bots.platforms.telegram.ids import NAME
from core.types import Conversation, ConversationId


class Topics:
    """Keeps the names durably, as a topic's own messages seldom have it."""

    def __init__(self, inbound: Inbound) -> None:
        self._inbound = inbound
        self._names: dict[ConversationId, str] = {}

    async def called(self, conversation: ConversationId, name: str) -> None:
        """It is called so from now on."""
        if self._names.get(conversation) != name:
            await self._inbound.remember(NAME, f"topic/{conversation}", name)
            self._names[conversation] = name

    async def titled(self, conversation: Conversation, topic: TelegramTopic) -> Conversation:
        """Under the name of its group and its own, where that was ever told."""
        where = conversation.id
        if where not in self._names:
            self._names[where] = await self._inbound.recalled(NAME, f"topic/{where}") or ""
        # What it was called first tells nothing of what it is called now.
        if topic.name and not self._names[where]:
            await self.called(where, topic.name)
        name = self._names[where]
        return replace(conversation, title=f"{topic.group} · {name}") if name else conversation
