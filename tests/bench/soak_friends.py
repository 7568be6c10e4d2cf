"""Those who write to the twin, and what they have said."""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from core.ports import Clock
from tests.bench.soak_life import Watch
from tests.wire import discord_world, slack_server
from tests.wire.fronts import Fronts

FRIENDS = 10
"""On each platform."""
TWICE, SWAPPED, CHANGED, HASTY = 0.05, 0.2, 0.1, 0.2
"""How often a message comes twice; of the bursts, how many come in the wrong order, are changed, or are not
waited for to be answered before the next."""
BURSTS = (1, 1, 2, 3, 4)
PATIENCE_S = 120.0

Say = Callable[[str], Awaitable[None]]
"""Says it, or where a text is given, changes it to that."""


@dataclass
class Ledger:
    """What was said: under each mark its last text, where, and as the how manieth it reached the twin's
    socket."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    arrived: dict[str, int] = field(default_factory=dict)
    given_up: list[str] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def new(self, where: str) -> str:
        """The mark of a message that is about to be said."""
        mark = f"m{len(self.texts)}x"
        self.texts[mark], self.places[mark] = f"shall we talk about {mark}", where
        return mark

    def first_words(self) -> set[str]:
        """The first mark of each place."""
        return set({place: mark for mark, place in reversed(self.places.items())}.values())

    async def note(self, mark: str) -> None:
        """It was said."""
        self.arrived[mark] = len(self.arrived)
        async with self._changed:
            self._changed.notify_all()

    async def until(self, count: int) -> None:
        """Return once so many were said."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.arrived) >= count)


class Friends:
    """Ten on each platform, each in a direct chat of their own."""

    def __init__(self, fronts: Fronts, clock: Clock, ledger: Ledger, watch: Watch, *, seed: int) -> None:
        self._fronts = fronts
        self._clock = clock
        self._ledger = ledger
        self._watch = watch
        self._random = random.Random(seed)
        self._platforms: tuple[tuple[Callable[[int], str], Callable[..., Say]], ...] = (
            (lambda who: f"{1000 + who}/None", self._telegram),
            (lambda who: f"D1{who}", self._slack),
            (lambda who: str(6000 + who), self._discord),
        )
        for who in range(FRIENDS):
            fronts.telegram.server.chats.add(1000 + who)
            slack_server.DMS[f"U1{who}"], slack_server.NAMES[f"U1{who}"] = f"D1{who}", f"Friend {who}"
            fronts.discord.server.dms[3000 + who] = 6000 + who

    async def talk(self, share: int) -> None:
        """Return once each has said so much and got their answers."""
        everyone = [(name, write, who) for name, write in self._platforms for who in range(FRIENDS)]
        await asyncio.gather(*(self._friend(name(who), write, who, share) for name, write, who in everyone))
        with suppress(TimeoutError):  # an edit may have come last; what waits even then is found by the judge
            await self._watch.quiet(PATIENCE_S)

    async def _friend(self, where: str, write: Callable[..., Say], who: int, left: int) -> None:
        ledger, chance = self._ledger, self._random
        while left:
            size = min(left, chance.choice(BURSTS))
            left -= size
            marks = [ledger.new(where) for _ in range(size)]
            burst = [(one, write(who, ledger.texts[one], chance.random() < TWICE)) for one in marks]
            if size > 1 and chance.random() < SWAPPED:
                burst[0], burst[1] = burst[1], burst[0]
            for mark, say in burst:
                await say("")
                await ledger.note(mark)
            if chance.random() < CHANGED:
                mark, say = burst[-1]
                ledger.texts[mark] += " (changed)"
                await say(ledger.texts[mark])
            await self._answered(where, set(marks), hasty=left > 0 and chance.random() < HASTY)

    async def _answered(self, where: str, marks: set[str], *, hasty: bool) -> None:
        try:
            if hasty:
                await self._watch.stored(marks, PATIENCE_S)
            else:
                await self._watch.dealt_with(where, marks, PATIENCE_S)
        except TimeoutError:
            self._ledger.given_up += sorted(marks)
            sys.stderr.write(f"given up in {where}: {sorted(marks)}\n")

    def _telegram(self, who: int, text: str, again: bool) -> Say:
        server = self._fronts.telegram.server
        sender = {"id": 1000 + who, "is_bot": False, "first_name": f"Friend{who}"}
        made = server.message(text, sender=sender, date=int(self._clock.now().timestamp()))

        async def say(change: str) -> None:
            if change:
                changed = {**made, "text": change, "edit_date": int(self._clock.now().timestamp())}
                await server.push({"edited_message": changed})
            else:
                await server.push(*[{"message": made}] * (1 + again))

        return say

    def _slack(self, who: int, text: str, again: bool) -> Say:
        server = self._fronts.slack.server
        made = server.message(text, user=f"U1{who}", channel=f"D1{who}")

        async def say(change: str) -> None:
            event = made
            if change:
                now = {**made, "text": change, "edited": {"user": f"U1{who}", "ts": server.ts()}}
                event = {"type": "message", "subtype": "message_changed", "event_ts": server.ts()}
                event |= {"channel": f"D1{who}", "channel_type": "im"}
                event |= {"message": now, "previous_message": made}
            for _ in range(1 + again):
                await self._until_acknowledged(event)

        return say

    async def _until_acknowledged(self, event: Any) -> None:
        """Slack sends again what nobody acknowledged within three seconds."""
        server = self._fronts.slack.server
        while True:
            with suppress(OSError, IndexError, TimeoutError):
                await server.until(lambda: bool(server.sockets))
                async with asyncio.timeout(3):
                    await server.acked(await server.event(event))
                return

    def _discord(self, who: int, text: str, again: bool) -> Say:
        server = self._fronts.discord.server
        made = discord_world.message(6000 + who, 3000 + who, text, id=self._fronts.discord.key())

        async def say(change: str) -> None:
            with suppress(OSError):  # what is said while nobody is connected is kept, and read back
                if change:
                    made.update(content=change, edited_timestamp=self._clock.now().isoformat())
                    await server.dispatch("MESSAGE_UPDATE", dict(made))
                    return
                await server.say(made)
                if again:
                    await server.dispatch("MESSAGE_CREATE", made)

        return say
