"""How the product reads them."""

from datetime import UTC, datetime

from bots.runtime.base.times import Timed, timed
from tests.bench.reminders.table import ASKS, NOW, ZONE, Reading

SHOWN = 3


def read(said: str) -> Reading:
    """What is said in the past is asked back, by whoever adds a reminder."""
    found = timed(said, NOW, ZONE)
    if not isinstance(found, Timed) or not found.text or found.at <= NOW:
        return ASKS
    moments: list[datetime] = [found.at.astimezone(UTC)]
    while found.recurs and len(moments) < SHOWN:
        moments.append(found.recurs.next(moments[-1], ZONE))
    return Reading(tuple(moments), found.text)
