"""Light Markdown, as models write it, read once for every platform. Pure.

Bold, italic and struck text, code, code blocks, headings, links and addresses; all else is only itself. Marks
need no blanks around them, as Japanese, Thai and Korean particles have none: only between Latin letters and
digits, where `2**3**4` is arithmetic, do they mean themselves. What stands in an address is never a mark.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby, pairwise
from operator import attrgetter

from bots.platforms.addresses import ADDRESS, address

TOKEN = re.compile(
    r"```(?:(?P<language>[\w+#-]{0,30})\n)?(?P<block>.+?)\n?```"
    r"|(?<!`)(?P<ticks>``?)(?!`)(?P<code>[^\n]{1,2000}?)(?<!`)(?P=ticks)(?!`)"
    r"|\[(?P<label>[^\[\]\n]{1,500})\]\((?P<link>https?://(?:[^\s()<>]|\([^\s()<>]{0,200}\)){1,2000})\)"
    rf"|(?P<address>{ADDRESS})"
    r"|(?P<run>\*+|_+|~+)"
    r"|^(?P<heading>\#{1,6}[ \t]+)(?=\S)"
    r"|(?P<line>\n)",
    re.DOTALL | re.MULTILINE,
)
AFTER_ADDRESSES = ".,:;!?'\")]"
CLOSERS = ",;)]}"
OPERATORS = ",;([{=+-/|&<>"
"""A mark between one of these and a Latin letter or digit is of a program, and ends nothing."""
DEEPEST = 16
"""So many marks that are still open are looked at for one that ends."""


LINE, ESCAPE = "\n", "\\"


class Mark(StrEnum):
    """How a text is to be shown."""

    BOLD = "bold"
    ITALIC = "italic"
    STRUCK = "struck"
    CODE = "code"
    BLOCK = "block"


MARKS = {
    ("*", 1): Mark.ITALIC,
    ("*", 2): Mark.BOLD,
    ("_", 1): Mark.ITALIC,
    ("~", 2): Mark.STRUCK,
}
RUNS = {*MARKS, ("*", 3)}
LITERAL = {Mark.CODE, Mark.BLOCK}
"""Nothing in these is read."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text that is shown one way. `url`: where a link leads, the text itself where that is an address;
    `language`: a block's."""

    text: str
    marks: frozenset[Mark] = frozenset()
    url: str = ""
    language: str = ""

    @property
    def is_itself(self) -> bool:
        """Whether nothing in it may be changed: it is code, or an address."""
        return bool(self.marks & LITERAL) or (self.url != "" and self.url == self.text)


@dataclass(slots=True)
class _Run:
    """Signs in a row, and the characters about them; those that are `left` mean themselves."""

    sign: str
    left: int
    before: str
    after: str
    marks: frozenset[Mark]

    @property
    def opens(self) -> bool:
        if self.before == ESCAPE or (self.sign == "_" and self.before.isalnum()):
            return False
        return bool(self.after.strip()) and not (_latin(self.before) and self.after in CLOSERS)

    @property
    def closes(self) -> bool:
        if self.before == ESCAPE or (self.sign == "_" and self.after.isalnum()):
            return False
        return bool(self.before.strip()) and not (self.before in OPERATORS and _latin(self.after))


_Item = MarkedText | _Run


def read(text: str) -> tuple[MarkedText, ...]:
    """The text in pieces, each shown one way."""
    items = list(_items(text))
    marks: list[set[Mark]] = [set() for _ in items]
    for first, end, mark in _ranges(items):
        for at in range(first, end):
            # No platform's signs go on over a line's end.
            if not _is_line(items[at]):
                marks[at].add(mark)
    pieces = [_piece(item, marked) for item, marked in zip(items, marks, strict=True)]
    return tuple(_joined(_without_edges([piece for piece in pieces if piece.text])))


def _without_edges(pieces: Sequence[MarkedText]) -> Iterator[MarkedText]:
    """Where marks were cut at a line's end no blank beside it has any: no sign may stand next to one."""
    for before, piece, after in zip((None, *pieces), pieces, (*pieces[1:], None), strict=False):
        text = piece.text
        start = len(text) - len(text.lstrip()) if before is not None and _is_line(before) else 0
        end = len(text.rstrip()) if after is not None and _is_line(after) else len(text)
        if piece.is_itself or piece.url or not piece.marks:
            yield piece
            continue
        parts = (
            MarkedText(text[:start]),
            replace(piece, text=text[start:end]),
            MarkedText(text[max(start, end) :]),
        )
        yield from (part for part in parts if part.text)


def _items(text: str) -> Iterator[_Item]:
    at, in_heading = 0, False
    signs: Counter[str] = Counter()
    while token := TOKEN.search(text, at):
        bold = frozenset({Mark.BOLD} if in_heading else ())
        between = text[at : token.start()]
        yield MarkedText(between.rstrip() if in_heading and token["line"] else between, bold)
        at = token.end()
        match token.lastgroup:
            case "block":
                yield MarkedText(token["block"], frozenset({Mark.BLOCK}), language=token["language"] or "")
            case "code":
                yield MarkedText(token["code"], bold | {Mark.CODE})
            case "link":
                yield _link(token["label"], token["link"], bold)
            case "address":
                found = address(token["address"], signs, text, at)
                at = token.start() + len(found)
                yield MarkedText(found, bold, found)
            case "run":
                signs[token["run"]] += 1
                yield _run(token, text, bold)
            case "heading":
                in_heading = True
            case _:
                in_heading = False
                signs.clear()
                yield MarkedText(LINE)
    if in_heading:
        yield MarkedText(text[at:].rstrip(), frozenset({Mark.BOLD}))
    else:
        yield MarkedText(text[at:])


def _link(label: str, url: str, marks: frozenset[Mark]) -> MarkedText:
    """One link, shown as the whole of its label is marked."""
    pieces = read(label)
    whole = frozenset.intersection(*(piece.marks for piece in pieces)) - LITERAL
    return MarkedText("".join(piece.text for piece in pieces), marks | whole, url)


def _run(token: "re.Match[str]", text: str, marks: frozenset[Mark]) -> _Item:
    signs = token["run"]
    if (signs[0], len(signs)) not in RUNS:
        return MarkedText(signs, marks)
    before = text[token.start() - 1 : token.start()] if token.start() else ""
    return _Run(signs[0], len(signs), before, text[token.end() : token.end() + 1], marks)


def _ranges(items: Sequence[_Item]) -> Iterator[tuple[int, int, Mark]]:
    """What is marked how: from which item, to before which."""
    opened: list[tuple[int, _Run]] = []
    before: _Item = MarkedText("")
    for at, item in enumerate(items):
        if isinstance(item, MarkedText):
            if Mark.BLOCK in item.marks or (_is_line(item) and _is_line(before)):
                opened.clear()
            elif _is_line(item):
                # What is meant for more than one line is bold, or struck; a lone sign is a footnote's.
                opened = [(start, run) for start, run in opened[-DEEPEST:] if run.left > 1]
            before = item if item.text else before
            continue
        before = item
        while item.left and item.closes and (match := _opener(opened, item)):
            place, size = match
            first, opener = opened[place]
            yield first + 1, at, MARKS[item.sign, size]
            opener.left -= size
            item.left -= size
            del opened[place + bool(opener.left) :]
        if item.left and item.opens:
            opened.append((at, item))


def _is_line(item: _Item) -> bool:
    return isinstance(item, MarkedText) and item.text == LINE


def _opener(opened: Sequence[tuple[int, _Run]], closer: _Run) -> tuple[int, int] | None:
    """Which of the open ones it ends, and how many signs of each are spent on that."""
    for place in range(len(opened) - 1, max(-1, len(opened) - 1 - DEEPEST), -1):
        opener = opened[place][1]
        if opener.sign != closer.sign:
            continue
        both = min(opener.left, closer.left)
        size = 2 if both > 1 else 1 if opener.left % 2 and closer.left % 2 else 0
        if size:
            return None if _is_arithmetic(opener, closer, size) else (place, size)
    return None


def _is_arithmetic(opener: _Run, closer: _Run, size: int) -> bool:
    """`2**3**4`, `a*b*c`; but not `un**frigging**believable`."""
    if not (_latin(opener.before, ")]") and _latin(closer.after, "(")):
        return False
    edges = (opener.before, opener.after, closer.before, closer.after)
    return size == 1 or not all(edge.isalpha() for edge in edges)


def _latin(char: str, or_one_of: str = "") -> bool:
    return bool(char) and ((char.isascii() and char.isalnum()) or char == "_" or char in or_one_of)


def _piece(item: _Item, marks: set[Mark]) -> MarkedText:
    if isinstance(item, _Run):
        return MarkedText(item.sign * item.left, item.marks | marks)
    return replace(item, marks=item.marks | marks)


def _joined(pieces: Iterable[MarkedText]) -> Iterator[MarkedText]:
    for (marks, url, language), alike in groupby(pieces, attrgetter("marks", "url", "language")):
        whole = [piece.text for piece in alike]
        if url or marks & LITERAL:
            yield from (MarkedText(text, marks, url, language) for text in whole)
        else:
            yield MarkedText("".join(whole), marks)


def ends_itself(address: MarkedText, following: str) -> bool:
    """Whether it is plain where an address ends, without a sign of the platform's own."""
    after = following[:1]
    return not address.marks and (not after or after.isspace() or after in AFTER_ADDRESSES)


def in_signs(
    pieces: Iterable[MarkedText],
    signs: Mapping[Mark, str],
    written: Callable[[MarkedText, str], str],
    gap: Callable[[str, str], tuple[str, str]],
) -> str:
    """The pieces between a platform's own signs, as nested as they are.

    `written` is a piece's text there, by the text that follows it. `gap`: what stands outside and inside of
    a sign, by the characters that are next to it, empty at either end of the text.
    """
    whole, open_marks = "", list[Mark]()
    for piece, following in pairwise((*pieces, MarkedText(""), MarkedText(""))):
        content = written(piece, following.text)
        stays = next((at for at, mark in enumerate(open_marks) if mark not in piece.marks), len(open_marks))
        begun = [mark for mark in signs if mark in piece.marks and mark not in open_marks[:stays]]
        ending = [signs[mark] for mark in open_marks[stays:]]
        outer = signs[begun[0]][:1] if begun else content[:1]
        whole += "".join(reversed(_in_a_row(outer, ending, whole[-1:], gap)))
        del open_marks[stays:]
        whole += "".join(_in_a_row(whole[-1:], [signs[mark] for mark in begun], content[:1], gap))
        open_marks += begun
        whole += content
    return whole


def _in_a_row(
    outer: str, signs: Sequence[str], inner: str, gap: Callable[[str, str], tuple[str, str]]
) -> list[str]:
    """Signs that begin or end at one place, and what stands between them, from the outside to the inside."""
    written: list[str] = []
    for sign, following in pairwise((*signs, inner)):
        outside, inside = gap(outer, following[:1])
        written += [outside, sign, inside]
        outer = inside or sign[-1:]
    return written
