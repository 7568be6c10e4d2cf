"""What a model marks is shown marked by each platform, its signs nowhere, and all else as it stands.

Each platform has a reader here that reads what it is given as the platform's own clients do: Telegram's and
Slack's are exact, Discord's goes by CommonMark's rules for signs, which are stricter than its own.
"""

import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bots.platforms.discord import render as discord
from bots.platforms.graphemes import units
from bots.platforms.markdown import Mark, read
from bots.platforms.slack import messages as slack
from bots.platforms.slack.words import unescape
from bots.platforms.telegram import render as telegram

B, IT, S, C = Mark.BOLD, Mark.ITALIC, Mark.STRUCK, Mark.CODE
Shown = list[tuple[str, frozenset[Mark]]]
"""Letter by letter, with how each is shown."""


def on_telegram(text: str) -> Shown:
    sent = telegram.body(text)
    shown: list[tuple[str, set[Mark]]] = []
    for char in sent.text:
        shown += [(char, set()), *([("", set())] if units(char) == 2 else [])]
    kinds = {kind: mark for mark, kind in telegram.KINDS.items()}
    for part in sent.marked:
        for _, marks in shown[part.offset : part.offset + part.length]:
            marks |= {kinds[part.kind]} if part.kind in kinds else set()
    return [(char, frozenset(marks)) for char, marks in shown if char not in ("", telegram.JOINER)]


def on_slack(text: str) -> Shown:
    shown: Shown = []
    styles = {style: mark for mark, style in slack.STYLES_OF_TEXT.items()}
    for block in slack.message(text).blocks:
        for part in block["elements"]:
            for element in part["elements"]:
                marks = {styles[style] for style in element.get("style", {})}
                marks |= {Mark.BLOCK} if part["type"] == "rich_text_preformatted" else set()
                said = element.get("text") or element.get("url") or f":{element['name']}:"
                shown += [(char, frozenset(marks)) for char in said]
    return shown


DISCORD = re.compile(
    r"```\w*\n(?P<block>.*?)\n```|(?P<ticks>`{1,2})(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|\[(?P<label>(?:\\.|[^\]\\])*)\]\(https?://\S*\)|<(?P<closed>https?://[^\s<>]+)>|(?P<address>https?://[^\s<>]+)|(?P<run>\*+|_+|~+)|(?P<char>.)",
    re.DOTALL,
)
BY_SIGN = {("*", 1): IT, ("*", 2): B, ("_", 1): IT, ("~", 2): S}


def on_discord(text: str) -> Shown:
    """https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis, for the signs that we write."""
    return _discord(discord.message(text))


def _discord(markup: str) -> Shown:
    shown: list[tuple[str, set[Mark]]] = []
    opened: list[_Opened] = []
    for token in DISCORD.finditer(markup):
        kind = token.lastgroup or ""
        if kind != "run" or token["run"] in ("~", "~~~"):
            if kind == "label":
                shown += [(char, set(marks)) for char, marks in _discord(token["label"])]
            else:
                marks = {"code": {C}, "block": {Mark.BLOCK}}.get(kind, set[Mark]())
                shown += [(char, set(marks)) for char in token[kind]]
            continue
        sign, left = token["run"][0], len(token["run"])
        before, after = markup[token.start() - 1 : token.start()], markup[token.end() : token.end() + 1]
        opens, closes = _flanks(sign, before, after), _flanks(sign, after, before)
        length, is_both = left, opens and closes
        while left and closes:
            at = next(
                (
                    at
                    for at in range(len(opened) - 1, -1, -1)
                    if opened[at].sign == sign and not _of_three(opened[at], length, is_both)
                ),
                None,
            )
            if at is None:
                break
            opener = opened[at]
            size = 2 if min(left, opener.left) > 1 else 1
            for _, marks in shown[opener.start :]:
                marks.add(BY_SIGN[sign, size])
            left -= size
            opener.left -= size
            del opened[at + bool(opener.left) :]
        if left and opens:
            opened.append(_Opened(sign, left, length, is_both, len(shown)))
        elif left:
            shown += [(char, set()) for char in sign * left]
    return [(char, frozenset(marks)) for char, marks in shown if char != discord.UNSEEN]


@dataclass
class _Opened:
    sign: str
    left: int
    length: int
    is_both: bool
    start: int


def _of_three(opener: _Opened, length: int, is_both: bool) -> bool:
    of_three = (opener.length + length) % 3 == 0 and (opener.length % 3 or length % 3)
    return bool((is_both or opener.is_both) and of_three)


def _flanks(sign: str, outer: str, inner: str) -> bool:
    if not inner.strip() or (sign == "_" and outer.isalnum()):
        return False
    return not _mark(inner) or not outer.strip() or _mark(outer)


def _mark(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "PS"


READERS: dict[str, Callable[[str], Shown]] = {
    "telegram": on_telegram,
    "slack": on_slack,
    "discord": on_discord,
}
everywhere = pytest.mark.parametrize("shown", READERS.values(), ids=READERS)


def words(shown: Shown, mark: Mark) -> list[str]:
    """What is marked so, run by run."""
    marked = "".join(char if mark in marks else "\0" for char, marks in shown)
    return [run for run in marked.split("\0") if run]


@everywhere
@pytest.mark.parametrize(
    ("text", "mark", "marked"),
    [
        ("**重要**です", B, ["重要"]),
        ("これは**重要**です", B, ["重要"]),
        ("**「重要」**です", B, ["「重要」"]),
        ("これは**「重要」**です。", B, ["「重要」"]),
        ("注意：**必ず**、*急いで*！", B, ["必ず"]),
        ("これは*急ぎ*です", IT, ["急ぎ"]),
        ("明日**10時**に", B, ["10時"]),
        ("**중요**합니다", B, ["중요"]),
        ("**'내일'**은 **(꼭)**입니다", B, ["'내일'", "(꼭)"]),
        ("นี่**สำคัญ**มาก", B, ["สำคัญ"]),
        ("ที่**ที่**ที่", B, ["ที่"]),
        ("**Ankara**'da", B, ["Ankara"]),
        ("**URL**s and un**frigging**believable", B, ["URL", "frigging"]),
        ("**Note:**text", B, ["Note:"]),
        ("**😀**です", B, ["😀"]),
        ("*a***b**", B, ["b"]),
        ("**a***b*", IT, ["b"]),
        ("**a *b* c**", B, ["a b c"]),
        ("***both*** ***a* b**", B, ["both", "a b"]),
        ("**a *b***", IT, ["b"]),
        ("**2 * 3**です", B, ["2 * 3"]),
        ("だ~~古い~~よ", S, ["古い"]),
        ("# 見出し*1*\nx", B, ["見出し1"]),
        ("**`code`**です", C, ["code"]),
        ("**a `x` b**です", C, ["x"]),
        ("**https://a.io/x**です", B, ["https://a.io/x"]),
        ("https://a.ioは**重要**です", B, ["重要"]),
        ("**see https://a.io/a**b** now", B, ["see https://a.io/a**b"]),
        ("**[a *page*](https://a.io)**です", B, ["a page"]),
        ("[**page**](https://a.io)", B, ["page"]),
        ("[~~page~~](https://a.io)", S, ["page"]),
        ("**two\nlines**", B, ["two", "lines"]),
        ("~~two\nlines~~", S, ["two", "lines"]),
    ],
)
def test_what_is_marked_is_shown_so_and_its_signs_are_not(
    shown: Callable[[str], Shown], text: str, mark: Mark, marked: list[str]
) -> None:
    assert words(shown(text), mark) == marked
    signs = "".join(char for char, _ in shown(text))
    for _address in ("https://a.io/a**b", " * "):
        signs = signs.replace(_address, "")
    assert "*" not in signs
    assert "~" not in signs


@everywhere
@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 and 2**3**4 and x**2 + y**2 and a*b*c",
        "f(*args, **kwargs) f(*a,*b) f(**a,**b)",
        "snake_case_name __init__ ¯\\_(ツ)_/¯ 5* or 6*",
        "* an item\n* another",
        "** open, ~~ and * too",
        "1 < 2 & 3 > 2 &amp; <b> | a || b",
        "> not my words",
        "nobody@example.com",
        "https://a.io/?q=@x",
        "https://a.io/?q=@everyone&to=@sam_w",
        "https://a.io/*foo*/ https://a.io/*foo*",
        "https://a.io/_x_/~~y~~/a|b/||c||",
        "https://a.io/Foo_(bar)_(baz) (https://a.io/x)",
        "https://a.io/**x** and https://a.io/**",
        "见https://a.io/*foo*/?q=@alexander",
        "여기https://a.io/*foo*/bar 在https://a.io/c?q=**x**",
        "看看https://a.io/~~x~~/y ไปที่https://a.io/*foo*/",
        "パリhttps://a.io/*foo*/",
        "a.b/*foo*/ 10.0.0.1/*a*/ 10.0.0.1:80/*a*/ a.io:8080/_b_/",
        "日本.jp/*a*/",
        "example.com/?q=@sam_w&a=*b*",
        "www.example.com/_x_ mailto:a_b_c@example.com",
        "👨‍👩‍👧 می‌خواهم 🇩🇪 1️⃣ क्षि",
        "\\*not bold\\*",
    ],
)
def test_what_is_not_marked_is_shown_letter_by_letter(shown: Callable[[str], Shown], text: str) -> None:
    assert shown(text) == [(char, frozenset()) for char in text]


TEXTS = st.text(alphabet=st.sampled_from("ab1 重です「」、。*_~`\\\n.,()[]😀ี่가#"), max_size=40)
MARKED = st.lists(
    st.sampled_from(["**", "*", "~~", "`", "_", "a", "b c", " ", "1", "です", "「", "\n# "])
).map("".join)


@everywhere
@given(text=TEXTS | MARKED)
@example(text="***[*~~[~~")
@example(text="**1**** \n1**")
@example(text="**a\n b**")
def test_each_platform_shows_what_was_read(shown: Callable[[str], Shown], text: str) -> None:
    read_as = [(char, piece.marks) for piece in read(text) for char in piece.text]
    if shown is on_telegram:
        read_as = [(char, marks & {C, Mark.BLOCK} or marks) for char, marks in read_as]
    if shown is on_slack:  # where a block stands on lines of its own
        assert _lines(shown(text)) == _lines(read_as)
    else:
        assert shown(text) == read_as


def _lines(shown: Shown) -> Shown:
    return [(char, marks) for char, marks in shown if char != "\n"]


SIGNS = re.compile(r"[*_~`#\[\]:]")


@given(st.text(max_size=200))
def test_reading_loses_nothing_but_signs(text: str) -> None:
    pieces = "".join(piece.text for piece in read(text))
    without = re.compile(r"[*_~`#\[\]()\s]|(?:[\w+#-]{0,30}\n)")
    assert without.sub("", pieces) in without.sub("", text) or "](" in text or "```" in text
    if not SIGNS.search(text):
        assert pieces == text


@given(st.text(alphabet=st.sampled_from("@evryonhcal <>!#&|*_`ab\n.:/")).map(lambda text: f"{text} @sam_w"))
def test_no_text_of_a_model_pings(text: str) -> None:
    said = telegram.body(text)
    literal = [(p.offset, p.offset + p.length) for p in said.marked if p.kind in ("code", "pre")]
    addresses = [piece.text for piece in read(text) if piece.is_itself]
    plain = said.text
    for start, end in literal:
        plain = plain[:start] + " " * (end - start) + plain[end:]
    for address in addresses:
        plain = plain.replace(address, "")
    assert not re.search(r"(?<![\w@/.])@[A-Za-z]\w{2,31}", plain)
    for block in slack.message(text).blocks:
        kinds = {element["type"] for part in block["elements"] for element in part["elements"]}
        assert kinds <= {"text", "link", "emoji"}
    assert all(token.startswith("http") for token in re.findall(r"<([^<>]*)>", slack.message(text).text))


@pytest.mark.parametrize(
    ("text", "mrkdwn"),
    [
        ("**重要**です", "*重要*\u200bです"),
        ("これは**重要**です", "これは\u200b*重要*\u200bです"),
        ("(**so**) ***it*** is", "(*so*) *\u200b_it_\u200b* is"),
        ("**a***b*", "*a*\u200b_b_"),
    ],
)
def test_where_slack_shows_no_blocks_its_signs_stand_at_the_edge_of_words(text: str, mrkdwn: str) -> None:
    assert slack.message(text).text == mrkdwn
    assert "**" not in unescape(slack.body(text))


def test_names_of_emoji_are_emoji_on_slack() -> None:
    (block,) = slack.message("done :tada: at 10:30:45 :+1::skin-tone-3:").blocks
    elements: list[dict[str, Any]] = block["elements"][0]["elements"]
    assert elements == [
        {"type": "text", "text": "done "},
        {"type": "emoji", "name": "tada"},
        {"type": "text", "text": " at 10:30:45 "},
        {"type": "emoji", "name": "+1", "skin_tone": 3},
    ]


HOSTILE = ("[", "`", "*", "**a ", "*a", "**a**", "_a ", "`a``", "```a", "a.", "~~a", "\n# ", "[a](https://")
HOSTILE_ADDRESSES = ("**http://a**b ", "https://(", "www.", "[a](", "](", "*https://a*")


@pytest.mark.parametrize("shown", [telegram.body, slack.message, discord.message])
@pytest.mark.parametrize("piece", [*HOSTILE, *HOSTILE_ADDRESSES])
def test_hostile_text_takes_no_time(shown: Callable[[str], object], piece: str) -> None:
    times = 10_000 // len(piece)
    spent = []
    for factor in (1, 4):
        begun = time.process_time()
        shown(piece * times * factor)
        spent.append(time.process_time() - begun)
    assert spent[1] < max(3.0, 12 * spent[0])


def test_an_address_with_a_long_end_takes_no_time() -> None:
    begun = time.process_time()
    for end in (")", "].,", "**", ")_"):
        read("https://a" + end * 50_000)
    assert time.process_time() - begun < 4
