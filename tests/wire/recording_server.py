"""A server that notes who comes, and answers everybody the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class RecordingServer:
    """`requests` holds what each connection sent first, headers and body as they came."""

    def __init__(self, answer: bytes = BAD_GATEWAY) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> "AsyncIterator[RecordingServer]":
        """On a free loopback port while the block runs; `url` is its address."""

        async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.requests.append(await reader.read(65536))
            writer.write(self.answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(note, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self
