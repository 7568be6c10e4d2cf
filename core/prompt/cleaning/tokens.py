# ruff: noqa: E501 (a pattern is a line)
"""The control tokens of chat templates, as text. Pure."""

import re

# What templates put around turns, in the families that are known.
_MARKUP = (
    r"<\|[^<>|\n]{1,40}\|?>|<｜[^<>\n]{1,40}｜>|</?s>|</?(?:start|end)_of_\w{0,20}>?|<(?:[be]os|eod|eo[mt]|cls|sep|mask|pad|unk|stop|_end|file_sep|jupyter_\w{1,10}|fim_\w{1,10}|repo_name)(?:_token)?>|"
    r"<(?:unused|reserved|dummy|ctrl|extra|special)_?(?:token_?)?\d{1,6}>|<turn\|>|\[\|[^\[\]|\n]{1,30}\|\]|"
    r"\]~!?b\[?\]?|\[e~\[|\[/?INST\]|\[/?SYSTEM_PROMPT\]|<</?SYS>>|\[gMASK\]|<sop>|<extra_id_\d{1,5}>|<role>\w{1,20}</role>|\[(?:BEGIN|END)(?: OF)? FINAL (?:RESPONSE|ANSWER)\]|"
    r"<im_(?:start|end)>|im_(?:start|end)\|>|<\\\|\w{1,20}\\\|>|\|im_(?:start|end)\|>|\[(?:EOS|EOT|END|(?-i:DONE|STOP))\]|<(?:EOT|END)>|(?-i:<[A-Z]{2,20}(?:_[A-Z\d]{1,20}){1,4}>)|<0x[0-9A-F]{2}>|<\|\w{0,30}\Z"
)
_LEADING = re.compile(
    rf"\A(?:\s*(?:{_MARKUP})\s*(?:(?:assistant|model|ai|bot|ipython|final)\b[ \t]*(?=\n|<|\Z|\[|:))?)+",
    re.IGNORECASE,
)
_ANY_TOKEN = re.compile(
    rf"(?:{_MARKUP}|<[\w.-]{{1,20}}:tool_calls?>|<\|(?=\S|\Z)|<｜(?=\S|\Z)|</\w{{0,20}}\Z)[\s\S]*",
    re.IGNORECASE,
)


def without_tokens(text: str) -> str:
    """Without those it begins with, and the role behind them, and ended where the next one stands."""
    return _ANY_TOKEN.sub("", _LEADING.sub("", text, count=1), count=1).strip()
