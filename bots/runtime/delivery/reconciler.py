"""What became of a send that broke off, asked of platforms that can tell."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta

from bots.platforms.port import FindsSent, Health, Platform
from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait, wait_for
from core.errors import Refused
from core.ids import platform_of
from memory.outbox.outbox import Outbox
from memory.outbox.parts import UncertainSend

log = logging.getLogger(__name__)

PAUSES_S = (5.0, 15.0, 60.0, 300.0, 3600.0)
"""Between one look for a message and the next; the last one for as long as it is uncertain."""
LONGEST_LOOK_S = 60.0


class Reconciler:
    """Files as delivered what its platform shows. What it does not show stays uncertain: no platform can
    prove that nothing arrived, and nothing is sent twice."""

    def __init__(self, platforms: Iterable[Platform], outbox: Outbox, services: Services) -> None:
        self._platforms = {platform.name: platform for platform in platforms}
        self._finders = {name: one for name, one in self._platforms.items() if isinstance(one, FindsSent)}
        self._outbox = outbox
        self._clock = services.clock
        self._changes = services.changes
        self._problems = services.problems
        self._sleep = services.sleep
        self._looked: dict[str, tuple[int, datetime]] = {}
        """How often each nonce was looked for, and when it is again."""

    def loops(self) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
        """What has to run, where any platform can tell."""
        return {"uncertain sends": self.keep} if self._finders else {}

    async def keep(self) -> None:
        """Look when a send broke off, when a platform is connected again, and later again. Runs for ever."""
        woken = asyncio.Event()
        listens = asyncio.create_task(self._listen(woken))
        try:
            while True:
                woken.clear()
                again = await self.look()
                pause_s = (again - self._clock.now()).total_seconds() if again else PAUSES_S[-1]
                await wait_for(woken, max(pause_s, 0.0), self._sleep)
        finally:
            await cancel_and_wait(listens)

    async def look(self) -> datetime | None:
        """Look for what is due to be looked for; when the next is. Raises what the database raises."""
        uncertain_sends = await self._outbox.uncertain_sends()
        nonces = {send.claim.nonce for send in uncertain_sends}
        self._looked = {nonce: looked for nonce, looked in self._looked.items() if nonce in nonces}
        again: list[datetime] = []
        for uncertain_send in uncertain_sends:
            name = platform_of(uncertain_send.claim.conversation)
            if name not in self._finders or self._platforms[name].health[0] is not Health.CONNECTED:
                continue
            times, due = self._looked.get(uncertain_send.claim.nonce, (0, self._clock.now()))
            if due <= self._clock.now():
                found = await self._found(self._finders[name], uncertain_send)
                if found is not None:
                    await self._file(name, uncertain_send, found)
                    continue
                due = self._clock.now() + timedelta(seconds=PAUSES_S[min(times, len(PAUSES_S) - 1)])
                self._looked[uncertain_send.claim.nonce] = (times + 1, due)
            again.append(due)
        return min(again, default=None)

    async def _listen(self, woken: asyncio.Event) -> None:
        async for change in self._changes.subscribe():
            if change.kind in ("uncertain", "problem", "missed"):
                woken.set()

    async def _found(self, platform: FindsSent, uncertain_send: UncertainSend) -> str | None:
        claim = uncertain_send.claim
        try:
            async with asyncio.timeout(LONGEST_LOOK_S):
                return await platform.find_sent(
                    claim.conversation, nonce=claim.nonce, at=uncertain_send.at, reply_to=claim.reply_to
                )
        except Exception as error:
            # Supervision: what cannot be looked for stays uncertain. The error's text may hold what was said.
            log.info("draft %s: what became of it cannot be seen (%s)", claim.draft, type(error).__name__)
            return None

    async def _file(self, platform: str, uncertain_send: UncertainSend, found: str) -> None:
        claim = uncertain_send.claim
        try:
            await self._outbox.found(uncertain_send, found)
        except Refused:
            return  # the owner was faster
        self._problems.clear(platform)
        self._changes.publish("draft", claim.conversation, claim.draft)
        self._changes.publish("receipt", claim.conversation, claim.draft)
        self._changes.publish(
            "authorized", claim.conversation
        )  # for the rest of it, and what waited behind it
