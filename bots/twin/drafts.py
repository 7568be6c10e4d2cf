"""What waits for the owner, and what was sent."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import Sequence
from datetime import datetime

from bots.api.views import Done, DraftView, ReceiptView, RecordView
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.presenter import Presenter, retrieved
from bots.runtime.approval.redrafts import Redrafts
from bots.runtime.approval.sharing import Sharing
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.conversation.composer import readable
from core.types import Draft, DraftId, RecordId
from memory.outbox.outbox import Outbox
from memory.outbox.receipts import Receipts


class DraftPart:
    """What waits for the owner, and what was sent. As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        outbox: Outbox,
        presenter: Presenter,
        approvals: Approvals,
        redrafts: Redrafts,
        sharing: Sharing,
        receipts: Receipts,
        times: OwnerClock,
    ) -> None:
        self._outbox = outbox
        self._presenter = presenter
        self._approvals = approvals
        self._redrafts = redrafts
        self._sharing = sharing
        self._receipts = receipts
        self._times = times

    async def inbox(self) -> tuple[DraftView, ...]:
        await self._approvals.look()
        drafts = await self._outbox.open()
        return tuple([await self._presenter.draft(draft) for draft in drafts])

    async def draft(self, id: str) -> DraftView:
        await self._approvals.look()
        return await self._shown(await self._outbox.get(DraftId(id)))

    async def approve(
        self,
        id: str,
        revision: int | None = None,
        text: str | None = None,
        via: str = "cli",
    ) -> DraftView:
        said = None if text is None else readable(text)
        return await self._shown(await self._approvals.approve(DraftId(id), revision, said, via))

    async def edit(self, id: str, text: str, revision: int | None = None) -> DraftView:
        return await self._shown(await self._approvals.edit(DraftId(id), revision, readable(text)))

    async def reject(
        self,
        id: str,
        revision: int | None = None,
        why: str = "",
        via: str = "cli",
    ) -> DraftView:
        return await self._shown(await self._approvals.reject(DraftId(id), revision, readable(why), via))

    async def redraft(self, id: str, guidance: str = "", revision: int | None = None) -> DraftView:
        return await self._shown(await self._redrafts.redraft(DraftId(id), revision, guidance))

    async def snooze(self, id: str, until: str | datetime, revision: int | None = None) -> DraftView:
        return await self._shown(
            await self._approvals.snooze(DraftId(id), revision, self._times.moment(until))
        )

    async def settle(self, id: str, delivered: bool) -> DraftView:
        return await self._shown(await self._approvals.settle(DraftId(id), delivered))

    async def withheld(self, id: str) -> tuple[RecordView, ...]:
        return retrieved(await self._redrafts.withheld(DraftId(id)))

    async def share(self, record: str, with_: Sequence[str], draft: str | None = None) -> Done:
        target = None if draft is None else DraftId(draft)
        return Done(await self._sharing.share(RecordId(record), with_, target))

    async def receipts(self, limit: int = 50) -> tuple[ReceiptView, ...]:
        return await self._presenter.receipts(await self._receipts.latest(limit))

    async def _shown(self, draft: Draft) -> DraftView:
        return await self._presenter.draft(draft)
