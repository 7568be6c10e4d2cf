"""What the owner delegates: looked at first, then done in one act."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.api.delegation_views import DelegationPreview, DelegationView
from bots.api.views import Done
from bots.runtime.approval.delegation_words import (
    NO_REPLIES,
    delegation_view,
    fingerprinted,
    place_name,
    raised,
    replies_view,
    unlinked,
)
from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.changes import Changes
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.conversation.composer import Composer, readable
from bots.twin.done import settings_changed
from core.errors import OwnerMustFix, Refused
from core.types import Conversation, PersonaName, PersonId, SmallTalk
from memory.archive.own_replies import OwnReplies
from memory.archive.rows import row_number
from memory.outbox.delegation_rows import Delegation, usable
from memory.outbox.delegations import UNLISTED, Delegations
from personas.library import PersonaLibrary

CHANGED = "something that you were shown has changed since: look again"
DELEGATION_LASTS = timedelta(days=7)
"""Where the owner names no end."""
GivenReplies = Mapping[SmallTalk, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """To whom or where, as which persona, until when; `there` are the conversations that it covers now."""

    place: Conversation
    person: PersonId | None
    persona: PersonaName
    ends: datetime
    there: tuple[Conversation, ...]

    @property
    def delegation(self) -> Delegation:
        return Delegation(
            0,
            self.persona,
            self.ends,
            self.ends,
            person=self.person,
            conversation=None if self.person is not None else self.place.id,
        )


class DelegationPart:
    """As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        delegations: Delegations,
        own_replies: OwnReplies,
        composer: Composer,
        personas: PersonaLibrary,
        presenter: Presenter,
        changes: Changes,
        times: OwnerClock,
    ) -> None:
        self._delegations = delegations
        self._own_replies = own_replies
        self._composer = composer
        self._personas = personas
        self._presenter = presenter
        self._changes = changes
        self._times = times

    async def preview_delegation(
        self,
        target: str,
        persona: str | None = None,
        until: str | datetime | None = None,
        replies: GivenReplies | None = None,
    ) -> DelegationPreview:
        plan = await self._plan(target, persona, until)
        readers = await self._readers(plan)
        here = {place.id for place in plan.there}
        texts = usable(replies) if replies else await self._own_replies.proposed(plan.place, here)
        preview = DelegationPreview(
            target=plan.person or plan.place.id,
            title=self._presenter.title(plan.place),
            persona=plan.persona,
            expires_at=plan.ends,
            replies=replies_view(texts),
            readers=tuple(sorted(readers)),
            reader_names=self._names(readers),
            conversations=tuple(place.id for place in plan.there),
            titles=tuple(place_name(place) for place in plan.there),
            per_hour=self._delegations.sends_per_hour,
            raises=await self._raises(plan),
            unlinked=await self._unlinked(plan),
            paused=await self._delegations.paused(),
            missing="" if texts else NO_REPLIES,
        )
        return fingerprinted(preview)

    async def delegate(
        self,
        target: str,
        replies: GivenReplies,
        persona: str | None = None,
        until: str | datetime | None = None,
        fingerprint: str | None = None,
    ) -> DelegationView:
        plan, texts = await self._plan(target, persona, until), usable(replies)
        if not texts:
            raise Refused(NO_REPLIES)
        preview = await self.preview_delegation(target, persona, until, texts)
        if fingerprint not in (None, preview.fingerprint):
            raise Refused(CHANGED)
        given = await self._delegations.add(
            persona=self._personas.get(plan.persona),
            expires_at=plan.ends,
            replies=texts,
            person=plan.person,
            conversation=None if plan.person is not None else plan.place,
            agreed=frozenset(map(PersonId, preview.readers)),
        )
        self._changes.publish("settings")
        return next(view for view in await self.delegations() if view.id == str(given.id))

    async def delegations(self) -> tuple[DelegationView, ...]:
        states = await self._delegations.states()
        titles = [await self._title(state.delegation) for state in states]
        per_hour, name = self._delegations.sends_per_hour, self._presenter.name
        return tuple(
            delegation_view(state, title, name, per_hour) for state, title in zip(states, titles, strict=True)
        )

    async def revoke(self, id: str) -> Done:
        number = row_number(id)
        if number is None:
            raise Refused(f"there is no delegation {readable(id)[:40]!r}")
        await self._delegations.revoke(number)
        return settings_changed(self._changes, f"delegation {id} is revoked")

    async def _plan(self, target: str, persona: str | None, until: str | datetime | None) -> _Plan:
        place, person = await self._composer.target(target)
        ends = self._times.moment(until) if until is not None else self._times.now() + DELEGATION_LASTS
        if ends <= self._times.now():
            raise Refused("its end has passed already")
        named = None if persona is None else self._personas.get(persona).name
        whole = _Plan(place, person, PersonaName(""), ends, ())
        there = await self._delegations.reached(whole.delegation)
        speaking = [(each, await self._speaks(each)) for each in (*there, place)]
        speaker = named or speaking[0][1]
        fitting = tuple(each for each, name in speaking if name == speaker and each.id != place.id)
        if speaker not in (name for _, name in speaking):
            raise Refused(f"{speaking[0][1]} speaks there: bind {speaker} there first, or leave it out")
        if person is None:
            fitting = (place, *fitting)
        return _Plan(place, person, PersonaName(speaker), ends, fitting)

    async def _readers(self, plan: _Plan) -> frozenset[PersonId]:
        if plan.person is not None:
            return frozenset({plan.person})
        readers, _ = await self._delegations.looked_at(plan.place)
        if readers is None:
            raise Refused(UNLISTED)
        return readers

    async def _raises(self, plan: _Plan) -> tuple[str, ...]:
        """What stands in the way now and is lifted by the owner's yes."""
        persona = self._personas.get(plan.persona)
        lifted = []
        for place in plan.there:
            _, explicit = await self._delegations.looked_at(place)
            lifted += raised(place, explicit, persona)
        return tuple(lifted or raised(None, None, persona))

    async def _unlinked(self, plan: _Plan) -> tuple[str, ...]:
        """Who stops it now in each conversation, and who would."""
        told = []
        for place in plan.there:
            speak, listen = await self._delegations.unknown(place)
            told += unlinked(place, self._names(speak), self._names(listen))
        return tuple(told)

    async def _speaks(self, place: Conversation) -> str:
        """The persona that speaks there; empty where its file is broken."""
        try:
            return (await self._personas.select_persona(place)).name
        except OwnerMustFix:
            return ""

    async def _title(self, delegation: Delegation) -> str:
        if delegation.person is not None:
            return self._presenter.name(delegation.person)
        try:
            return place_name(await self._composer.conversation(str(delegation.conversation)))
        except OwnerMustFix:
            return str(delegation.conversation)

    def _names(self, readers: frozenset[PersonId]) -> tuple[str, ...]:
        return tuple(sorted(map(self._presenter.name, readers)))
