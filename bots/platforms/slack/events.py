"""What happens on Slack, in nouns that name no one yet: names and members are asked for later."""

from dataclasses import dataclass
from datetime import datetime

from bots.platforms.slack import words
from bots.platforms.slack.ids import SlackAddress
from core.types import MessageId


@dataclass(frozen=True, slots=True)
class SlackTwin:
    """Who the twin is in a workspace: its bot user, that bot's own id, and the app's."""

    team: str
    user: str
    bot: str = ""
    app: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SlackSpeaker:
    """Who speaks; `name` is empty where only `users.info` knows."""

    id: str
    name: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class SharedMessage:
    """A message that one forwards, in markup with its text (`copy`) and without (`reference`); `message` is
    None where Slack does not say which it is."""

    message: MessageId | None
    copy: str
    reference: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What one forwards, and what they say to it (`own`, markup)."""

    own: str
    shares: tuple[SharedMessage, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """Something said. `markup` is Slack's, `answered` the user whom a reply in a thread answers.

    `with_twin` is False for what Slack tells of because the owner can read it, not the twin's bot.
    """

    where: SlackAddress
    key: str
    speaker: SlackSpeaker
    markup: str
    at: datetime
    answered: str | None = None
    with_twin: bool = True
    shared: Shared | None = None

    @property
    def mentions(self) -> frozenset[str]:
        """Users, by Slack's ids."""
        return words.mentions(self.markup)


@dataclass(frozen=True, slots=True)
class SlackEdited:
    """Its text is now this."""

    where: SlackAddress
    key: str
    markup: str
    at: datetime
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class SlackDeleted:
    """It is gone."""

    where: SlackAddress
    key: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji under the message `to`; Slack does not say in which thread that is."""

    where: SlackAddress
    key: str
    user: str
    emoji: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody joined a channel or left it."""

    where: SlackAddress
    user: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened the assistant."""

    where: SlackAddress
    user: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """The app lost its token, or the owner's (`users_only`)."""

    users_only: bool = False


Event = Said | SlackEdited | SlackDeleted | Reacted | Moved | Opened | Revoked
