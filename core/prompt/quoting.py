"""Text that others wrote, made safe to stand in a prompt. Pure.

What a model's tokenizer would read as a control token is rewritten with look-alikes, so that a message
can neither close its own turn nor open another. L0 keeps every message as it came.
"""

import re

from core.lookalikes import without_colons
from core.prompt.signs import visible

# Covers <|im_start|>, <|eot_id|>, <start_of_turn>, <turn|>, <bos>, </s>, <<SYS>>, <0x0A>, <｜User｜>, ...;
# leaves "<3", "a < b" and "->" alone. A bar may be any sign that looks like one.
_BAR = "|｜¦∣│┃ǀ❘❙￨︱"
# Some tokenizers read full-width signs as the plain ones.
_WIDE = "／！＿［＜"
_ANGLE = re.compile(rf"<(?=[^\W\d]|[{_BAR}/<!_\[\]{_WIDE}]|[0０][xｘ])|(?<=[{_BAR}\]])>")
# Covers [INST], [/INST], [TOOL_CALLS], [gMASK], ...
_SQUARE = re.compile(r"\[(\s*(?:[/／]\s*)?[A-Za-z_Ａ-Ｚａ-ｚ＿]{2,}\d*\s*)\]")
# Covers [|endofturn|], ]~b], ]~!b[, [e~[, ]<]…[>[
_ODD_SQUARE = re.compile(
    rf"[\[\]](?=\s*[{_BAR}]|~|[<>‹›])|(?<=[{_BAR}~‹›])[\[\]]|(?<=~.)[\[\]]|(?<=~..)[\[\]]|\[(?=\w~)"
)
_HEADING = re.compile(r"#{2,}")
_SUSPECT = re.compile(r"[<>\[\]#＃＜﹤＞﹥［］◁▷]")
_LOOKALIKE = str.maketrans(
    {
        "＜": "‹",
        "﹤": "‹",
        "＞": "›",
        "﹥": "›",
        "［": "[",
        "］": "]",
        "◁": "‹",
        "▷": "›",
        "＃": "#",
        "～": "~",
    }
)
_QUOTES = dict.fromkeys(map(ord, '"“”„‟″‶〃＂«»❝❞〝〞〟'), "'")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n\s*")

CUT = "[… {count} characters left out …]"


def neutral(text: str) -> str:
    """Visible text in which no chat-template or control token of any known family survives."""
    text = visible(text)
    if not _SUSPECT.search(text):
        return text
    text = text.translate(_LOOKALIKE)
    text = _ANGLE.sub(lambda match: "‹" if match.group() == "<" else "›", text)
    # Twice: "[[INST]]" holds one within another.
    text = _SQUARE.sub(r"(\1)", _SQUARE.sub(r"(\1)", text))
    text = _ODD_SQUARE.sub(lambda match: "(" if match.group() == "[" else ")", text)
    return _HEADING.sub("#", text)


def quoted(text: str, joint: str = " / ") -> str:
    """Neutral text on one line, its line breaks shown as `joint`, so that it cannot fake a speaker."""
    return _LINES.sub(joint, _BLANKS.sub(" ", neutral(text).strip())).strip()


def cited(text: str) -> str:
    """In quotes that nothing in the text ends."""
    return f"“{text.translate(_QUOTES)}”"


def label(name: str) -> str:
    """A display name as a speaker's label: short, one line, without a quote or what looks like a colon."""
    return quoted(without_colons(name).replace(":", " "), " ").translate(_QUOTES)[:40].strip() or "Someone"


def shortened(text: str, limit: int) -> str:
    """At most about `limit` characters: its beginning and its end, with a mark that says what is missing."""
    if len(text) <= limit:
        return text
    head, tail = max(limit * 2 // 3, 1), limit // 4
    mark = CUT.format(count=len(text) - head - tail)
    return f"{text[:head].rstrip()} {mark} {text[len(text) - tail :].lstrip() if tail else ''}".rstrip()


_COMMON_WORD = re.compile(r" ?(?<![A-Za-z0-9])[A-Za-z]{1,16}(?![A-Za-z0-9])")


def tokens(text: str) -> int:
    """A conservative estimate of how many tokens a text is.

    Three eighths of a token for each letter of an ASCII word and the blank before it, one for every other
    byte: byte-level BPE never needs more than one a byte. Measured with the tokenizers of both embedded
    models: 1.5 times the real count for English chat, 1.1 for German, 1.1 to 6 for Cyrillic, Arabic,
    Chinese, emoji, hexadecimal and base64.
    """
    size = len(text.encode("utf-8", "replace"))
    cheap = sum(map(len, _COMMON_WORD.findall(text)))
    return -(-cheap * 3 // 8) + size - cheap
