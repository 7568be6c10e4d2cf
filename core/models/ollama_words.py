"""What an Ollama server says of its own failure, made fit for the owner and the log. Pure.

A server may repeat what it was asked, so its words pass only where no telling word of them is in the prompt.
"""

import re
from collections.abc import Iterable
from typing import Any

LONGEST = 240
_WORD = re.compile(r"[^\W_]+")
_ESCAPED = re.compile(r"\\|%[0-9a-f]{2}|&(?:#\w+|\w+);", re.IGNORECASE)
"""What is written in another form cannot be compared."""
_TOKEN = re.compile(r"(?=\S*\d)[\w+/=.~:-]{24,}")
_PART = 8
_ORDINARY = frozenset(
    _WORD.findall("""
    a able abort aborted access address after again allocate already an and any api architecture are
    argument at attempts attention available backend bad batch because been before bigger blob
    buffer busy but by bytes cache call called can cannot capabilities capability chat check closed
    code completion compute connection context corrupted could cpu crashed cublas cuda cudamalloc
    current data dead deadline decode deepseek denied details device did died digest directory disk
    does done driver due embed embedding embeddings encode end eof error errors exceeded exceeds
    exist exit exited expected failed failure fault file first fit float for format found free from
    full gemma gemma3 generate gguf gib given gpu gpus graph has have host image images in increase
    input insufficient internal into invalid is it kib killed kv last layers length lib library
    limit limitations llama load loaded loading log logs long longer manifest maximum may memory
    metal mib mismatch missing mistral mmap mode model models more must name network new no not null
    of ollama on only oom open operation option options or out parallel path pending permission
    please pool process processing prompt pull pulled queue quota qwen qwen3 ram read reduce refused
    request requested requests required requires reset resource resources response retry retrying
    rocm runner runners running runtime see segmentation sequence server set sha256 signal size slot
    slots small smaller space started status stop stopped stream support supported system template
    tensor terminated than that the then there thinking this time timed timeout to token tokenizer
    tokens too tool tools try trying type unable unexpected unknown unload unreachable unsupported
    usage use valid value version vision vram vulkan wait waiting was weights were which while will
    window with wrong your
    """)
)
"""The words of Ollama's own sentences, which tell nothing of a prompt that has them too. What is missing here
fails closed: a sentence is left out."""


def own_words(said: Any, unsaid: Iterable[str] = (), secrets: Iterable[str] = ()) -> str:
    """One printable line of what a server `said`, without anything of `unsaid` or of `secrets`; empty where
    it said nothing that can be shown."""
    if isinstance(said, dict):
        said = said.get("message")
    if not isinstance(said, str) or said.lstrip().startswith(("<", "{", "[")) or _ESCAPED.search(said):
        return ""
    line = "".join(sign for sign in " ".join(said.split()) if sign.isprintable())
    if _repeats(line, "\n".join(unsaid).casefold()) or any(_holds(line, secret) for secret in secrets):
        return ""
    line = _TOKEN.sub("…", line)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _repeats(line: str, unsaid: str) -> bool:
    return any(
        word in unsaid
        for word in _WORD.findall(line.casefold())
        if word not in _ORDINARY and (len(word) > 2 or not word.isascii())
    )


def _holds(line: str, secret: str) -> bool:
    return any(secret[at : at + _PART] in line for at in range(max(1, len(secret) - _PART + 1)) if secret)
