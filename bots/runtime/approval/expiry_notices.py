"""Word of drafts that expired before their time, because their platform takes no replies any more."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bots.platforms.registry import titled
from bots.runtime.approval.card_builder import where as place
from bots.runtime.base.cron import SOON, quiet_until
from bots.runtime.base.schedule import Schedule
from bots.runtime.base.services import Services
from bots.runtime.delivery.owner_dms import OwnerDms
from core.ids import platform_of
from core.types import Conversation, Draft
from memory.archive.messages import Messages
from memory.state.expiries import Expiries

NEWS = timedelta(days=2)
"""What expired longer ago is no news."""

AGAIN = timedelta(seconds=30)
"""So long a platform that takes nothing just now is left in peace."""


class ExpiryNotices:
    """Tells of each once, outside of quiet hours and where the owner can be told. Raises what the database
    raises."""

    def __init__(
        self,
        expiries: Expiries,
        messages: Messages,
        owner_dms: OwnerDms,
        quiet: Schedule,
        services: Services,
        title: Callable[[Conversation], str],
    ) -> None:
        self._title = title
        self._expiries = expiries
        self._messages = messages
        self._owner_dms = owner_dms
        self._quiet = quiet
        self._clock = services.clock
        self._lasts = services.timing.drafts_last

    async def look(self) -> datetime | None:
        """Tell what is to be told; when to look again where it cannot be now."""
        now = self._clock.now()
        cut_short = [one for one in await self._expiries.untold(now - NEWS) if self._cut_short(one)]
        if not cut_short or not self._owner_dms.preferred():
            return None
        until = quiet_until(self._quiet, now)
        if until is not None:
            return until
        if not self._owner_dms.reachable():
            return now + SOON
        for draft in cut_short:
            await self._expiries.note(draft.id)
            conversation = await self._messages.conversation(draft.conversation)
            who = self._title(conversation) if conversation else draft.conversation
            told = await self._owner_dms.tell_anywhere(
                f"A draft for {who} ({place(draft.conversation, conversation)}) has expired:"
                f" {titled(platform_of(draft.conversation))} takes no reply there until they write again."
            )
            if not told:
                await self._expiries.note(draft.id, told=False)
                return now + AGAIN
        return None

    def _cut_short(self, draft: Draft) -> bool:
        least = draft.created_at + self._lasts - timedelta(minutes=1)
        return draft.expires_at is not None and draft.expires_at < least
