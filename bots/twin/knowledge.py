"""What the twin knows."""

# ruff: noqa: A002 - `id` is the word of `bots.api.twin.Twin`
from bots.api.views import AskAnswer, Done, RecallAnswer, RecordView, SuggestionView
from bots.runtime.approval.presenter import Presenter, record_view, retrieved
from bots.runtime.assistant.questions import Questions
from bots.runtime.base.changes import Changes
from bots.runtime.conversation.composer import Composer, readable
from bots.twin.notes import Notes
from core.errors import OwnerMustFix
from core.types import RecordId
from memory.archive.suggestions import Suggestions
from memory.recall.recall import Recall


class KnowledgePart:
    """What the twin knows. As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        composer: Composer,
        memory: Recall,
        questions: Questions,
        notes: Notes,
        suggestions: Suggestions,
        presenter: Presenter,
        changes: Changes,
    ) -> None:
        self._composer = composer
        self._memory = memory
        self._questions = questions
        self._notes = notes
        self._suggestions = suggestions
        self._presenter = presenter
        self._changes = changes

    async def recall(self, query: str, for_: str, limit: int = 8) -> RecallAnswer:
        where = await self._composer.conversation(for_)
        found = await self._memory.recall(readable(query), where, limit)
        return RecallAnswer(query, where.id, retrieved(found))

    async def ask(self, question: str) -> AskAnswer:
        if not readable(question).strip():
            raise OwnerMustFix("there is no question")
        return await self._questions.ask(readable(question), self._memory)

    async def remember(self, text: str) -> RecordView:
        said = readable(text).strip()
        if not said:
            raise OwnerMustFix("there is nothing to remember: the text is empty")
        return record_view(await self._notes.write(said))

    async def forget(self, record: str) -> Done:
        gone = await self._notes.forget(RecordId(record))
        said = f"{record} is forgotten"
        yours = [draft.id for draft in gone.withdrawn if draft.typed]
        if len(gone.withdrawn) > len(yours):
            said += f"; drafts that may rest on it are withdrawn: {len(gone.withdrawn) - len(yours)}"
        if yours:
            said += f"; drafts in your own words wait for another look: {', '.join(yours)}"
        if gone.sent:
            said += f"; replies that rested on it and were sent are kept, with their receipts: {gone.sent}"
        if not gone.everywhere:
            said += "; the database is in use elsewhere, and lets go of its words when the twin stops"
        return Done(said)

    async def suggestions(self) -> tuple[SuggestionView, ...]:
        return await self._presenter.suggestions(await self._suggestions.open())

    async def accept_suggestion(self, id: str) -> RecordView:
        record = await self._suggestions.accept(id)
        self._changes.publish("memory")
        return record_view(record)

    async def dismiss_suggestion(self, id: str) -> Done:
        await self._suggestions.dismiss(id)
        self._changes.publish("memory")
        return Done(f"suggestion {id} is dismissed")

    async def rules(self) -> tuple[RecordView, ...]:
        return tuple(map(record_view, self._notes.rules()))

    async def set_rule(self, key: str, text: str) -> RecordView:
        said = readable(text).strip()
        if not said:
            raise OwnerMustFix("there is nothing to keep to: the text is empty")
        return record_view(await self._notes.set_rule(readable(key), said))
