"""The six steps of a turn. Each takes a `Turn` and returns one that knows more; none can send."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import OwnerMustFix, TryAgain
from core.ids import message_record
from core.policy.boundaries import refuses
from core.policy.decide import Heard, decide, heard, own_reply, suppress, triage
from core.policy.identity import LONGEST_QUESTION, asks_who, may_ask_who, reads
from core.policy.review import ADVICE, UNTRUE, Finding, review, truthful
from core.policy.statements import stated
from core.ports import (
    ChatModel,
    Embedder,
    Memory,
    ModelFor,
    PersonaSelector,
    PolicyFacts,
    PolicyFactsSource,
    Sampling,
    written,
)
from core.prompt.briefing import Briefing, speakers
from core.prompt.cleaning import clean
from core.prompt.wording import build
from core.turn import Turn
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    Decision,
    Message,
    Person,
    Persona,
    PersonId,
    Retrieval,
    Verdict,
)
from core.unanswered import Burst

log = logging.getLogger(__name__)

PROMPT_TOKENS = 1536
"""Longer prompts are slow on a CPU and confuse small models; by the estimate of `core/prompt/chat.py`."""
SAMPLING = {"chat": Sampling(), "transcript": Sampling(max_tokens=80, temperature=0.4)}
"""By the model's style: a small base model wanders off above 0.5, and its replies are one line."""
REDRAFTS = 2
"""How often review may send a draft back."""
MESSAGES = {"chat": 16, "transcript": 10}
RECORDS = {"chat": 8, "transcript": 5}
"""How much is asked of memory, by the model's style: small models copy what is near and lose the rest."""
ASKED_OF = 6
"""Messages that are read for who asks who is writing."""
ASKED_BEFORE = 6
"""Messages back, at most, that a yes may still answer."""
QUERY = 1000
"""Characters of what was heard that are searched for."""
MARGIN = 16
"""Tokens of the window left alone, for what a chat template adds around the whole."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """What the owner set for every turn. `sampling` None: as suits the model's style."""

    owner: str
    sampling: Sampling | None = None
    answer_bots: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps over their ports. Raises what the ports raise: `TryAgain`, `OwnerMustFix`."""

    model_for: ModelFor
    memory: Memory
    persona_selector: PersonaSelector
    policy_facts: PolicyFactsSource
    settings: AgentSettings
    embedder: Embedder | None = None
    """Reads who asks who is writing where no phrase says so; None, or another than the one it was learned
    with: the phrases alone."""

    async def triage(self, turn: Turn) -> Turn:
        """Whether the message is for the owner and wants an answer; if not, the decision."""
        return replace(turn, decision=self.triaged(turn.conversation, turn.message, turn.people))

    def triaged(
        self, conversation: Conversation, message: Message, people: Mapping[PersonId, Person]
    ) -> Decision | None:
        """What triage says, by the owner's settings."""
        return triage(conversation, message, people, self.settings.answer_bots)

    async def select_persona(self, turn: Turn) -> Turn:
        """The persona and its model; a stop where the twin may not even draft, before any model is troubled;
        and where a delegation covers it, the owner's own reply: no model writes what nobody reads."""
        persona = await self.persona_selector.select_persona(turn.conversation)
        turn = replace(turn, persona=persona, model=self.model_for(persona))
        if turn.is_redraft:
            return turn
        facts = await self.policy_facts.read(turn.conversation, turn.message, persona)
        if suppressed := suppress(facts, persona):
            return replace(turn, decision=suppressed)
        if not facts.replies:
            return turn
        turn = await self._listen(turn, await self.memory.unanswered(turn.conversation, turn.message.id))
        reply = self._own_reply(facts, turn)
        if reply is None and turn.burst.apart is not None:
            greeted = await self._listen(replace(turn, apart=True), turn.burst.apart)
            if self._heard(greeted, facts).greets:
                reply = self._own_reply(facts, greeted)
                turn = turn if reply is None else greeted
        return turn if reply is None else replace(turn, text=reply, model=None)

    async def _listen(self, turn: Turn, burst: Burst) -> Turn:
        """All that is unanswered, and whether it asks who is writing."""
        turn = replace(turn, burst=burst)
        return replace(turn, asks_who=await self._asks_who(turn.heard_texts))

    async def _asks_who(self, texts: Sequence[str]) -> bool:
        if any(asks_who(text, self.settings.owner) for text in texts):
            return True
        if self.embedder is None or not reads(self.embedder.name):
            return False
        try:
            # The newest few: each costs some milliseconds, and what is missed here is asked about anyway.
            for text in texts[-ASKED_OF:]:
                if len(text) <= LONGEST_QUESTION and may_ask_who(await self.embedder.query(text)):
                    return True
        except (TryAgain, OwnerMustFix) as error:
            log.warning("who asks who is writing is read by phrases alone: %s", error)
        return False

    def _own_reply(self, facts: PolicyFacts, turn: Turn) -> str | None:
        last = turn.burst.before.text if turn.burst.before else ""
        persona, listened = _persona(turn), self._heard(turn, facts)
        return own_reply(facts, persona, turn.conversation, listened, turn.message.id, last)

    def _heard(self, turn: Turn, facts: PolicyFacts) -> Heard:
        return heard(
            turn.unanswered,
            self.settings.owner,
            min(MESSAGES.values()),
            facts.replies,
            asks_who=turn.asks_who,
            by_model=turn.attempts > 0,
        )

    async def recall(self, turn: Turn) -> Turn:
        """The conversation so far, and what bears on what was just said."""
        style = _model(turn).card.style
        context = await self.memory.context(turn.conversation, turn.message.id, MESSAGES[style])
        if context.since is not None and turn.message.sent_at < context.since:
            return replace(turn, hidden=True)
        if not turn.burst.messages:
            turn = await self._listen(turn, context.burst)
        earlier = tuple(message for message in context.recent if message.id != turn.message.id)
        recent = (*earlier, turn.message)
        turn = replace(
            turn,
            recent=recent,
            quoted=context.quoted,
            working=context.working,
            behind=context.behind,
            pinned=context.pinned,
        )
        query = f"{turn.heard[-QUERY:]}\n{turn.guidance}".strip()
        # Room for the conversation's own messages, which are in the prompt already.
        found = await self.memory.recall(query, turn.conversation, RECORDS[style] + len(turn.recent))
        seen = {message_record(message.id) for message in turn.recent} | {one.id for one in turn.pinned}
        kept = [pair for pair in zip(found.records, found.scores, strict=True) if pair[0].id not in seen]
        best = kept[: RECORDS[style]]
        retrieval = Retrieval(found.query, tuple(one for one, _ in best), tuple(score for _, score in best))
        return replace(turn, retrieval=retrieval)

    async def draft(self, turn: Turn) -> Turn:
        """One attempt. Whether a person is writing is never left to a model."""
        if turn.hidden:
            return replace(turn, text="", records=(), attempts=REDRAFTS + 1)
        asked = turn.asks_who
        truth = truthful(self.settings.owner)
        if asked and not turn.guidance:
            return replace(turn, text=truth, records=(), attempts=turn.attempts + 1)
        persona, model = _persona(turn), _model(turn)
        if model.card.control_tokens is None:
            await model.check()
        sampling = self._sampling(model, turn.attempts)
        budget = min(PROMPT_TOKENS, model.card.context_tokens - sampling.max_tokens - MARGIN)
        built = build(
            self._briefing(turn, persona), model.card.style, budget, model.card.control_tokens or frozenset()
        )
        answer = await written(model.stream(built.prompt, sampling))
        labels = speakers(turn.people, self.settings.owner)
        text = clean(
            built.prompt.lead + answer.text,
            labels[OWNER],
            [name for name in labels.values() if name != labels[OWNER]],
            persona.max_sentences,
            heard=turn.heard_texts,
            cut_off=answer.cut_off,
        )
        return replace(
            turn,
            text=f"{truth} {text}".strip() if asked else text,
            prompt=built.prompt,
            wrote=answer.card,
            records=built.records,
            attempts=turn.attempts + 1,
        )

    async def review(self, turn: Turn) -> Turn:
        """What is wrong with the attempt; where the last one claims what is not known, there is none."""
        persona, unread = _persona(turn), {message.id for message in turn.burst.messages}
        notes = [record for record in (*turn.pinned, *turn.retrieval.records) if record.id in turn.records]
        rules = [note.text for note in turn.pinned if note.author is None]
        earlier = [message for message in turn.recent if message.id not in unread]
        known = [
            persona.identity,
            *persona.boundaries,
            *rules,
            turn.working,
            truthful(self.settings.owner),
            *(example.said for example in persona.examples),
            *(note.text for note in notes if note.author in (None, OWNER)),
            *(message.text for message in earlier if message.author == OWNER),
        ]
        # what others ask is not so for that, and what they say of themselves is not so of the owner
        told = [
            sentence
            for said in (
                *(note.text for note in notes if note.author not in (None, OWNER)),
                *(message.text for message in earlier if message.author != OWNER),
            )
            for sentence in stated(said)
        ]
        findings = review(
            turn.text,
            heard=turn.heard,
            names=list(speakers(turn.people, self.settings.owner).values()),
            boundaries=persona.boundaries,
            rules=rules,
            known=known,
            asked="\n".join([*_not_refused([*turn.quoted.values(), *turn.behind, *earlier]), turn.heard]),
            guidance=turn.guidance,
            told=told,
        )
        reviewed = replace(turn, findings=findings)
        if UNTRUE.isdisjoint(findings) or wants_redraft(reviewed):
            return reviewed
        return replace(reviewed, text="", findings=(Finding.UNKNOWN,))

    async def decide(self, turn: Turn) -> Turn:
        """The decision, on facts read now: the owner may have answered while the model wrote."""
        persona = _persona(turn)
        facts = await self.policy_facts.read(turn.conversation, turn.message, persona)
        decision = decide(
            facts,
            persona,
            turn.conversation,
            self._heard(turn, facts),
            turn.text,
            turn.findings,
            redraft=turn.is_redraft,
        )
        text = "" if decision.verdict is Verdict.SILENT else turn.text
        return replace(turn, decision=decision, text=text)

    async def may_send(self, conversation: Conversation, message: Message) -> bool:
        """Whether policy would let one of the owner's own replies go without asking, as things stand now."""
        turn = await self.select_persona(Turn(conversation, message))
        return turn.decision is None and turn.model is None

    def _briefing(self, turn: Turn, persona: Persona) -> Briefing:
        return Briefing(
            owner=self.settings.owner,
            people=turn.people,
            conversation=turn.conversation,
            persona=persona,
            recent=turn.recent or (turn.message,),
            quoted=turn.quoted,
            now=turn.now,
            working=turn.working,
            pinned=turn.pinned,
            retrieval=turn.retrieval,
            guidance=turn.guidance,
            previous=turn.previous,
            advice=next((ADVICE[finding] for finding in turn.findings if finding in ADVICE), ""),
        )

    def _sampling(self, model: ChatModel, attempts: int) -> Sampling:
        """A little warmer and differently seeded at each attempt: the same draw would fail the same way."""
        first = self.settings.sampling or SAMPLING[model.card.style]
        return replace(
            first,
            temperature=first.temperature + 0.15 * attempts,
            seed=None if first.seed is None else first.seed + attempts,
        )


def wants_redraft(turn: Turn) -> bool:
    """Whether review sends it back."""
    return turn.attempts <= REDRAFTS and any(finding in ADVICE for finding in turn.findings)


def _not_refused(earlier: Sequence[Message]) -> list[str]:
    """What others said before that no word of ours has refused: "ok?" asks for what was asked for then."""
    asked: list[str] = []
    for message in reversed(earlier[-ASKED_BEFORE:]):
        if message.author not in (OWNER, TWIN):
            asked.append(message.text)
        elif refuses(message.text):
            break
    return asked[::-1]


def _persona(turn: Turn) -> Persona:
    if turn.persona is None:
        raise ValueError("the persona is selected before recall, draft, review and decide")
    return turn.persona


def _model(turn: Turn) -> ChatModel:
    if turn.model is None:
        raise ValueError("the model is chosen with the persona, before recall and draft")
    return turn.model
