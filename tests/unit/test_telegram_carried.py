"""What a message of Telegram's carries or answers beside its text always leaves a mark: a delegation answers
what it takes for all that was said."""

from typing import Any

import pytest
import telegram
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.telegram import words
from bots.platforms.telegram.events import TelegramEdited, TelegramHeard
from bots.platforms.telegram.parse import TelegramMalformed, parse
from core.policy.small_talk import small_talk
from tests.unit.test_telegram_parse import BOT, GROUP, OWNER, SAM, Json, heard, message, talk

THANKS = "perfect, thanks!"
ELSEWHERE: Json = {"type": "user", "date": 1, "sender_user": SAM}
STORY: Json = {"chat": {"id": 1, "type": "private", "first_name": "Alex"}, "id": 4}
SOMETHING = f"[{words.SOMETHING}]"
CAPTIONED = f"[{words.SOMETHING}: {THANKS}]"
ABOUT_IT = {
    *("message_id", "date", "chat", "from", "from_user", "sender_chat", "sender_business_bot", "text"),
    *("business_connection_id", "edit_date", "is_from_offline", "message_thread_id", "is_topic_message"),
    *("via_bot", "entities", "caption_entities", "link_preview_options", "_effective_attachment"),
}
"""Fields that are read, and say who, where, when and in which type."""
IS_NO_MESSAGE = {"new_chat_members", "left_chat_member", "forum_topic_created", "forum_topic_edited"}


def whole(given: Json) -> str:
    """All that is heard of it, in words."""
    event = heard(given)
    return event.message.text if event.citation is None else f"{event.citation.text} {event.message.text}"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"reply_to_story": STORY}, f"[replying to a story] {THANKS}"),
        ({"reply_to_story": {}}, f"[replying to a story] {THANKS}"),
        (
            {"external_reply": {"origin": ELSEWHERE, "poll": {"question": "shall i lend you 500?"}}},
            f"[replying to Sam Reed: poll: shall i lend you 500? — ] {THANKS}",
        ),
        (
            {"external_reply": {"origin": ELSEWHERE, "photo": [{"file_id": "x"}]}},
            f"[replying to Sam Reed: sent a photo] {THANKS}",
        ),
        (
            {"external_reply": {"origin": ELSEWHERE, "poll": {"question": "a] b [c"}}},
            f"[replying to Sam Reed: poll: a) b (c — ] {THANKS}",
        ),
        (
            {"external_reply": {"origin": ELSEWHERE}},
            f"[replying to Sam Reed: something said elsewhere] {THANKS}",
        ),
        ({"external_reply": {}}, f"[replying to someone: something said elsewhere] {THANKS}"),
        (
            {"external_reply": {"origin": ELSEWHERE, "hologram": {}}},
            f"[replying to Sam Reed: something said elsewhere] {THANKS}",
        ),
        ({"external_reply": "damaged"}, f"[replying to something said elsewhere] {THANKS}"),
        ({"quote": {"text": "lend me 500?"}}, f"[replying to “lend me 500?”] {THANKS}"),
        ({"quote": {}}, f"[replying to something that cannot be shown here] {THANKS}"),
        ({"reply_to_checklist_task_id": 3}, f"[replying to something that cannot be shown here] {THANKS}"),
        ({"reply_to_poll_option_id": "3"}, f"{THANKS} {SOMETHING}"),
        ({"link_preview_options": {"url": "https://pay.example/500"}}, f"{THANKS} (https://pay.example/500)"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "Pay 500"}]]}}, f"{THANKS} {SOMETHING}"),
        ({"effect_id": "5104858069142078462"}, f"{THANKS} {SOMETHING}"),
        ({"paid_star_count": 500}, f"{THANKS} {SOMETHING}"),
        ({"suggested_post_info": {"state": "pending"}}, f"{THANKS} {SOMETHING}"),
        ({"photo": [{"file_id": "x"}]}, f"{THANKS} [sent a photo]"),
        ({"photo": []}, f"{THANKS} [sent a photo]"),
        ({"story": {}}, f"{THANKS} [shared a story]"),
        ({"pinned_message": {"text": "lend me 500?"}}, f"{THANKS} {SOMETHING}"),
        ({"entities": [{"type": "custom_emoji", "offset": 0, "length": 2}]}, f"{THANKS} {SOMETHING}"),
        ({"entities": [{"type": "date_time", "offset": 0, "length": 2}]}, f"{THANKS} {SOMETHING}"),
        ({"entities": [{"type": "blockquote", "offset": 0, "length": 2}]}, f"{THANKS} {SOMETHING}"),
        ({"forward_from_chat": GROUP}, f"[forwarded from Climbing] {THANKS}"),
    ],
)
def test_what_is_answered_or_carried_beside_a_text_is_said(more: Json, text: str) -> None:
    assert whole(message(THANKS, GROUP, **more)) == text
    assert small_talk(text) is None


@pytest.mark.parametrize("carried", ["paid_media", "live_photo", "gift", "hologram", "checklist_tasks_done"])
def test_a_caption_on_what_is_not_known_is_not_alone(carried: str) -> None:
    assert whole(message(None, GROUP, caption=THANKS, **{carried: {"x": 1}})) == CAPTIONED
    assert whole(message(None, GROUP, caption=THANKS)) == CAPTIONED
    assert whole(message("", GROUP, **{carried: {"x": 1}})) == SOMETHING


@pytest.mark.parametrize(
    "more",
    [
        {"link_preview_options": {"is_disabled": True}},
        {"media_group_id": "7", "sender_boost_count": 2, "sender_tag": "chief", "author_signature": "A"},
        {"has_protected_content": True, "hologram": None, "is_paid_post": False},
        {
            "entities": [
                {"type": "bold", "offset": 0, "length": 7},
                {"type": "spoiler", "offset": 0, "length": 7},
            ]
        },
    ],
)
def test_what_carries_nothing_leaves_a_text_as_it_is(more: Json) -> None:
    assert whole(message(THANKS, GROUP, **more)) == THANKS


def test_the_page_that_a_text_names_is_not_named_again() -> None:
    shown = {"link_preview_options": {"url": "https://a.example/x"}}
    assert whole(message("see a.example/x", GROUP, **shown)) == "see a.example/x"
    link = [{"type": "text_link", "offset": 0, "length": 3, "url": "https://a.example/x"}]
    assert whole(message("see", GROUP, entities=link, **shown)) == "see (https://a.example/x)"


@pytest.mark.parametrize("damaged", [{"poll": 5}, {"entities": [{}]}, {"text": 5}, {"reply_to_message": {}}])
def test_a_message_of_another_shape_is_heard_as_one(damaged: Json) -> None:
    assert whole(message(THANKS, GROUP) | damaged) == SOMETHING
    assert talk(message("/pause") | damaged).text == SOMETHING


def test_what_comes_along_with_a_reply_says_what_it_replied_to() -> None:
    along = message("sure", GROUP, reply_to_story=STORY, **{"from": OWNER})
    quoted = heard(message(THANKS, GROUP, reply_to_message=along)).quoted
    assert quoted is not None
    assert quoted.message.text == "[replying to a story] sure"


def test_an_edit_says_it_too() -> None:
    given = message(THANKS, GROUP, reply_to_story=STORY, hologram=1)
    event = parse({"update_id": 1, "edited_message": given}, BOT)
    assert isinstance(event, TelegramEdited)
    assert event.citation is not None
    assert event.text == f"{THANKS} {SOMETHING}"


def test_a_word_to_the_twin_is_not_stopped_by_what_telegram_adds() -> None:
    assert talk(message("/pause", hologram={"x": 1})).text == "pause"
    assert talk(message("approve", reply_to_story=STORY)).text.startswith("[")
    assert talk(message(None, caption="approve", hologram={})).text.startswith("[")


def bare(given: Json) -> bool:
    """Whether it is taken for its text and no more."""
    try:
        event = parse({"update_id": 1, "business_message": given}, BOT)
    except TelegramMalformed:
        return False
    assert isinstance(event, TelegramHeard)
    said = event.message
    return said.text == THANKS and event.citation is None and said.reply_to is None


KNOWN = sorted(set(telegram.Message.__slots__) - ABOUT_IT - IS_NO_MESSAGE - words.CARRIES_NOTHING)


@pytest.mark.parametrize("field", KNOWN)
@pytest.mark.parametrize("carried", [True, 1, "x", [{"x": 1}], {"x": 1}, {}], ids=str)
def test_no_field_that_the_library_knows_is_dropped(field: str, carried: Any) -> None:
    for text in ("text", "caption"):
        given = {**message(None), field: carried, text: THANKS, "business_connection_id": "c"}
        assert not bare(given) or field == text


@given(
    st.text(st.characters(codec="utf-8", categories=["Ll", "Pc"]), min_size=1, max_size=20),
    st.recursive(
        st.just(True) | st.integers(1) | st.text(min_size=1, max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
        max_leaves=3,
    ),
)
def test_no_field_that_telegram_adds_is_dropped(field: str, carried: Any) -> None:
    known = ABOUT_IT | IS_NO_MESSAGE | words.CARRIES_NOTHING
    assert field in known or not bare(message(THANKS, business_connection_id="c", **{field: carried}))
