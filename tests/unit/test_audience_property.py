"""Over arbitrary people, circles, audiences and conversations: nothing that a listener may not know comes
out of the memory, and everything that all of them may know is found.

What is allowed is worked out here a second time, the slow way: by who each of the individuals is.
"""

import asyncio
import logging
import re
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from core.ids import message_record
from core.models.embedders import HashedEmbedder
from core.types import Conversation, Kind, MemoryRecord, Message, MessageId, PersonId, RecordId
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.recall import recall as recall_module
from memory.recall.recall import Recall
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, record, said, talk

PEOPLE = ["ann", "ben", "cat", "dan"]
ACCOUNTS = ["telegram:1", "telegram:2", "slack:3"]
CIRCLES = ["family", "work"]
HOMES = ["discord:a", "discord:b", "telegram:c", "slack:d"]
PRINCIPALS = [
    "public",
    *(f"person:{one}" for one in PEOPLE + ACCOUNTS),
    *(f"circle:{one}" for one in [*CIRCLES, "unknown"]),
    *(f"place:{one}" for one in HOMES),
]
MARKER = re.compile(r"(said|note|entry)\d+x")
MINUTES = st.integers(0, 20)
SOME = st.frozensets(st.sampled_from([PersonId(one) for one in PEOPLE + ACCOUNTS]), max_size=4)


@dataclass
class Case:
    directory: PlainDirectory
    conversations: list[Conversation]
    messages: list[tuple[int, Message]]
    """Each with the number of the conversation that it is said in."""
    notes: list[MemoryRecord]
    changes: list[Conversation]
    """Heard of after the messages."""
    circles: dict[str, frozenset[PersonId]]
    """As they are after the messages."""


@st.composite
def conversations(draw: st.DrawFn, name: str) -> Conversation:
    kind = draw(st.sampled_from([Kind.DIRECT, Kind.GROUP, Kind.GROUP, Kind.OWNER]))
    reads_back = draw(st.booleans())
    parent = name.rpartition("/")[0]
    joined = None if reads_back else draw(st.none() | MINUTES)
    return talk(
        name,
        draw(st.none() | SOME),
        kind,
        parent=draw(st.sampled_from(["", parent, parent])) if parent else "",
        joiners_read_history=reads_back,
        newest_join=None if joined is None else NOON + timedelta(minutes=joined),
    )


AUDIENCES = st.frozensets(st.sampled_from(PRINCIPALS), max_size=3)
SPEAKERS = st.sampled_from([*PEOPLE, *ACCOUNTS, "owner", "twin"])
TEXTS = st.sampled_from(["I will bring {}", "do you like {}?", "{}"])
NAMES = st.lists(
    st.sampled_from([*HOMES, *(f"{one}/{n}" for one in HOMES[:2] for n in (1, 2))]),
    min_size=1,
    max_size=4,
    unique=True,
)
LINKED = st.dictionaries(
    st.sampled_from([PersonId(one) for one in ACCOUNTS]),
    st.sampled_from([PersonId(one) for one in [*PEOPLE, "owner"]]),
)
NOTES = st.lists(st.tuples(AUDIENCES, st.booleans(), st.none() | st.sampled_from(HOMES), MINUTES), max_size=5)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    held = [draw(conversations(name)) for name in draw(NAMES)]
    where_said = st.integers(0, len(held) - 1)
    spoken = draw(st.lists(st.tuples(where_said, SPEAKERS, MINUTES, TEXTS), max_size=6))
    messages = [
        (where, said(held[where], i, text.format(f"said{i}x"), author, minutes))
        for i, (where, author, minutes, text) in enumerate(spoken)
    ]
    notes = [
        replace(record(f"note:{i}", f"note{i}x", *principals, pinned=pinned, minutes=minutes), channel=place)
        for i, (principals, pinned, place, minutes) in enumerate(draw(NOTES))
    ]
    entries = draw(st.lists(st.tuples(AUDIENCES, st.booleans()), max_size=4))
    directory = PlainDirectory(
        linked=draw(LINKED),
        circles={name: draw(SOME) for name in CIRCLES},
        written=[
            record(f"profile:{i}", f"entry{i}x", *principals, pinned=pinned)
            for i, (principals, pinned) in enumerate(entries)
        ],
    )
    changes = [draw(conversations(one.id)) for one in held if draw(st.booleans())]
    circles = {name: draw(SOME) for name in CIRCLES}
    return Case(directory, held, messages, notes, changes, circles)


class Readers:
    """Who reads each channel, from what each of its threads was heard with, one after the other."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}
        self.last: dict[str, Conversation] = {}

    def heard(self, given_: Conversation, at: datetime) -> Conversation:
        """The conversation as it stands once it is heard of."""
        parent = self.parents.setdefault(given_.id, given_.parent)
        channel = parent or given_.id
        before, newest = self.last.get(channel), given_.newest_join
        if before is not None:
            joins = [join for join in (before.newest_join, newest) if join is not None]
            newest = max(joins, default=None)
            lists = (before.members, given_.members)
            unknown = lists.count(None) == 1
            if (
                unknown or not (lists[1] or people()) <= (lists[0] or people())
            ) and newest == before.newest_join:
                newest = max([at, *joins])
        self.last[channel] = replace(given_, parent=parent, newest_join=newest)
        return self.last[channel]


class SlowRule:
    """Who may know what, individual by individual; `anyone@PLACE` stands for whoever reads a place."""

    def __init__(
        self,
        directory: PlainDirectory,
        stored: list[Conversation],
        removed: frozenset[PersonId] = frozenset(),
    ) -> None:
        self.directory = directory
        self.removed = removed
        self.readers = {one.id: one for one in stored}
        self.homes: dict[str, list[Conversation]] = {}
        for one in stored:
            self.homes.setdefault(one.channel, []).append(one)

    def who(self, names: frozenset[PersonId]) -> set[str]:
        return {self.directory.linked.get(one, one) for one in names}

    def read_by(self, place: str) -> set[str]:
        """The individuals who are known to read a place."""
        there = self.homes.get(place, [])
        assert len({(one.members, one.joiners_read_history, one.newest_join) for one in there}) <= 1
        return self.who(there[0].members or people()) if there else set()

    def closed(self, place: str) -> bool:
        """Whether those who come there cannot read what was said before."""
        return any(not one.joiners_read_history for one in self.homes.get(place, []))

    def know(self, audience: frozenset[str]) -> set[str]:
        known = {"owner"}
        for principal in audience:
            sort, _, name = principal.partition(":")
            if sort == "person" and name not in self.removed:
                known |= self.who(people(name))
            elif sort == "circle":
                known |= self.who(self.directory.circles.get(name, people()))
            elif sort == "place" and not self.closed(name):
                known |= self.read_by(name) | {f"anyone@{name}"}
        return known

    def allows(self, one: MemoryRecord, conversation: Conversation) -> bool:
        if conversation.kind is Kind.OWNER or "public" in one.audience:
            return True
        hidden = not conversation.joiners_read_history and conversation.newest_join
        if one.channel == conversation.channel and not (hidden and one.at < hidden):
            return True
        present = (
            self.who(conversation.members) if conversation.members else {f"anyone@{conversation.channel}"}
        )
        return present <= self.know(one.audience)


def heard_by(conversation: Conversation, message: Message) -> frozenset[str]:
    """The audience that a message must get when it is said."""
    principals = {"owner"}
    if conversation.kind is Kind.OWNER:
        return frozenset(principals)
    if message.author not in ("owner", "twin"):
        principals.add(f"person:{message.author}")
    hidden = None if conversation.joiners_read_history else conversation.newest_join
    if hidden is not None and message.sent_at < hidden:
        return frozenset(
            principals
        )  # who was there then, and is told from those who came later, nobody knows
    if conversation.members:
        principals |= {f"person:{one}" for one in conversation.members}
    elif conversation.joiners_read_history:
        principals.add(f"place:{conversation.channel}")
    return frozenset(principals)


@settings(max_examples=60, deadline=None)
@given(case=cases(), indexed=st.booleans())
def test_nothing_reaches_a_listener_who_may_not_know_it_and_all_they_may_know_is_found(
    case: Case, indexed: bool
) -> None:
    kept = LogLines()
    root = logging.getLogger()
    root.addHandler(kept)
    try:
        with tempfile.TemporaryDirectory() as folder, patch.object(recall_module, "WINDOW", 1):
            asyncio.run(check(case, Path(folder), indexed))
    finally:
        root.removeHandler(kept)
    assert not [line for line in kept.lines if MARKER.search(line)]


class LogLines(logging.Handler):
    """Every line that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


async def check(case: Case, folder: Path, indexed: bool) -> None:
    async with opened(folder / "twin.db") as db:
        messages, records = Messages(db), Records(db)
        recall = Recall(db, case.directory, HashedEmbedder())
        await records.add_many(case.notes)
        everything, readers = [*case.notes, *case.directory.written], Readers()
        for where, message in case.messages:
            await messages.hear(case.conversations[where], message)
            stored = await records.get(message_record(message.id))
            assert stored is not None
            stands = readers.heard(case.conversations[where], message.sent_at)
            assert await messages.conversation(stands.id) == stands
            assert stored.audience == heard_by(stands, message)
            everything.append(stored)
        await asyncio.gather(*(messages.upsert(one) for one in case.conversations))
        if indexed:
            await recall.index_pending()
        for conversation in case.conversations:  # so that what is kept in memory must notice the changes
            await recall.recall("anything", conversation, 5)
        await asyncio.gather(*(messages.upsert(one) for one in case.changes))
        case.directory.circles, case.directory.version = case.circles, case.directory.version + 1
        stored_conversations = await messages.conversations()
        rule = SlowRule(case.directory, stored_conversations)
        for conversation in stored_conversations:
            await check_conversation(conversation, rule, everything, recall, messages)


async def check_conversation(
    conversation: Conversation,
    rule: SlowRule,
    everything: list[MemoryRecord],
    recall: Recall,
    messages: Messages,
) -> None:
    allowed = {one.id for one in everything if rule.allows(one, conversation)}
    last = await messages.recent(conversation.id, 1)
    in_prompt: set[RecordId] = {message_record(one.id) for one in last}

    context = await recall.context(conversation, last[0].id if last else MessageId(""), 100)
    pinned = {one.id for one in context.pinned}
    assert pinned == {one.id for one in everything if one.pinned} & allowed

    at_once = await recall.recall(" ".join(one.text for one in everything), conversation, 100)
    assert {one.id for one in at_once.records} <= allowed
    for one in everything:
        found = {other.id for other in (await recall.recall(one.text, conversation, 100)).records}
        assert found <= allowed
        if one.id in allowed and not one.pinned and one.id not in in_prompt:
            assert one.id in found
        kept_back = {other.id for other in (await recall.withheld(one.text, conversation, 100)).records}
        assert not kept_back & allowed
        if one.id not in allowed and one.id not in in_prompt:
            assert one.id in kept_back

    told = {one.id for one in everything if marker(one.text) in context.working}
    assert told <= {one.id for one in everything if one.channel == conversation.channel} & allowed

    if last:
        open_to_joiners = conversation.joiners_read_history or conversation.kind is Kind.OWNER
        hidden = None if open_to_joiners else conversation.newest_join
        there = {conversation.id, conversation.channel}  # what a thread hangs on was said in its channel
        assert all(one.conversation in there for one in context.recent)
        assert all(readable(one.sent_at, hidden) for one in context.recent)


def readable(at: datetime, hidden: datetime | None) -> bool:
    return hidden is None or at >= hidden


def marker(text: str) -> str:
    found = MARKER.search(text)
    assert found is not None
    return found.group()
