"""The one facade that the command line, the control socket and the console speak to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from bots.api.views import BackupView, StatusView
from bots.runtime.base.changes import Change
from bots.runtime.process.status import status
from bots.setup.backup import write_backup
from bots.twin.control import ControlPart
from bots.twin.conversations import ConversationPart
from bots.twin.digests import DigestPart
from bots.twin.drafts import DraftPart
from bots.twin.knowledge import KnowledgePart
from bots.twin.people import PeoplePart

__all__ = ["Twin"]


class Twin(ConversationPart, DraftPart, ControlPart, PeoplePart, KnowledgePart, DigestPart):
    """Every method may raise OwnerMustFix, TryAgain and Refused, whose messages are fit to be shown.

    `revision=None` means "the one that is open now".
    """

    async def status(self) -> StatusView:
        """How the twin is."""
        return await status(self._house)

    async def backup(self, path: str | Path) -> BackupView:
        """Everything in one tar file, mode 0600. OwnerMustFix when it exists already."""
        written, size = await asyncio.to_thread(write_backup, self._house.home, Path(path))
        return BackupView(str(written), size)

    def changes(self) -> AsyncIterator[Change]:
        """Small events for live pages, from this call on."""
        return self._house.changes.subscribe()
