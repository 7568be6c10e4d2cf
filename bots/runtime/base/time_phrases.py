"""The pieces that a time is said in, each a pattern: days, dates, clocks, spans, and what recurs. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ONE_TO_TWELVE = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
TENS = {"fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "forty-five": 45}
NUMBERS = {word: number for number, word in enumerate(ONE_TO_TWELVE, start=1)} | TENS
NUMBERS |= {"fifty": 50, "sixty": 60, "ninety": 90}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
NUMBER = "|".join(sorted(NUMBERS, key=len, reverse=True))
HOUR = "|".join((r"\d{1,2}", *ONE_TO_TWELVE))
MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS).replace("sep(?:", "sept?(?:")
LONG_DAY = "|".join(WEEKDAYS)
DAY = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?"
)
CLEAR_DAY = rf"{LONG_DAY}|tues?|thu(?:rs?)?|fri"
"""Not also a word of another kind, as `sun` and `sat` are."""
DAYS = rf"(?:{DAY})(?:(?:,?\s+and\s+|,\s*|\s*&\s*)(?:{DAY}))*"
PLURAL_DAYS = rf"(?:{LONG_DAY})s(?:(?:,?\s+and\s+|,\s*|\s*&\s*)(?:{LONG_DAY})s)*"
ORDINAL = r"\d{1,2}(?:st|nd|rd|th)"
NUMBERED = r"\d{1,2}(?:st|nd|rd|th)?"
YEAR = r"(?:,?\s+(?P<year>\d{4}))?"
COUNT = rf"\d{{1,3}}|other|second|2nd|third|3rd|{NUMBER}"
COUNTED = "min(?:ute)?|hour|day|week(?:day)?|workday|month|year|morning|afternoon|evening|night"
PAST = (
    r"half\s+past|(?:a\s+)?quarter\s+(?:past|to)"
    r"|(?:five|ten|twenty(?:-five)?|5|10|20|25)(?:\s+minutes)?\s+(?:past|to)"
)
HALF = r"(?P<half>[ap]\.?m\b\.?)"
UNIT = r"(?:min(?:ute)?s?|h(?:(?:ou)?rs?)?|days?|weeks?|months?|years?)"
SHORT_UNIT = r"(?:m|h|d|w)"
AMOUNT = rf"(?:\d{{1,4}}(?:[.,]\d)?\s*|(?:{NUMBER}|an?)\s+)"
LENGTH = (
    r"(?:half\s+an\s+hour|(?:a\s+)?quarter\s+of\s+an\s+hour|three\s+quarters\s+of\s+an\s+hour|a\s+fortnight"
    rf"|(?:\d{{1,2}}|{NUMBER})\s+and\s+a\s+half\s+hours"
    r"|(?:an|one|1)\s+hour\s+and\s+a\s+half|\d{1,2}h[0-5]\d"
    rf"|{AMOUNT}(?:{UNIT}|{SHORT_UNIT})(?:(?:,?\s+and\s+|,?\s*){AMOUNT}(?:{UNIT}|{SHORT_UNIT}))*)"
)
END = r"(?![\w:/.'’-]*\w)"
"""Not in the middle of a word, a number or a file's name."""

PATTERNS: dict[str, tuple[str, ...]] = {
    "every": (
        rf"(?:every|each)\s+(?:(?P<every>{COUNT})\s+)?(?P<unit>{COUNTED})s?",
        rf"(?:every|each)\s+(?P<other>other\s+)?(?P<days>{DAYS})",
        r"(?P<adverb>daily|hourly|weekly|monthly|yearly|annually)",
        rf"(?:on\s+)?(?P<plural>{PLURAL_DAYS}|weekdays)",
        rf"(?:on\s+)?the\s+(?P<monthly>{ORDINAL})\s+of\s+(?:every|each)\s+month",
        rf"every\s+(?P<monthly2>{ORDINAL})(?:\s+of\s+the\s+month)?",
        rf"every\s+(?P<yearly>{NUMBERED}(?:\s+of)?\s+(?:{MONTH})|(?:{MONTH})\s+{NUMBERED})",
    ),
    "span": (
        rf"in\s+(?P<span>{LENGTH})(?:['’]?\s+time)?",
        rf"(?P<span2>{LENGTH})\s+from\s+(?:now|(?P<origin>today|tomorrow|{LONG_DAY}))",
    ),
    "day": (
        r"(?P<day>(?:later\s+)?today|tonight|tomorrow|(?:the\s+)?day\s+after\s+tomorrow)",
        r"(?P<week>next\s+week)",
    ),
    "weekday": (
        rf"(?:on\s+)?(?P<which>next|this(?:\s+coming)?|coming)\s+(?P<weekday>{DAY})",
        rf"on\s+(?P<weekday2>{DAYS})",
        rf"(?P<weekday3>{CLEAR_DAY})",
    ),
    "date": (
        r"(?:on\s+)?(?P<iso>\d{4}[-/]\d{1,2}[-/]\d{1,2})(?:T(?P<isohour>\d{2}):(?P<isominute>\d{2}))?",
        rf"(?:on\s+)?(?:the\s+)?(?P<number>{NUMBERED}|\d{{1,2}}\.)\s+(?:of\s+)?(?P<month>{MONTH}){YEAR}",
        rf"(?:on\s+)?(?P<month2>{MONTH})\s+(?:the\s+)?(?P<number2>{NUMBERED}){YEAR.replace('year', 'year2')}",
        r"(?:on\s+)?(?P<dotted>\d{1,2}\.\d{1,2}\.(?:\d{4})?)",
        r"(?:on\s+)?(?P<slashed>\d{1,2}/\d{1,2}(?:/\d{4})?)",
        rf"on\s+the\s+(?P<ordinal>{ORDINAL})",
    ),
    "clock": (
        rf"(?:at\s+)?(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?:\s?h\b|\s*{HALF})?",
        rf"at\s+(?P<hour2>\d{{1,2}})\.(?P<minute2>\d{{2}})(?:\s*{HALF.replace('half', 'half2')})?",
        rf"(?:at\s+)?(?P<hour3>\d{{1,2}})\s*{HALF.replace('half', 'half3')}",
        rf"at\s+(?P<hour4>{HOUR})(?:\s+(?P<minute4>fifteen|thirty|forty-five))?(?:\s+o['’]?clock)?(?:\s+sharp)?",
        rf"(?P<hour5>{HOUR})\s+o['’]?clock",
        r"at\s+(?P<hour6>\d{1,2})\s?(?P<h6>h)(?P<minute6>\d{2})?",
        rf"(?:at\s+)?(?P<past>{PAST})\s+(?P<hour7>{HOUR})(?:\s*{HALF.replace('half', 'half7')})?",
        r"(?:at\s+)?(?P<named>noon|midday|midnight)",
    ),
    "part": (
        r"in\s+the\s+(?P<part>morning|afternoon|evening)",
        r"(?P<this>this\s+(?:morning|afternoon|evening))",
        r"at\s+(?P<part2>night)",
    ),
}
AFTER_A_DAY: dict[str, tuple[str, ...]] = {
    "weekday": (rf"(?P<weekday4>{DAY})",),
    "date": (rf"the\s+(?P<ordinal2>{ORDINAL})",),
    "clock": (r"(?P<hour8>\d{1,2})(?P<h8>h)(?P<minute8>[0-5]\d)?",),
    "part": (r"(?P<part3>morning|afternoon|evening|night)",),
}
"""What names no time by itself: `21h` may be a span, and an evening be a text's."""
SHORT = re.compile(rf"(?P<span3>(?:\d{{1,4}}{SHORT_UNIT})+){END}", re.IGNORECASE)
"""Only where a time begins with it and is no more: `2h call Sam`."""
A_DAY_BEFORE_A_CLOCK = re.compile(
    rf"(?P<weekday5>{DAY}),?\s+(?=\d{{1,2}}(?::|h\b|\s*[ap]\.?m\b)|at\s+(?:{HOUR}|noon|half|quarter|a\s+quarter)\b)",
    re.IGNORECASE,
)
GLUE = re.compile(r",?\s+")


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """One of them: its kind, and what its pattern named, in small letters."""

    kind: str
    said: dict[str, str]
    end: int


def _compiled(patterns: dict[str, tuple[str, ...]]) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (kind, re.compile(f"(?:{one}){END}", re.IGNORECASE))
        for kind, some in patterns.items()
        for one in some
    ]


ALWAYS, FOLLOWING = _compiled(PATTERNS), _compiled(AFTER_A_DAY)


def run(words: str, start: int) -> tuple[list[TimePhrase], int]:
    """As many pieces as follow each other from there, each as long as can be, and where they end."""
    found: list[TimePhrase] = []
    end = at = start
    while piece := _longest(words, at, found):
        found.append(piece)
        end = piece.end
        glue = GLUE.match(words, end)
        if glue is None:
            break
        at = glue.end()
    return found, end


def pieces_within(words: str) -> Iterator[str]:
    """Each that stands anywhere in these words."""
    for start in (0, *(space.end() for space in re.finditer(r"[\s(\[{“\"'‘]+|[-–—,:;/]", words))):
        if piece := _longest(words, start, []):
            yield words[start : piece.end]


def _longest(words: str, at: int, before: list[TimePhrase]) -> TimePhrase | None:
    days = any(piece.kind in ("day", "weekday", "date", "every") for piece in before)
    patterns = [*ALWAYS, *FOLLOWING] if days else ALWAYS
    found = [(kind, match) for kind, pattern in patterns if (match := pattern.match(words, at))]
    if not before and (short := SHORT.match(words, at)):
        found.append(("short", short))
    if (early := A_DAY_BEFORE_A_CLOCK.match(words, at)) is not None:
        return TimePhrase("weekday", {"weekday": early["weekday5"].lower()}, early.end("weekday5"))
    if not found:
        return None
    kind, match = max(found, key=lambda one: one[1].end())
    said = {name.rstrip("0123456789"): text.lower() for name, text in match.groupdict().items() if text}
    return TimePhrase(kind, said, match.end())
