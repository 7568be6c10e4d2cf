"""The owner's own time."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bots.runtime.base import times
from core.ports import Clock


@dataclass(frozen=True, slots=True)
class OwnerClock:
    """Now, and times as the owner writes and reads them, in their zone."""

    clock: Clock
    zone: ZoneInfo

    def now(self) -> datetime:
        """Now, in UTC."""
        return self.clock.now()

    def moment(self, given: str | datetime) -> datetime:
        """A time that lies ahead, as `times.moment` reads it. Raises OwnerMustFix."""
        return times.moment(given, self.now(), self.zone)

    def ago(self, given: str | datetime) -> datetime:
        """A time that lies behind, as `times.ago` reads it. Raises OwnerMustFix."""
        return times.ago(given, self.now(), self.zone)

    def local(self, at: datetime) -> datetime:
        """A moment on the owner's wall."""
        return at.astimezone(self.zone)
