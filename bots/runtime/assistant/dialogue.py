"""The owner talks to their twin in a DM: it obeys, or answers from what it knows."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bots.api.commands import COMMANDS
from bots.platforms.card_lines import quoted
from bots.platforms.port import dated
from bots.runtime.assistant.answers import OwnerAnswers
from bots.runtime.assistant.command_handlers import CommandHandlers
from bots.runtime.assistant.command_parser import Command, read_command
from bots.runtime.base.services import Services
from bots.runtime.conversation.composer import readable
from core.errors import UnderstudyError
from core.ids import native_of, platform_of
from core.types import OWNER, TWIN, Conversation, ConversationId, Kind, Message, MessageId, PersonId
from memory.archive.messages import Messages

WIDENS = frozenset(command.word for command in COMMANDS if command.widens)
PROMPT = timedelta(minutes=10)
LONGEST_QUOTE = 160
"""So soon after it was said, it is still what the owner wants."""


def owner_dm(account: PersonId, owner: str) -> Conversation:
    """The owner's DM with the twin on one platform.

    It has an id of its own, not that of the chat: an account that is the owner's no more finds nothing
    there of what was said before.
    """
    return Conversation(owner_dm_id(account), platform_of(account), f"{owner} and the twin", Kind.OWNER)


def owner_dm_id(account: PersonId) -> ConversationId:
    """Its id."""
    return ConversationId(f"{platform_of(account)}:owner/{native_of(account)}")


class Dialogue:
    """Answers the owner's proven accounts; whether it is one, the caller knows."""

    def __init__(
        self,
        owner: str,
        messages: Messages,
        answers: OwnerAnswers,
        commands: CommandHandlers,
        services: Services,
    ) -> None:
        self._owner = owner
        self._messages = messages
        self._answers = answers
        self._commands = commands
        self._clock = services.clock
        self._changes = services.changes
        self._fresh = services.timing.fresh
        self._answering: set[MessageId] = set()

    async def said(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        sent_at: datetime | None = None,
        *,
        live: bool = True,
        kept: Callable[[], None] = lambda: None,
    ) -> str:
        """The answer; empty where the message was answered before. `kept` is called once it is committed."""
        if message in self._answering:
            return ""
        self._answering.add(message)
        where, now = owner_dm(account, self._owner), self._clock.now()
        at = dated(sent_at or now, now, live=live)
        try:
            return await self._said(where, message, readable(text), at, live, kept)
        finally:
            self._answering.discard(message)

    async def keep(self, account: PersonId, message: Message) -> None:
        """Keep something that is said there to nobody."""
        where = owner_dm(account, self._owner)
        await self._hear(where, message.id, OWNER, message.text, message.sent_at)

    async def keep_code(self, account: PersonId, message: MessageId, at: datetime) -> None:
        """Keep that a pairing code was said and answered, and no word of it: it may be delivered again."""
        where = owner_dm(account, self._owner)
        await self._hear(where, message, OWNER, "", at)
        await self._hear(where, MessageId(f"{message}/answer"), TWIN, "", at, reply_to=message)

    async def _said(
        self,
        where: Conversation,
        message: MessageId,
        said: str,
        at: datetime,
        live: bool,
        kept_it: Callable[[], None],
    ) -> str:
        answered, command = MessageId(f"{message}/answer"), read_command(said)
        new = await self._hear(where, message, OWNER, said if command is None else "", at)
        kept_it()
        if not new and await self._messages.get(answered) is not None:
            return ""
        try:
            if not live and self._is_too_late(command, at):
                wrote = quoted(said, LONGEST_QUOTE)
                answer = f"You wrote {wrote} while I was off: say it again if you still want it."
            else:
                answer = await (
                    self._answers.answer(where, said)
                    if command is None
                    else self._commands.handle(where, command, said, at)
                )
        except UnderstudyError as error:
            answer = str(error)
        kept = answer if command is None else ""
        await self._hear(where, answered, TWIN, kept, self._clock.now(), reply_to=message)
        return answer

    async def _hear(
        self,
        where: Conversation,
        message: MessageId,
        author: PersonId,
        text: str,
        at: datetime,
        reply_to: MessageId | None = None,
    ) -> bool:
        """Commit it, for the owner alone. A command leaves no words behind, only that it was heard."""
        kept = Message(message, where.id, author, text, at, reply_to=reply_to, deleted=not text.strip())
        new = await self._messages.hear(where, kept)
        if new:
            self._changes.publish("message", where.id)
        return new

    def _is_too_late(self, command: Command | None, at: datetime) -> bool:
        """What would let the twin do more than now is not done on an old word, and no very old question is
        answered. What keeps it back (pause, back) is done however late."""
        age = self._clock.now() - at
        return age > self._fresh if command is None else command.word in WIDENS and age > PROMPT
