"""What a card is made of where others' words stand in it: whose each line is can be told at a glance. Pure.

A speaker's name begins a block, and each further line of what they said begins with `CONTINUED`. Renderers
mark the name up as only they can, and put the reply last, behind its label: nothing of a card follows it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bots.platforms.graphemes import last_boundary, units
from core.lookalikes import without_colons
from core.types import SentAs

Size = Callable[[str], int]
"""The length of a text, as a platform counts it once it is marked up."""
CONTINUED = "┊ "
REPLY = "Your reply"
NOTHING = "…"
SENT_AS: Mapping[SentAs, str] = {
    SentAs.OWNER: "in your name, from your own account",
    SentAs.BOT: "from the twin’s account",
    SentAs.UNKNOWN: "from an account that is not on record",
}
GOES_OUT: Mapping[SentAs, str] = {
    **{sent_as: f"goes out {words}" for sent_as, words in SENT_AS.items()},
    SentAs.UNKNOWN: "from whose account it goes out is not known",
}
LONGEST_NAME = 150
BESIDE = 5
"""What a renderer puts beside each line."""
LEAST = 20
"""Of the newest message, whatever room its speaker's name takes."""
_BLANK = r"\s\u115f\u1160\u200b\u2060\u2800\u3164\ufeff\uffa0"
_NOTHING = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u070f\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufff0-\ufffb\U000e0000-\U000e0fff"
)
BLANKS = re.compile(f"[{_BLANK}][{_BLANK}{_NOTHING}]{{2,}}[{_BLANK}]")
"""A run of what shows nothing pushes what follows onto another line of the screen; what joins the signs of a
picture stands at no blank."""
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what stands beside them."""
ENDS_NAME = re.compile(r":(?=\s|$)")

QUOTES = re.compile('[“”„‟〝〞＂"]')


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One message on a card, and who said it as its owner calls them. Both hold whatever others wrote."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class CardBlock:
    """What one speaker said in one message; `rest` are its further lines, each with `CONTINUED` before it."""

    speaker: str
    first: str
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeardPart:
    """What of it fits; `earlier` messages do not, nor do `cut` characters of the newest."""

    blocks: tuple[CardBlock, ...]
    earlier: int = 0
    cut: int = 0

    @property
    def left_out(self) -> str:
        """What is not there, in words; empty where all is."""
        messages = f"{self.earlier} earlier message{'' if self.earlier == 1 else 's'}"
        characters = f"{self.cut} more character{'' if self.cut == 1 else 's'}"
        parts = [messages] * bool(self.earlier) + [characters] * bool(self.cut)
        return f"cut here: {' and '.join(parts)} in the console" if parts else ""


def beginning(text: str, room: int, size: Size = units) -> str:
    """As much of it as fits into `room`, cut between letters."""
    end = min(len(text), room)
    while size(text[:end]) > room:
        end -= max(1, (size(text[:end]) - room) // 2)
    return text[: last_boundary(text, end)]


def heard_part(heard: Sequence[HeardLine], room: int, size: Size = units) -> HeardPart:
    """The newest messages that fit into `room`, as `size` counts; of the newest alone as much as does."""
    blocks: list[CardBlock] = []
    left = room
    for line in reversed(heard):
        block = card_block(line)
        left -= sum(size(part) + BESIDE for part in (block.speaker, block.first, *block.rest))
        if left < 0:
            break
        blocks.insert(0, block)
    if heard and not blocks:
        return _beginning_of(heard, room, size)
    return HeardPart(tuple(blocks), len(heard) - len(blocks))


def _beginning_of(heard: Sequence[HeardLine], room: int, size: Size) -> HeardPart:
    speaker, said = speaker_name(heard[-1].speaker), text_lines(heard[-1].text) or [NOTHING]
    room -= size(speaker) + BESIDE
    shown: list[str] = []
    left_out = sum(map(len, said))
    for line in said:
        mark, least = (CONTINUED, 0) if shown else ("", LEAST)
        part = beginning(line, max(room - size(mark) - BESIDE, least), size)
        shown.append(mark + part + ("" if part == line else NOTHING))
        left_out -= len(part)
        room -= size(mark + part) + BESIDE
        if part != line:
            break
    return HeardPart((CardBlock(speaker, shown[0], tuple(shown[1:])),), len(heard) - 1, left_out)


def card_block(line: HeardLine) -> CardBlock:
    """One message as it stands on a card."""
    first, *rest = text_lines(line.text) or [NOTHING]
    return CardBlock(speaker_name(line.speaker), first, tuple(CONTINUED + one for one in rest))


def text_lines(text: str) -> list[str]:
    """Its lines, at whatever breaks one, none of them empty; long runs of blanks are one."""
    cleaned = (BLANKS.sub(" ", UNSEEN.sub("", line)).rstrip() for line in text.splitlines())
    return [line for line in cleaned if line.strip()]


def speaker_name(name: str) -> str:
    """A name on one line, in which nothing looks like its end."""
    return (
        one_line(ENDS_NAME.sub("", without_colons(name.replace(CONTINUED.strip(), " "))), LONGEST_NAME)
        or NOTHING
    )


def one_line(text: str, longest: int) -> str:
    """On one line of at most so many characters, cut with an ellipsis."""
    line = " ".join(" ".join(text_lines(text)).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def quoted(text: str, longest: int) -> str:
    """On one line between quotation marks that nothing in it ends."""
    return f"“{QUOTES.sub('’', one_line(text, longest))}”"


def group_name(title: str, longest: int) -> str:
    """What others called a group, so that it can be taken for nobody's name and for no other kind of place:
    in quotation marks behind the word for what it is."""
    return f"group {quoted(title, longest)}"


def unquoted(name: str, longest: int) -> str:
    """A name on one line, without marks that would make it a group's."""
    return QUOTES.sub("’", one_line(name, longest))
