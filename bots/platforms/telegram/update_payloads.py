"""The objects of the Bot API that an update may hold beside a message, as far as they are read here."""

from pydantic import Field

from bots.platforms.telegram.payloads import Chat, Moment, Number, TelegramPayload, TelegramUser


class TelegramPressed(TelegramPayload):
    """A callback query; `message` may be too old to be read."""

    class Where(TelegramPayload):
        """The message with the button."""

        message_id: Number
        chat: Chat

    id: str
    sender: TelegramUser = Field(alias="from")
    message: Where | None = None
    data: str | None = None


class Rights(TelegramPayload):
    """What the owner lets a Business bot do."""

    can_reply: bool = False


class BusinessConnection(TelegramPayload):
    """`can_reply` is where Bot API 7 and 8 had it; since 9 it is one of the `rights`."""

    id: str
    user: TelegramUser
    is_enabled: bool = False
    can_reply: bool | None = None
    rights: Rights | None = None


class BusinessDeletion(TelegramPayload):
    """Messages taken back in a Business chat."""

    business_connection_id: str
    chat: Chat
    message_ids: tuple[Number, ...]


class TelegramMember(TelegramPayload):
    """Someone in a chat, and how."""

    status: str
    user: TelegramUser
    is_member: bool | None = None

    @property
    def reads(self) -> bool:
        """Whether they are in the chat."""
        restricted = self.status == "restricted" and self.is_member is not False
        return restricted or self.status in ("creator", "administrator", "member")


class MemberChange(TelegramPayload):
    """Someone came, left, or got other rights."""

    chat: Chat
    date: Moment
    old_chat_member: TelegramMember
    new_chat_member: TelegramMember


class TelegramReaction(TelegramPayload):
    """One reaction; `emoji` is None for a custom one."""

    type: str
    emoji: str | None = None


class ReactionChange(TelegramPayload):
    """What one user's reactions to a message are now."""

    chat: Chat
    message_id: Number
    date: Moment
    user: TelegramUser | None = None
    new_reaction: tuple[TelegramReaction, ...] = ()
