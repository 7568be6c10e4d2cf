"""What the pieces of a time mean together, on the owner's wall; what may mean two times is neither. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bots.runtime.base.said_day import Ambiguous, dates, days_of, weekdays_of
from bots.runtime.base.time_phrases import NUMBERS, WEEKDAYS, TimePhrase
from memory.state.recurrence import WORKDAYS, Recurrence, Unit, in_months

MORNING = time(9)
"""Where a day alone is named."""
PARTS = {
    "morning": MORNING,
    "afternoon": time(15),
    "evening": time(19),
    "tonight": time(20),
    "night": time(21),
}
HOURS = {
    "morning": (4, 11),
    "afternoon": (12, 18),
    "evening": (16, 23),
    "tonight": (18, 23),
    "night": (18, 23),
}
"""The hours that each part of a day has."""
EITHER_HALF = range(1, 7)
"""An hour of the morning or of the afternoon, said without which: one that may be either for many people."""
COUNTED = {
    **dict.fromkeys(("min", "minute"), Unit.MINUTE),
    **dict.fromkeys(("hour", "hourly"), Unit.HOUR),
    **dict.fromkeys(("day", "daily"), Unit.DAY),
    **dict.fromkeys(("week", "weekly"), Unit.WEEK),
    **dict.fromkeys(("month", "monthly"), Unit.MONTH),
    **dict.fromkeys(("year", "yearly", "annually"), Unit.YEAR),
}


@dataclass(frozen=True, slots=True)
class SaidTime:
    """When, in UTC, and how it comes again."""

    at: datetime
    recurs: Recurrence | None = None


def read(pieces: list[TimePhrase], now: datetime, zone: ZoneInfo) -> SaidTime:
    """Raises Ambiguous, ValueError on a time that there is not, OverflowError on one too far away."""
    kinds = [piece.kind for piece in pieces]
    said = {name: text for piece in pieces for name, text in piece.said.items()}
    weeks = [piece for piece in pieces if "week" in piece.said]
    if len(kinds) - len(weeks) != len({*kinds} - ({"day"} if weeks else set())) or len(weeks) > 1:
        raise Ambiguous("that is several times")
    if "every" in kinds:
        return _recurring(said, {*kinds}, now, zone)
    return SaidTime(_once(said, {*kinds}, now, zone))


def _once(said: dict[str, str], kinds: set[str], now: datetime, zone: ZoneInfo) -> datetime:
    wall = now.astimezone(zone)
    clock, midnight = _clock(said), said.get("named") == "midnight"
    if "short" in kinds or "span" in kinds:
        if kinds - {"short", "span", "clock", "part"}:
            raise Ambiguous("that is two days")
        return _span(said, clock, now, zone)
    if "this" in said:
        if kinds & {"day", "weekday", "date"}:
            raise Ambiguous("that is two days")
        kinds, said = kinds | {"day"}, {**said, "day": "today"}
    days = days_of(said, kinds, wall.date())
    if midnight and (kinds == {"clock"} or said.get("day") in ("today", "tonight")):
        return on_wall(datetime.combine(wall.date() + timedelta(days=1), time(0)), zone, now)
    if midnight:
        raise Ambiguous("midnight may be that day's first or its last; write 00:00 or 23:59")
    if said.get("day", "").endswith("today") and clock is None:
        later = now + timedelta(hours=1)
        if later.astimezone(zone).date() != wall.date():
            raise Ambiguous("today is nearly over")
        return later
    moments = [on_wall(datetime.combine(day, clock or MORNING), zone, now) for day in days]
    return next((moment for moment in moments if moment > now), moments[0])


def on_wall(wall: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """A time on the wall, in UTC: of one that the clock shows twice, the first that lies ahead; one that it
    skips comes as much later as it is put forward."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if first <= now < second else first


def _span(said: dict[str, str], clock: time | None, now: datetime, zone: ZoneInfo) -> datetime:
    months, days, exact = _length(said["span"])
    since = now.astimezone(zone).replace(tzinfo=None, fold=0)
    origin = said.get("origin")
    if origin in WEEKDAYS:
        since += timedelta(days=(WEEKDAYS.index(origin) - since.weekday()) % 7 or 7)
    elif origin == "tomorrow":
        since += timedelta(days=1)
    if (clock or origin) and (exact or not (months or days)):
        raise Ambiguous("that is a span and a time of day")
    if not (months or days):
        return now + exact
    day = in_months(since.date(), months) + timedelta(days=days)
    if origin and clock is None:
        clock = MORNING
    at = datetime.combine(day, clock or since.time())
    return on_wall(at, zone, now) + exact


def _length(span: str) -> tuple[int, int, timedelta]:
    """In months, in days, and beside those."""
    for words, minutes in (("half", 30), ("three quarters", 45), ("a quarter", 15), ("quarter", 15)):
        if re.match(rf"{words}\s+(?:an?|of)\b", span):
            return 0, 0, timedelta(minutes=minutes)
    if "fortnight" in span:
        return 0, 14, timedelta()
    if "and a half" in span:
        return 0, 0, timedelta(hours=_number(span.split()[0]) + 0.5)
    if found := re.fullmatch(r"(\d+)h(\d\d)", span):
        return 0, 0, timedelta(hours=int(found[1]), minutes=int(found[2]))
    months, days, exact = 0, 0, timedelta()
    words = "|".join(sorted(map(re.escape, (*NUMBERS, "an", "a")), key=len, reverse=True))
    for amount, unit in re.findall(rf"(\d+(?:[.,]\d)?|\b(?:{words})\b)\s*(mo|[mhdwy])[a-z]*", span):
        number = _number(amount)
        if number % 1 and unit != "h":
            raise Ambiguous("I don't know how long that is")
        match unit:
            case "mo" | "y":
                months += int(number) * (12 if unit == "y" else 1)
            case "d" | "w":
                days += int(number) * (7 if unit == "w" else 1)
            case _:
                exact += timedelta(hours=number) if unit == "h" else timedelta(minutes=number)
    return months, days, exact


def _number(word: str) -> float:
    return 1 if word in ("a", "an") else NUMBERS.get(word) or float(word.replace(",", "."))


def _clock(said: dict[str, str]) -> time | None:
    """Raises Ambiguous on an hour that may be of the morning or not."""
    part = said.get("part") or said.get("this", "").removeprefix("this").strip()
    part = part or ("tonight" if said.get("day") == "tonight" else "")
    if said.get("named"):
        if part and said["named"] != "midnight":
            raise Ambiguous("that is two times of day")
        return time(0 if said["named"] == "midnight" else 12)
    if "isohour" in said:
        if part or "hour" in said:
            raise Ambiguous("that is two times of day")
        return time(int(said["isohour"]), int(said["isominute"]))
    if "hour" not in said:
        return PARTS[part] if part else None
    hour, minute = int(_number(said["hour"])), int(_number(said.get("minute", "0")))
    if past := said.get("past"):
        if not 1 <= hour <= 12:
            raise ValueError
        minutes = 30 if "half" in past else 15 if "quarter" in past else int(_number(past.split()[0]))
        if past.endswith("to"):
            hour, minutes = (hour - 1) % 12 or 12, 60 - minutes
        minute = minutes
    half = said.get("half", "")[:1]
    # `07:00`, `21:00` and `21h` are of the whole day; so is `0`.
    whole = hour > 12 or hour == 0 or said["hour"].startswith("0") or ("h" in said)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError
        hour, whole = hour % 12 + (12 if half == "p" else 0), True
    at = time(hour, minute)
    if part:
        first, last = HOURS[part]
        choices = [hour] if whole else [one for one in (hour % 12, hour % 12 + 12) if hour != 12 or one == 12]
        fitting = [one for one in choices if first <= one <= last]
        if len(fitting) != 1:
            raise Ambiguous(f"{at:%H:%M} and {part} do not go together")
        return at.replace(hour=fitting[0])
    if not whole and hour in EITHER_HALF:
        raise Ambiguous(f"that may be {hour:02}:{minute:02} or {hour + 12}:{minute:02}; write which")
    return at


def _recurring(said: dict[str, str], kinds: set[str], now: datetime, zone: ZoneInfo) -> SaidTime:
    if kinds & {"span", "short", "day"} or {"this", "which", "year", "iso", "dotted", "slashed"} & {*said}:
        raise Ambiguous("that comes again and again, and is one day")
    every, unit, weekdays = _counted(said)
    if unit in (Unit.MINUTE, Unit.HOUR):
        if kinds != {"every"}:
            raise Ambiguous("that is every so many hours, and a time of day")
        step = timedelta(**{"hours" if unit is Unit.HOUR else "minutes": every})
        return _of(Recurrence(every, unit, now.replace(microsecond=0) + step), now, zone)
    part = said["unit"] if said.get("unit") in PARTS else said.get("part", "")
    if "part" in said and part != said["part"]:
        raise Ambiguous("that is two times of day")
    clock = _clock({**said, "part": part})
    if said.get("named") == "midnight" and unit is not Unit.DAY:
        raise Ambiguous("midnight may be that day's first or its last; write 00:00 or 23:59")
    today = now.astimezone(zone).date()
    if "weekday" in kinds:
        weekdays = weekdays_of(said["weekday"]) if unit is Unit.WEEK and not weekdays else ()
        if not weekdays:
            raise Ambiguous("I can't tell on which days")
    days = [today]
    if weekdays:
        days = [today + timedelta(days=ahead) for ahead in range(8)]
        days = [day for day in days if day.weekday() in weekdays]
    elif ordinal := said.get("monthly") or said.get("ordinal"):
        if unit is not Unit.MONTH:
            raise Ambiguous("I can't tell in which month")
        days = dates({"ordinal": ordinal}, today)
    elif "yearly" in said or "month" in said:
        if unit is not Unit.YEAR:
            raise Ambiguous("I can't tell in which years")
        days = dates(_of_year(said), today)
    starts = [datetime.combine(day, clock or MORNING) for day in days]
    first = next((at for at in starts if on_wall(at, zone, now) > now), starts[0])
    return _of(Recurrence(every, unit, first, weekdays), now, zone)


def _of(recurs: Recurrence, now: datetime, zone: ZoneInfo) -> SaidTime:
    return SaidTime(recurs.next(now, zone), recurs)


def _counted(said: dict[str, str]) -> tuple[int, Unit, tuple[int, ...]]:
    """Every how many of which, on which days of the week."""
    if "days" in said:
        return 2 if "other" in said else 1, Unit.WEEK, weekdays_of(said["days"])
    if "plural" in said:
        weekdays = WORKDAYS if said["plural"] == "weekdays" else weekdays_of(said["plural"])
        return 1, Unit.WEEK, weekdays
    if "monthly" in said:
        return 1, Unit.MONTH, ()
    if "yearly" in said:
        return 1, Unit.YEAR, ()
    unit = said.get("unit") or said["adverb"]
    word = said.get("every", "1")
    every = {"other": 2, "second": 2, "2nd": 2, "third": 3, "3rd": 3}.get(word) or int(_number(word))
    if not every:
        raise ValueError
    if unit in COUNTED:
        return every, COUNTED[unit], ()
    if every > 1:
        raise Ambiguous("I don't know which those are")
    return (1, Unit.DAY, ()) if unit in PARTS else (1, Unit.WEEK, WORKDAYS)


def _of_year(said: dict[str, str]) -> dict[str, str]:
    if "yearly" not in said:
        return said
    (number,), (month,) = re.findall(r"\d+", said["yearly"]), re.findall(r"[a-z]{3,}", said["yearly"])
    return {"month": month, "number": number}
