"""What is done now and then: drafts whose time has come, and records that want to be found."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bots.runtime.approval.expiry_notices import ExpiryNotices
from bots.runtime.base.schedule import Schedule
from bots.runtime.base.timing import cancel_and_wait
from bots.runtime.delivery.owner_dms import OwnerDms
from bots.runtime.process.maintenance import SETTLE_S, Maintenance
from core.agent import Agent
from core.models.embedders import HashedEmbedder
from core.steps import AgentSettings
from core.types import DraftStatus
from memory.recall.recall import Recall
from memory.state.accounts import WithAccounts
from memory.state.expiries import Expiries
from tests.desk import MIAS, SAMS, open_desk
from tests.fakes import FakeMemory, FakePersonaSelector, FakePolicyFacts
from tests.parts import VIENNA, Parts
from tests.waiting import PATIENCE_S


def maintenance(parts: Parts) -> Maintenance:
    desk = parts.desk
    recall = Recall(desk.database, WithAccounts(parts.profile, parts.accounts), HashedEmbedder())
    agent = Agent(
        lambda _: parts.model,
        FakeMemory(),
        FakePersonaSelector(),
        FakePolicyFacts(),
        desk.clock,
        AgentSettings("Alex"),
    )
    notices = ExpiryNotices(
        Expiries(desk.database),
        desk.messages,
        OwnerDms([], parts.accounts),
        Schedule((), VIENNA),
        parts.services,
        lambda conversation: conversation.title,
    )
    return Maintenance(agent, recall, desk.database, desk.outbox, notices, parts.gateway, parts.services)


async def test_drafts_whose_time_has_come_expire_and_wake_and_that_is_told(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        parts = Parts(desk, tmp_path)
        upkeep = maintenance(parts)
        soon, later = timedelta(hours=1), timedelta(hours=2)
        expiring = await desk.drafted(lasts=soon)
        snoozed = await desk.drafted(where=MIAS)
        until = desk.clock.now() + later
        await desk.outbox.snooze(snoozed.id, snoozed.revision, until)
        assert await upkeep.times() == expiring.expires_at
        desk.clock.pass_by(hours=1)
        told = parts.services.changes.subscribe()
        assert await upkeep.times() == until
        assert (await anext(told)).draft == expiring.id
        assert (await desk.outbox.get(expiring.id)).status is DraftStatus.EXPIRED
        desk.clock.pass_by(hours=1)
        assert await upkeep.times() is None
        assert (await anext(told)).draft == snoozed.id


async def test_what_is_said_is_embedded_a_while_after_it_is_told(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        parts = Parts(desk, tmp_path)
        upkeep = maintenance(parts)

        async def unindexed() -> int:
            found = await desk.database.read(lambda c: c.execute("SELECT count(*) FROM unindexed").fetchone())
            return int(found[0])

        async def told_and_asleep(times: int) -> None:
            while len(parts.sleeper.asked) < times:  # only a change wakes it
                parts.services.changes.publish("message", SAMS.id)
                await asyncio.sleep(0.01)

        indexing = asyncio.create_task(upkeep.index())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await told_and_asleep(1)
                await desk.hear("the rope is in the cellar")
                assert await unindexed() == 1
                await parts.sleeper.wake()
                await told_and_asleep(2)
            assert await unindexed() == 0
            assert set(parts.sleeper.asked) == {SETTLE_S}
        finally:
            await cancel_and_wait(indexing)
