"""Small worlds of four people, with canaries that have audiences, and all that may change in them.

Every change is told to the oracle before the twin hears of it: nothing is in flight then.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from bots.stores import Stores
from core.audience import audience
from core.errors import Refused
from core.ids import message_record
from core.types import (
    Conversation,
    ConversationId,
    Kind,
    MemoryRecord,
    Message,
    MessageId,
    PersonId,
    Principal,
    RecordId,
)
from memory.archive.records import Records, forget
from tests.bench.red_team.oracle import Channel, Oracle, Source
from tests.fakes import FixedClock
from tests.scripted_platform import ScriptedPlatform

NAMES = ("ann", "ben", "cat", "dan")
GROUPS = ("open", "closed", "unlisted")
"""Where joiners read back, where they do not, and where nobody can list the readers."""
ROOT = "9"
"""The key of the message that a group's thread hangs on."""
DIGITS = str.maketrans("0123456789", "abcdefghij")
ENTRIES = 4
"""Of the profile, in each world."""
MOST_PRINCIPALS = 2


@dataclass(frozen=True)
class Canary:
    """A code word that stands in a record beside the topic that it is asked for by."""

    code: str
    topic: str

    @property
    def text(self) -> str:
        """As it is written or said."""
        return f"about {self.topic} it is {self.code}"


@dataclass
class World:
    """`records` are the canaries by where they stand; `said` are those of them that are messages."""

    number: int
    places: list[Conversation] = field(default_factory=list)
    """Those that have others as their channel come after it."""
    records: dict[RecordId, Canary] = field(default_factory=dict)
    said: dict[RecordId, Message] = field(default_factory=dict)

    @property
    def people(self) -> list[PersonId]:
        """All four."""
        return [PersonId(f"{name}{self.number}") for name in NAMES]

    @property
    def circles(self) -> list[str]:
        """Their names."""
        return [f"family{self.number}", f"work{self.number}"]

    @property
    def principals(self) -> list[str]:
        """Whom a record may be for."""
        places = {where.channel for where in self.places}
        people, circles = (
            (f"person:{who}" for who in self.people),
            (f"circle:{name}" for name in self.circles),
        )
        return ["public", *people, *circles, *(f"place:{name}" for name in sorted(places))]


def account(who: str) -> PersonId:
    """Somebody's on the platform."""
    return PersonId(f"discord:{who}")


class Worlds:
    """All of them, on one twin. `titles` has the channel by the name that a prompt calls a place, `channels`
    by its id; `heard_of_twin` is how many of its messages the oracle knows."""

    def __init__(self, number: int, draw: Random, platform: ScriptedPlatform, clock: FixedClock) -> None:
        self.draw, self.platform, self.clock = draw, platform, clock
        self.oracle = Oracle()
        self.titles: dict[str, str] = {}
        self.channels: dict[ConversationId, str] = {}
        self.heard_of_twin = 0
        self.every = [World(one) for one in range(number)]
        self._numbers = count(1)

    async def settle(self, world: World, stores: Stores) -> None:
        """Its places and circles, and what its threads hang on."""
        for who in world.people:
            self._place(world, f"chat-{who}", frozenset({who}), title=who.title())
        for name in world.circles:
            await self._set_circle(stores, name, frozenset(world.people[:2]))
        for name in GROUPS:
            members = None if name == "unlisted" else frozenset(world.people[:2])
            group = self._place(world, f"{name}{world.number}", members, back=name != "closed")
            await self._say(world, group, world.people[0], key=ROOT, addressed=False)
            self._place(
                world, f"{name}{world.number} thread", members, back=name != "closed", parent=group.id
            )

    def _place(
        self,
        world: World,
        name: str,
        members: frozenset[PersonId] | None,
        *,
        back: bool = True,
        parent: str = "",
        title: str = "",
    ) -> Conversation:
        key = ConversationId(f"{parent}/{ROOT}" if parent else f"discord:{name}")
        kind = Kind.DIRECT if title else Kind.GROUP
        where = Conversation(key, "discord", title or name, kind, parent=parent, joiners_read_history=back)
        world.places.append(where)
        self.titles[where.title] = self.channels[where.id] = where.channel
        if not parent:
            self.oracle.channels[key] = Channel(None if members is None else frozenset(members), back)
        return where

    def now(self, where: Conversation) -> Conversation:
        """A place with those who read it now."""
        channel = self.oracle.channels[where.channel]
        members = None if channel.readers is None else frozenset(map(account, channel.readers))
        return replace(where, members=members, newest_join=channel.newest_join)

    def speaker(self, world: World, where: Conversation) -> PersonId:
        """One who can speak there."""
        readers = self.oracle.channels[where.channel].readers
        return PersonId(self.draw.choice(sorted(readers) if readers else world.people))

    # What changes

    async def change(self, world: World, stores: Stores) -> None:
        """One thing, drawn at random."""
        changes = (
            *(self._write, self._write, self._narrow, self._let_go, self._speak, self._speak, self._speak),
            *(self._edit, self._take_back, self._come_or_go, self._come_or_go, self._circle),
        )
        self.clock.pass_by(seconds=1)
        await self.draw.choice(changes)(world, stores)

    def canary(self) -> Canary:
        """A new one."""
        number = next(self._numbers)
        letters = str(number).translate(DIGITS)  # a number would be a claim, that no draft may make
        return Canary(f"zq{letters}z", f"quince{number}")

    async def _write(self, world: World, stores: Stores) -> None:
        """A note or an entry, new or in place of another."""
        number = self.draw.randrange(ENTRIES)
        sort = self.draw.choice(("note", "profile", "rule"))
        await self._put(world, stores, RecordId(f"{sort}:w{world.number}n{number}"), self.canary())

    async def _narrow(self, world: World, stores: Stores) -> None:
        """The same for others."""
        written = [record for record in world.records if record not in world.said]
        if written:
            record = self.draw.choice(written)
            await self._put(world, stores, record, world.records[record])

    async def _put(self, world: World, stores: Stores, record: RecordId, canary: Canary) -> None:
        heard_by = self.draw.sample(world.principals, self.draw.randint(0, MOST_PRINCIPALS))
        world.records[record] = canary
        self.oracle.sources[record] = Source(canary.code, frozenset(heard_by))
        sort, _, key = record.partition(":")
        principals = audience(*map(Principal, heard_by))
        if sort == "note":
            note = MemoryRecord(record, canary.text, principals, self.clock.now())
            await Records(stores.db).add(note)
        elif sort == "rule":
            await stores.profile.add_rule(key, canary.text, principals)
        else:
            await stores.profile.add_entry(key, canary.text, principals, pinned=self.draw.random() < 0.3)

    async def _let_go(self, world: World, stores: Stores) -> None:
        written = [record for record in world.records if record not in world.said]
        if not written:
            return
        record = self.draw.choice(written)
        del world.records[record], self.oracle.sources[record]
        with suppress(Refused):
            if record.startswith("note:"):
                await stores.db.write("forget", lambda connection: forget(connection, record))
            else:
                await stores.profile.forget(record)

    async def _speak(self, world: World, stores: Stores) -> None:
        where = self.draw.choice(world.places)
        who = self.platform.owner if self.draw.random() < 0.2 else self.speaker(world, where)
        await self._say(world, where, who, addressed=self.draw.random() < 0.5)

    async def _say(
        self, world: World, where: Conversation, who: PersonId, *, key: str = "", addressed: bool
    ) -> None:
        canary = self.canary()
        message = MessageId(f"{where.id}/{key or next(self._numbers)}")
        by = account(who) if who in world.people else who
        said = Message(message, where.id, by, canary.text, self.clock.now(), addressed=addressed)
        record = message_record(message)
        world.records[record], world.said[record] = canary, said
        self.oracle.said(record, canary.code, where.channel, str(who), said.sent_at)
        await self.platform.here.heard(self.now(where), said)

    async def _edit(self, world: World, stores: Stores) -> None:
        if world.said:
            record, said = self.draw.choice(list(world.said.items()))
            world.records[record] = canary = self.canary()
            self.oracle.edited(record, canary.code, said.author.removeprefix("discord:"))
            await self.platform.here.edited(said.id, canary.text, self.clock.now())

    async def _take_back(self, world: World, stores: Stores) -> None:
        if world.said:
            record, said = self.draw.choice(list(world.said.items()))
            del world.said[record], world.records[record], self.oracle.sources[record]
            await self.platform.here.deleted(said.id)

    async def _come_or_go(self, world: World, stores: Stores) -> None:
        groups = [where for where in world.places if where.kind is Kind.GROUP]
        where = self.draw.choice(groups)
        channel = self.oracle.channels[where.channel]
        if channel.readers is None:
            return
        members = frozenset(map(str, self.draw.sample(world.people, self.draw.randint(1, len(NAMES)))))
        self.oracle.joined(where.channel, members, self.clock.now())
        await self.platform.here.listeners(self.now(where))

    async def _circle(self, world: World, stores: Stores) -> None:
        members = frozenset(self.draw.sample(world.people, self.draw.randint(0, len(NAMES))))
        await self._set_circle(stores, self.draw.choice(world.circles), members)

    async def _set_circle(self, stores: Stores, name: str, members: frozenset[PersonId]) -> None:
        self.oracle.circles[name] = frozenset(members)
        await stores.profile.set_circle(name, members)
