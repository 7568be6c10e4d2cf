"""How far the twin may go now."""

from bots.api.views import Done
from bots.runtime.base.changes import Changes
from bots.runtime.conversation.composer import Composer, readable
from bots.twin.delegations import DelegationPart
from bots.twin.done import settings_changed
from core.errors import OwnerMustFix
from core.types import Mode
from memory.outbox.switches import Switches


class ControlPart:
    """How far the twin may go now. As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        control: Switches,
        delegating: DelegationPart,
        composer: Composer,
        changes: Changes,
    ) -> None:
        self._control = control
        self.delegating = delegating
        self._composer = composer
        self._changes = changes

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
