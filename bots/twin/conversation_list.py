"""The list of conversations, with how each stands."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from bots.api.views import ConversationView
from bots.runtime.approval.presenter import Presenter, conversation_view
from core.errors import OwnerMustFix
from core.types import Conversation, ConversationId, Mode
from memory.archive.messages import Messages
from memory.outbox.delegations import Delegations
from memory.outbox.outbox import Outbox
from memory.reports import overview
from memory.storage.port import Database
from personas.library import PersonaLibrary

NEVER = datetime.min.replace(tzinfo=UTC)


class ConversationList:
    """Every conversation, with its mode and what is open there."""

    def __init__(
        self,
        db: Database,
        messages: Messages,
        outbox: Outbox,
        delegations: Delegations,
        personas: PersonaLibrary,
        presenter: Presenter,
    ) -> None:
        self._presenter = presenter
        self._db = db
        self._messages = messages
        self._outbox = outbox
        self._delegations = delegations
        self._personas = personas

    async def views(self) -> tuple[ConversationView, ...]:
        """The one last spoken in first."""
        last = await self._db.read(overview.last_spoken)
        drafts = {one.conversation: one.id for one in await self._outbox.open()}
        pending = {message.conversation for message in await self._messages.pending()}
        found = await self._messages.conversations()
        modes = await self._modes(found)
        found.sort(key=lambda conversation: last.get(conversation.id, NEVER), reverse=True)
        return tuple(
            [
                replace(
                    conversation_view(
                        conversation,
                        self._presenter.title(conversation),
                        modes.get(conversation.id, Mode.OBSERVE),
                        drafts.get(conversation.id),
                    ),
                    pending=conversation.id in pending,
                )
                for conversation in found
            ]
        )

    async def _modes(self, conversations: Sequence[Conversation]) -> Mapping[ConversationId, Mode]:
        """How far the twin may go; not where the file of the persona that speaks there is broken."""
        speaking = []
        for conversation in conversations:
            with suppress(OwnerMustFix):
                speaking.append((conversation, await self._personas.select_persona(conversation)))
        return await self._delegations.modes(speaking)
