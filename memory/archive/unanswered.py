"""The rule of `core/unanswered.py` in SQL: all that others said since our side's last word."""

from core.types import OPEN_STATUSES, OWNER, TWIN, ConversationId, DraftId, DraftStatus, Message, MessageId
from core.unanswered import LONGEST_BURST, Burst, is_ours, unanswered
from memory.archive.rows import read_messages, row_number
from memory.storage.port import Connection

OURS = f"author IN ('{OWNER}', '{TWIN}')"
"""Said by the owner, or by the twin for them: `core.unanswered.is_ours`."""
DECIDED = (DraftStatus.REJECTED, DraftStatus.EXPIRED, DraftStatus.FAILED)
"""What a draft is when nothing comes of it, and nothing in its place."""
OWNERS_ACTS = ("owner-answered", "owner-paired")
"""By these rules a draft is withdrawn because of what the owner did; by the others, to be drafted anew."""
PASSED = "none"
"""The turn of a message that wants no answer by itself, as `mark_done` notes it."""


def newest_unanswered(asked: str) -> str:
    """Joins `m`, the newest unanswered message of each conversation `c`, where there is one.

    `asked` is the condition (on `messages` and `c`) by which what others said wants an answer at all.
    """
    return (
        "JOIN messages m ON m.number = (SELECT number FROM messages"  # noqa: S608 (only our own words)
        f" WHERE conversation = c.id AND NOT deleted AND ({OURS} OR {asked})"
        f" ORDER BY position DESC, number DESC LIMIT 1) AND NOT m.{OURS}"
    )


def burst(
    connection: Connection, conversation: ConversationId, until: MessageId, before: DraftId | None = None
) -> Burst:
    """What is unanswered at a message; `before`: as it was decided upon when that draft was made."""
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND NOT deleted AND (position, number) <="
        " (SELECT position, number FROM messages WHERE id = ?) ORDER BY position DESC, number DESC LIMIT ?",
        (conversation, until, LONGEST_BURST + 1),
    ).fetchall()
    said = read_messages(rows)[::-1]
    passed = frozenset(MessageId(row["id"]) for row in rows if row["turn"] == PASSED)
    ours = next((message for message in reversed(said) if is_ours(message)), None)
    looked_at = said[-LONGEST_BURST:]
    dropped = _dropped(connection, conversation, looked_at, before)
    waiting = unanswered(looked_at, dropped, passed)
    ends = dropped - {until}
    whole = len(said) <= LONGEST_BURST or any(is_ours(one) or one.id in ends for one in looked_at)
    return Burst(tuple(waiting), whole, ours)


def _dropped(
    connection: Connection, conversation: ConversationId, said: list[Message], before: DraftId | None
) -> frozenset[MessageId]:
    """What the drafts answered there that were decided upon, of each the newest message; but for those after
    which a draft still waits that answers something older."""
    closed, statuses = connection.among("status", DECIDED)
    withdrawn, rules = connection.among("superseded_by", OWNERS_ACTS)
    opened, open_statuses = connection.among("status", OPEN_STATUSES)
    earlier, bound = ("", ()) if before is None else (" AND id < ?", (row_number(before),))
    rows = connection.execute(
        f"SELECT answers, {opened} AS still_open FROM drafts WHERE conversation = ?"  # noqa: S608
        f" AND ({opened} OR {closed} OR {withdrawn}){earlier}",
        (*open_statuses, conversation, *open_statuses, *statuses, *rules, *bound),
    ).fetchall()
    after = max((place for place, message in enumerate(said) if is_ours(message)), default=-1)
    places = {message.id: place for place, message in enumerate(said) if place > after}
    still_open = min(
        (places.get(row["answers"], len(said)) for row in rows if row["still_open"]), default=len(said)
    )
    decided = {MessageId(row["answers"]) for row in rows if not row["still_open"]}
    return frozenset(message for message in decided if places.get(message, len(said)) < still_open)


def answered_together(connection: Connection, message: MessageId, answers: MessageId) -> bool:
    """Whether a draft for `answers` answers `message` too: nobody of our side spoke in between.

    Our own last word counts as well: what was drafted after it was drafted for how it was then.
    """
    if message == answers:
        return True
    found = connection.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = a.conversation"  # noqa: S608
        f" AND m.{OURS} AND NOT m.deleted AND (m.position, m.number) > (a.position, a.number)"
        " AND (m.position, m.number) < (b.position, b.number))"
        " FROM messages a, messages b WHERE a.id = ? AND b.id = ? AND a.conversation = b.conversation"
        " AND (a.position, a.number) < (b.position, b.number)",
        (message, answers),
    ).fetchone()
    return bool(found and found[0])
