"""What the owner sees in a terminal: plain, aligned, wrapped, and safe whatever a contact wrote."""

import re
import shutil
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bots.platforms.card_lines import CONTINUED, NOTHING, speaker_name, text_lines
from core.runs_on import ModelSite, RunsOn

_SEQUENCES = re.compile(
    # titles, links, clipboard; one that nothing ends is kept as text, so that it hides nothing
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor, erasing
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Without escape sequences, control characters and overrides of the writing direction; newlines stay."""
    text = _BIDI.sub("", _SEQUENCES.sub("", text))
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs"))


def width(text: str) -> int:
    """How many columns a cleaned line takes."""
    return sum(_columns(one) for one in text)


def wrap(text: str, columns: int) -> list[str]:
    """Cleaned lines of at most `columns`, broken at spaces where there are any."""
    lines: list[str] = []
    for paragraph in clean(text).split("\n"):
        line = ""
        for word in paragraph.split():
            joined = f"{line} {word}" if line else word
            if width(joined) <= columns:
                line = joined
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(word, columns)
            lines.extend(full)
        lines.append(line)
    return lines


def one_line(text: str, columns: int) -> str:
    """The text on one line of at most `columns`, cut with an ellipsis."""
    line = " ".join(clean(text).split())
    if width(line) <= columns:
        return line
    return _pieces(line, max(columns - 1, 1))[0].rstrip() + "…"


def terminal_columns() -> int:
    """The terminal's width; 80 where there is none."""
    return max(shutil.get_terminal_size((80, 24)).columns, 20)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], columns: int | None = None) -> str:
    """Aligned columns, the last one cut to fit the terminal."""
    room = columns or terminal_columns()
    lines = [list(headings), *([" ".join(clean(cell).split()) for cell in row] for row in rows)]
    widths = [max(width(line[at]) for line in lines) for at in range(len(headings) - 1)]
    widths = [min(one, max(room // 3, 8)) for one in widths]
    last = max(room - sum(widths) - 2 * len(widths), 10)
    return "\n".join(
        "  ".join(
            [
                *(_padded(cell, wide) for cell, wide in zip(line, widths, strict=False)),
                one_line(line[-1], last),
            ]
        ).rstrip()
        for line in lines
    )


def block(text: str, indent: str = "  ", columns: int | None = None) -> str:
    """The text wrapped and indented."""
    room = (columns or terminal_columns()) - len(indent)
    return "\n".join((indent + line).rstrip() for line in wrap(text, max(room, 10)))


def speech(who: str, text: str, indent: str = "  ") -> str:
    """What somebody said, behind their name; all further lines, of theirs or of the terminal's width, are
    marked as such."""
    said = text_lines(clean(text)) or [NOTHING]
    said[0] = f"{speaker_name(clean(who))}: {said[0]}"
    room = max(terminal_columns() - len(indent) - len(CONTINUED), 10)
    lines = [piece for line in said for piece in wrap(line, room)]
    return "\n".join([indent + lines[0], *(indent + CONTINUED + line for line in lines[1:])])


def moment(value: str | None, now: datetime | None = None) -> str:
    """An ISO time of ours in local time: the hour alone today, the day before that; empty for None."""
    if value is None:
        return ""
    at = datetime.fromisoformat(value).astimezone()
    today = (now or datetime.now(tz=at.tzinfo)).astimezone().date()
    return at.strftime("%H:%M" if at.date() == today else "%Y-%m-%d %H:%M")


def wall(value: str) -> str:
    """An ISO time in the zone that it is given in, the owner's, whatever this machine's is."""
    return f"{datetime.fromisoformat(value):%a %Y-%m-%d %H:%M}"


def where_it_runs(runs_on: Mapping[str, str]) -> str:
    """A model's `runs_on`, as JSON has it, in words."""
    return RunsOn(ModelSite(runs_on["site"]), runs_on["host"]).words


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _pieces(word: str, columns: int) -> list[str]:
    pieces, piece, taken = [], "", 0
    for character in word:
        wide = _columns(character)
        if taken + wide > columns and piece:
            pieces.append(piece)
            piece, taken = "", 0
        piece += character
        taken += wide
    return [*pieces, piece]


def _padded(cell: str, wide: int) -> str:
    cut = one_line(cell, wide)
    return cut + " " * (wide - width(cut))
