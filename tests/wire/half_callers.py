"""Callers who never say all, in a process: `python -m tests.wire.half_callers NUMBER HALF TIMES ADDRESS…`.

HALF is in hex, sent TIMES; ADDRESS is a host and a port, or a socket's path. Who is turned away begins again,
until the standard input ends. Prints a line once as many have begun as there are callers.
"""

import asyncio
import contextlib
import sys


async def main(callers: int, half: bytes, address: list[str]) -> None:
    begun = 0

    async def call() -> None:
        nonlocal begun
        while True:
            try:
                reader, writer = await _opened(address)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            with contextlib.suppress(OSError):
                writer.write(half)
                begun += 1
                if begun == callers:
                    print("all have begun", flush=True)
                while await reader.read(65536):
                    pass
            writer.transport.abort()

    tasks = [asyncio.create_task(call()) for _ in range(callers)]
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()


async def _opened(address: list[str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if len(address) == 1:
        return await asyncio.open_unix_connection(address[0])
    return await asyncio.open_connection(address[0], int(address[1]))


if __name__ == "__main__":
    number, half, times, *where = sys.argv[1:]
    asyncio.run(main(int(number), bytes.fromhex(half) * int(times), where))
