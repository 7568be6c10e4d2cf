"""An update of the Bot API as what happened, in our nouns. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bots.platforms.port import CardAction
from bots.platforms.telegram import ids, references, words
from bots.platforms.telegram.events import (
    Clicked,
    Event,
    Forward,
    Joined,
    Linked,
    SaidToTwin,
    TelegramDeleted,
    TelegramEdited,
    TelegramHeard,
    TelegramNamed,
    TelegramQuoted,
    TelegramSpeaker,
    TelegramTopic,
)
from bots.platforms.telegram.ids import TelegramAddress
from bots.platforms.telegram.payloads import (
    Chat,
    TelegramMessage,
    TelegramUser,
)
from bots.platforms.telegram.render import button
from bots.platforms.telegram.update_payloads import (
    BusinessConnection,
    BusinessDeletion,
    MemberChange,
    ReactionChange,
    TelegramPressed,
)
from core.reactions import reaction_id
from core.types import Conversation, Kind
from core.types import Message as Said

KINDS = (
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_connection"),
    *("business_message", "edited_business_message", "deleted_business_messages", "callback_query"),
    *("my_chat_member", "chat_member", "message_reaction"),
)
"""What is asked of `getUpdates`, each at most once in an update."""
UNMARKED = re.compile(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w)")
"""A name that is one where nothing of a text is marked: Telegram marks mentions, other servers may not."""


class TelegramMalformed(Exception):
    """Not of the shape that the Bot API documents. The text names fields, never content; caught where
    updates are handled."""


def parse(update: object, bot: TelegramUser) -> Event | None:
    """What an update says; None for what is of no concern here, our own echoes among it.

    Raises Malformed.
    """
    if not isinstance(update, Mapping):
        raise TelegramMalformed(f"an update that is a {type(update).__name__}")
    kind = next((kind for kind in KINDS if update.get(kind) is not None), None)
    if kind is None:
        return None
    try:
        return _parse(kind, update[kind], bot)
    except ValidationError as error:
        where = sorted({".".join(str(part) for part in one["loc"]) or "all" for one in error.errors()})
        raise TelegramMalformed(f"{kind}: {', '.join(where)[:200]}") from None


def _parse(kind: str, payload: Any, bot: TelegramUser) -> Event | None:
    match kind:
        case "business_connection":
            return linked(BusinessConnection.model_validate(payload))
        case "deleted_business_messages":
            gone = BusinessDeletion.model_validate(payload)
            chat = TelegramAddress(gone.chat.id, business=True)
            return TelegramDeleted(tuple(map(chat.message, gone.message_ids)), gone.business_connection_id)
        case "callback_query":
            return _clicked(TelegramPressed.model_validate(payload))
        case "my_chat_member" | "chat_member":
            return _member(MemberChange.model_validate(payload), bot)
        case "message_reaction":
            return _reaction(ReactionChange.model_validate(payload))
        case _:
            message = TelegramMessage.model_validate(payload)
            event = _message(message, bot, edited=kind.startswith("edited"))
            if isinstance(event, TelegramHeard) and event.answered_here:
                return replace(event, quoted=_quoted(payload.get("reply_to_message"), message, bot))
            return event


def linked(connection: BusinessConnection) -> Linked:
    """A Business connection as it is now."""
    can_reply = connection.rights.can_reply if connection.rights else connection.can_reply
    return Linked(connection.id, ids.account(connection.user.id), connection.is_enabled, can_reply)


def _message(message: TelegramMessage, bot: TelegramUser, *, edited: bool) -> Event | None:
    sender = message.sender_business_bot or message.sender
    if sender is not None and sender.id == bot.id:
        return None  # our own echo
    if message.business_connection_id and message.is_from_offline:
        # Telegram's own away and greeting messages: the owner is not there, and must not seem to be.
        return None
    if message.new_chat_members or message.left_chat_member:
        newest = message.date if message.new_chat_members else None
        return Joined(_conversation(TelegramAddress(message.chat.id), message.chat, newest))
    named = message.forum_topic_created or message.forum_topic_edited
    if named is not None:
        topic = _where(message)
        return (
            TelegramNamed(topic.conversation, named.name) if named.name and topic.topic is not None else None
        )
    if message.chat.type == "private" and not message.business_connection_id:
        return _said_to_twin(message, edited=edited)
    text = words.said(message)
    speaker = _speaker(message)
    if text is None or speaker is None:
        return None
    where = _where(message)
    connection = message.business_connection_id or ""
    if edited:
        return TelegramEdited(
            where.message(message.message_id),
            text,
            message.edit_date or message.date,
            connection,
            references.citation(message),
        )
    answered = references.answered(message)
    replied_to = ids.account(answered.sender.id) if answered and answered.sender else None
    mentions = _mentions(message)
    ours = {ids.account(bot.id), f"@{(bot.username or '').lower()}"}
    said = Said(
        id=where.message(message.message_id),
        conversation=where.conversation,
        author=speaker.account,
        text=text,
        sent_at=message.date,
        reply_to=where.message(answered.message_id) if answered else references.elsewhere(message),
        addressed=bool(mentions & ours) or replied_to in ours,
    )
    source = references.forwarded(message)
    return TelegramHeard(
        _conversation(where, message.chat),
        said,
        speaker,
        mentions,
        replied_to,
        connection,
        _topic(where, message),
        command=not connection and words.commands(words.typed(message) or "", bot.username or ""),
        forward=Forward(source, references.without_copy(message)) if source else None,
        answered_here=answered is not None,
        citation=references.citation(message),
    )


def _quoted(given: object, by: TelegramMessage, bot: TelegramUser) -> TelegramQuoted | None:
    """The message that came along with a reply to it; None for our own, which is known."""
    message = references.readable(given)
    if message is None:
        return None
    sender = message.sender_business_bot or message.sender
    text, speaker, where = words.said(message), _speaker(message), _where(by)
    if text is None or speaker is None or (sender is not None and sender.id == bot.id):
        return None
    citation = references.citation(message)
    text = text if citation is None else f"{citation.text} {text}"
    name = where.message(message.message_id)
    return TelegramQuoted(speaker, Said(name, where.conversation, speaker.account, text, message.date))


def _said_to_twin(message: TelegramMessage, *, edited: bool) -> Event | None:
    text = words.said_to_twin(message)
    if text is None or message.sender is None:
        return None
    # A private chat may have topics too; the owner's DM with the twin is one conversation all the same.
    own = TelegramAddress(message.chat.id).message(message.message_id)
    if edited:
        return TelegramEdited(own, text, message.edit_date or message.date)
    return SaidToTwin(
        speaker=_user(message.sender),
        chat=message.chat.id,
        message=own,
        text=text,
        at=message.date,
        typed=words.typed(message),
        answered=message.reply_to_message.message_id if message.reply_to_message else None,
        command=words.is_command(words.typed(message) or ""),
    )


def _where(message: TelegramMessage) -> TelegramAddress:
    if message.business_connection_id:
        return TelegramAddress(message.chat.id, business=True)
    # In a group without topics the thread id only tells which replies belong together.
    return TelegramAddress(message.chat.id, message.message_thread_id if message.is_topic_message else None)


def _conversation(where: TelegramAddress, chat: Chat, newest_join: datetime | None = None) -> Conversation:
    direct = chat.type == "private"
    return Conversation(
        id=where.conversation,
        platform=ids.NAME,
        title=chat.name if where.topic is None else f"{chat.name} (topic {where.topic})",
        kind=Kind.DIRECT if direct else Kind.GROUP,
        members=frozenset({ids.account(chat.id)}) if direct else None,
        parent=TelegramAddress(chat.id).conversation if where.topic is not None else "",
        # A group shows its history to joiners only if its admins say so, which a bot cannot see.
        joiners_read_history=direct or chat.type == "channel" or chat.username is not None,
        newest_join=newest_join,
    )


def _topic(where: TelegramAddress, message: TelegramMessage) -> TelegramTopic | None:
    """What replies to nothing else comes as a reply to the topic's beginning, which has its first name."""
    if where.topic is None:
        return None
    answered = message.reply_to_message
    begun = answered.forum_topic_created if answered else None
    return TelegramTopic(message.chat.name, begun.name if begun else "")


def _speaker(message: TelegramMessage) -> TelegramSpeaker | None:
    """Who speaks; a channel or an anonymous admin speaks as the chat whose name is shown."""
    if message.sender_business_bot:
        return _user(message.sender_business_bot)
    if message.sender_chat:
        chat = message.sender_chat
        return TelegramSpeaker(ids.account(chat.id), chat.name, username=(chat.username or "").lower())
    return _user(message.sender) if message.sender else None


def _user(user: TelegramUser) -> TelegramSpeaker:
    return TelegramSpeaker(ids.account(user.id), user.name, user.is_bot, (user.username or "").lower())


def _mentions(message: TelegramMessage) -> frozenset[str]:
    text, entities = (
        (message.text, message.entities) if message.text else (message.caption, message.caption_entities)
    )
    if not entities:
        return frozenset(name.lower() for name in UNMARKED.findall(text or ""))
    found = set()
    for entity, part in words.parts(text, entities):
        if entity.type == "mention":
            found.add(part.lower())
        elif entity.type == "bot_command" and "@" in part:
            found.add(f"@{part.partition('@')[2].lower()}")
        elif entity.type == "text_mention" and entity.user:
            found.add(ids.account(entity.user.id))
    return frozenset(found)


def _clicked(pressed: TelegramPressed) -> Clicked:
    where = pressed.message
    action, draft, revision = button(pressed.data or "") or (CardAction.APPROVE, None, 0)
    return Clicked(
        query=pressed.id,
        account=ids.account(pressed.sender.id),
        chat=where.chat.id if where else pressed.sender.id,
        card=where.message_id if where else None,
        action=action,
        draft=draft,
        revision=revision,
    )


def _member(change: MemberChange, bot: TelegramUser) -> Joined | None:
    if change.chat.type == "private":
        return None
    came = change.new_chat_member.reads and not change.old_chat_member.reads
    # The twin is no listener: its own coming shows history to nobody.
    newest = change.date if came and change.new_chat_member.user.id != bot.id else None
    return Joined(_conversation(TelegramAddress(change.chat.id), change.chat, newest))


def _reaction(change: ReactionChange) -> TelegramHeard | None:
    text = words.reacted(change)
    # Where there are topics, Telegram does not say in which one it was.
    if not text or change.user is None or change.chat.type == "private" or change.chat.is_forum:
        return None
    where = TelegramAddress(change.chat.id)
    speaker = _user(change.user)
    said = Said(
        id=reaction_id(
            where.conversation, f"{change.message_id}.{change.user.id}.{change.date.timestamp():.0f}"
        ),
        conversation=where.conversation,
        author=speaker.account,
        text=text,
        sent_at=change.date,
        reply_to=where.message(change.message_id),
    )
    return TelegramHeard(_conversation(where, change.chat), said, speaker)
