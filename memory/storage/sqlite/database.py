"""One SQLite file: a single writer that commits in groups, and readers beside it.

Every write is a function of a connection. Those that wait together share one commit, each in its own
savepoint, so that fifty conversations cost one fsync and one that fails takes no other along.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from core.errors import OwnerMustFix
from memory.storage.port import Checkpoint, Connection, StatementFault, Work
from memory.storage.sqlite.connection import SqliteConnection, connect, explained, is_fault

T = TypeVar("T")

LARGEST_GROUP = 256
READ_TOGETHER = 4
"""Reads asked for in one step of the event loop share a snapshot: waking a thread costs more than most of
them do. No more than these, so that none waits long for its neighbours."""


class SqliteDatabase:
    """Implements `memory.storage.port.Database`: a thread that writes, and some that read beside it."""

    def __init__(self, path: Path, *, checkpoint: Checkpoint = lambda _: None, readers: int = 2) -> None:
        self.path = path
        self._checkpoint = checkpoint
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection = connect(path)
        self._asked: list[_Job] = []
        self._reads: queue.SimpleQueue[Sequence[_Job] | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_forever, name="sqlite-write", daemon=True)
        self._readers = [
            threading.Thread(target=self._read_forever, name=f"sqlite-read-{number}", daemon=True)
            for number in range(readers)
        ]
        for thread in (self._writer, *self._readers):
            thread.start()

    async def write(self, name: str, work: Work[T]) -> T:
        """As in the port; those that wait together share a commit, each in a savepoint of its own."""
        if self._closed:
            raise OwnerMustFix(f"{self.path}: already closed")
        job = _Job(name, work, asyncio.get_running_loop())
        self._jobs.put(job)
        return await self._answer(job)  # type: ignore[no-any-return]

    async def read(self, work: Work[T]) -> T:
        """As in the port; those asked for in one step of the event loop share a snapshot."""
        if self._closed:
            raise OwnerMustFix(f"{self.path}: already closed")
        loop = asyncio.get_running_loop()
        job = _Job("read", work, loop, reads=True)
        self._asked.append(job)
        loop.call_soon(self._hand_over)
        return await self._answer(job)  # type: ignore[no-any-return]

    async def scrub(self) -> bool:
        """As in the port: rewrite the file and empty the log."""
        if self._closed:
            raise OwnerMustFix(f"{self.path}: already closed")
        job = _Job("scrub", _rewrite, asyncio.get_running_loop(), alone=True)
        self._jobs.put(job)
        return await self._answer(job)  # type: ignore[no-any-return]

    async def close(self) -> None:
        """As in the port: fold the log into the file."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._hand_over()
        for _ in self._readers:
            self._reads.put(None)
        for thread in (self._writer, *self._readers):
            await asyncio.to_thread(thread.join)
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()

    async def _answer(self, job: "_Job") -> Any:
        try:
            return await job.future
        except sqlite3.Error as error:
            if is_fault(error, reading=job.reads):
                raise StatementFault(str(error)) from error
            raise explained(self.path, error) from error

    def _hand_over(self) -> None:
        asked, self._asked = self._asked, []
        for start in range(0, len(asked), READ_TOGETHER):
            self._reads.put(asked[start : start + READ_TOGETHER])

    def _read_forever(self) -> None:
        connection: SqliteConnection | None = None
        while (group := self._reads.get()) is not None:
            try:
                if connection is None:
                    connection = connect(self.path, readonly=True)
                _read(connection, group)
            except Exception as error:
                # Supervision: what cannot even begin (no such file any more) fails those who wait for it.
                for job in group:
                    job.error = error
            _finish(group)
        if connection is not None:
            connection.close()

    def _write_forever(self) -> None:
        for group in self._groups():
            self._settle(group)

    def _settle(self, group: "list[_Job]") -> None:
        try:
            self._commit(group)
        except sqlite3.Error as error:
            self._rollback()
            if len(group) == 1:
                group[0].error = error
                _finish(group)
            for job in group if len(group) > 1 else ():
                self._settle([job])

    def _groups(self) -> "Iterator[list[_Job]]":
        while (job := self._jobs.get()) is not None:
            group = [job]
            while len(group) < LARGEST_GROUP and not group[-1].alone:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    yield group
                    return
                group.append(following)
            if group[-1].alone and len(group) > 1:
                yield group[:-1]
                group = group[-1:]
            yield group

    def _commit(self, group: "list[_Job]") -> None:
        if group[0].alone:
            group[0].result = group[0].work(self._connection)
            _finish(group)
            return
        self._connection.execute("BEGIN IMMEDIATE")
        for job in group:
            self._connection.execute("SAVEPOINT job")
            try:
                job.result = job.work(self._connection)
            except sqlite3.OperationalError:
                raise
            except Exception as error:
                job.error = error
                self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
        for job in group:
            self._checkpoint(f"before {job.name}")
        self._connection.execute("COMMIT")
        for job in group:
            self._checkpoint(f"after {job.name}")
        _finish(group)

    def _rollback(self) -> None:
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


class _Job:
    def __init__(
        self,
        name: str,
        work: Work[Any],
        loop: asyncio.AbstractEventLoop,
        *,
        reads: bool = False,
        alone: bool = False,
    ) -> None:
        self.reads = reads
        self.alone = alone
        """In no transaction."""
        self.name = name
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.future: asyncio.Future[Any] = loop.create_future()
        self.loop = loop

    def settle(self) -> None:
        """Tell whoever waits; in their event loop."""
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def _rewrite(connection: Connection) -> bool:
    # `secure_delete` wipes what is deleted, but not what a page kept of it when its rows moved to another.
    connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _read(connection: Connection, group: Sequence[_Job]) -> None:
    connection.execute("BEGIN")
    try:
        for job in group:
            try:
                job.result = job.work(connection)
            except Exception as error:
                job.error = error
    finally:
        connection.execute("ROLLBACK")


def _finish(group: Sequence[_Job]) -> None:
    for loop in dict.fromkeys(job.loop for job in group):
        theirs = [job for job in group if job.loop is loop]
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(_settle, theirs)


def _settle(group: Sequence[_Job]) -> None:
    for job in group:
        job.settle()
