"""From Discord's payloads to our nouns. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bots.platforms.discord import payloads
from core.reactions import in_words, reaction_id
from core.types import ConversationId, Message, MessageId, PersonId

NAME = "discord"
WITH_OWNER = f"{NAME}:user/"
"""How the id of a place begins where only the owner is, with the app: the bot cannot speak there."""
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
LONGEST = 16_000
"""Of what is kept of one message; Discord's own limit is 4000."""
LONGEST_NAME = 100

SPEECH = {0, 19, 20, 23}
"""Types of message that somebody says: as such, in reply, by a slash or a context-menu command."""
VOICE_MESSAGE = 1 << 13
FORWARD = 1
MARKUP = re.compile(
    r"<(?:@!?(?P<user>\d{1,20})|@&(?P<role>\d{1,20})|#(?P<channel>\d{1,20})|a?:(?P<emoji>\w{1,64}):\d{1,20}"
    r"|t:(?P<time>-?\d{1,11})(?::[tTdDfFRsS])?|/(?P<command>[^:>\n]{1,100}):\d{1,20})>"
)


@dataclass(frozen=True, slots=True)
class KnownChannels:
    """What names cannot be read from a message itself: roles and channels of its server, by id."""

    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


NOTHING_KNOWN = KnownChannels()


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
    return (native.type or 0) in SPEECH and native.author is not None


def author_name(native: payloads.DiscordMessage) -> str:
    """What the author is called there."""
    nick = native.member.nick if native.member else None
    return clip(nick or (native.author.name if native.author else ""), LONGEST_NAME)


def reactor_name(native: payloads.DiscordReaction) -> str:
    """What who reacted is called there; empty where Discord does not say."""
    if native.member is None:
        return ""
    return clip(native.member.nick or (native.member.user.name if native.member.user else ""), LONGEST_NAME)


def spoken_to(native: payloads.DiscordMessage) -> frozenset[PersonId]:
    """Whom it mentions or replies to. Where no mentions are listed, those that its text holds count."""
    found = {mention.id for mention in native.mentions if mention}
    if not found:
        marks = MARKUP.finditer((native.content or "")[:LONGEST])
        found = {int(mark["user"]) for mark in marks if mark["user"]}
    if native.referenced_message and native.referenced_message.author and not _is_forward(native):
        found.add(native.referenced_message.author.id)
    return frozenset(account(one) for one in found)


def message(
    native: payloads.DiscordMessage,
    conversation: ConversationId,
    known: KnownChannels = NOTHING_KNOWN,
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
        text=clip(said(native, known, copy_forward=copy_forward), LONGEST),
        sent_at=said_at(native),
        reply_to=pointed_to(native, conversation) if not _is_forward(native) or not copy_forward else None,
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
    return pointed_to(native, conversation_id(native.channel_id)) if _is_forward(native) else None


def replied_to(native: payloads.DiscordMessage) -> payloads.DiscordMessage | None:
    """The message of the same channel that it replies to, as it came along; None where none did."""
    answered, reference = native.referenced_message, native.message_reference
    if answered is None or _is_forward(native):
        return None
    if reference and reference.channel_id not in (None, native.channel_id):
        return None
    given = {name: getattr(answered, name) for name in type(answered).model_fields}
    return payloads.DiscordMessage.model_construct(
        **given, channel_id=native.channel_id, guild_id=native.guild_id
    )


def said_to_twin(native: payloads.DiscordMessage, known: KnownChannels = NOTHING_KNOWN) -> str:
    """What is said to the twin in its DM. Another's words begin with a bracket: no command does."""
    text = said(native, known)
    return clip(f"[quoting] {text}" if text.lstrip().startswith(">") else text, LONGEST)


def edit(
    native: payloads.DiscordMessage, known: KnownChannels = NOTHING_KNOWN
) -> tuple[str, datetime] | None:
    """The new text and since when; None where only a preview was added or a pin set."""
    if native.edited_timestamp is None or native.content is None:
        return None
    at = _at(native.edited_timestamp) or moment(native.id)
    return clip(said(native, known), LONGEST), at


def reaction(native: payloads.DiscordReaction, conversation: ConversationId, at: datetime) -> Message | None:
    """A reaction in words; None where it shows nothing."""
    if not native.emoji.name:
        return None
    emoji = f":{native.emoji.name}:" if native.emoji.id else native.emoji.name
    return Message(
        id=reaction_id(conversation, f"{native.message_id}+{native.user_id}+{clip(emoji, 40)}"),
        conversation=conversation,
        author=account(native.user_id),
        text=in_words(clip(emoji, 40)),
        sent_at=at,
        reply_to=message_id(conversation, native.message_id),
    )


def said(
    native: payloads.DiscordMessage, known: KnownChannels = NOTHING_KNOWN, *, copy_forward: bool = True
) -> str:
    """Everything in a message as text, forwards included or only named."""
    forwards = [snapshot.message for snapshot in native.message_snapshots if snapshot and snapshot.message]
    copies = (f"[forwarded: {' '.join(_content(forward, known)) or 'something'}]" for forward in forwards)
    parts = (*_content(native, known), *(copies if copy_forward else ("[forwarded]" for _ in forwards)))
    return "\n".join(parts) or "[a message without text]"


def plain(text: str, content: payloads.Content, known: KnownChannels = NOTHING_KNOWN) -> str:
    """Mentions, emoji and times as they are shown."""
    users = {mention.id: mention.name for mention in content.mentions if mention}
    channels = {
        channel.id: channel.name
        for channel in content.mention_channels
        if channel and channel.id and channel.name
    }

    def shown(found: re.Match[str]) -> str:
        if user := found["user"]:
            return f"@{users.get(int(user), 'someone')}"
        if role := found["role"]:
            return f"@{known.roles.get(int(role), 'some role')}"
        if channel := found["channel"]:
            return f"#{channels.get(int(channel)) or known.channels.get(int(channel), 'some channel')}"
        if found["time"]:
            return _time(int(found["time"])) or found[0]
        return f":{found['emoji']}:" if found["emoji"] else f"/{found['command']}"

    return MARKUP.sub(shown, text)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _content(native: payloads.Content, known: KnownChannels) -> Iterator[str]:
    if native.content and native.content.strip():
        yield plain(native.content[:LONGEST], native, known).strip()
    voice = bool((native.flags or 0) & VOICE_MESSAGE)
    for file in native.attachments:
        if file:
            yield _file(file, voice)
    for sticker in native.sticker_items:
        if sticker:
            yield f"[sticker {_line(sticker.name or '')}]".replace(" ]", "]")
    if native.poll:
        question = (native.poll.question.text if native.poll.question else None) or "?"
        answers = [answer.poll_media.text for answer in native.poll.answers if answer and answer.poll_media]
        yield f"[poll: {_line(question)} — {' / '.join(_line(answer) for answer in answers if answer)}]"
    for embed in native.embeds:
        if embed and (shown := _embed(embed)):
            yield shown


def _file(file: payloads.DiscordAttachment, voice: bool) -> str:
    kind = (file.content_type or "").partition("/")[0]
    if voice:
        return "[voice message" + _length(file) + "]"
    name = _line(file.description or file.title or file.filename or "")
    thing = {"image": "a photo", "video": "a video", "audio": "a sound file"}.get(kind, "a file")
    return f"[sent {thing}{_length(file)}{': ' if name else ''}{name}]"


def _length(file: payloads.DiscordAttachment) -> str:
    seconds = file.duration_secs
    return f", {seconds:.0f} s" if seconds is not None and 0 <= seconds < 1e6 else ""


def _embed(embed: payloads.Embed) -> str:
    if embed.type == "gifv":
        return "[GIF]"
    shown = " — ".join(_line(one) for one in (embed.title, embed.description) if one)
    if not shown:
        return ""
    return f"[shows: {shown}]" if embed.type == "rich" else f"[link: {shown}]"


def _is_forward(native: payloads.DiscordMessage) -> bool:
    return native.message_reference is not None and native.message_reference.type == FORWARD


def _at(timestamp: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(timestamp or "")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _time(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return ""


def _line(text: str, limit: int = 300) -> str:
    return clip(" ".join(text.split()), limit)
