"""A stand-in for Ollama's HTTP API, spoken over a real socket."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiohttp import web

from core.models.embedders import HashedEmbedder
from core.models.ollama_sites import full_name

Conduct = Literal[
    "well", "silent", "stuck", "broken", "overloaded", "forbidden", "garbled", "cut", "error line"
]

DETAILS = {"details": {"parent_model": "", "format": "gguf", "family": "gemma3", "families": ["gemma3"]}}
"""Of a model with weights of its own."""

TEMPLATE = (
    "{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>{{ end }}"
    "<|im_start|>user\n{{ .Prompt }}<|im_end|>"
)
DIED = "the runner died"
"""What it says of itself on an error line."""


class OllamaServer:
    """Answers with `reply`, as `conduct` says; `requests` holds (path, body) of what it was asked.

    `asked` is set when a draft or vectors were asked for, `gone` when the client left before the end.
    A model is loaded by a request without a prompt, or by the first with one, which takes `load_s`; `loads`
    holds what such requests asked, `aborted` how many loads a client gave up. `slots` are how many replies
    are written at once; `first_s` is how long the first word takes. `failure` is the status and the text of a
    refusal.
    `tags` and `shows` hold what `/api/tags` and `/api/show` say of a model beside its name; `answers` what
    every answer says of itself.
    """

    def __init__(self, *models: str, reply: str = "yes, after seven") -> None:
        self.models = models or ("gemma3:4b",)
        self.reply = reply
        self.tags: dict[str, dict[str, Any]] = {}
        self.shows: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, Any] = {}
        self.conduct: Conduct = "well"
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.loads: list[dict[str, Any]] = []
        self.load_s = 0.0
        self.loaded: set[str] = set()
        self.aborted = 0
        self.first_s = 0.0
        self.thoughts = ""
        self.failure: tuple[int, str] | None = None
        self.slots = asyncio.Semaphore(16)
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()
        self.host = ""
        self._embedder = HashedEmbedder(64)

    @asynccontextmanager
    async def serving(self) -> "AsyncIterator[OllamaServer]":
        """On a free loopback port while the block runs; `host` is its address."""
        app = web.Application()
        app.router.add_get("/api/tags", self._tags)
        app.router.add_post("/api/show", self._show)
        app.router.add_post("/api/chat", self._write)
        app.router.add_post("/api/generate", self._write)
        app.router.add_post("/api/embed", self._embed)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.host = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _tags(self, request: web.Request) -> web.Response:
        models = [
            {"model": name, "name": name, "digest": f"digest of {name}"} | DETAILS | self.tags.get(name, {})
            for name in self.models
        ]
        return web.json_response({"models": models})

    async def _show(self, request: web.Request) -> web.Response:
        name = (await request.json())["model"]
        if not self._has(name):
            return web.json_response({"error": f"model '{name}' not found"}, status=404)
        return web.json_response(
            DETAILS | {"capabilities": ["completion"], "template": TEMPLATE} | self.shows.get(name, {})
        )

    async def _write(self, request: web.Request) -> web.StreamResponse:
        if (loading := await self._load_alone(request, "messages")) is not None:
            return loading
        body = await self._taken(request)
        if (refusal := self._refusal(body)) is not None:
            return refusal
        await self._load(body)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        try:
            async with self.slots:
                if self.conduct == "silent":
                    await asyncio.Event().wait()
                await asyncio.sleep(self.first_s)
                await response.prepare(request)
                await self._say(response, request.path, body)
        except asyncio.CancelledError:
            self.gone.set()
            raise
        return response

    async def _say(self, response: web.StreamResponse, path: str, body: Mapping[str, Any]) -> None:
        text = self.reply
        for stop in body["options"].get("stop", ()):
            text = text.split(stop)[0]
        words = text.split(" ")
        limit = body["options"].get("num_predict", len(words))
        words, reason = (words[:limit], "length") if len(words) > limit else (words, "stop")
        for thought in self.thoughts.split():
            await response.write(_line(path, "", thinking=f"{thought} ", **self.answers))
        if self.thoughts and not self.reply:
            words, reason = [], "length"
        for number, word in enumerate(words):
            piece = word if number == 0 else f" {word}"
            await response.write(_line(path, piece, **self.answers))
            if self.conduct == "stuck":
                await asyncio.Event().wait()
            if self.conduct == "garbled":
                await response.write(b'{"message": oops\n')
            if self.conduct == "error line":
                await response.write(json.dumps({"error": DIED}).encode() + b"\n")
            if self.conduct == "cut":
                return
        if self.conduct == "well":
            await response.write(_line(path, "", reason, **self.answers))

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        if (loading := await self._load_alone(request, "input")) is not None:
            return loading
        body = await self._taken(request)
        if (refusal := self._refusal(body)) is not None:
            return refusal
        await self._load(body)
        rows = 3 * await self._embedder.passages(body["input"])
        return web.json_response({"model": body["model"], "embeddings": rows.tolist()} | self.answers)

    async def _taken(self, request: web.Request) -> dict[str, Any]:
        body: dict[str, Any] = await request.json()
        self.requests.append((request.path, body))
        self.asked.set()
        return body

    async def _load_alone(self, request: web.Request, content: str) -> web.Response | None:
        """The answer to a request that only loads; None where it asks for more."""
        body: dict[str, Any] = await request.json()
        if body.get(content) or body.get("prompt"):
            return None
        if body.get("keep_alive") in (0, "0s", "0m", "0"):
            self.loaded.discard(body["model"])
            return web.json_response({"model": body["model"], "done": True, "done_reason": "unload"})
        self.loads.append(body)
        if (refusal := self._refusal(body)) is not None:
            return refusal
        await self._load(body)
        return web.json_response({"model": body["model"], "done": True, "done_reason": "load"})

    async def _load(self, body: Mapping[str, Any]) -> None:
        """As Ollama does: a client that goes away ends the load."""
        if body["model"] in self.loaded:
            return
        try:
            await asyncio.sleep(self.load_s)
        except asyncio.CancelledError:
            self.aborted += 1
            raise
        self.loaded.add(body["model"])

    def _has(self, name: str) -> bool:
        """Ollama finds a name in any case, and without what stands for itself."""
        return full_name(name) in map(full_name, self.models)

    def _refusal(self, body: Mapping[str, Any]) -> web.Response | None:
        if (why := _refused_keep_alive(body.get("keep_alive"))) is not None:
            return web.json_response({"error": why}, status=400)
        if not self._has(body["model"]):
            return web.json_response({"error": f"model '{body['model']}' not found"}, status=404)
        if self.failure is not None:
            return web.Response(text=self.failure[1], status=self.failure[0])
        status = {"broken": 500, "overloaded": 503, "forbidden": 403}.get(self.conduct)
        return status and web.json_response({"error": "no"}, status=status)  # type: ignore[return-value]


def _refused_keep_alive(given: object) -> str | None:
    """As Go's `time.ParseDuration` reads a text."""
    if not isinstance(given, str) or re.fullmatch(r"[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+", given):
        return None
    return f'time: missing unit in duration "{given}"'


def _line(path: str, piece: str, reason: str = "", thinking: str = "", **more: Any) -> bytes:
    said: dict[str, Any] = {"thinking": thinking} if thinking else {}
    said |= {"content": piece} if path == "/api/chat" else {"response": piece}
    if path == "/api/chat":
        said = {"message": {"role": "assistant", **said}}
    return (
        json.dumps(
            {"model": "any", **said, "done": bool(reason), "done_reason": reason or None} | more
        ).encode()
        + b"\n"
    )
