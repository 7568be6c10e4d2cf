"""The six steps of a turn. Each takes a `Turn` and returns one that knows more; none can send."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.ids import message_record
from core.policy.decide import decide, suppress, triage
from core.policy.review import ADVICE, UNTRUE, Finding, review, truthful
from core.policy.topics import asks_if_bot
from core.ports import ChatModel, Memory, ModelFor, PersonaSelector, PolicyFactsSource, Sampling, written
from core.prompt.briefing import Briefing, speakers
from core.prompt.cleaning import clean
from core.prompt.wording import build
from core.turn import Turn
from core.types import OWNER, Conversation, Decision, Message, Person, Persona, PersonId, Retrieval, Verdict
from core.unanswered import unanswered

PROMPT_TOKENS = 1536
"""Longer prompts are slow on a CPU and confuse small models; by the estimate of `core/prompt/chat.py`."""
SAMPLING = {"chat": Sampling(), "transcript": Sampling(max_tokens=80, temperature=0.4)}
"""By the model's style: a small base model wanders off above 0.5, and its replies are one line."""
REDRAFTS = 2
"""How often review may send a draft back."""
MESSAGES = {"chat": 16, "transcript": 10}
RECORDS = {"chat": 8, "transcript": 5}
"""How much is asked of memory, by the model's style: small models copy what is near and lose the rest."""
QUERY = 1000
"""Characters of what was heard that are searched for."""
HARMLESS = "haha"
"""A text that no rule holds back."""
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

    async def triage(self, turn: Turn) -> Turn:
        """Whether the message is for the owner and wants an answer; if not, the decision."""
        return replace(turn, decision=self.triaged(turn.conversation, turn.message, turn.people))

    def triaged(
        self, conversation: Conversation, message: Message, people: Mapping[PersonId, Person]
    ) -> Decision | None:
        """What triage says, by the owner's settings."""
        return triage(conversation, message, people, self.settings.answer_bots)

    async def select_persona(self, turn: Turn) -> Turn:
        """The persona and its model; and a stop where the twin may not even draft, before either memory or
        model is troubled."""
        persona = await self.persona_selector.select_persona(turn.conversation)
        turn = replace(turn, persona=persona, model=self.model_for(persona))
        if turn.is_redraft:
            return turn
        facts = await self.policy_facts.read(turn.conversation, turn.message, persona)
        return replace(turn, decision=suppress(facts, persona))

    async def recall(self, turn: Turn) -> Turn:
        """The conversation so far, and what bears on what was just said."""
        style = _model(turn).card.style
        context = await self.memory.context(turn.conversation, turn.message.id, MESSAGES[style])
        if context.since is not None and turn.message.sent_at < context.since:
            return replace(turn, hidden=True)
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
        asked = asks_if_bot(turn.heard)
        # Asked, policy always asks the owner: who approves it has read it.
        truth = truthful(self.settings.owner, read=True)
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
            cut_off=answer.cut_off,
        )
        return replace(
            turn,
            text=f"{truth} {text}".strip() if asked else text,
            prompt=built.prompt,
            records=built.records,
            attempts=turn.attempts + 1,
        )

    async def review(self, turn: Turn) -> Turn:
        """What is wrong with the attempt; where the last one claims what is not known, there is none."""
        persona, unread = _persona(turn), {message.id for message in unanswered(turn.recent)}
        notes = [record for record in (*turn.pinned, *turn.retrieval.records) if record.id in turn.records]
        rules = [*persona.boundaries, *(note.text for note in turn.pinned if note.author is None)]
        known = [
            persona.identity,
            *rules,
            turn.working,
            truthful(self.settings.owner, read=True),
            *(example.said for example in persona.examples),
            *(note.text for note in notes),
            *(message.text for message in turn.recent if message.id not in unread),
        ]
        findings = review(
            turn.text,
            heard=turn.heard,
            names=list(speakers(turn.people, self.settings.owner).values()),
            boundaries=rules,
            known=known,
            guidance=turn.guidance,
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
            turn.heard,
            turn.text,
            turn.findings,
            redraft=turn.is_redraft,
        )
        text = "" if decision.verdict is Verdict.SILENT else turn.text
        return replace(turn, decision=decision, text=text)

    async def may_send(self, conversation: Conversation, message: Message, heard: str) -> bool:
        """Whether policy would let a harmless answer go without asking, as things stand now."""
        persona = await self.persona_selector.select_persona(conversation)
        facts = await self.policy_facts.read(conversation, message, persona)
        decision = decide(facts, persona, conversation, heard, HARMLESS, ())
        return decision.verdict is Verdict.SEND

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


def _persona(turn: Turn) -> Persona:
    if turn.persona is None:
        raise ValueError("the persona is selected before recall, draft, review and decide")
    return turn.persona


def _model(turn: Turn) -> ChatModel:
    if turn.model is None:
        raise ValueError("the model is chosen with the persona, before recall and draft")
    return turn.model
