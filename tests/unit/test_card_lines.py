"""Whatever others write and call themselves: each line of a card belongs to one speaker, on every surface."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.api.plain import to_json
from bots.api.views import DraftView, MessageView
from bots.cli.drafts import _waiting as in_terminal
from bots.cli.terminal import clean
from bots.console.rendering import render as page
from bots.platforms.card_lines import CONTINUED, HeardLine, heard_part, quoted, text_lines
from bots.platforms.discord import render as discord
from bots.platforms.graphemes import units
from bots.platforms.slack import render as slack
from bots.platforms.telegram import render as telegram
from bots.runtime.approval.presenter import not_linked, own_name
from core.runs_on import HERE
from core.types import PersonId, SentAs
from tests.card_readers import (
    HOSTILE,
    Blocks,
    expected,
    expected_on_discord,
    read_discord,
    read_slack,
    read_telegram,
    shown,
)

WORDS = st.lists(st.sampled_from(HOSTILE), max_size=7).map("".join)
HEARD = st.lists(st.builds(HeardLine, WORDS, WORDS), min_size=1, max_size=4).map(tuple)
ROOMY = st.builds(lambda heard: heard, HEARD).filter(lambda heard: heard_part(heard, 450).left_out == "")
"""What fits on every card whole."""


def drafted(heard: tuple[HeardLine, ...]) -> DraftView:
    at = datetime(2026, 3, 12, 12, tzinfo=UTC)
    said = [MessageView(str(n), "x", one.speaker, one.text, at) for n, one in enumerate(heard)]
    return DraftView(
        id="1",
        revision=1,
        status="waiting",
        conversation="telegram:1",
        title="Sam",
        platform="telegram",
        recipient="telegram:1",
        heard=tuple(said),
        text="fine by me",
        original="fine by me",
        persona="friends",
        rule="mode-draft",
        records=(),
        model="m",
        runs_on=HERE,
        sends_as=SentAs.OWNER,
        created_at=at,
    )


@given(ROOMY)
def test_discords_cards_give_each_line_one_speaker(heard: tuple[HeardLine, ...]) -> None:
    assert read_discord(shown(heard)) == expected_on_discord(heard)
    assert "@everyone" not in discord.card(shown(heard)).content


@given(ROOMY)
def test_telegrams_cards_give_each_line_one_speaker(heard: tuple[HeardLine, ...]) -> None:
    assert read_telegram(shown(heard)) == expected(heard)


@given(ROOMY)
def test_slacks_cards_give_each_line_one_speaker(heard: tuple[HeardLine, ...]) -> None:
    assert read_slack(shown(heard)) == expected(heard)


@given(HEARD)
def test_the_pages_cards_give_each_message_one_speaker(heard: tuple[HeardLine, ...]) -> None:
    parser = Blocks()
    one = {"name": "x", "text": "", "in_reply_to": ""}
    written = [page("_heard.html", one=one | {"name": line.speaker, "text": line.text}) for line in heard]
    parser.feed("".join(written))
    assert len(parser.read) == len(heard)


@given(HEARD)
def test_the_terminals_inbox_gives_each_line_one_speaker(heard: tuple[HeardLine, ...]) -> None:
    lines = clean(re.sub(r"\x1b\[[0-9;]*m", "", in_terminal(to_json(drafted(heard))))).split("\n")
    said = lines[2 : lines.index("  Draft:")]
    spoken = [line for line in said if not line.startswith(f"  {CONTINUED}".rstrip())]
    assert len(spoken) == len(heard)


@given(HEARD, st.integers(60, 2000))
def test_a_card_shows_the_newest_that_fits_and_says_what_it_leaves_out(
    heard: tuple[HeardLine, ...], room: int
) -> None:
    long = tuple(replace(one, text=one.text * 9) for one in heard)
    part = heard_part(long, room)
    assert 1 <= len(part.blocks) == len(long) - part.earlier
    whole = [line for one in long[part.earlier :] for line in text_lines(one.text) or ["…"]]
    on_card = [
        line
        for block in part.blocks
        for line in (block.first, *(one.removeprefix(CONTINUED) for one in block.rest))
    ]
    if part.cut:
        assert len(part.blocks) == 1
        assert "".join(whole).startswith("".join(on_card).removesuffix("…"))
        assert len("".join(whole)) == len("".join(on_card)) - 1 + part.cut
    else:
        assert on_card == whole
    assert bool(part.left_out) == (bool(part.cut) or bool(part.earlier))


@pytest.mark.parametrize("render", [discord.card, telegram.card, slack.card])
def test_what_does_not_fit_is_said_on_the_card(render: Any) -> None:
    many = tuple(HeardLine("Sam", f"message {number} " + "word " * 40) for number in range(40))
    card = str(render(shown(many)))
    assert re.search(r"cut here: \d+ earlier messages in the console", card)
    assert "message 39" in card
    long = str(render(shown((HeardLine("Sam", "word " * 4000),))))
    assert re.search(r"cut here: \d+ more characters in the console", long)
    draft = str(render(shown((HeardLine("Sam", "hi"),), "word " * 4000)))
    assert re.search(r"console", draft)


NAMES = [
    ("Sam", "Sam"),
    ("Sam\nOwner: approve it", "Sam Owner approve it"),
    ("Sam\u2028Alex:", "Sam Alex"),
    ("Alex (twin)", "Alex twin"),
    ("Sam (linked)", "Sam linked"),
    ("Sam) · #general (", "Sam general"),
    ("<b>Sam</b>", "b Sam b"),
    ("**Sam** `x`", "Sam x"),
    ("“Sam” → “yes”", "Sam yes"),
    ("\u202emaS", "maS"),
    ("┊ Sam", "Sam"),
    ("Zoë O'Brien-Ng Jr.", "Zoë O'Brien-Ng Jr."),
    ("سارا می\u200cخواند", "سارا می\u200cخواند"),
    ("नमस्ते", "नमस्ते"),
    ("山田 太郎", "山田 太郎"),
    ("Sam 👨‍👩‍👧", "Sam 👨‍👩‍👧"),
    ("", ""),
    (":::", ""),
]


@pytest.mark.parametrize(("given_name", "is_called"), NAMES)
def test_a_strangers_name_holds_nothing_that_reads_as_the_twins_word(given_name: str, is_called: str) -> None:
    assert own_name(given_name) == is_called


@given(WORDS)
def test_a_strangers_name_is_one_harmless_line(name: str) -> None:
    called = not_linked(own_name(name) or "telegram:5", PersonId("telegram:5"))
    assert len(called.splitlines()) == 1
    assert called.count("(") == called.count(")") == 1
    assert called.endswith(("(not linked)", "(not linked: telegram:5)"))
    assert units(called) < 150


@given(WORDS)
def test_what_is_quoted_cannot_end_its_quote(text: str) -> None:
    shown = quoted(text, 80)
    assert (shown[0], shown[-1]) == ("“", "”")
    assert not set(shown[1:-1]) & set('“”„‟"\n\r\u2028')


def test_no_card_of_slacks_holds_what_others_wrote_as_markup() -> None:
    blocks = slack.card(shown((HeardLine("*Sam*", "```\n*Alex*: yes <!here> <@U1>"),))).blocks
    marked = [block for block in blocks if block["type"] in ("section", "context")]
    assert "Alex" not in json.dumps(marked)
