"""What can be kept of what a model wrote, without asking it again. Pure."""

import re
from collections.abc import Collection

from core.prompt.quoting import visible

_CONTROL = re.compile(r"(?:<\||<｜|</?s>|<(?:start|end)_of_turn>|<[eb]os>|\[/?INST\]|<</?SYS>>).*", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_SENTENCE_END = re.compile(r"""[.!?…]+["'”’)\]]*(?=\s|$)|\n+""")
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "«": "»"}
_ROLES = ("assistant", "user", "system", "human", "ai", "bot", "model", "me", "you")


def clean(text: str, names: Collection[str], max_sentences: int, *, cut_off: bool = False) -> str:
    """What can be kept of a model's text: its own message, in whole sentences, at most so many.

    `names` are the speakers' labels, the owner's too. `cut_off`: the model was stopped at its limit, so
    that the last sentence may be half of one.
    """
    text = visible(_CONTROL.sub("", _THOUGHT.sub("", text))).strip()
    before = None
    while text != before:
        before, text = text, _unquoted(_own(text, names))
    return _whole(text, max_sentences, cut_off=cut_off)


def _own(text: str, names: Collection[str]) -> str:
    """Without its own label, and cut where another speaker's line begins."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    either = "|".join((*_ROLES, known)) if known else "|".join(_ROLES)
    text = re.sub(rf"^(?:(?:{either})\s*:\s*)+", "", text, flags=re.IGNORECASE)
    text = re.split(rf"\n\s*(?:{either})\s*:", text, maxsplit=1, flags=re.IGNORECASE)[0]
    # Within a line only a known name is a label: "you: the best" is a way to talk.
    return re.split(rf"\s(?:{known}):(?:\s|$)", text, maxsplit=1)[0].strip() if known else text.strip()


def _unquoted(text: str) -> str:
    closing = _QUOTES.get(text[:1])
    if closing is None or len(text) < 2:
        return text
    inner = text[1:]
    if inner.endswith(closing) and inner.count(closing) == 1:
        return inner[:-1].strip()
    return inner.strip() if closing not in inner else text


def _whole(text: str, most: int, *, cut_off: bool) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if len(ends) >= most > 0:
        return text[: ends[most - 1]].strip()
    if cut_off and ends:
        return text[: ends[-1]].strip()
    return text.strip()
