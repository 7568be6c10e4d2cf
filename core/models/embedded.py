"""The embedded model: llama.cpp in a child process that may die without taking the twin along."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import TryAgain
from core.models.bundled import BundledModel, bundled_model, embedded_cards, whole_file
from core.models.deadlines import in_time
from core.models.gguf import control_tokens
from core.models.llama_process import LlamaProcess
from core.ports import ModelCard, Sampling, StreamEnd
from core.prompt.chat import Prompt

__all__ = ["EmbeddedChat", "bundled_model", "embedded_cards"]

FIRST_PIECE_S = 90.0
NEXT_PIECE_S = 20.0
LONGEST_PAUSE_S = 30.0


class EmbeddedChat:
    """A bundled model; its weights are put together in `directory` where they come in parts.

    The child is started at the first use and again after it died or fell silent: at once the first time,
    then after pauses that double up to 30 s. One draft is written at a time, others wait in line.
    Raises TryAgain when it is slow or died, OwnerMustFix when its weights are missing.
    """

    def __init__(
        self,
        bundled: BundledModel,
        directory: Path,
        *,
        context_tokens: int | None = None,
        threads: int | None = None,
        first_piece_s: float = FIRST_PIECE_S,
        next_piece_s: float = NEXT_PIECE_S,
    ) -> None:
        self._bundled = bundled
        self._card = replace(bundled.card, context_tokens=context_tokens or bundled.card.context_tokens)
        self._directory = directory
        self._threads = threads or os.cpu_count() or 1
        self._first_piece_s = first_piece_s
        self._next_piece_s = next_piece_s
        self._line = asyncio.Lock()
        self._child: LlamaProcess | None = None
        self._failures = 0
        self._rest_until = 0.0

    @property
    def card(self) -> ModelCard:
        """As bundled, with the window that was asked for; its control tokens once it was started."""
        return self._card

    @property
    def pid(self) -> int | None:
        """The child's process id; None while none runs."""
        return self._child.pid if self._child and self._child.alive else None

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd]:
        """The reply, piece by piece. Close the iterator (`contextlib.aclosing`) to stop early."""
        path, body = request(prompt, sampling)
        async with self._line:
            child = await self._running()
            try:
                async with contextlib.aclosing(child.pieces(path, body)) as pieces:
                    async for piece in in_time(pieces, self._first_piece_s, self._next_piece_s):
                        if piece:
                            yield piece
            except TryAgain:
                await self._give_up()
                raise
            self._failures = 0

    async def check(self) -> None:
        """Start the child if it does not run."""
        async with self._line:
            await self._running()

    async def close(self) -> None:
        """End the child, within two seconds."""
        child, self._child = self._child, None
        if child:
            await child.close()

    async def _running(self) -> LlamaProcess:
        if self._child and self._child.alive:
            return self._child
        await self.close()
        rest = self._rest_until - asyncio.get_running_loop().time()
        if rest > 0:
            raise TryAgain(f"the embedded model keeps failing; it is started again in {rest:.0f} s")
        path = await asyncio.to_thread(whole_file, self._bundled, self._directory)
        if self._card.control_tokens is None:
            # A file that is none will not load either, and the child says so.
            with contextlib.suppress(ValueError):
                self._card = replace(self._card, control_tokens=await asyncio.to_thread(control_tokens, path))
        try:
            self._child = await LlamaProcess.start(path, self._card.context_tokens, self._threads)
        except TryAgain:
            await self._give_up()
            raise
        return self._child

    async def _give_up(self) -> None:
        self._failures += 1
        pause = min(LONGEST_PAUSE_S, 2.0 ** (self._failures - 1)) if self._failures > 1 else 0.0
        self._rest_until = asyncio.get_running_loop().time() + pause
        await self.close()


def request(prompt: Prompt, sampling: Sampling) -> tuple[str, dict[str, Any]]:
    """The path and the body that ask a llama.cpp server for a reply to `prompt`."""
    body: dict[str, Any] = {
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": -1 if sampling.seed is None else sampling.seed,
        "stop": list(prompt.stop),
        "cache_prompt": True,
    }
    if prompt.turns:
        turns = [{"role": turn.role, "content": turn.content} for turn in prompt.turns]
        return "/v1/chat/completions", {**body, "messages": turns}
    return "/completion", {**body, "n_predict": sampling.max_tokens, "prompt": prompt.text}
