"""What a database from a backup may not revive: what was decided, sent, told or revoked since is unknown."""

from dataclasses import dataclass
from datetime import datetime

from core.types import DraftId, DraftStatus, Mode, PersonId
from memory.outbox import delegation_rows, drafts, outcomes, parts
from memory.outbox.drafts import RESTORED
from memory.outbox.switches import AWAY, PAUSED
from memory.state.digest_runs import RunState
from memory.storage.port import Connection, Row
from memory.storage.timestamps import to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was changed; every time is that of the restoring."""

    approved: tuple[DraftId, ...]
    """These wait now; they may have been sent since the backup was made."""
    waiting: tuple[DraftId, ...]
    """These go on waiting, or are put aside; they too may have been sent since."""
    sending: tuple[DraftId, ...]
    """These are uncertain now."""
    delegations: tuple[int, ...]
    """These ran, and are revoked."""
    modes: tuple[str, ...]
    """These conversations were on auto, and are on draft."""
    accounts: tuple[PersonId, ...]
    """These were the owner's, and have to be paired again."""
    reminders: tuple[str, ...]
    """These were due meanwhile, and are not told: they may have been."""
    away: bool
    """It was on, and is off."""


def settle_restored(connection: Connection, now: datetime) -> Restored:
    """Bring a database that was just restored to where nothing in it sends, tells or obeys by itself."""
    _pause(connection, now)
    waited = connection.execute(
        "UPDATE drafts SET rule = ? WHERE status IN ('waiting', 'snoozed') AND rule <> ? RETURNING id",
        (RESTORED, RESTORED),
    ).fetchall()
    returned = [
        outcomes.return_to_owner(connection, row, RESTORED, now)
        for row in _of(connection, DraftStatus.APPROVED)
    ]
    sending = [_make_uncertain(connection, row, now) for row in _of(connection, DraftStatus.SENDING)]
    # What expired meanwhile closes at the next start; that it was never sent, nobody can say.
    connection.execute(
        "INSERT INTO told_expiries (draft) SELECT id FROM drafts WHERE expires_at <= ?"
        " ON CONFLICT (draft) DO NOTHING",
        (to_text(now),),
    )
    ended = tuple(delegation.id for delegation in delegation_rows.running(connection, now))
    connection.execute(
        "UPDATE delegations SET revoked_at = ? WHERE revoked_at IS NULL AND expires_at > ?",
        (to_text(now), to_text(now)),
    )
    modes = _texts(
        connection, "SELECT conversation FROM modes WHERE mode = ? ORDER BY conversation", Mode.AUTO
    )
    connection.execute("UPDATE modes SET mode = ? WHERE mode = ?", (Mode.DRAFT, Mode.AUTO))
    accounts = _texts(connection, "SELECT account FROM owner_accounts ORDER BY account")
    for emptied in ("owner_accounts", "pairing_codes", "cards", "shared_once"):
        connection.execute(f"DELETE FROM {emptied}")  # noqa: S608 (our own names)
    # What an adapter had put off until an answer was there: clicks and words of back then.
    connection.execute("DELETE FROM platform_facts WHERE key = 'deferred'")
    # One that recurs goes on from here.
    connection.execute("UPDATE reminders SET at = ? WHERE rule IS NOT NULL", (to_text(now),))
    due = "FROM reminders WHERE NOT told AND rule IS NULL AND at <= ?"
    reminders = _texts(connection, f"SELECT text {due} ORDER BY at, id", to_text(now))
    connection.execute(
        "UPDATE reminders SET told = TRUE WHERE NOT told AND rule IS NULL AND at <= ?", (to_text(now),)
    )
    connection.execute(
        "INSERT INTO digest_runs (name, due, state) SELECT DISTINCT name, ?, ? FROM digest_runs WHERE TRUE"
        " ON CONFLICT (name, due) DO NOTHING",
        (to_text(now), RunState.BEGUN),
    )
    away = connection.execute("DELETE FROM switches WHERE name = ?", (AWAY,)).rowcount > 0
    return Restored(
        approved=tuple(draft.id for draft in returned if draft.status is DraftStatus.WAITING),
        waiting=tuple(DraftId(str(number)) for number in sorted(row["id"] for row in waited)),
        sending=tuple(sending),
        delegations=ended,
        modes=modes,
        accounts=tuple(map(PersonId, accounts)),
        reminders=reminders,
        away=away,
    )


def _pause(connection: Connection, now: datetime) -> None:
    connection.execute(
        "INSERT INTO switches (name, since) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (PAUSED, to_text(now)),
    )


def _make_uncertain(connection: Connection, row: Row, now: datetime) -> DraftId:
    """Its next part may have been sent since, whether or not it was at the platform then."""
    part = next(part for part in parts.every(connection, row) if part["status"] != "sent")
    connection.execute(
        "UPDATE parts SET status = 'uncertain', claimed_at = coalesce(claimed_at, ?)"
        " WHERE draft = ? AND revision = ? AND number = ?",
        (to_text(now), row["id"], row["revision"], part["number"]),
    )
    problem = "it was being sent when the backup was made"
    drafts.set_status(connection, row["id"], DraftStatus.UNCERTAIN, problem=problem)
    return DraftId(str(row["id"]))


def _of(connection: Connection, status: DraftStatus) -> list[Row]:
    return connection.execute("SELECT * FROM drafts WHERE status = ? ORDER BY id", (status,)).fetchall()


def _texts(connection: Connection, query: str, *values: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in connection.execute(query, values).fetchall())
