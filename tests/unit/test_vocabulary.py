import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lookalikes import skeleton
from core.models.gguf import control_tokens, of_show
from core.models.ollama import OllamaChat
from tests.wire.ollama_server import OllamaServer

TOKENS = ["hello", "<|im_end|>", "<tool>", "▁", "\n\n", "]~b]"]
KINDS = [1, 3, 4, 4, 4, 3]
THEIRS = {"<|im_end|>", "<tool>", "]~b]"}


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def gguf(tokens: list[str], kinds: list[int]) -> bytes:
    fields = [
        text("general.name") + struct.pack("<I", 8) + text("tiny"),
        text("general.count") + struct.pack("<If", 6, 1.5),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, len(tokens)) + b"".join(map(text, tokens)),
        text("tokenizer.ggml.token_type") + struct.pack(f"<IIQ{len(kinds)}i", 9, 5, len(kinds), *kinds),
    ]
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields)) + b"".join(fields)


def test_the_control_tokens_of_a_file_are_read_from_its_header(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(gguf(TOKENS, KINDS) + b"weights")
    assert control_tokens(path) == THEIRS


@given(st.binary(max_size=60) | st.integers(0, 200).map(lambda cut: gguf(TOKENS, KINDS)[:cut]))
def test_a_file_that_is_none_is_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "broken.gguf"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="no GGUF"):
        control_tokens(path)


@pytest.mark.parametrize(
    ("shows", "tokens"),
    [
        ({"model_info": {"tokenizer.ggml.tokens": TOKENS, "tokenizer.ggml.token_type": KINDS}}, THEIRS),
        ({"template": "[|user|]{{ .Prompt }}[|endofturn|]"}, {"[|user|]", "[|endofturn|]"}),
        (
            {"template": "", "model_info": {"tokenizer.chat_template": "{% if a[0] %}]~b]ai{% endif %}"}},
            {"]~b]"},
        ),
        ({}, set()),
    ],
)
async def test_an_ollama_model_says_its_control_tokens(shows: dict[str, Any], tokens: set[str]) -> None:
    assert of_show(shows) == tokens
    async with OllamaServer().serving() as server:
        server.shows = {"gemma3:4b": {"template": "", **shows}}
        model = OllamaChat(server.host, "gemma3:4b")
        assert not model.card.control_tokens
        await model.check()
        assert set(model.card.control_tokens or ()) == tokens
        await model.close()


@given(st.text(max_size=20))
def test_a_name_looks_like_itself(name: str) -> None:
    assert skeleton(name) == skeleton(name.upper().lower()) or not name.isascii()
    assert skeleton(skeleton(name)) == skeleton(name)
