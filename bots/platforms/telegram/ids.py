"""Our ids and Telegram's, both ways. Pure."""

from dataclasses import dataclass

from core.errors import Refused
from core.types import ConversationId, MessageId, PersonId

NAME = "telegram"
BUSINESS = "business/"


@dataclass(frozen=True, slots=True)
class TelegramAddress:
    """Where a message goes: a chat, or a topic of it, or the owner's own chat with someone (Business)."""

    chat: int
    topic: int | None = None
    business: bool = False

    @property
    def conversation(self) -> ConversationId:
        """`telegram:CHAT`, `telegram:CHAT/TOPIC` or `telegram:business/CHAT`."""
        kind = BUSINESS if self.business else ""
        topic = f"/{self.topic}" if self.topic is not None else ""
        return ConversationId(f"{NAME}:{kind}{self.chat}{topic}")

    @property
    def shared(self) -> bool:
        """A group or a channel: Telegram numbers them below zero."""
        return self.chat < 0

    def message(self, key: int | str) -> MessageId:
        """The id of one message there."""
        return MessageId(f"{self.conversation}/{key}")


def address(conversation: ConversationId) -> TelegramAddress:
    """The address behind a conversation's id. Raises Refused for what is none of Telegram's."""
    platform, _, native = conversation.partition(":")
    business = native.startswith(BUSINESS)
    chat, _, topic = native.removeprefix(BUSINESS).partition("/")
    try:
        if platform != NAME:
            raise ValueError
        return TelegramAddress(int(chat), int(topic) if topic else None, business)
    except ValueError:
        raise Refused("this is no Telegram conversation") from None


def key(message: MessageId) -> int | None:
    """Telegram's own number of a message; None for what has none (a reaction)."""
    number = message.rpartition("/")[2]
    return int(number) if number.isdigit() else None


def account(user: int) -> PersonId:
    """The id of a user, a bot, or a channel that speaks under its own name."""
    return PersonId(f"{NAME}:{user}")


def user(account_id: PersonId) -> int:
    """The chat id of someone's DM with the bot. Raises Refused for what is none of Telegram's."""
    platform, _, number = account_id.partition(":")
    if platform != NAME or not number.lstrip("-").isdigit():
        raise Refused("this is no Telegram account")
    return int(number)
