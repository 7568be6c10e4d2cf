"""What Discord is sent."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.platforms.discord import render
from bots.platforms.discord.render import DiscordPress, DiscordShown
from bots.platforms.port import Card, CardAction
from bots.platforms.split import split_text
from core.types import DraftId
from tests.heard import by_sam

DRAFT = DraftId("7")
MARKUP = st.text(alphabet="ab1 \n*_`~|<>@#:/\\[]()-everyonehttps.&!", max_size=render.TEXT_LIMIT)
PING = re.compile(r"@everyone|@here|<(@[!&]?|#)\d+>")


def labels(shown: DiscordShown) -> list[str]:
    return [one.label for row in shown.rows for one in row]


@pytest.mark.parametrize(
    "text",
    [
        "Yes, at six!",
        "**bold** and *slanted* and ~~gone~~ and `code*`",
        "これは**重要**です",
        "```py\nx = a * b * c  # @everyone\n```",
        "https://example.org/a_b_c*d*?x=_y_",
        "[the page](https://example.org/a_b)",
        "- one\n- two\n1. three",
        "snake_case and 5 * 6 and ~5 and a|b and I <3 it",
    ],
)
def test_light_markdown_goes_as_it_is(text: str) -> None:
    assert render.message(text) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("2*3*4", "2\\*3\\*4"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("¯\\_(ツ)_/¯", "¯\\\\\\_(ツ)\\_/¯"),
        ("# A heading", "**A heading**"),
        ("_so_", "*so*"),
        (">>> not a quote", "\\>>> not a quote"),
        ("-# not small", "\\-# not small"),
        ("||seen||", "\\|\\|seen\\|\\|"),
        ("~~~kept~~~", "\\~\\~\\~kept\\~\\~\\~"),
        ("one ` tick", "one \\` tick"),
        ("hi @everyone and **@here**", "hi @\u200beveryone and **@\u200bhere**"),
        ("<@12> <@&3> <#4> <:a:5> <t:6>", "<\u200b@12> <\u200b@&3> <\u200b#4> <\u200b:a:5> <\u200bt:6>"),
    ],
)
def test_what_would_change_its_meaning_is_escaped(text: str, sent: str) -> None:
    assert render.message(text) == sent


@given(MARKUP)
def test_a_message_never_grows_too_long(text: str) -> None:
    assert len(render.message(text)) <= render.LIMIT


@given(MARKUP.filter(lambda text: len(text) < 900 and "`" not in text and "http" not in text))
def test_nothing_pings(text: str) -> None:
    assert not PING.search(render.message(text + " @everyone <@12> @here <@&3>"))


@given(MARKUP)
def test_what_others_wrote_has_no_links_and_no_code(text: str) -> None:
    shown = render.foreign(text)
    assert not PING.search(shown)
    assert not re.search(r"(?<!\\)(\\\\)*\[[^\]]*(?<!\\)(\\\\)*\]\(", shown)


def test_the_parts_of_a_long_reply_fit() -> None:
    text = " ".join(f"word_{number}_ *{number}*" for number in range(900))
    parts = split_text(text, render.TEXT_LIMIT)
    assert len(parts) > 5
    assert all(len(render.message(one)) <= render.LIMIT for one in parts)


def card(heard: str | None = "Are you coming?", text: str | None = "Yes!", closed: str = "") -> Card:
    return Card(
        DRAFT, 2, "Sam", "#general", "asks a question", None if heard is None else by_sam(heard), text, closed
    )


def test_a_card_tells_who_where_what_and_why() -> None:
    shown = render.card(card(heard="Are you\ncoming?"))
    assert shown.content == (
        "**Sam** · #general\n-# asks a question · revision 2\n"
        "-# from whose account it goes out is not known\n"
        "> **Sam**: Are you\n> ┊ coming?\n**Your reply**\nYes!"
    )
    assert labels(shown)[:5] == ["Approve", "Edit", "Redraft", "Reject", "Snooze"]
    assert shown.rows[0][0].press == DiscordPress(CardAction.APPROVE, DRAFT, 2)


def test_a_card_shows_what_the_owner_typed_as_it_will_be_sent() -> None:
    typed = replace(card(text="# 2*3*4"), typed=True)
    assert render.card(typed).content.endswith("\n# 2*3*4")
    assert render.card(replace(typed, typed=False)).content.endswith("\n**2\\*3\\*4**")


def test_a_card_that_asks_whether_it_arrived_offers_to_say_so_alone() -> None:
    for text in ("Yes!", None, "word " * 700):
        shown = render.card(replace(card(heard=text, text=text), question="did it arrive?"))
        assert labels(shown) == ["It arrived", "It did not"]
        presses = [one.press for row in shown.rows for one in row]
        assert presses == [
            DiscordPress(CardAction.ARRIVED, DRAFT, 2),
            DiscordPress(CardAction.MISSING, DRAFT, 2),
        ]
        assert "Did it arrive?" in shown.content


def test_a_closed_card_has_no_buttons_and_says_what_became_of_it() -> None:
    shown = render.card(card(closed="approved in the console"))
    assert not shown.rows
    assert "approved in the console" in shown.content


def test_a_card_that_may_not_tell_offers_no_approval() -> None:
    shown = render.card(card(heard=None, text=None))
    assert labels(shown) == ["Reject", "Snooze"]
    assert "console" in shown.content


def test_a_long_draft_is_shown_whole_beside_the_message() -> None:
    text = "word " * 700
    shown = render.card(card(text=text))
    assert shown.embeds[0]["description"] == text
    assert "Approve" in labels(shown)


def test_what_cannot_be_read_whole_cannot_be_approved() -> None:
    shown = render.card(card(text="word " * 900))
    assert labels(shown) == ["Reject", "Snooze"]
    assert "console" in shown.content


@given(st.builds(card, st.none() | st.text(), st.none() | st.text(), st.text()))
def test_any_card_fits(given: Card) -> None:
    shown = render.card(given)
    assert len(shown.content) <= render.LIMIT
    assert all(len(one["description"]) <= render.EMBED_LIMIT for one in shown.embeds)


@given(st.text(alphabet="*_|[@\n a>", min_size=500, max_size=6000), st.text(max_size=5000))
def test_a_long_card_fits(heard: str, text: str) -> None:
    shown = render.card(Card(DRAFT, 2, heard, heard, heard, by_sam(heard), text))
    assert len(shown.content) <= render.LIMIT


@given(
    st.sampled_from([*CardAction, "why", "snooze-1h"]),
    st.text(min_size=1, max_size=20),
    st.integers(0, 10**8),
)
def test_a_button_is_read_back_from_its_id(action: str, draft: str, revision: int) -> None:
    press = DiscordPress(action, DraftId(draft), revision)
    custom_id = render.custom_id(press)
    assert len(custom_id) <= 100
    assert render.pressed(custom_id) == press


@pytest.mark.parametrize("given", [None, 5, "", "us:", "hello", "us:approve:7", "us:approve:7:x", "us::7:1"])
def test_other_ids_are_not_ours(given: object) -> None:
    assert render.pressed(given) is None


def test_a_nonce_fits_and_differs() -> None:
    assert render.nonce("short") == "short"
    long = [render.nonce("x" * 40 + end) for end in "ab"]
    assert all(len(one) == 25 for one in long)
    assert long[0] != long[1]
