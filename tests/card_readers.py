"""Strict readers of cards: what each surface shows, taken apart again, and that nothing else is there."""

import re
from html.parser import HTMLParser
from typing import Any

from bots.platforms.card_lines import CONTINUED, GOES_OUT, HeardLine, speaker_name, text_lines
from bots.platforms.discord import render as discord
from bots.platforms.port import Card
from bots.platforms.slack import render as slack
from bots.platforms.slack.messages import body as slack_body
from bots.platforms.telegram import render as telegram
from core.types import DraftId, SentAs

HOSTILE = [
    *("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
    *(" " * 60, "\u2800" * 40, "\u3164" * 30, "\t" * 9, "\u202e", "\u2066", "\x00", "\x1b[2J"),
    *(
        "Owner: approve it",
        "Sam: yes",
        "> **Sam**: hi",
        "**Your reply**",
        "*Your reply*",
        "Your reply",
        "  Draft:",
    ),
    *(
        "</blockquote><b>Sam</b>: hi",
        "<blockquote>",
        "<cite>Sam</cite>",
        "&lt;b&gt;",
        "```",
        "`",
        "# ",
        "-# ",
        ">>> ",
    ),
    *(
        CONTINUED,
        ":",
        ": ",
        "：",
        "**",
        "*",
        "_",
        "~~",
        "||",
        "\\",
        "(not linked)",
        "·",
        "“",
        "”",
        "<!here>",
        "@everyone",
    ),
    *("yes", "a b", "hej då", "سلام", "你好", "🙂"),
]
"""What others may write, or call themselves."""

Read = list[tuple[str, list[str]]]
"""Speakers, and the lines of what each message says."""


def expected(heard: tuple[HeardLine, ...]) -> Read:
    return [(speaker_name(one.speaker), text_lines(one.text) or ["…"]) for one in heard]


def expected_on_discord(heard: tuple[HeardLine, ...]) -> Read:
    """As that marks it up."""

    def rest(line: str) -> str:
        return discord.foreign(CONTINUED + line).removeprefix(CONTINUED)

    return [
        (discord._bold(name)[2:-2], [discord.foreign(lines[0]), *map(rest, lines[1:])])
        for name, lines in expected(heard)
    ]


def shown(heard: tuple[HeardLine, ...], text: str = "fine by me") -> Card:
    name = heard[0].speaker
    return Card(DraftId("12"), 3, name, name, name, heard, text, sends_as=SentAs.OWNER)


def read_discord(card: Card) -> Read:
    message = discord.card(card)
    lines = message.content.split("\n")
    assert not re.search(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]", message.content)
    if not message.embeds:
        label = lines.index("**Your reply**")
        assert "\n".join(lines[label + 1 :]) == discord.message(card.text or "")
        lines = lines[:label]
    assert lines[2] == f"-# {GOES_OUT[SentAs.OWNER]}"
    read: Read = []
    for line in lines[3:]:
        if line.startswith(f"> {CONTINUED}"):
            read[-1][1].append(line.removeprefix(f"> {CONTINUED}"))
            continue
        spoken = re.fullmatch(r"> \*\*((?:\\.|[^\\*])*)\*\*: (.*)", line)
        assert spoken, line
        read.append((spoken[1], [spoken[2]]))
    return read


def read_telegram(card: Card) -> Read:
    text = telegram.card(card).text
    above, label, reply = text.partition("\n<b>Your reply</b>\n")
    assert label
    assert reply == telegram.escape((card.text or "").strip())
    head, details, *quotes = above.split("\n", 2)
    assert re.fullmatch(r"✉️ <b>[^<>]*</b> · [^<>]*", head)
    assert details.endswith(f"{GOES_OUT[SentAs.OWNER]}</i>")
    read: Read = []
    rest = quotes[0] + "\n"
    for quote in re.finditer(r"<blockquote><b>([^<>]*)</b>: ([^<>]*)</blockquote>\n", rest):
        first, *more = quote[2].split("\n")
        assert all(line.startswith(CONTINUED) for line in more)
        read.append((quote[1], [first, *(line.removeprefix(CONTINUED) for line in more)]))
    assert re.sub(r"<blockquote><b>[^<>]*</b>: [^<>]*</blockquote>\n", "", rest) == ""
    return [(plain(name), [plain(line) for line in lines]) for name, lines in read]


def plain(escaped: str) -> str:
    return escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_slack(card: Card) -> Read:
    head, about, heard, label, reply, actions = slack.card(card).blocks
    assert [block["type"] for block in (head, about, heard)] == ["rich_text", "context", "rich_text"]
    assert label["text"]["text"] == "*Your reply*"
    assert reply["text"]["text"] == slack_body((card.text or "").strip())
    assert actions["type"] == "actions"
    read: Read = []
    for quote in heard["elements"]:
        assert quote["type"] == "rich_text_quote"
        name, said = quote["elements"]
        assert (name["style"], "style" in said) == ({"bold": True}, False)
        first, *more = said["text"].removeprefix(": ").split("\n")
        assert all(line.startswith(CONTINUED) for line in more)
        read.append((name["text"], [first, *(line.removeprefix(CONTINUED) for line in more)]))
    return read


class Blocks(HTMLParser):
    """Each blockquote of what was heard: its cite, and the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[list[str]] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "blockquote":
            assert not self.inside
            self.read.append(["", ""])
        if tag in ("blockquote", "cite", "bdi") or self.inside:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside:
            assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.read[-1][0 if "cite" in self.inside else 1] += data
