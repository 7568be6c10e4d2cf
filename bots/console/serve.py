"""The console's server, inside the loop that the twin already runs in."""

import asyncio
import contextlib
import ipaddress
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Sequence

import uvicorn

from bots.api.twin import Twin
from bots.console.app import create_app
from bots.console.page_context import ModelNotice, ThingToTry
from core.errors import OwnerMustFix

GRACE_S = 1
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class _ConsoleServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the process that runs the twin, not to its console."""
        yield


@contextlib.asynccontextmanager
async def serve(
    twin: Twin,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    things_to_try: Sequence[ThingToTry] = (),
    model_notice: ModelNotice | None = None,
) -> AsyncIterator[str]:
    """Serve for as long as the block runs; gives the link, token and all, that opens the console once.

    Port 0 takes any that is free. Raises OwnerMustFix where the address is not loopback or is taken.
    """
    listening = _listen(host, port)
    with listening:
        port = listening.getsockname()[1]
        token, closing = secrets.token_urlsafe(24), asyncio.Event()
        app = create_app(
            twin,
            token=token,
            allowed_hosts=[f"{name}:{port}" for name in LOOPBACK_NAMES],
            things_to_try=things_to_try,
            model_notice=model_notice,
            closing=closing,
        )
        server = _ConsoleServer(
            uvicorn.Config(
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
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]), name="console")
        try:
            # the socket is open already: a request that comes before the server is ready waits in its queue
            yield f"http://{'[::1]' if ':' in host else host}:{port}/?token={token}"
        finally:
            closing.set()
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
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise OwnerMustFix(
            f"the console cannot listen on port {port} ({error.strerror}); in twin.toml, set console.port"
            " to another, or to 0 for any that is free"
        ) from error
    listening.setblocking(False)
    return listening
