"""The running twin's command socket: one JSON object a line, from its own user alone.

`{"call": "approve", "args": {"id": "3"}}` is answered `{"ok": …}`, or `{"error": {"kind", "message"}}`
where `kind` is the name of one of our errors, or `Unexpected`.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from core.errors import OwnerMustFix, Refused, TryAgain, UnderstudyError

if TYPE_CHECKING:
    from bots.api.twin import Twin
    from bots.home import Home

LONGEST_LINE = 8_000_000
"""Bytes of one request: the longest text of the command line, escaped as JSON at its worst."""

KINDS: Mapping[str, type[UnderstudyError]] = {
    error.__name__: error for error in (OwnerMustFix, Refused, TryAgain)
}

FIRST = frozenset({"pause"})
"""Done at once, whatever was asked before."""

_log = logging.getLogger(__name__)


class NobodyListens(TryAgain):
    """The home is held, but its socket does not answer yet. Caught by the command line, which waits."""


class Unexpected(Exception):
    """The running twin met a fault of its own; its log has it. Caught by the command line (exit 1)."""


@asynccontextmanager
async def serving(home: "Home", twin: "Twin", only: frozenset[str] | None = None) -> AsyncIterator[None]:
    """Answer commands for as long as the context lasts, all or `only` these. The caller holds the home's
    lock."""
    path = home.private_socket()
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs this in a task
        connections.add(task)
        task.add_done_callback(connections.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await _serve(twin, reader, writer, only)
        writer.close()

    server = await asyncio.start_unix_server(serve, path, limit=LONGEST_LINE)
    try:
        path.chmod(0o600)
        yield
    finally:
        server.close()
        for task in connections:
            task.cancel()
        path.unlink(missing_ok=True)


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


def call(home: "Home", name: str, args: Mapping[str, Any]) -> Any:
    """Ask the running twin; its answer as plain JSON.

    Raises what the twin raised, NobodyListens when its socket is not there (yet), TryAgain when it went
    away before it answered, Unexpected when it met a fault of its own.
    """
    request = _line({"call": name, "args": args})
    if len(request) > LONGEST_LINE:
        raise OwnerMustFix(f"{name}: longer than {LONGEST_LINE} bytes")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(os.fspath(home.socket))
        except OSError as error:
            raise NobodyListens(f"{home.path} is in use, but nothing answers there yet") from error
        if _uid(connection) not in (os.getuid(), None):
            raise Refused(f"{home.socket} belongs to another user")
        try:
            connection.sendall(request)
            with connection.makefile("rb") as answers:
                line = answers.readline()
        except OSError as error:
            raise TryAgain("the twin went away before it answered") from error
    if not line.endswith(b"\n"):
        raise TryAgain("the twin went away before it answered")
    answer = json.loads(line)
    if "error" not in answer:
        return answer["ok"]
    if answer["error"]["kind"] == NobodyListens.__name__:
        raise NobodyListens(answer["error"]["message"])
    raise KINDS.get(answer["error"]["kind"], Unexpected)(answer["error"]["message"])


async def _serve(
    twin: "Twin", reader: asyncio.StreamReader, writer: asyncio.StreamWriter, only: frozenset[str] | None
) -> None:
    """Requests are done and answered one after the other; but what is FIRST is done as soon as it is read."""
    stranger = _uid(writer.get_extra_info("socket")) not in (os.getuid(), None)
    answered: asyncio.Task[None] | None = None
    tasks: set[asyncio.Task[Any]] = set()
    try:
        while True:
            try:
                line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                break
            except asyncio.LimitOverrunError:
                refused = _error("OwnerMustFix", f"a request is one line of at most {LONGEST_LINE} bytes")
                answered = asyncio.create_task(_say(writer, refused, answered))
                break
            if stranger:  # said only now: closing on what was not read would swallow the word
                refused = _error("Refused", "only the user who runs the twin may command it")
                answered = asyncio.create_task(_say(writer, refused, answered))
                break
            if answered is not None and not answered.done() and _named(line) in FIRST:
                tasks.add(asyncio.create_task(_answer(twin, line, only)))
            answered = asyncio.create_task(_in_turn(twin, line, only, writer, answered))
            tasks.add(answered)
            tasks = {task for task in tasks if not task.done()}
        if answered is not None:
            await answered
    finally:
        for task in tasks:
            task.cancel()


async def _in_turn(
    twin: "Twin",
    line: bytes,
    only: frozenset[str] | None,
    writer: asyncio.StreamWriter,
    before: "asyncio.Task[None] | None",
) -> None:
    if before is not None:
        await before
    await _say(writer, await _answer(twin, line, only), None)


async def _say(
    writer: asyncio.StreamWriter, answer: Mapping[str, Any], before: "asyncio.Task[None] | None"
) -> None:
    if before is not None:
        await before
    writer.write(_line(answer))
    await writer.drain()


def _named(line: bytes) -> str:
    """The call that a request names; empty where it is none."""
    try:
        return str(json.loads(line)["call"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


async def _answer(twin: "Twin", line: bytes, only: frozenset[str] | None) -> dict[str, Any]:
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise TypeError
        name, args = request["call"], request.get("args", {})
        if not isinstance(name, str) or not isinstance(args, dict):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError):
        return _error("OwnerMustFix", 'a request is {"call": NAME, "args": {…}} on one line')
    if only is not None and name not in only:
        return _error(NobodyListens.__name__, "another command is at work in this home")
    try:
        return {"ok": await call_twin(twin, name, args)}
    except UnderstudyError as error:
        kind = next((kind for kind, sort in KINDS.items() if isinstance(error, sort)), "Refused")
        return _error(kind, str(error))
    except Exception as error:  # a fault in one command must not stop the twin
        _log.exception("%s failed", name)
        return _error("Unexpected", f"{name} failed ({type(error).__name__})")


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "message": message}}


def _line(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def _uid(connection: socket.socket) -> int | None:
    """The user at the other end; None where the system cannot say (the socket's mode guards it then)."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])
