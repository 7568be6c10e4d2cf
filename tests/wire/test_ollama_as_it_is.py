"""Ollama as people run it: slow to load, busy with others, out of memory, thinking, without a system role,
under other names, behind paths; over its real client and a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web

from core.errors import OwnerMustFix, TryAgain
from core.models import ollama, ollama_server
from core.models.ollama import OllamaChat, OllamaEmbedder, pulled
from core.ports import ModelCard, Sampling, Written, written
from core.prompt.chat import ChatMessage, Prompt
from tests.wire.ollama_server import OllamaServer

PERSONA = "You are Alex, who collects stamps."
CHAT = Prompt(turns=(ChatMessage("system", PERSONA), ChatMessage("user", "the vault code is marmalade 4711")))
SHORT_S = 1.0
"""The silence that is borne; what takes longer takes `LONG_S`."""
LONG_S = 2.0
MEMORY = "model requires more system memory (5.6 GiB) than is available (3.2 GiB)"


@pytest.fixture
async def server() -> AsyncIterator[OllamaServer]:
    async with OllamaServer("gemma3:4b", "embeddinggemma:latest").serving() as server:
        yield server


Make = Callable[..., OllamaChat]


@pytest.fixture
async def make(server: OllamaServer) -> AsyncIterator[Make]:
    async with AsyncExitStack() as stack:

        def made(name: str = "gemma3:4b", host: str = "", **more: Any) -> OllamaChat:
            chat = OllamaChat(host or server.host, name, **({"timeout_s": SHORT_S} | more))
            stack.push_async_callback(chat.close)
            return chat

        yield made


async def eventually(holds: Callable[[], bool]) -> None:
    """The server is another party: what it has seen is looked at until it has."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


async def reply(chat: OllamaChat, prompt: Prompt = CHAT) -> Written:
    return await written(chat.stream(prompt, Sampling(max_tokens=50)))


# Slow to load


async def test_a_model_that_loads_for_longer_than_it_may_be_silent_drafts(
    make: Make, server: OllamaServer
) -> None:
    server.load_s = LONG_S
    assert (await reply(make())).text == "yes, after seven"
    assert server.aborted == 0
    assert [asked["options"] for asked in server.loads] == [{"num_ctx": 8192}]  # another would load it anew


async def test_whoever_gives_up_ends_no_load_that_others_wait_for(make: Make, server: OllamaServer) -> None:
    server.load_s = LONG_S
    chat = make()
    first, second = asyncio.create_task(reply(chat)), asyncio.create_task(reply(chat))
    await eventually(lambda: bool(server.loads))
    first.cancel()
    assert (await second).text == "yes, after seven"
    assert (server.aborted, len(server.loads)) == (0, 1)


async def test_a_load_goes_on_although_nobody_waits_for_it_any_more(make: Make, server: OllamaServer) -> None:
    server.load_s = LONG_S
    chat = make()
    alone = asyncio.create_task(reply(chat))
    await eventually(lambda: bool(server.loads))
    alone.cancel()
    assert (await reply(chat)).text == "yes, after seven"
    assert (server.aborted, len(server.loads)) == (0, 1)


async def test_a_load_ends_with_the_server_and_with_the_twin(
    monkeypatch: pytest.MonkeyPatch, server: OllamaServer
) -> None:
    monkeypatch.setattr(ollama_server, "LOOK_S", 0.05)
    for end in ("server", "twin"):
        async with AsyncExitStack() as stack:
            loading = await stack.enter_async_context(OllamaServer().serving())
            loading.load_s = 60
            chat = OllamaChat(loading.host, "gemma3:4b")
            asked = asyncio.create_task(reply(chat))
            await eventually(lambda: bool(loading.loads))  # noqa: B023
            await asyncio.sleep(0.2)  # it is asked meanwhile whether it is there
            assert not asked.done()
            await (stack.aclose() if end == "server" else chat.close())
            with pytest.raises((TryAgain, asyncio.CancelledError)):
                await asyncio.wait_for(asked, 10)
            await chat.close()


async def test_silence_after_the_load_names_the_key(make: Make, server: OllamaServer) -> None:
    server.first_s = 60
    with pytest.raises(TryAgain, match=rf"for {SHORT_S:g} s: .* model\.timeout_s in twin\.toml"):
        await reply(make())


async def test_an_embedding_model_that_loads_for_long_is_done_without_and_is_loaded_all_the_same(
    monkeypatch: pytest.MonkeyPatch, server: OllamaServer
) -> None:
    monkeypatch.setattr(ollama, "EMBEDDER_LOADS_S", SHORT_S)
    server.load_s = LONG_S
    embedder = OllamaEmbedder(server.host, "embeddinggemma", 64)
    with pytest.raises(TryAgain, match="still loading"):
        await embedder.query("soup")
    await eventually(lambda: bool(server.loaded))
    await embedder.query("soup")
    assert (server.aborted, len(server.loads)) == (0, 2)
    await embedder.close()


# Busy


async def test_waiting_for_a_free_slot_is_not_silence(make: Make, server: OllamaServer) -> None:
    server.slots = asyncio.Semaphore(1)
    server.first_s = 0.5 * SHORT_S
    chat = make()
    replies = await asyncio.gather(*(reply(chat) for _ in range(4)))
    assert [one.text for one in replies] == ["yes, after seven"] * 4


async def test_a_model_that_says_nothing_to_anybody_is_silent_to_all(
    make: Make, server: OllamaServer
) -> None:
    server.slots = asyncio.Semaphore(1)
    server.first_s = 60
    chat = make()
    replies = await asyncio.gather(*(reply(chat) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, TryAgain) for one in replies)


# Whether it is well


async def test_a_check_asks_for_one_token(make: Make, server: OllamaServer) -> None:
    await make().check()
    ((_, asked),) = server.requests
    assert asked["options"]["num_predict"] == 1


@pytest.mark.parametrize("conduct", ["broken", "overloaded", "cut", "error line", "garbled", "silent"])
async def test_a_model_that_lists_itself_and_cannot_write_is_not_well(
    make: Make, server: OllamaServer, conduct: Any
) -> None:
    server.conduct = conduct
    with pytest.raises(TryAgain):
        await make().check()


async def test_looking_a_model_up_loads_nothing(make: Make, server: OllamaServer) -> None:
    chat = make()
    await chat.look_up()
    assert chat.card.digest
    assert (server.loads, server.requests) == ([], [])


# Which weights wrote


async def test_a_recreated_model_is_named_by_what_it_wrote_after(make: Make, server: OllamaServer) -> None:
    chat = make()
    first = await reply(chat)
    server.tags["gemma3:4b"] = {"digest": "recreated"}
    second = await reply(chat)
    assert [one.card and one.card.digest for one in (first, second)] == ["digest of gemma3:4b", "recreated"]


async def test_what_is_written_meanwhile_keeps_the_digest_that_writes_it(
    make: Make, server: OllamaServer
) -> None:
    chat = make(timeout_s=5)
    server.first_s = 0.5
    slow = asyncio.create_task(reply(chat))
    await server.asked.wait()
    server.tags["gemma3:4b"] = {"digest": "recreated"}
    await chat.look_up()
    assert chat.card.digest == "recreated"
    card = (await slow).card
    assert card is not None
    assert card.digest == "digest of gemma3:4b"


async def test_a_model_that_is_recreated_while_it_is_loaded_is_looked_up_anew(
    make: Make, server: OllamaServer
) -> None:
    server.load_s = LONG_S
    asked = asyncio.create_task(reply(make()))
    await eventually(lambda: bool(server.loads))
    server.tags["gemma3:4b"] = {"digest": "recreated"}
    card = (await asked).card
    assert isinstance(card, ModelCard)
    assert card.digest == "recreated"


# For how long it stays


@pytest.mark.parametrize(
    ("given", "sent"), [("-1", -1), (-1, -1), ("300", 300), (300, 300), ("10m", "10m"), ("0", 0), (0.5, 0.5)]
)
async def test_keep_alive_is_sent_as_ollama_takes_it(
    make: Make, server: OllamaServer, given: Any, sent: object
) -> None:
    assert (await reply(make(keep_alive=given))).text
    assert server.requests[0][1]["keep_alive"] == sent


@pytest.mark.parametrize("kept", ["0", 0, "0s", "0m", "1ms", 0.5, "10s"])
async def test_a_model_that_is_not_kept_is_loaded_first_all_the_same(
    make: Make, server: OllamaServer, kept: Any
) -> None:
    """To Ollama a request that only loads, and keeps nothing, means to unload."""
    server.load_s = LONG_S
    assert (await reply(make(keep_alive=kept))).text
    assert (server.aborted, server.loads[0]["keep_alive"]) == (0, 60)


# Its own words


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, f'{{"error": "{MEMORY}"}}', TryAgain),
        (500, MEMORY, TryAgain),
        (503, f'{{"error": "{MEMORY}"}}', TryAgain),
        (403, f'{{"error": "{MEMORY}"}}', OwnerMustFix),
        (500, f'{{"error": {{"message": "{MEMORY}"}}}}', TryAgain),
    ],
)
async def test_what_the_server_says_of_itself_reaches_the_owner(
    make: Make, server: OllamaServer, status: int, body: str, kind: type[Exception]
) -> None:
    server.failure = (status, body)
    chat = make()
    for ask in (chat.check, lambda: reply(chat)):
        with pytest.raises(kind) as told:
            await ask()
        assert f'it says "{MEMORY}"' in str(told.value)


async def test_an_error_in_the_middle_is_told_in_its_words(make: Make, server: OllamaServer) -> None:
    server.conduct = "error line"
    with pytest.raises(TryAgain, match='it says "the runner died"'):
        await reply(make())


@pytest.mark.parametrize(
    "echo",
    [
        "cannot read: the vault code is marmalade 4711",
        "unexpected token marmalade",
        "unexpected token MARMALADE",
        "bad value 4711",
        "marm",
        r"cannot read \u006darmalade",
        "cannot read %6darmalade",
        "cannot read &#109;armalade",
        f"bad system message: {PERSONA}",
        "<html>marmalade</html>",
    ],
)
@pytest.mark.parametrize("conduct", ["status", "line"])
async def test_no_prompt_is_repeated_in_them(
    make: Make, server: OllamaServer, echo: str, conduct: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = make()
    await reply(chat)
    if conduct == "status":
        server.failure = (500, echo)
    else:
        server.conduct = "error line"
        monkeypatch.setattr("tests.wire.ollama_server.DIED", echo)
    for ask in (chat.check, lambda: reply(chat)):
        with pytest.raises(TryAgain) as told:
            await ask()
        assert "says" not in str(told.value)
        assert not any(
            word in str(told.value).casefold() for word in ("marm", "4711", "vault", "alex", "stamps")
        )


async def test_no_key_and_no_password_is_repeated_in_them(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "opensesameplease")
    chat = OllamaChat(server.host, "gemma3:4b")
    for said in ("bad key opensesameplease", "bad key sesamepl"):
        server.failure = (500, said)
        with pytest.raises(TryAgain) as told:
            await reply(chat)
        assert "sesame" not in str(told.value)
    server.failure = (500, "bad key 8837261:AAHxYtqKpzZkLkqWv0aBcDeFgHiJkLmNoPq")
    with pytest.raises(TryAgain) as told:
        await reply(chat)
    assert "AAHx" not in str(told.value)
    await chat.close()


# What it thinks


@pytest.mark.parametrize("thoughts", ["hm they want to know when"])
async def test_a_model_that_only_thought_says_so_and_names_the_key(
    make: Make, server: OllamaServer, thoughts: str
) -> None:
    server.thoughts, server.reply = thoughts, ""
    chat = make()
    await chat.check()  # one token of a thought is a sign of life
    with pytest.raises(OwnerMustFix, match=r"only thought.*model\.max_tokens"):
        await reply(chat)


@pytest.mark.parametrize(
    "said", ["<think>hm, they want", "<think>hm</think>", "<|channel|>analysis<|message|>hm"]
)
async def test_a_thought_in_the_place_of_the_words_is_none(
    make: Make, server: OllamaServer, said: str
) -> None:
    server.reply = said
    with pytest.raises(OwnerMustFix, match="only thought"):
        await reply(make())


async def test_a_model_that_thinks_and_answers_has_answered(make: Make, server: OllamaServer) -> None:
    server.thoughts = "hm they want to know when"
    assert (await reply(make())).text == "yes, after seven"


# Templates


@pytest.mark.parametrize(
    ("shown", "roles"),
    [
        ({"template": "{{ .Prompt }}"}, ["user", "assistant", "user"]),
        ({"template": "<start>user\n{{ .Prompt }}<end>"}, ["user", "assistant", "user"]),
        ({"template": "{{ .Prompt }}", "renderer": "qwen3-vl"}, ["system", "user"]),
        ({"template": "{{ .System }} {{ .Prompt }}"}, ["system", "user"]),
        ({"template": None}, ["system", "user"]),
    ],
)
async def test_without_a_system_role_the_persona_goes_into_the_first_turn(
    make: Make, server: OllamaServer, shown: Mapping[str, Any], roles: list[str]
) -> None:
    server.shows["gemma3:4b"] = dict(shown)
    await reply(make())
    messages = server.requests[0][1]["messages"]
    assert [one["role"] for one in messages] == roles
    assert messages[0]["content"] == PERSONA
    assert messages[-1]["content"] == CHAT.turns[-1].content


async def test_a_recreated_models_template_is_read_anew(make: Make, server: OllamaServer) -> None:
    chat = make()
    await reply(chat)
    server.shows["gemma3:4b"] = {"template": "{{ .Prompt }}"}
    await reply(chat)
    assert [body["messages"][0]["role"] for _, body in server.requests] == ["system", "user"]


# Names


@pytest.mark.parametrize(
    ("served", "wanted"),
    [
        ("smol:latest", "SMOL"),
        ("SMOL:latest", "smol"),
        ("smol:latest", "smol:LATEST"),
        ("smol:latest", "library/smol"),
        ("smol:latest", "registry.ollama.ai/library/smol:latest"),
        ("smol:latest", "https://registry.ollama.ai/library/smol"),
        ("me/smol:latest", "Me/Smol"),
        ("me/smol:latest", "registry.ollama.ai/me/smol"),
        ("hf.co/me/smol-GGUF:Q4_K_M", "hf.co/me/smol-gguf:q4_k_m"),
        ("localhost:5000/me/smol:latest", "localhost:5000/me/smol"),
    ],
)
async def test_a_model_is_found_under_every_name_that_ollama_knows_it_by(
    make: Make, server: OllamaServer, served: str, wanted: str
) -> None:
    server.models = ("other:latest", served)
    chat = make(wanted)
    assert (await reply(chat)).text
    assert chat.card.digest == f"digest of {served}"
    assert {body["model"] for body in (*server.loads, server.requests[0][1])} == {served}
    embedder = OllamaEmbedder(server.host, wanted, 64)
    await embedder.query("soup")
    await embedder.close()


@pytest.mark.parametrize("wanted", ["smol:7b", "you/smol", "hf.co/smol", "smo", "library/me/smol"])
async def test_another_name_is_another_model(make: Make, server: OllamaServer, wanted: str) -> None:
    server.models = ("smol:latest", "me/smol:latest")
    with pytest.raises(OwnerMustFix, match="ollama pull"):
        await make(wanted).look_up()


async def test_of_two_that_differ_in_case_the_one_that_is_written_so_is_asked(
    make: Make, server: OllamaServer
) -> None:
    server.models = ("smol:latest", "SMOL:latest")
    for wanted, served in (("SMOL", "SMOL:latest"), ("smol", "smol:latest"), ("Smol", "smol:latest")):
        await reply(make(wanted))
        assert server.requests[-1][1]["model"] == served


# Where it is


def answering(status: int, body: str, kind: str = "application/json") -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", answer)
    return app


NO_OLLAMA = [
    (404, "404 page not found", "text/plain"),
    (404, '{"detail": "Not Found"}', "application/json"),
    (405, "", "text/plain"),
    (400, "Client sent an HTTP request to an HTTPS server.", "text/plain"),
    (200, "<html>welcome to your router</html>", "text/html"),
    (200, '{"error": "Unexpected endpoint or method. (GET /api/tags)"}', "application/json"),
    (200, '{"object": "list", "data": []}', "application/json"),
    (200, "[]", "application/json"),
    (200, "Ollama is running", "text/plain"),
]


@pytest.mark.parametrize("path", ["", "/v1", "/api"])
@pytest.mark.parametrize(("status", "body", "kind"), NO_OLLAMA)
async def test_a_path_and_another_server_are_named_as_such(
    make: Make, status: int, body: str, kind: str, path: str
) -> None:
    runner = web.AppRunner(answering(status, body, kind))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host = f"http://127.0.0.1:{runner.addresses[0][1]}{path}"
        chat = make(host=host)
        asks: list[Callable[[], Awaitable[object]]] = [
            chat.check,
            chat.look_up,
            lambda: reply(chat),
            lambda: pulled(host),
        ]
        for ask in asks:
            with pytest.raises(OwnerMustFix, match=f"at {host} is no Ollama server") as told:
                await ask()
            assert ("take the path" in str(told.value)) == bool(path)
            assert "pull" not in str(told.value)
    finally:
        await runner.cleanup()


async def test_a_server_that_wants_a_key_is_named_as_such(make: Make) -> None:
    for status in (401, 403):
        runner = web.AppRunner(answering(status, "no"))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        with pytest.raises(OwnerMustFix, match="wants a key or a password"):
            await make(host=f"http://127.0.0.1:{runner.addresses[0][1]}").look_up()
        await runner.cleanup()
