"""Our nouns as what Slack takes: cards in Block Kit, modals. Pure.

Limits: https://docs.slack.dev/reference/block-kit/blocks.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from bots.platforms.card_lines import GOES_OUT, REPLY, CardBlock, heard_part, one_line
from bots.platforms.port import Card, CardAction
from bots.platforms.slack.messages import Block, SlackShown, body
from bots.platforms.slack.words import escape
from bots.platforms.split import split_text
from core.types import DraftId

LONGEST_SECTION = 3000
LONGEST_INPUT = 3000
LONGEST_CARD = 7000
"""Slack refuses the blocks of a message beyond some 13,000 characters in all (`msg_blocks_too_long`)."""
SHOWN_HEARD, SHOWN_LINE = 1200, 300

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
STYLES = {CardAction.APPROVE: "primary", CardAction.REJECT: "danger"}
SNOOZE_FOR = "1h"
SNOOZES = {"4h": "Snooze 4 hours", "1d": "Snooze until tomorrow", "1w": "Snooze for a week"}
FIELD = "us_text"
"""The block and action id of a modal's one field."""


def card(given: Card) -> SlackShown:
    """A draft before its owner; what is asked of it, or became of it, comes first, the reply last."""
    who, where, why = (one_line(one, SHOWN_LINE) for one in (given.who, given.where, given.why))
    headline = one_line(given.closed or given.question, SHOWN_LINE)
    headline = headline[:1].upper() + headline[1:]
    lines = [_spoken((headline, True))] if headline else []
    lines.append(_spoken((who, True), (f" · {where}", False)))
    blocks = [_rich(lines)]
    about = " · ".join(one for one in (f"Draft {given.draft}", why, GOES_OUT[given.sends_as]) if one)
    blocks.append(_context(escape(about)))
    if given.heard is not None:
        part = heard_part(given.heard, SHOWN_HEARD)
        blocks += [_rich([_quote(block) for block in part.blocks])] if part.blocks else []
        blocks += [_context(part.left_out)] if part.left_out else []
    if given.unwritten:
        blocks.append(_section(escape(one_line(given.unwritten, SHOWN_LINE))))
    elif given.text is not None:
        blocks += [_section(part) for part in _draft(given.text, escape if given.typed else body)]
    else:
        blocks.append(_section("Open the console to see it."))
    if not given.closed:
        blocks.append(_actions(given))
    notice = f"{escape(who)} · {escape(where)}: {escape(headline) or 'a draft waits for you'}"
    return SlackShown(notice, tuple(blocks))


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
    about = f"{given.draft}:{given.revision}"
    elements: list[Block] = []
    for action in given.offered:
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


def _quote(block: CardBlock) -> Block:
    """Rich text means only itself, whatever stands in it."""
    said = "\n".join((block.first, *block.rest))
    return _spoken((block.speaker, True), (f": {said}", False)) | {"type": "rich_text_quote"}


def _spoken(*pieces: tuple[str, bool]) -> Block:
    """A line of rich text; each piece bold or not."""
    texts = [
        {"type": "text", "text": text} | ({"style": {"bold": True}} if bold else {}) for text, bold in pieces
    ]
    return {"type": "rich_text_section", "elements": texts}


def _rich(elements: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _draft(text: str, dialect: Callable[[str], str]) -> Iterator[str]:
    """All of it, as it will be sent, in sections behind a label, which says what does not fit a card."""
    whole, size = text.strip(), LONGEST_SECTION
    while any(len(dialect(part)) > LONGEST_SECTION for part in split_text(whole, size)):
        size //= 2
    parts = split_text(whole, size)
    sizes = list(accumulate(len(dialect(part)) for part in parts))
    fitting = sum(size <= LONGEST_CARD for size in sizes)
    left_out = sum(map(len, parts[fitting:]))
    note = f" _(cut here: {left_out} more characters are in the console, and are sent too)_"
    yield f"*{REPLY}*{note if left_out else ''}"
    yield from map(dialect, parts[:fitting])


def _section(markup: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": markup, "verbatim": True}}


def _context(markup: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": markup, "verbatim": True}]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
