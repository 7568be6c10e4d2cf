# ruff: noqa: E501 (a pattern is a line)
"""Quotes, fences and data that a model puts around a whole reply. Pure."""

import ast
import json
import re
from typing import Any

_FENCE = re.compile(
    r"\A```[ \t]*(?:(?:text|txt|plaintext|plain|markdown|md|json|message|reply|chat|yaml|xml)\b)?"
    r"(?!\w{1,20}\n)"
    r"(?P<text>[^`]*)(?:```\s*)?\Z"
)
# Fewer words are a command, as people write one.
_INLINE_CODE = re.compile(r"\A`(?P<text>[^\s`]+(?:\s[^\s`]+){2,})`\Z")
# Of fewer words it is stressed, or is a number: "**no**", "> 3".
_MARKED = re.compile(
    r"\*\*(?P<text>[^\s*]+(?:[ \t]+[^\s*]+){2,14})\*\*|(?P<quotes>\"{3}|'{3})(?P<quoted>[\s\S]+)(?P=quotes)"
)
_CITED = re.compile(r"(?P<text>>[ \t]?[^\s\d]\S*(?:[ \t]+\S+){2,}[^\n]*(?:\n>[^\n]*)*)")
_QUOTE_SIGN = re.compile(r"^>[ \t]?", re.MULTILINE)
QUOTES = {
    '"': '"',
    "“": "”",
    "'": "'",
    "‘": "’",
    "«": "»",
    "„": "“”",
    "「": "」",
    "『": "』",
    "＂": "＂",
    "»": "«",
    "‹": "›",
}
_SAYS = (
    "reply",
    "say",
    "response",
    "message",
    "text",
    "content",
    "answer",
    "output",
    "draft",
    "body",
    "回复",
    "reponse",
    "reply_text",
    "message_text",
    "final",
    "final_answer",
    "chat",
    "result",
    "antwort",
    "réponse",
    "respuesta",
    "risposta",
    "resposta",
    "ответ",
    "odpowiedź",
    "回答",
    "返信",
    "답장",
)
_ASKS = re.compile(
    "action|act|tool|function|call|command|name|error|status|code|think|thought|reason|analysis|plan|intent|type|id|role|mood|tone",
    re.IGNORECASE,
)
"""What these begin asks a program for something, or tells it."""
_DEEPEST = 8
"""So many brackets may be nested or follow in what is read as data."""
# An object that says it is the reply, and begins a line or stands behind a word that presents it.
_BEHIND_WORDS = re.compile(
    r"(?:\n\s*|\A(?:sure|certainly|of course|okay|ok|here(?:['’]s| is| you go)|output|json)\b[^\n{}:]{0,60}[:：!.]\s*)(?:```(?:json)?\s*)?(?=\{\s*[\"'](?:reply|response|answer|say)[\"']\s*:)",
    re.IGNORECASE,
)
_DATA = re.compile(r"\A[\[{]\s*(?:[\[{]\s*){0,3}(?:[\"'“]|[\w]+[\"']?\s*:|\}|\]\s*\Z)")


def unwrapped(text: str) -> str:
    """Without a fence, quotes or data around the whole; empty where it is data that holds no one reply."""
    behind = _BEHIND_WORDS.search(text)
    text = _data(text[behind.end() :] if behind else text)
    fence = _FENCE.match(text) or _INLINE_CODE.match(text)
    if fence:
        return fence["text"].strip()
    whole = _MARKED.fullmatch(text) or _CITED.fullmatch(text)
    if whole:
        return _QUOTE_SIGN.sub(
            "", next(part for part in (whole["text"], whole.groupdict().get("quoted")) if part)
        ).strip()
    before, mark, _ = text.rpartition("```")
    # A fence that nothing closes: what is behind it is half of something.
    half = text.count("```") % 2 == 1 and before.strip()
    return _unquoted(before.strip() if mark and half else text)


def _unquoted(text: str) -> str:
    closing = QUOTES.get(text[:1])
    if closing is None or len(text) < 2:
        # The end of a quote that began in the prompt; behind a number it is a length.
        alone = text[-1:] in ('"', "”") and not set(text[:-1]) & set('"“„”')
        return text[:-1].rstrip() if alone and not text[-2:-1].isdecimal() else text
    inner, apostrophe = text[1:], text[0] in "'‘"
    if inner[-1] in closing and sum(inner.count(sign) for sign in closing) == 1:
        return inner[:-1].strip()
    if any(sign in inner for sign in closing) or apostrophe:
        return text
    return inner.strip()


def _data(text: str) -> str:
    if not _DATA.match(text):
        return text
    value = _parsed(text)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return _said(value)
    if isinstance(value, list) and all(isinstance(item, int | float) for item in value) and value:
        return text
    return "" if value is not None or text[0] == "{" or text[:2] in ('["', "[{", "['") else text


def _said(value: dict[Any, Any]) -> str:
    """The one reply that an object holds; empty where it holds none, or more."""
    texts = {str(key).casefold(): item for key, item in value.items() if isinstance(item, str)}
    named = [texts[key] for key in _SAYS if key in texts]
    if named:
        return named[0].strip()
    key, inner = next(iter(value.items())) if len(value) == 1 else ("", None)
    if isinstance(inner, dict) and key.casefold() in _SAYS:
        return _said(inner)
    # The speaker's name.
    return inner.strip() if isinstance(inner, str) and key[:1].isupper() and not _ASKS.match(key) else ""


def _parsed(text: str) -> Any:
    """What the data at a text's beginning says; None where it is none."""
    if sum(map(text.count, "[{(")) > _DEEPEST:
        return None
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
