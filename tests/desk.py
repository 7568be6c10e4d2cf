"""An outbox over a real database, and short ways to bring it where a test begins."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.persona_records import persona_records
from core.runs_on import HERE
from core.types import (
    OWNER,
    Conversation,
    ConversationId,
    Decision,
    Draft,
    Message,
    MessageId,
    Persona,
    PersonaName,
    PersonId,
    RecordId,
    Replies,
    SentAs,
    SmallTalk,
    Verdict,
)
from memory.archive.audiences import Audiences, Directory
from memory.archive.messages import Messages
from memory.outbox.coverage import PersonaIn
from memory.outbox.delegation_rows import Delegation
from memory.outbox.delegations import Delegations
from memory.outbox.outbox import NewDraft, Outbox
from memory.outbox.parts import Claim
from memory.outbox.receipts import Receipts
from memory.outbox.sending import Split, whole
from memory.outbox.switches import Switches
from memory.storage.port import Database
from memory.storage.sqlite.database import SqliteDatabase
from tests.fakes import FRIENDLY, FixedClock
from tests.stores import create
from tests.unit.memory_cases import PlainDirectory, record

SAM = PersonId("sam")
SAMS = Conversation(ConversationId("console:sam"), "console", "Sam", members=frozenset({SAM}))
MIAS = Conversation(ConversationId("console:mia"), "console", "Mia", members=frozenset({PersonId("mia")}))
FRIENDS = PersonaName("friends")
AS_FRIEND = Persona(FRIENDS, "Alex.", "Short.")
ASK = Decision(Verdict.ASK, "mode-draft")
SEND = Decision(Verdict.SEND, "delegated")
SENDS_PER_HOUR = 2
DIET = PlainDirectory(written=[record("profile:diet", "no meat", "public"), *persona_records(FRIENDLY)])
"""What drafts rest on here."""
REPLIES: Replies = {SmallTalk.GREETING: ("hey you",), SmallTalk.THANKS: ("any time",)}


@dataclass
class Desk:
    database: Database
    clock: FixedClock = field(default_factory=FixedClock)
    heard: int = 0
    directory: Directory = field(default_factory=lambda: DIET)
    persona: Persona = AS_FRIEND
    people: frozenset[PersonId] = frozenset({SAM, PersonId("mia")})
    """Whom the owner knows, as far as delegations ask."""

    def __post_init__(self) -> None:
        self.audiences = Audiences(self.directory)
        self.outbox = Outbox(
            self.database,
            self.clock,
            sends_per_hour=SENDS_PER_HOUR,
            audiences=self.audiences,
            speaking=self.speaking,
        )
        self.messages = Messages(self.database)
        self.receipts = Receipts(self.database)
        self.control = Switches(self.database, self.clock)
        self.delegations = Delegations(
            self.database, self.clock, speaking=self.speaking, people=lambda: self.people
        )

    def speaking(self) -> PersonaIn:
        """The same persona everywhere."""
        return lambda _: self.persona

    async def hear(
        self, text: str = "dinner on friday?", where: Conversation = SAMS, author: PersonId = SAM
    ) -> Message:
        """A message, a second after the one before."""
        self.heard += 1
        self.clock.pass_by(seconds=1)
        message = Message(MessageId(f"{where.id}/{self.heard}"), where.id, author, text, self.clock.now())
        assert await self.messages.hear(where, message)
        return message

    async def owner_says(self, where: Conversation = SAMS) -> Message:
        return await self.hear("I'll answer myself", where, OWNER)

    async def put(
        self,
        answers: Message,
        text: str = "Friday works.",
        decision: Decision = ASK,
        delegation: Delegation | None = None,
        lasts: timedelta | None = None,
        drafted_for: Conversation | None = None,
        sends_as: SentAs = SentAs.UNKNOWN,
        *,
        apart: bool = False,
    ) -> Draft | None:
        return await self.outbox.create(
            NewDraft(
                conversation=answers.conversation,
                answers=answers,
                text=text,
                persona=FRIENDS,
                records=(RecordId("profile:diet"),),
                decision=decision,
                model="tiny",
                model_digest="sha256:0",
                delegation=None if delegation is None else delegation.id,
                expires_at=None if lasts is None else self.clock.now() + lasts,
                drafted_for=drafted_for,
                runs_on=HERE,
                sends_as=sends_as,
                apart=apart,
            )
        )

    async def drafted(
        self, text: str = "Friday works.", where: Conversation = SAMS, lasts: timedelta | None = None
    ) -> Draft:
        """A draft that waits."""
        draft = await self.put(await self.hear(where=where), text, lasts=lasts)
        assert draft is not None
        return draft

    async def approved(
        self, text: str = "Friday works.", where: Conversation = SAMS, lasts: timedelta | None = None
    ) -> Draft:
        """A draft with the owner's leave."""
        draft = await self.drafted(text, where, lasts)
        return await self.outbox.approve(draft.id, draft.revision, "cli")

    async def claim(self, *, split: Split = whole, platforms: Collection[str] | None = None) -> Claim | None:
        """The next part that may be sent now."""
        return (await self.outbox.claim(self.clock.now(), split=split, platforms=platforms)).claim

    async def delegated(self, delegation: Delegation, where: Conversation = SAMS) -> Draft:
        """A draft with a delegation's leave."""
        draft = await self.put(await self.hear("hi", where), "hey you", SEND, delegation)
        assert draft is not None
        return draft

    async def delegation(
        self,
        where: Conversation | None = SAMS,
        hours: float = 8,
        replies: Replies = REPLIES,
        person: PersonId | None = None,
    ) -> Delegation:
        return await self.delegations.add(
            persona=self.persona,
            person=person,
            conversation=where if person is None else None,
            expires_at=self.clock.now() + timedelta(hours=hours),
            replies=replies,
        )

    async def sql(self, statement: str, *values: object) -> None:
        """Tamper."""
        await self.database.write("tamper", lambda c: c.execute(statement, values) and None)


@asynccontextmanager
async def open_desk(folder: Path, directory: Directory = DIET) -> AsyncIterator[Desk]:
    path = folder / "twin.db"
    database = SqliteDatabase(path if path.exists() else create(path))
    try:
        yield Desk(database, directory=directory)
    finally:
        await database.close()


def in_words(_: ConversationId, text: str) -> list[str]:
    """The split of a platform that takes one word at a time."""
    return text.split()
