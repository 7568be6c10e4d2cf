"""Ollama: chat and embeddings from a server that the owner runs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx
import numpy as np
import ollama

from core.errors import OwnerMustFix, TryAgain
from core.models.address import model_address
from core.models.deadlines import in_time
from core.models.gguf import of_show
from core.models.ollama_sites import (
    OllamaAnswer,
    OllamaModel,
    OllamaPiece,
    OllamaTags,
    OllamaVectors,
    cloud_of,
    full_name,
    refuse_answer,
    refuse_unallowed,
)
from core.ports import ModelCard, Sampling, StreamEnd, Vectors
from core.prompt.chat import Prompt
from core.runs_on import HERE, NOT_KNOWN, ModelSite, RunsOn

NEXT_PIECE_S = 30.0
BATCH = 16
EMBED_S = 120.0
EMBEDDER_STAYS = "30m"
"""How long Ollama keeps the embedding model loaded: a draft wants it at once."""
NO_SUCH_CALL = (404, 405)


class OllamaChat:
    """A model of an Ollama server at `host`, as `model_address` reads it, by way of `proxy` if one is given.

    `timeout_s` is the longest wait for the first piece, the model's load included. Raises TryAgain when
    the server is away, slow or overloaded (what it says names the command that mends it), OwnerMustFix
    when the model is not pulled, or runs in a cloud and is not among those that `allow_remote` names.
    """

    def __init__(
        self,
        host: str,
        model: str,
        *,
        proxy: str = "",
        keep_alive: str = "30m",
        context_tokens: int = 8192,
        timeout_s: float = 120.0,
        allow_remote: Collection[str] = (),
    ) -> None:
        self._server = _OllamaServer(host, proxy, timeout_s)
        self._allow_remote = tuple(allow_remote)
        self._card = ModelCard(model, "", "chat", context_tokens)
        self._keep_alive = keep_alive
        self._timeout_s = timeout_s

    @property
    def card(self) -> ModelCard:
        """Its digest is empty, its control tokens and where it runs unknown, until the server was first
        asked."""
        return self._card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd]:
        """The reply, piece by piece. Close the iterator (`contextlib.aclosing`) to stop early."""
        # A name can be given to another model at any time, and that one may be in a cloud.
        await self.check()
        async with contextlib.aclosing(self._pieces(prompt, sampling)) as pieces:
            async for piece in in_time(pieces, self._timeout_s, min(NEXT_PIECE_S, self._timeout_s)):
                if piece:
                    yield piece

    async def check(self) -> None:
        """Ask the server for the model; learns the digest of its weights, its control tokens, and where it
        runs."""
        served = await self._server.served(self._card.name, self._allow_remote)
        if served.digest != self._card.digest or self._card.control_tokens is None:
            tokens = await self._server.control_tokens(self._card.name)
            self._card = replace(self._card, digest=served.digest, control_tokens=tokens)
        self._card = replace(self._card, runs_on=served.runs_on)

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
        if prompt.turns:
            turns = [{"role": turn.role, "content": turn.content} for turn in prompt.turns]
            path, asked = "/api/chat", common | {"messages": turns, "think": False}
        else:
            path, asked = "/api/generate", common | {"prompt": prompt.text, "raw": True}
        with self._server.explained(self._card.name):
            # The client's own types drop what says that the answer is from elsewhere.
            request = self._server.client._request
            async for said in await request(OllamaPiece, "POST", path, json=asked, stream=True):
                self._note_where(said)
                yield said.text
                if said.done:
                    if said.done_reason == "length":
                        yield StreamEnd.CUT_OFF
                    return
        raise TryAgain("Ollama stopped in the middle of a draft")

    def _note_where(self, answer: OllamaAnswer) -> None:
        if answer.cloud is not None:
            refuse_answer(self._card.name, answer.cloud, self._allow_remote)
            self._card = replace(self._card, runs_on=self._server.runs_on(answer.cloud))


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
        self._server = _OllamaServer(host, proxy, EMBED_S)
        self._allow_remote = tuple(allow_remote)
        self.runs_on = NOT_KNOWN
        """Not known until the server was first asked."""
        self._model = model
        self._dimensions = dimensions
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix

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
        self.runs_on = (await self._server.served(self._model, self._allow_remote)).runs_on

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        readable = [text.encode("utf-8", "replace").decode() or " " for text in texts]
        await self.check()
        with self._server.explained(self._model):
            asked = {"model": self._model, "input": readable, "keep_alive": EMBEDDER_STAYS}
            answer = await self._server.client._request(OllamaVectors, "POST", "/api/embed", json=asked)
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
    server = _OllamaServer(host, proxy, timeout_s=15)
    try:
        models = sorted(await server.models(""), key=lambda model: model.called)
        return {
            model.called: server.runs_on(cloud_of(model.called, model, *await server.described(model.called)))
            for model in models
        }
    finally:
        await server.close()


@dataclass(frozen=True, slots=True)
class _ServedModel:
    digest: str
    runs_on: RunsOn


class _OllamaServer:
    """The one client of a server, and what its errors mean to the owner."""

    def __init__(self, host: str, proxy: str, timeout_s: float) -> None:
        self._where = where = model_address(host)
        self.address = where.url
        encrypted = where.url.startswith("https:")
        try:
            self.client = ollama.AsyncClient(
                where.url,
                timeout=httpx.Timeout(timeout_s, connect=5),
                # Neither the environment, nor the system, nor an answer says where prompts go.
                trust_env=False,
                follow_redirects=False,
                proxy=proxy or None,
                verify=httpx.create_ssl_context() if encrypted else True,
            )
        except (ValueError, httpx.InvalidURL) as error:
            raise OwnerMustFix(f"{proxy!r} is no address of a proxy") from error
        if where.is_this_machine or not encrypted:
            # The library takes OLLAMA_API_KEY from the environment, and would send it to any server.
            self.client._client.headers.pop("Authorization", None)

    async def served(self, model: str, allow_remote: Collection[str]) -> "_ServedModel":
        """What `model` names now. Raises OwnerMustFix where it is in a cloud and the owner allowed none."""
        for entry in await self.models(model):
            if entry.called == full_name(model):
                cloud = cloud_of(model, entry, *await self.described(model))
                if cloud is not None:
                    refuse_unallowed(model, cloud, allow_remote)
                return _ServedModel(entry.digest or "", self.runs_on(cloud))
        raise OwnerMustFix(f"Ollama has no model {model!r}: run `ollama pull {model}`")

    async def models(self, wanted: str) -> Sequence[OllamaModel]:
        """All that it has; `wanted` is named where that fails."""
        with self.explained(wanted):
            async with asyncio.timeout(15):
                # The client's own type drops what says that a model is elsewhere.
                return (await self.client._request(OllamaTags, "GET", "/api/tags")).models

    def runs_on(self, cloud: str | None) -> RunsOn:
        """As a value: by what `cloud_of` says of a model."""
        if cloud is not None:
            return RunsOn(ModelSite.CLOUD, cloud)
        where = self._where
        return HERE if where.is_this_machine else RunsOn(ModelSite.HOST, f"{where.host}:{where.port}")

    async def described(self, model: str) -> Sequence[OllamaModel]:
        """What the server says of one model by itself, where it knows that call."""
        with self.explained(model):
            try:
                async with asyncio.timeout(15):
                    return (
                        await self.client._request(OllamaModel, "POST", "/api/show", json={"model": model}),
                    )
            except ollama.ResponseError as error:
                if error.status_code not in NO_SUCH_CALL:
                    raise
                return ()

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
    if 300 <= status < 400:
        return OwnerMustFix("Ollama's address answers with another one: in twin.toml, set model.host to that")
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
