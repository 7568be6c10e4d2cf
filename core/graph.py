"""The way of a turn, as a LangGraph state graph: the only module that knows LangGraph.

No checkpointer and no interrupt: a turn cut short is recomputed from what memory holds. Importing this
module takes most of a second, so `Agent.load` does it late.
"""

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import perf_counter
from typing import Protocol, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from langsmith import tracing_context

from core.steps import Steps, wants_redraft
from core.turn import Turn

Step = Callable[[Turn], Awaitable[Turn]]
Route = Callable[[Turn], str]
"""The name of the step that follows."""


class State(TypedDict):
    """One channel: what the turn knows so far."""

    turn: Turn


class _Node(Protocol):
    async def __call__(self, state: State) -> Command[str]: ...


class Graph:
    """Compiled once; runs any number of turns at once."""

    def __init__(self, steps: Steps) -> None:
        builder = StateGraph(State)
        builder.add_conditional_edges(START, _enter, ["triage", "persona"])
        for name, step, route, following in (
            ("triage", steps.triage, _unless_decided("persona"), ("persona", END)),
            ("persona", steps.select_persona, _after_persona, ("recall", "decide", END)),
            ("recall", steps.recall, _always("draft"), ("draft",)),
            ("draft", steps.draft, _always("review"), ("review",)),
            ("review", steps.review, _after_review, ("draft", "decide")),
            ("decide", steps.decide, _always(END), (END,)),
        ):
            builder.add_node(name, _node(timed(name, step), route), destinations=following)
        self._compiled = builder.compile()
        # LangChain refuses to run where its tracer of old is asked for and the new one is off, as here.
        for name in ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER"):
            os.environ.pop(name, None)

    async def run(self, turn: Turn) -> Turn:
        """The turn at its end, with its decision and `timings_ms`.

        A redraft enters at persona: the owner has already said that an answer is wanted. What may be
        said is selected and recalled anew, not kept from the first draft: the owner may have shared or
        forgotten a record since, and the process may be another.
        """
        started = perf_counter()
        # An environment that traces LangChain applications would send every message to a server.
        with tracing_context(enabled=False):
            state = await self._compiled.ainvoke({"turn": turn})
        ended: Turn = state["turn"]
        return replace(ended, timings_ms={**ended.timings_ms, "total": (perf_counter() - started) * 1000})


def timed(name: str, step: Step) -> Step:
    """The step, its milliseconds added to the turn's `timings_ms`."""

    async def run(turn: Turn) -> Turn:
        started = perf_counter()
        turn = await step(turn)
        spent = turn.timings_ms.get(name, 0.0) + (perf_counter() - started) * 1000
        return replace(turn, timings_ms={**turn.timings_ms, name: spent})

    return run


def _node(step: Step, route: Route) -> _Node:
    # The node itself says what follows: LangGraph runs a conditional edge as a task of its own.
    async def node(state: State) -> Command[str]:
        turn = await step(state["turn"])
        return Command(update={"turn": turn}, goto=route(turn))

    return node


# A coroutine because LangGraph runs plain functions in a thread, which costs more than they do.
async def _enter(state: State) -> str:
    return "persona" if state["turn"].is_redraft else "triage"


def _always(following: str) -> Route:
    return lambda _: following


def _unless_decided(following: str) -> Route:
    return lambda turn: following if turn.decision is None else END


def _after_persona(turn: Turn) -> str:
    if turn.decision is not None:
        return END
    return "decide" if turn.model is None else "recall"


def _after_review(turn: Turn) -> str:
    return "draft" if wants_redraft(turn) else "decide"
