"""The list of conversations, with how each stands."""

from dataclasses import replace
from datetime import UTC, datetime

from bots.api.views import ConversationView
from bots.runtime.approval.presenter import Presenter, conversation_view
from core.errors import OwnerMustFix
from core.types import Conversation, Mode
from memory.archive.messages import Messages
from memory.outbox.outbox import Outbox
from memory.outbox.policy_facts import capped
from memory.outbox.switches import Switches
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
        control: Switches,
        personas: PersonaLibrary,
        presenter: Presenter,
    ) -> None:
        self._presenter = presenter
        self._db = db
        self._messages = messages
        self._outbox = outbox
        self._control = control
        self._personas = personas

    async def views(self) -> tuple[ConversationView, ...]:
        """The one last spoken in first."""
        last = await self._db.read(overview.last_spoken)
        drafts = {one.conversation: one.id for one in await self._outbox.open()}
        modes = await self._control.modes()
        pending = {message.conversation for message in await self._messages.pending()}
        found = await self._messages.conversations()
        found.sort(key=lambda conversation: last.get(conversation.id, NEVER), reverse=True)
        return tuple(
            [
                replace(
                    conversation_view(
                        conversation,
                        self._presenter.title(conversation),
                        await self._mode(conversation, modes.get(conversation.id)),
                        drafts.get(conversation.id),
                    ),
                    pending=conversation.id in pending,
                )
                for conversation in found
            ]
        )

    async def _mode(self, conversation: Conversation, explicit: Mode | None) -> Mode:
        try:
            return capped(explicit, (await self._personas.select_persona(conversation)).mode)
        except OwnerMustFix:
            return Mode.OBSERVE
