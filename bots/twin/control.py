"""How far the twin may go, now and in advance."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.api.views import DelegationView, Done
from bots.runtime.approval.presenter import delegation_view
from bots.runtime.base.changes import Changes
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.conversation.composer import Composer, readable
from bots.twin.done import settings_changed
from core.errors import OwnerMustFix, Refused
from core.types import Conversation, ConversationId, Mode, PersonaName
from memory.archive.rows import row_number
from memory.outbox.delegations import Delegations
from memory.outbox.switches import Switches
from personas.library import PersonaLibrary

DELEGATION_LASTS = timedelta(days=7)
"""Where the owner names no end."""


class ControlPart:
    """How far the twin may go, now and in advance. As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        control: Switches,
        delegations: Delegations,
        composer: Composer,
        personas: PersonaLibrary,
        changes: Changes,
        times: OwnerClock,
    ) -> None:
        self._control = control
        self._delegations = delegations
        self._composer = composer
        self._personas = personas
        self._changes = changes
        self._times = times

    async def pause(self) -> Done:
        await self._control.pause()
        return settings_changed(self._changes, "paused: nothing is sent until you resume")

    async def resume(self) -> Done:
        await self._control.resume()
        return settings_changed(self._changes, "sending again")

    async def away(self) -> Done:
        await self._control.away()
        return settings_changed(self._changes, "you are away")

    async def back(self) -> Done:
        await self._control.back()
        return settings_changed(self._changes, "welcome back")

    async def mode(self, conversation: str, mode: str) -> Done:
        found = await self._composer.conversation(conversation)
        if mode not in set(Mode):
            raise OwnerMustFix(f"there is no mode {readable(mode)[:40]!r}; there are: {', '.join(Mode)}")
        await self._control.set_mode(found.id, Mode(mode))
        return settings_changed(self._changes, f"{found.id}: {mode}")

    async def delegate(
        self,
        target: str,
        persona: str | None = None,
        kinds: Sequence[str] = (),
        until: str | datetime | None = None,
    ) -> DelegationView:
        ends = self._times.moment(until) if until is not None else self._times.now() + DELEGATION_LASTS
        if ":" in target:
            where = await self._composer.conversation(target)
            speaks = await self._persona(persona, where)
            added = await self._delegations.add(
                persona=speaks, expires_at=ends, conversation=where.id, kinds=kinds
            )
        else:
            who = self._composer.person(target)
            direct = Conversation(ConversationId(f"direct:{who}"), "direct", who, members=frozenset({who}))
            speaks = await self._persona(persona, direct)
            added = await self._delegations.add(persona=speaks, expires_at=ends, person=who, kinds=kinds)
        self._changes.publish("settings")
        return delegation_view(added)

    async def delegations(self) -> tuple[DelegationView, ...]:
        return tuple(delegation_view(one) for one in await self._delegations.all(running=True))

    async def revoke(self, id: str) -> Done:
        number = row_number(id)
        if number is None:
            raise Refused(f"there is no delegation {readable(id)[:40]!r}")
        await self._delegations.revoke(number)
        return settings_changed(self._changes, f"delegation {id} is revoked")

    async def _persona(self, name: str | None, conversation: Conversation) -> PersonaName:
        if name is not None:
            return self._personas.get(name).name
        return (await self._personas.select_persona(conversation)).name
