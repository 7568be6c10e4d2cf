"""Ollama at its worst: what the owner is told, and what the gateway may try again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.errors import OwnerMustFix, TryAgain
from core.models.ollama import OllamaChat, OllamaEmbedder
from core.ports import Sampling, written
from core.prompt.chat import ChatMessage, Prompt
from tests.wire.ollama_server import Conduct, OllamaServer

CHAT = Prompt(
    turns=(ChatMessage("system", "You are Alex."), ChatMessage("user", "a secret question")), stop=("\nSam:",)
)
TRANSCRIPT = Prompt(text="Sam: a secret question\nAlex:", stop=("\n",))


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    async with OllamaServer("gemma3:4b", "tiny:latest").serving() as server:
        yield server


@pytest.fixture
async def chat(server: OllamaServer) -> AsyncIterator[OllamaChat]:
    chat = OllamaChat(server.host, "gemma3:4b", keep_alive="5m", context_tokens=2048, timeout_s=5)
    yield chat
    await chat.close()


async def reply(model: OllamaChat, prompt: Prompt = CHAT) -> str:
    return (await written(model.stream(prompt, Sampling(seed=7, max_tokens=50)))).text


async def test_chat_turns_go_to_the_chat_api(chat: OllamaChat, server: OllamaServer) -> None:
    assert await reply(chat) == "yes, after seven"
    path, body = server.requests[0]
    assert path == "/api/chat"
    assert [turn["role"] for turn in body["messages"]] == ["system", "user"]
    assert body["keep_alive"] == "5m"
    assert body["think"] is False
    options = body["options"]
    assert (options["num_ctx"], options["num_predict"], options["seed"]) == (2048, 50, 7)
    assert options["stop"] == ["\nSam:"]


async def test_a_transcript_is_continued_raw(chat: OllamaChat, server: OllamaServer) -> None:
    assert await reply(chat, TRANSCRIPT) == "yes, after seven"
    path, body = server.requests[0]
    assert path == "/api/generate"
    assert body["raw"] is True
    assert body["prompt"] == TRANSCRIPT.text
    assert body["options"]["stop"] == ["\n"]


async def test_the_digest_comes_from_the_server(chat: OllamaChat) -> None:
    assert chat.card.digest == ""
    await chat.check()
    assert chat.card.digest == "digest of gemma3:4b"


async def test_a_name_without_a_tag_is_the_latest(server: OllamaServer) -> None:
    chat = OllamaChat(server.host, "tiny")
    await chat.check()
    assert chat.card.digest == "digest of tiny:latest"
    await chat.close()


async def test_a_missing_model_names_the_command_that_mends_it(server: OllamaServer) -> None:
    chat = OllamaChat(server.host, "tinier")
    with pytest.raises(OwnerMustFix, match="ollama pull tinier"):
        await chat.check()
    with pytest.raises(OwnerMustFix, match="ollama pull tinier"):
        await reply(chat)
    await chat.close()


async def test_a_model_removed_while_we_run_is_missed_too(chat: OllamaChat, server: OllamaServer) -> None:
    await reply(chat)
    server.models = ()
    with pytest.raises(OwnerMustFix, match="ollama pull gemma3:4b"):
        await reply(chat)


async def test_a_missing_server_names_the_command_that_mends_it(unused_tcp_port: int) -> None:
    chat = OllamaChat(f"http://127.0.0.1:{unused_tcp_port}", "gemma3:4b")
    for ask in (chat.check, lambda: reply(chat)):
        with pytest.raises(TryAgain, match="`ollama serve`"):
            await ask()
    await chat.close()


@pytest.mark.parametrize("conduct", ["broken", "overloaded", "garbled", "cut", "error line"])
@pytest.mark.parametrize("prompt", [CHAT, TRANSCRIPT], ids=["chat", "transcript"])
async def test_what_fails_on_the_way_can_be_tried_again(
    chat: OllamaChat, server: OllamaServer, conduct: Conduct, prompt: Prompt
) -> None:
    server.conduct = conduct
    with pytest.raises(TryAgain) as told:
        await reply(chat, prompt)
    assert "secret" not in str(told.value)
    server.conduct = "well"
    assert await reply(chat, prompt) == "yes, after seven"


async def test_what_the_server_forbids_is_the_owners_to_mend(chat: OllamaChat, server: OllamaServer) -> None:
    server.conduct = "forbidden"
    with pytest.raises(OwnerMustFix, match="403"):
        await reply(chat)


@pytest.mark.parametrize("conduct", ["silent", "stuck"])
async def test_silence_has_an_end_and_the_server_is_let_go(server: OllamaServer, conduct: Conduct) -> None:
    server.conduct = conduct
    chat = OllamaChat(server.host, "gemma3:4b", timeout_s=0.2)
    with pytest.raises(TryAgain):
        await reply(chat)
    await asyncio.wait_for(server.gone.wait(), 10)
    await chat.close()


async def test_a_cancelled_draft_stops_the_server(chat: OllamaChat, server: OllamaServer) -> None:
    server.conduct = "stuck"
    task = asyncio.create_task(reply(chat))
    await server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.gone.wait(), 10)


@pytest.mark.parametrize("host", ["http://[::1", "http://127.0.0.1:notaport"])
def test_an_impossible_address_is_the_owners_to_mend(host: str) -> None:
    with pytest.raises(OwnerMustFix, match="no address"):
        OllamaChat(host, "gemma3:4b")


async def test_vectors_of_another_length_are_the_owners_to_mend(server: OllamaServer) -> None:
    embedder = OllamaEmbedder(server.host, "tiny:latest", 768)
    with pytest.raises(OwnerMustFix, match="64, not 768"):
        await embedder.query("hello")
    await embedder.close()


async def test_queries_and_passages_carry_their_prefixes(server: OllamaServer) -> None:
    embedder = OllamaEmbedder(server.host, "tiny:latest", 64, query_prefix="ask: ", passage_prefix="doc: ")
    await embedder.query("soup")
    await embedder.passages(["soup"])
    assert [body["input"] for _, body in server.requests] == [["ask: soup"], ["doc: soup"]]
    await embedder.close()


@pytest.mark.parametrize("conduct", ["broken", "overloaded"])
async def test_an_embedder_that_fails_can_be_tried_again(server: OllamaServer, conduct: Conduct) -> None:
    server.conduct = conduct
    embedder = OllamaEmbedder(server.host, "tiny:latest", 64)
    with pytest.raises(TryAgain):
        await embedder.query("soup")
    await embedder.close()
