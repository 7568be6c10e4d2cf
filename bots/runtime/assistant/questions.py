"""The owner asks their twin: an answer from memory alone."""

from collections.abc import Sequence
from time import perf_counter

from bots.api.views import AskAnswer
from bots.runtime.approval.presenter import retrieved
from bots.runtime.conversation.composer import console_dm
from core.ports import ChatModel, Memory, Sampling, written
from core.prompt.chat import ChatMessage, Prompt
from core.prompt.quoting import label, quoted, shortened
from core.types import MemoryRecord

RECORDS = 6
LONGEST_NOTE = 400
"""Characters of each record that the model reads."""


class Questions:
    """Recalled in the owner's own DM, where everything may be heard, and said by the model."""

    def __init__(self, owner: str, model: ChatModel, sampling: Sampling) -> None:
        self._owner = owner
        self._model = model
        self._sampling = sampling

    async def ask(self, question: str, memory: Memory) -> AskAnswer:
        """The answer, and what it rests on. Raises TryAgain and OwnerMustFix as the model does."""
        began = perf_counter()
        found = await memory.recall(question, console_dm(self._owner), RECORDS)
        recalled = perf_counter()
        prompt = question_prompt(self._owner, question, found.records, self._model.card.style)
        answer = await written(self._model.stream(prompt, self._sampling))
        ended = perf_counter()
        timings = {"recall": recalled - began, "draft": ended - recalled, "total": ended - began}
        return AskAnswer(
            answer.text.strip(), retrieved(found), {name: 1000 * took for name, took in timings.items()}
        )


def question_prompt(owner: str, question: str, records: Sequence[MemoryRecord], style: str) -> Prompt:
    """What the model is given. Pure."""
    name = label(owner)
    notes = "\n".join(f"- {quoted(shortened(record.text, LONGEST_NOTE))}" for record in records) or "- (none)"
    asked = quoted(shortened(question, LONGEST_NOTE))
    if style == "chat":
        rules = (
            f"You keep {name}'s notes. Answer {name}'s question in one or two sentences, from these notes"
            f" alone; if they do not say, answer that you do not know.\n{notes}"
        )
        return Prompt(turns=(ChatMessage("system", rules), ChatMessage("user", asked)))
    return Prompt(text=f"{name}'s notes:\n{notes}\n\nQuestion: {asked}\nAnswer:", stop=("\n",))
