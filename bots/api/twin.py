"""What may be asked of a twin: by the command line, the command socket, the console and the owner's DM."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bots.api.change import Change
from bots.api.delegation_views import DelegationPreview, DelegationView
from bots.api.exposed import exposed
from bots.api.people import TwinPeople
from bots.api.views import (
    AskAnswer,
    BackupView,
    ConversationView,
    DigestTimesView,
    DigestView,
    Done,
    DraftView,
    HearAnswer,
    MessageView,
    RecallAnswer,
    ReceiptView,
    RecordView,
    ReminderView,
    StatusView,
    SuggestionView,
)
from core.types import SmallTalk


class TwinCommands(Protocol):
    """What of it is told in a word, in the owner's DM too. May raise as `Twin`."""

    @exposed
    async def pause(self) -> Done:
        """Stop all sending at once."""
        ...

    @exposed
    async def resume(self) -> Done:
        """Send again."""
        ...

    @exposed
    async def away(self) -> Done:
        """The owner is away."""
        ...

    @exposed
    async def back(self) -> Done:
        """The owner is back."""
        ...

    @exposed
    async def mode(self, conversation: str, mode: str) -> Done:
        """How far the twin may go there: `observe`, `draft` or `auto`."""
        ...

    @exposed
    async def preview_delegation(
        self,
        target: str,
        persona: str | None = None,
        until: str | datetime | None = None,
        replies: Mapping[SmallTalk, Sequence[str]] | None = None,
    ) -> DelegationPreview:
        """What `delegate` would do, with these replies or those that the owner's messages propose. Refused
        where it would do nothing."""
        ...

    @exposed
    async def delegate(
        self,
        target: str,
        replies: Mapping[SmallTalk, Sequence[str]],
        persona: str | None = None,
        until: str | datetime | None = None,
        fingerprint: str | None = None,
    ) -> DelegationView:
        """Let these replies of the owner's be sent, to a person or in a conversation (by id or name), to what
        as a whole is small talk of their kinds. Refused where a look at it would not have the
        `fingerprint` now of the one that the owner said yes to."""
        ...

    @exposed
    async def delegations(self) -> tuple[DelegationView, ...]:
        """Those that are neither revoked nor over, each with what stops it."""
        ...

    @exposed
    async def revoke(self, id: str) -> Done:
        """Take a delegation back, and all that it had lifted."""
        ...

    @exposed
    async def remember(self, text: str) -> RecordView:
        """A note for the owner alone, until shared."""
        ...

    @exposed
    async def forget(self, record: str) -> Done:
        """Delete a record, and the text of the message it came from. What waits and rested on it is drafted
        anew; what was sent is kept."""
        ...

    @exposed
    async def remind(
        self, text: str, at: str | datetime | None = None, said_at: datetime | None = None
    ) -> ReminderView:
        """Tell the owner this in their DM, once or again and again, at a time as `base/times.py` reads it;
        without one the text begins or ends with it. It counts from when it was said. Raises OwnerMustFix."""
        ...

    @exposed
    async def reminders(self) -> tuple[ReminderView, ...]:
        """Those that were not told yet, and those that recur, the first due first."""
        ...

    @exposed
    async def unremind(self, id: str) -> Done:
        """Let a reminder go, or end one that recurs."""
        ...


class Twin(TwinCommands, TwinPeople, Protocol):
    """Every method may raise OwnerMustFix, TryAgain and Refused, whose messages are fit to be shown.

    `revision=None` means "the one that is open now". What is `exposed` may be called from outside.
    """

    # What is said, and where

    @exposed
    async def hear(self, person: str, conversation: str, text: str) -> HearAnswer:
        """One message on the console platform, through the whole way; waits for what comes of it.

        `person` may be `owner`. TryAgain or OwnerMustFix when the model cannot answer now: the message
        is stored and waits.
        """
        ...

    async def receive(self, person: str, conversation: str, text: str) -> str:
        """As `hear`, but returns the message's id as soon as it is committed (for the console's page)."""
        ...

    @exposed
    async def conversations(self) -> tuple[ConversationView, ...]:
        """Every conversation, the one last spoken in first."""
        ...

    @exposed
    async def thread(self, conversation: str, limit: int = 50) -> tuple[MessageView, ...]:
        """The last messages of a conversation, oldest first."""
        ...

    # What waits for the owner, and what was sent

    @exposed
    async def inbox(self) -> tuple[DraftView, ...]:
        """The open drafts, oldest first."""
        ...

    @exposed
    async def draft(self, id: str) -> DraftView:
        """One draft, open or closed. Refused when there is none of that id."""
        ...

    @exposed
    async def approve(
        self, id: str, revision: int | None = None, text: str | None = None, via: str = "cli"
    ) -> DraftView:
        """Authorize it, with `text` edited first if given; waits a moment for the delivery to end.

        Refused: `already handled`.
        """
        ...

    @exposed
    async def edit(self, id: str, text: str, revision: int | None = None) -> DraftView:
        """Change the text and authorize nothing: a new revision."""
        ...

    @exposed
    async def reject(
        self, id: str, revision: int | None = None, why: str = "", via: str = "cli"
    ) -> DraftView:
        """Send nothing."""
        ...

    @exposed
    async def redraft(self, id: str, guidance: str = "", revision: int | None = None) -> DraftView:
        """Draft again with the owner's guidance: a new revision of the same draft."""
        ...

    @exposed
    async def snooze(self, id: str, until: str | datetime, revision: int | None = None) -> DraftView:
        """Put aside until a time: ISO 8601 (local unless it says otherwise), or `2h`, `30m`, `1d`."""
        ...

    @exposed
    async def settle(self, id: str, delivered: bool) -> DraftView:
        """The owner says whether an uncertain draft arrived."""
        ...

    @exposed
    async def withheld(self, id: str) -> tuple[RecordView, ...]:
        """For the owner alone: what matched but may not be heard there."""
        ...

    @exposed
    async def share(self, record: str, with_: Sequence[str], draft: str | None = None) -> Done:
        """Let people hear a record: person ids, circle names, principals, or `once`.

        `once` holds for the next redraft of `draft` alone; without `draft`, for the only open one.
        """
        ...

    @exposed
    async def receipts(self, limit: int = 50) -> tuple[ReceiptView, ...]:
        """What was sent, newest first."""
        ...

    # What the twin knows

    @exposed
    async def recall(self, query: str, for_: str, limit: int = 8) -> RecallAnswer:
        """What may be recalled in the conversation `for_`."""
        ...

    @exposed
    async def ask(self, question: str) -> AskAnswer:
        """The owner asks their twin; answered from memory, in the owner's own DM."""
        ...

    @exposed
    async def suggestions(self) -> tuple[SuggestionView, ...]:
        """What contacts said that might belong in the profile."""
        ...

    @exposed
    async def accept_suggestion(self, id: str) -> RecordView:
        """Into the profile, for those whom it was said to. Refused: `already handled`."""
        ...

    @exposed
    async def dismiss_suggestion(self, id: str) -> Done:
        """The profile stays as it is. Refused: `already handled`."""
        ...

    @exposed
    async def rules(self) -> tuple[RecordView, ...]:
        """What the owner wants kept to, wherever every listener may know of it."""
        ...

    @exposed
    async def set_rule(self, key: str, text: str) -> RecordView:
        """A new one, for the owner alone until shared; or another text for the one of that key."""
        ...

    # What the owner is told by the clock

    @exposed
    async def digest(self, name: str | None = None, since: str | datetime | None = None) -> DigestView:
        """What happened and what waits: since that digest was last told, else since a time, else for a day.
        `since` as `1d`, or ISO 8601."""
        ...

    async def digest_picture(self, since: str | datetime | None = None, dark: bool = False) -> bytes:
        """The digest's picture, a PNG; `dark` for a page that is."""
        ...

    @exposed
    async def digests(self) -> tuple[DigestTimesView, ...]:
        """Those that are declared, with when they come and when they came."""
        ...

    # How the twin is

    @exposed
    async def status(self) -> StatusView:
        """How the twin is."""
        ...

    @exposed
    async def backup(self, path: str | Path) -> BackupView:
        """Everything in one tar file, mode 0600. OwnerMustFix when it exists already."""
        ...

    def changes(self) -> AsyncIterator[Change]:
        """Small events for live pages, from this call on."""
        ...
