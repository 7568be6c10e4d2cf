"""The part of the Bot API's objects that is read here. Fields and meanings: core.telegram.org/bots/api.

Pydantic refuses what has another shape; its ValidationError names fields, and is caught where updates are
parsed.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from bots.platforms.payloads import ReadAsFarAsItGoes

YEAR_10000 = 253_402_300_800
WHO_AND_WHERE = (
    *("message_id", "date", "chat", "from", "sender_chat", "sender_business_bot", "business_connection_id"),
    *("message_thread_id", "is_topic_message", "is_from_offline", "edit_date"),
)


def _moment(seconds: object) -> datetime:
    if not isinstance(seconds, int) or not 0 <= seconds < YEAR_10000:
        raise ValueError("not a time in seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)


Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
"""Seconds since 1970, read as a datetime in UTC."""


class TelegramPayload(BaseModel):
    """What is not named here is ignored: the Bot API grows all the time."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class TelegramUser(TelegramPayload):
    """A user or a bot."""

    id: Number
    is_bot: bool = False
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None

    @property
    def name(self) -> str:
        """As they call themselves."""
        return f"{self.first_name} {self.last_name or ''}".strip() or self.username or str(self.id)


class Chat(TelegramPayload):
    """A private chat, group, supergroup or channel."""

    id: Number
    type: str
    title: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    is_forum: bool = False

    @property
    def name(self) -> str:
        """Its title, or for a private chat the other's name."""
        parts = f"{self.first_name or ''} {self.last_name or ''}".strip()
        return self.title or parts or self.username or str(self.id)


class Entity(TelegramPayload):
    """A marked part of a text; offset and length count UTF-16 code units."""

    type: str
    offset: Annotated[int, Field(ge=0, lt=2**31)]
    length: Annotated[int, Field(ge=0, lt=2**31)]
    user: TelegramUser | None = None
    url: str | None = None


class Media(TelegramPayload):
    """Any file: photo sizes are left unread, the rest has some of these."""

    file_name: str | None = None
    duration: int | None = None
    title: str | None = None
    performer: str | None = None
    emoji: str | None = None


class Titled(TelegramPayload):
    """What is shown by a title: a game, an invoice, a venue."""

    title: str
    address: str | None = None


class Location(TelegramPayload):
    """A point, in degrees."""

    latitude: float
    longitude: float


class Contact(TelegramPayload):
    """Someone's card; the number is left unread."""

    first_name: str
    last_name: str | None = None


class Dice(TelegramPayload):
    """A throw of an animated emoji."""

    emoji: str
    value: int


class Option(TelegramPayload):
    """One answer of a poll, one task of a checklist."""

    text: str


class TelegramPoll(TelegramPayload):
    """A poll as it was sent."""

    question: str
    options: tuple[Option, ...] = ()


class Checklist(TelegramPayload):
    """A checklist as it was sent."""

    title: str
    tasks: tuple[Option, ...] = ()


class TelegramOrigin(TelegramPayload):
    """Where a forwarded message comes from."""

    sender_user: TelegramUser | None = None
    sender_user_name: str | None = None
    sender_chat: Chat | None = None
    chat: Chat | None = None
    message_id: Number | None = None

    @property
    def name(self) -> str:
        """Who first said it."""
        source = self.sender_user or self.chat or self.sender_chat
        return source.name if source else self.sender_user_name or "someone"


class Quote(TelegramPayload):
    """What of a message is replied to."""

    text: str = ""


class LinkPreview(TelegramPayload):
    """Which page a message shows; without an address the first link of its text."""

    url: str | None = None


class TelegramContent(TelegramPayload):
    """What a message carries beside its text."""

    photo: object = None
    animation: Media | None = None
    document: Media | None = None
    video: Media | None = None
    video_note: Media | None = None
    voice: Media | None = None
    audio: Media | None = None
    sticker: Media | None = None
    location: Location | None = None
    venue: Titled | None = None
    contact: Contact | None = None
    dice: Dice | None = None
    poll: TelegramPoll | None = None
    checklist: Checklist | None = None
    game: Titled | None = None
    invoice: Titled | None = None
    story: object = None


class ExternalReply(TelegramContent):
    """A message of another chat that is replied to; its text comes along only as a quote."""

    origin: TelegramOrigin = TelegramOrigin()
    chat: Chat | None = None
    message_id: Number | None = None


class ForumTopic(TelegramPayload):
    """What a topic is called; without a name where only its icon was changed."""

    name: str = ""


class TelegramAnswered(TelegramPayload):
    """The message that another one replies to; it may be too old to be read."""

    message_id: Number
    sender: TelegramUser | None = Field(None, alias="from")
    sender_chat: Chat | None = None
    forum_topic_created: ForumTopic | None = None


class TelegramMessage(TelegramContent, ReadAsFarAsItGoes):
    """A message, a channel's post, or a message in a Business chat. Here what is not named is kept: it may be
    something that is said. One of another shape is still one of somebody's, as far as that can be read."""

    model_config = ConfigDict(extra="allow")
    who_and_where = WHO_AND_WHERE

    message_id: Number
    date: Moment
    chat: Chat
    edit_date: Moment | None = None
    sender: TelegramUser | None = Field(None, alias="from")
    sender_chat: Chat | None = None
    sender_business_bot: TelegramUser | None = None
    business_connection_id: str | None = None
    is_from_offline: bool = False
    message_thread_id: Number | None = None
    is_topic_message: bool = False
    reply_to_message: TelegramAnswered | None = None
    external_reply: object = None
    reply_to_story: object = None
    reply_to_checklist_task_id: object = None
    quote: object = None
    via_bot: TelegramUser | None = None
    forward_origin: TelegramOrigin | None = None
    forward_date: int | None = None
    forward_from: TelegramUser | None = None
    forward_from_chat: Chat | None = None
    forward_sender_name: str | None = None
    text: str | None = None
    entities: tuple[Entity, ...] = ()
    caption: str | None = None
    caption_entities: tuple[Entity, ...] = ()
    link_preview_options: LinkPreview | None = None
    new_chat_members: tuple[TelegramUser, ...] = ()
    left_chat_member: TelegramUser | None = None
    forum_topic_created: ForumTopic | None = None
    forum_topic_edited: ForumTopic | None = None
