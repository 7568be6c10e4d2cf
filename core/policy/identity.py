"""Who asks who is writing, or doubts it: it gets the true sentence, and that draft asks. Pure.

By phrases; and by a small network over the bundled embedder's vectors, learned from sentences of our own (see
`tests/bench/identity/`), for what no phrase foresees. What both miss is asked about like everything that is
no small talk: nothing is sent for it, the draft is a model's.
"""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.policy.topics import plain
from core.ports import Vectors

LONGEST_QUESTION = 160
"""Characters of a text that is read by its vector: of a longer one it tells too little."""
_LONG = 2000


class Network(NamedTuple):
    """One hidden layer: a text asks where what its vector comes to is above nothing."""

    embedder: str
    hidden: NDArray[np.float32]
    """A column for each unit."""
    offsets: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: float

    def asks(self, vectors: Vectors) -> NDArray[np.bool_]:
        """For each row, whether it asks."""
        units = np.maximum(vectors @ self.hidden + self.offsets, 0)
        return np.asarray(units @ self.weights + self.bias > 0)


def asks_who(text: str, owner: str = "") -> bool:
    """Whether a phrase asks or doubts who is writing; `owner`: their name, as it may be asked about."""
    pattern = _phrases(owner)
    return any(pattern.search(plain(part)) for part in {text[:_LONG], text[-_LONG:]})


def reads(embedder: str) -> bool:
    """Whether vectors of this embedder can be read: the network was learned with one."""
    return learned_network().embedder == embedder


def may_ask_who(vector: Vectors) -> bool:
    """Whether the vector of a text, as of a query (one row), lies on the side of those that ask."""
    return bool(learned_network().asks(vector)[0])


@cache
def _phrases(owner: str) -> re.Pattern[str]:
    given = tomllib.loads(Path(__file__).with_name("identity.toml").read_text(encoding="utf-8"))
    whole = plain(owner)
    names = "|".join(re.escape(name) for name in (whole, whole.partition(" ")[0]) if name)
    words = rf"(?<!\w)(?:{'|'.join(given['words'])})(?!\w)"
    pattern = "|".join((words, *given["anywhere"])).replace("MACHINE", f"(?:{given['machine']})")
    return re.compile(pattern.replace("OWNER", f"(?:{names or '(?!)'})"))


@cache
def learned_network() -> Network:
    """As `tests/bench/identity/train.py` wrote it: whole numbers, and what one of them is worth."""
    given = json.loads(Path(__file__).with_name("identity.json").read_text(encoding="utf-8"))
    hidden = np.asarray(given["hidden"], np.float32) * np.float32(given["scale"])
    offsets, weights = (np.asarray(given[name], np.float32) for name in ("offsets", "weights"))
    return Network(given["embedder"], hidden, offsets, weights, given["bias"])
