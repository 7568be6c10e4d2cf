"""What the agent asks of the world. Implementations live in `core/models`, `memory`, `personas`, `bots`."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.prompt.chat import Prompt
from core.runs_on import NOT_KNOWN, RunsOn
from core.types import (
    Conversation,
    ConversationId,
    MemoryRecord,
    Message,
    MessageId,
    Mode,
    Person,
    Persona,
    PersonId,
    Replies,
    Retrieval,
    SentAs,
)
from core.unanswered import Burst

Vectors = NDArray[np.float32]
"""Shape (n, dimensions), each row of unit length."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the prompt builder and a receipt need to know of a model.

    `style`: an instruct model wants `chat` turns, a base model a `transcript` to continue.
    `context_tokens` is the window that it is run with; `digest` identifies the weights; `runs_on` is whose
    machine reads the prompt, as of when it was last asked.
    """

    name: str
    digest: str
    style: Literal["chat", "transcript"]
    context_tokens: int
    licence: str = ""
    runs_on: RunsOn = NOT_KNOWN
    control_tokens: frozenset[str] | None = None
    """Those of its own vocabulary; None until its weights or its server were asked."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a draft is drawn. `seed` None lets the model choose."""

    max_tokens: int = 160
    temperature: float = 0.7
    top_p: float = 0.9
    seed: int | None = None


class StreamEnd(Enum):
    """What a stream may end with, after its last piece."""

    CUT_OFF = "cut-off"
    """The model was stopped at its limit: it had more to say."""


@dataclass(frozen=True, slots=True)
class Written:
    """All that a model wrote. `cut_off`: its last sentence may be half of one."""

    text: str
    cut_off: bool
    card: ModelCard | None = None
    """Of the very weights that wrote it, where the model says so."""


async def written(stream: AsyncIterator[str | StreamEnd | ModelCard]) -> Written:
    """The whole of a stream. Raises what it raises."""
    pieces = [piece async for piece in stream]
    text = "".join(piece for piece in pieces if isinstance(piece, str))
    cards = [piece for piece in pieces if isinstance(piece, ModelCard)]
    return Written(text, StreamEnd.CUT_OFF in pieces, cards[-1] if cards else None)


class ChatModel(Protocol):
    """A model that writes. Raises `TryAgain` when it is slow, dead or overloaded, `OwnerMustFix` when
    something must be installed or started first."""

    @property
    def card(self) -> ModelCard:
        """What it is; known before it is loaded."""
        ...

    def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd | ModelCard]:
        """The reply, piece by piece; `CUT_OFF` last where the model was stopped at its limit; before that
        the card of who wrote it, where that may be another than `card` by then.

        A piece is no token: servers send several at once, or half of one.
        """
        ...

    async def check(self) -> None:
        """Return if a draft could be asked for now; raise as `stream` would."""
        ...

    async def close(self) -> None:
        """Let go of connections and child processes; safe to call twice."""
        ...


ModelFor = Callable[[Persona], ChatModel]
"""The model that writes for a persona."""


class Embedder(Protocol):
    """Text to vectors of unit length. Never blocks the event loop. Raises as ChatModel does."""

    @property
    def name(self) -> str:
        """Identifies the weights: vectors of different names are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        ...

    @property
    def runs_on(self) -> RunsOn:
        """Whose machine reads the texts, as of when it was last asked."""
        ...

    async def query(self, text: str) -> Vectors:
        """One row: the vector to search with."""
        ...

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """A row for each text: the vectors to be found."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What goes along with a message in any case, as of one moment."""

    recent: tuple[Message, ...] = ()
    """L0: the last messages, oldest first, deleted ones left out. A thread's begin with the message that it
    hangs on, and hold what our side answered that in its channel."""
    working: str = ""
    """L1: the running summary and open threads of the conversation; empty when there is none."""
    pinned: tuple[MemoryRecord, ...] = ()
    """L2: profile entries and rules that always go along."""
    quoted: Mapping[MessageId, Message] = field(default_factory=dict)
    """What recent ones reply to, by id, as far as it is there and may be heard."""
    behind: tuple[Message, ...] = ()
    """The messages that `working` quotes."""
    burst: Burst = field(default_factory=Burst)
    """As `Memory.unanswered`."""
    since: datetime | None = None
    """Nothing that was said there before this may go into a prompt: who came last cannot read it."""


class Memory(Protocol):
    """What the agent may know in a conversation. Every answer is already filtered by audience."""

    async def context(self, conversation: Conversation, until: MessageId, limit: int) -> Context:
        """What goes along with the message `until`, itself among at most `limit` of its conversation."""
        ...

    async def unanswered(self, conversation: Conversation, until: MessageId) -> Burst:
        """All that waits for an answer at the message `until`, by the rule of `core/unanswered.py`."""
        ...

    async def people(self, conversation: Conversation) -> Mapping[PersonId, Person]:
        """Everyone who has spoken there or can listen, by the id their messages carry."""
        ...

    async def recall(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """L2: what bears on the query, best first."""
        ...


class PersonaSelector(Protocol):
    """Chooses the persona for a conversation, its examples already filtered by audience."""

    async def select_persona(self, conversation: Conversation) -> Persona:
        """By conversation, else by circle, else the default. Raises `OwnerMustFix` on a broken file."""
        ...


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What policy must know of a conversation and the owner at this moment."""

    mode: Mode
    paused: bool
    owner_present: bool
    """The owner wrote in this very conversation a short while ago, or is not `away` where that counts."""
    known: bool
    """Every person who speaks here is one of the owner's `Person`s."""
    sends_left: int
    """What the per-contact rate limit still allows."""
    delegation: int | None
    """The delegation that covers this conversation, its people and the persona now."""
    replies: Replies = field(default_factory=dict)
    """What it may send: the owner's own replies, by kind."""


class PolicyFactsSource(Protocol):
    """Where policy's facts come from."""

    async def read(self, conversation: Conversation, message: Message, persona: Persona) -> PolicyFacts:
        """The facts at this moment."""
        ...


class Delivery(Protocol):
    """Anything that speaks: the one thing the sender needs of a platform."""

    @property
    def name(self) -> str:
        """The part of a conversation id before the colon."""
        ...

    @property
    def text_limit(self) -> int:
        """The longest text of one message, in characters."""
        ...

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """Deliver one part; the platform's id of it.

        `nonce` is the same for the same part of the same draft: a platform that can uses it to drop a
        repeat. Every part has `reply_to`, what the whole answers: where that makes a thread all of them
        belong to it, and where it is quoted, one that `continues` the part before does not quote it again.
        Raises `TryAgain` only where nothing was delivered for certain, `Refused` where the
        platform never will; anything else that it raises leaves the part uncertain.
        """
        ...


@runtime_checkable
class SendsTyped(Protocol):
    """A `Delivery` that reads light Markdown in what a model wrote, and leaves what the owner typed alone."""

    async def send_typed(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """As `send`, with a text that its owner wrote by hand: as if they had typed it there themselves."""
        ...


@runtime_checkable
class SpeaksAs(Protocol):
    """A `Delivery` that knows in whose name it speaks."""

    async def sends_as(self, conversation: ConversationId) -> SentAs:
        """In whose name `send` would speak there now. Where it turns out that it cannot, `send` raises
        `InAnotherName`, and this says so from then on. Raises `TryAgain` where it cannot tell now."""
        ...


CLOCKS_APART = timedelta(hours=1)
"""So far a platform's clock may be from ours, and neither be wrong."""


class Clock(Protocol):
    """Time, so that tests can move it."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...
