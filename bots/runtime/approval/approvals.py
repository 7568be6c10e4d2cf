"""What the owner decides about a draft: approve, edit, reject, snooze, settle."""

import asyncio
import contextlib
from datetime import datetime

from bots.runtime.base.changes import Changes
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.delivery.sender import Sender
from core.errors import AlreadyHandled
from core.ids import platform_of
from core.types import (
    Draft,
    DraftId,
    DraftStatus,
)
from memory.outbox.outbox import Outbox
from memory.outbox.switches import Switches

DELIVERY_S = 2.0
"""How long an approval waits to say what became of it."""
ON_THE_WAY = (DraftStatus.APPROVED, DraftStatus.SENDING)


class Approvals:
    """Every act names the draft's revision; None means the one that is open now.

    Raises AlreadyHandled where somebody was faster.
    """

    def __init__(
        self, outbox: Outbox, sender: Sender, control: Switches, gateway: Gateway, changes: Changes
    ) -> None:
        self._gateway = gateway
        self._outbox = outbox
        self._sender = sender
        self._control = control
        self._changes = changes

    async def look(self) -> None:
        """Before drafts are shown: what may not stay as it is, is withdrawn."""
        await self._gateway.look()

    async def approve(self, draft: DraftId, revision: int | None, text: str | None, via: str) -> Draft:
        """Authorize it, and wait a moment for the delivery."""
        revision = await self._revision(draft, revision)
        try:
            approved = self._changed(await self._outbox.approve(draft, revision, via, text))
        except AlreadyHandled:
            await self._gateway.recheck()  # where it went stale, it is withdrawn and drafted anew
            raise
        changes = self._changes.subscribe()  # what the sender makes of it: nothing has run since
        sends = platform_of(approved.conversation) in self._sender.platforms
        if not sends or await self._control.paused():
            return approved
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DELIVERY_S):
                async for change in changes:
                    if change.draft == draft or change.kind == "missed":
                        approved = await self._outbox.get(draft)
                        if approved.status not in ON_THE_WAY:
                            return approved
        return await self._outbox.get(draft)

    async def edit(self, draft: DraftId, revision: int | None, text: str) -> Draft:
        """Change the text; that authorizes nothing."""
        return self._changed(await self._outbox.edit(draft, await self._revision(draft, revision), text))

    async def reject(self, draft: DraftId, revision: int | None, why: str, via: str) -> Draft:
        """Send nothing."""
        revision = await self._revision(draft, revision)
        return self._changed(await self._outbox.reject(draft, revision, why, via))

    async def snooze(self, draft: DraftId, revision: int | None, until: datetime) -> Draft:
        """Put it aside."""
        return self._changed(await self._outbox.snooze(draft, await self._revision(draft, revision), until))

    async def settle(self, draft: DraftId, delivered: bool, revision: int | None = None) -> Draft:
        """The owner's word on an uncertain one."""
        settled = self._changed(await self._outbox.settle(draft, delivered, revision=revision))
        self._changes.publish("authorized", settled.conversation)  # for what waited behind it
        return settled

    async def held_up_by(self, draft: Draft) -> str:
        """What an approved draft waits for before it goes, in words; empty where it is on its way."""
        if await self._control.paused():
            return "it goes once you resume"
        for one in await self._outbox.open():
            if one.conversation == draft.conversation and one.status is DraftStatus.UNCERTAIN:
                return f"it goes once you have said whether draft {one.id} arrived"
        return ""

    async def _revision(self, draft: DraftId, revision: int | None) -> int:
        return revision if revision is not None else (await self._outbox.get(draft)).revision

    def _changed(self, draft: Draft) -> Draft:
        self._changes.publish("draft", draft.conversation, draft.id)
        if draft.status in ON_THE_WAY:
            self._changes.publish("authorized", draft.conversation, draft.id)
        return draft
