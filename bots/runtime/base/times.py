"""Times as the owner writes them. Pure."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import OwnerMustFix

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
SPAN = re.compile(r"\+?(\d{1,4})\s*([mhdw])", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
HOW = "a time is written as 30m, 2h, tomorrow 9:00, friday 18:00, or 2026-05-01T09:00"
TOO_FAR = "that time is too far away"

MORNING = time(9)
"""Where a day alone is named."""
PARTS = {
    "morning": MORNING,
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(19),
    "tonight": time(20),
    "night": time(21),
    "midnight": time(0),
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
UNIT = r"(?:m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)"
MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS)
WEEKDAY = "|".join(f"{weekday[:3]}(?:{weekday[3:]})?" for weekday in WEEKDAYS)
CLOCK = (
    r"(?:at\s+)?(?:(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:\s*(?P<half>[ap]m))?"
    r"|(?P<twelve>\d{1,2})\s*(?P<m>[ap]m)"
    r"|(?:in the\s+|this\s+)?(?P<part>morning|noon|afternoon|evening|night|midnight))"
    r"|at\s+(?P<sharp>\d{1,2})"
)
DAY = (
    r"(?P<day>today|tonight|tomorrow)"
    rf"|(?:on\s+|next\s+|this\s+)?(?P<weekday>{WEEKDAY})"
    r"|(?:on\s+)?(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?:on\s+)?(?:(?P<number>\d{{1,2}})\.?\s+(?P<month>{MONTH})"
    rf"|(?P<month2>{MONTH})\s+(?P<number2>\d{{1,2}}))"
    r"(?:,?\s+(?P<year>\d{4}))?"
)
END = r"(?![\w:.'’-]*\w)"
"""Not in the middle of a word, a number or a file's name."""
SPOKEN = re.compile(
    rf"(?:in\s+(?P<many>\d{{1,4}}\s*{UNIT}(?:(?:\s+and\s+|\s*)\d{{1,4}}\s*{UNIT})*"
    r"|half an hour|an?\s+(?:hour|day|week))"
    rf"|(?P<short>(?:\d{{1,4}}[mhdw])+)"
    rf"|(?:{DAY})(?:,?\s+(?:{CLOCK}))?"
    rf"|(?:{CLOCK.replace('?P<', '?P<t_')})(?:,?\s+(?:{DAY.replace('?P<', '?P<t_')}))?"
    rf"){END}",
    re.IGNORECASE,
)
POLITE = re.compile(r"(?:me\b\s*)?(?:to\b|that\b|about\b|of\b|:)?\s*", re.IGNORECASE)
"""Between `remind` and what of."""


def ago(given: str | datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """As `moment`, but a span lies behind, and a day alone is all of it."""
    if isinstance(given, str) and DATE.fullmatch(given.strip()):
        given = f"{given.strip()}T00:00"
    at = moment(given, now, zone)
    return now - (at - now) if isinstance(given, str) and SPAN.fullmatch(given.strip()) else at


def moment(given: str | datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """`2h`, `30m`, `1d`, `1w`, `in 2 hours`, `tomorrow 9:00`, `friday evening`, or ISO 8601, in the owner's
    zone unless it names one; in UTC. What names no day lies ahead.

    Raises OwnerMustFix on anything else.
    """
    if isinstance(given, str):
        said = given.strip()
        try:
            if span := SPAN.fullmatch(said):
                return now + timedelta(**{UNITS[span[2].lower()]: int(span[1])})
            if spoken := SPOKEN.fullmatch(said):
                return _spoken(spoken, now, zone)
            given = datetime.fromisoformat(said)
        except ValueError:
            raise OwnerMustFix(HOW) from None
        except OverflowError:
            raise OwnerMustFix(TOO_FAR) from None
    try:
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise OwnerMustFix(TOO_FAR) from None


def timed(said: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """`in 2h call Sam`, `me to call Sam tomorrow at 9`: when, in UTC, and what. None where it names no time
    at its beginning or end; the what may be empty."""
    words = " ".join(said.split())
    words = words[_polite(words) :]
    for find in (_leading, _trailing):
        found = find(words)
        if found is not None:
            spoken, rest = found
            try:
                return _spoken(spoken, now, zone), rest[_polite(rest) :].strip(" ,")
            except (ValueError, OverflowError):
                return None
    return None


def _polite(words: str) -> int:
    found = POLITE.match(words)
    return found.end() if found else 0


def _leading(words: str) -> tuple[re.Match[str], str] | None:
    found = SPOKEN.match(words)
    return None if found is None else (found, words[found.end() :].lstrip(" ,:"))


def _trailing(words: str) -> tuple[re.Match[str], str] | None:
    ended = words.rstrip(" .!")
    for start in (match.end() for match in re.finditer(r"\s", ended)):
        if found := SPOKEN.fullmatch(ended, start):
            return found, words[:start].rstrip(" ,")
    return None


def _spoken(found: re.Match[str], now: datetime, zone: ZoneInfo) -> datetime:
    """Raises ValueError on a time that there is not, OverflowError on one too far away."""
    if span := found["many"] or found["short"]:
        return now + _length(span.lower())

    def get(name: str) -> str:
        return (found[name] or found[f"t_{name}"] or "").lower()

    clock, wall = _clock(get), now.astimezone(zone)
    day, ahead = _day(get, wall.date())
    at = datetime.combine(day, clock or MORNING, zone)
    if at <= wall and ahead:
        at = datetime.combine(_later(day, ahead), clock or MORNING, zone)
    if at <= wall and clock is None and get("day"):
        return now + timedelta(hours=1)  # later today
    return at.astimezone(UTC)


def _length(span: str) -> timedelta:
    if span == "half an hour":
        return timedelta(minutes=30)
    if span.startswith("a"):
        return timedelta(**{f"{span.split()[-1]}s": 1})
    parts = re.findall(r"(\d+)\s*([mhdw])", span)
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def _clock(get: Callable[[str], str]) -> time | None:
    if part := get("part") or ("tonight" if get("day") == "tonight" else ""):
        return PARTS[part]
    if get("hour"):
        return _of_day(int(get("hour")), int(get("minute")), get("half"))
    if get("twelve"):
        return _of_day(int(get("twelve")), 0, get("m"))
    return time(int(get("sharp"))) if get("sharp") else None


def _of_day(hour: int, minute: int, half: str) -> time:
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no hour of half a day")
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def _day(get: Callable[[str], str], today: date) -> tuple[date, str]:
    """And where it goes on, should its time have passed already: `day`, `week`, `year`, or nowhere."""
    if get("day"):
        return (today + timedelta(days=1) if get("day") == "tomorrow" else today), ""
    if get("weekday"):
        wanted = [weekday[:3] for weekday in WEEKDAYS].index(get("weekday")[:3])
        return today + timedelta(days=(wanted - today.weekday()) % 7), "week"
    if get("iso"):
        return date.fromisoformat(get("iso")), ""
    if month := get("month") or get("month2"):
        number = [month[:3] for month in MONTHS].index(month[:3]) + 1
        year = int(get("year") or today.year)
        return date(year, number, int(get("number") or get("number2"))), "" if get("year") else "year"
    return today, "day"


def _later(day: date, ahead: str) -> date:
    if ahead == "year":
        return day.replace(year=day.year + 1)
    return day + timedelta(days=7 if ahead == "week" else 1)
