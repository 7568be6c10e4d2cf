"""The part of Discord's objects that is read here. Fields and meanings: discord.com/developers/docs.

Only what a message cannot do without is required; whatever else is missing or has another shape is left
out, so that one odd attachment loses no text. Pydantic's ValidationError names fields and is caught where
events come in.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler

T = TypeVar("T")
MOST = 100
"""Of anything in one message: Discord itself allows fewer."""


def _or_none(value: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
    try:
        return None if value is None else handler(value)
    except ValidationError:
        return None


def _list(value: object) -> object:
    return value[:MOST] if isinstance(value, list) else ()


def _sound(value: object) -> object:
    # Half a surrogate pair is valid in JSON, and cannot be stored.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_sound)]


Snowflake = Annotated[int, Field(gt=0, lt=2**63)]
"""An id; its upper bits are milliseconds since 2015."""
Maybe = Annotated[T | None, WrapValidator(_or_none)]
"""What fits, else None."""
Some = Annotated[tuple[Maybe[T], ...], BeforeValidator(_list)]
"""A list, None for each of its parts that does not fit."""


FORWARD = 1
CARRIES_NOTHING = {
    *("id", "type", "channel_id", "channel_type", "guild_id", "author", "member", "timestamp", "nonce"),
    *("edited_timestamp", "application_id", "webhook_id", "position", "tts", "pinned", "reactions", "thread"),
    *("mentions", "mention_everyone", "mention_roles", "mention_channels", "referenced_message"),
}
"""Fields of a message that say who, where and when, or nothing. Any other that is not read, one that Discord
adds tomorrow too, counts as something said."""


class DiscordPayload(BaseModel):
    """What is not named here is ignored: the API grows all the time."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class DiscordUser(DiscordPayload):
    """An account, a person's or a bot's."""

    id: Snowflake
    username: Maybe[Text] = None
    global_name: Maybe[Text] = None
    bot: Maybe[bool] = None

    @property
    def name(self) -> str:
        """As they call themselves."""
        return self.global_name or self.username or str(self.id)


class DiscordMember(DiscordPayload):
    """What an account is called in one server."""

    nick: Maybe[Text] = None
    user: Maybe[DiscordUser] = None


class Mention(DiscordUser):
    """A mentioned account, with what it is called in the server."""

    member: Maybe[DiscordMember] = None

    @property
    def name(self) -> str:
        """As they are called there."""
        return (self.member.nick if self.member else None) or super().name


class DiscordNamed(DiscordPayload):
    """A channel mention, a sticker, a role: an id and what it is called."""

    id: Maybe[Snowflake] = None
    name: Maybe[Text] = None


class DiscordAttachment(DiscordPayload):
    """A file; `duration_secs` where it is sound."""

    filename: Maybe[Text] = None
    title: Maybe[Text] = None
    description: Maybe[Text] = None
    content_type: Maybe[Text] = None
    duration_secs: Maybe[float] = None


class Embed(DiscordPayload):
    """A link's preview, or what a bot shows (`rich`)."""

    type: Maybe[Text] = None
    title: Maybe[Text] = None
    description: Maybe[Text] = None


class PollMedia(DiscordPayload):
    """A question or an answer."""

    text: Maybe[Text] = None


class PollAnswer(DiscordPayload):
    """One of a poll's answers."""

    poll_media: Maybe[PollMedia] = None


class DiscordPoll(DiscordPayload):
    """A poll as it was asked."""

    question: Maybe[PollMedia] = None
    answers: Some[PollAnswer] = ()


class Reference(DiscordPayload):
    """What a message points to: `type` 0 is a reply, 1 a forward."""

    type: Maybe[int] = None
    message_id: Maybe[Snowflake] = None
    channel_id: Maybe[Snowflake] = None


class Content(DiscordPayload):
    """What is said with a message, or with one that was forwarded."""

    content: Maybe[Text] = None
    flags: Maybe[int] = None
    attachments: Some[DiscordAttachment] = ()
    embeds: Some[Embed] = ()
    sticker_items: Some[DiscordNamed] = ()
    poll: Maybe[DiscordPoll] = None
    mentions: Some[Mention] = ()
    mention_channels: Some[DiscordNamed] = ()
    unread: bool = False
    """It came with something that is not read here, or of which nothing fits."""

    @model_validator(mode="wrap")
    @classmethod
    def _noted(cls, given: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if not isinstance(given, Mapping):
            return handler(given)
        read = handler({name: value for name, value in given.items() if name != "unread"})
        unread = any(
            value and name not in CARRIES_NOTHING and not getattr(read, name, None)
            for name, value in given.items()
        )
        return read.model_copy(update={"unread": unread})


class Referenced(Content):
    """The message that was replied to; absent where it is gone."""

    id: Snowflake
    type: Maybe[int] = None
    author: Maybe[DiscordUser] = None
    timestamp: Maybe[Text] = None
    application_id: Maybe[Snowflake] = None
    webhook_id: Maybe[Snowflake] = None


class Snapshot(DiscordPayload):
    """What was forwarded, as it was then."""

    message: Maybe[Content] = None


class DiscordMessage(Content):
    """A message, as the gateway and the REST API give it. An edit may lack `author`."""

    id: Snowflake
    channel_id: Snowflake
    guild_id: Maybe[Snowflake] = None
    type: Maybe[int] = None
    author: Maybe[DiscordUser] = None
    member: Maybe[DiscordMember] = None
    timestamp: Maybe[Text] = None
    edited_timestamp: Maybe[Text] = None
    application_id: Maybe[Snowflake] = None
    webhook_id: Maybe[Snowflake] = None
    mention_roles: Some[Snowflake] = ()
    message_reference: Maybe[Reference] = None
    referenced_message: Maybe[Referenced] = None
    message_snapshots: Some[Snapshot] = ()
    interaction: object = None
    interaction_metadata: object = None

    @property
    def is_forward(self) -> bool:
        """Whether it is a copy of another message."""
        return self.message_reference is not None and self.message_reference.type == FORWARD


class Deletion(DiscordPayload):
    """One message, or several at once, that are gone."""

    channel_id: Snowflake
    id: Maybe[Snowflake] = None
    ids: Some[Snowflake] = ()


class Emoji(DiscordPayload):
    """A Unicode emoji by name, or a server's own by id."""

    id: Maybe[Snowflake] = None
    name: Maybe[Text] = None


class DiscordReaction(DiscordPayload):
    """A reaction that was added; `message_author_id` is whose message it is on."""

    channel_id: Snowflake
    message_id: Snowflake
    user_id: Snowflake
    guild_id: Maybe[Snowflake] = None
    message_author_id: Maybe[Snowflake] = None
    member: Maybe[DiscordMember] = None
    emoji: Emoji
