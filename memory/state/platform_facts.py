"""What adapters keep, and what came before the message that it is about."""

from datetime import datetime

from core.types import MessageId
from memory.storage.port import Database
from memory.storage.timestamps import from_text, to_text


class PlatformFacts:
    """What adapters keep, and what came before the message that it is about."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._early: set[MessageId] = set()
        """The messages of which something came early: nearly always none."""
        self._early_read = False

    async def remember(self, platform: str, key: str, value: str) -> None:
        """Keep a fact, in place of what was kept under that key."""
        await self._db.write(
            "remember fact",
            lambda c: (
                c.execute(
                    "INSERT INTO platform_facts (platform, key, value) VALUES (?, ?, ?)"
                    " ON CONFLICT (platform, key) DO UPDATE SET value = excluded.value",
                    (platform, key, value),
                )
                and None
            ),
        )

    async def recalled(self, platform: str, key: str) -> str | None:
        """The fact kept under that key."""
        row = await self._db.read(
            lambda c: c.execute(
                "SELECT value FROM platform_facts WHERE platform = ? AND key = ?", (platform, key)
            ).fetchone()
        )
        return None if row is None else str(row["value"])

    async def came_early(self, message: MessageId, text: str | None, at: datetime) -> None:
        """Keep an edit, or with None a deletion, of a message that was not heard yet. A deletion stands."""
        self._early.add(message)
        await self._db.write(
            "keep early change",
            lambda c: (
                c.execute(
                    "INSERT INTO early_changes (message, text, at) VALUES (?, ?, ?)"
                    " ON CONFLICT (message) DO UPDATE SET text = excluded.text, at = excluded.at"
                    " WHERE early_changes.text IS NOT NULL"
                    " AND (excluded.text IS NULL OR early_changes.at < excluded.at)",
                    (message, text, to_text(at)),
                )
                and None
            ),
        )

    async def early(self, message: MessageId) -> tuple[str | None, datetime] | None:
        """What came early of a message: its new text, None where it is deleted, and when."""
        if not self._early_read:
            rows = await self._db.read(lambda c: c.execute("SELECT message FROM early_changes").fetchall())
            self._early |= {MessageId(row["message"]) for row in rows}
            self._early_read = True
        if message not in self._early:
            return None
        row = await self._db.read(
            lambda c: c.execute("SELECT * FROM early_changes WHERE message = ?", (message,)).fetchone()
        )
        return None if row is None else (row["text"], from_text(row["at"]))

    async def drop_early(self, before: datetime, message: MessageId | None = None) -> None:
        """Forget what was applied, and what came so long ago that no message will."""
        await self._db.write(
            "drop early changes",
            lambda c: (
                c.execute("DELETE FROM early_changes WHERE message = ? OR at < ?", (message, to_text(before)))
                and None
            ),
        )
