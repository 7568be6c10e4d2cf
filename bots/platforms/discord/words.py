"""What was sent, as honest text: Discord's markup read, files and forwards in square brackets. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bots.platforms.discord import payloads

LONGEST = 16_000
"""Of what is kept of one message; Discord's own limit is 4000."""
REPLY = 19
COMMANDS = {20, 23}
"""Types of what answers a slash or a context-menu command."""
SPEECH = {None, 0, REPLY, *COMMANDS}
VOICE_MESSAGE = 1 << 13
HAS_SNAPSHOT = 1 << 14
READ = sum(1 << bit for bit in (0, 2, 5, 8, 12)) | VOICE_MESSAGE | HAS_SNAPSHOT
"""Flags that are read, and those that carry nothing: crossposted, without previews, with a thread, some roles
not told, silent."""
UNREADABLE = "[sent something that cannot be shown here]"
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


def said(
    native: payloads.DiscordMessage,
    known: KnownChannels = NOTHING_KNOWN,
    *,
    copy_forward: bool = True,
    to_twin: bool = False,
) -> str:
    """Everything in a message as text, forwards included or only named. What it carries and cannot be shown
    leaves a mark, but `to_twin`: its text is never taken for all that was said."""
    is_forward = native.is_forward or (native.flags or 0) & HAS_SNAPSHOT
    snapshots = native.message_snapshots or ((None,) if is_forward else ())
    forwards = (_forward(snapshot, known) if copy_forward else "[forwarded]" for snapshot in snapshots)
    parts = (*_content(native, known), *forwards, *_answered(native))
    if not to_twin and (_says_more(native) or native.type not in SPEECH):
        parts = (*parts, UNREADABLE)
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


def _forward(snapshot: payloads.Snapshot | None, known: KnownChannels) -> str:
    content = snapshot.message if snapshot else None
    shown = list(_content(content, known)) if content else []
    if content and _says_more(content):
        shown.append(UNREADABLE)
    return f"[forwarded: {' '.join(shown) or 'something'}]"


def _answered(native: payloads.DiscordMessage) -> Iterator[str]:
    """That it answers what cannot be pointed to."""
    reference = native.message_reference
    answers = reference or native.referenced_message or native.type == REPLY
    if answers and not native.is_forward and (reference is None or reference.message_id is None):
        yield "[in reply to something]"
    if native.type in COMMANDS or native.interaction or native.interaction_metadata:
        yield "[in answer to a command]"


def _says_more(native: payloads.Content) -> bool:
    return native.unread or bool((native.flags or 0) & ~READ)


def _content(native: payloads.Content, known: KnownChannels) -> Iterator[str]:
    if native.content and native.content.strip():
        yield plain(native.content[:LONGEST], native, known).strip()
    voice = bool((native.flags or 0) & VOICE_MESSAGE)
    if voice and not native.attachments:
        yield "[voice message]"
    for file in native.attachments:
        yield _file(file, voice) if file else UNREADABLE
    for sticker in native.sticker_items:
        yield f"[sticker {_line((sticker.name if sticker else '') or '')}]".replace(" ]", "]")
    if native.poll:
        question = (native.poll.question.text if native.poll.question else None) or "?"
        answers = [answer.poll_media.text for answer in native.poll.answers if answer and answer.poll_media]
        yield f"[poll: {_line(question)} — {' / '.join(_line(answer) for answer in answers if answer)}]"
    for embed in native.embeds:
        yield _embed(embed) if embed else UNREADABLE


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
    what = "shows" if embed.type == "rich" else "link"
    return f"[{what}: {shown or 'something that cannot be shown here'}]"


def _time(seconds: int) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return ""


def _line(text: str, limit: int = 300) -> str:
    return clip(" ".join(text.split()), limit)
