"""L1: what a conversation has been about, and what is still open in it.

Extractive: what someone asked or promised is noted beside the message when it is stored, and read back
through the message, so that an edit, a deletion or a join that hides history changes it too.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from core.types import OWNER, TWIN, ConversationId, Message, PersonId
from memory.archive.rows import read_message
from memory.storage.fulltext import EVERYWHERE
from memory.storage.port import Connection
from memory.storage.timestamps import to_text

THREADS = 5
"""The most open threads that are told."""
LOOKED_BACK = 60
"""Messages that topics are drawn from."""
TOPICS = 6
EXCERPT = 160
"""Characters."""
STALE = timedelta(days=30)
"""Promises and questions older than this, counted from the last message, are let rest."""

_PROMISE = re.compile(
    r"\b(i['’]?ll|we['’]ll|i will|i promise|i['’]m going to|let me(?! know)"
    r"|will (send|bring|call|get back|let you know))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Thread:
    """Something asked or promised that nothing has closed yet."""

    kind: Literal["question", "promise"]
    message: Message


def note(connection: Connection, message: Message) -> None:
    """Take in a message that was stored or edited: what it opens, and what it closes."""
    kind = opens(message)
    if kind is None:
        connection.execute("DELETE FROM threads WHERE message = ?", (message.id,))
    else:
        connection.execute(
            "INSERT INTO threads(message, conversation, sent_at, kind) VALUES (?, ?, ?, ?)"
            " ON CONFLICT(message) DO UPDATE SET kind = excluded.kind",
            (message.id, message.conversation, to_text(message.sent_at), kind),
        )
    if message.author in (OWNER, TWIN):
        only, answered = (" AND message = ?", (message.reply_to,)) if message.reply_to else ("", ())
        connection.execute(
            "UPDATE threads SET closed_by = ? WHERE conversation = ? AND kind = 'question'"  # noqa: S608
            f" AND closed_by IS NULL{only}"
            " AND EXISTS (SELECT 1 FROM messages asked, messages said WHERE asked.id = threads.message"
            " AND said.id = ? AND (asked.position, asked.number) < (said.position, said.number))",
            (message.id, message.conversation, *answered, message.id),
        )


def drop(connection: Connection, message: str) -> None:
    """A message is gone: so is what it opened, and what it closed is open again."""
    connection.execute("DELETE FROM threads WHERE message = ?", (message,))
    connection.execute("UPDATE threads SET closed_by = NULL WHERE closed_by = ?", (message,))


def opens(message: Message) -> Literal["question", "promise"] | None:
    """Whether it asks the owner something, or promises something to anyone. Pure."""
    if message.deleted:
        return None
    if _PROMISE.search(message.text):
        return "promise"
    return "question" if "?" in message.text and message.author not in (OWNER, TWIN) else None


def open_threads(
    connection: Connection, conversation: ConversationId, since: str = "", before: str = "~"
) -> list[Thread]:
    """What is open, oldest first, of messages sent from `since` on and before `before` (stored times)."""
    rows = connection.execute(
        "SELECT threads.kind AS kind, messages.* FROM threads JOIN messages ON messages.id = threads.message"
        " WHERE threads.conversation = ? AND threads.closed_by IS NULL AND NOT messages.deleted"
        " AND threads.sent_at >= ? AND threads.sent_at < ?"
        " ORDER BY threads.sent_at DESC, messages.number DESC LIMIT ?",
        (conversation, since, before, THREADS),
    )
    return [Thread(row["kind"], read_message(row)) for row in rows][::-1]


def working(
    connection: Connection,
    conversation: ConversationId,
    since: str,
    window: int,
    name: Callable[[PersonId], str],
) -> tuple[str, tuple[Message, ...]]:
    """What was open or talked about before the last `window` messages, empty when there is nothing; and the
    messages that it quotes."""
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND NOT deleted AND position >= ?"
        " ORDER BY position DESC, number DESC LIMIT ?",
        (conversation, since, window + LOOKED_BACK),
    ).fetchall()
    if len(rows) <= window:
        return "", ()
    earlier = [read_message(row) for row in rows[window:]]
    recent = to_text(read_message(rows[0]).sent_at - STALE)
    threads = open_threads(connection, conversation, max(since, recent), rows[window - 1]["sent_at"])
    told = render(threads, topics(message.text for message in earlier), name)
    return told, tuple(thread.message for thread in threads)


def topics(texts: Iterable[str]) -> list[str]:
    """The words that most of these texts share, the most frequent first. Pure."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word for word in _WORD.findall(text.lower()) if word not in EVERYWHERE})
    several = [(word, count) for word, count in counts.items() if count > 1]
    return [word for word, _ in sorted(several, key=lambda one: (-one[1], one[0]))[:TOPICS]]


def render(threads: Iterable[Thread], about: Iterable[str], name: Callable[[PersonId], str]) -> str:
    """The lines that a prompt takes in. Pure."""
    verbs = {"question": "asked, not answered yet", "promise": "promised"}
    lines = [
        f"{name(thread.message.author)} {verbs[thread.kind]} ({thread.message.sent_at:%a %d %b}):"
        f' "{_excerpt(thread.message.text)}"'
        for thread in threads
    ]
    words = ", ".join(about)
    return "\n".join([*lines, *([f"Earlier here: {words}."] if words else [])])


def _excerpt(text: str) -> str:
    # A quote in it would end the one that it stands in.
    line = " ".join(text.replace('"', "'").split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"
