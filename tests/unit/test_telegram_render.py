"""What Telegram is given to show."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.graphemes import units
from bots.platforms.port import Card, CardAction
from bots.platforms.telegram.render import (
    LONGEST_BUTTON_DATA,
    LONGEST_TEXT,
    TEXT_LIMIT,
    MarkedPart,
    TelegramPrompt,
    Text,
    body,
    button,
    card,
    cut,
    notice,
    plain,
    prompt_text,
    prompted,
)
from core.types import DraftId
from tests.heard import by_sam

SHOWN = Card(
    DraftId("12"), 3, "Sam", "DM", "drafts here wait for you", by_sam("Coming tonight?"), "Yes, at 8."
)
TAGS = re.compile(r"</?(?:b|i|a|code|pre|blockquote)(?: [^<>]*)?>")


def without_tags(text: str) -> str:
    return html.unescape(TAGS.sub("", text))


def test_a_text_with_nothing_marked_goes_out_letter_by_letter() -> None:
    text = "1 < 2 & it's 2 * 3 * 4, snake_case_name"
    assert body(text) == Text(text)


@pytest.mark.parametrize(
    ("text", "shown", "marked"),
    [
        ("**bold** & <b>", "bold & <b>", [MarkedPart("bold", 0, 4)]),
        ("😀 *it* is", "😀 it is", [MarkedPart("italic", 3, 2)]),
        ("`a < b`", "a < b", [MarkedPart("code", 0, 5)]),
        ("```py\nx = '<'\n```", "x = '<'", [MarkedPart("pre", 0, 7, language="py")]),
        ("[here](https://a.example/?x=1)", "here", [MarkedPart("text_link", 0, 4, "https://a.example/?x=1")]),
        ("[me](tg://user?id=1) `x`", "[me](tg://user?id=1) x", [MarkedPart("code", 21, 1)]),
        ("**a *b* c**", "a b c", [MarkedPart("bold", 0, 5), MarkedPart("italic", 2, 1)]),
    ],
)
def test_light_markdown_becomes_entities(text: str, shown: str, marked: list[MarkedPart]) -> None:
    assert body(text) == Text(shown, tuple(marked))


def test_nobody_is_pinged_by_a_name_in_the_text() -> None:
    for text in ("@everyone look", "ask (@sam_w)", "**@sam_w**", "[@sam_w](https://a.example)"):
        assert re.search(r"@\w", body(text).text) is None
    assert plain("sam@example.com") == "sam@example.com"


@given(st.text(alphabet="@ab😀 *`[]()\n", max_size=TEXT_LIMIT))
def test_a_part_of_the_limit_fits_whatever_it_is_made_of(text: str) -> None:
    assert units(body(text).text) <= LONGEST_TEXT


def test_a_whole_limit_of_emoji_fits() -> None:
    assert units(body("😀" * TEXT_LIMIT).text) <= LONGEST_TEXT


@given(
    st.text(alphabet="a😀<&@\n ", max_size=6000),
    st.text(alphabet="a😀<&\n ", max_size=6000),
    st.text(alphabet="a😀<&", max_size=600),
    st.sampled_from(["", "approved in the console " * 50]),
)
def test_a_card_of_any_content_fits_into_one_message(heard: str, text: str, who: str, closed: str) -> None:
    shown = card(Card(DraftId("12"), 3, who, who, who, by_sam(heard), text, closed))
    assert units(without_tags(shown.text)) <= LONGEST_TEXT
    assert "<" not in TAGS.sub("", shown.text)


def test_a_card_shows_who_where_what_the_draft_and_why() -> None:
    shown = card(SHOWN)
    for part in ("Sam", "DM", "Coming tonight?", "Yes, at 8.", "drafts here wait for you"):
        assert part in shown.text
    actions = [found[0] for row in shown.rows for one in row if (found := button(one.data))]
    assert actions == [
        CardAction.APPROVE,
        CardAction.EDIT,
        CardAction.REDRAFT,
        CardAction.REJECT,
        CardAction.SNOOZE,
    ]


def test_a_card_that_may_not_show_the_draft_offers_nothing_that_sends_it() -> None:
    shown = card(Card(DraftId("12"), 3, "Sam", "Slack", "why", None, None))
    actions = [found[0] for row in shown.rows for one in row if (found := button(one.data))]
    assert actions == [CardAction.REJECT, CardAction.SNOOZE]
    assert "console" in shown.text


def test_a_card_that_asks_whether_it_arrived_offers_to_say_so_alone() -> None:
    for text in ("Yes, at 8.", None):
        heard = None if text is None else by_sam(text)
        shown = card(Card(DraftId("12"), 3, "Sam", "DM", "why", heard, text, question="did it arrive?"))
        actions = [found[0] for row in shown.rows for one in row if (found := button(one.data))]
        assert actions == [CardAction.ARRIVED, CardAction.MISSING]
        assert "did it arrive?" in shown.text


def test_a_closed_card_has_no_buttons_and_says_what_became_of_it() -> None:
    shown = card(Card(DraftId("12"), 3, "Sam", "DM", "why", by_sam("hi"), "yes", "approved in the console"))
    assert shown.rows == ()
    assert "approved in the console" in shown.text


def test_a_button_holds_draft_and_revision_and_fits() -> None:
    for row in card(SHOWN).rows:
        for one in row:
            found = button(one.data)
            assert found is not None
            assert found[1:] == ("12", 3)
            assert len(one.data.encode()) <= LONGEST_BUTTON_DATA


@given(st.text(max_size=70))
def test_any_button_data_is_ours_or_nothing(data: str) -> None:
    found = button(data)
    assert found is None or found[0] in CardAction


def test_a_prompt_is_known_again_from_what_was_kept() -> None:
    prompt = TelegramPrompt(CardAction.EDIT, DraftId("12"), 3)
    assert prompted(prompt.kept()) == prompt
    assert prompted(None) is None
    assert prompted("nothing of ours") is None
    assert "&lt;3" in prompt_text(prompt, "<3")


def test_what_is_cut_says_how_much_is_missing() -> None:
    short = cut("😀" * 500, 400)
    assert units(short) <= 400
    assert "more characters are in the console" in short


def test_a_long_notice_is_split_and_loses_nothing() -> None:
    told = notice(" ".join(["word"] * 2000))
    assert all(len(one) <= TEXT_LIMIT for one in told)
    assert " ".join(told).split() == ["word"] * 2000
