"""The `model` commands, as the documents write them, against an Ollama server; and what the environment does
to them."""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bots.home import Home
from bots.twin_toml import load
from tests.command_line import Ran, understudy
from tests.wire.ollama_server import OllamaServer

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "deploy/compose.yaml"]
COMMAND = re.compile(r"understudy (model(?: [\w:./-]+)+)")
WRITTEN = sorted({line for path in DOCUMENTS for line in COMMAND.findall(path.read_text("utf-8"))})


@contextmanager
def serving(*models: str) -> Iterator[OllamaServer]:
    """In a thread of its own: a command runs its own loop."""
    server, loop, ready = OllamaServer(*models), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        async with server.serving():
            ready.set()
            await ended.wait()

    ended = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield server
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaServer]:
    with serving("gemma3:4b", "smol:latest") as server:
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        yield server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    home.twin_toml.write_text('[owner]\nname = "Alex"\n')
    monkeypatch.setenv("UNDERSTUDY_HOME", str(home.path))
    monkeypatch.setenv("COLUMNS", "100")
    return home


def chosen(home: Home) -> tuple[str, str]:
    model = load(home.twin_toml).model
    return model.provider, model.name


def test_the_documents_write_some() -> None:
    assert {"model list", "model use ollama gemma3:4b"} <= set(WRITTEN)


@pytest.mark.parametrize("line", WRITTEN)
def test_every_model_command_of_the_documents_works(home: Home, ollama: OllamaServer, line: str) -> None:
    ran = understudy(*line.split())
    assert ran.status == 0, ran
    if " use " in line:
        assert chosen(home) == ("ollama", "gemma3:4b")


@pytest.mark.parametrize(
    ("given", "provider", "name"),
    [
        (("gemma3:4b",), "ollama", "gemma3:4b"),
        (("ollama", "gemma3:4b"), "ollama", "gemma3:4b"),
        (("ollama", "SMOL"), "ollama", "SMOL"),
        (("gemma-3-270m",), "embedded", "gemma-3-270m"),
        (("embedded", "gemma-3-270m"), "embedded", "gemma-3-270m"),
    ],
)
def test_a_model_is_named_with_its_provider_or_without(
    home: Home, ollama: OllamaServer, given: tuple[str, ...], provider: str, name: str
) -> None:
    assert understudy("model", "use", *given).status == 0
    assert chosen(home) == (provider, name)
    used = [one["name"] for one in understudy("model", "list", "--json").answer["models"] if one["used"]]
    assert used == [name if provider == "embedded" else f"{name.lower()}:latest" if name == "SMOL" else name]


def test_choosing_a_model_loads_none(home: Home, ollama: OllamaServer) -> None:
    assert understudy("model", "use", "gemma3:4b").status == 0
    assert (ollama.loads, ollama.requests) == ([], [])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("ollama", "gemma-3-270m"), "ollama pull gemma-3-270m"),
        (("embedded", "gemma3:4b"), "gemma3:4b"),
        (("ollama",), "ollama gemma3:4b"),
        (("embedded",), "embedded gemma-3-270m"),
        (("openai", "gpt-9"), "embedded or ollama"),
        (("ollama", "gemma3", "4b"), "embedded or ollama"),
        ((), "NAME"),
    ],
)
def test_what_names_no_model_says_what_would(
    home: Home, ollama: OllamaServer, given: tuple[str, ...], says: str
) -> None:
    before = home.twin_toml.read_text()
    ran = understudy("model", "use", *given)
    assert ran.status == 2
    assert says in ran.err
    assert home.twin_toml.read_text() == before


def one_sentence(ran: Ran) -> bool:
    return len(ran.err.strip().splitlines()) == 1 and "Traceback" not in ran.err


@pytest.mark.parametrize(
    "given", ["127.0.0.1:x", "http://[::1", "a b", "ftp://gpu", "user@gpu", "127.0.0.1:99999"]
)
@pytest.mark.parametrize("provider", ["embedded", "ollama"])
def test_a_malformed_ollama_host_is_one_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch, given: str, provider: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", given)
    home.twin_toml.write_text(f'[owner]\nname = "Alex"\n[model]\nprovider = "{provider}"\n')
    ran = understudy("model", "use", "ollama", "gemma3:4b")
    assert ran.status == 2
    assert one_sentence(ran)
    assert f"OLLAMA_HOST: {given!r} is no address" in ran.err
    listed = understudy("model", "list")
    assert "OLLAMA_HOST" in listed.out + listed.err
    assert listed.status == (0 if provider == "embedded" else 2)


def test_ollama_host_elsewhere_is_named_before_anything_is_asked(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "gpu:11434")
    ran = understudy("model", "use", "gemma3:4b")
    assert ran.status == 2
    assert "OLLAMA_HOST names another machine" in ran.err


@pytest.mark.parametrize(
    "environment",
    [
        {"OLLAMA_HOST": "127.0.0.1:x"},
        {"OLLAMA_HOST": "http://[::1"},
        {"ALL_PROXY": "socks5://127.0.0.1:1"},
        {"https_proxy": "what is this"},
        {"SSL_CERT_FILE": "/nowhere"},
    ],
)
def test_nothing_of_the_environment_keeps_the_client_from_being_there(environment: dict[str, str]) -> None:
    """The library makes a client of its own when it is imported."""
    script = (
        "import os; before = dict(os.environ); import core.models.ollama; assert before == dict(os.environ)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
