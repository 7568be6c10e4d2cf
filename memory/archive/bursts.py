"""What is unanswered at a message, over what is stored: the rule of `core/unanswered.py`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from core.audience import Membership
from core.ids import thread_root
from core.reactions import is_reaction
from core.types import OPEN_STATUSES, Conversation, ConversationId, DraftId, DraftStatus, Message, MessageId
from core.unanswered import A_WHILE, LONGEST_BURST, Burst, is_ours, unanswered
from memory.archive.owners_word import START, Place, since_owner
from memory.archive.references import EVERYTHING, messages_at, with_opening
from memory.archive.rows import read_messages, row_number
from memory.archive.talks import talks
from memory.storage.port import Connection
from memory.storage.timestamps import from_text, optional_text, to_text

DECIDED = (DraftStatus.REJECTED, DraftStatus.EXPIRED, DraftStatus.FAILED)
"""What a draft is when nothing comes of it, and nothing in its place."""
OWNERS_ACTS = ("owner-answered", "owner-paired")
"""By these rules a draft is withdrawn because of what the owner did; by the others, to be drafted anew."""
PASSED = "none"
"""The turn of a message that wants no answer by itself, as `mark_done` notes it."""


def burst(
    connection: Connection,
    conversation: Conversation,
    until: MessageId,
    before: DraftId | None = None,
    after: Place = START,
) -> Burst:
    """What is unanswered at a message; `before`: as it was decided upon when that draft was made; `after`: of
    what was said after that place alone."""
    rows = connection.execute(
        "SELECT * FROM messages WHERE conversation = ? AND NOT deleted AND (NOT apart OR id = ?)"
        " AND (position, number) > (?, ?)"
        " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)"
        " ORDER BY position DESC, number DESC LIMIT ?",
        (conversation.id, until, *after, until, LONGEST_BURST + 1),
    ).fetchall()
    said = read_messages(rows)[::-1]
    passed = frozenset(MessageId(row["id"]) for row in rows if row["turn"] == PASSED)
    known = with_opening(connection, conversation, said, EVERYTHING)
    ours = next((message for message in reversed(known) if is_ours(message)), None)
    looked_at = known[-LONGEST_BURST:]
    dropped = _dropped(connection, conversation.id, _after_last(looked_at, is_ours), before)
    waiting = unanswered(looked_at, dropped, passed)
    ends = dropped - {until}
    whole = len(said) <= LONGEST_BURST or any(is_ours(one) or one.id in ends for one in looked_at)
    return Burst(tuple(waiting), whole, ours)


def in_context(
    connection: Connection, conversation: Conversation, until: MessageId, membership: Membership
) -> Burst:
    """The same, with all else that a reply could be taken to answer: it reaches back to the owner's own last
    word, and what is not as it was when they gave it counts too."""
    whole = _in_context(connection, conversation, until)
    if not whole.messages:
        return whole
    authors = {message.author for message in whole.messages}
    said = talks(connection, conversation, whole.messages[-1], authors, membership)
    place = _waits_before(connection, conversation.id, until)
    apart = None if place is None else _in_context(connection, conversation, until, place)
    return replace(whole, talks=said, apart=None if apart is None else replace(apart, talks=said))


def _in_context(
    connection: Connection, conversation: Conversation, until: MessageId, after: Place = START
) -> Burst:
    answering = burst(connection, conversation, until, after=after)
    since = since_owner(connection, conversation, until, after)
    said = with_opening(connection, conversation, since.said, EVERYTHING)
    ends = _dropped(connection, conversation.id, said) - {until}
    decided, left = _decided_upon(said, ends)
    waiting = {message.id for message in answering.messages}
    others = [message for message in (*left, *since.changed) if not is_ours(message)]
    ours = [message for message in (*said, *since.changed) if is_ours(message)]
    last = max((place for place, message in enumerate(left) if is_ours(message)), default=-1)
    now = {message.id for message in left[last + 1 :]} | {one.id for one in since.changed}
    spoken = [one for one in others if one.id not in waiting and not is_reaction(one)]
    return replace(
        answering,
        whole=answering.whole and since.whole,
        beside=(
            *(one.text for one in spoken if one.id in now),
            *_pointed_to(connection, conversation, answering, spoke=since.spoke),
        ),
        earlier=tuple(one.text for one in spoken if one.id not in now),
        ours=tuple(one.text for one in ours if one.id not in since.automatic),
        decided=decided,
    )


def _waits_before(connection: Connection, conversation: ConversationId, until: MessageId) -> Place | None:
    """The place up to which a draft answers that waits for its owner, where what was said after it began a
    while later; else None."""
    waits = connection.execute(
        "SELECT m.position, m.number, m.sent_at FROM drafts d JOIN messages m ON m.id = d.answers"
        " WHERE d.conversation = ? AND d.status IN ('waiting', 'snoozed') AND NOT d.apart",
        (conversation,),
    ).fetchone()
    if waits is None:
        return None
    place = waits["position"], waits["number"]
    begins = connection.execute(
        "SELECT min(sent_at) AS at FROM messages WHERE conversation = ? AND NOT apart"
        " AND (position, number) > (?, ?)"
        " AND (position, number) <= (SELECT position, number FROM messages WHERE id = ?)",
        (conversation, *place, until),
    ).fetchone()["at"]
    if begins is None:
        return None
    earliest = from_text(begins) - A_WHILE
    edited = connection.execute(
        "SELECT 1 FROM messages WHERE conversation = ? AND edited_at > ? LIMIT 1",
        (conversation, to_text(earliest)),
    ).fetchone()
    return None if edited or from_text(waits["sent_at"]) > earliest else place


def _pointed_to(
    connection: Connection, conversation: Conversation, answering: Burst, *, spoke: bool
) -> Sequence[str]:
    """What is quoted, and what the thread hangs on. Empty for what cannot be read: the opening of a thread
    where the owner `spoke` since was known to them."""
    quoted = [message.reply_to for message in answering.messages if message.reply_to is not None]
    opening = thread_root(conversation)
    wanted = quoted if opening is None else [*quoted, opening]
    found = messages_at(connection, wanted, EVERYTHING)
    needed = quoted if spoke else wanted
    lost = [""] * any(reference not in found for reference in needed)
    return [*(message.text for message in found.values() if not is_reaction(message)), *lost]


def _decided_upon(said: Sequence[Message], ends: Collection[MessageId]) -> tuple[bool, list[Message]]:
    """Whether others said something there that was decided upon, and the rest with all that our side said:
    what stands before an end, after our word before that, went with it, but for what was edited, which may
    have been after that."""
    left: list[Message] = []
    decided = False
    for message in said:
        left.append(message)
        if message.id in ends:
            decided = True
            since = len(left) - len(_after_last(left, is_ours))
            left[since:] = [one for one in left[since:-1] if one.edited_at is not None and not is_ours(one)]
    return decided, left


def _after_last(said: Sequence[Message], holds: Callable[[Message], bool]) -> Sequence[Message]:
    """What was said after the last message of which this holds."""
    return said[max((place + 1 for place, message in enumerate(said) if holds(message)), default=0) :]


def _dropped(
    connection: Connection,
    conversation: ConversationId,
    said: Sequence[Message],
    before: DraftId | None = None,
) -> frozenset[MessageId]:
    """What the drafts answered there that were decided upon, of each the newest message; but for those after
    which a draft still waits that answers something older."""
    closed, statuses = connection.among("status", DECIDED)
    withdrawn, rules = connection.among("superseded_by", OWNERS_ACTS)
    opened, open_statuses = connection.among("status", OPEN_STATUSES)
    earlier, bound = ("", ()) if before is None else (" AND id < ?", (row_number(before),))
    rows = connection.execute(
        f"SELECT answers, answers_edited_at, {opened} AS still_open FROM drafts"  # noqa: S608 (only marks)
        f" WHERE conversation = ? AND NOT apart AND ({opened} OR {closed} OR {withdrawn}){earlier}",
        (*open_statuses, conversation, *open_statuses, *statuses, *rules, *bound),
    ).fetchall()
    places = {message.id: place for place, message in enumerate(said)}
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
