"""Ollama: chat and embeddings from a server that the owner runs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import OwnerMustFix, TryAgain
from core.models.deadlines import Line, in_time
from core.models.keep_alive import KeepAlive, while_loading
from core.models.keep_alive import keep_alive as as_ollama_takes_it
from core.models.ollama_server import Loading, OllamaServer, ServedModel
from core.models.ollama_sites import OllamaPiece, OllamaVectors, cloud_of, refuse_answer
from core.models.ollama_templates import in_first_turn
from core.ports import ModelCard, Sampling, StreamEnd, Vectors
from core.prompt.chat import ChatMessage, Prompt
from core.prompt.cleaning.reasoning import outside_thought, unescaped
from core.runs_on import NOT_KNOWN, ModelSite, RunsOn

NEXT_PIECE_S = 30.0
BATCH = 16
EMBED_S = 120.0
EMBEDDER_LOADS_S = 20.0
"""What waits for an embedding model that is being loaded does without it then; the load goes on."""
EMBEDDER_STAYS = "30m"
"""How long Ollama keeps the embedding model loaded: a draft wants it at once."""
LOADED_AT_ONCE_S = 1.0
ONE_TOKEN = Sampling(max_tokens=1, temperature=0.0)
HELLO = Prompt(turns=(ChatMessage("user", "hello"),))


class OllamaChat:
    """A model of an Ollama server at `host`, as `model_address` reads it, by way of `proxy` if one is given.

    It is loaded first, however long that takes; `timeout_s` is the longest silence before the first piece
    of a reply then. Raises TryAgain when the server is away, silent or overloaded (what it says names the
    command or the key that mends it), OwnerMustFix when the model is not pulled, says nothing but what it
    thinks, or runs in a cloud and is not among those that `allow_remote` names.
    """

    def __init__(
        self,
        host: str,
        model: str,
        *,
        proxy: str = "",
        keep_alive: KeepAlive = "30m",
        context_tokens: int = 8192,
        timeout_s: float = 120.0,
        allow_remote: Collection[str] = (),
    ) -> None:
        self._server = OllamaServer(host, proxy)
        self._allow_remote = tuple(allow_remote)
        self._card = ModelCard(model, "", "chat", context_tokens)
        self._served: ServedModel | None = None
        self._keep_alive = as_ollama_takes_it(keep_alive)
        self._timeout_s = timeout_s
        self._line = Line()
        self._loading = Loading(self._load)

    @property
    def card(self) -> ModelCard:
        """Its digest is empty, its control tokens and where it runs unknown, until the server was first
        asked."""
        return self._card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd | ModelCard]:
        """The reply, piece by piece, and who wrote it. Close the iterator (`contextlib.aclosing`) to stop
        early."""
        wrote: list[str] = []
        thought = False
        async with contextlib.aclosing(self._answer(prompt, sampling)) as pieces:
            async for piece in pieces:
                if not isinstance(piece, OllamaPiece):
                    yield piece
                    continue
                thought = thought or bool(piece.thought)
                if piece.text:
                    wrote.append(piece.text)
                    yield piece.text
        text = "".join(wrote).strip()
        if (thought or text) and not outside_thought(unescaped(text)).strip():
            raise OwnerMustFix(
                f"{self._card.name} only thought, and said nothing within {sampling.max_tokens} tokens:"
                " choose a model that answers without thinking, or set model.max_tokens in twin.toml higher"
            )

    async def check(self) -> None:
        """Ask it for one token. Raises as `stream` does."""
        async with contextlib.aclosing(self._answer(HELLO, ONE_TOKEN)) as pieces:
            async for _ in pieces:
                pass

    async def look_up(self) -> None:
        """Ask the server for the model alone, and load nothing; learns the digest of its weights, its control
        tokens, and where it runs."""
        served = await self._server.served(self._card.name, self._allow_remote)
        if served.digest != self._card.digest or self._card.control_tokens is None:
            tokens = await self._server.control_tokens(served.called)
            self._card = replace(self._card, digest=served.digest, control_tokens=tokens)
        self._card = replace(self._card, runs_on=served.runs_on)
        self._served = served

    async def close(self) -> None:
        """Let go of the connections."""
        await self._loading.close()
        await self._server.close()

    async def _answer(
        self, prompt: Prompt, sampling: Sampling
    ) -> AsyncGenerator[OllamaPiece | StreamEnd | ModelCard, None]:
        """In time, from the model that the name means now."""
        # A name can be given to another model at any time, and that one may be in a cloud.
        await self.look_up()
        if self._card.runs_on.site is not ModelSite.CLOUD:
            began = asyncio.get_running_loop().time()
            await self._loading.done()
            if asyncio.get_running_loop().time() - began > LOADED_AT_ONCE_S:
                await self.look_up()
        async with contextlib.aclosing(self._pieces(prompt, sampling)) as pieces:
            patience = (self._timeout_s, min(NEXT_PIECE_S, self._timeout_s))
            async for piece in in_time(pieces, *patience, self._line):
                yield piece

    async def _load(self) -> None:
        kept = while_loading(self._keep_alive)
        asked = self._common() | {"messages": [], "stream": False, "keep_alive": kept}
        await self._server.load("/api/chat", asked)

    def _common(self) -> dict[str, Any]:
        return {
            "model": self._called,
            "keep_alive": self._keep_alive,
            # Another window than that of the draft would have the model loaded once more.
            "options": {"num_ctx": self._card.context_tokens},
        }

    @property
    def _called(self) -> str:
        return self._served.called if self._served else self._card.name

    async def _pieces(
        self, prompt: Prompt, sampling: Sampling
    ) -> AsyncGenerator[OllamaPiece | StreamEnd | ModelCard, None]:
        card, served = self._card, self._served
        asked = self._common() | {"stream": True}
        asked["options"] |= _options(prompt, sampling)
        if prompt.turns:
            turns = prompt.turns if served is None or served.takes_system else in_first_turn(prompt.turns)
            path = "/api/chat"
            asked["messages"] = [{"role": turn.role, "content": turn.content} for turn in turns]
            asked["think"] = False
        else:
            path, asked = "/api/generate", asked | {"prompt": prompt.text, "raw": True}
        with self._server.explained(card.name, [prompt.text, *(turn.content for turn in prompt.turns)]):
            # The client's own types drop what says that the answer is from elsewhere.
            request = self._server.client._request
            async for said in await request(OllamaPiece, "POST", path, json=asked, stream=True):
                if said.cloud is not None:
                    refuse_answer(card.name, said.cloud, self._allow_remote)
                    card = replace(card, runs_on=self._server.runs_on(said.cloud))
                    self._card = replace(self._card, runs_on=card.runs_on)
                yield said
                if said.done:
                    yield card
                    if said.done_reason == "length":
                        yield StreamEnd.CUT_OFF
                    return
        raise TryAgain("Ollama stopped in the middle of a draft")


class OllamaEmbedder:
    """An embedding model of an Ollama server. The prefixes are what the model's own page asks for.

    Raises as OllamaChat does, and OwnerMustFix when the vectors are not of the length that was given.
    """

    def __init__(
        self,
        host: str,
        model: str,
        dimensions: int,
        *,
        proxy: str = "",
        query_prefix: str = "",
        passage_prefix: str = "",
        allow_remote: Collection[str] = (),
    ) -> None:
        self._server = OllamaServer(host, proxy)
        self._allow_remote = tuple(allow_remote)
        self.runs_on = NOT_KNOWN
        """Not known until the server was first asked."""
        self._model = model
        self._called = model
        self._dimensions = dimensions
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._loading = Loading(self._load)

    @property
    def name(self) -> str:
        """The model as the settings call it, with the length of its vectors."""
        return f"ollama/{self._model}/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """As given."""
        return self._dimensions

    async def query(self, text: str) -> Vectors:
        """One row."""
        return await self._embed([self._query_prefix + text])

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        parts = [
            await self._embed([self._passage_prefix + text for text in texts[i : i + BATCH]])
            for i in range(0, len(texts), BATCH)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self._dimensions), np.float32)

    async def check(self) -> None:
        """Return if vectors could be asked for now."""
        served = await self._server.served(self._model, self._allow_remote)
        self.runs_on, self._called = served.runs_on, served.called

    async def close(self) -> None:
        """Let go of the connections."""
        await self._loading.close()
        await self._server.close()

    async def _load(self) -> None:
        await self._server.load("/api/embed", self._asked([]))

    def _asked(self, texts: Sequence[str]) -> dict[str, Any]:
        return {"model": self._called, "input": list(texts), "keep_alive": EMBEDDER_STAYS}

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        readable = [text.encode("utf-8", "replace").decode() or " " for text in texts]
        await self.check()
        if self.runs_on.site is not ModelSite.CLOUD:
            try:
                async with asyncio.timeout(EMBEDDER_LOADS_S):
                    await self._loading.done()
            except TimeoutError:
                raise TryAgain(f"Ollama is still loading {self._model}") from None
        with self._server.explained(self._model, readable):
            async with asyncio.timeout(EMBED_S):
                request = self._server.client._request
                answer = await request(OllamaVectors, "POST", "/api/embed", json=self._asked(readable))
            rows = np.array(answer.embeddings, np.float32)
        if answer.cloud is not None:
            refuse_answer(self._model, answer.cloud, self._allow_remote)
            self.runs_on = self._server.runs_on(answer.cloud)
        if rows.shape != (len(texts), self._dimensions):
            raise OwnerMustFix(
                f"Ollama's {self._model} gives vectors of length {rows.shape[-1]}, not {self._dimensions}"
            )
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


async def pulled(host: str, proxy: str = "") -> dict[str, RunsOn]:
    """The models that the server at `host` has, by name, and where each would run. Raises as OllamaChat
    does."""
    server = OllamaServer(host, proxy)
    try:
        models = sorted(await server.models(), key=lambda model: model.called)
        return {
            model.called: server.runs_on(cloud_of(model.called, model, *await server.described(model.called)))
            for model in models
        }
    finally:
        await server.close()


def _options(prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
    options: dict[str, Any] = {
        "num_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": list(prompt.stop),
    }
    return options if sampling.seed is None else {**options, "seed": sampling.seed}
