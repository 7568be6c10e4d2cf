"""The running twin's command socket: every whole line of its user is a call, and is answered by a line.

Lines that do not come to their end neither stop the twin nor fill its memory; what is FIRST waits for no
other call, whoever made it.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bots.control import FIRST, KINDS, LONGEST_LINE, NOT_TAKEN, line_of, user_of
from bots.waiting_connections import BACKLOG, WAIT_S, WaitingConnections, accept
from core.errors import OwnerMustFix, Refused, UnderstudyError

if TYPE_CHECKING:
    from bots.api.twin import Twin
    from bots.home import Home

OPEN = "open"
"""The one call that the console answers, not the twin: a fresh link to it."""
CHUNK = 65536
MOST_HELD = 8 * LONGEST_LINE
"""Bytes of all lines that have not come to their end."""
MOST_ANSWERED = 64
"""Calls at one time."""
MOST_AHEAD = 32
"""Calls of one caller that wait for an earlier one of theirs; further ones are refused in their turn, so that
what is FIRST is read behind them."""
MOST_REFUSED = 1000
"""Those after which nothing is read of that caller until there is room."""

_log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(
    home: "Home",
    twin: "Twin",
    fresh_link: Callable[[], str] | None = None,
    only: frozenset[str] | None = None,
) -> AsyncIterator[None]:
    """Answer commands for as long as the context lasts, all or `only` these. The caller holds the home's
    lock."""
    path = home.private_socket()
    if only is not None:
        path = home.command_socket
    calls = _Calls(twin, fresh_link, only)
    path.unlink(missing_ok=True)  # one that a killed twin left behind
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(os.fspath(path))
        path.chmod(0o600)
        listening.listen(BACKLOG)
        listening.setblocking(False)
        accepting = asyncio.create_task(accept(listening, calls.waiting, calls.take), name="commands")
        try:
            yield
        finally:
            accepting.cancel()
            calls.close()
            path.unlink(missing_ok=True)


class _Caller:
    """One connection: what it has sent of a line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.held = bytearray()
        self.task = asyncio.current_task()
        self.calls: list[asyncio.Task[None]] = []
        """Those not yet answered, in their order."""

    @property
    def is_stranger(self) -> bool:
        """Whether another user calls."""
        return user_of(self.writer.get_extra_info("socket")) not in (os.getuid(), None)

    def turn_away(self) -> None:
        """Say that nothing was done, and end."""
        why = "the call did not come whole, or too many came at once; nothing was done"
        self.writer.write(line_of(_error(NOT_TAKEN, why)))
        self.end()

    def end(self) -> None:
        """Whatever it waits for."""
        if self.task is not None:
            self.task.cancel()


class _Calls:
    """All connections, and the calls that come over them."""

    def __init__(
        self, twin: "Twin", fresh_link: Callable[[], str] | None, only: frozenset[str] | None
    ) -> None:
        self._twin = twin
        self._only = only
        self._fresh_link = fresh_link
        self.waiting = WaitingConnections()
        self._callers: set[_Caller] = set()
        self._answered = 0

    async def take(self, connection: socket.socket) -> None:
        """Serve a connection from now on."""
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(CHUNK, loop), self._serve, loop)

        await loop.connect_accepted_socket(protocol, connection)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = _Caller(reader, writer)
        self._callers.add(caller)
        try:
            with contextlib.suppress(ConnectionError, TimeoutError, asyncio.CancelledError):
                await self._calls_of(caller)
        finally:
            for call in caller.calls:
                call.cancel()
            self.waiting.goes_on(caller)
            self._callers.discard(caller)
            writer.close()

    def close(self) -> None:
        """End every connection."""
        for caller in self._callers:
            caller.end()

    async def _calls_of(self, caller: _Caller) -> None:
        """Answered one after the other. What is FIRST is done as soon as it is read,
        and in its turn again, to be the last word too."""
        while (line := await self._line(caller)) is not None:
            if caller.is_stranger:  # said only now: closing on what was not read would swallow the word
                await _say(caller, _error("Refused", "only the user who runs the twin may command it"))
                return
            if len(line) > LONGEST_LINE:
                why = f"a request is one line of at most {LONGEST_LINE} bytes"
                await _say(caller, _error("OwnerMustFix", why))
                return
            is_first = _named(line) in FIRST
            if caller.calls and is_first:
                await self._answer(line)
            kept = line if is_first or len(caller.calls) < MOST_AHEAD else None
            if len(caller.calls) >= MOST_AHEAD + MOST_REFUSED:
                await caller.calls[0]
            before = caller.calls[-1] if caller.calls else None
            caller.calls.append(asyncio.create_task(self._in_turn(caller, kept, before)))
        if caller.calls:
            await caller.calls[-1]

    async def _in_turn(
        self, caller: _Caller, line: bytes | None, before: "asyncio.Task[None] | None"
    ) -> None:
        """None for a line that was one too many."""
        try:
            if before is not None:
                await before
            too_many = _error(NOT_TAKEN, "too many calls came at once; nothing was done")
            await _say(caller, too_many if line is None else await self._answer(line))
        except (ConnectionError, TimeoutError):
            caller.end()
        finally:
            del caller.calls[0]
            if not caller.calls and caller in self._callers:
                self.waiting.waits(caller, caller.turn_away)

    async def _line(self, caller: _Caller) -> bytes | None:
        """The next line; its beginning, longer than the longest, where it is too long; None if none."""
        if not caller.calls:
            self.waiting.waits(caller, caller.turn_away)
        while (end := caller.held.find(b"\n")) < 0 and len(caller.held) <= LONGEST_LINE:
            chunk = await caller.reader.read(CHUNK)
            if not chunk:
                return None
            caller.held += chunk
            if sum(len(other.held) for other in self._callers) > MOST_HELD:
                max(self._callers, key=lambda other: len(other.held)).turn_away()
        self.waiting.goes_on(caller)
        size = len(caller.held) if end < 0 else end + 1
        line = bytes(caller.held[:size])
        del caller.held[:size]
        return line

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise TypeError
            name, args = request["call"], request.get("args", {})
            if not isinstance(name, str) or not isinstance(args, dict):
                raise TypeError
        except (ValueError, TypeError, KeyError, RecursionError):
            return _error("OwnerMustFix", 'a request is {"call": NAME, "args": {…}} on one line')
        if self._only is not None and name not in self._only:
            return _error(NOT_TAKEN, "another command is at work in this home")
        if self._answered >= MOST_ANSWERED and name not in FIRST:
            return _error(NOT_TAKEN, "the twin is busy with other calls, and did nothing")
        self._answered += 1
        try:
            return {"ok": self._opened(args) if name == OPEN else await call_twin(self._twin, name, args)}
        except UnderstudyError as error:
            kind = next((kind for kind, sort in KINDS.items() if isinstance(error, sort)), "Refused")
            return _error(kind, str(error))
        except Exception as error:  # a fault in one command must not stop the twin
            _log.exception("%s failed", name)
            return _error("Unexpected", f"{name} failed ({type(error).__name__})")
        finally:
            self._answered -= 1

    def _opened(self, args: Mapping[str, Any]) -> dict[str, str]:
        if args:
            raise OwnerMustFix(f"{OPEN}: takes nothing")
        if self._fresh_link is None:
            raise Refused("this twin has no page to open")
        return {"link": self._fresh_link()}


async def call_twin(twin: "Twin", name: str, args: Mapping[str, Any]) -> Any:
    """Call a method of the twin that is marked for it, and return its answer as plain JSON.

    Raises OwnerMustFix on a name or arguments that do not fit, and what the method raises.
    """
    from pydantic import ValidationError, validate_call

    from bots.api.exposed import exposed_calls
    from bots.api.plain import to_json
    from bots.api.twin import Twin

    if name not in exposed_calls(Twin):
        raise OwnerMustFix("there is no such command")
    try:
        return to_json(await validate_call(getattr(twin, name))(**args))
    except ValidationError as error:
        keys = {
            ".".join(str(part) for part in fault["loc"]): fault["msg"]
            for fault in error.errors(include_input=False)
        }
        raise OwnerMustFix(f"{name}: " + "; ".join(f"{key}: {why}" for key, why in keys.items())) from error


def _named(line: bytes) -> str:
    """The call that a request names; empty where it is none."""
    try:
        return str(json.loads(line)["call"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


async def _say(caller: _Caller, answer: dict[str, Any]) -> None:
    """Raises TimeoutError where nobody fetches it."""
    caller.writer.write(line_of(answer))
    try:
        async with asyncio.timeout(WAIT_S):
            await caller.writer.drain()
    except TimeoutError:
        caller.writer.transport.abort()
        raise


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "message": message}}
