"""What Telegram is given to show."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.card_lines import units
from bots.platforms.port import Card, CardAction
from bots.platforms.telegram.render import (
    LONGEST_BUTTON_DATA,
    LONGEST_TEXT,
    TEXT_LIMIT,
    TelegramPrompt,
    body,
    button,
    card,
    cut,
    notice,
    plain,
    prompt_text,
    prompted,
    to_html,
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
    sent = body("1 < 2 & it's 2 * 3 * 4, snake_case_name")
    assert sent.text == "1 < 2 & it's 2 * 3 * 4, snake_case_name"
    assert sent.parse_mode is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** & <b>", "<b>bold</b> &amp; &lt;b&gt;"),
        ("*it* is", "<i>it</i> is"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("```py\nx = '<'\n```", "<pre><code class=\"language-py\">x = '&lt;'</code></pre>"),
        ("[here](https://a.example/?x=1&y=2)", '<a href="https://a.example/?x=1&amp;y=2">here</a>'),
        ("[me](tg://user?id=1) `x`", "[me](tg://user?id=1) <code>x</code>"),
    ],
)
def test_light_markdown_becomes_telegrams_html(text: str, shown: str) -> None:
    assert to_html(text) == shown
    assert body(text).parse_mode == "HTML"


def test_nobody_is_pinged_by_a_name_in_the_text() -> None:
    for text in ("@everyone look", "ask (@sam_w)", "**@sam_w**", "[@sam_w](https://a.example)"):
        assert re.search(r"@\w", body(text).text) is None
    assert plain("sam@example.com") == "sam@example.com"


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=300))
def test_html_never_holds_a_tag_that_we_did_not_write(text: str) -> None:
    shown = to_html(text)
    left = TAGS.sub("", shown)
    assert "<" not in left
    assert ">" not in left
    assert re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", left) is None


@given(st.text(alphabet="@ab😀 *`[]()\n", max_size=TEXT_LIMIT))
def test_a_part_of_the_limit_fits_whatever_it_is_made_of(text: str) -> None:
    assert units(without_tags(body(text).text)) <= LONGEST_TEXT


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
