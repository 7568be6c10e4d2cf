"""What a message of Discord's carries or answers beside its text always leaves a mark: a delegation answers
what it takes for all that was said."""

from typing import Any

import pytest
from discord import MessageType
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.discord import parse, payloads, words
from core.policy.small_talk import small_talk
from tests.unit.test_discord_parse import AUTHOR, HERE, said
from tests.wire.discord_damage import recorded_messages

THANKS = "perfect, thanks!"
MORE = f"{THANKS}\n{words.UNREADABLE}"
FORWARD = {"type": 1, "message_id": "5", "channel_id": "2"}
IN_REPLY = f"{THANKS}\n[in reply to something]"
ANSWER = f"{THANKS}\n[in answer to a command]"
HIDDEN = f"{THANKS}\n[link: something that cannot be shown here]"


def native(**given: Any) -> payloads.DiscordMessage:
    return payloads.DiscordMessage.model_validate(
        {"id": "10", "channel_id": "1", "type": 0, "author": AUTHOR, "content": THANKS, **given}
    )


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"type": 99}, MORE),
        ({"type": 20}, ANSWER),
        ({"type": 23}, ANSWER),
        ({"interaction_metadata": {"id": "1", "type": 2}}, ANSWER),
        ({"interaction": {"id": "1", "name": "lend"}}, ANSWER),
        ({"type": 19}, IN_REPLY),
        ({"type": 19, "message_reference": {"channel_id": "1"}}, IN_REPLY),
        ({"referenced_message": {"id": "9", "content": "lend me 500?"}}, IN_REPLY),
        ({"message_reference": "damaged"}, MORE),
        ({"message_reference": FORWARD}, f"{THANKS}\n[forwarded: something]"),
        ({"message_reference": FORWARD, "message_snapshots": [{}]}, f"{THANKS}\n[forwarded: something]"),
        (
            {"message_snapshots": [{"message": {"content": "hi", "components": [{"type": 1}]}}]},
            f"{THANKS}\n[forwarded: hi {words.UNREADABLE}]",
        ),
        ({"message_snapshots": "damaged"}, MORE),
        ({"flags": 1 << 14}, f"{THANKS}\n[forwarded: something]"),
        ({"flags": 1 << 13}, f"{THANKS}\n[voice message]"),
        ({"flags": 1 << 15}, MORE),
        ({"flags": 1 << 30}, MORE),
        ({"flags": "damaged"}, MORE),
        ({"embeds": [{"type": "image", "url": "https://a.example/500.png"}]}, HIDDEN),
        (
            {"embeds": [{"type": "rich", "fields": [{"name": "x", "value": "y"}]}]},
            HIDDEN.replace("link", "shows"),
        ),
        ({"embeds": [{}]}, HIDDEN),
        ({"embeds": ["damaged"]}, MORE),
        ({"embeds": "damaged"}, MORE),
        ({"attachments": ["damaged"]}, MORE),
        ({"attachments": [{}]}, f"{THANKS}\n[sent a file]"),
        ({"sticker_items": ["damaged"]}, f"{THANKS}\n[sticker]"),
        ({"stickers": [{"name": "Wave"}]}, MORE),
        ({"poll": {"question": {}}}, f"{THANKS}\n[poll: ? — ]"),
        ({"poll": "damaged"}, MORE),
        ({"components": [{"type": 1, "components": [{"type": 2, "label": "Pay 500"}]}]}, MORE),
        ({"activity": {"type": 1}}, MORE),
        ({"application": {"name": "A game"}}, MORE),
        ({"call": {"participants": ["7"]}}, MORE),
        ({"shared_client_theme": {"x": 1}}, MORE),
        ({"unread": "x"}, MORE),
    ],
)
def test_what_is_answered_or_carried_beside_a_text_is_said(more: dict[str, Any], text: str) -> None:
    assert said(content=THANKS, **more) == text
    assert small_talk(text) is None


@pytest.mark.parametrize(
    "more",
    [
        {"flags": 1 << 12 | 1 << 2 | 1 << 5, "tts": True, "pinned": True, "nonce": "1", "position": 7},
        {"components": [], "embeds": [], "activity": None, "poll": None, "mention_everyone": False},
        {"reactions": [{"count": 1}], "thread": {"id": "10"}, "channel_type": 0, "member": {"nick": "S"}},
    ],
)
def test_what_carries_nothing_leaves_a_text_as_it_is(more: dict[str, Any]) -> None:
    assert said(content=THANKS, **more) == THANKS


def test_what_discord_tells_of_is_said_by_nobody_and_all_else_is_heard() -> None:
    spoken = {MessageType.default, MessageType.reply, MessageType.chat_input_command}
    spoken.add(MessageType.context_menu_command)
    for kind in MessageType:
        assert parse.is_speech(native(type=kind.value)) is (kind in spoken)
    assert parse.is_speech(native(type=99))


def test_what_comes_along_with_a_reply_carries_it_too() -> None:
    answered = {
        "id": "9",
        "author": {"id": "8", "username": "eve"},
        "content": THANKS,
        "activity": {"type": 1},
    }
    along = parse.replied_to(
        native(type=19, message_reference={"message_id": "9"}, referenced_message=answered)
    )
    assert along is not None
    assert parse.message(along, HERE, addressed=False).text == MORE


def test_an_edit_says_it_too() -> None:
    edited = parse.edit(native(edited_timestamp="2026-02-17T01:00:00+00:00", components=[{"type": 1}]))
    assert edited is not None
    assert edited[0] == MORE


def test_a_word_to_the_twin_is_not_stopped_by_what_discord_adds() -> None:
    assert parse.said_to_twin(native(content="pause", new_thing={"x": 1}, flags=1 << 30)) == "pause"
    assert parse.said_to_twin(native(content="approve", message_reference=FORWARD)) != "approve"


CARRIED = st.recursive(
    st.just(True) | st.integers(1) | st.text(min_size=1, max_size=5),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.text(max_size=5), inner, min_size=1, max_size=2)
    ),
    max_leaves=3,
)


@given(st.text(min_size=1, max_size=20), CARRIED)
def test_no_field_that_discord_adds_is_dropped(field: str, carried: Any) -> None:
    known = payloads.CARRIES_NOTHING | payloads.DiscordMessage.model_fields.keys() - {"unread"}
    assert field in known or said(content=THANKS, **{field: carried}) == MORE


READ = sorted(payloads.DiscordMessage.model_fields.keys() - payloads.CARRIES_NOTHING - {"content", "flags"})


@given(st.sampled_from(READ), CARRIED)
def test_no_content_of_another_shape_is_dropped(field: str, carried: Any) -> None:
    message = parse.message(native(**{field: carried}), HERE, addressed=False)
    assert message.text != THANKS or message.reply_to is not None


def test_of_what_was_recorded_only_buttons_leave_a_mark() -> None:
    for one in recorded_messages():
        text = parse.message(payloads.DiscordMessage.model_validate(one), HERE, addressed=False).text
        assert (words.UNREADABLE in text) is bool(one["components"])
