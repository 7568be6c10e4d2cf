"""The console's protocol: uvicorn's, with an end to what a client may leave half done."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from bots.waiting_connections import WaitingConnections


class BoundedProtocol(H11Protocol):
    """uvicorn's own, which by itself waits for a request for ever, and for as many as come."""

    def __init__(self, waiting: WaitingConnections, **given: Any) -> None:
        super().__init__(**given)
        self._waiting = waiting
        self._unread = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As of asyncio."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """As of asyncio."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """As of uvicorn: the answer is written, the next request may come."""
        super().on_response_complete()
        self._waiting.goes_on(self)
        self._look()

    def pause_writing(self) -> None:
        """As of asyncio: the client does not fetch what it asked for."""
        super().pause_writing()
        self._unread = True
        self._look()

    def resume_writing(self) -> None:
        """As of asyncio."""
        super().resume_writing()
        self._unread = False
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """As of asyncio."""
        self._waiting.goes_on(self)
        super().connection_lost(exc)

    def _look(self) -> None:
        asked = self.conn.their_state not in (h11.IDLE, h11.SEND_BODY)
        if asked and not self._unread and not self.transport.is_closing():
            self._waiting.goes_on(self)
        else:
            self._waiting.waits(self, self.transport.abort)
