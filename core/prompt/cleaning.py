"""What can be kept of what a model wrote, without asking it again: the reply alone, or that there is none.

Pure. Each step takes away one thing that is no part of a reply, until nothing more comes off.
"""

import re
from collections.abc import Collection

from core.prompt.labels import own_words
from core.prompt.notes import first_alternative, without_asides, without_notes, without_signature
from core.prompt.phrases import without_echo
from core.prompt.preambles import without_preamble
from core.prompt.reasoning import (
    after_thinking_aloud,
    calls_tool,
    is_no_reply,
    outside_thought,
    thinks_aloud,
    unescaped,
)
from core.prompt.runaway import ended
from core.prompt.signs import visible
from core.prompt.wrapping import unwrapped

# What templates put around turns, in the families that are known.
_MARKUP = (
    r"<\|[^<>|\n]{1,40}\|?>|<｜[^<>\n]{1,40}｜>|</?s>|<(?:start|end)_of_turn>|<[eb]os>|<turn\|>|\[\|[^\[\]|\n]{1,30}\|\]|"
    r"\]~!?b\[?\]?|\[e~\[|\[/?INST\]|\[/?SYSTEM_PROMPT\]|<</?SYS>>|\[gMASK\]|<sop>|<extra_id_\d{1,5}>|<pad>|<unk>|"
    r"<im_(?:start|end)>|\|im_(?:start|end)\|>|\[(?:EOS|EOT|END)\]|<(?:EOT|END)>|<0x[0-9A-F]{2}>|<\|\w{0,30}\Z"
)
# Behind a blank, half of a token may be half of anything: the sentence had not ended.
_HALF_TOKEN = re.compile(r"(?<=\w) <\|?\w{0,30}\Z")
_LEADING = re.compile(
    rf"\A(?:\s*(?:{_MARKUP})\s*(?:(?:assistant|model|ai|bot|ipython|final)\b[ \t]*(?=\n|<|\Z|\[|:))?)+",
    re.IGNORECASE,
)
_ANY_TOKEN = re.compile(rf"(?:{_MARKUP}|<\||<｜|</\w{{0,20}}\Z)[\s\S]*", re.IGNORECASE)
# What never ends a sentence, and what does so only where a capital letter or nothing follows.
_NEVER = frozenset(
    """mr mrs ms dr prof st mt sr jr fr rev gen sen capt lt vs viz cf e.g i.e z.b d.h bzw ca approx fig vol ed
    nr tel ext bsp u.a str ул г напр м""".split()  # noqa: SIM905 (a list of words reads better)
)
_OFTEN_NOT = frozenset(("a.m", "p.m", "etc", "usw", "inc", "ltd", "co", "т.д", "т.п"))
_COUNTED = frozenset(("no", "nos", "nr", "n", "p", "pp", "art", "ch", "sec", "п", "стр", "№"))
"""Before a number."""
# What ends one in scripts without blanks needs none behind it.
_SENTENCE_END = re.compile(
    r"""(?<![.!?…])[.!?…؟۔।॥]++["'”’)\]»]*+(?:[^\S\n]*+\n\s*+|(?=\s|$))|[。！？｡]++["'”’)\]」』）]*+\s*+|\n++"""
)
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]+\.)*[^\W\d_]+\Z|№\Z|\d{1,3}\Z")
_BEFORE_LIST = ("", ":", ",", ";", "(", "\n")
_TAIL = 24
"""Characters that tell whether a reply ends where the text does."""
_LONGEST, _LONGEST_REPLY = 40_000, 6_000
"""Characters that are looked at: of all that a model wrote, and of what it says outside of thoughts."""
_ROUNDS = 5
"""What is wrapped deeper, or in more turns, is no reply."""


def clean(
    text: str, owner: str, others: Collection[str], max_sentences: int, *, cut_off: bool = False
) -> str:
    """The owner's reply, in whole sentences, at most so many; empty where the text holds none.

    `owner` and `others` are the speakers' labels. `cut_off`: the model was stopped at its limit, so that
    the last sentence is half of one. Takes time in proportion to the text, up to what is looked at.
    """
    cut_off = cut_off or len(text) > _LONGEST
    text = visible(text[:_LONGEST]).rstrip("\ufffd").strip()
    reply = _reply(text, owner, others)
    single = ended(reply)
    # Where something else came off behind the reply, the reply itself had come to its end.
    open_end = _HALF_TOKEN.sub("", text).rstrip("`\"'”")
    half = cut_off and single == reply and open_end.endswith(reply.rstrip("`\"'”")[-_TAIL:])
    text = _whole(single, max_sentences, cut_off=half)
    for _ in range(_ROUNDS):
        before, text = text, _whole(ended(_reply(text, owner, others)), max_sentences, cut_off=False)
        if text == before:
            return text
    return ""


def _reply(text: str, owner: str, others: Collection[str]) -> str:
    text = outside_thought(unescaped(text))[:_LONGEST_REPLY].strip()
    if calls_tool(text):
        return ""
    text = _ANY_TOKEN.sub("", _LEADING.sub("", text, count=1), count=1).strip()
    text = without_asides(without_echo(text, owner), owner)
    if thinks_aloud(text, owner):
        text = after_thinking_aloud(text)
    for _ in range(_ROUNDS):
        before = text
        text = without_notes(without_preamble(unwrapped(text)))
        text = without_asides(first_alternative(own_words(text, owner, others)).strip(), owner)
        text = without_signature(text, owner)
        if text == before:
            break
    return "" if is_no_reply(text) else text


def _whole(text: str, most: int, *, cut_off: bool) -> str:
    ends: list[int] = []
    in_code, position, number = False, 0, 1
    for match in _SENTENCE_END.finditer(text):
        if most > 0 and len(ends) >= most:
            break
        in_code ^= bool(text.count("```", position, match.end()) % 2)
        position = match.end()
        if _numbers(text, match, number):
            number += 1
        elif not in_code and _ends(text, match, cut_off=cut_off):
            ends.append(match.end())
    if len(ends) >= most > 0:
        return text[: ends[most - 1]].strip()
    if cut_off:
        return text[: ends[-1]].strip() if ends else ""
    return text.strip()


def _numbers(text: str, end: re.Match[str], number: int) -> bool:
    """Whether it is the dot behind the next number of a list: `1. rope 2. milk`."""
    if end.group().rstrip() != ".":
        return False
    digits = str(number)
    start = end.start() - len(digits)
    if start < 0 or not text.startswith(digits, start) or end.end() >= len(text):
        return False
    before = text[max(0, start - 2) : start]
    return before.rstrip(" \t")[-1:] in _BEFORE_LIST if number == 1 else before[-1:].isspace()


def _ends(text: str, end: re.Match[str], *, cut_off: bool) -> bool:
    """Whether the end of a sentence is one: not the dot of an abbreviation, nor of half a number."""
    if not end.group().startswith(".") or end.group()[1:2] == ".":
        return True
    word = _WORD_BEFORE.search(text[max(0, end.start() - 12) : end.start()])
    following = text[end.end() : end.end() + 3].lstrip()[:1]
    if word is None:
        return True
    said = word.group().casefold()
    if said.isdecimal():
        alone = text[: word.start() + max(0, end.start() - 12)].rpartition("\n")[2].strip() == ""
        return not alone and not (cut_off and not following)
    if "\n" in end.group():
        return True
    if said in _NEVER or (said in _COUNTED and following.isdecimal()):
        return False
    return said not in _OFTEN_NOT or not following or following.isupper()
