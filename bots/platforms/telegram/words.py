"""What was sent, as honest text: media, polls, stickers and forwards in square brackets. Pure."""

import re
from collections.abc import Iterator

from bots.api.commands import BY_WORD, is_slashed
from bots.platforms.telegram.payloads import (
    Entity,
    Media,
    TelegramContent,
    TelegramMessage,
)
from bots.platforms.telegram.update_payloads import ReactionChange
from core.reactions import in_words

COMMAND = re.compile(r"/(?P<word>[a-z]+)(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL | re.IGNORECASE)

OWN_NAME = "understudy"
SOMETHING = "sent something that cannot be shown here"
CARRIES_NOTHING = {
    *("sender_boost_count", "sender_tag", "author_signature", "is_automatic_forward", "forward_signature"),
    *("forward_from_message_id", "has_protected_content", "has_media_spoiler", "show_caption_above_media"),
    *("media_group_id", "direct_messages_topic"),
}
"""Of the fields that are not read, those known to carry nothing. Any other, one that Telegram adds tomorrow
too, counts as something said."""
SHOWN_AS_TEXT = {
    *("mention", "text_mention", "hashtag", "cashtag", "bot_command", "url", "text_link", "email"),
    *("phone_number", "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre"),
}
"""Marks under which a text says what it says without them. A custom emoji may be any picture."""
NOT_SAID = (
    *("new_chat_", "left_chat_member", "delete_chat_photo", "group_chat_created", "supergroup_chat_created"),
    *("channel_chat_created", "message_auto_delete_timer_changed", "migrate_", "pinned_message"),
    *("successful_payment", "refunded_payment", "users_shared", "chat_shared", "connected_website"),
    *("write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added"),
    *("chat_background_set", "forum_topic_", "general_forum_topic_", "giveaway_created"),
    *("giveaway_completed", "video_chat_", "web_app_data", "paid_message_price_changed", "checklist_tasks_"),
    *("direct_message_price_changed", "suggested_post_", "chat_owner_", "managed_bot_"),
)
"""How the fields of service messages begin: Telegram tells of them, nobody says them."""


def said(message: TelegramMessage) -> str | None:
    """What its author says with it, None where nobody says anything. What it carries and cannot be shown
    leaves a mark: its text is never taken for all that was said."""
    shown = _shown(message)
    if not shown and message.text is not None and _says_more(message):
        shown = f"[{SOMETHING}]"
    return _forwarded(message, _with_text(message, shown))


def said_to_twin(message: TelegramMessage) -> str | None:
    """What is said to the twin in its DM; `/away 2h` as `away 2h`.

    Only what was typed as it stands can be a command. What was forwarded, quoted, or written by another
    bot begins with a bracket that says so: no command begins with one. What else Telegram may say of a text
    one day leaves no mark here, or none could pause the twin any more.
    """
    text = _forwarded(message, _with_text(message, _shown(message)))
    if text is None or forwarded_from(message) is not None:
        return text
    if message.via_bot:
        return f"[written by {message.via_bot.name}] {text}"
    if message.quote is not None:
        return f"[quoting] {text}"
    if message.external_reply is not None or message.reply_to_story is not None:
        return f"[about something said elsewhere] {text}"
    if any(entity.offset == 0 and entity.type.endswith("blockquote") for entity in message.entities):
        return f"[quoting] {text}"
    return spoken(text)


def typed(message: TelegramMessage) -> str | None:
    """The text as its author typed it; None where it is media or somebody else's words."""
    others = message.via_bot is not None or forwarded_from(message) is not None
    return None if others else message.text


def spoken(text: str) -> str:
    """A slash command of the twin's as plain words, but where those would be just talk; `/start CODE`, what a
    pairing link sends, as the code."""
    command = COMMAND.fullmatch(text.strip())
    if command is None:
        return text
    word, rest = command["word"].lower(), (command["rest"] or "").strip()
    if word == "start" and rest:
        return rest
    known = BY_WORD.get(word) if word != "start" else None
    if known is None or (known.takes and not known.meant(rest)):
        return text
    return f"{word} {rest}".strip()


def is_command(text: str) -> bool:
    """Whether it is a command to the bot in whose chat it stands. A code that proves an account is none."""
    command = COMMAND.fullmatch(text.strip())
    proves = command is not None and command["word"].lower() in ("start", "pair") and command["rest"]
    return is_slashed(text) and not proves


def commands(text: str, bot: str) -> bool:
    """Whether it is a command to the bot of that name: by name, or one of the twin's own words."""
    command = COMMAND.fullmatch(text.strip())
    if command is None:
        return False
    if command["bot"]:
        return command["bot"].lower() == bot.lower()
    return command["word"].lower() in (*BY_WORD, OWN_NAME)


def reacted(change: ReactionChange) -> str:
    """A reaction in words; empty when it was only taken back."""
    emoji = " ".join(one.emoji or "with an emoji" for one in change.new_reaction)
    return in_words(emoji) if emoji else ""


def forwarded_from(message: TelegramMessage) -> str | None:
    """Whose words they were first; None where nothing was forwarded."""
    if message.forward_origin:
        return _line(message.forward_origin.name)
    if source := message.forward_from or message.forward_from_chat:
        return _line(source.name)
    if message.forward_sender_name or message.forward_date is not None:
        return _line(message.forward_sender_name or "someone")
    return None


def parts(text: str | None, entities: tuple[Entity, ...]) -> Iterator[tuple[Entity, str]]:
    """Each marked part with its text; offsets count UTF-16 code units."""
    units = (text or "").encode("utf-16-le", "surrogatepass")
    for entity in entities:
        part = units[2 * entity.offset : 2 * (entity.offset + entity.length)]
        yield entity, part.decode("utf-16-le", "replace")


def linked(text: str, entities: tuple[Entity, ...]) -> str:
    """A text with the address behind each label that does not show it."""
    units, said, at = text.encode("utf-16-le", "surrogatepass"), [], 0
    for entity in sorted(entities, key=lambda each: each.offset):
        end = min(2 * (entity.offset + entity.length), len(units))
        if entity.type != "text_link" or not entity.url or end <= at:
            continue
        label = units[2 * entity.offset : end].decode("utf-16-le", "replace")
        if _address(label) != _address(entity.url):
            said += [units[at:end].decode("utf-16-le", "replace"), f" ({entity.url})"]
            at = end
    return "".join((*said, units[at:].decode("utf-16-le", "replace")))


def _address(text: str) -> str:
    return re.sub(r"^(?:https?://|mailto:|tel:)|/$", "", text.strip())


def _with_text(message: TelegramMessage, shown: str) -> str | None:
    if message.text is None:
        return shown or None
    return " ".join(filter(None, (linked(message.text, message.entities), _page(message), shown)))


def _forwarded(message: TelegramMessage, text: str | None) -> str | None:
    source = forwarded_from(message)
    return text if text is None or source is None else f"[forwarded from {source}] {text}"


def _shown(message: TelegramMessage) -> str:
    """What it carries beside a text, in brackets; empty where that is nothing."""
    caption, what = _caption(message), described(message)
    if what is None and (caption or (message.text is None and _says_more(message))):
        what = SOMETHING
    if what is None:
        return ""
    return f"[{what}: {caption}]" if caption else f"[{what}]"


def _says_more(message: TelegramMessage) -> bool:
    """Whether it came with something that is not read here and may be said, or its text is marked as more
    than a text."""
    unread = {name for name, value in (message.model_extra or {}).items() if value not in (None, False)}
    if message.text is None:
        unread = {name for name in unread if not name.startswith(NOT_SAID)}
    marks = {entity.type for entity in message.entities}
    return not unread <= CARRIES_NOTHING or not marks <= SHOWN_AS_TEXT


def _page(message: TelegramMessage) -> str:
    """The address of the page that it shows, where its text does not say it."""
    url = message.link_preview_options.url if message.link_preview_options else None
    known = (message.text or "", *(entity.url or "" for entity in message.entities))
    return f"({url})" if url and not any(_address(url) in each for each in known) else ""


def _caption(message: TelegramMessage) -> str:
    return linked(message.caption or "", message.caption_entities)


def described(message: TelegramContent) -> str | None:
    """What a message carries beside its text, in a few words; None where that is nothing known."""
    if message.animation:
        return "sent a GIF"
    if message.sticker:
        return f"sticker {message.sticker.emoji or ''}".strip()
    if message.photo is not None:
        return "sent a photo"
    if message.video:
        return "sent a video" + _length(message.video)
    if message.video_note:
        return "video message" + _length(message.video_note)
    if message.voice:
        return "voice message" + _length(message.voice)
    if message.audio:
        return f"sent {_track(message.audio)}" + _length(message.audio)
    if message.document:
        return f"sent a file {message.document.file_name or ''}".strip()
    return _thing(message)


def _thing(message: TelegramContent) -> str | None:
    if message.poll:
        return f"poll: {message.poll.question} — {' / '.join(option.text for option in message.poll.options)}"
    if message.checklist:
        tasks = " / ".join(task.text for task in message.checklist.tasks)
        return f"checklist: {message.checklist.title} — {tasks}"
    if message.venue:
        return f"place: {message.venue.title}, {message.venue.address or 'no address'}"
    if message.location:
        return f"location {message.location.latitude:.5f}, {message.location.longitude:.5f}"
    if message.contact:
        return f"contact: {message.contact.first_name} {message.contact.last_name or ''}".strip()
    if message.dice:
        return f"threw {message.dice.emoji} {message.dice.value}"
    if message.game:
        return f"game: {message.game.title}"
    if message.invoice:
        return f"invoice: {message.invoice.title}"
    return None if message.story is None else "shared a story"


def _length(media: Media) -> str:
    return f", {media.duration} s" if media.duration is not None else ""


def _track(media: Media) -> str:
    title = " by ".join(one for one in (media.title, media.performer) if one)
    return f"a track: {title}" if title else "a sound file"


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
