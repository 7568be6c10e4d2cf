"""Conversations as text, in days counted back from today, so that the demo is always recent. Pure.

    # 3 weeks ago, friday
    18:05 sam: noodles?
    # now
    -0:40 sam: hello?

Weeks are calendar weeks, counted back from the present one. Under `# now`, hours and minutes count back
from now.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = re.compile(rf"# (?P<weeks>[1-9]\d?) weeks? ago, (?P<weekday>{'|'.join(WEEKDAYS)})")
"""From 1 week ago: the present week may not be over yet."""
NOW = "# now"
LINE = re.compile(
    r"(?P<back>-?)(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d) (?P<author>[a-z0-9:-]+): (?P<text>\S.*)"
)


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """One message of a transcript, at its time in the zone of `now`."""

    author: str
    text: str
    at: datetime


def parse(transcript: str, now: datetime) -> Iterator[TranscriptLine]:
    """The messages, as written. Raises ValueError naming the line that cannot be read."""
    midnight: datetime | None = None
    for number, written in enumerate(transcript.splitlines(), start=1):
        if written == NOW:
            midnight = None
        elif day := DAY.fullmatch(written):
            midnight = _midnight(int(day["weeks"]), WEEKDAYS.index(day["weekday"]), now)
        elif line := LINE.fullmatch(written):
            distance = timedelta(hours=int(line["hours"]), minutes=int(line["minutes"]))
            if bool(line["back"]) is not (midnight is None):
                raise ValueError(f"line {number}: a time with `-` stands under `{NOW}`, and only there")
            at = now - distance if midnight is None else midnight + distance
            yield TranscriptLine(line["author"], line["text"], at)
        elif written:
            raise ValueError(f"line {number}: neither a day nor a message")


def _midnight(weeks: int, weekday: int, now: datetime) -> datetime:
    day = now.date() - timedelta(days=now.weekday() - weekday, weeks=weeks)
    return datetime.combine(day, time.min, now.tzinfo)
