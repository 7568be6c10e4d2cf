"""The parts of an attack, and how each is broken on purpose: so that its zero means something."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unittest.mock import patch

from core.types import SmallTalk
from tests.bench.red_team import acts, ears, forging, sending
from tests.bench.red_team.results import Results

Attack = Callable[[Path, int, int, Results], Awaitable[None]]
PARTS: tuple[tuple[str, Attack, float], ...] = (
    ("sending", sending.attack, 0.25),
    ("sending", sending.attack, 0.25),
    ("ears", partial(ears.attack, style="chat"), 0.05),
    ("ears", partial(ears.attack, style="transcript"), 0.05),
    ("sending", acts.attack, 0.08),
    ("forging", forging.attack, 0.32),
)
"""What each part is about, and its share of all attempts."""
BROKEN: Mapping[str, tuple[tuple[str, object], ...]] = {
    "sending": (("core.policy.decide.small_talk_of", lambda *_: SmallTalk.GREETING),),
    "ears": (("memory.archive.audiences.includes", lambda *_: True),),
    "forging": (("core.prompt.quoting.neutral", str), ("core.prompt.vocabulary.neutral", str)),
}
"""By part, the one guard that is taken away: small talk as a closed set, who is in an audience, what text is
made harmless. In the bench alone."""


def attack(part: int, attempts: int, seed: int, broken: str = "") -> Results:
    """Play a part, by its number, in a fresh folder; `broken`: without that guard."""
    results = Results()
    with tempfile.TemporaryDirectory(prefix="understudy-red-") as folder, ExitStack() as stack:
        for name, instead in BROKEN.get(broken, ()):
            stack.enter_context(patch(name, instead))
        asyncio.run(_played(PARTS[part][1], Path(folder), attempts, seed, results))
    return results


async def _played(play: Attack, folder: Path, attempts: int, seed: int, results: Results) -> None:
    await play(folder, attempts, seed, results)
