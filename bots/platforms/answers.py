"""What a platform's server answers a check of `understudy doctor`, read with distrust."""

from typing import Any

import httpx


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


def word(value: object) -> str:
    """What a server calls something, fit to be printed."""
    text = value if isinstance(value, str) else ""
    return "".join(one for one in text if one.isprintable())[:80]
