"""One pigeon: CardSurface, OwnerDm, ShowsTyping, LimitsReplies, FindsSent, ReadsMembers, CatchesUp and
ReadsOwnerDm."""

from core.ports import Clock
from tests.fakes import FixedClock
from tests.scripted_platform import ScriptedPlatform


class PigeonPlatform(ScriptedPlatform):
    """Flies where a test says."""

    def __init__(self, loft: str, ring: str, clock: Clock) -> None:
        super().__init__("pigeon", clock if isinstance(clock, FixedClock) else FixedClock())
        self.loft = loft
        self.ring = ring
