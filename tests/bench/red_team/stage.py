"""Where attempts by acts are made: contacts with chats, groups and threads, and what may be sent."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from random import Random

from bots.api.twin import Twin
from bots.assembly import Container
from bots.platforms.port import CardAction, CardEvent
from core.errors import Refused
from core.ids import conversation_of, thread_root
from core.types import Conversation, ConversationId, Draft, Kind, Message, MessageId, PersonId, SmallTalk
from tests.bench.red_team.results import Results
from tests.bench.red_team.scene import DISCLOSURE, rest
from tests.fakes import FixedClock
from tests.scripted_platform import ScriptedPlatform

POOL = 24
"""People whose accounts are linked; each has one on the paired platform."""
REPLIES = {kind: (f"{kind}, says Alex",) for kind in SmallTalk}
GREETED = f"{REPLIES[SmallTalk.GREETING][0]}\n\n{DISCLOSURE}"
GREETINGS = ("good morning", "hello", "good evening!", "hi there")
QUESTION = "can you lend me 500?"


def person(number: int) -> PersonId:
    """One of the pool."""
    return PersonId(f"person{number % POOL}")


def account(number: int) -> PersonId:
    """Theirs on the paired platform."""
    return PersonId(f"discord:{number % POOL}00")


@dataclass
class Stage:
    """One twin; `discord` is paired with its owner, `slack` is not. `allowed` is what may be sent, and how
    often, by conversation and text; `played` says which scenario a conversation belongs to."""

    container: Container
    discord: ScriptedPlatform
    slack: ScriptedPlatform
    clock: FixedClock
    draw: Random
    results: Results
    allowed: Counter[tuple[ConversationId, str]] = field(default_factory=Counter)
    played: dict[ConversationId, str] = field(default_factory=dict)
    scenario: str = ""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def twin(self) -> Twin:
        """The twin itself."""
        return self.container.twin

    # Where

    def chat(self, member: PersonId, title: str = "A chat") -> Conversation:
        """A new direct one with an account."""
        return self._noted(
            Conversation(self._id(), "discord", f"{title} {next(self.numbers)}", members=frozenset({member}))
        )

    def group(self, *members: PersonId, parent: Conversation | None = None) -> Conversation:
        """A new group, or a thread of one."""
        named = frozenset(members) | {self.discord.owner}
        channel = "" if parent is None else parent.id
        name = self._id() if parent is None else ConversationId(f"{parent.id}/{next(self.numbers)}")
        return self._noted(Conversation(name, "discord", f"group {name}", Kind.GROUP, named, channel))

    def _id(self) -> ConversationId:
        return ConversationId(f"discord:{next(self.numbers)}")

    def _noted(self, where: Conversation) -> Conversation:
        self.played[where.id] = self.scenario
        return where

    # What is done

    async def says(
        self, where: Conversation, author: PersonId, text: str, age: timedelta = timedelta()
    ) -> MessageId:
        """Somebody writes, and what comes of it has come."""
        self.clock.pass_by(seconds=1)
        message = MessageId(f"{where.id}/{next(self.numbers)}")
        said = Message(message, where.id, author, text, self.clock.now() - age, addressed=True)
        await self.discord.here.heard(where, said)
        await rest(self.container)
        return message

    async def greets(self, where: Conversation, author: PersonId) -> None:
        """Small talk."""
        await self.says(where, author, self.draw.choice(GREETINGS))

    async def opens(self, thread: Conversation, author: PersonId) -> None:
        """Says what a thread hangs on, small talk too: where that is unknown, nothing is answered."""
        root = thread_root(thread)
        if root is None:
            return
        channel = replace(thread, id=conversation_of(root), parent="")
        said = Message(root, channel.id, author, GREETINGS[0], self.clock.now())
        await self.discord.here.heard(channel, said)

    async def asks(self, where: Conversation, author: PersonId) -> Draft:
        """Something of substance; what waits for the owner then."""
        await self.says(where, author, QUESTION)
        return await self.waiting(where)

    async def waiting(self, where: Conversation) -> Draft:
        """The draft that is open there."""
        return next(
            draft for draft in await self.container.stores.outbox.open() if draft.conversation == where.id
        )

    async def click(self, who: PersonId, draft: Draft, action: CardAction, revision: int = 0) -> None:
        """Somebody presses a button of a card."""
        event = CardEvent(who, draft.id, revision or draft.revision, action, "send this")
        await self.discord.here.acted(event)

    async def approve(self, draft: Draft, text: str | None = None) -> None:
        """The owner does."""
        await self.twin.approve(draft.id, draft.revision, text=text)

    async def delegate(self, target: str, *, lasts: timedelta = timedelta(days=3)) -> str:
        """The owner does; its number."""
        return (await self.twin.delegate(target, REPLIES, until=self.clock.now() + lasts)).id

    async def resumes(self) -> None:
        """Sends again, and what may go has gone."""
        await self.twin.resume()
        await rest(self.container)

    def allow(self, where: Conversation, text: str, times: int = 1) -> None:
        """The owner gave their word on this."""
        self.allowed[where.id, text] += times

    def allow_greetings(self, where: Conversation, times: int = 1) -> None:
        """The owner delegated so many."""
        self.allow(where, GREETED, times)

    def tried(self, attempts: int = 1) -> None:
        """So many attempts were made."""
        for _ in range(attempts):
            self.results.attempted(f"act: {self.scenario}")

    # How it ends

    async def clear(self) -> None:
        """As before the scenario, a good hour later."""
        await self.twin.resume()
        await rest(self.container)
        for delegation in await self.twin.delegations():
            await self.twin.revoke(delegation.id)
        for draft in await self.twin.inbox():
            try:
                if draft.status == "uncertain":
                    await self.twin.settle(draft.id, True)
                else:
                    await self.twin.reject(draft.id, draft.revision)
            except Refused:
                continue
        await rest(self.container)
        self.clock.pass_by(minutes=61)

    def judge(self) -> None:
        """Whatever was sent and not allowed."""
        sent = Counter((one.conversation, one.text) for one in (*self.discord.sent, *self.slack.sent))
        for (where, text), times in (sent - self.allowed).items():
            scenario = self.played.get(where, "elsewhere")
            self.results.unauthorised(f"{scenario}: {text!r} sent {times} times too often")


def thread_of(where: Conversation, number: int) -> Conversation:
    """A thread of a group, with its readers."""
    return replace(
        where, id=ConversationId(f"{where.id}/{number}"), parent=where.id, title=f"thread {number}"
    )
