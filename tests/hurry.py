"""What libraries wait for by the clock, made short: a stand-in on this machine answers at once."""

import asyncio
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from discord.state import ConnectionState
from httpx._config import create_ssl_context

TICK_S = 0.005
GUILDS_S = 0.2


class _Asyncio:
    """As the module, but who sleeps is soon awake."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, TICK_S))


def certificates_once() -> None:
    """Every client of httpx reads the bundle of certificates anew, though none here speaks TLS."""
    patch("httpx._transports.default.create_ssl_context", functools.cache(create_ssl_context)).start()


@contextmanager
def console_ends_soon() -> Iterator[None]:
    """uvicorn looks ten times a second whether it is to end, and waits as long for its connections."""
    with patch("uvicorn.server.asyncio", _Asyncio()):
        yield


@contextmanager
def discord_ready_soon() -> Iterator[None]:
    """discord.py is ready once no guild has come for two seconds; the stand-in sends them all at once."""
    begin = ConnectionState.__init__

    def begun(self: Any, **given: Any) -> None:
        begin(self, **{"guild_ready_timeout": GUILDS_S, **given})

    with patch.object(ConnectionState, "__init__", begun):
        yield
