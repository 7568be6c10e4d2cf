"""What waits for the owner, and what was sent."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from collections.abc import Sequence
from datetime import datetime

from bots.api.views import Done, DraftView, ReceiptView, RecordView
from bots.runtime.approval.presenter import retrieved
from bots.runtime.conversation.composer import readable
from bots.twin.part import Part
from core.types import DraftId, RecordId


class DraftPart(Part):
    """What waits for the owner, and what was sent."""

    async def inbox(self) -> tuple[DraftView, ...]:
        """The open drafts, oldest first."""
        drafts = await self._house.outbox.open()
        return tuple([await self._house.presenter.draft(draft) for draft in drafts])

    async def draft(self, id: str) -> DraftView:
        """One draft, open or closed. Refused when there is none of that id."""
        return await self._shown(await self._house.outbox.get(DraftId(id)))

    async def approve(
        self,
        id: str,
        revision: int | None = None,
        text: str | None = None,
        via: str = "cli",
    ) -> DraftView:
        """Authorize it, with `text` edited first if given; waits a moment for the delivery to end.

        Refused: `already handled`.
        """
        said = None if text is None else readable(text)
        return await self._shown(await self._house.approvals.approve(DraftId(id), revision, said, via))

    async def edit(self, id: str, text: str, revision: int | None = None) -> DraftView:
        """Change the text without authorizing it: a new revision."""
        return await self._shown(await self._house.approvals.edit(DraftId(id), revision, readable(text)))

    async def reject(
        self,
        id: str,
        revision: int | None = None,
        why: str = "",
        via: str = "cli",
    ) -> DraftView:
        """Send nothing."""
        return await self._shown(
            await self._house.approvals.reject(DraftId(id), revision, readable(why), via)
        )

    async def redraft(self, id: str, guidance: str = "", revision: int | None = None) -> DraftView:
        """Draft again with the owner's guidance: a new revision of the same draft."""
        return await self._shown(await self._house.approvals.redraft(DraftId(id), revision, guidance))

    async def snooze(self, id: str, until: str | datetime, revision: int | None = None) -> DraftView:
        """Put aside until a time: ISO 8601 (local unless it says otherwise), or `2h`, `30m`, `1d`."""
        return await self._shown(
            await self._house.approvals.snooze(DraftId(id), revision, self._moment(until))
        )

    async def settle(self, id: str, delivered: bool) -> DraftView:
        """The owner says whether an uncertain draft arrived."""
        return await self._shown(await self._house.approvals.settle(DraftId(id), delivered))

    async def withheld(self, id: str) -> tuple[RecordView, ...]:
        """For the owner alone: what matched but may not be heard there."""
        return retrieved(await self._house.approvals.withheld(DraftId(id)))

    async def share(self, record: str, with_: Sequence[str], draft: str | None = None) -> Done:
        """Let people hear a record: person ids, circle names, principals, or `once`.

        `once` holds for the next redraft of `draft` alone; without `draft`, for the only open one.
        """
        target = None if draft is None else DraftId(draft)
        return Done(await self._house.approvals.share(RecordId(record), with_, target))

    async def receipts(self, limit: int = 50) -> tuple[ReceiptView, ...]:
        """What was sent, newest first."""
        return await self._house.presenter.receipts(await self._house.receipts.latest(limit))
