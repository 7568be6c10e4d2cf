"""A digest's words, taken apart for the page. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bots.api.views import DayView
from bots.runtime.digest.text import day
from memory.reports.activity import Day

DRAFT = re.compile(r"draft (\d+) to ")


@dataclass(frozen=True, slots=True)
class MarkdownLine:
    """One thing that is told; `draft` is the id of the one that it is about, where it waits."""

    text: str
    draft: str = ""


@dataclass(frozen=True, slots=True)
class MarkdownSection:
    """What is told under one heading."""

    heading: str
    lines: tuple[MarkdownLine, ...]


@dataclass(frozen=True, slots=True)
class DigestPage:
    """A digest: from when to when, its days in numbers, its sections, and what is said besides."""

    span: str
    numbers: tuple[str, ...]
    sections: tuple[MarkdownSection, ...]
    besides: tuple[str, ...]


def digest_page(text: str) -> DigestPage:
    """From the light Markdown of `bots.runtime.digest.text.words`."""
    head, *blocks = text.split("\n\n")
    first, *numbers = head.splitlines()
    sections, besides = [], []
    for block in blocks:
        heading, *lines = block.splitlines()
        if heading.startswith("**") and heading.endswith("**") and lines:
            told = tuple(_line(line.removeprefix("- ")) for line in lines)
            sections.append(MarkdownSection(heading.strip("*"), told))
        else:
            besides.append(block)
    return DigestPage(first.rpartition("**: ")[2], tuple(numbers), tuple(sections), tuple(besides))


def in_words(days: Sequence[DayView]) -> str:
    """What the picture shows, for who does not see it."""
    told = [(one.day, day(one)) for one in map(_day, days)]
    shown = "; ".join(f"{at:%a %-d %b}: {numbers}" for at, numbers in told if numbers)
    return f"What came in and what became of it, by day. {shown or 'Nothing in these days'}."


def _line(text: str) -> MarkdownLine:
    found = DRAFT.match(text)
    return MarkdownLine(text, found[1] if found else "")


def _day(given: DayView) -> Day:
    return Day(
        date.fromisoformat(given.day),
        given.messages,
        given.drafted,
        given.approved,
        given.edited,
        given.rejected,
        given.alone,
    )
