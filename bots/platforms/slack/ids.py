"""Our ids and Slack's, both ways. Pure."""

import re
from dataclasses import dataclass

from core.errors import Refused
from core.types import ConversationId, MessageId, PersonId

NAME = "slack"
NATIVE = re.compile(r"[\w-]{1,60}", re.ASCII)
TS = re.compile(r"\d{1,12}\.\d{1,9}", re.ASCII)
"""What Slack calls a `ts`: a message's time, and its key within its channel."""


@dataclass(frozen=True, slots=True)
class SlackAddress:
    """Where a message goes: a channel or DM of a workspace, or a thread there (the `ts` it began with)."""

    team: str
    channel: str
    thread: str | None = None

    @property
    def conversation(self) -> ConversationId:
        """`slack:TEAM/CHANNEL` or `slack:TEAM/CHANNEL/THREAD`."""
        thread = f"/{self.thread}" if self.thread else ""
        return ConversationId(f"{NAME}:{self.team}/{self.channel}{thread}")

    @property
    def parent(self) -> str:
        """The channel's conversation, for a thread; empty for the channel itself."""
        return SlackAddress(self.team, self.channel).conversation if self.thread else ""

    @property
    def direct(self) -> bool:
        """A DM of two: Slack's ids of those begin with D."""
        return self.channel.startswith("D")

    def message(self, key: str) -> MessageId:
        """The id of one message there."""
        return MessageId(f"{self.conversation}/{key}")

    def beginning(self) -> MessageId | None:
        """The id of the message that the thread began with; it belongs to the channel."""
        return SlackAddress(self.team, self.channel).message(self.thread) if self.thread else None


def address(conversation: ConversationId) -> SlackAddress:
    """The address behind a conversation's id. Raises Refused for what is none of Slack's."""
    platform, _, native = conversation.partition(":")
    team, _, rest = native.partition("/")
    channel, slash, thread = rest.partition("/")
    known = platform == NAME and NATIVE.fullmatch(team) and NATIVE.fullmatch(channel)
    if not known or (slash and not TS.fullmatch(thread)):
        raise Refused("this is no Slack conversation")
    return SlackAddress(team, channel, thread or None)


def key(message: MessageId) -> str | None:
    """The `ts` of a message; None for what has none (a reaction, a slash command)."""
    last = message.rpartition("/")[2]
    return last if TS.fullmatch(last) else None


def account(team: str, user: str) -> PersonId:
    """The id of a user or a bot."""
    return PersonId(f"{NAME}:{team}/{user}")


def user(account_id: PersonId) -> str:
    """Slack's id of a user. Raises Refused for what is none of Slack's."""
    platform, _, native = account_id.partition(":")
    team, _, found = native.partition("/")
    if platform != NAME or not NATIVE.fullmatch(team) or not NATIVE.fullmatch(found):
        raise Refused("this is no Slack account")
    return found
