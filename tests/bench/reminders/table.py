"""Phrases as people type them after `remind`, and what each means."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 3, 12, 12, 30, tzinfo=UTC)
"""A Thursday, 13:30 in Vienna."""
AGAIN = "every "


@dataclass(frozen=True, slots=True)
class Reading:
    """The first moments, one where it comes once, and of what; no moments where it asks back."""

    moments: tuple[datetime, ...] = ()
    text: str | None = None
    """None where whoever reads does not tell it from the time."""


ASKS = Reading()


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is typed, and what it means."""

    said: str
    means: Reading

    def is_wrong(self, reading: Reading) -> bool:
        """Read as another time or of something else; whoever asks back is never wrong."""
        if reading == ASKS:
            return False
        return reading.moments != self.means.moments or reading.text not in (None, self.means.text)


def phrases(*files: str) -> list[Phrase]:
    """Those of these files: `table`, and `held_out`, on which nothing was tuned."""
    lines = [
        line
        for file in files
        for line in Path(__file__).with_name(f"{file}.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    return [_phrase(*(part.strip() for part in line.split(" |"))) for line in lines]


def _phrase(said: str, when: str, text: str = "") -> Phrase:
    if when == "?":
        return Phrase(said, ASKS)
    moments = when.removeprefix(AGAIN).split(", ")
    return Phrase(
        said,
        Reading(
            tuple(datetime.fromisoformat(at).replace(tzinfo=ZONE).astimezone(UTC) for at in moments), text
        ),
    )
