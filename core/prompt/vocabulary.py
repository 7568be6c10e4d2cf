"""The control tokens of the model that reads a prompt, broken wherever a text holds one. Pure."""

from collections.abc import Set
from functools import lru_cache

from core.lookalikes import folded
from core.prompt.quoting import neutral

_BREAK = "·"


def broken(text: str, control_tokens: Set[str]) -> str:
    """The text, a sign put into each token, also where it stands in letters that look like the token's."""
    tokens = _surviving(frozenset(control_tokens))
    if not tokens:
        return text
    looks, origins = "", []
    for number, sign in enumerate(text):
        look = folded(sign)
        looks += look
        origins += [number] * len(look)
    cuts = set()
    for token in tokens:
        start = looks.find(token)
        while start >= 0:
            cuts.add(origins[start] + 1)
            start = looks.find(token, start + 1)
    return "".join(f"{_BREAK}{sign}" if number in cuts else sign for number, sign in enumerate(text))


@lru_cache(maxsize=8)
def _surviving(tokens: frozenset[str]) -> tuple[str, ...]:
    """As they look; those that `neutral` rewrites are in no text any more, and one letter is a letter."""
    looks = ("".join(map(folded, token)) for token in tokens if neutral(token) == token)
    return tuple(sorted({look for look in looks if len(look) > 1}))
