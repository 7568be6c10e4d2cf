"""Times as the owner writes them. Pure.

What a time is said in is read piece by piece (`time_phrases`) and put together (`said_time`), and beside it
no word of a time may be left (`time_words`): then, as wherever it may mean two times, the owner is asked.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bots.runtime.base.said_day import Ambiguous
from bots.runtime.base.said_time import SaidTime, read
from bots.runtime.base.time_phrases import NUMBERS, TimePhrase, run
from bots.runtime.base.time_words import time_words
from core.errors import OwnerMustFix
from memory.state.recurrence import Recurrence

SPAN = re.compile(r"\+?(\d{1,4})\s*([mhdw])", re.IGNORECASE)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
HOW = "a time is written as 30m, 2h, tomorrow 9:00, friday 18:00, or 2026-05-01T09:00"
TOO_FAR = "that time is too far away"
HOW_TO_SAY = "Say it once more with its time first or last; what is only text goes in “quotes”"

POLITE = re.compile(
    r"(?:please\b\s*)?(?:me\b\s*)?(?:please\b\s*)?(?:to\b|that\b|about\b|of\b|:)?\s*", re.IGNORECASE
)
"""Between `remind` and what of."""
APART = re.compile(r"[,:;.!?]*\s*(?:[-–—:,]+\s+)?")
"""Between the time and the text; a sign that begins a word of the text is the text's."""
HOUR_OR_SPAN = re.compile(r"(?:1[3-9]|2[0-4])h", re.IGNORECASE)
QUOTED = re.compile(r"[\"“”„«»](?P<text>.+)[\"“”«»]", re.DOTALL)
NUMBER = re.compile(r"\W*\d\S*")
GOES_ON = re.compile(
    r"(?:or|and|but|not|on|at|until|till|before|after|from|since|around|between|except|through|plus|than|sharp"
    r"|by|past|if|unless|when|once|h|hrs?|ish|exactly|latest|a\s+half|[~/&+]"
    r"|utc|gmt|[cew]es?t|[ecmpai][sd]t|[bjm]st|(?:\w+\s+)?time)(?!\w)",
    re.IGNORECASE,
)
"""What goes on with the time that ended before it."""
LEADS_TO = re.compile(
    r"(?:^|.*[\s(])(?:by|before|after|until|till?|from|for|since|around|about|between|to|than|or|and|but|not|except|the"
    r"|an?|of|is|are|was|isn['’]t|aren['’]t|be|starts?|begins?|ends?|opens?|closes?|leaves?|arrives?|this|that|every"
    r"|each|last|next|past|only|early|late|latest|at|with|as|if|whether|when|than|my|our|your|his|her|its|their"
    r"|never|no|alternat(?:e|ing)|odd|even|black|good|ash|palm|cyber|shrove|maundy|whit|\w+['’]s|\w+s['’]|[-–—~/&+])",
    re.IGNORECASE,
)
"""What makes a part of the text of the time that follows, or another time of it."""


@dataclass(frozen=True, slots=True)
class Timed:
    """When, in UTC, and of what, which may be empty."""

    at: datetime
    text: str
    recurs: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """There is a time in it that its owner has to say again; `why` is a sentence with what was understood."""

    why: str


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
    said = when(given, now, zone)
    if said.recurs is not None:
        raise OwnerMustFix(HOW)
    return said.at


def when(given: str | datetime, now: datetime, zone: ZoneInfo) -> SaidTime:
    """As `moment`, or what recurs: `every weekday at 8`. Raises OwnerMustFix."""
    try:
        if isinstance(given, str):
            said = " ".join(given.split())
            if span := SPAN.fullmatch(said):
                said = f"{span[1]}{span[2]}"
            pieces, end = run(said, 0)
            if pieces and end == len(said):
                return read(pieces, now, zone)
            given = datetime.fromisoformat(said)
        return SaidTime((given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC))
    except Ambiguous as error:
        raise OwnerMustFix(f"{error}; {HOW}") from None
    except ValueError:
        raise OwnerMustFix(HOW) from None
    except OverflowError:
        raise OwnerMustFix(TOO_FAR) from None


def timed(said: str, now: datetime, zone: ZoneInfo) -> Timed | Unclear | None:
    """`in 2h call Sam`, `me to call Sam tomorrow at 9`, `every weekday at 8 the standup`: when, and what.
    None where there is no word of a time in it."""
    words = " ".join(said.split())
    words = words[_polite(words) :]
    found = _leading(words) or _trailing(words)
    if found is None:
        word = time_words(words)
        return (
            Unclear(f"I can't tell when: I don't know what to make of “{word}”. {HOW_TO_SAY}")
            if word
            else None
        )
    pieces, of_time, rest, left = found
    if HOUR_OR_SPAN.fullmatch(of_time):
        return Unclear(f"“{of_time}” may be in {of_time} or at {of_time}. {HOW_TO_SAY}")
    try:
        time = read(pieces, now, zone)
    except Ambiguous as error:
        return Unclear(f"“{of_time}”: {error}. {HOW_TO_SAY}")
    except (ValueError, OverflowError):
        return Unclear(f"There is no such time as “{of_time}”. {HOW_TO_SAY}")
    if quoted := QUOTED.fullmatch(rest):
        return Timed(time.at, quoted["text"].strip(), time.recurs)
    if left := left or time_words(rest):
        understood = f"{time.at.astimezone(zone):%a %-d %b %H:%M}"
        if time.recurs:
            understood = time.recurs.words()
        return Unclear(f"I read “{of_time}” as {understood}, but what of “{left}”? {HOW_TO_SAY}")
    return Timed(time.at, rest, time.recurs)


Found = tuple[list[TimePhrase], str, str, str]
"""The pieces of a time, its words, what is left, and what of that may still belong to it."""


def _polite(words: str) -> int:
    found = POLITE.match(words)
    return found.end() if found else 0


def _leading(words: str) -> Found | None:
    pieces, end = run(words, 0)
    if not pieces:
        return None
    after = words[end:]
    rest = APART.sub("", after, count=1)
    text = rest[_polite(rest) :].strip(" ,")
    apart = after.lstrip()[:1] in tuple(":;") and _has_clock(pieces)
    if goes_on := GOES_ON.match(text):
        return pieces, words[:end], text, goes_on[0]
    left = "" if apart else _number_beside(text, pieces, first=True)
    return pieces, words[:end], text, left


def _trailing(words: str) -> Found | None:
    for ended in dict.fromkeys((words, words.rstrip(" .!"), words.rstrip(" .!?"))):
        for start in (match.end() for match in re.finditer(r"\s", ended)):
            pieces, end = run(ended, start)
            # A span without `in` is how long something takes.
            if pieces and end == len(ended) and pieces[0].kind != "short":
                rest = words[:start].rstrip(" ,")
                leads = rest.rpartition(" ")[2] if LEADS_TO.fullmatch(rest) else ""
                return pieces, ended[start:], rest, leads or _number_beside(rest, pieces, first=False)
    return None


def _has_clock(pieces: list[TimePhrase]) -> bool:
    return any(piece.kind == "clock" for piece in pieces)


def _number_beside(rest: str, pieces: list[TimePhrase], *, first: bool) -> str:
    """One that stands beside the time, or, where that has no time of day, at the text's other end."""
    words = rest.split() or [""]
    beside = words[0 if first else -1]
    ends = [beside] if _has_clock(pieces) else [beside, words[0], words[-1]]
    return next((word for word in ends if NUMBER.fullmatch(word) or word.lower() in NUMBERS), "")
