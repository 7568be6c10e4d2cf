"""How far the twin may go, now and in advance."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import Sequence
from datetime import datetime, timedelta

from bots.api.views import DelegationView, Done
from bots.runtime.approval.presenter import delegation_view
from bots.runtime.conversation.composer import readable
from bots.twin.part import Part
from core.errors import OwnerMustFix, Refused
from core.types import Conversation, ConversationId, Mode, PersonaName
from memory.archive.rows import row_number

DELEGATION_LASTS = timedelta(days=7)
"""Where the owner names no end."""


class ControlPart(Part):
    """How far the twin may go, now and in advance."""

    async def pause(self) -> Done:
        """Stop all sending at once."""
        await self._house.control.pause()
        return self._set("paused: nothing is sent until you resume")

    async def resume(self) -> Done:
        """Send again."""
        await self._house.control.resume()
        return self._set("sending again")

    async def away(self) -> Done:
        """The owner is away."""
        await self._house.control.away()
        return self._set("you are away")

    async def back(self) -> Done:
        """The owner is back."""
        await self._house.control.back()
        return self._set("welcome back")

    async def mode(self, conversation: str, mode: str) -> Done:
        """How far the twin may go there: `observe`, `draft` or `auto`."""
        found = await self._house.composer.conversation(conversation)
        if mode not in set(Mode):
            raise OwnerMustFix(f"there is no mode {readable(mode)[:40]!r}; there are: {', '.join(Mode)}")
        await self._house.control.set_mode(found.id, Mode(mode))
        return self._set(f"{found.id}: {mode}")

    async def delegate(
        self,
        target: str,
        persona: str | None = None,
        kinds: Sequence[str] = (),
        until: str | datetime | None = None,
    ) -> DelegationView:
        """Leave in advance for a person or a conversation."""
        house = self._house
        ends = self._moment(until) if until is not None else house.clock.now() + DELEGATION_LASTS
        if ":" in target:
            where = await house.composer.conversation(target)
            speaks = await self._persona(persona, where)
            added = await house.delegations.add(
                persona=speaks, expires_at=ends, conversation=where.id, kinds=kinds
            )
        else:
            who = house.composer.person(target)
            direct = Conversation(ConversationId(f"direct:{who}"), "direct", who, members=frozenset({who}))
            speaks = await self._persona(persona, direct)
            added = await house.delegations.add(persona=speaks, expires_at=ends, person=who, kinds=kinds)
        house.changes.publish("settings")
        return delegation_view(added)

    async def delegations(self) -> tuple[DelegationView, ...]:
        """The delegations in force."""
        return tuple(delegation_view(one) for one in await self._house.delegations.all(running=True))

    async def revoke(self, id: str) -> Done:
        """Take a delegation back."""
        number = row_number(id)
        if number is None:
            raise Refused(f"there is no delegation {readable(id)[:40]!r}")
        await self._house.delegations.revoke(number)
        return self._set(f"delegation {id} is revoked")

    async def _persona(self, name: str | None, conversation: Conversation) -> PersonaName:
        if name is not None:
            return self._house.personas.get(name).name
        return (await self._house.personas.select_persona(conversation)).name
