"""A draft without a text: every platform's card says why, and offers all but to approve it."""

from collections.abc import Callable

import pytest

from bots.platforms.card_lines import HeardLine
from bots.platforms.discord import render as discord
from bots.platforms.port import Card, CardAction
from bots.platforms.slack import render as slack
from bots.platforms.telegram import render as telegram
from bots.runtime.approval.rules import rule_words
from core.types import DraftId

WRITE = {CardAction.EDIT, CardAction.REDRAFT, CardAction.REJECT, CardAction.SNOOZE}
Offered = tuple[str, set[CardAction]]


def on_telegram(card: Card) -> Offered:
    shown = telegram.card(card)
    pressed = [telegram.button(button.data) for row in shown.rows for button in row]
    return shown.text, {action[0] for action in pressed if action}


def on_slack(card: Card) -> Offered:
    shown = slack.card(card)
    elements = [element for block in shown.blocks for element in block.get("elements", ())]
    pressed = map(slack.pressed, elements)
    return repr(shown.blocks), {press.action for press in pressed if press}


def on_discord(card: Card) -> Offered:
    shown = discord.card(card)
    actions = {button.press.action for row in shown.rows for button in row} - {discord.WHY}
    return shown.content, set(map(CardAction, actions))


def card(text: str | None, rule: str, question: str = "", closed: str = "") -> Card:
    heard = None if text is None else (HeardLine("Sam", "are you free?"),)
    return Card(DraftId("1"), 1, "Sam", "DM", rule_words(rule), heard, text, closed, question=question)


@pytest.mark.parametrize("render", [on_telegram, on_slack, on_discord])
@pytest.mark.parametrize("rule", ["draft-unknown", "draft-empty", "another", ""])
@pytest.mark.parametrize("text", ["", " ", "\n\t\n"])
def test_it_is_not_approved_and_says_why(render: Callable[[Card], Offered], rule: str, text: str) -> None:
    shown, offered = render(card(text, rule))
    assert offered == WRITE
    words = rule_words(rule)
    assert f"{words[:1].upper()}{words[1:]}." in shown if words else "There is no text yet" in shown


@pytest.mark.parametrize("render", [on_telegram, on_slack, on_discord])
@pytest.mark.parametrize(
    ("given", "offered"),
    [
        (card("yes", "mode-draft"), WRITE | {CardAction.APPROVE}),
        (card(None, "mode-draft"), {CardAction.REJECT, CardAction.SNOOZE}),
        (card("yes", "mode-draft", question="did it?"), {CardAction.ARRIVED, CardAction.MISSING}),
        (card("", "mode-draft", closed="rejected"), set()),
    ],
)
def test_any_other_offers_what_may_be_done(
    render: Callable[[Card], Offered], given: Card, offered: set[CardAction]
) -> None:
    assert render(given)[1] == offered
    assert set(given.offered) == offered
