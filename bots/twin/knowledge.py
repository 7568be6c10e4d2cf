"""What the twin knows."""

import secrets

from bots.api.views import AskAnswer, Done, RecallAnswer, RecordView, SuggestionView
from bots.runtime.approval.presenter import record_view, retrieved
from bots.runtime.assistant.questions import ask
from bots.runtime.conversation.composer import readable
from bots.twin.part import Part
from core.audience import OWNER_ONLY
from core.errors import OwnerMustFix
from core.ids import RecordKind, record_id
from core.types import OWNER, MemoryRecord, RecordId
from memory.reports.forgetting import forget


class KnowledgePart(Part):
    """What the twin knows."""

    async def recall(self, query: str, for_: str, limit: int = 8) -> RecallAnswer:
        """What may be recalled in the conversation `for_`."""
        where = await self._house.composer.conversation(for_)
        found = await self._house.recall.recall(readable(query), where, limit)
        return RecallAnswer(query, where.id, retrieved(found))

    async def ask(self, question: str) -> AskAnswer:
        """The owner asks their twin; answered from memory, in the owner's own DM."""
        house = self._house
        if not readable(question).strip():
            raise OwnerMustFix("there is no question")
        return await ask(house.owner, readable(question), house.recall, house.model, house.sampling)

    async def remember(self, text: str) -> RecordView:
        """A note for the owner alone, until shared."""
        said = readable(text).strip()
        if not said:
            raise OwnerMustFix("there is nothing to remember: the text is empty")
        note = record_id(RecordKind.NOTE, secrets.token_hex(6))
        record = MemoryRecord(note, said, OWNER_ONLY, self._house.clock.now(), author=OWNER)
        await self._house.records.add(record)
        self._house.changes.publish("memory")
        return record_view(record)

    async def suggestions(self) -> tuple[SuggestionView, ...]:
        """What contacts said that might belong in the profile."""
        shown = []
        for one in await self._house.suggestions.open():
            source = await self._house.messages.get(one.source)
            said_by = self._house.presenter.name(source.author) if source else ""
            shown.append(SuggestionView(str(one.id), one.text, said_by, one.at))
        return tuple(shown)

    async def forget(self, record: str) -> Done:
        """Delete a record, and the text of the message it came from. What waits and rested on it is drafted
        anew; what was sent is kept."""
        house = self._house
        gone = await forget(house.db, house.profile, RecordId(record), house.gateway.start_over)
        await house.gateway.draft_anew(gone.withdrawn)
        house.changes.publish("memory")
        said = f"{record} is forgotten"
        if gone.withdrawn:
            said += f"; drafts that may rest on it are withdrawn: {len(gone.withdrawn)}"
        if gone.sent:
            said += f"; replies that rested on it and were sent are kept, with their receipts: {gone.sent}"
        if not gone.everywhere:
            said += "; the database is in use elsewhere, and lets go of its words when the twin stops"
        return Done(said)
