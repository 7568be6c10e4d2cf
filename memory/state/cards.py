"""Which cards are shown where, so that their buttons outlive the process, and what adapters keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.types import OPEN_STATUSES, ConversationId, Draft, DraftId, MessageId
from memory.archive.rows import row_number
from memory.outbox import drafts
from memory.storage.port import Connection, Database, Row
from memory.storage.timestamps import from_text, to_text

_INSTEAD = (
    "ON CONFLICT (draft, platform) DO UPDATE SET reference = excluded.reference, drawn = excluded.drawn,"
    " live = excluded.live, settled = excluded.settled"
)
"""At the end of an INSERT INTO cards."""


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """A card on a platform. `reference` is the platform's; `drawn` a digest of what it shows."""

    reference: str
    drawn: str
    live: bool
    """It has its buttons."""
    settled: bool = False
    """Nothing more will become of its draft."""


@dataclass(frozen=True, slots=True)
class Due:
    """A draft that has, or may want, a card on a platform."""

    draft: Draft
    placed: PlacedCard | None


class PlacedCards:
    """The cards of every platform."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def due(self, platform: str, conversation: ConversationId | None = None) -> Sequence[Due]:
        """Everything open, and every card whose draft may still change, of one conversation or of all.

        The newest first: what is new is shown before what is old is closed.
        """
        return await self._db.read(lambda c: _due(c, platform, conversation))

    async def place(self, draft: DraftId, platform: str, card: PlacedCard, before: PlacedCard | None) -> bool:
        """A card is there, and shows this; `before` was the draft's card there when it was drawn. False, and
        nothing is kept, where another has become it meanwhile."""

        def place(connection: Connection) -> bool:
            row = connection.execute(
                "SELECT reference FROM cards WHERE draft = ? AND platform = ?", (int(draft), platform)
            ).fetchone()
            if (row and row["reference"]) != (before and before.reference):
                return False
            connection.execute(
                "INSERT INTO cards (draft, platform, reference, drawn, live, settled)"  # noqa: S608
                f" VALUES (?, ?, ?, ?, ?, ?) {_INSTEAD}",
                (int(draft), platform, card.reference, card.drawn, card.live, card.settled),
            )
            return True

        return await self._db.write("place card", place)

    async def adopt(self, draft: DraftId, platform: str, reference: str) -> PlacedCard | None:
        """This one, of which nothing is known but that it has buttons, is the card of a draft now; the one
        that was, if it was another. Nothing where there is no such draft."""

        def adopt(connection: Connection) -> PlacedCard | None:
            row = connection.execute(
                "SELECT * FROM cards WHERE draft = ? AND platform = ?", (row_number(draft), platform)
            ).fetchone()
            if row is not None and row["reference"] == reference:
                return None
            connection.execute(
                "INSERT INTO cards (draft, platform, reference, drawn, live, settled)"  # noqa: S608
                f" SELECT id, ?, ?, '', TRUE, FALSE FROM drafts WHERE id = ? {_INSTEAD}",
                (platform, reference, row_number(draft)),
            )
            return _placed(row) if row else None

        return await self._db.write("adopt card", adopt)

    async def release(self, platform: str) -> Sequence[Due]:
        """The cards there whose draft may still change are no longer any draft's; those that were."""

        def give_up(connection: Connection) -> list[Due]:
            left = [one for one in _due(connection, platform, None) if one.placed and not one.placed.settled]
            connection.execute("DELETE FROM cards WHERE platform = ? AND NOT settled", (platform,))
            return left

        return await self._db.write("give up cards", give_up)


class PlatformFacts:
    """What adapters keep, and what came before the message that it is about."""

    def __init__(self, db: Database) -> None:
        self._db = db

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


def _due(connection: Connection, platform: str, conversation: ConversationId | None) -> list[Due]:
    marks = ", ".join("?" for _ in OPEN_STATUSES)
    rows = connection.execute(
        "SELECT d.*, c.reference, c.drawn, c.live, c.settled FROM drafts d"  # noqa: S608 (only marks)
        " LEFT JOIN cards c ON c.draft = d.id AND c.platform = ?"
        f" WHERE (d.status IN ({marks}) OR d.id IN"
        " (SELECT draft FROM cards WHERE platform = ? AND NOT settled))"
        + (" AND d.conversation = ?" if conversation else "")
        + " ORDER BY d.id DESC",
        (platform, *OPEN_STATUSES, platform, *((conversation,) if conversation else ())),
    ).fetchall()
    return [Due(drafts.from_row(row), _placed(row) if row["reference"] is not None else None) for row in rows]


def _placed(row: Row) -> PlacedCard:
    return PlacedCard(row["reference"], row["drawn"], bool(row["live"]), bool(row["settled"]))
