"""What a platform's server says, read with distrust: it may be anybody's, and say our token back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from bots.known_tokens import KnownTokens

CODE = re.compile(r"[a-z][a-z_]{0,63}")


class NoUsableAnswer(Exception):
    """It answered, but nothing that makes sense. Caught by `bots/setup/platform_checks.py`."""


def content(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in it. Raises NoUsableAnswer."""
    if answer.status_code != httpx.codes.OK:
        raise NoUsableAnswer
    try:
        return an_object(answer.json())
    except ValueError:
        raise NoUsableAnswer from None


def an_object(value: object) -> dict[str, Any]:
    """The value, if it is a JSON object. Raises NoUsableAnswer."""
    if not isinstance(value, dict):
        raise NoUsableAnswer
    return value


def word(value: object, tokens: Iterable[str]) -> str:
    """What a server calls something, fit to be shown; empty where it says one of our tokens back."""
    text = value if isinstance(value, str) else ""
    return without_tokens("".join(char for char in text if char.isprintable()), tokens)[:80]


def without_tokens(text: str, tokens: Iterable[str]) -> str:
    """The text; empty where there is one of our tokens in it."""
    return "" if KnownTokens(tokens).appear_in(text) else text


def code(value: object) -> str:
    """A server's own word for what is wrong, as `channel_not_found`; empty for whatever is no such word."""
    return value if isinstance(value, str) and CODE.fullmatch(value) else ""


def fields(payload: object) -> list[str]:
    """The names of the fields of a payload, for the log: those that can be names."""
    names = payload if isinstance(payload, Mapping) else ()
    return sorted(name for name in names if code(name))[:40]
