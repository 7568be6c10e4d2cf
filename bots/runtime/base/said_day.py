"""Which day is meant by its name, its number or its date; what may be two days is neither. Pure."""

import re
from datetime import date, timedelta

from bots.runtime.base.time_phrases import DAY, MONTHS, WEEKDAYS
from memory.state.recurrence import in_months


class Ambiguous(ValueError):
    """It may mean several times, or contradicts itself; the message says which."""


def days_of(said: dict[str, str], kinds: set[str], today: date) -> list[date]:
    """The day that is meant, and where its time may have passed, the next such one. Raises Ambiguous."""
    if "date" in kinds:
        days = dates(said, today)
        if "weekday" in kinds:
            days = [day for day in days[:1] if day.weekday() == _weekday(said["weekday"])]
        if not days or "day" in kinds or said.get("which"):
            raise Ambiguous("that day of the week is not that day")
        return days
    if "week" in said:
        if "weekday" not in kinds or said.get("which") or "day" in said:
            raise Ambiguous("which day of it?")
        return [today + timedelta(days=7 - today.weekday() + _weekday(said["weekday"]))]
    if "weekday" in kinds:
        if "day" in kinds:
            raise Ambiguous("that is two days")
        return _coming(_weekday(said["weekday"]), said.get("which", ""), today)
    if day := said.get("day"):
        return [today + timedelta(days=2 if "after" in day else 1 if day == "tomorrow" else 0)]
    return [today, today + timedelta(days=1)]


def _coming(weekday: int, which: str, today: date) -> list[date]:
    day = today + timedelta(days=(weekday - today.weekday()) % 7)
    week = timedelta(weeks=1)
    if which == "next":
        if day > today and day.weekday() > today.weekday():
            raise Ambiguous(f"that may be {day:%-d %B} or {day + week:%-d %B}")
        return [day if day > today else day + week]
    if which == "this" and weekday < today.weekday():
        raise Ambiguous("that day of this week has passed")
    return [day] if which == "this" else [day, day + week]


def dates(said: dict[str, str], today: date) -> list[date]:
    """The next that has this date or number, and the one after it. Raises Ambiguous, and ValueError."""
    if iso := said.get("iso"):
        return [date(*map(int, re.split(r"[-/]", iso)))]
    if ordinal := said.get("ordinal"):
        number = _ordinal(ordinal)
        firsts = [in_months(today.replace(day=1), months) for months in range(13)]
        return [day for day in (_of_month(first, number) for first in firsts) if day and day >= today]
    month, number, year = _month_and_day(said)
    if year:
        return [date(year, month, number)]
    years = (today.year + ahead for ahead in range(9))
    # The 29th of February is not in each of them.
    days = [day for one in years if (day := _of_month(date(one, month, 1), number))]
    if not days:
        raise ValueError
    return [day for day in days if day >= today][:2]


def _month_and_day(said: dict[str, str]) -> tuple[int, int, int | None]:
    if said.get("month"):
        month = [month[:3] for month in MONTHS].index(said["month"][:3]) + 1
        return month, int(re.sub(r"\D", "", said["number"])), int(said["year"]) if said.get("year") else None
    if dotted := said.get("dotted"):
        parts = [int(part) for part in dotted.split(".") if part]
        return parts[1], parts[0], parts[2] if len(parts) > 2 else None
    first, second, *rest = map(int, said["slashed"].split("/"))
    if first <= 12 and second <= 12 and first != second:
        raise Ambiguous(
            f"that may be {first} {MONTHS[second - 1].title()} or {second} {MONTHS[first - 1].title()}"
        )
    month, number = (first, second) if second > 12 else (second, first)
    return month, number, rest[0] if rest else None


def weekdays_of(said: str) -> tuple[int, ...]:
    """Those that are named, from Monday on."""
    return tuple(sorted({_index(name) for name in re.findall(DAY, said)}))


def _weekday(said: str) -> int:
    """Raises Ambiguous on several."""
    weekdays = weekdays_of(said)
    if len(weekdays) > 1:
        raise Ambiguous("that is several days; with every it is each of them")
    return weekdays[0]


def _index(name: str) -> int:
    return [weekday[:3] for weekday in WEEKDAYS].index(name[:3])


def _ordinal(said: str) -> int:
    number = int(said[:-2])
    if not 1 <= number <= 31:
        raise ValueError
    return number


def _of_month(first: date, number: int) -> date | None:
    """Its day of this number, where it has one."""
    day = in_months(first, 1) - timedelta(days=1)
    return first.replace(day=number) if 1 <= number <= day.day else None
