"""The part of Slack's objects that is read here. Fields and meanings: docs.slack.dev/reference/events.

Pydantic refuses what has another shape; its ValidationError names fields, and is caught where events are
parsed.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bots.platforms.payloads import ReadAsFarAsItGoes

WHO_AND_WHERE = (
    *("ts", "channel", "user", "subtype", "bot_id", "app_id", "bot_profile", "metadata", "thread_ts"),
    *("parent_user_id", "edited"),
)
METADATA = "understudy"
"""The event type of the metadata on all that the twin posts."""
Native = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
Ts = Annotated[str, Field(pattern=r"^[0-9]{1,11}\.[0-9]{1,9}$")]
"""Seconds since 1970 and a running number: the key of a message within its channel."""


Text = Annotated[str, BeforeValidator(lambda given: "" if given is None else given)]
"""Empty where there is none: Slack leaves a field out, or sends null."""


def _or_none(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


NativeOrNone = Annotated[Native | None, WrapValidator(_or_none)]
TsOrNone = Annotated[Ts | None, WrapValidator(_or_none)]
"""Of what is as good as not there where it has another shape."""


class SlackPayload(BaseModel):
    """What is not named here is ignored: Slack's objects grow all the time."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Metadata(SlackPayload):
    """What an app attached to its message."""

    event_type: Text = ""
    event_payload: Any = None


class BotProfile(SlackPayload):
    """Who the bot is that posted."""

    app_id: str | None = None
    name: str | None = None


class File(SlackPayload):
    """Something uploaded. `subtype` is `slack_audio` for a voice clip, `slack_video` for a video clip."""

    name: str | None = None
    title: str | None = None
    mimetype: str | None = None
    subtype: str | None = None
    duration_ms: float | None = Field(default=None, ge=0, lt=1e12)


class SlackAttachment(SlackPayload):
    """An older kind of block, the preview of a link, or (`is_share`) a message forwarded from elsewhere. Here
    what is not named is kept: it may be something that is shown."""

    model_config = ConfigDict(extra="allow")

    is_share: bool | None = None
    channel_id: NativeOrNone = None
    ts: TsOrNone = None
    from_url: str | None = None
    original_url: str | None = None
    author_name: str | None = None
    pretext: str | None = None
    title: str | None = None
    text: str | None = None
    fields: list[Any] | None = None
    footer: str | None = None
    blocks: list[Any] | None = None
    fallback: str | None = None

    @property
    def is_preview(self) -> bool:
        """Slack's own, of a link: no one said it, and it comes after the message."""
        return not self.is_share and bool(self.from_url or self.original_url)


class Edit(SlackPayload):
    """That the text of a message was changed, and when."""

    ts: Ts | None = None


class SlackMessage(SlackPayload, ReadAsFarAsItGoes):
    """A message as in events and in history. Here what is not named is kept: it may be something that is
    said. One of another shape is still one of somebody's, as far as that can be read."""

    model_config = ConfigDict(extra="allow")
    who_and_where = WHO_AND_WHERE

    ts: Ts
    channel: Native | None = None
    subtype: str | None = None
    user: Native | None = None
    bot_id: Native | None = None
    app_id: str | None = None
    username: str | None = None
    bot_profile: BotProfile | None = None
    text: str | None = None
    blocks: list[Any] | None = None
    files: list[File] | None = None
    attachments: list[SlackAttachment] | None = None
    thread_ts: Ts | None = None
    parent_user_id: Native | None = None
    metadata: Metadata | None = None
    edited: Edit | None = None
    reply_count: int | None = None
    latest_reply: Ts | None = None


class Changed(SlackPayload):
    """`message_changed`: an edit, or only a preview or a reply that was counted."""

    channel: Native
    message: SlackMessage
    previous_message: SlackMessage | None = None
    event_ts: Ts | None = None


class Removed(SlackPayload):
    """`message_deleted`."""

    channel: Native
    deleted_ts: Ts
    previous_message: SlackMessage | None = None


class Item(SlackPayload):
    """What a reaction is to."""

    type: str | None = None
    channel: Native | None = None
    ts: Ts | None = None


class SlackReaction(SlackPayload):
    """`reaction_added`."""

    user: Native
    reaction: str
    item: Item
    event_ts: Ts


class SlackMembership(SlackPayload):
    """`member_joined_channel` and `member_left_channel`."""

    user: Native
    channel: Native


class AssistantThread(SlackPayload):
    """Where someone opened the assistant."""

    user_id: Native
    channel_id: Native
    thread_ts: Ts


class Assistant(SlackPayload):
    """`assistant_thread_started`."""

    assistant_thread: AssistantThread


class Tokens(SlackPayload):
    """Whose tokens are void: user ids, by kind."""

    oauth: list[Any] | None = None
    bot: list[Any] | None = None


class Revocation(SlackPayload):
    """`tokens_revoked`."""

    tokens: Tokens


class SlackPerson(SlackPayload):
    """Who clicked."""

    id: Native


class SlackChannel(SlackPayload):
    """Where it was."""

    id: Native


class SlackContainer(SlackPayload):
    """The message that holds the buttons."""

    message_ts: Ts | None = None
    channel_id: Native | None = None


class SlackPressed(SlackPayload):
    """`block_actions`."""

    user: SlackPerson
    trigger_id: Text = ""
    response_url: Text = ""
    channel: SlackChannel | None = None
    container: SlackContainer | None = None
    actions: list[Any]


class View(SlackPayload):
    """A modal; `state` holds what was typed."""

    callback_id: str
    private_metadata: Text = ""
    state: dict[str, Any] | None = None


class Submitted(SlackPayload):
    """`view_submission`."""

    user: SlackPerson
    view: View


class SlackCommand(SlackPayload):
    """A slash command."""

    user_id: Native
    channel_id: Native
    text: str | None = None
    trigger_id: str = Field(max_length=200)
    response_url: Text = ""


def moment(ts: str) -> datetime:
    """When a message was sent, by its key; to the microsecond."""
    seconds, _, rest = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(rest[:6].ljust(6, "0")))
