"""The rule of `core/unanswered.py` in SQL: all that others said since our side's last word."""

from core.types import OWNER, TWIN, MessageId
from memory.storage.port import Connection

OURS = f"author IN ('{OWNER}', '{TWIN}')"
"""Said by the owner, or by the twin for them: `core.unanswered.is_ours`."""


def newest_unanswered(asked: str) -> str:
    """Joins `m`, the newest unanswered message of each conversation `c`, where there is one.

    `asked` is the condition (on `messages` and `c`) by which what others said wants an answer at all.
    """
    return (
        "JOIN messages m ON m.number = (SELECT number FROM messages"  # noqa: S608 (only our own words)
        f" WHERE conversation = c.id AND NOT deleted AND NOT apart AND ({OURS} OR {asked})"
        f" ORDER BY position DESC, number DESC LIMIT 1) AND NOT m.{OURS}"
    )


def answered_together(connection: Connection, message: MessageId, answers: MessageId) -> bool:
    """Whether a draft for `answers` answers `message` too: nobody of our side spoke in between.

    Our own last word counts as well: what was drafted after it was drafted for how it was then.
    """
    if message == answers:
        return True
    found = connection.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation = a.conversation"  # noqa: S608
        f" AND m.{OURS} AND NOT m.apart AND NOT m.deleted AND (m.position, m.number) > (a.position, a.number)"
        " AND (m.position, m.number) < (b.position, b.number))"
        " FROM messages a, messages b WHERE a.id = ? AND b.id = ? AND a.conversation = b.conversation"
        " AND (a.position, a.number) < (b.position, b.number)",
        (message, answers),
    ).fetchone()
    return bool(found and found[0])
