"""The services of a part under test: time is the test's."""

from bots.runtime.base.changes import Changes
from bots.runtime.base.problems import Problems
from bots.runtime.base.services import Services
from bots.runtime.base.timing import Sleep, Timing
from core.ports import Clock
from tests.waiting import Sleeper


def services(clock: Clock, *, timing: Timing | None = None, sleep: Sleep | None = None) -> Services:
    """Of its own, but for the clock."""
    changes = Changes()
    return Services(clock, changes, Problems(changes), timing or Timing(), sleep or Sleeper())
