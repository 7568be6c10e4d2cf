"""From Discord's payloads to our nouns. Pure."""

from datetime import UTC, datetime, timedelta

from bots.platforms.discord import payloads, words
from core.reactions import in_words, reaction_id
from core.types import ConversationId, Message, MessageId, PersonId

NAME = "discord"
WITH_OWNER = f"{NAME}:user/"
"""How the id of a place begins where only the owner is, with the app: the bot cannot speak there."""
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
LONGEST_NAME = 100

TOLD = {*range(1, 19), 21, 22, *range(24, 33), *range(36, 40), 44, 46, 63}
"""Types of message of which Discord tells: of pins, joins, boosts. Any other may be something said."""


def account(user: int) -> PersonId:
    """The id of an account."""
    return PersonId(f"{NAME}:{user}")


def conversation_id(channel: int) -> ConversationId:
    """The id of a channel, thread or DM."""
    return ConversationId(f"{NAME}:{channel}")


def with_owner_id(channel: int) -> ConversationId:
    """The id of a place where the app is only because its owner is."""
    return ConversationId(f"{WITH_OWNER}{channel}")


def channel_of(conversation: str) -> int | None:
    """The channel behind a conversation where the bot itself is; None for any other."""
    native = conversation.removeprefix(f"{NAME}:")
    return int(native) if native != conversation and native.isascii() and native.isdecimal() else None


def message_id(conversation: ConversationId, message: int) -> MessageId:
    """The id of a message there."""
    return MessageId(f"{conversation}/{message}")


def message_of(message: str, conversation: ConversationId) -> int | None:
    """Discord's own id of a message of that conversation; None for anything else (a reaction)."""
    native = message.removeprefix(f"{conversation}/")
    return int(native) if native != message and native.isascii() and native.isdecimal() else None


def moment(snowflake: int) -> datetime:
    """When something with that id was made."""
    return EPOCH + timedelta(milliseconds=snowflake >> 22)


def said_at(native: payloads.DiscordMessage) -> datetime:
    """When it was said: what Discord says of it, or its id, if that is later."""
    return max(_at(native.timestamp) or EPOCH, moment(native.id))


def snowflake(at: datetime) -> int:
    """The smallest id of that moment."""
    return max(int((at - EPOCH) / timedelta(milliseconds=1)), 0) << 22


def is_own(native: payloads.DiscordMessage, twin: int, application: int | None) -> bool:
    """Whether the twin itself said it: by its account, or its application in answer to a command."""
    author = native.author.id if native.author else None
    return author == twin or (application is not None and native.application_id == application)


def is_speech(native: payloads.DiscordMessage) -> bool:
    """Whether somebody says something; Discord also tells of pins, joins and boosts as messages."""
    return (native.type or 0) not in TOLD and native.author is not None


def author_name(native: payloads.DiscordMessage) -> str:
    """What the author is called there."""
    nick = native.member.nick if native.member else None
    return words.clip(nick or (native.author.name if native.author else ""), LONGEST_NAME)


def reactor_name(native: payloads.DiscordReaction) -> str:
    """What who reacted is called there; empty where Discord does not say."""
    if native.member is None:
        return ""
    return words.clip(
        native.member.nick or (native.member.user.name if native.member.user else ""), LONGEST_NAME
    )


def spoken_to(native: payloads.DiscordMessage) -> frozenset[PersonId]:
    """Whom it mentions or replies to. Where no mentions are listed, those that its text holds count."""
    found = {mention.id for mention in native.mentions if mention}
    if not found:
        marks = words.MARKUP.finditer((native.content or "")[: words.LONGEST])
        found = {int(mark["user"]) for mark in marks if mark["user"]}
    if native.referenced_message and native.referenced_message.author and not native.is_forward:
        found.add(native.referenced_message.author.id)
    return frozenset(account(one) for one in found)


def message(
    native: payloads.DiscordMessage,
    conversation: ConversationId,
    known: words.KnownChannels = words.NOTHING_KNOWN,
    *,
    addressed: bool,
    copy_forward: bool = True,
) -> Message:
    """What was said, in honest text; of a reply or a forward, with a reference to what it points to, and
    without a copy of it (but of a forward where `copy_forward`). `native` must be speech."""
    if native.author is None:
        raise ValueError("a message without an author")
    return Message(
        id=message_id(conversation, native.id),
        conversation=conversation,
        author=account(native.author.id),
        text=words.clip(words.said(native, known, copy_forward=copy_forward), words.LONGEST),
        sent_at=said_at(native),
        reply_to=pointed_to(native, conversation) if not native.is_forward or not copy_forward else None,
        addressed=addressed,
    )


def pointed_to(native: payloads.DiscordMessage, conversation: ConversationId) -> MessageId | None:
    """The message that it replies to, or forwards."""
    reference = native.message_reference
    if reference is None or reference.message_id is None:
        return None
    there = reference.channel_id not in (None, native.channel_id)
    where = conversation_id(reference.channel_id) if there and reference.channel_id else conversation
    return message_id(where, reference.message_id)


def forwarded(native: payloads.DiscordMessage) -> MessageId | None:
    """The message that it is a copy of; None for anything but a forward."""
    return pointed_to(native, conversation_id(native.channel_id)) if native.is_forward else None


def replied_to(native: payloads.DiscordMessage) -> payloads.DiscordMessage | None:
    """The message of the same channel that it replies to, as it came along; None where none did."""
    answered, reference = native.referenced_message, native.message_reference
    if answered is None or native.is_forward:
        return None
    if reference and reference.channel_id not in (None, native.channel_id):
        return None
    given = {name: getattr(answered, name) for name in type(answered).model_fields}
    return payloads.DiscordMessage.model_construct(
        **given, channel_id=native.channel_id, guild_id=native.guild_id
    )


def said_to_twin(native: payloads.DiscordMessage, known: words.KnownChannels = words.NOTHING_KNOWN) -> str:
    """What is said to the twin in its DM. Another's words begin with a bracket: no command does."""
    # What Discord adds to every message one day leaves no mark here, or none could pause the twin any more.
    text = words.said(native, known, to_twin=True)
    return words.clip(f"[quoting] {text}" if text.lstrip().startswith(">") else text, words.LONGEST)


def edit(
    native: payloads.DiscordMessage, known: words.KnownChannels = words.NOTHING_KNOWN
) -> tuple[str, datetime] | None:
    """The new text and since when; None where only a preview was added or a pin set."""
    if native.edited_timestamp is None or native.content is None:
        return None
    at = _at(native.edited_timestamp) or moment(native.id)
    return words.clip(words.said(native, known), words.LONGEST), at


def reaction(native: payloads.DiscordReaction, conversation: ConversationId, at: datetime) -> Message | None:
    """A reaction in words; None where it shows nothing."""
    if not native.emoji.name:
        return None
    emoji = f":{native.emoji.name}:" if native.emoji.id else native.emoji.name
    return Message(
        id=reaction_id(conversation, f"{native.message_id}+{native.user_id}+{words.clip(emoji, 40)}"),
        conversation=conversation,
        author=account(native.user_id),
        text=in_words(words.clip(emoji, 40)),
        sent_at=at,
        reply_to=message_id(conversation, native.message_id),
    )


def _at(timestamp: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(timestamp or "")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
