"""The tokens that this process knows, so that none of them is ever said. Pure."""

from collections.abc import Iterable

LEAST = 12
"""So many characters of a token in a row give it away; of a shorter one, all of it."""


class KnownTokens:
    """Tells whether a text holds one, or a telling part of one."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self._parts: set[str] = set()
        self.learn(tokens)

    def learn(self, tokens: Iterable[str]) -> None:
        """These too."""
        for token in filter(None, tokens):
            self._parts |= {token[at : at + LEAST] for at in range(max(1, len(token) - LEAST + 1))}

    def appear_in(self, text: str) -> bool:
        """Whether any of them does, whole or in part."""
        return any(part in text for part in self._parts)
