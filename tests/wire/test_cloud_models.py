"""A model that an Ollama server hands prompts on for: whatever it is called, nothing goes there unallowed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from core.errors import OwnerMustFix
from core.models.ollama import OllamaChat, OllamaEmbedder, pulled
from core.ports import Sampling, written
from core.prompt.chat import ChatMessage, Prompt
from core.runs_on import HERE, NOT_KNOWN, ModelSite, RunsOn
from tests.wire.ollama_server import OllamaServer

CLOUD = "https://ollama.com:443"
PROMPT = Prompt(turns=(ChatMessage("user", "a secret"),))
NO_WEIGHTS = {"details": {"parent_model": "", "format": "", "family": "", "families": None}}
LOCAL: Mapping[str, Any] = {}

SHAPES: list[tuple[str, Mapping[str, Any], Mapping[str, Any], str]] = [
    ("gpt-oss:120b-cloud", {"remote_model": "gpt-oss:120b", "remote_host": CLOUD}, LOCAL, CLOUD),
    ("kimi-k2:cloud", {"remote_host": CLOUD}, LOCAL, CLOUD),
    ("mine:latest", {"remote_model": "gpt-oss:120b", "remote_host": CLOUD}, LOCAL, CLOUD),
    ("mine:latest", {"remote_model": "gpt-oss:120b"}, LOCAL, ""),
    ("mine:latest", {"remote_host": "https://models.example.com"}, LOCAL, "https://models.example.com"),
    ("mine:latest", NO_WEIGHTS, LOCAL, ""),
    ("mine:latest", {"details": {}}, LOCAL, ""),
    ("mine:latest", {"details": {"format": None}}, LOCAL, ""),
    ("mine:latest", LOCAL, {"remote_model": "gpt-oss:120b", "remote_host": CLOUD}, CLOUD),
    ("mine:latest", LOCAL, NO_WEIGHTS, ""),
    ("mine:7b", {**NO_WEIGHTS, "remote_host": CLOUD}, {"remote_host": CLOUD}, CLOUD),
    ("qwen3-coder:480b-cloud", LOCAL, LOCAL, ""),
    ("minimax-m2:cloud", LOCAL, LOCAL, ""),
    ("Minimax-M2:CLOUD", LOCAL, LOCAL, ""),
    ("someone/gpt-oss-cloud:latest", LOCAL, LOCAL, ""),
]
"""A model's name, what tags and show say of it, and the host that prompts go on to."""


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    async with OllamaServer().serving() as server:
        yield server


async def reply(chat: OllamaChat) -> str:
    return (await written(chat.stream(PROMPT, Sampling()))).text


def serve(server: OllamaServer, name: str, tag: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
    server.models, server.tags, server.shows = (name,), {name: dict(tag)}, {name: dict(shown)}


@pytest.mark.parametrize(("name", "tag", "shown", "host"), SHAPES)
async def test_a_cloud_model_is_asked_nothing_unless_it_is_allowed_by_name(
    server: OllamaServer, name: str, tag: Mapping[str, Any], shown: Mapping[str, Any], host: str
) -> None:
    serve(server, name, tag, shown)
    chat, embedder = OllamaChat(server.host, name), OllamaEmbedder(server.host, name, 64)
    other = OllamaChat(server.host, name, allow_remote=["another:cloud"])
    asks: list[Callable[[], Awaitable[object]]] = [
        chat.check,
        lambda: reply(chat),
        lambda: reply(other),
        embedder.check,
        lambda: embedder.query("a secret"),
        lambda: embedder.passages(["a secret"]),
    ]
    for ask in asks:
        with pytest.raises(OwnerMustFix, match=r"twin\.toml, under \[model\]: allow_remote = \[.*" + name):
            await ask()
    assert server.requests == []
    for model in (chat, other, embedder):
        await model.close()

    allowed = OllamaChat(server.host, name, allow_remote=[name.removesuffix(":latest")])
    assert await reply(allowed) == "yes, after seven"
    assert allowed.card.runs_on == RunsOn(ModelSite.CLOUD, host)
    vectors = OllamaEmbedder(server.host, name, 64, allow_remote=[name])
    await vectors.query("soup")
    assert vectors.runs_on == RunsOn(ModelSite.CLOUD, host)
    for model in (allowed, vectors):
        await model.close()


LOCAL_SHAPES: Sequence[tuple[str, Mapping[str, Any]]] = [
    ("gemma3:4b", LOCAL),
    ("cloudy:7b", LOCAL),
    ("cloud-writer:latest", LOCAL),
    ("mine:latest", {"details": {"format": "safetensors"}}),
    ("old:latest", {"details": None}),
    ("mine:latest", {"remote_host": "", "remote_model": None}),
]


@pytest.mark.parametrize(("name", "tag"), LOCAL_SHAPES)
async def test_a_model_of_this_machine_is_said_to_be(
    server: OllamaServer, name: str, tag: Mapping[str, Any]
) -> None:
    serve(server, name, tag, LOCAL)
    chat = OllamaChat(server.host, name)
    assert chat.card.runs_on == NOT_KNOWN
    assert await reply(chat) == "yes, after seven"
    assert chat.card.runs_on == HERE
    await chat.close()


@pytest.mark.parametrize(
    "host", ["evil\nERROR: the twin was hacked", "\x1b[2Jhost", "\u202ereversed", "a b", "x" * 900]
)
async def test_what_a_server_calls_a_host_is_repeated_only_where_it_is_one(
    server: OllamaServer, host: str
) -> None:
    serve(server, "mine:latest", {"remote_host": host, "remote_model": "big"}, LOCAL)
    chat = OllamaChat(server.host, "mine:latest")
    with pytest.raises(OwnerMustFix) as refused:
        await reply(chat)
    assert host not in str(refused.value)
    assert str(refused.value).isprintable()
    await chat.close()


async def test_the_list_of_models_asks_of_each_what_an_alias_hides(server: OllamaServer) -> None:
    serve(server, "mine:latest", LOCAL, {"remote_host": CLOUD})
    assert (await pulled(server.host))["mine:latest"].site is ModelSite.CLOUD


@pytest.mark.parametrize("moved", [{"remote_host": CLOUD, "remote_model": "big"}, NO_WEIGHTS])
async def test_a_name_that_is_given_to_a_cloud_model_meanwhile_is_asked_nothing_more(
    server: OllamaServer, moved: Mapping[str, Any]
) -> None:
    chat, embedder = OllamaChat(server.host, "gemma3:4b"), OllamaEmbedder(server.host, "gemma3:4b", 64)
    await reply(chat)
    await embedder.query("soup")
    asked = len(server.requests)
    server.tags["gemma3:4b"] = {"digest": "another", **moved}
    with pytest.raises(OwnerMustFix, match="allow_remote"):
        await reply(chat)
    with pytest.raises(OwnerMustFix, match="allow_remote"):
        await embedder.query("a secret")
    assert len(server.requests) == asked
    server.tags["gemma3:4b"] = {"digest": "third"}
    await reply(chat)
    assert (chat.card.runs_on, chat.card.digest) == (HERE, "third")
    await chat.close()
    await embedder.close()


@pytest.mark.parametrize(
    ("answers", "host"),
    [
        ({"remote_host": CLOUD, "remote_model": "big"}, CLOUD),
        ({"remote_host": CLOUD}, CLOUD),
        ({"remote_model": "big"}, ""),
        ({"remote_host": "", "remote_model": None}, None),
    ],
)
@pytest.mark.parametrize("prompt", [PROMPT, Prompt(text="a secret")])
async def test_an_answer_says_itself_where_it_is_from(
    server: OllamaServer, answers: Mapping[str, Any], host: str | None, prompt: Prompt
) -> None:
    """The name is re-pointed after it was looked up."""
    name = "gemma3:4b"
    server.answers = dict(answers)
    chat, allowed = OllamaChat(server.host, name), OllamaChat(server.host, name, allow_remote=[name])
    vectors = OllamaEmbedder(server.host, name, 64)
    allowed_vectors = OllamaEmbedder(server.host, name, 64, allow_remote=[name])
    if host is None:
        await written(chat.stream(prompt, Sampling()))
        await vectors.query("soup")
    else:
        with pytest.raises(OwnerMustFix, match="from a cloud"):
            await written(chat.stream(prompt, Sampling()))
        with pytest.raises(OwnerMustFix, match="from a cloud"):
            await vectors.query("soup")
    assert (await written(allowed.stream(prompt, Sampling()))).text == "yes, after seven"
    await allowed_vectors.query("soup")
    runs_on = HERE if host is None else RunsOn(ModelSite.CLOUD, host)
    assert (allowed.card.runs_on, allowed_vectors.runs_on) == (runs_on, runs_on)
    for model in (chat, allowed, vectors, allowed_vectors):
        await model.close()


async def test_a_server_on_another_machine_is_said_to_be_one() -> None:
    chat = OllamaChat("http://192.0.2.7:11434", "gemma3:4b")
    assert chat._server.runs_on(None) == RunsOn(ModelSite.HOST, "192.0.2.7:11434")
    assert chat._server.runs_on(CLOUD) == RunsOn(ModelSite.CLOUD, CLOUD)
    await chat.close()


async def test_the_list_of_models_says_where_each_would_run(server: OllamaServer) -> None:
    server.models = ("gemma3:4b", "mine:latest")
    server.tags = {"mine:latest": {"remote_host": CLOUD}}
    assert await pulled(server.host) == {"gemma3:4b": HERE, "mine:latest": RunsOn(ModelSite.CLOUD, CLOUD)}
