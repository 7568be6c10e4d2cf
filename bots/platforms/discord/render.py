"""From text and cards to what Discord takes. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bots.platforms.card_lines import GOES_OUT, REPLY, HeardLine, heard_part, one_line
from bots.platforms.markdown import Mark, MarkedText, ends_itself, in_signs, read
from bots.platforms.port import Card, CardAction
from core.types import DraftId

LIMIT = 2000
"""The longest message."""
TEXT_LIMIT = 1900
"""The longest text that `message` takes: escaping lengthens it."""
EMBED_LIMIT = 4096
MODAL_LIMIT = 4000
"""The longest text that a modal can be filled with."""
HEARD_LIMIT, SHOWN_LINE, LONGEST_NOTE = 700, 200, 200
HIDDEN = "Open the console to see it."
NONCE_LIMIT = 25
UNSEEN = "\u200b"
"""A space of no width: what is behind it is no mention, and beside it a sign is read wherever it stands."""
SIGNS = {Mark.BOLD: "**", Mark.ITALIC: "*", Mark.STRUCK: "~~"}

LINKED = re.compile(r"https?://")
"""What Discord makes a link of by itself."""
LONE_TICK = re.compile(r"(?<!`)`(?!`)")
MENTION = r"@(?=everyone|here)|<(?=(?:[@#:/]|a:|t:|id:)[^>\s]{0,100}>)"
CHANGES = (
    r"\\(?=[!-/:-@\[-`{-~]|\Z)"  # would be taken for an escape
    r"|\*(?=\S|\Z)|`|~(?=~|\Z)|(?:(?<=~)|\A)~|\|(?=\|)|(?<=\|)\|"
    r"|(?<![^\W_])_|_(?![^\W_])"  # all but snake_case
    # At a line's beginning, or at that of what is listed or quoted in it.
    r"|(?P<lead>^[^\S\n]*(?:(?:[-*+]|\d{1,9}[.)]|>)[^\S\n]+){0,4})(?=(?:\#{1,3}|-\#|>>>)\s)"
)
LITERAL_TEXT = re.compile(rf"(?P<mention>{MENTION})|{CHANGES}", re.MULTILINE)
MARKED_TEXT = re.compile(rf"(?P<mention>{MENTION})|\*|{CHANGES}", re.MULTILINE)
"""Between signs of ours no star begins a list."""
STRICT = re.compile(
    rf"(?P<kept>https?://[^\s<>\]\)]+)|(?P<mention>{MENTION})|^[^\S\n]*>|{CHANGES}|[\[\]]", re.MULTILINE
)

MARKS, ESCAPED = re.compile(r"[\\*_~|`\[\]<>#]"), r"\\\g<0>"


@dataclass(frozen=True, slots=True)
class DiscordPress:
    """What a button or a modal says of itself: its custom id, read back after any restart."""

    action: str
    """A `CardAction`, or one of the steps towards one: `why`, `snooze-1h`."""
    draft: DraftId
    revision: int


@dataclass(frozen=True, slots=True)
class DiscordButton:
    """A button; `style` as Discord counts: 1 blurple, 2 grey, 3 green, 4 red."""

    label: str
    style: int
    press: DiscordPress


@dataclass(frozen=True, slots=True)
class DiscordShown:
    """A card as a message: text, embeds as Discord's JSON, rows of buttons."""

    content: str
    embeds: tuple[dict[str, Any], ...] = ()
    rows: tuple[tuple[DiscordButton, ...], ...] = ()


WHY = "why"
SNOOZES = {"1h": "1 hour", "4h": "4 hours", "1d": "Tomorrow", "1w": "Next week"}


def custom_id(press: DiscordPress) -> str:
    """At most 100 characters."""
    return f"us:{press.action}:{press.draft}:{press.revision}"


def pressed(given: object) -> DiscordPress | None:
    """What `custom_id` made; None for anything else."""
    if not isinstance(given, str) or not given.startswith("us:"):
        return None
    action, _, rest = given.removeprefix("us:").partition(":")
    draft, _, revision = rest.rpartition(":")
    if not action or not draft or not (revision.isascii() and revision.isdecimal() and len(revision) < 10):
        return None
    return DiscordPress(action, DraftId(draft), int(revision))


def message(text: str) -> str:
    """A reply in Discord's Markdown: what is light Markdown in it shown as that, all else as it stands.

    At most `LIMIT` characters for `TEXT_LIMIT` given. Where too much would need a backslash (a drawing in
    characters) it goes as it is: the message is sent with mentions off in any case.
    """
    written = in_signs(read(text), SIGNS, _written, _gap)
    return written if len(written) <= LIMIT else text


def _written(piece: MarkedText, following: str) -> str:
    if Mark.BLOCK in piece.marks:
        return f"```{piece.language}\n{piece.text}\n```"
    if Mark.CODE in piece.marks:
        ticks = "``" if LONE_TICK.search(piece.text) else "`"
        return f"{ticks}{piece.text}{ticks}"
    if piece.is_itself and LINKED.match(piece.url):
        return piece.url if ends_itself(piece, following) else f"<{piece.url}>"
    text = (MARKED_TEXT if piece.marks else LITERAL_TEXT).sub(_escaped, piece.text)
    return text if piece.is_itself or not piece.url else f"[{text}]({piece.url})"


def _gap(outer: str, inner: str) -> tuple[str, str]:
    """https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run: between a letter and what is no letter
    a sign is only itself, and signs in a row are one."""
    outside = UNSEEN if outer and outer in "*~" else ""
    of_word = bool(outside or (outer.strip() and not _is_punctuation(outer)))
    return outside, UNSEEN if of_word and _is_punctuation(inner) else ""


def _is_punctuation(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "PS"


def foreign(text: str) -> str:
    """What others wrote, with nothing in it that Discord would make a link, a mention or a heading of."""
    return STRICT.sub(_escaped, text)


def nonce(given: str) -> str:
    """The same for the same, and no longer than Discord takes."""
    return given if len(given) <= NONCE_LIMIT else hashlib.sha256(given.encode()).hexdigest()[:NONCE_LIMIT]


def card(given: Card) -> DiscordShown:
    """A draft as its owner sees it. The reply is shown just as it would be sent, and last."""
    head = f"{_bold(one_line(given.who, SHOWN_LINE))} · {foreign(one_line(given.where, SHOWN_LINE))}"
    why = f"-# {foreign(one_line(given.why, SHOWN_LINE))} · revision {given.revision}"
    if given.closed:
        why = f"-# {foreign(one_line(given.closed, SHOWN_LINE))}"
    elif given.question:
        question = one_line(given.question, SHOWN_LINE)
        why = f"**{foreign(question[0].upper() + question[1:])}**"
    if given.text is None or given.heard is None:
        return DiscordShown("\n".join((head, HIDDEN, why)), rows=_rows(given, readable=False))
    above = "\n".join((head, why, f"-# {GOES_OUT[given.sends_as]}"))
    unwritten = foreign(one_line(given.unwritten, SHOWN_LINE))
    room = LIMIT - LONGEST_NOTE - len(above) - len(unwritten)
    above = "\n".join((above, *_quoted(given.heard, room)))
    if unwritten:
        return DiscordShown(f"{above}\n{unwritten}", rows=_rows(given, readable=True))
    reply = given.text if given.typed else message(given.text)
    content = "\n".join((above, f"**{REPLY}**", reply))
    if len(content) <= LIMIT:
        return DiscordShown(content, rows=_rows(given, readable=True))
    whole = len(reply) <= EMBED_LIMIT
    rest = "" if whole else "\n-# It is longer than Discord shows: open the console to read it all."
    embed = {"title": REPLY, "description": reply if whole else f"{reply[: EMBED_LIMIT - 1]}…"}
    return DiscordShown(above + rest, (embed,), _rows(given, readable=whole))


def snoozes(draft: DraftId, revision: int) -> tuple[DiscordButton, ...]:
    """For how long."""
    return tuple(
        DiscordButton(label, 2, DiscordPress(f"{CardAction.SNOOZE}-{span}", draft, revision))
        for span, label in SNOOZES.items()
    )


def _rows(given: Card, *, readable: bool) -> tuple[tuple[DiscordButton, ...], ...]:
    def button(label: str, style: int, action: str) -> DiscordButton:
        return DiscordButton(label, style, DiscordPress(action, given.draft, given.revision))

    if given.closed:
        return ()
    if given.question:
        return ((button("It arrived", 3, CardAction.ARRIVED), button("It did not", 4, CardAction.MISSING)),)
    reject, snooze = button("Reject", 4, CardAction.REJECT), button("Snooze", 2, CardAction.SNOOZE)
    if not readable:
        return ((reject, snooze),)
    approve = [button("Approve", 3, CardAction.APPROVE)] if CardAction.APPROVE in given.offered else []
    first = (*approve, button("Edit", 1, CardAction.EDIT), button("Redraft", 2, CardAction.REDRAFT))
    return ((*first, reject, snooze), (button("Reject and say why", 2, WHY),))


def _quoted(heard: Sequence[HeardLine], room: int) -> Iterator[str]:
    part = heard_part(heard, min(room, HEARD_LIMIT), lambda text: len(foreign(text)))
    for block in part.blocks:
        yield f"> {_bold(block.speaker)}: {foreign(block.first)}"
        yield from (f"> {foreign(line)}" for line in block.rest)
    if part.left_out:
        yield f"-# {part.left_out}"


def _bold(name: str) -> str:
    """Marked so, and nothing in it ends that."""
    unmentioned = re.sub(MENTION, lambda found: f"{found[0]}{UNSEEN}", name)
    return f"**{MARKS.sub(ESCAPED, unmentioned)}**"


def _escaped(found: re.Match[str]) -> str:
    part = found.groupdict()
    if part.get("kept"):
        return found[0]
    if part["mention"]:
        return f"{found[0]}{UNSEEN}"
    if part["lead"] is not None:
        return f"{found[0]}\\"
    lead = len(found[0]) - len(found[0].lstrip())
    return f"{found[0][:lead]}\\{found[0][lead:]}"
