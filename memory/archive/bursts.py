"""What is unanswered at a message, over what is stored: the rule of `core/unanswered.py`."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.ids import thread_root
from core.types import OPEN_STATUSES, Conversation, ConversationId, DraftId, DraftStatus, Message, MessageId
from core.unanswered import LONGEST_BURST, Burst, is_ours, unanswered
from memory.archive.references import EVERYTHING, messages_at, with_opening
from memory.archive.rows import read_messages, row_number
from memory.archive.unanswered import OURS
from memory.storage.port import Connection
from memory.storage.timestamps import optional_text, to_text

DECIDED = (DraftStatus.REJECTED, DraftStatus.EXPIRED, DraftStatus.FAILED)
"""What a draft is when nothing comes of it, and nothing in its place."""
OWNERS_ACTS = ("owner-answered", "owner-paired")
"""By these rules a draft is withdrawn because of what the owner did; by the others, to be drafted anew."""
PASSED = "none"
"""The turn of a message that wants no answer by itself, as `mark_done` notes it."""


def burst(
    connection: Connection, conversation: Conversation, until: MessageId, before: DraftId | None = None
) -> Burst:
    """What is unanswered at a message; `before`: as it was decided upon when that draft was made."""
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND NOT deleted AND (position, number) <="
        " (SELECT position, number FROM messages WHERE id = ?) ORDER BY position DESC, number DESC LIMIT ?",
        (conversation.id, until, LONGEST_BURST + 1),
    ).fetchall()
    said = read_messages(rows)[::-1]
    passed = frozenset(MessageId(row["id"]) for row in rows if row["turn"] == PASSED)
    known = with_opening(connection, conversation, said, EVERYTHING)
    ours = next((message for message in reversed(known) if is_ours(message)), None)
    looked_at = known[-LONGEST_BURST:]
    dropped = _dropped(connection, conversation.id, looked_at, before)
    waiting = unanswered(looked_at, dropped, passed)
    ends = dropped - {until}
    whole = len(said) <= LONGEST_BURST or any(is_ours(one) or one.id in ends for one in looked_at)
    since = _after_last(looked_at, is_ours)
    return Burst(
        tuple(waiting),
        whole,
        ours,
        beside=tuple(
            message.text
            for message in _after_last(since, lambda message: message.id in ends)
            if message not in waiting
        ),
        ours=tuple(message.text for message in _last_of_ours(looked_at)),
        decided=any(message.id in ends for message in since),
    )


def in_context(connection: Connection, conversation: Conversation, until: MessageId) -> Burst:
    """The same, with all else that a reply could be taken to answer."""
    answering = burst(connection, conversation, until)
    replied_to = [message.reply_to for message in answering.messages if message.reply_to is not None]
    opening = thread_root(conversation)
    wanted = replied_to if opening is None else [*replied_to, opening]
    pointed_to = messages_at(connection, wanted, EVERYTHING)
    lost = [""] * any(reference not in pointed_to for reference in replied_to)
    said_there = (message.text for message in pointed_to.values())
    edited = _edited_since(connection, conversation, answering.before)
    return replace(answering, beside=(*answering.beside, *said_there, *lost, *edited))


def _after_last(said: Sequence[Message], holds: Callable[[Message], bool]) -> Sequence[Message]:
    """What was said after the last message of which this holds."""
    return said[max((place + 1 for place, message in enumerate(said) if holds(message)), default=0) :]


def _last_of_ours(said: Sequence[Message]) -> Sequence[Message]:
    """Our side's last words, as far as nobody else spoke in between."""
    until_then = said[: len(said) - len(_after_last(said, is_ours))]
    return _after_last(until_then, lambda message: not is_ours(message))


def _edited_since(connection: Connection, conversation: Conversation, ours: Message | None) -> list[str]:
    """What others said before our side's last word, and changed after it."""
    if ours is None:
        return []
    rows = connection.execute(
        f"SELECT * FROM messages WHERE conversation = ? AND edited_at > ? AND NOT {OURS} AND NOT deleted"  # noqa: S608
        " AND sent_at <= ?",
        (conversation.id, to_text(ours.sent_at), to_text(ours.sent_at)),
    )
    return [message.text for message in read_messages(rows)]


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
        f"SELECT answers, answers_edited_at, {opened} AS still_open FROM drafts WHERE conversation = ?"  # noqa: S608
        f" AND ({opened} OR {closed} OR {withdrawn}){earlier}",
        (*open_statuses, conversation, *open_statuses, *statuses, *rules, *bound),
    ).fetchall()
    places = {message.id: place for place, message in enumerate(_after_last(said, is_ours))}
    still_open = min(
        (places.get(row["answers"], len(said)) for row in rows if row["still_open"]), default=len(said)
    )
    # What was changed since was not decided upon as it is now.
    as_it_was = {(message.id, optional_text(message.edited_at)) for message in said}
    decided = {
        MessageId(row["answers"])
        for row in rows
        if not row["still_open"] and (row["answers"], row["answers_edited_at"]) in as_it_was
    }
    return frozenset(message for message in decided if places.get(message, len(said)) < still_open)
