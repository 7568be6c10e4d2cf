"""Updates, one after the other: nothing is confirmed to Telegram before it is committed here.

The library confirms what it has queued; so the offset is kept here instead. It moves past an update once
that was handled. Only what waits for a model's answer (talk with the owner, clicks) may be confirmed
earlier, once it is deferred: kept durably, and taken up again at the next start; and so is what cannot be
handled, which is tried again while the rest goes on.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from telegram.error import RetryAfter, TelegramError

from bots.platforms.answering import Kept
from bots.platforms.port import Health, Inbound
from bots.platforms.telegram.client import GARBLED, LONG_POLL_S, MOST_AT_ONCE, seconds, unmendable
from bots.platforms.telegram.events import Clicked, Event, Linked, SaidToTwin, TelegramEdited, queue_of
from bots.platforms.telegram.ids import NAME
from bots.platforms.telegram.parse import TelegramMalformed, parse
from bots.platforms.telegram.payloads import TelegramUser
from bots.runtime.base.timing import Sleep, cancel_and_wait
from core.errors import TryAgain
from core.ports import CLOCKS_APART, Clock

log = logging.getLogger(__name__)

OFFSETS_LAST = timedelta(days=6)
"""After a week without updates Telegram numbers them anew, at random: an old offset could skip some."""
DEFERRABLE = (SaidToTwin, Clicked, TelegramEdited)
"""These wait for a model's answer, or behind what does."""
DEFER_AFTER_S = 0.5
MOST_DEFERRED = 50
MOST_TAKEN = 1000
"""So many updates back one is known that Telegram delivers again."""
RETRIES = 12
"""How often an update that could not be handled is tried again before the next start: for over an hour."""
RETRY_FIRST_S, RETRY_LONGEST_S, LONGEST_PAUSE_S = 0.5, 30.0, 600.0

HASTY_S = 0.1
"""A long poll without an answer ends later; where one does not, polls are so far apart at least."""

IMPOSSIBLE = 2**53
"""No number of an update; were it confirmed, all those below would never come."""

Handle = Callable[[Event, bool, Kept], Awaitable[None]]
"""Deals with an event; what follows in its conversation may begin once it is kept."""


class Fetch(Protocol):
    """`Client.updates`."""

    async def __call__(self, offset: int | None, *, wait_s: int = LONG_POLL_S) -> list[Any]:
        """As there."""
        ...


class Polling:
    """Asks for updates and hands them to `handle`, in order within each conversation, with whether they came
    as they happened: Telegram keeps for a day what happened while nobody asked. All of that is asked for
    first, without waiting for more."""

    def __init__(
        self,
        bot: TelegramUser,
        fetch: Fetch,
        handle: Handle,
        inbound: Inbound,
        clock: Clock,
        sleep: Sleep,
        tell: Callable[[Health, str], None],
    ) -> None:
        self._bot = bot
        self._fetch = fetch
        self._handle = handle
        self._inbound = inbound
        self._clock = clock
        self._sleep = sleep
        self._tell = tell
        self._deferred: dict[int, Any] = {}
        self._caught_up: datetime | None = None
        self._taken: dict[int, None] = {}
        self._failures = 0
        """Since Telegram answered last."""
        self._left_out = 0
        self._aside: set[int] = set()
        self._told: set[str] = set()
        """What was wrong, last time, with updates that have no number."""
        self._last: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled. Raises OwnerMustFix and TryAgain as `Platform.run`."""
        try:
            await self._take_up_deferred()
            offset, heard_at = await self._recalled()
            while True:
                if offset is not None and self._clock.now() - heard_at > OFFSETS_LAST:
                    offset = None
                waits, asked_at = self._is_live(), asyncio.get_running_loop().time()
                updates = await self._ask(offset, wait_s=LONG_POLL_S if waits else 0)
                if updates:
                    await self._take(updates, live=self._is_live())
                if len(updates) < MOST_AT_ONCE:
                    self._caught_up = self._clock.now()
                if not updates:
                    if waits and asyncio.get_running_loop().time() - asked_at < HASTY_S:
                        await self._sleep(HASTY_S)  # a server that does not wait
                    continue
                newest = max((one for one in map(_number, updates) if one is not None), default=None)
                if newest is None:
                    await self._sleep(RETRY_FIRST_S)  # nothing that could be confirmed: it comes again
                    continue
                offset, heard_at = newest + 1, self._clock.now()
                await self._remember(offset, heard_at)
        finally:
            await cancel_and_wait(*self._tasks)

    def _is_live(self) -> bool:
        """Whether what comes now is new: all that came before was there a short time ago."""
        return self._caught_up is not None and self._clock.now() - self._caught_up < CLOCKS_APART

    async def _ask(self, offset: int | None, *, wait_s: int) -> list[Any]:
        """The next updates; the network's and Telegram's failures are waited out.

        After one, what is there already is asked for: where nobody writes, only a short poll tells soon that
        Telegram is back, and while it is not nothing is sent or shown.
        """
        while True:
            pause = min(RETRY_LONGEST_S, RETRY_FIRST_S * 2.0 ** min(self._failures, 10))
            try:
                updates = await self._fetch(offset, wait_s=0 if self._failures else wait_s)
            except TelegramError as error:
                if (final := unmendable(error)) is not None:
                    raise final from None
                if isinstance(error, RetryAfter):
                    pause = min(LONGEST_PAUSE_S, seconds(error))
                self._tell(Health.RECONNECTING, f"Telegram did not answer ({type(error).__name__})")
            except GARBLED as error:
                self._tell(Health.RECONNECTING, f"Telegram's answer is garbled ({type(error).__name__})")
            else:
                self._failures = 0
                self._tell(Health.CONNECTED, self._how_it_is())
                return updates
            await self._sleep(pause)
            self._failures += 1

    async def _take(self, updates: Iterable[Any], *, live: bool) -> None:
        """Return once every update is handled, or deferred. Raises TryAgain when one is neither."""
        swift: list[tuple[Awaitable[object], Any, Event]] = []
        patient: dict[asyncio.Task[None], tuple[int, Any, Event]] = {}
        told, self._told = self._told, set()
        for update in updates:
            event, number = self._parsed(update, told), _number(update)
            if event is None or self._again(number):
                continue
            task, kept = self._start(event, live)
            if isinstance(event, Linked):
                await asyncio.wait({task})  # what comes through the connection needs it known
            if not isinstance(event, DEFERRABLE):
                swift.append((task, update, event))
            elif number is not None and len(self._deferred) + len(patient) < MOST_DEFERRED:
                patient[task] = (number, update, event)
            else:
                # So many answers are awaited that no more is put off, and yet nothing waits for a model: what
                # comes next may be the word that stops it all.
                swift.append((_kept(task, kept), update, event))
        ended = await asyncio.gather(*(work for work, _, _ in swift), return_exceptions=True)
        for (_, update, event), error in zip(swift, ended, strict=True):
            await self._set_aside(update, event, error)
        if not patient:
            return
        done, slow = await asyncio.wait(patient, timeout=DEFER_AFTER_S)
        for task in done:
            _, update, event = patient[task]
            await self._set_aside(update, event, task.exception())
        if slow:
            self._deferred |= {number: update for number, update, _ in map(patient.__getitem__, slow)}
            await self._save_deferred()
            for task in slow:
                self._track(self._settle_deferred(task, patient[task][0]))

    async def _set_aside(self, update: Any, event: Event, error: object) -> None:
        """What could not be handled is kept, and tried again behind what came after it. Raises TryAgain where
        no more can be kept: it comes again then, with all that follows."""
        if not isinstance(error, Exception):
            return
        number, kind = _number(update), type(error).__name__
        if number is None or len(self._deferred) >= MOST_DEFERRED:
            raise TryAgain(f"a message from Telegram could not be kept ({kind}); it is asked for again")
        log.warning("%s from Telegram is set aside and tried again (%s)", type(event).__name__, kind)
        self._deferred[number] = update
        self._aside.add(number)
        self._tell(Health.CONNECTED, self._how_it_is())
        await self._save_deferred()
        self._track(self._retry(event, number))

    async def _retry(self, event: Event, number: int) -> None:
        for attempt in range(RETRIES):
            await self._sleep(min(LONGEST_PAUSE_S, RETRY_FIRST_S * 2.0**attempt))
            try:
                await self._handle(event, False, lambda: None)
            except Exception as error:
                # Supervision: one update stops no other. The error's text may hold what was said.
                log.info("%s from Telegram failed again (%s)", type(event).__name__, type(error).__name__)
            else:
                del self._deferred[number]
                self._aside.discard(number)
                if not self._failures:
                    self._tell(Health.CONNECTED, self._how_it_is())
                return await self._save_deferred()
        return None

    def _how_it_is(self) -> str:
        said = [f"as @{self._bot.username}"]
        if self._left_out:
            said.append(f"{self._left_out} of what it sent could not be read and was left out")
        if self._aside:
            said.append(f"{len(self._aside)} of what it sent could not be kept yet, and is tried again")
        return "; ".join(said)

    def _parsed(self, update: Any, told: set[str]) -> Event | None:
        try:
            return parse(update, self._bot)
        except TelegramMalformed as error:
            why, comes_again = str(error), _number(update) is None  # it cannot be confirmed
            if not comes_again or why not in told | self._told:
                log.warning("an update from Telegram was left out: %s", why)
                self._left_out += 1
            if comes_again:
                self._told.add(why)
            return None

    def _again(self, number: int | None) -> bool:
        """Whether it was taken before; one that could not be kept ends the run, and this with it."""
        if number is None:
            return False
        again, self._taken[number] = number in self._taken, None
        if len(self._taken) > MOST_TAKEN:
            del self._taken[next(iter(self._taken))]
        return again

    def _start(self, event: Event, live: bool) -> "tuple[asyncio.Task[None], asyncio.Event]":
        """Handle it once what came before it in its conversation is kept."""
        queue, kept = queue_of(event), asyncio.Event()
        if isinstance(event, Clicked):
            kept.set()  # a click keeps nothing
        task = self._track(self._one(event, live, self._last.get(queue), kept.set))
        task.add_done_callback(lambda _: kept.set())
        if queue:
            self._last[queue] = kept
            task.add_done_callback(lambda _: self._forget(queue, kept))
        return task, kept

    async def _one(self, event: Event, live: bool, before: asyncio.Event | None, kept: Kept) -> None:
        if before is not None:
            await before.wait()
        await self._handle(event, live, kept)

    def _forget(self, queue: str, kept: asyncio.Event) -> None:
        if self._last.get(queue) is kept:
            del self._last[queue]

    def _track(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _save_deferred(self) -> None:
        await self._inbound.remember(NAME, "deferred", json.dumps(list(self._deferred.values())))

    async def _settle_deferred(self, task: "asyncio.Task[None]", number: int) -> None:
        """Once it is handled; what fails or is cut short is taken up at the next start."""
        await asyncio.wait({task})
        if not task.cancelled() and task.exception() is None:
            del self._deferred[number]
            await self._save_deferred()

    async def _take_up_deferred(self) -> None:
        kept = await self._inbound.recalled(NAME, "deferred")
        if updates := json.loads(kept) if kept else []:
            await self._take(updates, live=False)
            await self._save_deferred()

    async def _recalled(self) -> tuple[int | None, datetime]:
        kept = await self._inbound.recalled(NAME, "offset")
        with suppress(ValueError):
            bot, offset, at = (kept or "").split(" ")
            if int(bot) == self._bot.id:
                return int(offset), datetime.fromisoformat(at)
        return None, self._clock.now()

    async def _remember(self, offset: int, at: datetime) -> None:
        await self._inbound.remember(NAME, "offset", f"{self._bot.id} {offset} {at.isoformat()}")


async def _kept(task: "asyncio.Task[None]", kept: asyncio.Event) -> None:
    """Return once it is kept. Raises what it raised before."""
    await kept.wait()
    if task.done():
        task.result()


def _number(update: Any) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 0 <= number < IMPOSSIBLE else None
