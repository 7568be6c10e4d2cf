"""What the owner says themselves when others make small talk: what they may delegate."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from core.policy.small_talk import may_answer, small_talk
from core.types import OWNER, Conversation, ConversationId, Replies, SmallTalk
from memory.archive.audiences import Audiences
from memory.archive.rows import record_of
from memory.archive.unanswered import OURS
from memory.storage.port import Connection, Database

MOST_READ = 4000
"""So many of the owner's last messages are looked at, heard live and from history each."""
MOST_PROPOSED = 5
"""Of one kind."""
MIRRORED = (SmallTalk.GREETING, SmallTalk.THANKS, SmallTalk.BYE, SmallTalk.ACKNOWLEDGEMENT)
"""What is answered in kind, as good wishes and the question how one is are not."""

LIVE = """
SELECT m.conversation AS conversation, records.text AS text, (
  SELECT CASE WHEN p.{ours} THEN '' ELSE p.text END FROM messages p
  WHERE p.conversation = m.conversation AND NOT p.deleted
  AND (p.position, p.number) < (m.position, m.number) ORDER BY p.position DESC, p.number DESC LIMIT 1
) AS heard
FROM messages m JOIN records ON records.id = {record}
WHERE m.author = ? AND {allowed} ORDER BY m.number DESC LIMIT ?
"""
ARCHIVED = """
SELECT m.conversation AS conversation, records.text AS text, (
  SELECT CASE WHEN p.{ours} THEN '' ELSE r.text END FROM archived_messages p JOIN records r ON r.id = {before}
  WHERE p.conversation = m.conversation
  AND (p.sent_at, p.number) < (m.sent_at, m.number) ORDER BY p.sent_at DESC, p.number DESC LIMIT 1
) AS heard
FROM archived_messages m JOIN records ON records.id = {record}
WHERE m.author = ? AND {allowed} ORDER BY m.number DESC LIMIT ?
"""


class OwnWords(NamedTuple):
    """A text of the owner's: whether it was said `here`, and what another said right before."""

    here: bool
    text: str
    heard: str


class OwnReplies:
    """Reads the archive, as far as everyone in a conversation may hear it."""

    def __init__(self, database: Database, audiences: Audiences) -> None:
        self._database = database
        self._audiences = audiences

    async def proposed(self, conversation: Conversation, here: Collection[ConversationId]) -> Replies:
        """The owner's own replies that are small talk as a whole, by the kind of what they answered, or of
        their own where that is answered in kind: those said `here` first, then the most frequent."""

        def read(connection: Connection) -> list[OwnWords]:
            where, values = self._audiences.allowed_in(connection, conversation).where(connection)
            words = {
                "ours": OURS,
                "record": record_of("m.id"),
                "before": record_of("p.id"),
                "allowed": where,
            }
            return [
                OwnWords(row["conversation"] in here, " ".join(row["text"].split()), row["heard"] or "")
                for query in (LIVE, ARCHIVED)
                for row in connection.execute(query.format(**words), (OWNER, *values, MOST_READ)).fetchall()
            ]

        return ranked(await self._database.read(read))


def ranked(several: Collection[OwnWords]) -> Replies:
    """The best of them, by the kind that they answer. Pure."""
    counts: defaultdict[SmallTalk, Counter[str]] = defaultdict(Counter)
    spelled: dict[str, str] = {}
    said_here: set[tuple[SmallTalk, str]] = set()
    for words in several:
        text = words.text.casefold()
        spelled.setdefault(text, words.text)
        for kind in _answered_by(words):
            counts[kind][text] += 1
            if words.here:
                said_here.add((kind, text))
    return {
        kind: tuple(
            spelled[text]
            for text in sorted(
                counts[kind],
                key=lambda text, kind=kind: ((kind, text) not in said_here, -counts[kind][text], text),  # type: ignore[misc]
            )[:MOST_PROPOSED]
        )
        for kind in SmallTalk
        if counts[kind]
    }


def _answered_by(words: OwnWords) -> set[SmallTalk]:
    """The kinds of small talk that it is a reply to; none where it says more."""
    if not may_answer(words.text):
        return set()
    own, heard = small_talk(words.text), small_talk(words.heard)
    return {kind for kind in (heard, own if own in MIRRORED else None) if kind is not None}
