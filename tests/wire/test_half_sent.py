"""Half a request, by the thousand, at the console and at the command socket: the twin goes on, and `pause` is
obeyed. Everything over real sockets."""

import asyncio
import contextlib
import json
import os
import resource
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bots import control, control_server
from bots.api.views import Done
from bots.console import live
from bots.console.serve import ServedConsole, serve
from bots.control import LONGEST_LINE
from bots.control_server import MOST_ANSWERED, MOST_HELD, serving
from bots.home import Home
from bots.service import raise_open_files
from bots.waiting_connections import MOST_WAITING, WaitingConnections, most_waiting
from tests.wire.console_twin import FakeTwin, fake_twin

CALLERS = 1500
"""That many try at one time, and begin again whenever they are turned away."""
WAIT_S = 0.3
PATIENCE_S = 60

HALVES = {
    "nothing": b"",
    "a line": b"GET / HTTP/1.1\r\n",
    "half the headers": b"POST /pause HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 2000,
    "half a body": b"POST /pause HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nhalf",
    "half a chunk": b"POST /pause HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
    "half a second one": b"GET /static/icon.svg HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HT",
}
halves = pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    raise_open_files(3 * CALLERS)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    return home


@pytest.fixture
async def twin() -> FakeTwin:
    return fake_twin()


@pytest.fixture
async def console(twin: FakeTwin) -> AsyncIterator[ServedConsole]:
    async with serve(twin) as console:
        yield console


@asynccontextmanager
async def owner_of(console: ServedConsole) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
        answer = await client.get(console.link())
        client.base_url = httpx.URL(console.address).join(answer.headers["location"])
        client.headers["Origin"] = console.address
        yield client


def at(console: ServedConsole) -> list[str]:
    return console.address.removeprefix("http://").split(":")


def at_socket(home: Home) -> list[str]:
    return [os.fspath(home.socket)]


@asynccontextmanager
async def trying(
    address: Sequence[str], half: bytes, callers: int = CALLERS, times: int = 1
) -> AsyncIterator[None]:
    """So many callers in a process of their own, all of which have begun before the block runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.wire.half_callers", str(callers), half.hex(), str(times), *address),
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            assert await process.stdout.readline()
        yield
    finally:
        process.stdin.close()
        async with asyncio.timeout(PATIENCE_S):
            await process.wait()


@pytest.fixture
def most(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many have waited at one time, at most."""
    counted = [0]
    waits = WaitingConnections.waits

    def counting(self: WaitingConnections, *given: Any) -> None:
        waits(self, *given)
        counted[0] = max(counted[0], len(self))

    monkeypatch.setattr(WaitingConnections, "waits", counting)
    return counted


@pytest.mark.parametrize("half", ["nothing", "half the headers", "half a second one"])
async def test_the_page_and_its_pause_work_while_half_requests_try(
    console: ServedConsole, twin: FakeTwin, most: list[int], half: str
) -> None:
    async with owner_of(console) as owner, trying(at(console), HALVES[half]):
        async with asyncio.timeout(PATIENCE_S):
            assert (await owner.post("pause")).status_code == 303
            assert twin.paused
            assert (await owner.get("")).status_code == 200
    assert MOST_WAITING <= most[0] <= MOST_WAITING + 16  # who comes next is counted a moment later


@pytest.mark.parametrize("half", [b"", b'{"call": "pause"}'])
async def test_a_command_is_obeyed_while_half_lines_try(
    home: Home, twin: FakeTwin, most: list[int], half: bytes
) -> None:
    async with serving(home, twin), trying(at_socket(home), half):
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.to_thread(_pause, home)
        assert twin.paused
    assert MOST_WAITING <= most[0] <= MOST_WAITING + 16  # who comes next is counted a moment later


def _pause(home: Home) -> None:
    """As the command line does: what was not begun is begun again."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            control.call(home, "pause", {})
        except control.NobodyListens:
            assert time.monotonic() < until
        else:
            return


async def test_each_door_works_while_the_other_is_beset(
    home: Home, console: ServedConsole, twin: FakeTwin
) -> None:
    async with owner_of(console) as owner, serving(home, twin):
        async with trying(at(console), b"GET / HT"), asyncio.timeout(PATIENCE_S):
            await asyncio.to_thread(_pause, home)
            assert twin.paused
        async with trying(at_socket(home), b'{"call'), asyncio.timeout(PATIENCE_S):
            await owner.post("resume")
            assert not twin.paused


@halves
async def test_half_a_request_comes_to_an_end(
    twin: FakeTwin, monkeypatch: pytest.MonkeyPatch, half: bytes
) -> None:
    monkeypatch.setattr("bots.console.serve.WaitingConnections", lambda: WaitingConnections(wait_s=WAIT_S))
    async with serve(twin) as console, asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(*at(console))
        writer.write(half)
        with contextlib.suppress(ConnectionError):
            await reader.read()  # until it is closed
        writer.close()


async def test_a_request_that_drips_comes_to_an_end_too(
    twin: FakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.console.serve.WaitingConnections", lambda: WaitingConnections(wait_s=WAIT_S))
    async with serve(twin) as console:
        reader, writer = await asyncio.open_connection(*at(console))
        closed = asyncio.create_task(reader.read())
        writer.write(b"GET / HTTP/1.1\r\n")
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionError):
                while not closed.done():
                    writer.write(b"X-Drip: 1\r\n")
                    await writer.drain()
                    await asyncio.wait({closed}, timeout=WAIT_S / 10)
                await closed
        writer.close()


async def test_an_answer_that_nobody_fetches_comes_to_an_end(
    twin: FakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = WaitingConnections(wait_s=WAIT_S)
    monkeypatch.setattr("bots.console.serve.WaitingConnections", lambda: waiting)
    async with serve(twin) as console, asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection(*at(console))
        host = console.address.removeprefix("http://")
        request = f"GET /static/htmx.min.js HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        with contextlib.suppress(ConnectionError):
            while True:  # ever more, without reading
                writer.write(request * 100)
                await writer.drain()
        writer.transport.abort()
        del reader


async def test_half_a_command_comes_to_an_end(
    home: Home, twin: FakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "WaitingConnections", lambda: WaitingConnections(wait_s=WAIT_S))
    async with serving(home, twin), asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_unix_connection(home.socket)
        writer.write(b'{"call": "pause"}')
        answer = json.loads(await reader.read())
        assert answer["error"]["kind"] == control.NOT_TAKEN
        writer.close()
    assert not twin.paused


async def test_a_call_that_was_not_begun_may_be_made_again(home: Home) -> None:
    async def turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(control.line_of({"error": {"kind": control.NOT_TAKEN, "message": "later"}}))
        writer.close()

    async with await asyncio.start_unix_server(turn_away, home.socket):
        for args in ({}, {"text": "x" * 1_000_000}):
            with pytest.raises(control.NobodyListens):
                await asyncio.to_thread(control.call, home, "pause", args)


async def test_lines_without_an_end_do_not_fill_the_memory(
    home: Home, twin: FakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "LONGEST_LINE", LONGEST_LINE // 10)
    monkeypatch.setattr(control_server, "MOST_HELD", MOST_HELD // 10)
    largest = LONGEST_LINE // 10 - 1000
    before = _resident()
    async with serving(home, twin), trying(at_socket(home), b"x", callers=60, times=largest):
        await asyncio.to_thread(_pause, home)
        assert twin.paused
        assert _resident() - before < 60 * largest // 2 + 60 * 3 * 65536


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


async def test_pause_does_not_wait_for_other_commands(home: Home) -> None:
    class Slow(FakeTwin):
        async def resume(self) -> Done:
            await asyncio.Event().wait()
            raise AssertionError

    twin = Slow()  # type: ignore[abstract]
    async with serving(home, twin), asyncio.timeout(PATIENCE_S):
        writers = []
        for _ in range(MOST_ANSWERED):
            _, writer = await asyncio.open_unix_connection(home.socket)
            writer.write(control.line_of({"call": "resume"}))
            writers.append(writer)
        reader, writer = await asyncio.open_unix_connection(home.socket)
        answer: Any = {}
        while answer.get("error", {}).get("kind") != control.NOT_TAKEN:
            writer.write(control.line_of({"call": "status"}))
            answer = json.loads(await reader.readline())
        writer.write(control.line_of({"call": "pause"}))
        assert "ok" in json.loads(await reader.readline())
        assert twin.paused
        for opened in (*writers, writer):
            opened.close()


async def test_of_too_many_live_pages_the_oldest_is_let_go_and_comes_back(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with owner_of(console) as owner, contextlib.AsyncExitStack() as stack:
        streams = []
        for _ in range(live.MOST_STREAMS):
            response = await stack.enter_async_context(owner.stream("GET", "events"))
            lines = response.aiter_lines()
            assert (await anext(lines)).startswith("event:")
            streams.append(lines)
        newest = await stack.enter_async_context(owner.stream("GET", "events"))
        assert (await anext(newest.aiter_lines())).startswith("event:")
        async with asyncio.timeout(PATIENCE_S):
            async for _ in streams[0]:
                pass  # to its end
        again = await stack.enter_async_context(owner.stream("GET", "events"))
        assert (await anext(again.aiter_lines())).startswith("event:")


def test_the_limit_of_open_files_is_raised_and_never_lowered() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    raise_open_files(1024)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1024, hard)
    raise_open_files(600)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1024, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_where_few_files_are_allowed_fewer_may_wait() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for allowed in (256, 512, 1024):
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        assert 40 <= 2 * most_waiting() <= allowed // 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert most_waiting() == MOST_WAITING


async def test_nobody_is_closed_before_they_had_time_to_speak() -> None:
    waiting, closed = WaitingConnections(most=2, wait_s=PATIENCE_S, grace_s=WAIT_S), []
    for name in "abc":
        await waiting.room()
        waiting.waits(name, lambda name=name: closed.append(name))  # type: ignore[misc]
        if name == "b":
            began = time.monotonic()
            assert closed == []
    assert closed == ["a"]
    assert time.monotonic() - began >= WAIT_S * 0.9
    waiting.goes_on("b")
    await waiting.room()
    assert closed == ["a"]
    assert len(waiting) == 1
    waiting.goes_on("c")
