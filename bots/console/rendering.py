"""Views to words and HTML: the templates' environment and its filters, all pure."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bots.api.views import DraftView, RecordView
from bots.platforms.card_lines import GOES_OUT, SENT_AS, text_lines
from bots.platforms.registry import listed, platform_names, specs, titled
from bots.runtime.approval.rules import LOOK_FIRST, rule_words
from core.audience import parts, place
from core.ids import conversation_of, message_of, record_kind
from core.types import RecordId

HERE = Path(__file__).parent
HUES = 8
FOLD_AT = 1200
"""Longer texts are folded, in characters."""
SHOWN_WHEN_FOLDED = 600


class Folded(NamedTuple):
    """A text cut in two; `rest` is empty when it is short enough to be shown whole."""

    shown: str
    rest: str


class Chip(NamedTuple):
    """One principal of an audience, for the eye. `sort`: owner, public, person, circle or place."""

    sort: str
    label: str


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record as it is shown: where it comes from, who may hear it, how well it matches (0 to 1)."""

    id: str
    text: str
    source: str
    chips: tuple[Chip, ...]
    score: float | None
    fill: float


def fold(text: str) -> Folded:
    """Cut a long text where the eye tires."""
    if len(text) <= FOLD_AT:
        return Folded(text, "")
    return Folded(text[:SHOWN_WHEN_FOLDED], text[SHOWN_WHEN_FOLDED:])


def initials(name: str) -> str:
    """One or two letters for an avatar."""
    own = name.partition("“")[2] or name  # of a group, in whose title alone such marks stand
    words = [word for word in own.replace("#", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def called(identity: str, names: Mapping[str, str]) -> str:
    """What the owner calls somebody; the account's own part for one who is not known."""
    return names.get(identity, identity.rpartition(":")[2])


def number(text: str) -> int:
    """A small stable number for a text: the same on every start."""
    return zlib.crc32(text.encode("utf-8", "replace"))


def when(moment: datetime, now: datetime | None = None) -> str:
    """A time as a person says it, in the machine's time zone."""
    local = moment.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    clock = f"{local:%H:%M}"
    days = (today - local.date()).days
    if days == 0:
        return clock
    if days == 1:
        return f"yesterday {clock}"
    if days == -1:
        return f"tomorrow {clock}"
    if 0 < days < 7:
        return f"{local:%A} {clock}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {clock}"


def wall(moment: datetime) -> str:
    """A time in the time zone that it is given in, the owner's."""
    return f"{moment:%a %-d %b %H:%M}"


def told(to: str) -> str:
    """Where a digest comes."""
    if to in platform_names():
        return f"on {titled(to)}"
    return {"dm": "to your DM", "console": "here"}.get(to, f"in {to}")


def reason(draft: DraftView) -> str:
    """The one line above a draft's reasons."""
    count = len(draft.records)
    rests = {0: "rests on no memory", 1: "rests on one memory"}.get(count, f"rests on {count} memories")
    return f"Why this draft: {rests}"


def chips(audience: Iterable[str], names: Mapping[str, str]) -> tuple[Chip, ...]:
    """An audience's principals for the eye; `owner` is said only where nobody else is in."""
    others = sorted(principal for principal in audience if principal != "owner")
    if not others:
        return (Chip("owner", "only you"),)
    if "public" in others:
        return (Chip("public", "anyone"),)
    return tuple(_chip(principal, names) for principal in others)


def _chip(principal: str, names: Mapping[str, str]) -> Chip:
    sort, name = parts(principal)
    label = names.get(principal, name)
    return Chip(sort, f"whoever is in {label}" if sort == "place" else label)


def memories(records: Iterable[RecordView], names: Mapping[str, str]) -> tuple[ShownRecord, ...]:
    """Records as they are shown; scores are drawn in proportion to the best of them."""
    shown = tuple(records)
    best = max((one.score for one in shown if one.score is not None), default=0.0)
    return tuple(
        ShownRecord(
            id=one.id,
            text=one.text,
            source=source(RecordId(one.id), names),
            chips=chips(one.audience, names),
            score=one.score,
            fill=round(max(one.score or 0.0, 0.0) / best, 3) if best > 0 else 0.0,
        )
        for one in shown
    )


def source(record: RecordId, names: Mapping[str, str]) -> str:
    """Where a record comes from, read off its id."""
    message = message_of(record)
    if message is not None:
        said_in = conversation_of(message)
        return f"said in {names.get(place(said_in), said_in)}"
    kind = record_kind(record)
    return record if kind is None else f"your {kind}"


@cache
def environment() -> Environment:
    """The templates, every value escaped, an unknown name an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "fold": fold,
        "goes_out": GOES_OUT.__getitem__,
        "heard_lines": lambda text: "\n".join(text_lines(text)),
        "hue": lambda name: number(name) % HUES,
        "initials": initials,
        "key": lambda text: f"{number(text):08x}",
        "memories": memories,
        "person": lambda identity, people: called(identity, {person.id: person.name for person in people}),
        "reason": reason,
        "rule": rule_words,
        "sent": SENT_AS.__getitem__,
        "titled": titled,
        "told": told,
        "wall": wall,
        "when": when,
    }
    made.globals["platforms"] = listed(tuple(spec.title for spec in specs()))
    made.globals["look_first"] = LOOK_FIRST
    made.globals["htmx_config"] = json.dumps(HTMX_CONFIG)
    return made


HTMX_CONFIG: Mapping[str, Any] = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "defaultSettleDelay": 0,
    "attributesToSettle": ["class"],
    # an answer that says no is shown like any other
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True},
    ],
}


def render(template: str, **context: object) -> str:
    """A template, filled."""
    return environment().get_template(template).render(**context)
