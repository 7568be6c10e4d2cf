"""The cards in the owner's DMs, kept there as the outbox says.

Each platform has a loop of its own, so that a slow one holds up no other. What is to be drawn is read anew
each time, so nothing is lost by a restart, and what has changed twice is drawn once.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bots.platforms.port import Card, CardSurface, Health, Platform
from bots.platforms.registry import titled
from bots.runtime.approval.card_builder import CardBuilder, fingerprint
from bots.runtime.base.cron import quiet_until
from bots.runtime.base.schedule import Schedule
from bots.runtime.base.services import Services
from bots.runtime.base.timing import wait_for
from bots.runtime.delivery.owner_dms import OwnerDms
from core.errors import Refused, UnderstudyError
from core.types import OPEN_STATUSES, ConversationId, DraftId, DraftStatus
from memory.state.accounts import Accounts
from memory.state.cards import Due, PlacedCard, PlacedCards

log = logging.getLogger(__name__)

LONGEST_RETRY_S = 60.0
CONNECTED_AGAIN_S = 0.5
"""How often is looked whether a platform is there again: it does not tell, and it may be gone for a moment
only."""
REFUSED_AGAIN_S = 300.0
"""How often a platform that refused a card is asked again: nobody tells when a bot is unblocked."""
MOVED = "continued on another card"
GIVEN_UP = "an account was unpaired: what waits is on a new card, where there is one"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours in which the owner is told of nothing but these people and conversations."""

    hours: Schedule
    urgent: frozenset[str] = frozenset()


class CardSync:
    """Shows cards on the platforms that the owner chose, or where they chose none on every one where they
    have an account; where none of those takes them, on the next one that does. In quiet hours what is there
    is kept up, and nothing new is shown."""

    def __init__(
        self,
        platforms: Iterable[Platform],
        accounts: Accounts,
        cards: PlacedCards,
        card_builder: CardBuilder,
        owner_dms: OwnerDms,
        quiet: QuietHours,
        services: Services,
    ) -> None:
        self._platforms = {platform.name: platform for platform in platforms}
        self._accounts = accounts
        self._cards = cards
        self._card_builder = card_builder
        self._owner_dms = owner_dms
        self._quiet = quiet
        self._is_quiet = False
        self._clock = services.clock
        self._changes = services.changes
        self._problems = services.problems
        self._sleep = services.sleep
        longest_s = min(services.timing.retry_longest_s, LONGEST_RETRY_S)
        self._retry = replace(services.timing, retry_longest_s=longest_s)
        self._drawing: set[asyncio.Task[None]] = set()
        self._unable: dict[str, str] = {}
        self._to_draw: dict[str, dict[ConversationId | None, None]] = {
            name: {} for name, one in self._platforms.items() if isinstance(one, CardSurface)
        }
        self._woken = {name: asyncio.Event() for name in self._to_draw}

    def loops(self) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
        """What has to run, by name. Each runs for ever."""
        serving = {f"{name} cards": lambda name=name: self._serve(name) for name in self._to_draw}
        return {"cards": self.listen, **serving} if serving else {}

    async def listen(self) -> None:
        """Draw whatever changes."""
        changes = self._changes.subscribe()
        self.refresh()
        async for change in changes:
            if change.kind in ("draft", "authorized", "receipt"):
                self._draw(self._to_draw, change.conversation)
            elif change.kind == "missed":
                self.refresh()

    def refresh(self, platform: str | None = None) -> None:
        """Look at every card, on one platform or on all."""
        names = self._to_draw if platform is None else [platform] if platform in self._to_draw else []
        self._draw(names, None)

    def heard_from_owner(self, platform: str) -> None:
        """They write in the DM there: what was refused may be taken now."""
        if platform in self._unable:
            self.refresh(platform)

    async def look(self) -> datetime | None:
        """After quiet hours, show what was held back; while they last, when they are over."""
        until = quiet_until(self._quiet.hours, self._clock.now())
        was_quiet, self._is_quiet = self._is_quiet, until is not None
        if was_quiet and until is None:
            self.refresh()
        return until

    async def adopt(self, name: str, draft: DraftId, reference: str) -> None:
        """Keep up the card that the owner uses. It is another than the one kept where the twin was killed
        between showing a card and keeping its place, and has shown a second one since."""
        before = await self._cards.adopt(draft, name, reference)
        self.refresh(name)
        if before is None or not before.live:
            return
        for due in await self._cards.due(name):
            if due.draft.id == draft:
                card = self._card_builder.card(due.draft, due.answered, name)
                await self._update(name, before.reference, replace(card, closed=card.closed or MOVED))

    async def release(self, name: str) -> None:
        """An account there is the owner's no more, and which cards are in its DM only the platform knows:
        every card there is emptied and given up, and what waits is shown anew to the accounts left."""
        for due in await self._cards.release(name):
            if due.placed is not None and due.placed.live and name in self._to_draw:
                card = self._card_builder.card(due.draft, due.answered, name)
                self._begun(self._empty(name, due.placed.reference, card))
        self.refresh(name)

    async def finish(self, within_s: float) -> None:
        """Let what is being drawn be drawn, and its place kept."""
        if self._drawing:
            await asyncio.wait(self._drawing, timeout=within_s)

    async def _serve(self, name: str) -> None:
        to_draw, woken, failures = self._to_draw[name], self._woken[name], 0
        while True:
            if not to_draw and not await self._waited(name):
                self.refresh(name)
            woken.clear()
            health = self._platforms[name].health[0]
            if not self._accounts.owners(name):
                to_draw.clear()  # all of it is looked at once the owner has an account
                continue
            if health not in (Health.CONNECTED, Health.STARTING):
                self._cannot(name, "it is not connected")
            if health is Health.STOPPED:
                to_draw.clear()
                continue
            if health is not Health.CONNECTED:
                await wait_for(woken, CONNECTED_AGAIN_S, self._sleep)
                continue
            conversation = next(iter(to_draw), None)
            to_draw.pop(conversation, None)
            try:
                for due in await self._cards.due(name, conversation):
                    await self._whole(self._keep(name, due))
            except Exception as error:
                # Supervision: a platform that fails, in whatever way, is tried again and ends nothing.
                if not isinstance(error, UnderstudyError):
                    log.error("%s: a card was not drawn (%s)", name, type(error).__name__)
                to_draw[conversation] = None
                self._cannot(name, "it does not answer")
                await self._sleep(self._retry.pause(failures, error))
                failures += 1
            else:
                failures = 0

    async def _waited(self, name: str) -> bool:
        """For something to draw. False where a platform that took no card is to be asked again."""
        if name in self._unable:
            return await wait_for(self._woken[name], REFUSED_AGAIN_S, self._sleep)
        await self._woken[name].wait()
        return True

    async def _whole(self, drawing: Coroutine[None, None, None]) -> None:
        """Not cut short between a card's being shown and its being kept, where the twin stops."""
        await asyncio.shield(self._begun(drawing))

    def _begun(self, drawing: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """Under way, and waited for by `finish`."""
        task = asyncio.create_task(drawing)
        self._drawing.add(task)
        task.add_done_callback(self._drawing.discard)
        return task

    async def _keep(self, name: str, due: Due) -> None:
        """Let one card show what its draft is now."""
        draft, placed = due.draft, due.placed
        waiting = draft.status is DraftStatus.WAITING
        asked = draft.status is DraftStatus.UNCERTAIN
        card = self._card_builder.card(draft, due.answered, name)
        drawn, settled = fingerprint(card), draft.status not in OPEN_STATUSES
        if placed is None or (waiting and not placed.live):
            # What was put aside comes back as a new card: an old one further up would not be seen.
            if (waiting or asked) and self._shows(name) and self._may_show(due):
                reference = await self._show(name, card)
                shown = PlacedCard(reference, drawn, live=True) if reference is not None else None
                if shown is not None and not await self._cards.place(draft.id, name, shown, placed):
                    await self._update(name, shown.reference, replace(card, closed=MOVED))
        elif (drawn, settled) != (placed.drawn, placed.settled):
            if drawn != placed.drawn:
                await self._update(name, placed.reference, card)
            kept = PlacedCard(placed.reference, drawn, live=not card.closed, settled=settled)
            await self._cards.place(draft.id, name, kept, placed)

    async def _show(self, name: str, card: Card) -> str | None:
        """In the DM of an account of the owner's, the one paired last first; None where none takes it."""
        platform, why = self._platforms[name], ""
        assert isinstance(platform, CardSurface)  # noqa: S101 - only those have a loop
        for account in reversed(self._accounts.owners(name)):
            try:
                reference = await platform.show(account.account, card)
            except Refused as error:
                why = str(error)
            else:
                if not self._accounts.is_owner(account.account):  # unpaired meanwhile
                    await self._empty(name, reference, card)
                    self.refresh(name)
                    return None
                self._unable.pop(name, None)
                self._problems.clear(f"{name} cards")
                return reference
        if self._cannot(name, why):
            said = f"{titled(name)} shows you no cards: {why}"
            self._problems.tell(f"{name} cards", said)
            await self._owner_dms.tell_anywhere(f"{said}. They come here instead.", besides=(name,))
        return None

    async def _update(self, name: str, reference: str, card: Card) -> None:
        platform = self._platforms[name]
        assert isinstance(platform, CardSurface)  # noqa: S101 - only those have a loop
        try:
            await platform.update(reference, card)
        except Refused as error:
            log.info("%s: a card could not be redrawn: %s", name, error)

    async def _empty(self, name: str, reference: str, card: Card) -> None:
        """Let it say who and where alone, without its buttons."""
        closed = card.closed or GIVEN_UP
        try:
            await self._update(
                name, reference, replace(card, why="", heard=None, text=None, question="", closed=closed)
            )
        except Exception as error:
            # Supervision: whatever a platform says; nothing new is drawn there in any case.
            log.info("%s: a card could not be emptied (%s)", name, type(error).__name__)

    def _may_show(self, due: Due) -> bool:
        if quiet_until(self._quiet.hours, self._clock.now()) is None:
            return True
        self._is_quiet = True
        return self._card_builder.concerns(due.draft, due.answered, self._quiet.urgent)

    def _shows(self, name: str) -> bool:
        chosen, others = self._preferred()
        before = () if name in chosen else (*chosen, *others[: others.index(name)])
        return all(one in self._unable for one in before)

    def _preferred(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The platforms that the owner chose, and the others where they have an account."""
        paired = dict.fromkeys(
            account.platform for account in self._accounts.owners() if account.platform in self._platforms
        )
        chosen = tuple(one for one in self._owner_dms.order if one in paired) or tuple(paired)
        return chosen, tuple(one for one in paired if one not in chosen)

    def _cannot(self, name: str, why: str) -> bool:
        """A platform takes no cards; whether that is news."""
        if self._unable.get(name) == why:
            return False
        self._unable[name] = why
        self._draw((one for one in self._to_draw if one != name), None)
        return True

    def _draw(self, platforms: Iterable[str], conversation: ConversationId | None) -> None:
        for name in platforms:
            self._to_draw[name][conversation] = None
            self._woken[name].set()
