"""The twin's process, life after life, and what its database says meanwhile."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from bots import control
from bots.home import Home
from tests.bench.soak_twin import MARK
from tests.wire.fronts import Fronts

LOOK_S = 0.25
"""Between two looks at what another process does."""
OPEN = "('waiting', 'snoozed', 'approved', 'sending', 'uncertain')"
"""Drafts of which something may still become."""


class Life:
    """`rss` holds what each process took of memory (MB), look by look."""

    def __init__(self, home: Home, fronts: Fronts, epoch: float) -> None:
        self.home = home
        self.rss: list[list[float]] = []
        self._given = {
            "home": str(home.path),
            "epoch": epoch,
            "telegram": fronts.telegram.server.base,
            "slack": fronts.slack.server.base,
            "discord": fronts.discord.server.base,
            "gateway": fronts.discord.server.gateway,
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """A new process, on the same home."""
        command = [sys.executable, "-m", "tests.bench.soak_twin", json.dumps(self._given)]
        self._process = await asyncio.to_thread(subprocess.Popen, command)
        self.rss.append([])

    async def kill(self) -> None:
        """As `kill -9`."""
        assert self._process is not None
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def tell(self, name: str, **args: Any) -> Any:
        """Through the command socket. Raises UnderstudyError and OSError while nobody listens."""
        return await asyncio.to_thread(control.call, self.home, name, args)

    def read(self, query: str, *given: Any) -> list[Any]:
        """Rows of its database."""
        connection = sqlite3.connect(f"file:{self.home.path}/twin.db?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(query, given).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    def weigh(self) -> None:
        """Note what it takes of memory now; nothing where it is dead."""
        with suppress(OSError, IndexError):
            assert self._process is not None
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
            self.rss[-1].append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


class Watch:
    """Looks again and again: what is stored, and where something waits."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._stored: set[str] = set()
        self._busy: set[str] = set()
        self._last_row = 0
        self._looked = asyncio.Condition()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._look()
            self._life.weigh()
            async with self._looked:
                self._looked.notify_all()
            await asyncio.sleep(LOOK_S)

    async def stored(self, marks: set[str], within_s: float) -> None:
        """Return once the twin has heard these. Raises TimeoutError."""
        async with asyncio.timeout(within_s), self._looked:
            await self._looked.wait_for(lambda: marks <= self._stored)

    async def dealt_with(self, where: str, marks: set[str], within_s: float) -> None:
        """Return once the twin has heard these, and nothing waits there any more. Raises TimeoutError."""
        async with asyncio.timeout(within_s), self._looked:
            await self._looked.wait_for(lambda: marks <= self._stored and where not in self._busy)

    async def quiet(self, within_s: float) -> None:
        """Return once nothing waits anywhere. Raises TimeoutError."""
        async with asyncio.timeout(within_s), self._looked:
            await self._looked.wait()
            await self._looked.wait_for(lambda: not self._busy)

    def _look(self) -> None:
        # What is stored is read first: each of it is either dealt with or waits in what is read then.
        rows = self._life.read("SELECT number, text FROM messages WHERE number > ?", self._last_row)
        for number, text in rows:
            self._last_row = max(self._last_row, number)
            self._stored |= set(MARK.findall(text))
        waits = self._life.read(
            "SELECT conversation FROM messages WHERE turn = 'pending'"
            f" UNION SELECT conversation FROM drafts WHERE status IN {OPEN}"
        )
        self._busy = {place(one) for (one,) in waits}


def place(conversation: str) -> str:
    """A conversation's id as `Reply.where` calls it."""
    platform, _, chat = conversation.partition(":")
    return f"{chat}/None" if platform == "telegram" else chat.rpartition("/")[2]
