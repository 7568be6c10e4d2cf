"""The agent: a message in, what to do about it out. It cannot send."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.ports import Clock, Embedder, Memory, ModelCard, ModelFor, PersonaSelector, PolicyFactsSource
from core.steps import AgentSettings, Steps
from core.turn import Turn
from core.types import Conversation, Decision, Message, Persona, RecordId, Retrieval

if TYPE_CHECKING:
    from core.graph import Graph

NO_MODEL = ModelCard("", "", "chat", 0)
"""Of a turn that ended before one was chosen."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a turn.

    `text` is the draft, empty where the verdict is Silent (and where the model wrote nothing usable:
    rule `draft-empty`, the owner must write it). `persona` is None where triage ended the turn.
    `retrieval` holds what was recalled and fitted the prompt, `records` that and what is pinned. `card` is
    that of the persona's model, NO_MODEL where none wrote it. `texts` is what was before the model, by
    record. `apart`: it goes out beside a draft that waits there. `timings_ms` has `total` and one entry for
    each step that ran: triage, persona, recall, draft, review, decide.
    """

    decision: Decision
    text: str
    persona: Persona | None
    retrieval: Retrieval
    records: tuple[RecordId, ...]
    timings_ms: Mapping[str, float]
    card: ModelCard
    texts: Mapping[RecordId, str] = field(default_factory=dict)
    apart: bool = False


class Agent:
    """The six steps over the given ports; safe to ask for several conversations at once."""

    def __init__(
        self,
        model_for: ModelFor,
        memory: Memory,
        persona_selector: PersonaSelector,
        policy_facts: PolicyFactsSource,
        clock: Clock,
        settings: AgentSettings,
        embedder: Embedder | None = None,
    ) -> None:
        self._clock = clock
        self._steps = Steps(model_for, memory, persona_selector, policy_facts, settings, embedder)
        self._memory = memory
        self._graph: Graph | None = None

    def load(self) -> "Graph":
        """Import LangGraph and compile the graph: most of a second, once. `answer` does it in a thread."""
        if self._graph is None:
            from core.graph import Graph
            from core.policy.small_talk import grammar

            grammar()

            self._graph = Graph(self._steps)
        return self._graph

    async def triage(self, conversation: Conversation, message: Message) -> Decision | None:
        """The first step alone, at no cost: Silent where a message wants no answer, None where it may."""
        return self._steps.triaged(conversation, message, await self._memory.people(conversation))

    async def may_send(self, conversation: Conversation, message: Message) -> bool:
        """Whether one of the owner's own replies would be sent without asking them, as things stand now.

        Raises OwnerMustFix on a persona's broken file.
        """
        return await self._steps.may_send(conversation, message)

    async def answer(
        self, conversation: Conversation, message: Message, *, guidance: str = "", previous: str = ""
    ) -> Outcome:
        """Take one message through the graph.

        With `guidance` (the owner's wish) or `previous` (the draft to better) it is a redraft: it
        enters at persona, and always ends in Ask. Raises `TryAgain` and `OwnerMustFix` as the model and
        the persona's file do; nothing is kept between calls, so asking again is safe.
        """
        graph = self._graph if self._graph is not None else await asyncio.to_thread(self.load)
        turn = await graph.run(
            Turn(
                conversation=conversation,
                message=message,
                people=await self._memory.people(conversation),
                guidance=guidance,
                previous=previous,
                now=self._clock.now(),
            )
        )
        if turn.decision is None:
            raise RuntimeError("the graph ended without a decision")
        return Outcome(
            decision=turn.decision,
            text=turn.text,
            persona=turn.persona,
            retrieval=turn.retrieval,
            records=turn.records,
            timings_ms=turn.timings_ms,
            card=turn.wrote or (turn.model.card if turn.model else NO_MODEL),
            texts=turn.texts,
            apart=turn.apart,
        )
