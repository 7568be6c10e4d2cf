"""What the owner commands in their DM, in a word."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from bots.api.twin import TwinCommands
from bots.api.views import Done
from bots.runtime.assistant.answers import OwnerAnswers
from bots.runtime.assistant.command_parser import HELP, USAGE, Command
from bots.runtime.assistant.delegation_commands import DelegationCommands
from bots.runtime.assistant.draft_commands import DraftCommands
from bots.runtime.assistant.reminder_commands import ReminderCommands
from core.errors import OwnerMustFix
from core.types import Conversation

Digest = Callable[[str], Awaitable[str]]
"""What happened, as it may be told on a platform."""


class CommandHandlers:
    """Does what a command says. What only looks like one is answered as any question."""

    def __init__(
        self,
        twin: TwinCommands,
        drafts: DraftCommands,
        reminders: ReminderCommands,
        delegations: DelegationCommands,
        digest: Digest,
        answers: OwnerAnswers,
    ) -> None:
        self._twin = twin
        self._drafts = drafts
        self._reminders = reminders
        self._delegations = delegations
        self._digest = digest
        self._answers = answers

    async def handle(self, where: Conversation, command: Command, said: str, at: datetime) -> str:
        """The word for it, `said` at a time. Raises as what it does."""
        if command.word in USAGE and not command.rest:
            return USAGE[command.word]
        match command.word:
            case "away" | "back" | "pause" | "stop" | "resume":
                act = "pause" if command.word == "stop" else command.word
                done: Done = await getattr(self._twin, act)()
                return f"{done.said[:1].upper()}{done.said[1:]}."
            case "inbox":
                return await self._drafts.inbox(where.platform)
            case "digest":
                return await self._digest(where.platform)
            case "mode":
                return await self._delegations.mode(command.rest)
            case "remember":
                kept = await self._twin.remember(command.rest)
                return f"I'll keep that in mind. (forget {kept.id} lets it go)"
            case "forget":
                return f"{(await self._twin.forget(command.rest)).said}."
            case "remind":
                reminded = await self._reminders.remind(command.rest, said, at)
                return await self._answers.answer(where, said) if reminded is None else reminded
            case "reminders":
                return await self._reminders.listed()
            case "drop":
                return await self._reminders.drop(command.rest)
            case "delegate":
                return await self._delegate(where, command.rest, said)
            case "delegations":
                return await self._delegations.listed(where)
            case "revoke":
                return await self._delegations.revoke(command.rest)
            case "settle":
                return await self._drafts.settle(command.rest)
            case "draft":
                drafted = await self._drafts.draft(where.platform, command.rest)
                return await self._answers.answer(where, said) if drafted is None else drafted
            case "pair":
                return "This account is yours. For another, `understudy pair` on your machine prints a code."
            case "unknown":
                return f"I know no /{command.rest}.\n{HELP}"
        return HELP

    async def _delegate(self, where: Conversation, rest: str, said: str) -> str:
        try:
            return await self._delegations.delegate(where, rest)
        except OwnerMustFix:
            if said.lstrip().startswith("/") or "\n" in rest:
                raise
            return await self._answers.answer(where, said)  # "delegate the dishes to Tom"
