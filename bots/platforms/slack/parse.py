"""An event of Slack's as what happened, in nouns that name no one yet. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bots.platforms.slack import words
from bots.platforms.slack.events import (
    Event,
    Moved,
    Opened,
    Reacted,
    Revoked,
    Said,
    Shared,
    SharedMessage,
    SlackDeleted,
    SlackEdited,
    SlackSpeaker,
    SlackTwin,
)
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.payloads import (
    METADATA,
    Assistant,
    Changed,
    Metadata,
    Removed,
    Revocation,
    SlackAttachment,
    SlackMembership,
    SlackMessage,
    SlackReaction,
    moment,
)
from core.types import MessageId

TOLD = {
    *("message_changed", "message_deleted", "message_replied", "tombstone", "reply_broadcast"),
    *("channel_join", "channel_leave", "channel_name", "channel_purpose", "channel_topic", "channel_archive"),
    *("channel_unarchive", "channel_convert_to_private", "channel_convert_to_public"),
    *("channel_posting_permissions", "channel_canvas_updated", "tabbed_canvas_updated"),
    *("group_join", "group_leave", "group_name", "group_purpose", "group_topic", "group_archive"),
    *("group_unarchive", "bot_add", "bot_remove", "bot_enable", "bot_disable", "pinned_item"),
    *("unpinned_item", "reminder_add", "reminder_delete", "assistant_app_thread", "joiner_notification"),
    *("joiner_notification_for_inviter", "app_conversation_join", "app_conversation_leave"),
}
"""The subtypes of which Slack tells and that nobody says. Any other may be something said."""
NOBODY = "USLACKBOT"
THREAD_OF = re.compile(r"[?&]thread_ts=(\d{1,11}\.\d{1,9})(?:&|$)", re.ASCII)
"""In a message's address, the thread that it stands in."""


class SlackMalformed(Exception):
    """Not of the shape that Slack documents. The text names fields, never content; caught where events are
    handled."""


def lane(payload: object) -> str:
    """What happens with the same word is handled in order: the channel, as far as one is named."""
    event = payload.get("event") if isinstance(payload, Mapping) else None
    if not isinstance(event, Mapping):
        return ""
    item, assistant = event.get("item"), event.get("assistant_thread")
    for holder, field in ((event, "channel"), (item, "channel"), (assistant, "channel_id")):
        found = holder.get(field) if isinstance(holder, Mapping) else None
        if isinstance(found, str):
            return found
    return ""


def parse(payload: object, twin: SlackTwin) -> Event | None:
    """What an `event_callback` says; None for what is of no concern here, our own echoes among it.

    Raises Malformed.
    """
    event = payload.get("event") if isinstance(payload, Mapping) else None
    if not isinstance(payload, Mapping) or not isinstance(event, Mapping):
        raise SlackMalformed("no event in it")
    kind = event.get("type")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return None
    try:
        return reader(event, payload, twin)
    except ValidationError as error:
        raise SlackMalformed(f"{kind}: {_fields(error)}") from None


def past(given: object, channel: str, twin: SlackTwin) -> Said | None:
    """A message of a channel's history. Raises Malformed."""
    try:
        return _said(SlackMessage.model_validate(given), channel, twin)
    except ValidationError as error:
        raise SlackMalformed(f"history: {_fields(error)}") from None


def became(
    found: Sequence[object], where: SlackAddress, key: str, twin: SlackTwin
) -> SlackEdited | SlackDeleted | None:
    """What a page of the history says of a message; None where it is as it was said. Raises Malformed."""
    given = next((one for one in found if isinstance(one, Mapping) and one.get("ts") == key), None)
    if given is None:
        return SlackDeleted(where, key)
    try:
        now = Changed.model_validate({"channel": where.channel, "message": given})
    except ValidationError as error:
        raise SlackMalformed(f"history: {_fields(error)}") from None
    what = _changed(now, twin)
    if isinstance(what, SlackEdited):
        return replace(what, where=where) if now.message.edited else None
    return SlackDeleted(where, key) if isinstance(what, SlackDeleted) else None


def sent_with(given: object, nonce: str, twin: SlackTwin) -> str | None:
    """The `ts` of a message of the history, where the twin sent it with that nonce."""
    try:
        message = SlackMessage.model_validate(given)
    except ValidationError:
        return None
    mark = message.metadata or Metadata()
    if mark.event_type != METADATA or not _ours(message, twin):
        return None
    payload = mark.event_payload
    return message.ts if isinstance(payload, Mapping) and payload.get("nonce") == nonce else None


def replied_since(given: object, since: datetime) -> str | None:
    """The `ts` of a thread's beginning, where history says that somebody replied since."""
    try:
        message = SlackMessage.model_validate(given)
    except ValidationError:
        return None
    if not message.reply_count or message.latest_reply is None or moment(message.latest_reply) <= since:
        return None
    return message.ts


def _message(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    match event.get("subtype"):
        case "message_changed":
            return _changed(Changed.model_validate(event), twin)
        case "message_deleted":
            gone = Removed.model_validate(event)
            before = gone.previous_message
            if before is not None and _ours(before, twin):
                return None
            thread = before.thread_ts if before else None
            return SlackDeleted(_where(twin, gone.channel, thread, gone.deleted_ts), gone.deleted_ts)
    message = SlackMessage.model_validate(event)
    if message.channel is None:
        raise SlackMalformed("message: channel")
    return _said(message, message.channel, twin, with_twin=_with_twin(payload, twin))


def _said(message: SlackMessage, channel: str, twin: SlackTwin, *, with_twin: bool = True) -> Said | None:
    speaker = _speaker(message)
    if message.subtype in TOLD or speaker is None or _ours(message, twin):
        return None
    markup = words.markup(message)
    if markup is None:
        return None
    where = _where(twin, channel, message.thread_ts, message.ts)
    answered = message.parent_user_id if where.thread else None
    at = moment(message.ts)
    return Said(where, message.ts, speaker, markup, at, answered, with_twin, _shared(message, twin))


def _changed(change: Changed, twin: SlackTwin) -> Event | None:
    message, before = change.message, change.previous_message
    where = _where(twin, change.channel, message.thread_ts, message.ts)
    if _ours(message, twin) or (before is not None and _ours(before, twin)):
        return None
    if message.subtype == "tombstone":
        return SlackDeleted(where, message.ts)
    markup = words.markup(message)
    if message.subtype in TOLD or markup is None:
        return None
    if before is not None and words.markup(before) == markup:
        return None  # a link's preview came, or a reply was counted
    at = (message.edited.ts if message.edited else None) or change.event_ts or message.ts
    return SlackEdited(where, message.ts, markup, moment(at), _shared(message, twin))


def _shared(message: SlackMessage, twin: SlackTwin) -> Shared | None:
    shares = words.shares(message)
    if not shares:
        return None
    each = (
        SharedMessage(_of_share(share, twin), words.copied(share), words.referred_to(share))
        for share in shares
    )
    return Shared(words.own_markup(message), tuple(each))


def _of_share(share: SlackAttachment, twin: SlackTwin) -> MessageId | None:
    if share.channel_id is None or share.ts is None:
        return None
    thread = THREAD_OF.search(share.from_url or "")
    return _where(twin, share.channel_id, thread[1] if thread else None, share.ts).message(share.ts)


def _mention(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    told = event.get("subtype") in TOLD
    return _message({**event, "subtype": None} if told else event, payload, twin)


def _reaction(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    del payload
    given = SlackReaction.model_validate(event)
    to = given.item
    if to.channel is None or to.ts is None or given.user in (twin.user, NOBODY):
        return None
    where = SlackAddress(twin.team, to.channel)
    # In a DM with the twin a reaction is a nod to what it said.
    if where.direct:
        return None
    key = f"{given.event_ts}-{given.user}"
    return Reacted(where, key, given.user, given.reaction[:100], to.ts, moment(given.event_ts))


def _membership(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    del payload
    given = SlackMembership.model_validate(event)
    return Moved(SlackAddress(twin.team, given.channel), given.user)


def _assistant(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    del payload
    thread = Assistant.model_validate(event).assistant_thread
    return Opened(SlackAddress(twin.team, thread.channel_id, thread.thread_ts), thread.user_id)


def _revocation(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    del payload, twin
    tokens = Revocation.model_validate(event).tokens
    if tokens.bot:
        return Revoked()
    return Revoked(users_only=True) if tokens.oauth else None


def _uninstalled(event: Mapping[str, Any], payload: Mapping[str, Any], twin: SlackTwin) -> Event | None:
    del event, payload, twin
    return Revoked()


READERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], SlackTwin], Event | None]] = {
    "message": _message,
    "app_mention": _mention,
    "reaction_added": _reaction,
    "member_joined_channel": _membership,
    "member_left_channel": _membership,
    "assistant_thread_started": _assistant,
    "tokens_revoked": _revocation,
    "app_uninstalled": _uninstalled,
}


def _where(twin: SlackTwin, channel: str, thread: str | None, key: str) -> SlackAddress:
    # The message that began a thread names that thread too; it was said in the channel.
    return SlackAddress(twin.team, channel, thread if thread != key else None)


def _speaker(message: SlackMessage) -> SlackSpeaker | None:
    if message.bot_id and (not message.user or message.subtype == "bot_message"):
        name = message.username or (message.bot_profile.name if message.bot_profile else None)
        return SlackSpeaker(message.user or message.bot_id, name or "a bot", is_bot=True)
    if message.user in (None, NOBODY):
        return None
    return SlackSpeaker(message.user, is_bot=message.bot_id is not None)


def _ours(message: SlackMessage, twin: SlackTwin) -> bool:
    """The twin's own echo: posted by its bot or app, also where that was in the owner's name."""
    profile = message.bot_profile.app_id if message.bot_profile else None
    apps = {message.app_id, profile} - {None, ""}
    if message.user == twin.user or (twin.bot and message.bot_id == twin.bot):
        return True
    # Somebody else's twin marks its messages as this one does: the mark counts only where no app is named.
    return twin.app in apps if apps else (message.metadata or Metadata()).event_type == METADATA


def _with_twin(payload: Mapping[str, Any], twin: SlackTwin) -> bool:
    """Whether the twin's bot is there itself. Slack names one for whom the event is visible, any of them."""
    named = payload.get("authorizations")
    seen_by = [one for one in named if isinstance(one, Mapping)] if isinstance(named, list) else []
    return not seen_by or any(
        one.get("is_bot") is not False or one.get("user_id") == twin.user for one in seen_by
    )


def _fields(error: ValidationError) -> str:
    where = sorted({".".join(str(part) for part in one["loc"]) or "all" for one in error.errors()})
    return ", ".join(where)[:200]
