"""What the owner asks in their DM: answered from what may be said on that platform."""

import asyncio
from collections.abc import Callable

from bots.platforms.registry import titled
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.assistant.questions import Questions
from core.ids import RecordKind, message_of, record_kind
from core.ports import Memory
from core.types import Conversation, ConversationId, MemoryRecord, Retrieval

MANY_MORE = 4
"""So many times more is recalled than is told of, as some of it may not be told everywhere."""
OWN_WORDS = (RecordKind.PROFILE, RecordKind.RULE, RecordKind.NOTE)
"""Records that the owner wrote down themselves, on no platform."""


class OwnerAnswers:
    """Only what may be said there goes into the prompt: the answer cannot give away more."""

    def __init__(self, questions: Questions, memory: Memory, card_builder: CardBuilder) -> None:
        self._questions = questions
        self._memory = memory
        self._card_builder = card_builder
        self._turn = asyncio.Lock()
        """Questions wait for each other, and nothing else waits for them."""

    async def answer(self, where: Conversation, question: str) -> str:
        """In words. Raises TryAgain and OwnerMustFix as the model does."""
        memory = SayableMemory(self._memory, where, self._may_say(where.platform))
        async with self._turn:
            answer = (await self._questions.ask(question, memory)).text
        if memory.left_out:
            there = (
                f"What I know of this from elsewhere is not for {titled(where.platform)}: ask in the console."
            )
            return f"{answer}\n\n{there}".strip()
        return answer or "I have no answer to that."

    def _may_say(self, platform: str) -> Callable[[MemoryRecord], bool]:
        def may(record: MemoryRecord) -> bool:
            if record_kind(record.id) in OWN_WORDS:
                return True
            said_in = record.channel or (message_of(record.id) or record.id)
            return self._card_builder.in_full(platform, ConversationId(said_in))

        return may


class SayableMemory:
    """Implements `core.ports.Memory`: all that the owner may hear, as far as it may be told in one place."""

    def __init__(self, memory: Memory, where: Conversation, may: Callable[[MemoryRecord], bool]) -> None:
        self._memory = memory
        self._where = where
        self._may = may
        self.left_out = False
        """Something that would have been told is not for this place."""
        self.context = memory.context
        self.people = memory.people
        self.unanswered = memory.unanswered

    async def recall(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """As in the port, in the place that this was made for."""
        del conversation
        found = await self._memory.recall(query, self._where, MANY_MORE * limit)
        self.left_out = not all(map(self._may, found.records[:limit]))
        told = [pair for pair in zip(found.records, found.scores, strict=True) if self._may(pair[0])][:limit]
        return Retrieval(query, tuple(one for one, _ in told), tuple(score for _, score in told))
