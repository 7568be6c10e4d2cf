"""How the twin is, and a copy of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from bots.api.change import Change
from bots.api.views import BackupView, StatusView
from bots.home import Home
from bots.runtime.base.changes import Changes
from bots.runtime.process.status import TwinStatus
from bots.setup.backup import write_backup


class StatusPart:
    """How the twin is. As in `bots.api.twin.Twin`, method by method."""

    def __init__(self, status: TwinStatus, home: Home, changes: Changes) -> None:
        self._status = status
        self._home = home
        self._changes = changes

    async def status(self) -> StatusView:
        return await self._status.view()

    async def backup(self, path: str | Path) -> BackupView:
        written, size = await asyncio.to_thread(write_backup, self._home, Path(path))
        return BackupView(str(written), size)

    def changes(self) -> AsyncIterator[Change]:
        return self._changes.subscribe()
