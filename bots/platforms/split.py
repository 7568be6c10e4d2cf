"""Long replies in parts, none of which breaks a letter, a word, a link, bold text or a code block. Pure."""

import re
from collections.abc import Iterator

from bots.platforms.graphemes import extends, fitting, is_boundary, last_boundary

FENCE = "```"
UNIT = re.compile(
    r"```.*?(?:```|\Z)"  # a code block
    r"|(?:\[[^\[\]\n]{0,500}\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}\)"  # a link
    r"|`[^`\n]{1,500}`|\*\*(?=[^\s*])[^*\n]{1,500}\*\*"  # inline code, bold text
    r"|(?!```)\S)+"
    r"|\s+",
    re.DOTALL,
)
LONGEST_KEPT = 2600
"""No link and no inline code that is kept whole is longer, so nothing further on decides where to break."""
PARAGRAPH, LINE, SENTENCE, WORD = 3, 2, 1, 0


def split_text(text: str, limit: int) -> tuple[str, ...]:
    """`text` in parts of at most `limit` UTF-16 code units, broken where it hurts least; none for blank text.

    What cannot be kept whole because it alone is longer than the limit is cut: a code block at a line,
    with its fence closed and opened again; a word between two letters; a letter (one with a thousand accents)
    anywhere.
    """
    parts = []
    rest = text.strip()
    while (fits := fitting(rest, limit)) < len(rest):
        # The limit of a platform is far more than the one letter that a limit of 1 has no room for.
        part, rest = _first(rest, max(fits, 1))
        parts.append(part)
    return (*parts, rest) if rest else tuple(parts)


def _first(text: str, fits: int) -> tuple[str, str]:
    """A part of at most `fits` code points, and what is left."""
    breaks = list(_breaks(text, fits))
    late = [place for place in breaks if place[1] >= fits // 2]
    if late:
        _, at = max(late)
    elif breaks:
        at = max(place for _, place in breaks)
    elif text.startswith(FENCE):
        return _inside_block(text, fits)
    else:
        at = last_boundary(text, fits) or fits
    return text[:at].rstrip(), text[at:].lstrip()


def _breaks(text: str, fits: int) -> Iterator[tuple[int, int]]:
    """Where the text may be broken at or before `fits`: (how good a place, where)."""
    for unit in UNIT.finditer(text, 0, fits + LONGEST_KEPT):
        at, content = unit.start(), unit.group()
        if at > fits:
            return
        if not at:
            continue
        if content.isspace():
            if extends(text[unit.end() : unit.end() + 1] or "."):
                continue  # an accent on a blank
            before = text[at - 1]
            lines = content.count("\n")
            yield (PARAGRAPH if lines > 1 else LINE if lines else SENTENCE if before in ".!?…" else WORD), at
        elif (content.startswith(FENCE) or text.endswith(FENCE, 0, at)) and is_boundary(text, at):
            yield LINE, at


def _inside_block(text: str, fits: int) -> tuple[str, str]:
    opening = text.partition("\n")[0]
    closing = f"\n{FENCE}"
    room = fits - len(closing)
    if len(opening) + 1 >= room:
        at = last_boundary(text, fits) or fits
        return text[:at], text[at:].lstrip()
    at = text.rfind("\n", len(opening) + 1, room + 1)
    if at >= 0 and not extends(text[at + 1 : at + 2] or "."):
        return text[:at] + closing, f"{opening}\n{text[at + 1 :]}"
    at = last_boundary(text, room)
    at = at if at > len(opening) + 1 else room
    return text[:at] + closing, f"{opening}\n{text[at:]}"
