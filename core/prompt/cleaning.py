"""What can be kept of what a model wrote, without asking it again: the reply alone, or that there is none.

Pure. Each step takes away one thing that is no part of a reply, until nothing more comes off.
"""

import re
from collections.abc import Collection

from core.prompt.labels import own_words
from core.prompt.notes import first_alternative, without_notes
from core.prompt.preambles import without_preamble
from core.prompt.reasoning import after_thinking_aloud, calls_tool, outside_thought, thinks_aloud
from core.prompt.runaway import ended
from core.prompt.signs import visible
from core.prompt.wrapping import unwrapped

# What templates put around turns, in the families that are known.
_MARKUP = (
    r"<\|[^<>|\n]{1,40}\|?>|<｜[^<>\n]{1,40}｜>|</?s>|<(?:start|end)_of_turn>|<[eb]os>|<turn\|>|\[\|[^\[\]|\n]{1,30}\|\]|"
    r"\]~!?b\[?\]?|\[/?INST\]|\[/?SYSTEM_PROMPT\]|<</?SYS>>|\[gMASK\]|<sop>|<extra_id_\d+>|<pad>|<unk>|<\|\w{0,30}\Z"
)
_LEADING = re.compile(
    rf"\A(?:\s*(?:{_MARKUP})\s*(?:(?:assistant|model|ai|bot|ipython|final)\b[ \t]*(?=\n|<|\Z|\[|:))?)+",
    re.IGNORECASE,
)
_ANY_TOKEN = re.compile(rf"(?:{_MARKUP}|<\||<｜|</\w{{0,20}}\Z)[\s\S]*", re.IGNORECASE)
_ABBREVIATED = "".join(
    rf"(?<!\b{word})" for word in (r"e\.g\.", r"i\.e\.", r"z\.B\.", r"d\.h\.", r"[DM]r\.", r"Mrs\.", r"vs\.")
)
# What ends one in scripts without blanks needs none behind it.
_SENTENCE_END = re.compile(
    rf"""[.!?…؟۔।॥]+{_ABBREVIATED}["'”’)\]»]*(?:\s*\n+|(?=\s|$))|[。！？｡]+["'”’)\]」』）]*\s*|\n+"""
)
_TAIL = 24
"""Characters that tell whether a reply ends where the text does."""
_NUMBER = re.compile(r"(?:\A|\n)\s*\d+\.\Z")


def clean(
    text: str, owner: str, others: Collection[str], max_sentences: int, *, cut_off: bool = False
) -> str:
    """The owner's reply, in whole sentences, at most so many; empty where the text holds none.

    `owner` and `others` are the speakers' labels. `cut_off`: the model was stopped at its limit, so that
    the last sentence is half of one.
    """
    text = visible(text).strip()
    reply = _reply(text, owner, others)
    single = ended(reply)
    # Where something else came off behind the reply, the reply itself had come to its end.
    half = cut_off and single == reply and text.rstrip("`\"'”").endswith(reply[-_TAIL:])
    text, before = _whole(single, max_sentences, cut_off=half), None
    while text != before:
        before = text
        text = _whole(ended(_reply(text, owner, others)), max_sentences, cut_off=False)
    return text


def _reply(text: str, owner: str, others: Collection[str]) -> str:
    text = outside_thought(text).strip()
    if calls_tool(text):
        return ""
    text = _ANY_TOKEN.sub("", _LEADING.sub("", text)).strip()
    if thinks_aloud(text):
        text = after_thinking_aloud(text)
    before = None
    while text != before:
        before = text
        text = without_notes(without_preamble(unwrapped(text)))
        text = first_alternative(own_words(text, owner, others)).strip()
    return text


def _whole(text: str, most: int, *, cut_off: bool) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if _ends(text[: match.end()])]
    if len(ends) >= most > 0:
        return text[: ends[most - 1]].strip()
    if cut_off:
        return text[: ends[-1]].strip() if ends else ""
    return text.strip()


def _ends(text: str) -> bool:
    """Whether the end of a text is one: not the number of a list's item, nor within code."""
    return text.count("```") % 2 == 0 and not _NUMBER.search(text.rstrip())
