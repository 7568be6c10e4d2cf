"""Our nouns as what Slack takes: texts, cards in Block Kit, modals. Pure.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: in it a text is only itself. Where there is
mrkdwn `&`, `<` and `>` are escaped, so that no text can mention anybody; links alone are written between `<`
and `>`. Limits: https://docs.slack.dev/reference/block-kit/blocks.
"""

import json
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bots.platforms.markdown import Mark, MarkedText, ends_itself, in_signs, read
from bots.platforms.port import Card, CardAction
from bots.platforms.slack.words import escape
from bots.platforms.split import split_text
from core.types import DraftId

LONGEST_TEXT = 40_000
"""Beyond this `chat.postMessage` cuts; beyond 4,000 it is shown in pieces."""
TEXT_LIMIT = 3000
"""In characters; each may take five once escaped."""
LONGEST_SECTION = 3000
LONGEST_INPUT = 3000
LONGEST_CARD = 7000
"""Slack refuses the blocks of a message beyond some 13,000 characters in all (`msg_blocks_too_long`)."""
SHOWN_HEARD, SHOWN_LINE = 1500, 150

SIGNS = {Mark.BOLD: "*", Mark.ITALIC: "_", Mark.STRUCK: "~"}
"""In mrkdwn."""
STYLES_OF_TEXT = {Mark.BOLD: "bold", Mark.ITALIC: "italic", Mark.STRUCK: "strike", Mark.CODE: "code"}
"""In a rich text."""
UNSEEN = "\u200b"
"""A space of no width: Slack reads its signs only at the edge of a word."""
EDGES = {UNSEEN, *string.punctuation} - {*"*_~`"}
LINKED = re.compile(r"https?://|mailto:")
EMOJI = re.compile(r"(?<![\w:]):(?=[\w+'-]*[a-z+-])([a-z0-9_+'-]{1,80})(?:::skin-tone-([2-6]))?:(?!\w)")

PREFIX = "us:"
"""How what is ours begins: action ids and the callback ids of modals."""
WHY = "why"
MORE = "more"
LABELS = {
    CardAction.APPROVE: "Approve",
    CardAction.EDIT: "Edit",
    CardAction.REDRAFT: "Redraft",
    CardAction.REJECT: "Reject",
    CardAction.SNOOZE: "Snooze 1 h",
    CardAction.ARRIVED: "It arrived",
    CardAction.MISSING: "It did not",
}
OFFERED = (CardAction.APPROVE, CardAction.EDIT, CardAction.REDRAFT, CardAction.REJECT, CardAction.SNOOZE)
BLIND = (CardAction.REJECT, CardAction.SNOOZE)
"""Where the draft may not be shown."""
UNSURE = (CardAction.ARRIVED, CardAction.MISSING)
STYLES = {CardAction.APPROVE: "primary", CardAction.REJECT: "danger"}
SNOOZE_FOR = "1h"
SNOOZES = {"4h": "Snooze 4 hours", "1d": "Snooze until tomorrow", "1w": "Snooze for a week"}
FIELD = "us_text"
"""The block and action id of a modal's one field."""
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


def card(given: Card) -> SlackShown:
    """A draft before its owner; what is asked of it, or became of it, comes first."""
    who, where = (escape(_line(one)) for one in (given.who, given.where))
    blocks = [_section(f"*{who}* · {where}")]
    headline = escape(_line(given.closed or given.question))
    if headline:
        blocks.insert(0, _section(f"*{headline[0].upper()}{headline[1:]}*"))
    if given.heard is not None:
        blocks.append(_section(_quote(given.heard)))
    if given.text is not None:
        blocks += [_section(part) for part in _draft(given.text, escape if given.typed else body)]
    else:
        blocks.append(_section("Open the console to see it."))
    why = escape(_line(given.why))
    blocks.append(_context(f"Draft {escape(given.draft)}" + (f" · {why}" if why else "")))
    if not given.closed:
        blocks.append(_actions(given))
    return SlackShown(f"{who} · {where}: {headline or 'a draft waits for you'}", tuple(blocks))


@dataclass(frozen=True, slots=True)
class SlackPress:
    """What a button stands for. `text` is the span of a snooze; `why` is a Reject that asks for a reason."""

    action: CardAction
    draft: DraftId
    revision: int
    text: str = ""
    why: bool = False


def pressed(element: object) -> SlackPress | None:
    """What one of our buttons, or a choice of our menu, stands for; None for any other element."""
    if not isinstance(element, Mapping):
        return None
    name, value = element.get("action_id"), element.get("value")
    if not isinstance(name, str) or not name.startswith(PREFIX):
        return None
    word, text = name.removeprefix(PREFIX), ""
    if word == MORE:
        chosen = element.get("selected_option")
        value = chosen.get("value") if isinstance(chosen, Mapping) else None
        word, _, value = value.partition(":") if isinstance(value, str) else ("", "", "")
        if word in SNOOZES:
            word, text = CardAction.SNOOZE.value, word
    elif word == CardAction.SNOOZE:
        text = SNOOZE_FOR
    draft, _, revision = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not draft or not re.fullmatch(r"[0-9]{1,9}", revision) or word not in {*CardAction, WHY}:
        return None
    action = CardAction.REJECT if word == WHY else CardAction(word)
    return SlackPress(action, DraftId(draft), int(revision), text, why=word == WHY)


@dataclass(frozen=True, slots=True)
class SlackOrigin:
    """What a modal is about: the action, the revision, and the card (`channel`, `ts`) that opened it."""

    action: CardAction
    draft: DraftId
    revision: int
    channel: str
    ts: str


ASKED = {
    CardAction.EDIT: ("Edit your reply", "Your reply", "Save"),
    CardAction.REDRAFT: ("Draft it anew", "What should be different?", "Redraft"),
    CardAction.REJECT: ("Reject", "Why? The twin learns from it.", "Reject"),
}


def modal(origin: SlackOrigin, text: str) -> dict[str, Any]:
    """A view with one field, filled with `text`."""
    title, label, submit = ASKED[origin.action]
    element: Block = {"type": "plain_text_input", "action_id": FIELD, "multiline": True}
    if text:
        element["initial_value"] = text
    kept = [origin.draft, origin.revision, origin.channel, origin.ts]
    return {
        "type": "modal",
        "callback_id": f"{PREFIX}{origin.action}",
        "private_metadata": json.dumps(kept),
        "title": _plain(title),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": FIELD,
                "label": _plain(label),
                "element": element,
                "optional": origin.action is CardAction.REJECT,
            }
        ],
    }


def origin(callback_id: str, private_metadata: str) -> SlackOrigin | None:
    """What `modal` kept; None for a view that is not ours."""
    word = callback_id.removeprefix(PREFIX)
    try:
        draft, revision, channel, ts = json.loads(private_metadata)
        action = CardAction(word)
    except (ValueError, TypeError, RecursionError):
        return None
    known = all(isinstance(one, str) for one in (draft, channel, ts)) and type(revision) is int
    if not known or action not in ASKED or word == callback_id:
        return None
    return SlackOrigin(action, DraftId(draft), revision, channel, ts)


def typed(state: Mapping[str, Any] | None) -> str:
    """What was typed into the field of a modal."""
    found: Any = state
    for step in ("values", FIELD, FIELD, "value"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found.strip() if isinstance(found, str) else ""


def _actions(given: Card) -> Block:
    actions = UNSURE if given.question else BLIND if given.text is None else OFFERED
    about = f"{given.draft}:{given.revision}"
    elements: list[Block] = []
    for action in actions:
        button: Block = {
            "type": "button",
            "action_id": f"{PREFIX}{action}",
            "text": _plain(LABELS[action]),
            "value": about,
        }
        elements.append(button | ({"style": STYLES[action]} if action in STYLES else {}))
    if not given.question:
        more = SNOOZES | {WHY: "Reject, and say why"}
        options = [{"text": _plain(label), "value": f"{word}:{about}"} for word, label in more.items()]
        elements.append({"type": "overflow", "action_id": f"{PREFIX}{MORE}", "options": options})
    return {"type": "actions", "block_id": f"{PREFIX}card", "elements": elements}


def _quote(heard: str) -> str:
    shown = heard.strip() or "…"
    if len(shown) > SHOWN_HEARD:
        shown = "…" + shown[-SHOWN_HEARD:]  # what came last matters most
    return _cut("\n".join(f">{line}" for line in escape(shown).splitlines()), LONGEST_SECTION)


def _draft(text: str, dialect: Callable[[str], str]) -> Iterator[str]:
    """All of it, as it will be sent, in sections; what does not fit a card is said to be left out."""
    whole, size = text.strip() or "…", LONGEST_SECTION
    while any(len(dialect(part)) > LONGEST_SECTION for part in split_text(whole, size)):
        size //= 2
    left, parts = LONGEST_CARD, split_text(whole, size)
    for number, part in enumerate(parts):
        left -= len(dialect(part))
        if left < 0:
            yield f"… [{sum(map(len, parts[number:]))} more characters are in the console]"
            return
        yield dialect(part)


def _section(markup: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": markup, "verbatim": True}}


def _context(markup: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": markup, "verbatim": True}]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _cut(markup: str, limit: int) -> str:
    """At most `limit` characters of escaped text, not in the middle of an entity."""
    if len(markup) <= limit:
        return markup
    return re.sub(r"&\w{0,3}$", "", markup[: limit - 1]) + "…"


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_LINE else line[: SHOWN_LINE - 1] + "…"
