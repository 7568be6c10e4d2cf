"""Our nouns as what the Bot API takes: texts with entities, cards in HTML with their buttons, prompts. Pure.

https://core.telegram.org/bots/api#messageentity: a reply is a text and which parts of it are marked, so that
nothing in it can be taken for a mark. In HTML `&`, `<` and `>` are escaped, and only tags that are listed
there are written. Lengths and offsets count UTF-16 code units, without the tags.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter

from bots.platforms.card_lines import (
    GOES_OUT,
    REPLY,
    HeardLine,
    beginning,
    heard_part,
    one_line,
)
from bots.platforms.graphemes import fitting, last_boundary, units
from bots.platforms.markdown import LITERAL, Mark, MarkedText, read
from bots.platforms.port import Card, CardAction
from bots.platforms.split import split_text
from core.types import DraftId

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_BUTTON_DATA = 64
LONGEST_ANSWER = 200
TEXT_LIMIT = 2000
"""The rest is for what keeps names from pinging."""
SHOWN_HEARD, SHOWN_WHY, SHOWN_NAME = 900, 300, 300
LONGEST_LABEL = 100
TAGS = re.compile(r"</?(?:b|i|blockquote)>")
"""Those that a card is marked up with; in what others wrote they are escaped."""

BUTTONS = {
    CardAction.APPROVE: ("a", "✅ Approve"),
    CardAction.EDIT: ("e", "✏️ Edit"),
    CardAction.REDRAFT: ("r", "🔁 Redraft"),
    CardAction.REJECT: ("x", "🚫 Reject"),
    CardAction.SNOOZE: ("s", "💤 1 h"),
    CardAction.ARRIVED: ("y", "✅ It arrived"),
    CardAction.MISSING: ("n", "❌ It did not"),
}
ROWS = (
    (CardAction.APPROVE, CardAction.EDIT),
    (CardAction.REDRAFT, CardAction.REJECT, CardAction.SNOOZE),
    (CardAction.ARRIVED, CardAction.MISSING),
)
ACTIONS = {letter: action for action, (letter, _) in BUTTONS.items()}

KINDS = {
    Mark.BOLD: "bold",
    Mark.ITALIC: "italic",
    Mark.STRUCK: "strikethrough",
    Mark.CODE: "code",
    Mark.BLOCK: "pre",
}
PINGS = re.compile(r"(?<!\w)@(?=[A-Za-z]\w{2,31})")
JOINER = "\u2060"
"""Shows nothing and breaks no line: `@name` with it behind the `@` names nobody to Telegram."""


@dataclass(frozen=True, slots=True)
class MarkedPart:
    """Which part of a text is marked how; `kind` as Telegram calls it."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """What `sendMessage` takes."""

    text: str
    marked: tuple[MarkedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class TelegramButton:
    """What it says, and the data that comes back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class CardMessage:
    """A card as a message with rows of buttons, none once it is closed."""

    text: str
    rows: tuple[tuple[TelegramButton, ...], ...]


def body(text: str) -> Text:
    """A reply or a notice, its light Markdown (bold, italic, struck, code, blocks, headings, links) as
    entities, and nobody pinged."""
    pieces = read(text)
    shown = [piece.text if piece.is_itself else plain(piece.text) for piece in pieces]
    starts = [0, *accumulate(map(units, shown))]
    return Text("".join(shown), tuple(sorted(_marked(pieces, starts), key=attrgetter("offset"))))


def _marked(pieces: Sequence[MarkedText], starts: Sequence[int]) -> Iterator[MarkedPart]:
    """`starts` has where each piece begins, and where the last one ends."""
    for mark, kind in KINDS.items():
        if mark not in LITERAL:
            for first, end in _runs(pieces, mark):
                yield MarkedPart(kind, starts[first], starts[end] - starts[first])
    for at, piece in enumerate(pieces):
        where = starts[at], starts[at + 1] - starts[at]
        for mark in piece.marks & LITERAL:
            yield MarkedPart(KINDS[mark], *where, language=piece.language or None)
        if piece.url and piece.url != piece.text:
            yield MarkedPart("text_link", *where, url=piece.url)


def _runs(pieces: Sequence[MarkedText], mark: Mark) -> Iterator[tuple[int, int]]:
    """From which piece to before which the mark goes on."""
    first = None
    for at, piece in enumerate([*pieces, MarkedText("")]):
        if mark in piece.marks and not piece.marks & LITERAL:  # Telegram shows code one way
            first = at if first is None else first
        elif first is not None:
            yield first, at
            first = None


def plain(text: str) -> str:
    """The text with nobody pinged."""
    return PINGS.sub(f"@{JOINER}", text)


def escape(text: str) -> str:
    """For a text between tags."""
    return html.escape(text, quote=False)


def cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units of it, and a word on what is left out."""
    if units(text) <= limit:
        return text
    kept = text[: last_boundary(text, fitting(text, limit - 60))]
    return f"{kept}… [{len(text) - len(kept)} more characters are in the console]"


def notice(text: str) -> tuple[str, ...]:
    """A notice of any length, in parts that can each be sent."""
    return split_text(text, TEXT_LIMIT)


def card(shown: Card) -> CardMessage:
    """A draft before its owner; what became of it comes first once it is closed, the reply last."""
    who, where = (escape(one_line(one, SHOWN_NAME)) for one in (shown.who, shown.where))
    lines = [f"✉️ <b>{who}</b> · {where}"]
    if shown.closed:
        lines.insert(0, f"☑️ <b>{escape(one_line(shown.closed, SHOWN_WHY))}</b>")
    elif shown.question:
        lines.insert(0, f"❓ <b>{escape(one_line(shown.question, SHOWN_WHY))}</b>")
    why = escape(one_line(shown.why, SHOWN_WHY))
    lines.append(f"<i>Draft {escape(shown.draft)}: {why}{'; ' if why else ''}{GOES_OUT[shown.sends_as]}</i>")
    if shown.heard is not None:
        lines += _heard(shown.heard)
    if shown.text is None:
        lines.append("Open the console to see it.")
    elif shown.unwritten:
        lines.append(escape(one_line(shown.unwritten, SHOWN_WHY)))
    else:
        lines += _reply(shown.text.strip(), LONGEST_TEXT - LONGEST_LABEL - _shown_units(lines))
    return CardMessage("\n".join(lines), () if shown.closed else _rows(shown))


def _heard(heard: Sequence[HeardLine]) -> Iterator[str]:
    part = heard_part(heard, SHOWN_HEARD)
    for block in part.blocks:
        said = "\n".join(map(escape, (block.first, *block.rest)))
        yield f"<blockquote><b>{escape(block.speaker)}</b>: {said}</blockquote>"
    if part.left_out:
        yield f"<i>{part.left_out}</i>"


def _reply(text: str, room: int) -> tuple[str, str]:
    shown = beginning(text, room)
    left_out = len(text) - len(shown)
    note = f" <i>(cut here: {left_out} more characters are in the console, and are sent too)</i>"
    return f"<b>{REPLY}</b>{note if left_out else ''}", escape(shown)


def _shown_units(lines: Sequence[str]) -> int:
    """As Telegram counts what we have marked up: without the tags."""
    return sum(units(html.unescape(TAGS.sub("", line))) + 1 for line in lines)


def _rows(shown: Card) -> tuple[tuple[TelegramButton, ...], ...]:
    rows = [
        [_button(action, shown.draft, shown.revision) for action in row if action in shown.offered]
        for row in ROWS
    ]
    return tuple(tuple(button for button in row if button is not None) for row in rows if row)


def _button(action: CardAction, draft: DraftId, revision: int) -> TelegramButton | None:
    letter, label = BUTTONS[action]
    data = f"{letter}:{draft}:{revision}"
    return TelegramButton(label, data) if len(data.encode()) <= LONGEST_BUTTON_DATA else None


def button(data: str) -> tuple[CardAction, DraftId, int] | None:
    """What a button of ours stands for; None for any other."""
    letter, _, rest = data.partition(":")
    draft, _, revision = rest.rpartition(":")
    if letter not in ACTIONS or not draft or not re.fullmatch(r"\d{1,9}", revision, re.ASCII):
        return None
    return ACTIONS[letter], DraftId(draft), int(revision)


@dataclass(frozen=True, slots=True)
class TelegramPrompt:
    """What the owner is asked to reply to: a new text (EDIT) or guidance (REDRAFT) for one revision."""

    action: CardAction
    draft: DraftId
    revision: int

    def kept(self) -> str:
        """As it is kept beside the prompt's message."""
        return f"{BUTTONS[self.action][0]}:{self.draft}:{self.revision}"


def prompted(kept: str | None) -> TelegramPrompt | None:
    """The prompt behind what was kept."""
    found = button(kept or "")
    return TelegramPrompt(*found) if found else None


def prompt_text(prompt: TelegramPrompt, current: str) -> str:
    """HTML; a tap on the current text copies it."""
    asks = {
        CardAction.EDIT: "Reply to this message with the new text of draft",
        CardAction.REDRAFT: "Reply to this message with what should be different in draft",
    }[prompt.action]
    shown = escape(cut(current, LONGEST_TEXT - 300))
    return f"{asks} {escape(prompt.draft)}.\n<code>{shown}</code>"
