"""The one thing that sends: what the outbox lets go, in order, each part at most once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from datetime import timedelta

from bots.platforms.names import sends_as
from bots.platforms.split import split_text
from bots.runtime.base.problems import DATABASE
from bots.runtime.base.services import Services
from bots.runtime.base.timing import cancel_and_wait, wait_for
from bots.runtime.delivery.readers import ReaderRefresh
from core.errors import InAnotherName, OwnerMustFix, Refused, TryAgain, UnderstudyError
from core.ids import platform_of
from core.ports import Delivery, SendsTyped, SpeaksAs
from core.types import ConversationId, Draft, SentAs
from memory.outbox.outbox import Outbox
from memory.outbox.parts import Claim
from memory.outbox.sending import Claimed
from memory.storage.port import Checkpoint, DatabaseBusy

log = logging.getLogger(__name__)

Moved = Callable[[Sequence[Draft]], Awaitable[None]]
LONGEST_SEND_S = 60.0
"""A platform that says nothing for so long leaves the part uncertain."""
SLOW_S = 1.0
"""So long one send is waited for before what waits in other conversations goes too."""
AT_ONCE = 4
"""Sends in hand on one platform, however slow they are."""
FINISH_S = 2.5
"""What a send in hand may take when the twin stops."""


class Sender:
    """One loop for each platform, so that a slow one holds up no other; and where one send there is slow,
    what is for other conversations does not wait for it.

    `readers` are asked before each send. `moved` takes over what may not go: it is told of, and what was
    withdrawn is drafted anew. `checkpoint` is called with `before send` and
    `after send` around each; tests kill there.
    """

    def __init__(
        self,
        outbox: Outbox,
        deliveries: Iterable[Delivery],
        services: Services,
        checkpoint: Checkpoint = lambda _: None,
        readers: ReaderRefresh | None = None,
        moved: Moved | None = None,
    ) -> None:
        self._readers = readers
        self._moved = moved or self._publish
        self._outbox = outbox
        self._deliveries = {delivery.name: delivery for delivery in deliveries}
        self._sends_as = sends_as(self._deliveries.values())
        self._clock = services.clock
        self._changes = services.changes
        self._problems = services.problems
        self._timing = services.timing
        self._sleep = services.sleep
        self._checkpoint = checkpoint
        self._woken = {name: asyncio.Event() for name in self._deliveries}
        self._closing = asyncio.Event()

    @property
    def platforms(self) -> tuple[str, ...]:
        """Where it can send."""
        return tuple(self._deliveries)

    def wake(self) -> None:
        """Look at the outbox now."""
        for woken in self._woken.values():
            woken.set()

    def loops(self) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
        """What has to run, by platform; each ends once `finish` was called."""
        return {name: lambda name=name: self._serve(name) for name in self._deliveries}  # type: ignore[misc]

    async def listen(self) -> None:
        """Wake whenever something was authorized, or a switch turned. Runs for ever."""
        async for change in self._changes.subscribe():
            if change.kind in ("authorized", "settings", "missed"):
                self.wake()

    def finish(self) -> None:
        """Claim nothing more."""
        self._closing.set()
        self.wake()

    async def _serve(self, platform: str) -> None:
        in_hand: set[asyncio.Task[float]] = set()
        try:
            await self._serve_until_closing(platform, in_hand)
            await asyncio.gather(*in_hand)
        finally:
            await cancel_and_wait(*in_hand)

    async def _serve_until_closing(self, platform: str, in_hand: "set[asyncio.Task[float]]") -> None:
        woken, look_again_s = self._woken[platform], self._timing.look_again_s
        failures, again = 0, self._clock.now()
        while not self._closing.is_set():
            woken.clear()
            pauses = _ended(in_hand)
            claimed = Claimed(None) if pauses else await self._claim(platform)
            if (claim := claimed.claim) is not None and self._closing.is_set():
                await self._outbox.released(claim)
            elif claim is not None:
                in_hand.add(asyncio.create_task(self._deliver(self._deliveries[platform], claim, failures)))
                pauses = await self._in_hand(in_hand, woken)
            if pause_s := max(pauses, default=0.0):
                again = self._clock.now() + timedelta(seconds=pause_s)
                failures += 1
                # What was asked for long may be asked for one conversation alone.
                await wait_for(woken, min(pause_s, look_again_s), self._sleep)
            elif pauses:
                failures = 0
            elif claim is None:
                due_s = (again - self._clock.now()).total_seconds()
                await wait_for(woken, min(due_s, look_again_s) if due_s > 0 else look_again_s, self._sleep)

    async def _in_hand(self, in_hand: "set[asyncio.Task[float]]", woken: asyncio.Event) -> list[float]:
        """Wait until one of them has ended, or is slow: whichever ends later has the outbox looked at again.
        The pauses that those which ended ask for."""
        patience_s = None if len(in_hand) >= AT_ONCE else SLOW_S
        _, slow = await asyncio.wait(in_hand, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        for task in slow:
            task.add_done_callback(lambda _: woken.set())
        return _ended(in_hand)

    async def _claim(self, platform: str) -> Claimed:
        """The next part; where its platform can tell who reads it, that was read just now."""
        readers = self._readers if self._readers and self._readers.can_tell(platform) else None
        claimed = await self._claim_of(platform, None if readers is None else ())
        if readers is not None and claimed.claim is None and claimed.unread:
            ready = await readers.read(claimed.unread)
            if ready:
                claimed = await self._claim_of(platform, ready)
        return claimed

    async def _claim_of(self, platform: str, read: Collection[ConversationId] | None) -> Claimed:
        claimed = await self._outbox.claim(
            self._clock.now(), split=self._split, platforms={platform}, read=read
        )
        await self._moved(claimed.moved)
        return claimed

    async def _publish(self, moved: Sequence[Draft]) -> None:
        for draft in moved:
            self._changes.publish("draft", draft.conversation, draft.id)

    async def _deliver(self, delivery: Delivery, claim: Claim, failures: int) -> float:
        """Send one part and file what became of it; how long the platform is to be left in peace, if it is.

        What was not delivered may be claimed again after just that time.
        """
        send = delivery.send_typed if claim.typed and isinstance(delivery, SendsTyped) else delivery.send
        self._checkpoint("before send")
        try:
            async with asyncio.timeout(LONGEST_SEND_S):
                if isinstance(delivery, SpeaksAs):
                    await self._in_its_name(delivery, claim)
                platform_id = await send(
                    claim.conversation,
                    claim.text,
                    nonce=claim.nonce,
                    reply_to=claim.reply_to,
                    continues=claim.continues,
                )
        except InAnotherName:
            sends_as = await self._sends_as(claim.conversation)
            await self._file(claim, lambda: self._outbox.in_another_name(claim, sends_as))
            return 0.0
        except TryAgain as error:
            self._problems.tell(delivery.name, f"{delivery.name}: {error}")
            pause_s = self._timing.pause(failures, error)
            again = self._clock.now() + timedelta(seconds=pause_s)
            await self._file(claim, lambda: self._outbox.released(claim, again))
            return pause_s
        except Refused as error:
            self._problems.tell(delivery.name, f"{delivery.name} refused draft {claim.draft}: {error}")
            why = str(error)
            await self._file(claim, lambda: self._outbox.failed(claim, why))
            return 0.0
        except BaseException as error:
            # Supervision: whatever else ends a send, cancellation included, leaves the part uncertain.
            # Only the kind of error is kept where we did not write its text: it may hold the message.
            why = str(error) if isinstance(error, UnderstudyError) else type(error).__name__
            self._problems.tell(
                delivery.name, f"{delivery.name}: draft {claim.draft} may have arrived ({why})"
            )
            await asyncio.shield(self._file(claim, lambda: self._outbox.uncertain(claim, why)))
            self._changes.publish("uncertain", claim.conversation, claim.draft)
            if not isinstance(error, Exception):
                raise
            return 0.0
        self._checkpoint("after send")
        self._problems.clear(delivery.name)
        at = self._clock.now()
        await asyncio.shield(self._file(claim, lambda: self._outbox.delivered(claim, platform_id, at)))
        self._changes.publish("receipt", claim.conversation, claim.draft)
        return 0.0

    async def _in_its_name(self, delivery: SpeaksAs, claim: Claim) -> None:
        """Raises InAnotherName where it would speak in another than the card said; where that said none, it
        is noted."""
        sends_as = await delivery.sends_as(claim.conversation)
        if claim.sends_as is SentAs.UNKNOWN:
            await self._outbox.name(claim, sends_as)
        elif sends_as is not claim.sends_as:
            raise InAnotherName

    async def _file(self, claim: Claim, write: Callable[[], Awaitable[object]]) -> None:
        """Write what is known of a send until the disk takes it: losing that would make it uncertain."""
        failures = 0
        while True:
            try:
                await write()
            except (DatabaseBusy, OwnerMustFix) as error:
                self._problems.tell(DATABASE, str(error))
                if self._closing.is_set():
                    return
                await self._sleep(self._timing.backoff(failures))
                failures += 1
            else:
                self._problems.clear(DATABASE)
                self._changes.publish("draft", claim.conversation, claim.draft)
                return

    def _split(self, conversation: ConversationId, text: str) -> Sequence[str]:
        return split_text(text, self._deliveries[platform_of(conversation)].text_limit)


def _ended(in_hand: "set[asyncio.Task[float]]") -> list[float]:
    """Take out what has ended: the pauses that it asks for. Raises what it raised."""
    ended = {task for task in in_hand if task.done()}
    in_hand -= ended
    return [task.result() for task in ended]
