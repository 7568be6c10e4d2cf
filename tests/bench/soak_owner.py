"""The owner, who approves every card."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from time import monotonic
from typing import Any

from bots import control
from core.errors import UnderstudyError
from tests.bench.soak_life import LOOK_S, Life
from tests.bench.soak_twin import MARK
from tests.wire.fronts import Fronts

PRESS_AGAIN_S = 3.0
"""A card that still has its buttons so long after a press is pressed again."""


class Owner:
    """Looks at the cards on every platform four times a second."""

    def __init__(self, fronts: Fronts, life: Life) -> None:
        self._fronts = fronts
        self._life = life

    async def run(self) -> None:
        """Approve what is shown, and say what became of what is uncertain; for ever."""
        seen: dict[str, int] = defaultdict(int)
        open_cards: dict[str, list[list[Any]]] = defaultdict(list)
        while True:
            for front in self._fronts.all:
                since, seen[front.name] = seen[front.name], front.position
                cards = open_cards[front.name] + [[card, 0.0] for card in front.cards(since)]
                open_cards[front.name] = cards = [one for one in cards if front.is_open(one[0])]
                for one in cards:
                    late = monotonic() - one[1] > PRESS_AGAIN_S
                    if late and front.offers(one[0], "approve") and MARK.search(front.shown(one[0])):
                        one[1] = monotonic()
                        with suppress(OSError, IndexError):
                            await front.press(one[0], "approve")
            await self._settle()
            await asyncio.sleep(LOOK_S)

    async def _settle(self) -> None:
        rows = self._life.read("SELECT id, text FROM drafts WHERE status = 'uncertain'")
        if not rows:
            return
        posted = {reply.text for front in self._fronts.all for reply in front.replies()}
        for draft, text in rows:
            with suppress(UnderstudyError, OSError, control.Unexpected):
                await self._life.tell("settle", id=str(draft), delivered=text in posted)
