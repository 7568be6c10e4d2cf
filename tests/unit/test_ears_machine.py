"""Whatever becomes of what drafts rest on, and whoever comes: nothing goes out, or is bettered, that says
what one of those who can read it now may not know, or that rests on what is gone or different.

The owner of this machine approves what they are shown and nothing that they are warned of, so that whatever
is claimed must be sound: worked out here a second time, individual by individual.
"""

import asyncio
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.audience import audience
from core.errors import Refused, TryAgain
from core.ids import message_record
from core.types import (
    Conversation,
    ConversationId,
    Draft,
    DraftId,
    DraftStatus,
    Kind,
    MemoryRecord,
    Message,
    Person,
    PersonId,
    Principal,
    RecordId,
)
from memory.archive.records import Records, forget
from memory.outbox.outbox import NewDraft, NewText
from memory.outbox.sources import FAULTS
from memory.profile.profile import Profile
from memory.storage.sqlite.database import SqliteDatabase
from tests.desk import ASK, FRIENDS, Desk
from tests.stores import create
from tests.unit.memory_cases import PlainDirectory, people, record
from tests.unit.test_audience_property import SlowRule

PEOPLE = ["ann", "ben", "cat"]
CIRCLES = ["family", "work"]
CHANNELS = ["slack:a", "telegram:b"]
PLACES = ["console:ann", *CHANNELS, *(f"{channel}/{n}" for channel in CHANNELS for n in (1, 2))]
"""A direct conversation, channels, and the threads or topics of each."""
NOTES = [RecordId("note:1"), RecordId("profile:x"), RecordId("rule:y")]
PRINCIPALS = [
    "public",
    *(f"person:{name}" for name in PEOPLE),
    *(f"circle:{name}" for name in CIRCLES),
    *(f"place:{name}" for name in CHANNELS),
]
AUDIENCES = st.frozensets(st.sampled_from(PRINCIPALS), max_size=2)
SOME = st.frozensets(st.sampled_from([PersonId(name) for name in PEOPLE]), min_size=1)
PLACE = st.sampled_from(PLACES)
WARNED_OF = {*FAULTS, "others-listen"}


def conversation(name: str, members: frozenset[PersonId]) -> Conversation:
    """As an adapter gives it: in one channel joiners read back, in the other they do not."""
    if name == "console:ann":
        return Conversation(ConversationId(name), "console", "Ann", members=people("ann"))
    parent = name.rpartition("/")[0]
    return Conversation(
        ConversationId(name),
        name.partition(":")[0],
        name,
        Kind.GROUP,
        members,
        parent,
        joiners_read_history=name.startswith("slack"),
    )


class Ears(RuleBasedStateMachine):
    """One home, an owner who looks before they approve, and a sender."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.profile = Profile(path / "profile.json")
        self.database = SqliteDatabase(create(path / "twin.db"))
        self.desk = Desk(self.database, directory=self.profile)
        self.records = Records(self.database)
        self.rests_on: dict[DraftId, dict[RecordId, str]] = {}
        self.said: list[Message] = []
        self.number = 0

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        for name in PEOPLE:
            self.runner.run(self.profile.add_person(Person(PersonId(name), name.title())))
        for name in CIRCLES:
            self.runner.run(self.profile.set_circle(name, people("ann", "ben")))
        for which in NOTES:
            self.note(which, frozenset({"circle:family", "place:slack:a"}), same=True)

    # What becomes of things

    @rule(where=PLACE, who=st.sampled_from(PEOPLE), members=SOME)
    def hear(self, where: str, who: str, members: frozenset[PersonId]) -> None:
        place = conversation(where, members | people(who))
        self.said.append(self.runner.run(self.desk.hear(self.text(), place, PersonId(who))))

    @rule(where=PLACE, members=SOME)
    def join_or_leave(self, where: str, members: frozenset[PersonId]) -> None:
        self.desk.clock.pass_by(seconds=1)
        self.runner.run(self.desk.messages.upsert(conversation(where, members)))

    @precondition(lambda self: self.said)
    @rule(which=st.integers(0, 2), taken_back=st.booleans())
    def change_message(self, which: int, taken_back: bool) -> None:
        message = self.said[min(which, len(self.said) - 1)]
        at = self.desk.clock.now() + timedelta(seconds=1)
        messages = self.desk.messages
        self.runner.run(
            messages.delete(message.id) if taken_back else messages.edit(message.id, self.text(), at)
        )

    @rule(which=st.sampled_from(NOTES), principals=AUDIENCES, same=st.booleans())
    def note(self, which: RecordId, principals: frozenset[str], same: bool) -> None:
        text = f"what {which} said first" if same else self.text()
        heard_by = audience(*map(Principal, principals))
        key = which.partition(":")[2]
        if which.startswith("profile"):
            self.runner.run(self.profile.add_entry(key, text, heard_by))
        elif which.startswith("rule"):
            self.runner.run(self.profile.add_rule(key, text, heard_by))
        else:
            self.runner.run(self.records.add(record(which, text, *principals)))

    @rule(which=st.sampled_from(NOTES))
    def let_go(self, which: RecordId) -> None:
        with suppress(Refused):
            if which.startswith("note"):
                self.runner.run(self.database.write("forget", lambda c: forget(c, which)))
            else:
                self.runner.run(self.profile.forget(which))

    @rule(name=st.sampled_from(CIRCLES), members=SOME, gone=st.booleans())
    def change_circle(self, name: str, members: frozenset[PersonId], gone: bool) -> None:
        with suppress(Refused):
            self.runner.run(
                self.profile.remove_circle(name) if gone else self.profile.set_circle(name, members)
            )

    @rule(name=st.sampled_from(PEOPLE), gone=st.booleans())
    def change_person(self, name: str, gone: bool) -> None:
        removed = self.profile.membership({}).removed
        try:
            if gone:
                self.runner.run(self.profile.remove_person(PersonId(name)))
            else:
                self.runner.run(self.profile.add_person(Person(PersonId(name), "somebody else")))
        except Refused:
            assert gone or name in removed
        else:
            assert gone or name not in removed

    # What the twin and its owner do

    @precondition(lambda self: self.said)
    @rule(which=st.sets(st.sampled_from(NOTES), max_size=2), others=st.integers(0, 2), approved=st.booleans())
    def draft(self, which: set[RecordId], others: int, approved: bool) -> None:
        answers = self.said[-1]
        current = self.runner.run(self.desk.messages.get(answers.id))
        messages = {message_record(message.id) for message in self.said[:others]}
        texts = self.texts({*which, *messages})
        if current is None or current.deleted:
            return
        new = NewDraft(
            conversation=current.conversation,
            answers=current,
            text=self.text(),
            persona=FRIENDS,
            records=list(texts),
            texts=texts,
            decision=ASK,
            model="tiny",
            model_digest="0",
        )
        try:
            draft = self.runner.run(self.desk.outbox.create(new))
        except TryAgain:
            assert not self.is_sound(current.conversation, texts)
        else:
            if draft is not None:
                assert self.is_sound(current.conversation, texts)
                self.rests_on[draft.id] = texts
                if approved:
                    self.approve(edits=False)

    @rule(which=st.sets(st.sampled_from(NOTES), max_size=1))
    def redraft(self, which: set[RecordId]) -> None:
        for draft in self.waiting():
            before = self.runner.run(self.desk.outbox.previous(draft.id))
            if before:
                assert self.is_sound(draft.conversation, self.rests_on[draft.id])
            texts = self.texts(which)
            new = NewText(
                text=self.text(), records=list(texts), rule="redraft", model="m", model_digest="0",
                texts=texts, bettered=bool(before),
            )  # fmt: skip
            with suppress(TryAgain, Refused):
                self.runner.run(self.desk.outbox.revise(draft.id, draft.revision, new))
                self.rests_on[draft.id] = {**(self.rests_on[draft.id] if before else {}), **texts}

    @rule(edits=st.booleans())
    def approve(self, edits: bool) -> None:
        for draft in self.waiting():
            text = self.text() if edits else None
            with suppress(Refused):
                approved = self.runner.run(self.desk.outbox.approve(draft.id, draft.revision, "cli", text))
                if approved.status is DraftStatus.APPROVED:
                    assert self.is_sound(approved.conversation, self.rests_on[approved.id])

    @rule()
    def look(self) -> None:
        self.runner.run(self.desk.outbox.recheck())
        for draft in self.waiting():
            assert self.is_sound(draft.conversation, self.rests_on[draft.id])

    @rule()
    def restart(self) -> None:
        self.runner.run(self.desk.outbox.recover())

    @rule()
    def send(self) -> None:
        while claim := self.runner.run(self.desk.claim()):
            assert self.is_sound(claim.conversation, self.rests_on[claim.draft])
            self.number += 1
            self.runner.run(self.desk.outbox.delivered(claim, f"sent{self.number}", self.desk.clock.now()))

    # What is so

    def text(self) -> str:
        self.number += 1
        return f"words{self.number}"

    def waiting(self) -> list[Draft]:
        """What the owner decides without having been warned."""
        found = self.runner.run(self.desk.outbox.open())
        return [one for one in found if one.status is DraftStatus.WAITING and one.rule not in WARNED_OF]

    def known(self) -> dict[RecordId, MemoryRecord]:
        ids = [*NOTES, *(message_record(message.id) for message in self.said)]
        stored = [self.runner.run(self.records.get(one)) for one in ids]
        found = [*self.profile.entries(), *(one for one in stored if one is not None)]
        return {one.id: one for one in found}

    def texts(self, wanted: set[RecordId]) -> dict[RecordId, str]:
        return {one.id: one.text for one in self.known().values() if one.id in wanted}

    def is_sound(self, where: ConversationId, texts: dict[RecordId, str]) -> bool:
        stored = self.runner.run(self.desk.messages.conversations())
        membership = self.profile.membership({})
        directory = PlainDirectory(linked=membership.linked, circles=membership.circles)
        slow, known = SlowRule(directory, stored, membership.removed), self.known()
        (here,) = (one for one in stored if one.id == where)
        return all(
            name in known and known[name].text == text and slow.allows(known[name], here)
            for name, text in texts.items()
        )


TestEars = Ears.TestCase
TestEars.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
