"""The console's server, inside the loop that the twin already runs in."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import uvicorn

from bots.api.twin import Twin
from bots.console.app import create_app
from bots.console.connections import BoundedProtocol
from bots.console.live import Streams
from bots.console.page_context import ModelNotice, ThingToTry
from bots.console.sessions import BrowserSessions
from bots.waiting_connections import BACKLOG, WaitingConnections, accept
from core.errors import OwnerMustFix

GRACE_S = 1
IDLE_S = 8 * 3600.0
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class _ConsoleServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process that runs the twin, not to its console."""
        yield


@dataclass(frozen=True, slots=True)
class ServedConsole:
    """A console that is served at `address`, without a slash at the end."""

    address: str
    sessions: BrowserSessions

    def link(self) -> str:
        """A fresh link, token and all: it opens the console once, within ten minutes."""
        return f"{self.address}/?token={self.sessions.new_token()}"


@contextlib.asynccontextmanager
async def serve(
    twin: Twin,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    idle_s: float = IDLE_S,
    things_to_try: Sequence[ThingToTry] = (),
    model_notice: ModelNotice | None = None,
) -> AsyncIterator[ServedConsole]:
    """Serve for as long as the block runs; a browser's session ends when it was idle for `idle_s`.

    Port 0 takes any that is free. Raises OwnerMustFix where the address is not loopback or is taken.
    """
    listening = _listen(host, port)
    with listening:
        port = listening.getsockname()[1]
        sessions, streams = BrowserSessions(idle_s), Streams()
        app = create_app(
            twin,
            sessions=sessions,
            streams=streams,
            allowed_hosts=[f"{name}:{port}" for name in LOOPBACK_NAMES],
            things_to_try=things_to_try,
            model_notice=model_notice,
        )
        config = uvicorn.Config(
            app,
            access_log=False,  # it would hold the token
            log_config=None,
            log_level="warning",
            lifespan="off",
            ws="none",
            http="h11",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        server, waiting = _ConsoleServer(config), WaitingConnections()

        async def take(connection: socket.socket) -> None:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: BoundedProtocol(
                    waiting, config=config, server_state=server.server_state, app_state={}
                ),
                connection,
            )

        serving = asyncio.create_task(server.serve(sockets=[]), name="console")
        accepting = asyncio.create_task(accept(listening, waiting, take), name="console's connections")
        try:
            yield ServedConsole(f"http://{'[::1]' if ':' in host else host}:{port}", sessions)
        finally:
            accepting.cancel()
            streams.close()
            server.should_exit = True
            _, late = await asyncio.wait({serving}, timeout=2 * GRACE_S)
            for task in late:
                task.cancel()


def _listen(host: str, port: int) -> socket.socket:
    try:
        address = "127.0.0.1" if host == "localhost" else host
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise OwnerMustFix(f"the console answers on loopback alone; in twin.toml, console.host is {host!r}")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise OwnerMustFix(
            f"the console cannot listen on port {port} ({error.strerror}); in twin.toml, set console.port"
            " to another, or to 0 for any that is free"
        ) from error
    listening.setblocking(False)
    return listening
