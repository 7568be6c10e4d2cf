"""Reminders by the clock: each told once, or each time anew, in the owner's DM; without one, the console and
`remind` list them."""

import logging
from collections.abc import Sequence
from datetime import datetime

from bots.runtime.base.changes import Changes
from bots.runtime.base.cron import SOON, quiet_until
from bots.runtime.base.schedule import Schedule
from bots.runtime.delivery.owner_dms import OwnerDms
from core.errors import Refused, TryAgain
from core.ports import Clock
from memory.state.reminders import CLOCK_JUMP, Reminder, Reminders

log = logging.getLogger(__name__)


class ReminderNotices:
    """Tells what is due. Raises what the database raises."""

    def __init__(
        self, reminders: Reminders, owner_dms: OwnerDms, quiet: Schedule, clock: Clock, changes: Changes
    ) -> None:
        self._reminders = reminders
        self._owner_dms = owner_dms
        self._quiet = quiet
        self._zone = quiet.zone
        self._clock = clock
        self._changes = changes

    def held_until(self, at: datetime) -> datetime | None:
        """Until when quiet hours hold one that is due then; None outside of them."""
        return quiet_until(self._quiet, at)

    async def look(self) -> datetime | None:
        """Tell what is due; when the next one is. In quiet hours, when they are over."""
        now = self._clock.now()
        waiting = await self._reminders.open()
        if any(one.recurs and one.at > now + CLOCK_JUMP for one in waiting):
            await self._reminders.set_back(now)
            waiting = await self._reminders.open()
        until = quiet_until(self._quiet, now)
        if waiting and until is not None:
            return until
        due = [one for one in waiting if one.due(self._zone) <= now]
        reachable = self._owner_dms.reachable()  # once: it may change under this
        for one in sorted(due, key=lambda one: one.due(self._zone)):
            await self._tell(one, now, reachable)
        times = [at for one in await self._reminders.open() if (at := one.due(self._zone)) > now]
        if due and self._owner_dms.preferred() and not reachable:
            times.append(now + SOON)
        return min(times, default=None)

    async def _tell(self, one: Reminder, now: datetime, reachable: Sequence[str]) -> None:
        for platform in reachable:
            await self._reminders.take(one, now)
            try:
                await self._owner_dms.tell(platform, f"You wanted to be reminded: {one.text}")
            except (Refused, TryAgain):
                await self._reminders.take(one, now, told=False)
            except Exception as error:
                # Supervision: nobody knows whether it arrived; it is not told again.
                log.error("reminder %s: uncertain (%s)", one.id, type(error).__name__)
                return
            else:
                self._changes.publish("digest")
                return
