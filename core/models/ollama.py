"""Ollama: chat and embeddings from a server that the owner runs."""

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import httpx
import numpy as np
import ollama

from core.errors import OwnerMustFix, TryAgain
from core.models.deadlines import in_time
from core.models.gguf import of_show
from core.ports import ModelCard, Sampling, StreamEnd, Vectors
from core.prompt.chat import Prompt

NEXT_PIECE_S = 30.0
BATCH = 16


class OllamaChat:
    """A model of an Ollama server at `host` (None: `OLLAMA_HOST`, else the default local one).

    `timeout_s` is the longest wait for the first piece, the model's load included. Raises TryAgain when
    the server is away, slow or overloaded (what it says names the command that mends it), OwnerMustFix
    when the model is not pulled.
    """

    def __init__(
        self,
        host: str | None,
        model: str,
        *,
        style: Literal["chat", "transcript"] = "chat",
        keep_alive: str = "30m",
        context_tokens: int = 8192,
        timeout_s: float = 120.0,
    ) -> None:
        self._server = _OllamaServer(host, timeout_s)
        self._card = ModelCard(model, "", style, context_tokens)
        self._keep_alive = keep_alive
        self._timeout_s = timeout_s

    @property
    def card(self) -> ModelCard:
        """Its digest is empty, and its control tokens unknown, until the server was first asked."""
        return self._card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd]:
        """The reply, piece by piece. Close the iterator (`contextlib.aclosing`) to stop early."""
        if not self._card.digest:
            await self.check()
        async with contextlib.aclosing(self._pieces(prompt, sampling)) as pieces:
            async for piece in in_time(pieces, self._timeout_s, min(NEXT_PIECE_S, self._timeout_s)):
                if piece:
                    yield piece

    async def check(self) -> None:
        """Ask the server for the model; learns the digest of its weights, and its control tokens."""
        digest = await self._server.digest(self._card.name)
        if digest != self._card.digest or self._card.control_tokens is None:
            tokens = await self._server.control_tokens(self._card.name)
            self._card = replace(self._card, digest=digest, control_tokens=tokens)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _pieces(self, prompt: Prompt, sampling: Sampling) -> AsyncGenerator[str | StreamEnd, None]:
        common: dict[str, Any] = {
            "model": self._card.name,
            "stream": True,
            "keep_alive": self._keep_alive,
            "options": _options(prompt, sampling, self._card.context_tokens),
        }
        client = self._server.client
        with self._server.explained(self._card.name):
            if prompt.turns:
                turns = [{"role": turn.role, "content": turn.content} for turn in prompt.turns]
                async for said in await client.chat(messages=turns, think=False, **common):
                    yield said.message.content or ""
                    if said.done:
                        if said.done_reason == "length":
                            yield StreamEnd.CUT_OFF
                        return
            else:
                async for wrote in await client.generate(prompt=prompt.text, raw=True, **common):
                    yield wrote.response or ""
                    if wrote.done:
                        if wrote.done_reason == "length":
                            yield StreamEnd.CUT_OFF
                        return
        raise TryAgain("Ollama stopped in the middle of a draft")


class OllamaEmbedder:
    """An embedding model of an Ollama server. The prefixes are what the model's own page asks for.

    Raises as OllamaChat does, and OwnerMustFix when the vectors are not of the length that was given.
    """

    def __init__(
        self,
        host: str | None,
        model: str,
        dimensions: int,
        *,
        query_prefix: str = "",
        passage_prefix: str = "",
        keep_alive: str = "30m",
        timeout_s: float = 120.0,
    ) -> None:
        self._server = _OllamaServer(host, timeout_s)
        self._model = model
        self._dimensions = dimensions
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._keep_alive = keep_alive

    @property
    def name(self) -> str:
        """The model as Ollama calls it, with the length of its vectors."""
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
        await self._server.digest(self._model)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        readable = [text.encode("utf-8", "replace").decode() or " " for text in texts]
        with self._server.explained(self._model):
            answer = await self._server.client.embed(self._model, readable, keep_alive=self._keep_alive)
            rows = np.array(answer.embeddings, np.float32)
        if rows.shape != (len(texts), self._dimensions):
            raise OwnerMustFix(
                f"Ollama's {self._model} gives vectors of length {rows.shape[-1]}, not {self._dimensions}"
            )
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


async def pulled(host: str | None) -> list[str]:
    """The names of the models that the server at `host` has. Raises as OllamaChat does."""
    server = _OllamaServer(host, timeout_s=15)
    try:
        with server.explained(""):
            async with asyncio.timeout(15):
                return sorted(model.model for model in (await server.client.list()).models if model.model)
    finally:
        await server.close()


class _OllamaServer:
    """The one client of a server, and what its errors mean to the owner."""

    def __init__(self, host: str | None, timeout_s: float) -> None:
        timeout = httpx.Timeout(timeout_s, connect=5)
        try:
            self.client = ollama.AsyncClient(host, timeout=timeout)
            self.address = str(self.client._client.base_url).rstrip("/")
            if _is_local(self.client._client.base_url.host):
                # What contacts wrote never takes the way round by a proxy.
                self.client = ollama.AsyncClient(host, timeout=timeout, trust_env=False)
        except (ValueError, httpx.InvalidURL) as error:
            raise OwnerMustFix(f"{host!r} is no address of an Ollama server") from error

    async def digest(self, model: str) -> str:
        """Of the weights that `model` names now."""
        with self.explained(model):
            async with asyncio.timeout(15):
                listed = (await self.client.list()).models
        full = model if ":" in model else f"{model}:latest"
        for one in listed:
            if one.model == full:
                return one.digest or ""
        raise OwnerMustFix(f"Ollama has no model {model!r}: run `ollama pull {model}`")

    async def control_tokens(self, model: str) -> frozenset[str]:
        """Of the model's vocabulary; where the server does not show it, those that its template writes."""
        with self.explained(model):
            async with asyncio.timeout(60):
                # The client's own `show` cannot ask for the vocabulary.
                asked = {"model": model, "verbose": True}
                answer = await self.client._client.post("/api/show", json=asked)
            return of_show(answer.json()) if answer.status_code == 200 else frozenset()

    async def close(self) -> None:
        await self.client.close()  # type: ignore[no-untyped-call]

    @contextlib.contextmanager
    def explained(self, model: str) -> Iterator[None]:
        """Turns what the client raises into our errors; never with the body of an answer."""
        away = f"Ollama does not answer at {self.address}: start it with `ollama serve`"
        try:
            yield
        except ollama.ResponseError as error:
            raise _of_status(error.status_code, model) from error
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TryAgain(away) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise TryAgain("Ollama takes too long to answer") from error
        except (httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            raise TryAgain(f"Ollama's answer broke off or made no sense ({type(error).__name__})") from error


def _of_status(status: int, model: str) -> OwnerMustFix | TryAgain:
    if status == 404:
        return OwnerMustFix(f"Ollama has no model {model!r}: run `ollama pull {model}`")
    if 400 <= status < 500 and status not in (408, 429):
        return OwnerMustFix(f"Ollama refused what was asked of {model!r} (HTTP {status}); its log says why")
    return TryAgain(
        f"Ollama failed or is overloaded (HTTP {status})" if status > 0 else "Ollama failed in the middle"
    )


def _options(prompt: Prompt, sampling: Sampling, context_tokens: int) -> dict[str, Any]:
    options: dict[str, Any] = {
        "num_ctx": context_tokens,
        "num_predict": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "stop": list(prompt.stop),
    }
    return options if sampling.seed is None else {**options, "seed": sampling.seed}


def _is_local(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
