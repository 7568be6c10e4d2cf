"""Long replies in parts, none of which breaks a word, a link or a code block. Pure."""

import re
from collections.abc import Iterator

FENCE = "```"
UNIT = re.compile(
    r"```.*?(?:```|\Z)"  # a code block
    r"|(?:\[[^\]\n]{0,500}\]\([^)\s]{0,2000}\)|`[^`\n]{1,500}`|(?!```)\S)+"  # words, links, inline code
    r"|\s+",
    re.DOTALL,
)
LONGEST_KEPT = 2600
"""No link and no inline code that is kept whole is longer, so nothing further on decides where to break."""
PARAGRAPH, LINE, SENTENCE, WORD = 3, 2, 1, 0


def split_text(text: str, limit: int) -> tuple[str, ...]:
    """`text` in parts of at most `limit` characters, broken where it hurts least; none for blank text.

    What cannot be kept whole because it alone is longer than the limit is cut: a code block at a line,
    with its fence closed and opened again; a word anywhere.
    """
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        part, rest = _first(rest, limit)
        parts.append(part)
    return (*parts, rest) if rest else tuple(parts)


def _first(text: str, limit: int) -> tuple[str, str]:
    breaks = list(_breaks(text, limit))
    late = [one for one in breaks if one[1] >= limit // 2]
    if late:
        _, at = max(late)
    elif breaks:
        at = max(place for _, place in breaks)
    elif text.startswith(FENCE):
        return _inside_block(text, limit)
    else:
        at = limit
    return text[:at].rstrip(), text[at:].lstrip()


def _breaks(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """Where the text may be broken at or before `limit`: (how good a place, where)."""
    for unit in UNIT.finditer(text, 0, limit + LONGEST_KEPT):
        at, said = unit.start(), unit.group()
        if at > limit:
            return
        if not at:
            continue
        if said.isspace():
            before = text[at - 1]
            lines = said.count("\n")
            yield (PARAGRAPH if lines > 1 else LINE if lines else SENTENCE if before in ".!?…" else WORD), at
        elif said.startswith(FENCE) or text.endswith(FENCE, 0, at):
            yield LINE, at


def _inside_block(text: str, limit: int) -> tuple[str, str]:
    opening = text.partition("\n")[0]
    closing = f"\n{FENCE}"
    room = limit - len(closing)
    if len(opening) + 1 >= room:
        return text[:limit], text[limit:].lstrip()
    at = text.rfind("\n", len(opening) + 1, room + 1)
    if at < 0:
        return text[:room] + closing, f"{opening}\n{text[room:]}"
    return text[:at] + closing, f"{opening}\n{text[at + 1 :]}"
