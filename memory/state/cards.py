"""Which cards are shown where, so that their buttons outlive the process."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import OPEN_STATUSES, ConversationId, Draft, DraftId
from memory.archive.rows import row_number
from memory.outbox import drafts
from memory.outbox.answered import Answered, answered
from memory.storage.port import Connection, Database, Row

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
    answered: Answered
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
    return [_read_due(connection, row) for row in rows]


def _read_due(connection: Connection, row: Row) -> Due:
    draft = drafts.from_row(row)
    placed = _placed(row) if row["reference"] is not None else None
    return Due(draft, answered(connection, draft), placed)


def _placed(row: Row) -> PlacedCard:
    return PlacedCard(row["reference"], row["drawn"], bool(row["live"]), bool(row["settled"]))
