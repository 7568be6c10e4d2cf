"""What a message of Slack's carries beside its text always leaves a mark: a delegation answers what it takes
for all that was said."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.slack import words
from bots.platforms.slack.events import Said, SlackEdited
from bots.platforms.slack.parse import TOLD, SlackMalformed, parse
from bots.platforms.slack.payloads import SlackMessage
from core.policy.small_talk import small_talk
from tests.unit.test_slack_parse import PAYLOADS, TWIN, envelope, message, rich, said, text

THANKS = "perfect, thanks!"
MORE = f"{THANKS}\n{words.WITH_MORE}"
UNREADABLE = f"{THANKS}\n{words.UNREADABLE}"
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Pay 500"}}
INLINE = {"type": "rich_text_section", "elements": [{"type": "text", "text": THANKS}, "x"]}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": THANKS}}


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"subtype": "new_thing"}, MORE),
        ({"subtype": "huddle_thread", "room": {"id": "R1"}}, MORE),
        ({"subtype": "document_mention"}, MORE),
        ({"subtype": "ekm_access_denied"}, MORE),
        ({"room": {"id": "R1"}}, MORE),
        ({"x_files": ["F1"]}, MORE),
        ({"metadata": {"event_type": "loan_asked", "event_payload": {"sum": 500}}}, MORE),
        ({"metadata": {}}, MORE),
        ({"files": [{}]}, f"{THANKS}\n[sent a file]"),
        ({"files": [{"mode": "tombstone"}]}, f"{THANKS}\n[sent a file]"),
        ({"attachments": [{}]}, UNREADABLE),
        ({"attachments": [{"image_url": "https://a.example/500.png"}]}, UNREADABLE),
        ({"attachments": [{"actions": [BUTTON]}]}, UNREADABLE),
        ({"attachments": [{"text": "hi", "actions": [BUTTON]}]}, f"{THANKS}\nhi\n{words.UNREADABLE}"),
        (
            {"attachments": [{"from_url": "https://a.example", "text": "Lend me 500"}]},
            f"{THANKS}\nLend me 500",
        ),
        ({"attachments": [{"original_url": "https://a.example"}]}, UNREADABLE),
        ({"attachments": [{"is_share": True}]}, f"{THANKS}\n[forwarded from someone: something]"),
        ({"blocks": [{**SECTION, "accessory": BUTTON}]}, UNREADABLE),
        ({"blocks": [SECTION, {"type": "actions", "elements": [BUTTON]}]}, UNREADABLE),
        ({"blocks": [SECTION, {"type": "new"}]}, UNREADABLE),
        ({"blocks": [SECTION, {}]}, UNREADABLE),
        ({"blocks": [SECTION, "x"]}, UNREADABLE),
        ({"blocks": [SECTION, {"type": "rich_text", "elements": "x"}]}, UNREADABLE),
        ({"blocks": rich({"type": "text", "text": THANKS}, {})}, f"{THANKS}{words.UNREADABLE}"),
        (
            {"blocks": rich({"type": "text", "text": THANKS}, {"type": "canvas"})},
            f"{THANKS}{words.UNREADABLE}",
        ),
        ({"blocks": rich({"type": "text", "text": THANKS, "new": 1})}, f"{THANKS}{words.UNREADABLE}"),
        ({"blocks": [{"type": "rich_text", "elements": [INLINE]}]}, f"{THANKS}{words.UNREADABLE}"),
    ],
)
def test_what_is_carried_beside_a_text_is_said(more: dict[str, Any], shown: str) -> None:
    assert text(THANKS, **more) == shown
    assert small_talk(shown) is None


def test_blocks_deeper_than_are_read_leave_a_mark() -> None:
    block: dict[str, Any] = {
        "type": "rich_text_section",
        "elements": [{"type": "text", "text": "lend me 500?"}],
    }
    for _ in range(words.DEEPEST + 1):
        block = {"type": "rich_text_list", "elements": [block]}
    assert text(THANKS, blocks=[SECTION, block]) == UNREADABLE


def test_what_is_sent_with_no_text_is_heard() -> None:
    assert text("", subtype="huddle_thread", room={"id": "R1"}) == words.UNREADABLE
    assert parse(envelope(**message("", user="USLACKBOT", room={"id": "R1"})), TWIN) is None


@pytest.mark.parametrize("damaged", [{"files": "x"}, {"blocks": "x"}, {"text": 5}, {"attachments": [1]}])
def test_a_message_of_another_shape_is_heard_as_one(damaged: dict[str, Any]) -> None:
    event = parse(envelope(**message(THANKS) | damaged), TWIN)
    assert isinstance(event, Said)
    assert event.markup == words.UNREADABLE
    assert parse(envelope(**message(THANKS, user="UTWIN") | damaged), TWIN) is None


def test_a_preview_of_a_link_is_said_by_nobody() -> None:
    for preview in ({"from_url": "https://a.example", "text": "A"}, {"original_url": "https://a.example"}):
        assert text("see <https://a.example|a>", attachments=[preview]) == "see a (https://a.example)"
        blocks = rich({"type": "link", "url": "https://a.example"})
        assert text("", blocks=blocks, attachments=[preview]) == "https://a.example"


@pytest.mark.parametrize(
    "more",
    [
        {"reactions": [{"name": "+1"}], "reply_users": ["U2"], "reply_count": 2, "pinned_to": ["C1"]},
        {"room": None, "x_files": [], "new_flag": False, "language": "", "metadata": None},
        {"blocks": [{**SECTION, "accessory": None, "block_id": "x", "expand": True}]},
        {"metadata": {"event_type": "understudy"}, "bot_id": "B9", "app_id": "A9"},
        {
            "client_msg_id": "x",
            "team": "T1",
            "event_ts": "1.2",
            "channel_type": "im",
            "user_profile": {"x": 1},
        },
    ],
)
def test_what_carries_nothing_leaves_a_text_as_it_is(more: dict[str, Any]) -> None:
    assert text(THANKS, **more) == THANKS


def test_an_edit_and_a_mention_say_it_too() -> None:
    now = message(THANKS, room={"id": "R1"}, edited={"ts": "1767224990.000000"})
    change = {"type": "message", "subtype": "message_changed", "channel": "C1", "message": now}
    event = parse(envelope(**change, previous_message=message(THANKS)), TWIN)
    assert isinstance(event, SlackEdited)
    assert event.markup == MORE
    mention = parse(envelope(**message(THANKS, subtype="new_thing") | {"type": "app_mention"}), TWIN)
    assert isinstance(mention, Said)
    assert mention.markup == MORE


def test_a_word_to_the_twin_is_not_stopped_by_what_slack_adds() -> None:
    assert words.typed(said("pause", new_thing={"x": 1}).markup) == "pause"
    unread = said("approve", blocks=[SECTION | {"accessory": BUTTON}]).markup
    assert words.typed(unread) == unread


KNOWN = {*SlackMessage.model_fields, *words.OF_A_MESSAGE}
CARRIED = st.recursive(
    st.just(True) | st.integers(1) | st.text(min_size=1, max_size=5),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.text(max_size=5), inner, min_size=1, max_size=2)
    ),
    max_leaves=3,
)


@given(st.text(min_size=1, max_size=20), CARRIED)
def test_no_field_that_slack_adds_is_dropped(field: str, carried: Any) -> None:
    assert field in KNOWN or text(THANKS, **{field: carried}) == MORE


@given(st.sampled_from(["blocks", "files", "attachments", "metadata", "subtype"]), CARRIED)
def test_no_content_of_another_shape_is_dropped(field: str, carried: Any) -> None:
    try:
        event = parse(envelope(**message(THANKS, **{field: carried})), TWIN)
    except SlackMalformed:
        assert field in ("metadata", "subtype")
        return
    assert carried in TOLD if event is None else isinstance(event, Said) and event.markup != THANKS


@pytest.mark.parametrize("file", sorted(PAYLOADS.glob("*.json")), ids=lambda file: file.stem)
def test_what_was_recorded_leaves_no_mark(file: Path) -> None:
    for payload in json.loads(file.read_text()).values():
        event = parse(payload, TWIN) if isinstance(payload, dict) and "event" in payload else None
        if isinstance(event, Said):
            assert "cannot be shown" not in event.markup
