"""From the nouns to what the owner is shown."""

from collections.abc import Iterable, Mapping

from bots.api.views import (
    ConversationView,
    DraftView,
    HearAnswer,
    HeardDraft,
    MessageView,
    PersonaView,
    ReceiptView,
    RecordView,
    SuggestionView,
)
from bots.runtime.approval.wording import approved
from bots.runtime.conversation.turn_results import TurnResult
from bots.runtime.conversation.turn_results import scores as scores_of
from core.ids import platform_of
from core.prompt.briefing import NOTHING
from core.types import (
    OWNER,
    TWIN,
    Authorizer,
    ByDelegation,
    Conversation,
    Draft,
    MemoryRecord,
    Message,
    Mode,
    Person,
    Persona,
    PersonId,
    Receipt,
    RecordId,
    Retrieval,
)
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.archive.suggestions import Suggestion
from memory.outbox import authorizers
from memory.outbox.drafts import became
from memory.outbox.outbox import Outbox
from memory.outbox.reasons import Reasons
from memory.profile.profile import Profile

ALWAYS = 1.0
"""The score of what always goes along, or was let in by the owner: nothing ranked it."""


class Presenter:
    """Looks up what a view needs beside its noun. It changes nothing.

    `names` are what accounts call themselves, for those whom the owner has not linked to anyone.
    """

    def __init__(
        self,
        owner: str,
        messages: Messages,
        records: Records,
        profile: Profile,
        outbox: Outbox,
        reasons: Reasons,
        names: Mapping[PersonId, Person] | None = None,
    ) -> None:
        self._names = names if names is not None else {}
        self._owner = owner
        self._messages = messages
        self._records = records
        self._profile = profile
        self._outbox = outbox
        self._reasons = reasons

    def name(self, who: PersonId) -> str:
        """What the owner calls someone."""
        if who == OWNER:
            return self._owner
        if who == TWIN:
            return f"{self._owner} (twin)"
        person = self._profile.people().get(self._profile.membership({}).resolve(who)) or self._names.get(who)
        return person.name if person else who

    def person(self, who: PersonId) -> PersonId:
        """Whose account it is, as far as the owner knows."""
        return self._profile.membership({}).resolve(who)

    def message(self, one: Message) -> MessageView:
        """One thing said."""
        return MessageView(
            id=one.id,
            author=one.author,
            name=self.name(one.author),
            text=one.text,
            at=one.sent_at,
            edited=one.edited_at is not None,
            deleted=one.deleted,
        )

    async def draft(self, one: Draft) -> DraftView:
        """A draft, with everything that bears on the decision."""
        answered = await self._outbox.answered(one)
        conversation = answered.conversation
        return DraftView(
            id=one.id,
            revision=one.revision,
            status=one.status.value,
            conversation=one.conversation,
            title=conversation.title if conversation else one.conversation,
            platform=platform_of(one.conversation),
            recipient=one.conversation,
            heard=tuple(map(self.message, answered.heard)),
            text=one.text,
            original=one.original,
            persona=one.persona,
            rule=one.rule,
            records=await self._rests_on(one),
            model=one.model,
            created_at=one.created_at,
            expires_at=one.expires_at,
            snoozed_until=one.snoozed_until,
            why=became(one),
        )

    async def hear_answer(self, result: TurnResult, timings_ms: Mapping[str, float]) -> HearAnswer:
        """How a message ended, in the form that other tools rely on."""
        draft = result.draft
        shown = None
        if draft is not None:
            shown = HeardDraft(
                id=draft.id,
                revision=draft.revision,
                text=draft.text,
                persona=draft.persona,
                recipient=draft.conversation,
                records=await self._rests_on(draft, result.outcome.retrieval if result.outcome else NOTHING),
            )
        decision = result.decision
        return HearAnswer(result.message, decision.verdict.value, decision.rule, shown, timings_ms)

    async def record(self, record: RecordId) -> MemoryRecord | None:
        """A record of the archive or the profile."""
        in_profile = next((entry for entry in self._profile.entries() if entry.id == record), None)
        return in_profile or await self._records.get(record)

    async def receipts(self, receipts: Iterable[Receipt]) -> tuple[ReceiptView, ...]:
        """What was sent."""
        titles = {
            conversation.id: conversation.title for conversation in await self._messages.conversations()
        }
        return tuple(
            ReceiptView(
                id=receipt.id,
                draft=receipt.draft,
                conversation=receipt.conversation,
                title=titles.get(receipt.conversation, receipt.conversation),
                text=receipt.text,
                persona=receipt.persona,
                records=receipt.records,
                rule=receipt.rule,
                authorized_by=authorizers.words(receipt.authorized_by),
                approval=approved(receipt.authorized_by),
                delegation=_delegation(receipt.authorized_by),
                model=receipt.model,
                model_digest=receipt.model_digest,
                sent_at=receipt.sent_at,
                platform_ids=receipt.platform_ids,
            )
            for receipt in receipts
        )

    async def suggestions(self, suggestions: Iterable[Suggestion]) -> tuple[SuggestionView, ...]:
        """What contacts said that might belong in the profile."""
        shown = []
        for one in suggestions:
            source = await self._messages.get(one.source)
            shown.append(SuggestionView(one.id, one.text, self.name(source.author) if source else "", one.at))
        return tuple(shown)

    async def _rests_on(self, draft: Draft, just_recalled: Retrieval = NOTHING) -> tuple[RecordView, ...]:
        known = {one.id: one for one in (*self._profile.entries(), *just_recalled.records)}
        scores = scores_of(just_recalled) or await self._reasons.scores(draft.id)
        found = [known.get(record) or await self._records.get(record) for record in draft.records]
        shown = [record_view(one, scores.get(one.id, ALWAYS)) for one in found if one is not None]
        return tuple(sorted(shown, key=lambda one: -(one.score or 0.0)))


def _delegation(by: Authorizer | None) -> str | None:
    return str(by.delegation) if isinstance(by, ByDelegation) else None


def record_view(one: MemoryRecord, score: float | None = None) -> RecordView:
    """One record."""
    return RecordView(one.id, one.text, tuple(sorted(one.audience)), score)


def retrieved(found: Retrieval) -> tuple[RecordView, ...]:
    """What was recalled, best first."""
    return tuple(
        record_view(one, float(score)) for one, score in zip(found.records, found.scores, strict=True)
    )


def conversation_view(one: Conversation, mode: Mode, draft: str | None) -> ConversationView:
    """A conversation."""
    members = None if one.members is None else tuple(sorted(one.members))
    return ConversationView(one.id, one.platform, one.title, one.kind.value, members, mode.value, draft)


def persona_view(one: Persona, bound: tuple[str, ...]) -> PersonaView:
    """A persona."""
    return PersonaView(
        name=one.name,
        identity=one.identity,
        voice=one.voice,
        boundaries=one.boundaries,
        disclosure=one.disclosure,
        mode=one.mode.value,
        examples=len(one.examples),
        bound=bound,
    )


def broken_persona(name: str, bound: tuple[str, ...], problem: str) -> PersonaView:
    """A persona whose file never was good."""
    return PersonaView(name, "", "", (), "", "", 0, bound, problem)
