"""What an update of the Bot API can say, in our nouns."""

from dataclasses import dataclass
from datetime import datetime

from bots.platforms.port import CardAction
from bots.platforms.telegram.ids import TelegramAddress
from core.types import Conversation, ConversationId, DraftId, Message, MessageId, PersonId


@dataclass(frozen=True, slots=True)
class TelegramSpeaker:
    """Who an account says it is; `username` is empty or in lower case."""

    account: PersonId
    name: str
    is_bot: bool = False
    username: str = ""


@dataclass(frozen=True, slots=True)
class TelegramTopic:
    """A topic of a group; `name` as it was first called, empty where Telegram does not say it."""

    group: str
    name: str


@dataclass(frozen=True, slots=True)
class TelegramQuoted:
    """A message that came along with a reply to it."""

    speaker: TelegramSpeaker
    message: Message


@dataclass(frozen=True, slots=True)
class Citation:
    """What is replied to that is no message of the same chat, in words that say whose it is; `message` None
    where Telegram does not say which it was."""

    text: str
    message: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """That a message is a copy of another: of which, and its text without the copy."""

    message: MessageId
    text: str


@dataclass(frozen=True, slots=True)
class TelegramHeard:
    """Something said where others are. `mentions` holds accounts and `@usernames`, `answered` whom it
    replies to; `connection` is a Business connection's id, else empty; `command`: it is a command to the
    twin. `answered_here`: it replies to a message of the same conversation, which is `quoted` where it came
    along."""

    conversation: Conversation
    message: Message
    speaker: TelegramSpeaker
    mentions: frozenset[str] = frozenset()
    answered: PersonId | None = None
    connection: str = ""
    topic: TelegramTopic | None = None
    command: bool = False
    quoted: TelegramQuoted | None = None
    forward: Forward | None = None
    answered_here: bool = False
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class SaidToTwin:
    """Something said in a DM with the bot. `typed` is None where it is not the speaker's own typed text;
    `command`: it is one, and no code that proves who they are; `answered` is Telegram's number of the message
    replied to."""

    speaker: TelegramSpeaker
    chat: int
    message: MessageId
    text: str
    at: datetime
    typed: str | None = None
    answered: int | None = None
    command: bool = False

    @property
    def replies_to(self) -> MessageId | None:
        """The message replied to."""
        return None if self.answered is None else TelegramAddress(self.chat).message(self.answered)


@dataclass(frozen=True, slots=True)
class TelegramEdited:
    """Its text is now this."""

    message: MessageId
    text: str
    at: datetime
    connection: str = ""
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class TelegramDeleted:
    """Messages taken back in a Business chat."""

    messages: tuple[MessageId, ...]
    connection: str


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button of a card; `draft` is None for a button that no card of ours has."""

    query: str
    account: PersonId
    chat: int
    card: int | None
    action: CardAction
    draft: DraftId | None
    revision: int


@dataclass(frozen=True, slots=True)
class Linked:
    """An account connected the bot to its own chats, changed the connection, or ended it.

    `can_reply` is None where Telegram does not say.
    """

    id: str
    account: PersonId
    enabled: bool
    can_reply: bool | None


@dataclass(frozen=True, slots=True)
class Joined:
    """Who can read a conversation has changed."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class TelegramNamed:
    """A topic is called so from now on."""

    conversation: ConversationId
    name: str


Event = (
    TelegramHeard | SaidToTwin | TelegramEdited | TelegramDeleted | Clicked | Linked | Joined | TelegramNamed
)


def queue_of(event: Event) -> str:
    """What it must be handled in order with: its conversation; empty where order is no matter. Pure."""
    match event:
        case TelegramHeard() | Joined():
            return event.conversation.id
        case TelegramNamed():
            return event.conversation
        case SaidToTwin() | TelegramEdited():
            return event.message.rpartition("/")[0]
        case TelegramDeleted():
            return event.messages[0].rpartition("/")[0] if event.messages else ""
        case _:
            return ""
