"""Our nouns as what Slack takes: cards in Block Kit, modals. Pure.

Limits: https://docs.slack.dev/reference/block-kit/blocks.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bots.platforms.port import Card, CardAction
from bots.platforms.slack.messages import Block, SlackShown, body
from bots.platforms.slack.words import escape
from bots.platforms.split import split_text
from core.types import DraftId

LONGEST_SECTION = 3000
LONGEST_INPUT = 3000
LONGEST_CARD = 7000
"""Slack refuses the blocks of a message beyond some 13,000 characters in all (`msg_blocks_too_long`)."""
SHOWN_HEARD, SHOWN_LINE = 1500, 150

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
