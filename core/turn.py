"""One turn on its way through the graph: what each step has found so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.ids import message_record
from core.persona_records import persona_records
from core.policy.review import Finding
from core.ports import ChatModel, ModelCard
from core.prompt.briefing import NOTHING
from core.prompt.chat import Prompt
from core.types import (
    Conversation,
    Decision,
    MemoryRecord,
    Message,
    MessageId,
    Person,
    Persona,
    PersonId,
    RecordId,
    Retrieval,
)
from core.unanswered import Burst


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that may want an answer. Each step returns a copy that knows more.

    `guidance` and `previous` are filled where the owner asked for another draft. `timings_ms` holds
    what each step took, in milliseconds, its repeats added up.
    """

    conversation: Conversation
    message: Message
    people: Mapping[PersonId, Person] = field(default_factory=dict)
    guidance: str = ""
    previous: str = ""
    now: datetime | None = None
    recent: tuple[Message, ...] = ()
    """Oldest first; the message itself is the last."""
    quoted: Mapping[MessageId, Message] = field(default_factory=dict)
    """What these reply to, by id."""
    working: str = ""
    behind: tuple[Message, ...] = ()
    """The messages that `working` quotes."""
    hidden: bool = False
    """Who came last cannot read the message: it is in no prompt, and the owner answers it themselves."""
    pinned: tuple[MemoryRecord, ...] = ()
    retrieval: Retrieval = NOTHING
    burst: Burst = field(default_factory=Burst)
    """All that is unanswered, whether or not it fits the prompt."""
    asks_who: bool = False
    """Whether somebody asks, or doubts, who is writing."""
    persona: Persona | None = None
    model: ChatModel | None = None
    """The one that writes for the persona; chosen with it, once for the whole turn. None where a reply of the
    owner's own was chosen: nobody writes then."""
    wrote: ModelCard | None = None
    """The card of the very weights that wrote the text, where the model said so."""
    prompt: Prompt | None = None
    text: str = ""
    records: tuple[RecordId, ...] = ()
    """What was in the prompt: pinned and recalled, as far as they fitted."""
    apart: bool = False
    """A greeting, answered beside a draft that waits there: `burst` begins after what that answers."""
    attempts: int = 0
    findings: tuple[Finding, ...] = ()
    decision: Decision | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_redraft(self) -> bool:
        """Whether the owner asked for it."""
        return bool(self.guidance or self.previous)

    @property
    def texts(self) -> Mapping[RecordId, str]:
        """All that was before the model and can be taken back, but for the message itself, by record: also
        what the persona's file says."""
        said = {
            message_record(message.id): message.text
            for message in (*self.recent, *self.behind, *self.quoted.values())
            if message.id != self.message.id and message.text.strip()
        }
        shown = () if self.persona is None or self.prompt is None else persona_records(self.persona)
        said |= {record.id: record.text for record in shown}
        recalled = {record.id: record.text for record in (*self.pinned, *self.retrieval.records)}
        return said | {record: text for record, text in recalled.items() if record in self.records}

    @property
    def unanswered(self) -> Burst:
        """What is still unanswered: the message alone, until more was read."""
        return self.burst if self.burst.messages else replace(self.burst, messages=(self.message,))

    @property
    def heard_texts(self) -> tuple[str, ...]:
        """The same as texts, newest last."""
        return tuple(message.text for message in self.unanswered.messages)

    @property
    def heard(self) -> str:
        """The same as one text."""
        return "\n".join(self.heard_texts)
