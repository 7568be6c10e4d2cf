"""By when somebody said that they would. Pure."""

import re
from datetime import date, timedelta

from bots.runtime.base.schedule import DAYS

_DAY = re.compile(
    r"\b(?:(?P<today>today|tonight|this (?:morning|afternoon|evening))|(?P<tomorrow>tomorrow)"
    r"|(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)day|(?P<iso>\d{4}-\d{2}-\d{2}))\b",
    re.IGNORECASE,
)


def due(text: str, said: date) -> date | None:
    """The first day that a promise names, counted from the day it was made; None where it names none.

    A weekday is the next of that name, never the day itself.
    """
    found = _DAY.search(text)
    if found is None:
        return None
    if found["today"]:
        return said
    if found["tomorrow"]:
        return said + timedelta(days=1)
    if found["weekday"]:
        ahead = (DAYS.index(found["weekday"][:3].lower()) - said.weekday()) % 7
        return said + timedelta(days=ahead or 7)
    try:
        return date.fromisoformat(found["iso"])
    except ValueError:
        return None
