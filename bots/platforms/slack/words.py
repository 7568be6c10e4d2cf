"""What was sent, as honest text: Slack's markup read, files and forwards in square brackets. Pure.

https://docs.slack.dev/messaging/formatting-message-text: in a text `&`, `<` and `>` come escaped, and what
stands between `<` and `>` is a mention, a link or a date.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bots.platforms.slack.dates import date_in_words
from bots.platforms.slack.payloads import METADATA, File, SlackAttachment, SlackMessage, SlackPayload

TOKEN = re.compile(r"<([^<>]*)>")
LINK = re.compile(r"<https?://")
MENTION = re.compile(r"<@([UW][\w-]{1,59})(?:\|[^<>]*)?>", re.ASCII)
GROUP = re.compile(r"subteam\^(?=\w*\d)(S\w{1,30})", re.ASCII)
EVERYONE = ("here", "channel", "everyone")
ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
ENTITY = re.compile("|".join(ENTITIES))
UNREADABLE = "[sent something that cannot be shown here]"
WITH_MORE = "[sent with something that cannot be shown here]"
SAID = (None, "file_share", "me_message", "thread_broadcast", "bot_message")
"""The subtypes of messages of which it is known what they say."""
OF_A_MESSAGE = {
    *("type", "channel_type", "event_ts", "client_msg_id", "hidden", "team", "user_team", "source_team"),
    *(
        "enterprise",
        "enterprise_id",
        "user_profile",
        "icons",
        "inviter",
        "upload",
        "display_as_bot",
        "mrkdwn",
    ),
    *("is_locked", "is_intro", "is_starred", "no_notifications", "suppress_notification", "subscribed"),
    *("reactions", "pinned_to", "pinned_info", "permalink", "saved", "last_read", "unread_count", "replies"),
    *("reply_users", "reply_users_count", "root", "assistant_app_thread"),
}
OF_AN_ATTACHMENT = {
    *("id", "color", "mrkdwn", "mrkdwn_in", "callback_id", "attachment_type", "service_name", "service_icon"),
    *("author_id", "author_icon", "author_subname", "footer_icon"),
}
OF_A_BLOCK = {
    *("type", "block_id", "text", "fields", "elements", "expand", "style", "indent", "offset", "border"),
    *("level", "verbatim", "emoji"),
}
OF_AN_ELEMENT = {
    *("type", "text", "style", "user_id", "channel_id", "usergroup_id", "team_id", "range", "url", "unsafe"),
    *("name", "unicode", "skin_tone", "display_name", "timestamp", "format", "fallback"),
    "timezone",
}
"""The fields that are read, or known to carry nothing. Any other, one that Slack adds tomorrow too, counts as
something said."""
DEEPEST = 12
"""Blocks within blocks; Slack itself needs five."""
SOMEONE = "someone"


def mentions(markup: str) -> frozenset[str]:
    """The users it mentions, by Slack's ids."""
    return frozenset(MENTION.findall(markup))


def plain(markup: str, names: Mapping[str, str]) -> str:
    """Slack's markup as text; `names` tells what users and channels are called, by their ids."""
    said, at = [], 0
    for token in TOKEN.finditer(markup):
        said += [unescape(markup[at : token.start()]), _read(token[1], names)]
        at = token.end()
    return "".join((*said, unescape(markup[at:])))


def escape(text: str) -> str:
    """A text as markup that means only itself."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The other way."""
    return ENTITY.sub(lambda one: ENTITIES[one[0]], text)


def markup(message: SlackMessage) -> str | None:
    """All that its author says with a message and what they forward, in Slack's markup, as it is shown: where
    it has blocks, its text is only for notifications. None where that is nothing at all."""
    attachments = message.attachments or ()
    said = joined(own_markup(message), *map(copied, shares(message)))
    if not said:
        said = joined(*map(_of_attachment, attachments))
    return said or (UNREADABLE if message.blocks or attachments else None)


def own_markup(message: SlackMessage) -> str:
    """As `markup`, without what they forward."""
    text = _of_blocks(message.blocks) or (message.text or "").strip()
    if message.subtype == "me_message" and text:
        text = f"/me {text}"
    linked = bool(LINK.search(text))
    attached = [
        each for each in message.attachments or () if not each.is_share and not (linked and each.is_preview)
    ]
    files = [f"[{escape(described(file))}]" for file in message.files or ()]
    said = joined(text, *map(_of_attachment, attached), *files)
    return joined(said, WITH_MORE if said else UNREADABLE) if _says_more(message) else said


def typed(markup: str) -> str:
    """What is said to the twin itself: what Slack may add to every message one day leaves no mark there, or
    none could pause the twin any more."""
    return markup.removesuffix(f"\n{WITH_MORE}")


def shares(message: SlackMessage) -> Sequence[SlackAttachment]:
    """The messages that it forwards."""
    return [attachment for attachment in message.attachments or () if attachment.is_share]


def joined(*parts: str) -> str:
    """Parts of a message, each on lines of its own."""
    return "\n".join(filter(None, parts))


def copied(share: SlackAttachment) -> str:
    """A message that is forwarded, with its text."""
    text = _of_blocks(share.blocks) or share.text or share.fallback or "something"
    return f"[forwarded from {_author(share)}: {text.strip()}]"


def referred_to(share: SlackAttachment) -> str:
    """A message that is forwarded, without its text."""
    return f"[forwarded from {_author(share)}]"


def described(file: File) -> str:
    """A file in a few words."""
    kind = (file.mimetype or "").partition("/")[0]
    length = f", {file.duration_ms / 1000:.0f} s" if file.duration_ms else ""
    name = " ".join((file.title or file.name or "").split())[:200]
    called = f": {name}" if name else ""
    if file.subtype == "slack_audio":
        return f"voice message{length}"
    if file.subtype == "slack_video":
        return f"video message{length}"
    if kind == "image":
        return ("sent a GIF" if file.mimetype == "image/gif" else "sent a photo") + called
    if kind in ("audio", "video"):
        return f"sent {'an audio file' if kind == 'audio' else 'a video'}{length}{called}"
    return f"sent a file{called}"


def _read(token: str, names: Mapping[str, str]) -> str:
    body, bar, label = token.partition("|")
    label, kind, known = unescape(label), body[:1], names.get(body[1:])
    # Who or what is mentioned, Slack shows by its own name: the label is whatever the sender wrote.
    if kind == "@":
        return f"@{known or SOMEONE}"
    if kind == "#":
        return f"#{(known or 'a channel').lstrip('#')}"
    if kind == "!":
        return _special(body[1:], label)
    target = unescape(body)
    if not bar or label in (target, target.removeprefix("mailto:").removeprefix("tel:")):
        return label or target.removeprefix("mailto:").removeprefix("tel:")
    shown = re.sub(r"^https?://|/$", "", target)
    return target if label.rstrip("/") == shown else f"{label} ({target})"


def _special(body: str, label: str) -> str:
    """A date, or a mention of many; of what Slack may add, or shows nobody knows how, with a mark."""
    kind, _, rest = body.partition("^")
    if kind == "date":
        timestamp, _, rest = rest.partition("^")
        template, _, link = rest.partition("^")
        return date_in_words(timestamp, unescape(template), unescape(link), label)
    if body in EVERYONE:
        return f"@{body}"
    group = GROUP.fullmatch(body)
    return f"@{group[1]}" if group else joined(unescape(body), label, UNREADABLE)


def _says_more(message: SlackMessage) -> bool:
    """Whether it came with something that is not read here and may be said."""
    ours = message.metadata is None or message.metadata.event_type == METADATA
    return message.subtype not in SAID or not ours or _unread(message, OF_A_MESSAGE)


def _unread(given: SlackPayload, known: Collection[str]) -> bool:
    return any(value and name not in known for name, value in (given.model_extra or {}).items())


def _author(share: SlackAttachment) -> str:
    return escape(" ".join((share.author_name or SOMEONE).split())[:200])


def _of_attachment(attachment: SlackAttachment) -> str:
    fields = [
        joined(_text(each, "title"), _text(each, "value")) if isinstance(each, dict) else UNREADABLE
        for each in attachment.fields or ()
    ]
    parts = (attachment.pretext, attachment.author_name, attachment.title, attachment.text, *fields)
    said = joined(*(part.strip() for part in parts if part), _of_blocks(attachment.blocks))
    shown = joined(said, attachment.footer or "") if said else (attachment.fallback or "")
    return shown if shown and not _unread(attachment, OF_AN_ATTACHMENT) else joined(shown, UNREADABLE)


def _of_blocks(blocks: object) -> str:
    return "\n".join(part for part in _lines(blocks, 0) if part).strip()


def _lines(blocks: object, depth: int) -> Iterator[str]:
    if blocks and (not isinstance(blocks, list) or depth >= DEEPEST):
        yield UNREADABLE
        return
    for block in _list(blocks):
        if not isinstance(block, dict):
            yield UNREADABLE
            continue
        match block.get("type"):
            case "rich_text" | "context" | "rich_text_list":
                yield from _lines(block.get("elements"), depth + 1)
            case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
                quoted = "&gt; " if block["type"] == "rich_text_quote" else ""
                yield quoted + "".join(_inline(block.get("elements")))
            case "section" | "header" | "markdown":
                yield _object(block.get("text"))
                yield from map(_object, _list(block.get("fields")))
            case "image":
                yield f"[sent a photo: {escape(_text(block, 'alt_text'))}]"
            case "mrkdwn" | "plain_text":
                yield _object(block)
            case "divider":
                continue
            case _:
                yield UNREADABLE
                continue
        if block.get("type") != "image" and any(block[name] for name in block.keys() - OF_A_BLOCK):
            yield UNREADABLE


def _inline(elements: object) -> Iterator[str]:
    if elements and not isinstance(elements, list):
        yield UNREADABLE
    for one in _list(elements):
        match one.get("type") if isinstance(one, dict) else None:
            case "text":
                yield escape(_text(one, "text"))
            case "user":
                yield f"<@{_token(one, 'user_id')}>"
            case "channel":
                yield f"<#{_token(one, 'channel_id')}>"
            case "broadcast":
                yield f"<!{_token(one, 'range')}>"
            case "link":
                label = escape(_text(one, "text"))
                yield f"<{_token(one, 'url')}{'|' + label if label else ''}>"
            case "emoji":
                yield f":{_token(one, 'name')}:"
            case "date":
                shown = (_text(one, field) for field in ("format", "url", "fallback"))
                yield escape(date_in_words(str(one.get("timestamp")), *shown))
            case "usergroup":
                yield f"<!subteam^{_token(one, 'usergroup_id')}>"
            case _:
                yield UNREADABLE
                continue
        if any(one[name] for name in one.keys() - OF_AN_ELEMENT):
            yield UNREADABLE


def _object(text: object) -> str:
    """A text object; in a `mrkdwn` one the markup is Slack's already."""
    if isinstance(text, str):
        return escape(text)
    if not isinstance(text, dict):
        return ""
    said = _text(text, "text")
    return said if text.get("type") == "mrkdwn" else escape(said)


def _list(given: object) -> list[Any]:
    return given if isinstance(given, list) else []


def _text(holder: Mapping[str, Any], field: str) -> str:
    found = holder.get(field)
    return found if isinstance(found, str) else ""


def _token(holder: Mapping[str, Any], field: str) -> str:
    return re.sub(r"[<>|]", "", _text(holder, field))
