"""A model that says what it is told to, at once: for tests, benchmarks and kill runs."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal

from core.errors import UnderstudyError
from core.ports import ModelCard, Sampling, StreamEnd
from core.prompt.chat import Prompt
from core.runs_on import HERE

_WORD = re.compile(r"\S+")
Reply = str | UnderstudyError
Script = Reply | Sequence[Reply] | Callable[[Prompt], str]


class ScriptedChat:
    """Answers with one text, with each of a sequence in turn (the last one for ever), or by a function.

    An error in place of a text is raised. `prompts` holds what it was asked, oldest first.
    """

    def __init__(
        self,
        script: Script = "ok",
        *,
        style: Literal["chat", "transcript"] = "chat",
        context_tokens: int = 4096,
    ) -> None:
        self._script = script
        self._card = ModelCard(
            "scripted", "scripted", style, context_tokens, runs_on=HERE, control_tokens=frozenset()
        )
        self.prompts: list[Prompt] = []

    @property
    def card(self) -> ModelCard:
        """Named `scripted`."""
        return self._card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd | ModelCard]:
        """The reply, line by line, cut at the first stop sequence; a word is a token."""
        self.prompts.append(prompt)
        reply = self._next(prompt)
        if isinstance(reply, UnderstudyError):
            raise reply
        for stop in prompt.stop:
            reply = reply.split(stop, 1)[0]
        tokens = list(_WORD.finditer(reply))
        whole = len(tokens) <= sampling.max_tokens
        reply = reply if whole else reply[: tokens[sampling.max_tokens].start()]
        for piece in reply.splitlines(keepends=True):
            yield piece
        if not whole:
            yield StreamEnd.CUT_OFF

    async def check(self) -> None:
        """Always ready."""

    async def close(self) -> None:
        """Nothing to let go of."""

    def _next(self, prompt: Prompt) -> Reply:
        if isinstance(self._script, str | UnderstudyError):
            return self._script
        if callable(self._script):
            return self._script(prompt)
        return self._script[min(len(self.prompts), len(self._script)) - 1]
