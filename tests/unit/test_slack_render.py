"""Our nouns in Slack's dialect: escaped, within limits, nobody pinged."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.port import Card, CardAction
from bots.platforms.slack import messages, render, words
from bots.platforms.slack.parse import READERS
from bots.platforms.slack.render import SlackOrigin, SlackPress
from core.types import DraftId
from tests.heard import by_sam
from tests.wire.slack_server import SCOPES

MANIFEST = Path(__file__).parents[2] / "deploy" / "slack-manifest.yaml"
DRAFT = DraftId("d:1")
CARD = Card(DRAFT, 3, "Sam <b>", "#general", "a question", by_sam("are you\nfree?"), "yes")
TEXTS = st.text(alphabet=st.sampled_from("ab *_`~<>&|@!#[]()\n:/.h"), max_size=200)


def element(card: Card, action_id: str) -> dict[str, object]:
    [found] = [
        one
        for block in render.card(card).blocks
        if block["type"] == "actions"
        for one in block["elements"]
        if one["action_id"] == action_id
    ]
    return found  # type: ignore[no-any-return]


def buttons(card: Card) -> list[str]:
    actions = [block for block in render.card(card).blocks if block["type"] == "actions"]
    return [one["action_id"] for block in actions for one in block["elements"]]


@pytest.mark.parametrize(
    ("markdown", "mrkdwn"),
    [
        ("**bold** *soft* ~~gone~~", "*bold* _soft_ ~gone~"),
        ("# Plan\ntext", "*Plan*\ntext"),
        ("[a page](https://a.io/x?a=1&b=2)", "<https://a.io/x?a=1&amp;b=2|a page>"),
        ("see https://a.io/a_b*c*", "see https://a.io/a_b*c*"),
        ("`a < b`", "`a &lt; b`"),
        ("```python\nif a < b:\n    **no**\n```", "```\nif a &lt; b:\n    **no**\n```"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("<!channel> <@U1> <#C1> &amp;", "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt; &amp;amp;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[<!here>](https://a.io)", "<https://a.io|&lt;!here&gt;>"),
    ],
)
def test_markdown_becomes_mrkdwn(markdown: str, mrkdwn: str) -> None:
    assert messages.body(markdown) == mrkdwn


@given(TEXTS)
def test_no_text_can_mention_anybody(text: str) -> None:
    for token in re.findall(r"<([^<>]*)>", messages.body(text)):
        assert re.match(r"https?://", token)
    assert messages.body(text).count("<") == messages.body(text).count(">")


@given(st.text(alphabet=st.sampled_from("abc <>&\n.,"), max_size=200))
def test_plain_text_arrives_as_it_was_written(text: str) -> None:
    assert words.plain(messages.body(text), {}) == text


@given(st.text(alphabet="&<>", min_size=1, max_size=messages.TEXT_LIMIT))
def test_even_the_worst_escapes_stay_within_slacks_limit(text: str) -> None:
    assert len(messages.body(text)) <= messages.LONGEST_TEXT


@given(heard=TEXTS, text=TEXTS, times=st.sampled_from([1, 20, 400]), who=TEXTS)
def test_a_card_of_any_length_stays_within_slacks_limits(heard: str, text: str, times: int, who: str) -> None:
    shown = render.card(replace(CARD, who=who, heard=by_sam(heard * times), text=text * times))
    assert len(shown.blocks) <= 50
    for block in shown.blocks:
        if block["type"] == "section":
            assert 1 <= len(block["text"]["text"]) <= 3000
    assert sum(len(json.dumps(block, ensure_ascii=False)) for block in shown.blocks) < 13_000


def test_a_long_draft_is_shown_whole_in_sections() -> None:
    text = " ".join(f"word{number}" for number in range(700))
    shown = json.dumps(render.card(replace(CARD, text=text)).blocks)
    assert all(f"word{number}" in shown for number in range(700))


def test_a_draft_too_long_for_a_card_says_how_much_is_left_out() -> None:
    shown = json.dumps(render.card(replace(CARD, text="word " * 4000)).blocks)
    assert re.search(r"\d+ more characters are in the console", shown)


def test_a_card_shows_who_where_what_and_why() -> None:
    shown = render.card(CARD)
    blocks = json.dumps(shown.blocks)
    assert all(part in blocks for part in ("Sam <b>", "#general", ": are you", "free?", "a question"))
    assert "yes" not in shown.text  # a notification shows who and where
    assert buttons(CARD) == ["us:approve", "us:edit", "us:redraft", "us:reject", "us:snooze", "us:more"]


def test_a_card_shows_what_the_owner_typed_as_it_will_be_sent() -> None:
    typed = replace(CARD, text="**2** <3", typed=True)
    assert "**2** &lt;3" in json.dumps(render.card(typed).blocks)
    assert "*2* &lt;3" in json.dumps(render.card(replace(typed, typed=False)).blocks)


def test_where_nothing_may_be_shown_nothing_can_be_sent() -> None:
    blind = replace(CARD, heard=None, text=None)
    assert buttons(blind) == ["us:reject", "us:snooze", "us:more"]
    assert "Open the console" in json.dumps(render.card(blind).blocks)


def test_a_card_that_asks_whether_it_arrived_offers_to_say_so_alone() -> None:
    for text in ("yes", None):
        asked = replace(
            CARD, heard=None if text is None else CARD.heard, text=text, question="did it arrive?"
        )
        assert buttons(asked) == ["us:arrived", "us:missing"]
        assert "Did it arrive?" in json.dumps(render.card(asked).blocks[0])
        assert "Did it arrive?" in render.card(asked).text
        unsure = (CardAction.ARRIVED, CardAction.MISSING)
        presses = [render.pressed(element(asked, f"us:{action}")) for action in unsure]
        assert presses == [SlackPress(CardAction.ARRIVED, DRAFT, 3), SlackPress(CardAction.MISSING, DRAFT, 3)]


def test_a_closed_card_has_no_buttons_and_says_what_became_of_it() -> None:
    closed = replace(CARD, closed="approved in the console")
    assert buttons(closed) == []
    assert "Approved in the console" in json.dumps(render.card(closed).blocks[0])


@pytest.mark.parametrize("action", CARD.offered)
def test_a_button_says_all_that_is_needed(action: CardAction) -> None:
    press = render.pressed(element(CARD, f"us:{action}"))
    assert press == SlackPress(action, DRAFT, 3, "1h" if action is CardAction.SNOOZE else "")


def test_the_menu_holds_snoozes_and_a_reason() -> None:
    options = element(CARD, "us:more")["options"]
    assert isinstance(options, list)
    presses = [render.pressed({"action_id": "us:more", "selected_option": one}) for one in options]
    spans = [SlackPress(CardAction.SNOOZE, DRAFT, 3, span) for span in ("4h", "1d", "1w")]
    assert presses == [*spans, SlackPress(CardAction.REJECT, DRAFT, 3, why=True)]


@pytest.mark.parametrize(
    "action",
    [
        None,
        {},
        {"action_id": "other", "value": "d:1"},
        {"action_id": "us:approve"},
        {"action_id": "us:approve", "value": "d"},
        {"action_id": "us:approve", "value": "d:-1"},
        {"action_id": "us:approve", "value": "d:١"},
        {"action_id": "us:send", "value": "d:1"},
        {"action_id": "us:more", "selected_option": "x"},
        {"action_id": "us:more", "selected_option": {"value": "9y:d:1"}},
    ],
)
def test_any_other_button_is_not_ours(action: object) -> None:
    assert render.pressed(action) is None


@pytest.mark.parametrize("action", list(render.ASKED))
def test_a_modal_keeps_what_it_is_about(action: CardAction) -> None:
    origin = SlackOrigin(action, DRAFT, 3, "D1", "1.5")
    view = render.modal(origin, "yes")
    assert render.origin(view["callback_id"], view["private_metadata"]) == origin
    assert len(view["title"]["text"]) <= 24


@pytest.mark.parametrize(
    ("callback_id", "kept"),
    [
        ("other", '["d", 1, "D1", "1.5"]'),
        ("edit", '["d", 1, "D1", "1.5"]'),
        ("us:approve", '["d", 1, "D1", "1.5"]'),
        ("us:edit", ""),
        ("us:edit", "{}"),
        ("us:edit", '["d", "1", "D1", "1.5"]'),
        ("us:edit", '["d", true, "D1", "1.5"]'),
        ("us:edit", "5"),
    ],
)
def test_any_other_modal_is_not_ours(callback_id: str, kept: str) -> None:
    assert render.origin(callback_id, kept) is None


def test_what_was_typed_is_found() -> None:
    state = {"values": {render.FIELD: {render.FIELD: {"type": "plain_text_input", "value": " so "}}}}
    assert render.typed(state) == "so"
    for other in ({}, {"values": None}, {"values": {render.FIELD: {render.FIELD: {"value": None}}}}):
        assert render.typed(other) == ""


def test_a_long_notice_comes_in_parts() -> None:
    parts = messages.notice("a line\n\n" * 1000)
    assert len(parts) > 1
    assert all(len(part.text) <= 4000 for part in parts)


def listed(key: str) -> set[str]:
    """The list under a key of the manifest."""
    found = re.search(rf"^( *){key}:\n((?:\1 +- .+\n)+)", MANIFEST.read_text(), re.MULTILINE)
    assert found is not None
    return set(re.findall(r"- (\S+)", found[2]))


def test_the_manifest_asks_for_what_the_adapter_uses() -> None:
    reading = {"app_mentions:read", "reactions:read", "commands"}
    assert listed("bot") == {scope for needed in SCOPES.values() for scope in needed} | reading
    assert listed("user") == {"chat:write"}
    events = {one.partition(".")[0] for one in listed("bot_events")}
    # Slack asks for the second of the assistant's events too; it changes nothing here.
    assert events == set(READERS) | {"assistant_thread_context_changed"}
    manifest = MANIFEST.read_text()
    assert "socket_mode_enabled: true" in manifest
    assert re.search(r"interactivity:\n +is_enabled: true", manifest)
    assert "command: /understudy" in manifest
    assert "messages_tab_enabled: true" in manifest
