"""From the nouns to what the owner is shown."""

import unicodedata
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
from bots.platforms.card_lines import group_name, one_line, unquoted
from bots.runtime.approval.wording import approved
from bots.runtime.conversation.turn_results import TurnResult
from bots.runtime.conversation.turn_results import scores as scores_of
from core.ids import platform_of
from core.lookalikes import without_colons
from core.prompt.briefing import NOTHING
from core.types import (
    OWNER,
    TWIN,
    Authorizer,
    ByDelegation,
    Conversation,
    Draft,
    Kind,
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

LONGEST_NAME = 60
IN_NAMES = frozenset("-.'’_ \u200c\u200d")
FRAMES = ("\u2500", "\u25ff")
"""Lines and boxes, of which cards have some too."""
SKIN_TONES = "🏻🏼🏽🏾🏿"
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
        """What the owner calls someone; who is none of their people is called what they call themselves, and
        said not to be linked."""
        called = self.plain_name(who)
        return called if self._known(who) else not_linked(called, who)

    def plain_name(self, who: PersonId) -> str:
        """As `name`, for others' eyes: it does not say who is linked."""
        if who == OWNER:
            return self._owner
        if who == TWIN:
            return f"{self._owner} (twin)"
        person = self._profile.people().get(self.person(who))
        if person is not None:
            return one_line(person.name, LONGEST_NAME)
        stranger = self._names.get(who)
        return own_name(stranger.name if stranger else "") or who

    def title(self, conversation: Conversation) -> str:
        """A conversation's name; a direct one is called as whom it is with, a group as no person could be."""
        if conversation.kind is Kind.GROUP:
            return group_name(conversation.title, LONGEST_NAME)
        if conversation.kind is Kind.DIRECT and conversation.members and len(conversation.members) == 1:
            (other,) = conversation.members
            if not self._known(other):
                return not_linked(own_name(conversation.title) or self.plain_name(other), other)
        return unquoted(conversation.title, LONGEST_NAME)

    def _known(self, who: PersonId) -> bool:
        return who in (OWNER, TWIN) or self.person(who) in self._profile.people()

    def person(self, who: PersonId) -> PersonId:
        """Whose account it is, as far as the owner knows."""
        return self._profile.membership({}).resolve(who)

    def message(self, one: Message, quoted: Message | None = None) -> MessageView:
        """One thing said, in reply to another or to none."""
        return MessageView(
            id=one.id,
            author=one.author,
            name=self.name(one.author),
            text=one.text,
            at=one.sent_at,
            edited=one.edited_at is not None,
            deleted=one.deleted,
            in_reply_to=f"{self.name(quoted.author)}: {quoted.text}" if quoted else "",
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
            title=self.title(conversation) if conversation else one.conversation,
            platform=platform_of(one.conversation),
            recipient=one.conversation,
            heard=tuple(
                self.message(message, answered.quoted.get(message.reply_to) if message.reply_to else None)
                for message in answered.heard
            ),
            root=self.message(answered.root) if answered.root else None,
            since=self.message(answered.since) if answered.since else None,
            text=one.text,
            original=one.original,
            persona=one.persona,
            rule=one.rule,
            records=await self._rests_on(one),
            model=one.model,
            runs_on=one.runs_on,
            sends_as=one.sends_as,
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
            conversation.id: self.title(conversation) for conversation in await self._messages.conversations()
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
                runs_on=receipt.runs_on,
                sent_as=receipt.sent_as,
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


def not_linked(name: str, account: PersonId) -> str:
    """Who calls themselves so, and is none of the owner's people."""
    where = one_line(account, LONGEST_NAME)
    return f"{where} (not linked)" if name == account else f"{name} (not linked: {where})"


def own_name(name: str) -> str:
    """What a stranger calls themselves, in letters, marks, numbers and pictures alone: nothing in it reads as
    if it were the twin's word."""
    signs = (sign if _harmless(sign) else " " for sign in one_line(without_colons(name), 4 * LONGEST_NAME))
    return one_line("".join(signs), LONGEST_NAME)


def _harmless(sign: str) -> bool:
    if sign in IN_NAMES:
        return True
    kind = unicodedata.category(sign)
    return kind[0] in "LMN" or (kind == "So" and not FRAMES[0] <= sign <= FRAMES[1]) or sign in SKIN_TONES


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


def conversation_view(one: Conversation, title: str, mode: Mode, draft: str | None) -> ConversationView:
    """A conversation, under the title that `Presenter.title` gives it."""
    members = None if one.members is None else tuple(sorted(one.members))
    name = unquoted(one.title, LONGEST_NAME) if one.kind is Kind.GROUP else ""
    return ConversationView(
        one.id, one.platform, title, one.kind.value, members, mode.value, draft, name=name
    )


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
