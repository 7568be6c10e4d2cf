"""What comes again and again on the owner's wall, kept as RFC 5545 writes it. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKDAYS = (0, 1, 2, 3, 4)


class Unit(StrEnum):
    """What it counts; the values are RFC 5545's."""

    MINUTE = "MINUTELY"
    HOUR = "HOURLY"
    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"
    YEAR = "YEARLY"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every so many units from `starts` on: for minutes and hours a moment in UTC, else a time on the wall
    without a zone, so that it stays the same hour for an owner who moves, or whose clock is changed. A month
    too short for its day has it on its last."""

    every: int
    unit: Unit
    starts: datetime
    weekdays: tuple[int, ...] = ()
    """Of a week, 0 is Monday; empty for the day that it starts on."""

    def next(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first one after that moment, in UTC. Raises OverflowError beyond the calendar."""
        if self.starts.tzinfo is not None:
            step = timedelta(**{"hours" if self.unit is Unit.HOUR else "minutes": self.every})
            passed = max(0, (after - self.starts) // step + 1)
            return self.starts + passed * step
        for day in self._days(after.astimezone(zone).date() - timedelta(days=1)):
            at = datetime.combine(day, self.starts.time(), zone).astimezone(UTC)
            if at > after:
                return at
        raise OverflowError

    def _days(self, since: date) -> Iterator[date]:
        """Those of them that may not lie before `since`, in their order."""
        first = self.starts.date()
        match self.unit:
            case Unit.WEEK:
                monday = first - timedelta(days=first.weekday())
                begin = max(0, (since - monday).days // 7 // self.every)
                for number in count(begin):
                    for weekday in self.weekdays or (first.weekday(),):
                        day = monday + timedelta(weeks=number * self.every, days=weekday)
                        if day >= first:
                            yield day
            case Unit.MONTH | Unit.YEAR:
                months = self.every * (12 if self.unit is Unit.YEAR else 1)
                apart = (since.year - first.year) * 12 + since.month - first.month
                for number in count(max(0, apart // months)):
                    yield in_months(first, number * months)
            case _:
                for number in count(max(0, (since - first).days // self.every)):
                    yield first + timedelta(days=number * self.every)

    def rule(self) -> str:
        """As RFC 5545 writes a rule, without its start."""
        days = f";BYDAY={','.join(DAYS[day] for day in self.weekdays)}" if self.weekdays else ""
        return f"FREQ={self.unit};INTERVAL={self.every}{days}"

    def words(self) -> str:
        """As its owner reads it: `every 2 weeks on Mon and Thu at 09:00`."""
        unit = self.unit.name.lower()
        at = f" at {self.starts:%H:%M}"
        if self.weekdays == WORKDAYS and self.every == 1:
            return f"every weekday{at}"
        words = f"every {unit}" if self.every == 1 else f"every {self.every} {unit}s"
        match self.unit:
            case Unit.MINUTE | Unit.HOUR:
                return words
            case Unit.WEEK:
                names = [NAMES[day] for day in self.weekdays or (self.starts.weekday(),)]
                return f"{words} on {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}{at}"
            case Unit.MONTH:
                return f"{words} on day {self.starts.day}{at}"
            case Unit.YEAR:
                return f"{words} on {self.starts:%-d %b}{at}"
            case _:
                return f"{words}{at}"


def recurrence(rule: str, starts: str) -> Recurrence:
    """What `Recurrence.rule`, and its start in ISO 8601, stand for."""
    parts = dict(part.split("=") for part in rule.split(";"))
    weekdays = tuple(DAYS.index(day) for day in parts.get("BYDAY", "").split(",") if day)
    return Recurrence(int(parts["INTERVAL"]), Unit(parts["FREQ"]), datetime.fromisoformat(starts), weekdays)


def in_months(day: date, months: int) -> date:
    """The same day of a later month, or its last. Raises OverflowError beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
