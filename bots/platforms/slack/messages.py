"""Texts as what Slack takes: rich texts, and mrkdwn beside them. Pure.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: in it a text is only itself.
https://docs.slack.dev/messaging/formatting-message-text: in mrkdwn `&`, `<` and `>` are escaped, so that no
text can mention anybody; links alone are written between `<` and `>`.
"""

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bots.platforms.markdown import Mark, MarkedText, ends_itself, in_signs, read
from bots.platforms.slack.words import escape
from bots.platforms.split import split_text

LONGEST_TEXT = 40_000
"""Beyond this `chat.postMessage` cuts; beyond 4,000 it is shown in pieces."""
TEXT_LIMIT = 3000
"""In characters; each may take five once escaped."""
SIGNS = {Mark.BOLD: "*", Mark.ITALIC: "_", Mark.STRUCK: "~"}
"""In mrkdwn."""
STYLES_OF_TEXT = {Mark.BOLD: "bold", Mark.ITALIC: "italic", Mark.STRUCK: "strike", Mark.CODE: "code"}
"""In a rich text."""
UNSEEN = "\u200b"
"""A space of no width: Slack reads its signs only at the edge of a word."""
EDGES = {UNSEEN, *string.punctuation} - {*"*_~`"}
LINKED = re.compile(r"https?://|mailto:")
EMOJI = re.compile(r"(?<![\w:]):(?=[\w+'-]*[a-z+-])([a-z0-9_+'-]{1,80})(?:::skin-tone-([2-6]))?:(?!\w)")
Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackShown:
    """What `chat.postMessage` and `chat.update` take; `text` is what notifications show."""

    text: str
    blocks: tuple[Block, ...]


def message(text: str) -> SlackShown:
    """A reply or a notice, its light Markdown as a rich text, in which nothing else can be taken for a mark
    or a mention; and in mrkdwn for what shows no blocks."""
    pieces = read(text)
    sections = list(_sections(pieces))
    return SlackShown(_mrkdwn(pieces), ({"type": "rich_text", "elements": sections},) if sections else ())


def typed_message(text: str) -> SlackShown:
    """What the owner typed, as if they had typed it in Slack."""
    return SlackShown(escape(text), ())


def notice(text: str) -> tuple[SlackShown, ...]:
    """A notice of any length, in parts that can each be sent."""
    return tuple(message(part) for part in split_text(text, TEXT_LIMIT))


def body(text: str) -> str:
    """As `message`, in mrkdwn alone."""
    return _mrkdwn(read(text))


def _mrkdwn(pieces: Sequence[MarkedText]) -> str:
    return in_signs(pieces, SIGNS, _written, _gap)


def _written(piece: MarkedText, following: str) -> str:
    text = escape(piece.text)
    if Mark.BLOCK in piece.marks:
        return f"```\n{text}\n```"
    if Mark.CODE in piece.marks:
        return f"`{text}`"
    if not LINKED.match(piece.url) or (piece.is_itself and ends_itself(piece, following)):
        return text
    label = "" if piece.is_itself else f"|{text}"
    return f"<{escape(piece.url).replace('|', '%7C')}{label}>"


def _gap(outer: str, inner: str) -> tuple[str, str]:
    del inner
    return "" if not outer or outer.isspace() or outer in EDGES else UNSEEN, ""


def _sections(pieces: Sequence[MarkedText]) -> Iterator[Block]:
    groups = [(is_block, list(group)) for is_block, group in groupby(pieces, _is_block)]
    for at, (is_block, group) in enumerate(groups):
        if is_block:
            for piece in group:
                yield {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece.text}]}
            continue
        # A block stands on lines of its own.
        if at:
            group[0] = replace(group[0], text=group[0].text.removeprefix("\n"))
        if at < len(groups) - 1:
            group[-1] = replace(group[-1], text=group[-1].text.removesuffix("\n"))
        if elements := [element for piece in group for element in _elements(piece)]:
            yield {"type": "rich_text_section", "elements": elements}


def _is_block(piece: MarkedText) -> bool:
    return Mark.BLOCK in piece.marks


def _elements(piece: MarkedText) -> Iterator[Block]:
    style = {STYLES_OF_TEXT[mark]: True for mark in STYLES_OF_TEXT if mark in piece.marks}
    styled: Block = {"style": style} if style else {}
    if LINKED.match(piece.url):
        label = {"text": piece.text} if piece.text != piece.url else {}
        yield {"type": "link", "url": piece.url} | label | styled
        return
    at = 0
    for emoji in () if piece.is_itself else EMOJI.finditer(piece.text):
        if emoji.start() > at:
            yield {"type": "text", "text": piece.text[at : emoji.start()]} | styled
        tone = {"skin_tone": int(emoji[2])} if emoji[2] else {}
        yield {"type": "emoji", "name": emoji[1]} | tone
        at = emoji.end()
    if at < len(piece.text):
        yield {"type": "text", "text": piece.text[at:]} | styled
