"""The console as a platform: what is sent there is at once on the page."""

from core.types import ConversationId, MessageId, SentAs


class ConsoleDelivery:
    """Implements `core.ports.Delivery` and `SpeaksAs`. Nothing leaves the process: the outbox files what was
    sent as the twin's message in the same transaction that marks it sent, and every open page shows it from
    there."""

    name = "console"
    text_limit = 4000

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        """As `SpeaksAs.sends_as`: the page shows it under the twin's name."""
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
        """The nonce serves as the platform's id: the same part gets the same id."""
        del conversation, text, reply_to, continues
        return nonce
