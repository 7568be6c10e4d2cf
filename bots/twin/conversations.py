"""What is said, and where."""

from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

from bots.api.views import ConversationView, HearAnswer, MessageView
from bots.runtime.approval.presenter import conversation_view
from bots.twin.part import Part
from core.errors import OwnerMustFix
from core.types import Conversation, Mode
from memory.outbox.policy_facts import capped
from memory.reports import overview

NEVER = datetime.min.replace(tzinfo=UTC)


class ConversationPart(Part):
    """What is said, and where."""

    async def hear(self, person: str, conversation: str, text: str) -> HearAnswer:
        """One message on the console platform, through the whole way; waits for what comes of it.

        `person` may be `owner`. TryAgain or OwnerMustFix when the model cannot answer now: the message
        is stored and waits.
        """
        began = perf_counter()
        where, message = await self._house.composer.compose(person, conversation, text)
        turned = await self._house.gateway.converse(where, message)
        timings = dict(turned.outcome.timings_ms) if turned.outcome else {}
        timings |= {"file": turned.filed_ms, "total": (perf_counter() - began) * 1000}
        return await self._house.presenter.hear_answer(replace(turned, message=message.id), timings)

    async def receive(self, person: str, conversation: str, text: str) -> str:
        """As `hear`, but returns the message's id as soon as it is committed (for the console's page)."""
        where, message = await self._house.composer.compose(person, conversation, text)
        await self._house.gateway.hear(where, message, at_once=True)
        return message.id

    async def conversations(self) -> tuple[ConversationView, ...]:
        """Every conversation, the one last spoken in first."""
        house = self._house
        last = await house.db.read(overview.last_spoken)
        drafts = {one.conversation: one.id for one in await house.outbox.open()}
        modes = await house.control.modes()
        pending = {message.conversation for message in await house.messages.pending()}
        found = await house.messages.conversations()
        found.sort(key=lambda one: last.get(one.id, NEVER), reverse=True)
        return tuple(
            [
                replace(
                    conversation_view(one, await self._mode(one, modes.get(one.id)), drafts.get(one.id)),
                    pending=one.id in pending,
                )
                for one in found
            ]
        )

    async def thread(self, conversation: str, limit: int = 50) -> tuple[MessageView, ...]:
        """The last messages of a conversation, oldest first."""
        found = await self._house.composer.conversation(conversation)
        said = await self._house.messages.recent(found.id, limit)
        return tuple(self._house.presenter.message(one) for one in said)

    async def _mode(self, conversation: Conversation, explicit: Mode | None) -> Mode:
        try:
            return capped(explicit, (await self._house.personas.select_persona(conversation)).mode)
        except OwnerMustFix:
            return Mode.OBSERVE
