"""A model that says what it is told to, at once: for tests, benchmarks and kill runs."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal

from core.errors import UnderstudyError
from core.ports import ModelCard, Sampling
from core.prompt.chat import Prompt
from core.runs_on import HERE

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
        self._card = ModelCard("scripted", "scripted", style, context_tokens, runs_on=HERE)
        self.prompts: list[Prompt] = []

    @property
    def card(self) -> ModelCard:
        """Named `scripted`."""
        return self._card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str]:  # noqa: ARG002
        """The reply, line by line, cut at the first stop sequence."""
        self.prompts.append(prompt)
        reply = self._next(prompt)
        if isinstance(reply, UnderstudyError):
            raise reply
        for stop in prompt.stop:
            reply = reply.split(stop, 1)[0]
        for piece in reply.splitlines(keepends=True):
            yield piece

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
