"""The owner, who approves every card."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from bots import control
from core.errors import UnderstudyError
from tests.bench.soak_life import LOOK_S, Life
from tests.bench.soak_twin import MARK
from tests.wire.fronts import Front, Fronts

PRESS_AGAIN_S = 3.0
"""A card that still has its buttons so long after a press is pressed again."""
FORGET_S = 20.0
"""A card that has had no buttons for so long will get none: of what did not arrive it gets them back."""


@dataclass
class _Seen:
    """A card, and when it was last pressed and last had buttons."""

    card: Any
    pressed: float = 0.0
    had_buttons: float = field(default_factory=monotonic)


class Owner:
    """Looks at the cards on every platform four times a second."""

    def __init__(self, fronts: Fronts, life: Life) -> None:
        self._fronts = fronts
        self._life = life

    async def run(self) -> None:
        """Approve what is shown, and say what became of what is uncertain; for ever."""
        since: dict[str, int] = defaultdict(int)
        seen: dict[str, list[_Seen]] = defaultdict(list)
        while True:
            for front in self._fronts.all:
                seen[front.name] += [_Seen(one) for one in front.cards(since[front.name])]
                since[front.name] = front.position
                for one in seen[front.name]:
                    await self._press(front, one)
                seen[front.name] = [
                    one for one in seen[front.name] if monotonic() - one.had_buttons < FORGET_S
                ]
            await self._settle()
            await asyncio.sleep(LOOK_S)

    async def _press(self, front: Front, one: _Seen) -> None:
        now = monotonic()
        if not front.is_open(one.card):
            return
        one.had_buttons = now
        late = now - one.pressed > PRESS_AGAIN_S
        if late and front.offers(one.card, "approve") and MARK.search(front.shown(one.card)):
            one.pressed = now
            with suppress(OSError, IndexError):
                await front.press(one.card, "approve")

    async def _settle(self) -> None:
        rows = self._life.read("SELECT id, text FROM drafts WHERE status = 'uncertain'")
        if not rows:
            return
        posted = {reply.text for front in self._fronts.all for reply in front.replies()}
        for draft, text in rows:
            with suppress(UnderstudyError, OSError, control.Unexpected):
                await self._life.tell("settle", id=str(draft), delivered=text in posted)
