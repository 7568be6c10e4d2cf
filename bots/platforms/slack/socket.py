"""Socket Mode: a websocket on which Slack hands over envelopes, each acknowledged once it is dealt with.

Not by `slack_sdk`'s client: it tries one ticket for ever, which Slack takes once; it hands envelopes over out
of order; it cannot tell that a token was refused, and logs the ticket.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import aiohttp

from bots.platforms.port import Health
from bots.platforms.slack.parse import lane
from bots.runtime.base.timing import Sleep, Timing, cancel_and_wait
from core.errors import TryAgain

log = logging.getLogger(__name__)

HEARTBEAT_S = 20.0
GREETING_S = 30.0
"""A connection that says no `hello` for so long is given up."""
LINGER_S = 8.0
"""A connection that Slack is about to end is read for so long beside its successor."""
STEADY_S = 10.0
"""A connection that breaks sooner is followed by a pause."""
POLITE = {"warning", "refresh_requested"}
"""Why Slack replaces a connection every few hours."""
FINISH_S = 2.0
"""What is in hand may take so long when the twin stops."""
LONGEST_ENVELOPE = 16 * 2**20
RETRY_TIMING = Timing(retry_first_s=1.0, retry_longest_s=60.0)


@dataclass(frozen=True, slots=True)
class Handled:
    """Whether to acknowledge an envelope, and with what, where Slack takes an answer."""

    acknowledge: bool = True
    answer: Mapping[str, Any] | None = None


Handle = Callable[[str, Any], Awaitable[Handled]]
"""Deals with one envelope, by its type and payload. Never raises."""


class Socket:
    """Connected while `run` runs. `ticket` asks Slack where to connect; `tell` learns how it goes; `greeted`
    gets the id of the app."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        ticket: Callable[[], Awaitable[str]],
        handle: Handle,
        tell: Callable[[Health, str], None],
        greeted: Callable[[str], None],
        sleep: Sleep,
    ) -> None:
        self._session = session
        self._ticket = ticket
        self._handle = handle
        self._tell = tell
        self._greeted = greeted
        self._sleep = sleep
        self._failures = 0
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._in_hand: set[asyncio.Task[None]] = set()
        self._readers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect, and again whenever Slack asks for it or the connection breaks; until cancelled.

        Raises OwnerMustFix when Slack refuses the token.
        """
        try:
            while True:
                ended = asyncio.Event()
                try:
                    await self._connect(ended)
                except (TryAgain, aiohttp.ClientError, OSError, ValueError) as error:
                    pause = RETRY_TIMING.pause(self._failures, error)
                    detail = str(error) if isinstance(error, TryAgain) else type(error).__name__
                    self._tell(Health.RECONNECTING, f"no connection ({detail}); trying again")
                    self._failures += 1
                    await self._sleep(pause)
                    continue
                await ended.wait()
                if self._failures:
                    await self._sleep(RETRY_TIMING.backoff(self._failures - 1))
        finally:
            await self._end()

    async def _connect(self, ended: asyncio.Event) -> None:
        web = await self._session.ws_connect(
            await self._ticket(),
            heartbeat=HEARTBEAT_S,
            max_msg_size=LONGEST_ENVELOPE,
            timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
        )
        reader = asyncio.create_task(self._read(web, ended), name="slack socket")
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)

    async def _read(self, web: aiohttp.ClientWebSocketResponse, ended: asyncio.Event) -> None:
        """Until it breaks, or Slack has ended it; `ended` is set once another is wanted."""
        now = asyncio.get_running_loop().time
        greeted = None
        try:
            async with asyncio.timeout(GREETING_S) as limit:
                async for frame in web:
                    if frame.type is not aiohttp.WSMsgType.TEXT:
                        continue
                    envelope = _decoded(frame.data)
                    match envelope.get("type"):
                        case "hello":
                            limit.reschedule(None)
                            greeted = now()
                            self._greeted(_app(envelope))
                            self._tell(Health.CONNECTED, "")
                        case "disconnect":
                            limit.reschedule(now() + LINGER_S)
                            self._failures = 0 if envelope.get("reason") in POLITE else self._failures + 1
                            ended.set()
                        case _:
                            self._take(web, envelope)
        except TimeoutError:
            pass
        finally:
            if not ended.is_set():
                steady = greeted is not None and now() - greeted > STEADY_S
                self._failures = 0 if steady else self._failures + 1
                self._tell(Health.RECONNECTING, "the connection was lost")
            ended.set()
            await web.close()

    def _take(self, web: aiohttp.ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        if not isinstance(envelope.get("envelope_id"), str):
            return
        kind = str(envelope.get("type"))
        word = lane(envelope.get("payload")) if kind == "events_api" else ""
        turn = self._lanes.get(word) or asyncio.Lock()
        if word:
            self._lanes[word] = turn
        task = asyncio.create_task(self._deal(web, kind, envelope, turn), name=f"slack {kind}")
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)

    async def _deal(
        self,
        web: aiohttp.ClientWebSocketResponse,
        kind: str,
        envelope: Mapping[str, Any],
        turn: asyncio.Lock,
    ) -> None:
        async with turn:  # the lock is fair: what came first goes first
            done = await self._handle(kind, envelope.get("payload"))
        if not done.acknowledge:
            return
        answer: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if done.answer and envelope.get("accepts_response_payload"):
            answer["payload"] = done.answer
        try:
            await web.send_str(json.dumps(answer))
        except (aiohttp.ClientError, OSError):
            log.info("slack: an envelope could not be acknowledged; Slack sends it again")

    async def _end(self) -> None:
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=FINISH_S)
        await cancel_and_wait(*self._in_hand, *self._readers)


def _decoded(raw: str) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    log.warning("slack: skipped an envelope that is no JSON object")
    return {}


def _app(hello: Mapping[str, Any]) -> str:
    info = hello.get("connection_info")
    app = info.get("app_id") if isinstance(info, dict) else None
    return app if isinstance(app, str) else ""
