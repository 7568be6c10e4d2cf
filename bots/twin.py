"""The one facade that the command line, the control socket and the console speak to."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from bots.events import Change
from bots.views import (
    AskAnswer,
    BackupView,
    CircleView,
    ConversationView,
    DelegationView,
    Done,
    DraftView,
    HearAnswer,
    MessageView,
    PersonaView,
    PersonView,
    RecallAnswer,
    ReceiptView,
    RecordView,
    StatusView,
    SuggestionView,
)


class Twin:
    """Every method may raise OwnerMustFix, TryAgain and Refused, whose messages are fit to be shown.

    `revision=None` means "the one that is open now".
    """

    # What is said

    async def hear(self, person: str, conversation: str, text: str) -> HearAnswer:
        """One message on the console platform, through the whole way; waits for what comes of it.

        `person` may be `owner`. TryAgain or OwnerMustFix when the model cannot answer now: the message
        is stored and waits.
        """
        raise NotImplementedError

    async def receive(self, person: str, conversation: str, text: str) -> str:
        """As `hear`, but returns the message's id as soon as it is committed (for the console's page)."""
        raise NotImplementedError

    async def conversations(self) -> tuple[ConversationView, ...]:
        """Every conversation, the one last spoken in first."""
        raise NotImplementedError

    async def thread(self, conversation: str, limit: int = 50) -> tuple[MessageView, ...]:
        """The last messages of a conversation, oldest first."""
        raise NotImplementedError

    # What waits for leave

    async def inbox(self) -> tuple[DraftView, ...]:
        """The open drafts, oldest first."""
        raise NotImplementedError

    async def draft(self, id: str) -> DraftView:
        """One draft, open or closed. OwnerMustFix when there is none of that id."""
        raise NotImplementedError

    async def approve(
        self,
        id: str,
        revision: int | None = None,
        text: str | None = None,
        via: str = "cli",
    ) -> DraftView:
        """Give leave, with `text` edited first if given; waits a moment for the delivery to end.

        Refused: `already handled`.
        """
        raise NotImplementedError

    async def edit(self, id: str, text: str, revision: int | None = None) -> DraftView:
        """Change the text without giving leave: a new revision."""
        raise NotImplementedError

    async def reject(
        self,
        id: str,
        revision: int | None = None,
        why: str = "",
        via: str = "cli",
    ) -> DraftView:
        """Send nothing."""
        raise NotImplementedError

    async def redraft(self, id: str, guidance: str = "", revision: int | None = None) -> DraftView:
        """Draft again with the owner's guidance: a new revision of the same draft."""
        raise NotImplementedError

    async def snooze(self, id: str, until: str | datetime, revision: int | None = None) -> DraftView:
        """Put aside until a time: ISO 8601 (local unless it says otherwise), or `2h`, `30m`, `1d`."""
        raise NotImplementedError

    async def settle(self, id: str, delivered: bool) -> DraftView:
        """The owner says whether an uncertain draft arrived."""
        raise NotImplementedError

    async def withheld(self, id: str) -> tuple[RecordView, ...]:
        """For the owner alone: what matched but may not be heard there."""
        raise NotImplementedError

    async def share(self, record: str, with_: Sequence[str], draft: str | None = None) -> Done:
        """Let people hear a record: person ids, circle names, atoms, or `once`.

        `once` holds for the next redraft of `draft` alone; without `draft`, for the only open one.
        """
        raise NotImplementedError

    async def receipts(self, limit: int = 50) -> tuple[ReceiptView, ...]:
        """What was sent, newest first."""
        raise NotImplementedError

    # Leave and presence

    async def pause(self) -> Done:
        """Stop all sending at once."""
        raise NotImplementedError

    async def resume(self) -> Done:
        """Send again."""
        raise NotImplementedError

    async def away(self) -> Done:
        """The owner is away."""
        raise NotImplementedError

    async def back(self) -> Done:
        """The owner is back."""
        raise NotImplementedError

    async def mode(self, conversation: str, mode: str) -> Done:
        """How far the twin may go there: `observe`, `draft` or `auto`."""
        raise NotImplementedError

    async def delegate(
        self,
        target: str,
        persona: str | None = None,
        kinds: Sequence[str] = (),
        until: str | datetime | None = None,
    ) -> DelegationView:
        """Leave in advance for a person or a conversation."""
        raise NotImplementedError

    async def delegations(self) -> tuple[DelegationView, ...]:
        """The delegations in force."""
        raise NotImplementedError

    async def revoke(self, id: str) -> Done:
        """Take a delegation back."""
        raise NotImplementedError

    # Who and what

    async def people(self) -> tuple[PersonView, ...]:
        """The owner's people."""
        raise NotImplementedError

    async def circles(self) -> tuple[CircleView, ...]:
        """The owner's circles."""
        raise NotImplementedError

    async def recall(self, query: str, for_: str, limit: int = 8) -> RecallAnswer:
        """What may be recalled in the conversation `for_`."""
        raise NotImplementedError

    async def ask(self, question: str) -> AskAnswer:
        """The owner asks their twin; answered from memory, in the owner's own DM."""
        raise NotImplementedError

    async def remember(self, text: str) -> RecordView:
        """A note for the owner alone, until shared."""
        raise NotImplementedError

    async def suggestions(self) -> tuple[SuggestionView, ...]:
        """What contacts said that might belong in the profile."""
        raise NotImplementedError

    async def forget(self, record: str) -> Done:
        """Delete a record, and the text of the message it came from."""
        raise NotImplementedError

    async def personas(self) -> tuple[PersonaView, ...]:
        """Every persona, with where it is bound."""
        raise NotImplementedError

    async def persona(self, name: str) -> PersonaView:
        """One persona."""
        raise NotImplementedError

    async def bind(self, persona: str, to: str = "default") -> Done:
        """Use a persona for a conversation id, `circle:NAME` or `default`."""
        raise NotImplementedError

    # The house

    async def status(self) -> StatusView:
        """How the twin is."""
        raise NotImplementedError

    async def backup(self, path: str | Path) -> BackupView:
        """Everything in one tar file, mode 0600. OwnerMustFix when it exists already."""
        raise NotImplementedError

    def changes(self) -> AsyncIterator[Change]:
        """Small events for live pages, from this call on."""
        raise NotImplementedError
