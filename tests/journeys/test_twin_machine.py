"""Whatever friends, the owner and bad luck do to a working twin, in whatever order, its promises hold.

A crash is a copy of the home as it lay on the disk at one named point, with what the outside had been told
by then; the life that went on beyond it is thrown away.
"""

import asyncio
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Coroutine
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bots.home import Home
from core.errors import Refused
from core.types import DraftStatus
from memory.storage.sqlite.connection import connect
from tests.journeys.killing import PEOPLE, Journal, alive, broken, deliver_again, furnish, rest

T = TypeVar("T")
WHO = st.sampled_from(PEOPLE)
WHICH = st.integers(0, 2)
SAID = st.sampled_from(
    ["how was it", "what did you make of that", "what do you think of the plan", "nice one"]
)


class TwinMachine(RuleBasedStateMachine):
    template: Home

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="understudy-machine-"))
        self.lives = 0
        self.loop = asyncio.new_event_loop()
        self.messages: list[str] = []
        self.points_left = 0
        self.image: Path | None = None
        self.copying = threading.Lock()
        shutil.copytree(self.template.path, self._home.path)
        self._start()

    def teardown(self) -> None:
        self._stop()
        self.loop.close()
        shutil.rmtree(self.folder)

    # What friends do

    @rule(who=WHO, text=SAID)
    def hear(self, who: str, text: str) -> None:
        self._do(self._hear(who, text))

    @rule(who=WHO, text=SAID)
    def hear_without_waiting(self, who: str, text: str) -> None:
        self._do(self._receive(who, text))

    @rule(which=WHICH)
    def deliver_twice(self, which: int) -> None:
        if self.messages:  # no precondition: what is drawn must not depend on when threads run
            self._do(deliver_again(self.container, self.messages[-1 - which % len(self.messages)]))

    # What the owner does

    @rule(which=WHICH)
    def approve(self, which: int) -> None:
        self._do(self._approve(which))

    @rule(which=WHICH, text=SAID)
    def edit_and_approve(self, which: int, text: str) -> None:
        self._do(self._approve(which, text))

    @rule(which=WHICH, text=SAID)
    def two_approve_at_once(self, which: int, text: str) -> None:
        self._do(self._both_approve(which, text))

    @rule(which=WHICH)
    def reject(self, which: int) -> None:
        self._do(self._reject(which))

    @rule(which=WHICH)
    def redraft(self, which: int) -> None:
        self._do(self._redraft(which))

    @rule(who=WHO)
    def speak_in_person(self, who: str) -> None:
        self._do(self._owner_speaks(who))

    @rule()
    def settle_what_is_uncertain(self) -> None:
        self._do(self._settle())

    # What bad luck does

    @rule(after=st.integers(1, 12), who=WHO, text=SAID, which=WHICH)
    def crash_while_hearing_and_approving(self, after: int, who: str, text: str, which: int) -> None:
        self.points_left = after
        self._do(self._hear(who, text))
        self._do(self._approve(which))
        self.points_left = 0
        self._stop()
        if self.image is not None:
            self.lives += 1
            self.image.rename(self._home.path)
            self.image = None
        self._start()

    @rule()
    def restart(self) -> None:
        self._stop()
        self._start()

    # What must hold

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert self._do(broken(self.container, self.journal)) == []

    async def _hear(self, who: str, text: str) -> None:
        answer = await self.twin.hear(who, f"console:{who}", text)
        self._acknowledged(answer.message_id, text)
        if answer.draft is not None:
            self.journal.write(draft=answer.draft.id)

    async def _receive(self, who: str, text: str) -> None:
        self._acknowledged(await self.twin.receive(who, f"console:{who}", text), text)

    def _acknowledged(self, message: str, text: str) -> None:
        self.journal.write(acknowledged=message, text=text)
        if self.image is None:
            self.messages.append(message)

    async def _one(self, which: int) -> Any:
        drafts = [draft for draft in await self.twin.inbox() if draft.status == DraftStatus.WAITING]
        return drafts[which % len(drafts)] if drafts else None

    async def _approve(self, which: int, text: str | None = None) -> None:
        draft = await self._one(which)
        if draft is not None:
            self.journal.write(leave=draft.id, text=text or draft.text)
            with suppress(Refused):
                await self.twin.approve(draft.id, draft.revision, text=text)

    async def _both_approve(self, which: int, text: str) -> None:
        draft = await self._one(which)
        if draft is None:
            return
        await rest(self.container)
        self.journal.write(leave=draft.id, text=draft.text)
        self.journal.write(leave=draft.id, text=text)
        ended = await asyncio.gather(
            self.twin.approve(draft.id, draft.revision, via="console"),
            self.twin.approve(draft.id, draft.revision, text=text, via="telegram"),
            return_exceptions=True,
        )
        refused = [one for one in ended if isinstance(one, Refused)]
        assert refused, "two decisions on one revision were both taken"
        assert not [one for one in ended if isinstance(one, Exception) and not isinstance(one, Refused)]

    async def _reject(self, which: int) -> None:
        draft = await self._one(which)
        if draft is not None:
            with suppress(Refused):
                await self.twin.reject(draft.id, draft.revision)

    async def _redraft(self, which: int) -> None:
        draft = await self._one(which)
        if draft is not None:
            with suppress(Refused):
                self.journal.write(draft=(await self.twin.redraft(draft.id, "shorter", draft.revision)).id)

    async def _owner_speaks(self, who: str) -> None:
        self._acknowledged(
            (await self.twin.hear("owner", f"console:{who}", "me again")).message_id, "me again"
        )

    async def _settle(self) -> None:
        for draft in await self.container.stores.outbox.open():
            if draft.status is DraftStatus.UNCERTAIN:
                await self.twin.settle(draft.id, True)

    @property
    def _home(self) -> Home:
        return Home(self.folder / f"home-{self.lives}")

    def _start(self) -> None:
        self.journal = Journal(self._home.path / "journal")
        self.life = alive(self._home, self.journal, self._checkpoint)
        self.container, self.twin = self._do(self.life.__aenter__())

    def _stop(self) -> None:
        self._do(self.life.__aexit__(None, None, None))

    def _checkpoint(self, _: str) -> None:
        with self.copying:  # the writer's thread and the loop both come by here
            self.points_left -= 1
            if self.points_left == 0:
                self.image = self.folder / "image"
                # What the outside was told comes first, so that the disk is never older than the word.
                ignored = shutil.ignore_patterns("twin.db*", "lock", "socket")
                shutil.copytree(self._home.path, self.image, ignore=ignored)
                theirs = sqlite3.connect(self.image / "twin.db")
                with closing(connect(self._home.path / "twin.db", readonly=True)) as ours, closing(theirs):
                    ours.backup(theirs)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)


def test_promises_hold_whatever_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Behind an uncertain draft nothing is delivered: an approval would wait its whole patience each time.
    monkeypatch.setattr("bots.runtime.approval.approvals.DELIVERY_S", 0.05)
    template = Home(tmp_path / "template")
    asyncio.run(furnish(template))
    machine = type("Machine", (TwinMachine,), {"template": template})
    hypothesis.stateful.run_state_machine_as_test(
        machine,
        settings=hypothesis.settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
