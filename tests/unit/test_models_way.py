"""What people wrote goes to the model that `twin.toml` names, and by no other way: neither by a proxy of the
environment or the system, nor where an answer points, nor with a key that is meant for somebody else."""

import socket
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bots import twin_toml
from bots.home import Home
from bots.setup import models
from bots.setup.doctor import examine
from core.errors import OwnerMustFix, TryAgain
from core.models.ollama import OllamaChat, OllamaEmbedder, pulled
from core.ports import Sampling, written
from core.prompt.chat import ChatMessage, Prompt
from tests.wire.ollama_server import OllamaServer
from tests.wire.recording_server import RecordingServer

SECRET = "the surprise party"
CHAT = Prompt(turns=(ChatMessage("user", SECRET),))
VARIABLES = [
    *("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
    *("FTP_PROXY", "OLLAMA_PROXY", "NO_PROXY"),
]
HOSTS = [
    *("127.0.0.1", "0.0.0.0", "127.1", "localhost.", "localhost", "2130706433", "0x7f.1"),
    *("[::ffff:127.0.0.1]", "x.localhost", "gpu.example", "http://gpu.example"),
]
GUARDED = ["[::]", "[::1]", "::", "https://gpu.example", "https://0.0.0.0"]
"""Nobody answers there; all the same no proxy is asked."""


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaServer]:
    async with OllamaServer("gemma3:4b", "embeddinggemma:latest", "embeddinggemma").serving() as server:
        yield server


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RecordingServer]:
    """Named everywhere where a client may look for one; `gpu.example` is found on this machine."""
    look_up = socket.getaddrinfo

    def local(host: Any, *rest: Any, **named: Any) -> Any:
        return look_up("127.0.0.1" if host in ("gpu.example", b"gpu.example") else host, *rest, **named)

    async with RecordingServer().serving() as server:
        proxies = dict.fromkeys(("http", "https", "all", "no"), server.url) | {"no": ""}
        monkeypatch.setattr(socket, "getaddrinfo", local)
        monkeypatch.setattr(urllib.request, "getproxies", lambda: proxies)
        monkeypatch.setattr("httpx._utils.getproxies", lambda: proxies)
        for name in VARIABLES:
            monkeypatch.setenv(name, "" if name == "NO_PROXY" else server.url)
        yield server


def at(host: str, server: OllamaServer) -> str:
    port = server.host.rpartition(":")[2]
    return f"[{host}]:{port}" if host == "::" else f"{host}:{port}"


async def write(host: str, via: str = "") -> None:
    chat = OllamaChat(host, "gemma3:4b", proxy=via)
    try:
        assert (await written(chat.stream(CHAT, Sampling()))).text
    finally:
        await chat.close()


async def embed(host: str, via: str = "") -> None:
    embedder = OllamaEmbedder(host, "embeddinggemma", 64, proxy=via)
    try:
        await embedder.check()
        await embedder.query(SECRET)
    finally:
        await embedder.close()


async def look(host: str, via: str = "") -> None:
    await pulled(host, via)


ASKING: Mapping[str, Callable[..., Awaitable[None]]] = {"chat": write, "embedder": embed, "list": look}
every_client = pytest.mark.parametrize("asking", ASKING.values(), ids=ASKING)


@every_client
@pytest.mark.parametrize("host", HOSTS)
async def test_no_proxy_of_the_environment_stands_before_a_model(
    ollama: OllamaServer, proxy: RecordingServer, asking: Callable[..., Awaitable[None]], host: str
) -> None:
    await asking(at(host, ollama))
    assert proxy.requests == []


@every_client
@pytest.mark.parametrize("host", GUARDED)
async def test_a_model_that_is_not_reached_is_not_asked_by_way_of_a_proxy(
    ollama: OllamaServer, proxy: RecordingServer, asking: Callable[..., Awaitable[None]], host: str
) -> None:
    with pytest.raises(TryAgain):
        await asking(at(host, ollama))
    assert proxy.requests == []


async def test_these_proxies_would_be_used_by_a_client_that_trusts_the_environment(
    ollama: OllamaServer, proxy: RecordingServer
) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(ollama.host)).status_code == 502
    assert len(proxy.requests) == 1


@every_client
async def test_the_proxy_that_was_written_down_is_used(
    ollama: OllamaServer, proxy: RecordingServer, asking: Callable[..., Awaitable[None]]
) -> None:
    async with RecordingServer().serving() as written:
        with pytest.raises(TryAgain):
            await asking("http://gpu.example:9", written.url)
        assert written.requests[0].startswith((b"GET http://gpu.example:9/", b"POST http://gpu.example:9/"))
    assert proxy.requests == []


@every_client
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_where_an_answer_points_nothing_goes(
    asking: Callable[..., Awaitable[None]], status: int
) -> None:
    async with RecordingServer().serving() as elsewhere:
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere.url}/api/tags\r\n".encode()
        async with RecordingServer(
            head + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
        ).serving() as server:
            with pytest.raises(OwnerMustFix, match=r"model\.host"):
                await asking(server.url)
        assert len(server.requests) == 1
        assert elsewhere.requests == []


@pytest.mark.parametrize("host", ["127.0.0.1", "gpu.example"])
async def test_a_key_of_the_environment_goes_to_no_server_that_did_not_ask_for_it(
    proxy: RecordingServer, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "sesame")
    async with RecordingServer().serving() as server:
        with pytest.raises(TryAgain):
            await look(server.url.replace("127.0.0.1", host))
        assert server.requests
        assert b"sesame" not in server.requests[0]


@pytest.mark.parametrize("given", ["gpu.example", "0.0.0.0", "[::]", "127.0.0.1:9", "user@127.0.0.1"])
async def test_ollama_host_never_moves_what_the_file_says(
    ollama: OllamaServer, proxy: RecordingServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", given)
    home = Home(tmp_path)
    home.create()
    twin_toml.write_private(
        home.twin_toml,
        '[owner]\nname = "Alex"\n[telegram]\nenabled = false\n[model]\nprovider = "ollama"\n'
        f'host = "{ollama.host}"\n[embedding]\nprovider = "ollama"\n',
    )
    settings = twin_toml.load(home.twin_toml)
    chat = models.chat_model(settings, home)
    assert (await written(chat.stream(CHAT, Sampling()))).text
    await chat.close()
    checks = {check.name: check for check in await examine(home)}
    assert checks["model"].ok
    assert checks["embedder"].ok
    assert proxy.requests == []
