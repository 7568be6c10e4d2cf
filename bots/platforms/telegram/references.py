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


def readable(given: object) -> TelegramMessage | None:
    """A message that came along with another; None where it is too old to be read."""
    if not isinstance(given, Mapping):
        return None
    try:
        message = TelegramMessage.model_validate(given)
    except ValidationError:
        return None
    return message if message.date.timestamp() > 0 else None


def elsewhere(message: TelegramMessage) -> MessageId | None:
    """The message of another chat that it replies to, where Telegram says which. In which topic of a forum
    that stands it does not say."""
    try:
        reply = ExternalReply.model_validate(message.external_reply)
    except ValidationError:
        return None
    return _named(reply.chat.id if reply.chat else None, reply.message_id)


def citation(message: TelegramMessage) -> Citation | None:
    """What it replies to that is no message of its chat, in words: as its author's, where it quotes them."""
    if message.external_reply is None:
        return _of_no_message(message)
    try:
        reply = ExternalReply.model_validate(message.external_reply)
    except ValidationError:
        return Citation("[replying to something said elsewhere]")
    author = label(reply.origin.name).translate(ROUND)
    return Citation(f"[replying to {author}: {_quote(message) or _beside_text(reply)}]", elsewhere(message))


def forwarded(message: TelegramMessage) -> MessageId | None:
    """The message that it is a copy of, where Telegram says which: it does for channels alone."""
    origin = message.forward_origin or TelegramOrigin()
    return _named(origin.chat.id if origin.chat else None, origin.message_id)


def without_copy(message: TelegramMessage) -> str:
    """A forward without what it forwards."""
    return f"[forwarded from {words.forwarded_from(message)}]"


def _of_no_message(message: TelegramMessage) -> Citation | None:
    if message.reply_to_story is not None:
        return Citation("[replying to a story]")
    if answered(message) is None and (message.quote, message.reply_to_checklist_task_id) != (None, None):
        return Citation(f"[replying to {_quote(message) or 'something that cannot be shown here'}]")
    return None


def _quote(message: TelegramMessage) -> str:
    try:
        quote = Quote.model_validate(message.quote).text.strip()
    except ValidationError:
        return ""
    return cited(quoted(shortened(quote, LONGEST_QUOTE))) if quote else ""


def _beside_text(reply: ExternalReply) -> str:
    described = words.described(reply)
    return shortened(described, LONGEST_QUOTE).translate(ROUND) if described else "something said elsewhere"


def _named(chat: int | None, number: int | None) -> MessageId | None:
    return None if chat is None or number is None else TelegramAddress(chat).message(number)
