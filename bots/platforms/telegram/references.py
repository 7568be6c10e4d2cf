"""What a message of the Bot API points to: what it replies to, here or elsewhere, and forwards. Pure."""

from collections.abc import Mapping

from pydantic import ValidationError

from bots.platforms.telegram import words
from bots.platforms.telegram.events import Citation
from bots.platforms.telegram.ids import TelegramAddress
from bots.platforms.telegram.payloads import (
    ExternalReply,
    Quote,
    TelegramAnswered,
    TelegramMessage,
    TelegramOrigin,
)
from core.prompt.quoting import cited, label, quoted, shortened
from core.types import MessageId

LONGEST_QUOTE = 300
ROUND = str.maketrans("[]", "()")
"""No name ends the bracket that it stands in."""


def answered(message: TelegramMessage) -> TelegramAnswered | None:
    """What it replies to. In a topic, what replies to nothing comes as a reply to the topic's beginning."""
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None:
        return None
    if message.is_topic_message and replied.message_id == message.message_thread_id:
        return None
    return replied


def readable(given: object) -> tuple[TelegramMessage, frozenset[str]] | None:
    """A message that came along with another, and the fields it came with; None where it is too old to be
    read."""
    if not isinstance(given, Mapping):
        return None
    try:
        message = TelegramMessage.model_validate(given)
    except ValidationError:
        return None
    return (message, frozenset(given)) if message.date.timestamp() > 0 else None


def elsewhere(message: TelegramMessage) -> MessageId | None:
    """The message of another chat that it replies to, where Telegram says which. In which topic of a forum
    that stands it does not say."""
    try:
        reply = ExternalReply.model_validate(message.external_reply)
    except ValidationError:
        return None
    return _named(reply.chat.id if reply.chat else None, reply.message_id)


def citation(message: TelegramMessage) -> Citation | None:
    """What it quotes of another chat, as its author's words; None where it quotes nothing from there."""
    try:
        reply = ExternalReply.model_validate(message.external_reply)
        quote = Quote.model_validate(message.quote)
    except ValidationError:
        return None
    if not quote.text.strip():
        return None
    author = label(reply.origin.name).translate(ROUND)
    said = cited(quoted(shortened(quote.text, LONGEST_QUOTE)))
    return Citation(f"[replying to {author}: {said}]", elsewhere(message))


def forwarded(message: TelegramMessage) -> MessageId | None:
    """The message that it is a copy of, where Telegram says which: it does for channels alone."""
    origin = message.forward_origin or TelegramOrigin()
    return _named(origin.chat.id if origin.chat else None, origin.message_id)


def without_copy(message: TelegramMessage) -> str:
    """A forward without what it forwards."""
    return f"[forwarded from {words.forwarded_from(message)}]"


def _named(chat: int | None, number: int | None) -> MessageId | None:
    return None if chat is None or number is None else TelegramAddress(chat).message(number)
