"""How a command asks the running twin: one JSON object a line over its socket, from its own user alone.

`{"call": "approve", "args": {"id": "3"}}` is answered `{"ok": …}`, or `{"error": {"kind", "message"}}`
where `kind` is the name of one of our errors, or `Unexpected`.
"""

import contextlib
import json
import os
import socket
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.errors import OwnerMustFix, Refused, TryAgain, UnderstudyError

if TYPE_CHECKING:
    from bots.home import Home

LONGEST_LINE = 8_000_000
"""Bytes of one request: the longest text of the command line, escaped as JSON at its worst."""

KINDS: Mapping[str, type[UnderstudyError]] = {
    error.__name__: error for error in (OwnerMustFix, Refused, TryAgain)
}

NOT_TAKEN = "NotTaken"
"""The kind of error of a call that was not begun: it may be made again."""
FIRST = frozenset({"pause"})
"""Done at once, whatever was asked before."""


class NobodyListens(TryAgain):
    """The home is held, but its socket takes no call yet. Caught by the command line, which waits."""


class Unexpected(Exception):
    """The running twin met a fault of its own; its log has it. Caught by the command line (exit 1)."""


def call(home: "Home", name: str, args: Mapping[str, Any]) -> Any:
    """Ask the running twin, or with what is FIRST the command that is at work; its answer as plain JSON.

    Raises what the twin raised, NobodyListens when its socket is not there (yet) or did not take the call,
    TryAgain when it went away before it answered, Unexpected when it met a fault of its own.
    """
    request = line_of({"call": name, "args": args})
    if len(request) > LONGEST_LINE:
        raise OwnerMustFix(f"{name}: longer than {LONGEST_LINE} bytes")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        _connect(connection, home, name)
        if user_of(connection) not in (os.getuid(), None):
            raise Refused(f"{home.socket} belongs to another user")
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it says why it closes
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
    if answer["error"]["kind"] == NOT_TAKEN:
        raise NobodyListens(answer["error"]["message"])
    raise KINDS.get(answer["error"]["kind"], Unexpected)(answer["error"]["message"])


def listens(home: "Home") -> bool:
    """Whether a twin that stays runs there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        return connection.connect_ex(os.fspath(home.socket)) == 0


def _connect(connection: socket.socket, home: "Home", name: str) -> None:
    for path in (home.socket, home.command_socket) if name in FIRST else (home.socket,):
        try:
            connection.connect(os.fspath(path))
        except OSError:
            continue
        return
    raise NobodyListens(f"{home.path} is in use, but nothing answers there yet")


def line_of(content: Any) -> bytes:
    """As it goes over the socket."""
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def user_of(connection: socket.socket) -> int | None:
    """The user at the other end; None where the system cannot say (the socket's mode guards it then)."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[1])
