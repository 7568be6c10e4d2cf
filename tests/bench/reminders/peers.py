"""How well-kept libraries read them, by the product's rule: where a word of a time is left, they ask back.

None of them belongs to the project: one that is not installed is skipped.
"""

import importlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from bots.runtime.base.time_words import time_words
from tests.bench.reminders.ours import SHOWN
from tests.bench.reminders.table import ASKS, NOW, ZONE, Reading

Reads = Callable[[str], Reading]
WALL = NOW.astimezone(ZONE).replace(tzinfo=None)


def _dateparser(search: Any) -> Reads:
    def read(said: str) -> Reading:
        settings = {"RELATIVE_BASE": WALL, "PREFER_DATES_FROM": "future"}
        found = search.search_dates(said, languages=["en"], settings=settings) or []
        return _judged(said, [(words, at) for words, at in found])

    return read


def _parsedatetime(module: Any) -> Reads:
    def read(said: str) -> Reading:
        found = module.Calendar(version=module.VERSION_CONTEXT_STYLE).nlp(said, sourceTime=WALL) or ()
        return _judged(said, [(one[4], one[0]) for one in found])

    return read


def _recurrent(module: Any) -> Reads:
    """It does not tell the text from the time, so that nothing can be left."""
    rrule = importlib.import_module("dateutil.rrule")

    def read(said: str) -> Reading:
        found = module.RecurringEvent(now_date=WALL).parse(said)
        if isinstance(found, str):
            return _moments(islice(rrule.rrulestr(found, dtstart=WALL).xafter(WALL), SHOWN))
        return ASKS if found is None else _moments([found])

    return read


def _judged(said: str, found: list[tuple[str, datetime]]) -> Reading:
    if len(found) != 1:
        return ASKS
    ((words, at),) = found
    return ASKS if time_words(said.replace(words, " ", 1).strip()) else _moments([at])


def _moments(walls: Any) -> Reading:
    moments = tuple(at.replace(tzinfo=at.tzinfo or ZONE, microsecond=0).astimezone(UTC) for at in walls)
    return Reading(moments) if moments and moments[0] > NOW else ASKS


PEERS: dict[str, tuple[str, Callable[[Any], Reads]]] = {
    "dateparser": ("dateparser.search", _dateparser),
    "parsedatetime": ("parsedatetime", _parsedatetime),
    "recurrent": ("recurrent", _recurrent),
}


def installed() -> dict[str, Reads]:
    """Those that are here."""
    found = {}
    for name, (module, reads) in PEERS.items():
        try:
            found[name] = reads(importlib.import_module(module))
        except ModuleNotFoundError:
            continue
    return found
