"""The owner's switches: pause, away, and how far the twin may go in each conversation."""

from core.ports import Clock
from core.types import Conversation, ConversationId, Mode
from memory.storage.port import Connection, Database
from memory.storage.timestamps import to_text

PAUSED = "paused"
AWAY = "away"


class Switches:
    """The switches, kept through restarts. Turning one that is so already changes nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def pause(self) -> None:
        """Claim nothing more, whatever is authorized. A part already at the platform can't be stopped."""
        await self._turn_on(PAUSED, "pause")

    async def resume(self) -> None:
        """Send again: what was approved meanwhile goes, if nothing overtook it."""
        await self._turn_off(PAUSED, "resume")

    async def paused(self) -> bool:
        """Whether sending is stopped."""
        return await self._database.read(paused)

    async def away(self) -> None:
        """The owner is not there, even where they have just written."""
        await self._turn_on(AWAY, "go away")

    async def back(self) -> None:
        """The end of `away`: the owner is present where they write, and only there."""
        await self._turn_off(AWAY, "come back")

    async def is_away(self) -> bool:
        """Whether the owner has said so."""
        return await self._database.read(away)

    async def set_mode(self, conversation: ConversationId, mode: Mode | None) -> None:
        """How far the twin may go there; None lets the persona say."""

        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM modes WHERE conversation = ?", (conversation,))
            if mode is not None:
                connection.execute(
                    "INSERT INTO modes (conversation, mode, newest_delegation)"
                    " VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM delegations))",
                    (conversation, mode),
                )

        await self._database.write("set mode", work)

    async def modes(self) -> dict[ConversationId, Mode]:
        """Every conversation with a mode of its own."""
        rows = await self._database.read(lambda c: c.execute("SELECT * FROM modes").fetchall())
        return {ConversationId(row["conversation"]): _mode(row["mode"]) for row in rows}

    async def _turn_on(self, switch: str, name: str) -> None:
        values = (switch, to_text(self._clock.now()))
        await self._database.write(
            name,
            lambda c: (
                c.execute("INSERT INTO switches VALUES (?, ?) ON CONFLICT (name) DO NOTHING", values) and None
            ),
        )

    async def _turn_off(self, switch: str, name: str) -> None:
        await self._database.write(
            name, lambda c: c.execute("DELETE FROM switches WHERE name = ?", (switch,)) and None
        )


def paused(connection: Connection) -> bool:
    """Whether sending is stopped."""
    return _is_on(connection, PAUSED)


def away(connection: Connection) -> bool:
    """Whether the owner has said that they are away."""
    return _is_on(connection, AWAY)


def explicit(connection: Connection, conversation: Conversation, since: int = 0) -> Mode | None:
    """What the owner has set for a conversation or, for a thread that has none of its own, its channel; a
    value that nobody knows reads as OBSERVE. `since` a delegation was given: what they set before is
    outranked by that."""
    row = connection.execute(
        "SELECT * FROM modes WHERE conversation IN (?, ?) AND newest_delegation >= ?"
        " ORDER BY CASE WHEN conversation = ? THEN 0 ELSE 1 END LIMIT 1",
        (conversation.id, conversation.channel, since, conversation.id),
    ).fetchone()
    return None if row is None else _mode(row["mode"])


def _mode(stored: str) -> Mode:
    try:
        return Mode(stored)
    except ValueError:
        return Mode.OBSERVE


def _is_on(connection: Connection, switch: str) -> bool:
    return connection.execute("SELECT 1 FROM switches WHERE name = ?", (switch,)).fetchone() is not None
