"""Times of the week, as the owner writes them: `22:00-07:00`, `Sat-Sun`, `Mon-Fri 09:00-17:30`. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?)?\s*"
    r"(?:(?P<begins>\d{2}:\d{2})-(?P<ends>\d{2}:\d{2}))?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """On each of these days (0 is Monday) from `begins` on, to `ends`: the next day where that is earlier."""

    days: frozenset[int]
    begins: time
    ends: time

    def covers(self, local: datetime) -> bool:
        """Whether it holds then, in the owner's own time."""
        now, today = local.time(), local.weekday()
        if self.begins < self.ends:
            return today in self.days and self.begins <= now < self.ends
        yesterday = (local - timedelta(days=1)).weekday()
        return (today in self.days and now >= self.begins) or (yesterday in self.days and now < self.ends)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Some spans, in the owner's time zone."""

    spans: tuple[Span, ...]
    zone: ZoneInfo

    def covers(self, now: datetime) -> bool:
        """Whether any of them holds now."""
        local = now.astimezone(self.zone)
        return any(one.covers(local) for one in self.spans)


def span(text: str) -> Span:
    """One of them. Raises ValueError, saying how it is written."""
    found = SPAN.fullmatch(text.strip().lower())
    first, last = (found["first"], found["last"]) if found else (None, None)
    if found is None or not (first or found["begins"]) or {first, last} - {None, *DAYS}:
        raise ValueError("a time of the week is written as 22:00-07:00, Sat-Sun or Mon-Fri 09:00-17:30")
    days = range(7)
    if first:
        begin = DAYS.index(first)
        days = range(begin, begin + 1 + (DAYS.index(last or first) - begin) % 7)
    whole = time(0)
    try:
        begins = time.fromisoformat(found["begins"]) if found["begins"] else whole
        ends = time.fromisoformat(found["ends"]) if found["ends"] else whole
    except ValueError:
        raise ValueError("the hours of a day are 00:00 to 23:59") from None
    return Span(frozenset(day % 7 for day in days), begins, ends)


def schedule(texts: Sequence[str], zone: ZoneInfo) -> Schedule:
    """All of them. Raises ValueError as `span`."""
    return Schedule(tuple(map(span, texts)), zone)
