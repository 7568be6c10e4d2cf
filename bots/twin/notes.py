"""What the owner tells the twin to keep in mind, and to forget."""

import secrets
from collections.abc import Sequence

from bots.runtime.base.changes import Changes
from bots.runtime.conversation.gateway import Gateway
from core.audience import OWNER_ONLY
from core.ids import RecordKind, record_id, record_key
from core.ports import Clock
from core.types import OWNER, MemoryRecord, RecordId
from memory.archive.records import Records
from memory.profile.profile import Profile
from memory.reports.forgetting import Forgotten, forget
from memory.storage.port import Database


class Notes:
    """Written and let go, with word of it."""

    def __init__(
        self,
        records: Records,
        profile: Profile,
        db: Database,
        gateway: Gateway,
        clock: Clock,
        changes: Changes,
    ) -> None:
        self._records = records
        self._profile = profile
        self._db = db
        self._gateway = gateway
        self._clock = clock
        self._changes = changes

    async def write(self, text: str) -> MemoryRecord:
        """A note for the owner alone."""
        note = record_id(RecordKind.NOTE, secrets.token_hex(6))
        record = MemoryRecord(note, text, OWNER_ONLY, self._clock.now(), author=OWNER)
        await self._records.add(record)
        self._changes.publish("memory")
        return record

    def rules(self) -> Sequence[MemoryRecord]:
        """What the owner wants kept to."""
        return self._profile.rules()

    async def set_rule(self, key: str, text: str) -> MemoryRecord:
        """A new rule, or another text for the one of that key, for those who might know of it before."""
        before = next((rule.audience for rule in self.rules() if record_key(rule.id) == key), OWNER_ONLY)
        rule = await self._profile.add_rule(key, text, before, self._clock.now())
        self._changes.publish("memory")
        return rule

    async def forget(self, record: RecordId) -> Forgotten:
        """Any record, not notes alone. What waits and rested on it is drafted anew."""
        gone = await forget(self._db, self._profile, record, self._gateway.start_over)
        await self._gateway.draft_anew(gone.withdrawn)
        self._changes.publish("memory")
        return gone
