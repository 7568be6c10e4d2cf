"""The parent's side of `core.models.llama_server`: start it, ask it, end it."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx

from core.errors import OwnerMustFix, TryAgain
from core.ports import StreamEnd

START_S = 120.0
CLOSE_S = 2.0
PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH", "SYSTEMROOT", "VIRTUAL_ENV")
"""What the child sees of our environment: none of the platforms' tokens."""
# Threads that spin at OpenMP's barriers bring the model to a halt as soon as another program wants the
# same cores (measured: 40 tokens in more than 20 s, against 2 s asleep).
SET = {"OMP_WAIT_POLICY": "passive"}

log = logging.getLogger(__name__)


class LlamaProcess:
    """A running llama.cpp server, behind a key that only this process and the child know."""

    def __init__(self, process: Process, address: str, key: str) -> None:
        self._process = process
        self._client = httpx.AsyncClient(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(None, connect=5),
            trust_env=False,
        )

    @classmethod
    async def start(cls, path: Path, window_tokens: int, threads: int) -> "LlamaProcess":
        """Load the GGUF at `path` in a child process. Raises TryAgain when that fails."""
        key = secrets.token_urlsafe(32)
        order = {"path": str(path), "window_tokens": window_tokens, "threads": threads, "key": key}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a folder called `core` where we were started is not ours
            "-m",
            "core.models.llama_server",
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ} | SET,
        )
        try:
            address = await _ask_address(process, order)
        except BaseException:
            await _end(process)
            raise
        return cls(process, address, key)

    @property
    def pid(self) -> int:
        """The child's."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """False once it has ended."""
        return self._process.returncode is None

    async def pieces(self, path: str, body: dict[str, Any]) -> AsyncGenerator[str | StreamEnd, None]:
        """What it answers to a streamed request, piece by piece, empty ones included.

        Raises TryAgain when it dies or fails, OwnerMustFix when the prompt is longer than its window.
        """
        try:
            async with self._client.stream("POST", path, json={**body, "stream": True}) as response:
                _refuse(response.status_code)
                async for line in response.aiter_lines():
                    event = _event(line)
                    if event is None:
                        continue
                    text, done = _piece(event)
                    yield text
                    if done:
                        _note(event)
                        if _cut_off(event):
                            yield StreamEnd.CUT_OFF
                        return
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise TryAgain(f"the embedded model stopped in the middle ({type(error).__name__})") from error
        raise TryAgain("the embedded model stopped in the middle")

    async def close(self) -> None:
        """End it, by force if it lingers. Safe to call twice."""
        await self._client.aclose()
        await _end(self._process)


async def _ask_address(process: Process, order: dict[str, Any]) -> str:
    if process.stdin is None or process.stdout is None:
        raise TryAgain("the embedded model has no pipes")
    try:
        async with asyncio.timeout(START_S):
            process.stdin.write(json.dumps(order).encode() + b"\n")
            await process.stdin.drain()
            answer = json.loads(await process.stdout.readline() or b"{}")
    except TimeoutError:
        raise TryAgain(f"the embedded model did not load within {START_S:.0f} s") from None
    except (OSError, ValueError) as error:
        raise TryAgain(f"the embedded model did not start ({type(error).__name__})") from error
    if "address" not in answer:
        raise TryAgain(f"the embedded model did not load: {answer.get('problem', 'its process died')}")
    return str(answer["address"])


async def _end(process: Process) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(CLOSE_S / 2):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _refuse(status: int) -> None:
    if status == 400:
        raise OwnerMustFix(
            "the prompt is too long for the embedded model: shorten the persona or the profile"
        )
    if status != 200:
        raise TryAgain(f"the embedded model answered with HTTP {status}")


def _event(line: str) -> dict[str, Any] | None:
    """One server-sent event; None for what lies between events. Raises ValueError on what is neither."""
    name, _, data = line.partition(":")
    if name == "error":
        raise ValueError("an error event")
    if name != "data" or not data.strip() or data.strip() == "[DONE]":
        return None
    event: dict[str, Any] = json.loads(data)
    if "error" in event:
        raise ValueError("an error event")
    return event


def _piece(event: dict[str, Any]) -> tuple[str, bool]:
    """The text of a `/completion` or `/v1/chat/completions` event, and whether it is the last."""
    if "choices" not in event:
        return event["content"], bool(event["stop"])
    choice = event["choices"][0]
    return choice["delta"].get("content") or "", choice["finish_reason"] is not None


def _cut_off(event: dict[str, Any]) -> bool:
    """Whether the last event says that the limit ended the reply, not the model."""
    if "choices" in event:
        return bool(event["choices"][0]["finish_reason"] == "length")
    return bool(event.get("stop_type") == "limit")


def _note(event: dict[str, Any]) -> None:
    timings = event.get("timings", {})
    log.debug(
        "drafted: %s prompt tokens read in %.0f ms, %s written in %.0f ms",
        timings.get("prompt_n"),
        timings.get("prompt_ms", 0),
        timings.get("predicted_n"),
        timings.get("predicted_ms", 0),
    )
