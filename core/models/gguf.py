"""The control tokens of a model's own vocabulary: in the header of its GGUF file, or as Ollama shows it."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_CONTROL, _USER_DEFINED = 3, 4
_TOKENS, _TYPES = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"
_ACTION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_IN_TEMPLATE = re.compile(r"<[^\s<>]{1,40}>|\[[^\s\[\]]{2,40}\]|\][^\s\[\]]{1,40}[\[\]]|<<\S{1,20}>>")
_MOST = 4_000_000
"""Items of a list, or bytes of a text: more is no header."""


def control_tokens(path: Path) -> frozenset[str]:
    """Those of the GGUF at `path`; empty where its vocabulary says nothing of kinds.

    Blocks for as long as reading some MB takes. Raises ValueError where the file is none, caught by
    `EmbeddedChat`.
    """
    fields: dict[str, Any] = {}
    try:
        with path.open("rb") as file:
            for key, value in _fields(file):
                if key in (_TOKENS, _TYPES):
                    fields[key] = value
                if len(fields) == 2:
                    break
    except (OSError, ValueError, struct.error) as error:
        raise ValueError(f"{path} is no GGUF file that can be read") from error
    return of_vocabulary(fields.get(_TOKENS, ()), fields.get(_TYPES, ()))


def of_vocabulary(tokens: Any, kinds: Any) -> frozenset[str]:
    """The tokens whose kind says that they are no words; blanks alone are words to us. Pure."""
    pairs = zip(tokens or (), kinds or (), strict=False)
    return frozenset(
        token for token, kind in pairs if kind in (_CONTROL, _USER_DEFINED) and token.strip().strip("▁")
    )


def of_show(answer: Any) -> frozenset[str]:
    """Those that Ollama's `/api/show` names: of the vocabulary, or written by the template. Pure."""
    known = answer.get("model_info") or {}
    tokens = of_vocabulary(known.get(_TOKENS), known.get(_TYPES))
    template = _ACTION.sub(
        " ", f"{answer.get('template') or ''}\n{known.get('tokenizer.chat_template') or ''}"
    )
    return tokens or frozenset(_IN_TEMPLATE.findall(template))


def _fields(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    if file.read(4) != b"GGUF":
        raise ValueError("no GGUF")
    version, _, count = _numbers(file, "IQQ")
    if version not in (2, 3):
        raise ValueError("a GGUF of another version")
    for _ in range(count):
        key = _text(file)
        yield key, _value(file, *_numbers(file, "I"))


def _value(file: IO[bytes], kind: int) -> Any:
    if kind == _STRING:
        return _text(file)
    if kind != _ARRAY:
        return _numbers(file, _known(kind))[0]
    inner, count = _numbers(file, "IQ")
    if count > _MOST:
        raise ValueError("no list of tokens is so long")
    if inner in (_STRING, _ARRAY):
        return [_value(file, inner) for _ in range(count)]
    return _numbers(file, f"{count}{_known(inner)}")


def _known(kind: int) -> str:
    if kind not in _NUMBERS:
        raise ValueError("a GGUF value of an unknown kind")
    return _NUMBERS[kind]


def _text(file: IO[bytes]) -> str:
    (length,) = _numbers(file, "Q")
    if length > _MOST:
        raise ValueError("no text of a header is so long")
    return file.read(length).decode("utf-8", "replace")


def _numbers(file: IO[bytes], layout: str) -> tuple[Any, ...]:
    size = struct.calcsize(f"<{layout}")
    return struct.unpack(f"<{layout}", file.read(size))
