"""A conversation while something in it wants an answer, and how that ended."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.agent import Outcome
from core.errors import UnderstudyError
from core.types import Conversation, Decision, Draft, Message, MessageId, Persona, RecordId, Retrieval


@dataclass(frozen=True, slots=True)
class TurnResult:
    """How a turn ended. `outcome` is None where no model was asked, `draft` where nothing is proposed."""

    message: MessageId
    decision: Decision
    outcome: Outcome | None = None
    draft: Draft | None = None
    filed_ms: float = 0.0
    """What it took to commit the draft, in milliseconds."""


Answer = asyncio.Future[TurnResult]


@dataclass(eq=False, slots=True)
class ConversationQueue:
    """A conversation while something in it wants an answer."""

    conversation: Conversation
    unanswered: list[Message] = field(default_factory=list)
    """Oldest first."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: bool = False
    """Whoever speaks now waits for the answer: no waiting for the end of a burst."""
    waiting: list[Answer] = field(default_factory=list)
    worker: "asyncio.Task[None] | None" = None
    turn: asyncio.Task[TurnResult] | None = None
    """What is being drafted now."""


def disclosed(text: str, persona: Persona) -> str:
    """What is sent without the owner having read it."""
    return f"{text}\n\n{persona.disclosure}" if persona.disclosure else text


def scores(retrieval: Retrieval) -> dict[RecordId, float]:
    """How well each record was recalled."""
    pairs = zip(retrieval.records, retrieval.scores, strict=True)
    return {record.id: float(score) for record, score in pairs}


def settle(answers: Iterable[Answer | None], result: TurnResult) -> None:
    """Tell whoever still waits."""
    for answer in answers:
        if answer is not None and not answer.done():
            answer.set_result(result)


def fail(answers: Iterable[Answer | None], error: UnderstudyError) -> None:
    """Tell whoever still waits that it will take longer."""
    for answer in answers:
        if answer is not None and not answer.done():
            answer.set_exception(error)
