"""Signs that nobody sees: those that join what stands around them stay, all others go. Pure.

Persian and Indic words, families of emoji and flags are written with invisible joiners and selectors;
anything else that is invisible only hides text, or turns its direction. L0 keeps every message as it came.
"""

import re
import unicodedata

_WORD_BREAK, _ZWNJ, _ZWJ, _TEXT_STYLE, _EMOJI_STYLE = (
    *("\u200b", "\u200c", "\u200d"),
    *("\ufe0e", "\ufe0f"),
)
_MARKS = ("\u200e", "\u200f", "\u061c")
"""They say which way punctuation beside right-to-left writing goes; overrides and isolates do more."""
_KEYCAP = "\u20e3"
_KEYS = "#*0123456789"
_ALSO_EMOJI = "‼⁉ℹ↔↕◻◼◽◾⤴⤵〰〽"
"""Those of Unicode's emoji variation sequences, but for the keys, that are of no category of pictures."""
_SKIN = range(0x1F3FB, 0x1F400)
_FLAGS = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
"""All flags of parts of countries that are recommended for interchange."""
_INVISIBLE = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U00013430-\U0001345f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_RUN = re.compile(f"(?P<flag>{_FLAGS})|[{_INVISIBLE}]+")
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
# Arabic to N'Ko, the Indic scripts, Tibetan, Myanmar, Khmer, Mongolian, Balinese, Arabic forms.
_JOINING = re.compile(
    "[\u0600-\u07ff\u0840-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1cff\ua8e0-\ua8ff\ua980-\ua9ff\uaa60-\uaaff"
    "\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufefe\U00011000-\U00011fff]"
)
_MONGOLIAN = re.compile("[\u1800-\u18af]")
# Thai, Lao, Burmese and Khmer have no blanks: where a line may break is written unseen.
_UNDIVIDED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")
_IDEOGRAPH = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def visible(text: str) -> str:
    """Without control characters, direction overrides, halves of characters and all that only hides; line
    breaks are newlines, and stay."""
    if not _RUN.search(text):
        return text
    text = _BREAKS.sub("\n", text).replace("\t", " ")
    right_to_left = any(mark in text for mark in _MARKS) and _right_to_left(text)
    return _RUN.sub(
        lambda match: match.group() if match["flag"] or _joins(match, right_to_left) else "", text
    )


def _joins(run: re.Match[str], right_to_left: bool) -> bool:
    """Whether these signs join what stands before them to what stands behind, or say how to show it."""
    text, signs = run.string, run.group()
    before = text[run.start() - 1 : run.start()] if run.start() else ""
    after = text[run.end() : run.end() + 1]
    if signs in (_ZWNJ, _ZWJ) and _JOINING.match(before):
        return True
    if signs == _WORD_BREAK:
        return bool(_UNDIVIDED.match(before) and _UNDIVIDED.match(after))
    if signs in (_ZWJ, _EMOJI_STYLE + _ZWJ):
        return _pictured(before) and _pictured(after)
    if signs in (_TEXT_STYLE, _EMOJI_STYLE):
        return _pictured(before) or (before != "" and before in _KEYS and after == _KEYCAP)
    if signs in _MARKS:
        return right_to_left and not (_leftward(before) and _leftward(after))
    if len(signs) > 1:
        return False
    if "\u180b" <= signs <= "\u180f":
        return bool(_MONGOLIAN.match(before))
    return ("\ufe00" <= signs <= "\ufe02" or "\U000e0100" <= signs <= "\U000e01ef") and bool(
        _IDEOGRAPH.match(before)
    )


def _pictured(sign: str) -> bool:
    if not sign:
        return False
    code = ord(sign)
    # What this Python's tables do not know yet may be an emoji there.
    newer = 0x1F000 <= code <= 0x1FAFF
    return newer or code in _SKIN or sign in _ALSO_EMOJI or unicodedata.category(sign) == "So"


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text if sign.isalpha())


def _leftward(sign: str) -> bool:
    return bool(sign) and unicodedata.bidirectional(sign) == "L"
