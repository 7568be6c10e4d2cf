"""Where an address of the web begins and ends within a text. Pure."""

import re
from collections import Counter

UNDIVIDED = (
    "\u0e00-\u0eff\u0f00-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u303b\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Letters of scripts without blanks, and Hangul: an address begins right behind one."""
HOST = r"(?:[\w-]{1,63}\.){1,6}[A-Za-z]{1,24}|(?:\d{1,3}\.){3}\d{1,3}"
ADDRESS = (
    rf"(?:(?<![\w.-])|(?<=[{UNDIVIDED}]))"
    rf"(?:(?:[A-Za-z][A-Za-z0-9+-]{{1,20}}://|mailto:|www\.)|(?:{HOST})(?::\d{{1,5}})?/)"
    r"[^\s<>、。，！？「」『』（）【】《》“”]+"
)
ENDS_NO_ADDRESS = ".,:;!?'\"’”"
"""What follows an address more often than it ends one."""
CLOSING = {")": "(", "]": "[", "}": "{"}
BOLD_SIGN = "**"
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
LAST_RUN = re.compile(r"(?<![*_~])(?:\*+|_+|~+)$")


def address(given: str, signs: Counter[str], text: str, end: int) -> str:
    """What of `given` is the address, and no mark or word behind it; `signs`: before it in its line."""
    foreign = NOT_ASCII.search(given)
    if foreign and BOLD_SIGN in given[foreign.start() :]:
        given = given[: foreign.start()]
    bold_ends = given.rfind(BOLD_SIGN)
    if bold_ends > 0 and signs[BOLD_SIGN] % 2 and text.find(BOLD_SIGN, end, _line_end(text, end)) < 0:
        given = given[:bold_ends]
    given = given[: _end_of_address(given)]
    last = LAST_RUN.search(given)
    return given[: last.start()] if last and signs[last.group()] % 2 else given


def _end_of_address(given: str) -> int:
    unopened = {closing: given.count(closing) - given.count(opening) for closing, opening in CLOSING.items()}
    for end in range(len(given), 0, -1):
        char = given[end - 1]
        if unopened.get(char, 0) > 0:
            unopened[char] -= 1
        elif char not in ENDS_NO_ADDRESS:
            return end
    return len(given)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
