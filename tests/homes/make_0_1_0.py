# mypy: ignore-errors
"""Makes `home-0.1.0.tar.gz`: a home as release 0.1.0 leaves it, with something in every state.

Run it with release 0.1.0 checked out: `python -m tests.homes.make_0_1_0`. It drives that release's own code
with a clock that stands still, so that it makes the same home each time; no later release needs to run it.
"""

import asyncio
import gzip
import io
import random
import secrets
import sqlite3
import tarfile
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from bots.runtime.house import House
from bots.runtime.talk import own_line
from memory.digest_runs import DigestRuns, RunState
from memory.forgetting import forget
from memory.leave.delegations import Delegation
from memory.outbox.cards import Cards
from memory.outbox.expiries import Expiries

from bots.assembly import assemble
from bots.home import Home
from bots.setup.newcomer import settle_in
from bots.twin_toml import change, load, write_private
from core.audience import OWNER_ONLY, audience, circle, person
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    Decision,
    Draft,
    DraftId,
    Kind,
    MemoryRecord,
    Message,
    MessageId,
    Mode,
    Person,
    PersonaName,
    PersonId,
    RecordId,
    Verdict,
)
from memory.outbox import Written
from memory.outbox.parts import Claim
from tests.fakes import FixedClock
from tests.scripted_platform import ScriptedPlatform

ARCHIVE = Path(__file__).with_name("home-0.1.0.tar.gz")
FRIENDS, WORK, REFLECTIVE = PersonaName("friends"), PersonaName("work"), PersonaName("reflective")
LASTS = timedelta(hours=96)
SEEDED = 10  # for pairing codes, which are random otherwise

SETTINGS = (
    ('api_base = ""\n# Another gateway', 'api_base = "https://discord.example/api"\n# Another gateway'),
    ("max_tokens = 160", "max_tokens = 120"),
    ("temperature = 0.7", "temperature = 0.4"),
    ('host = "http://127.0.0.1:11434"', 'host = "http://127.0.0.1:11999"'),
    ('keep_alive = "10m"', 'keep_alive = "30m"'),
    ("context_tokens = 4096", "context_tokens = 8192"),
    ("burst_s = 2.0", "burst_s = 0.0  # they never write in bursts"),
    ("fresh_hours = 12.0", "fresh_hours = 6.0"),
    ("expire_hours = 72.0", "expire_hours = 96.0"),
    ("per_contact_per_hour = 6", "per_contact_per_hour = 4"),
    ("minutes = 10.0", "minutes = 5.0"),
    ("away = []", 'away = ["Sat-Sun"]'),
    ("port = 8377", "port = 8390"),
    ("surfaces = []", 'surfaces = ["telegram", "discord", "slack"]'),
    ("full = []", 'full = ["telegram"]'),
    ("times = []", 'times = ["22:00-07:00"]'),
    ("urgent = []", 'urgent = ["mia"]'),
)
"""What the owner has changed by hand in what `init` wrote."""
MORE_SETTINGS = """
# These are mine.
[[digest]]
name = "evening"
cron = "0 18 * * *"
to = "telegram"
urgent = true

[[digest]]
name = "weekly"
cron = "0 9 * * 1"
to = "discord"

[[digest]]
name = "climbers"
cron = "0 10 * * 5"
to = "telegram:group"

[[listen]]
conversation = "slack:team/general"
keywords = ["alex", "maps"]
"""


Story = AsyncIterator[datetime]
"""What happens in one place; yields when it goes on."""


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


class Making:
    """The house of a home whose twin does not run: whatever happens in it is called here, in order."""

    def __init__(self, house: House, clock: FixedClock, platforms: Sequence[ScriptedPlatform]) -> None:
        self.house = house
        self.clock = clock
        self.platforms = platforms
        self.outbox = house.outbox
        self._said = 0

    async def hear(
        self,
        where: Conversation,
        text: str,
        author: str = "",
        *,
        reply_to: Message | None = None,
        addressed: bool = True,
        back: timedelta = timedelta(),
    ) -> Message:
        """A minute later somebody says something; `back`: so long ago, and it came only now."""
        self._said += 1
        self.clock.pass_by(minutes=1)
        who = PersonId(author) if author else next(iter(sorted(where.members or ())))
        message = Message(
            MessageId(f"{where.id}/{self._said}"),
            where.id,
            who,
            text,
            self.clock.now() - back,
            reply_to=reply_to.id if reply_to else None,
            addressed=addressed,
        )
        assert await self.house.messages.hear(where, message)
        return message

    async def put(
        self,
        answers: Message,
        text: str,
        rule: str = "mode-draft",
        *,
        persona: PersonaName = FRIENDS,
        records: Sequence[str] = (),
        delegation: Delegation | None = None,
        lasts: timedelta = LASTS,
        asked: bool = False,
    ) -> Draft | None:
        """What the agent wrote, where it is not moot."""
        self.clock.pass_by(seconds=4)
        now = self.clock.now()
        verdict = Verdict.ASK if delegation is None else Verdict.SEND
        ids = [RecordId(one) for one in records]
        return await self.outbox.put(
            Written(
                conversation=answers.conversation,
                answers=answers,
                text=text,
                persona=persona,
                records=ids,
                decision=Decision(verdict, rule if delegation is None else "delegated"),
                model="gemma3:12b",
                model_digest="sha256:0a1b2c",
                delegation=None if delegation is None else delegation.name,
                expires_at=now + lasts,
                scores={one: round(0.9 - 0.2 * rank, 1) for rank, one in enumerate(ids)},
                drafted_for=await self.house.messages.conversation(answers.conversation),
                asked_at=now if asked else None,
            )
        )

    async def draft(
        self,
        answers: Message,
        text: str,
        rule: str = "mode-draft",
        *,
        persona: PersonaName = FRIENDS,
        records: Sequence[str] = (),
        delegation: Delegation | None = None,
        lasts: timedelta = LASTS,
        asked: bool = False,
    ) -> DraftId:
        """A draft that stands, with its cards."""
        made = await self.put(
            answers,
            text,
            rule,
            persona=persona,
            records=records,
            delegation=delegation,
            lasts=lasts,
            asked=asked,
        )
        assert made is not None
        await self.draw()
        return made.id

    async def draw(self) -> None:
        """Every card shows what its draft is now, as the running twin sees to."""
        for platform in self.platforms:
            for due in await Cards(self.house.db).due(platform.name):
                await self.house.surfaces._keep(platform.name, due)

    async def approve(self, draft: DraftId, via: str, text: str | None = None) -> None:
        self.clock.pass_by(seconds=30)
        held = await self.outbox.get(draft)
        await self.outbox.approve(draft, held.revision, via, text)

    async def claim(self, draft: DraftId) -> Claim:
        """The next part of it, at its platform now. A paragraph is a part."""
        self.clock.pass_by(seconds=1)
        held = await self.outbox.get(draft)
        platform = held.conversation.partition(":")[0]
        claim = await self.outbox.claim(
            self.clock.now(), split=lambda _, text: text.split("\n\n"), platforms={platform}
        )
        assert claim is not None
        assert claim.draft == draft, claim
        return claim

    async def delivered(self, draft: DraftId, *platform_ids: str) -> None:
        """Its next parts arrived, under these ids."""
        for one in platform_ids:
            claim = await self.claim(draft)
            await self.outbox.delivered(claim, one, self.clock.now())
        await self.draw()

    async def sent(self, draft: DraftId, via: str, *platform_ids: str, text: str | None = None) -> None:
        await self.approve(draft, via, text)
        await self.delivered(draft, *platform_ids)

    async def sql(self, statement: str, *values: object) -> None:
        await self.house.db.write("tamper", lambda c: c.execute(statement, values) and None)


async def told(clock: FixedClock, *stories: Story) -> None:
    """All of them, each going on when it wants to."""
    waiting = {number: (await anext(one), one) for number, one in enumerate(stories)}
    while waiting:
        number = min(waiting, key=lambda one: (waiting[one][0], one))
        at, story = waiting.pop(number)
        clock.time = max(clock.time, at)
        async for again in story:
            waiting[number] = (again, story)
            break


def direct(platform: ScriptedPlatform, friend: str) -> Conversation:
    return platform.chat(friend)


async def profile(house: House, at: datetime) -> None:
    """People, circles, entries, rules and where which persona speaks."""
    known = house.profile
    for person_ in (
        Person(
            PersonId("sam"), "Sam", frozenset(map(PersonId, ("telegram:sam", "discord:sam"))), "best friend"
        ),
        Person(PersonId("mia"), "Mia", frozenset(map(PersonId, ("telegram:mia", "discord:mia"))), "sister"),
        Person(PersonId("lena"), "Lena", frozenset({PersonId("slack:lena")}), "colleague"),
        Person(PersonId("jonas"), "Jonas", frozenset({PersonId("discord:jonas")}), "climbs with us"),
        Person(PersonId("otto"), "Otto", frozenset({PersonId("telegram:otto")}), "neighbour"),
        Person(PersonId("robot"), "Build robot", frozenset({PersonId("slack:robot")}), "", is_bot=True),
    ):
        await known.add_person(person_)
    await known.set_circle("friends", frozenset(map(PersonId, ("sam", "jonas"))))
    await known.set_circle("work", frozenset({PersonId("lena")}))
    await known.add_entry("climbing", "Alex climbs on friday until seven", audience(circle("friends")), at=at)
    await known.add_entry(
        "party", "Surprise dinner for Sam on friday at Mia's", audience(person(PersonId("mia"))), at=at
    )
    await known.add_entry("diet", "Alex eats no meat", audience(circle("friends")), pinned=True, at=at)
    await known.add_entry("knee", "Alex's knee is to be looked at in april", at=at)
    await known.add_rule("car", "Never lend the car", audience(circle("friends"), circle("work")), at=at)
    await known.bind(WORK, circle="work")
    await known.bind(REFLECTIVE, conversation=ConversationId("console:mia"))


async def pair(making: Making) -> None:
    """An account of the owner's on each platform, and what the others call themselves."""
    accounts = making.house.accounts
    for platform in making.platforms:
        code, _ = await accounts.new_code(platform.name)
        making.clock.pass_by(minutes=1)
        assert await accounts.pair(platform.owner, code)
        await accounts.named(platform.owner, "Alex", False)
    for account, name, is_bot in (
        ("telegram:sam", "Sam K.", False),
        ("telegram:nora", "Nora B.", False),
        ("slack:ida", "Ida", False),
        ("slack:robot", "build-bot", True),
        ("telegram:paul", "Paul", False),
    ):
        await accounts.named(PersonId(account), name, is_bot)


async def on_the_console(making: Making) -> Story:
    """Sent from the terminal; sent with its leave gone; overtaken; waiting with something let in for once."""
    house = making.house
    sams = await house.composer.conversation("console:sam")
    mias = await house.composer.conversation("console:mia")
    lenas = await house.composer.conversation("console:lena")
    yield on(9, 9)
    one = await making.draft(await making.hear(sams, "did you get home?"), "yes, all dry.")
    await making.sent(one, "cli", "console-1")
    one = await making.draft(
        await making.hear(lenas, "Is the index done?"), "It is. Look in the usual folder.", persona=WORK
    )
    await making.approve(one, "console")
    claim = await making.claim(one)
    await making.sql("DELETE FROM leaves WHERE draft = ?", int(one))  # nothing of the release's own does this
    await making.outbox.delivered(claim, "console-2", making.clock.now())
    await making.draft(
        await making.hear(mias, "Shall I bring a cake on sunday?"),
        "Bring the lemon one.",
        persona=REFLECTIVE,
    )
    await making.hear(mias, "I'll ring you about it", OWNER)
    await making.outbox.supersede(conversation=mias.id, rule="owner-answered")
    await making.draw()
    first = await making.hear(lenas, "Can you read the proofs?")
    second = await making.hear(lenas, "And the cover?")
    await making.draft(second, "The cover is with Ida.", persona=WORK)
    await making.draft(first, "I can, tomorrow.", "redraft", persona=WORK, asked=True)
    yield on(12, 10)
    one = await making.draft(
        await making.hear(sams, "are you free for dinner on friday?"),
        "climbing till seven, then yes.",
        records=("profile:climbing",),
    )
    await house.approvals.share(RecordId("profile:party"), ["once"], one)
    await house.approvals.share(RecordId("note:restaurant"), ["once"], one)


async def with_friends(making: Making, telegram: ScriptedPlatform, delegation: Delegation) -> Story:
    """Telegram: sent, sent on a delegation, replaced, rejected, edited and deleted messages, put aside."""
    sams, mias = direct(telegram, "sam"), direct(telegram, "mia")
    yield on(9, 10)
    one = await making.draft(await making.hear(sams, "still on for climbing?"), "always. 5 till 7.")
    await making.sent(one, "telegram", "tg-1")
    one = await making.draft(await making.hear(sams, "thanks!"), "any time.", delegation=delegation)
    await making.delivered(one, "tg-2")
    yield on(10, 9)
    await making.draft(await making.hear(sams, "can I borrow the car?"), "sure, take it.", "heard-commitment")
    question = await making.hear(sams, "just for saturday")
    one = await making.draft(question, "it is in the garage.", "heard-date")
    await making.outbox.reject(one, 1, "never the car", "telegram")
    await making.draw()

    edited = await making.hear(mias, "Can you come on sunday?")
    await making.draft(edited, "Sunday works.", persona=REFLECTIVE)
    making.clock.pass_by(minutes=1)
    assert await making.house.messages.edit(edited.id, "Can you come on saturday?", making.clock.now())
    await making.outbox.supersede(message=edited.id, rule="message-edited")
    again = await making.house.messages.get(edited.id)
    assert again is not None
    one = await making.draft(again, "Saturday works too.", "heard-date", persona=REFLECTIVE)
    await making.sent(one, "discord", "tg-3", text="Saturday, gladly.")
    gone = await making.hear(mias, "Forget it, I'll manage")
    await making.draft(gone, "Are you sure?", persona=REFLECTIVE)
    assert await making.house.messages.delete(gone.id)
    await making.outbox.supersede(message=gone.id, rule="message-deleted")
    await making.draw()

    yield on(12, 9)
    one = await making.draft(
        await making.hear(mias, "What should we give Mum?"), "A new kettle?", persona=REFLECTIVE
    )
    await making.outbox.snooze(one, 1, on(12, 18))
    await making.draw()
    await making.hear(sams, "I'll bring the rope on friday")
    asked = await making.hear(sams, "do you still have my helmet?")
    await making.draft(asked, "it hangs in the hall.", records=(f"message:{asked.id}",))


async def with_strangers(making: Making, telegram: ScriptedPlatform) -> Story:
    """Expired before their time, one told and one not; and something heard that was never answered."""
    noras = direct(telegram, "nora")
    yield on(11, 8)
    for text in ("hello, is the flat still free?", "or is it gone?"):
        hours = timedelta(hours=1)
        one = await making.draft(
            await making.hear(noras, text), "It is gone, sorry.", "unknown-person", lasts=hours
        )
        making.clock.pass_by(hours=2)
        (expired,) = await making.outbox.expire(making.clock.now())
        assert expired.id == one
        await making.draw()
        if text.startswith("hello"):
            await Expiries(making.house.db).note(one)
    own = replace(direct(telegram, "owner"), members=frozenset({PersonId("telegram:2")}))
    await making.draft(await making.hear(own, "hello twin"), "Hello!", "unknown-person", persona=WORK)
    await making.outbox.supersede(conversation=own.id, rule="owner-paired")
    await making.draw()


async def in_a_group(making: Making, telegram: ScriptedPlatform) -> Story:
    """People join who cannot read what was said before: withdrawn, and what the owner edited is held."""
    group = replace(
        telegram.group("sam", "jonas"),
        members=frozenset(map(PersonId, ("telegram:sam", "telegram:jonas"))),
        joiners_read_history=False,
        newest_join=on(1, 12),
    )
    yield on(11, 13)
    await making.hear(group, "nice weather", "telegram:sam", addressed=False)
    asked = await making.hear(group, "alex, which wall?", "telegram:jonas")
    await making.outbox.silent(group.id, asked.id, "observing")
    asked = await making.hear(group, "alex, when do we meet?", "telegram:sam", reply_to=asked)
    await making.draft(asked, "five, at the gate.", "heard-date")
    members = (group.members or frozenset()) | {PersonId("telegram:pia")}
    group = replace(group, members=members, newest_join=making.clock.now())
    await making.house.messages.upsert(group)
    (joined,) = await making.outbox.overheard(group.id)
    assert joined.status.value == "superseded"
    await making.draw()
    one = await making.draft(asked, "five.", "heard-date")
    await making.outbox.edit(one, 1, "half five, at the gate.")
    await making.draw()
    making.clock.pass_by(minutes=5)
    group = replace(group, members=members | {PersonId("telegram:quentin")}, newest_join=making.clock.now())
    await making.house.messages.upsert(group)
    (held,) = await making.outbox.overheard(group.id)
    assert held.rule == "others-listen"
    await making.draw()


async def on_discord(making: Making, discord: ScriptedPlatform) -> Story:
    """Edited; uncertain with another behind it; failed whole and in part; late; forgotten; a thread."""
    sams, mias, ottos = (direct(discord, one) for one in ("sam", "mia", "otto"))
    channel = Conversation(
        ConversationId("discord:guild/rocks"),
        "discord",
        "#rocks",
        Kind.GROUP,
        frozenset(map(PersonId, ("discord:sam", "discord:jonas"))),
    )
    thread = replace(
        channel, id=ConversationId("discord:guild/rocks/topo"), title="topo", place="discord:guild/rocks"
    )
    yield on(10, 12)
    await making.hear(channel, "new topo is out", "discord:jonas", addressed=False)
    asked = await making.hear(thread, "alex, did you draw it?", "discord:jonas")
    one = await making.draft(asked, "the north face, yes.\n\nthe south face is Mia's.")
    await making.approve(one, "discord")
    await making.delivered(one, "dc-1")
    claim = await making.claim(one)
    await making.outbox.failed(claim, "Discord: missing permissions")
    await making.draw()

    one = await making.draft(await making.hear(ottos, "parcel for you"), "coming up.", "unknown-person")
    await making.approve(one, "console")
    claim = await making.claim(one)
    await making.outbox.failed(claim, "Discord: cannot send messages to this user")
    await making.draw()
    newer = await making.hear(ottos, "are you there?")
    await making.draft(newer, "in a minute.", "unknown-person")
    late = await making.hear(ottos, "it needs a signature", back=timedelta(minutes=10))
    assert await making.put(late, "a signature, fine.") is None
    await making.outbox.silent(ottos.id, newer.id, "nothing-said")
    await making.draw()
    key = await making.hear(ottos, "where is the spare key?")
    one = await making.draft(key, "with Mia.", "unknown-person", records=("note:key",))
    gone = await forget(making.house.db, making.house.profile, RecordId("note:key"))
    assert [draft.id for draft in gone.withdrawn] == [one]
    await making.outbox.silent(ottos.id, key.id, "owner-present")
    await making.draw()

    yield on(12, 8)
    asked = await making.hear(mias, "Where do I park, and when do you come?")
    one = await making.draft(asked, "Behind the house.\n\nI come at six.", "heard-date", persona=REFLECTIVE)
    await making.approve(one, "telegram")
    await making.delivered(one, "dc-2")
    claim = await making.claim(one)
    await making.outbox.uncertain(claim, "ConnectionResetError")
    await making.draw()
    await making.draft(
        await making.hear(mias, "And may I bring the dog?"), "Of course you may.", persona=REFLECTIVE
    )
    await making.draft(await making.hear(sams, "which shoes?"), "the old ones.")
    answered = MessageId(f"{channel.id}/digest-climbers-20260312T0800")  # by no message
    digest = Message(answered, channel.id, OWNER, "", making.clock.now())
    await making.draft(digest, "**climbers**: 1 message in #rocks.", "digest")


async def at_work(making: Making, slack: ScriptedPlatform, delegation: Delegation) -> Story:
    """Sent from the console with other words, and on a delegation; what did not arrive; half sent; killed."""
    lenas, idas = direct(slack, "lena"), direct(slack, "ida")
    general = Conversation(
        ConversationId("slack:team/general"), "slack", "#general", Kind.GROUP, members=None
    )
    thread = replace(general, id=ConversationId("slack:team/general/7"), title="release", place=general.id)
    yield on(11, 14)
    await making.hear(general, "build 71 is green", "slack:robot", addressed=False)
    one = await making.draft(
        await making.hear(lenas, "When is the map due?"), "On Thursday.", "heard-date", persona=WORK
    )
    await making.sent(one, "console", "sl-1", text="Wednesday noon.")
    one = await making.draft(
        await making.hear(lenas, "Thank you!"), "You are welcome.", persona=WORK, delegation=delegation
    )
    await making.delivered(one, "sl-2")
    one = await making.draft(
        await making.hear(idas, "Two things: scale, and legend?"),
        "One to 25 000.\n\nThe legend is Lena's.",
        "unknown-person",
        persona=WORK,
    )
    await making.approve(one, "slack")
    await making.delivered(one, "sl-3")
    claim = await making.claim(one)
    await making.outbox.uncertain(claim, "TimeoutError")
    await making.outbox.settle(one, False)
    await making.draw()

    yield on(12, 11)
    asked = await making.hear(thread, "Alex, is the release on?", "slack:lena")
    one = await making.draft(asked, "It is. I hold the key.", "heard-commitment", persona=WORK)
    await making.approve(one, "console")
    await making.claim(one)  # and nobody ever says what became of it
    asked = await making.hear(general, "Alex, what is left to do?", "slack:lena")
    one = await making.draft(asked, "The cover.\n\nThe index is done.", persona=WORK)
    await making.approve(one, "cli")
    await making.delivered(one, "sl-4")


async def before_the_end(
    making: Making, telegram: ScriptedPlatform, discord: ScriptedPlatform, slack: ScriptedPlatform
) -> Story:
    """Approved by each sort of leave and not claimed, for the owner paused; then the twin was stopped, and
    something was decided without it."""
    house = making.house
    lena = [one for one in await house.delegations.all() if one.conversation == "slack:chat-lena"]
    jonas = [one for one in await house.delegations.all() if one.person == "jonas"]
    paul = [one for one in await house.delegations.all() if one.conversation == "telegram:chat-paul"]
    ottos = direct(telegram, "otto")
    yield on(12, 11, 20)
    taken = await making.draft(await making.hear(ottos, "did the drill help?"), "it did, thank you.")
    await making.draft(
        await making.hear(direct(discord, "jonas"), "good morning!"), "morning.", delegation=jonas[0]
    )
    await making.draft(
        await making.hear(direct(slack, "lena"), "Thanks a lot!"),
        "Any time.",
        persona=WORK,
        delegation=lena[0],
    )
    await making.draft(
        await making.hear(direct(telegram, "paul"), "thanks for the map!"), "any time.", delegation=paul[0]
    )
    await house.control.pause()
    await house.control.away()
    await house.delegations.revoke(paul[0].id)
    yield on(12, 11, 40)
    await making.approve(taken, "cli")
    for one in await making.outbox.open():
        if one.conversation == "discord:chat-sam":
            await making.outbox.edit(one.id, one.revision, "the old ones, and dry socks.")
    await making.hear(direct(telegram, "nora"), "may I ask about the cellar then?")


async def known(making: Making) -> None:
    """Notes for the owner, shared and pinned ones, and the owner's own line to the twin."""
    house, clock = making.house, making.clock
    for key, text, pinned in (
        ("restaurant", "The noodle place is closed on mondays", False),
        ("key", "The spare key is with Mia", False),
        ("bell", "The bell at Alex's door is broken: knock", False),
        ("allergy", "Sam must not eat peanuts", True),
    ):
        clock.pass_by(minutes=1)
        heard = OWNER_ONLY if key != "allergy" else audience(circle("friends"))
        note = MemoryRecord(RecordId(f"note:{key}"), text, heard, clock.now(), OWNER, pinned=pinned)
        await house.records.add(note)
    await house.records.share(RecordId("note:bell"), frozenset({circle("friends"), person(PersonId("otto"))}))
    line = own_line(PersonId("telegram:1"), house.owner)
    asked = await making.hear(line, "what do I owe Sam?", OWNER)
    answer = Message(
        MessageId(f"{asked.id}/answer"), line.id, TWIN, "His helmet.", clock.now(), reply_to=asked.id
    )
    assert await house.messages.hear(line, answer)


async def beside(making: Making) -> Story:
    """Modes, suggestions, digests, reminders, what adapters keep, and a pairing code that is still good."""
    house, clock = making.house, making.clock
    yield on(12, 11, 45)
    await house.control.set_mode(ConversationId("slack:chat-lena"), Mode.AUTO)
    await house.control.set_mode(ConversationId("telegram:chat-mia"), Mode.DRAFT)
    await house.control.set_mode(ConversationId("discord:guild/rocks"), Mode.OBSERVE)
    said = {one.text: one.id for one in await house.messages.recent(ConversationId("telegram:chat-sam"), 50)}
    heard = audience(person(PersonId("sam")))
    for text, source in (
        ("Sam brings the rope on friday", "I'll bring the rope on friday"),
        ("Alex has Sam's helmet", "do you still have my helmet?"),
        ("Sam wants the car", "just for saturday"),
    ):
        await house.suggestions.add(text, said[source], heard)
    _, second, third = await house.suggestions.open()
    await house.suggestions.accept(second.id)
    await house.suggestions.dismiss(third.id)

    runs = DigestRuns(house.db)
    for name, state, due in (
        ("morning", RunState.TOLD, on(11, 7)),
        ("morning", RunState.TOLD, on(12, 7)),
        ("evening", RunState.TOLD, on(10, 17)),
        ("evening", RunState.CLAIMED, on(11, 17)),
        ("weekly", RunState.REFUSED, on(9, 8)),
    ):
        assert await runs.claim(name, due)
        if state is not RunState.CLAIMED:
            await runs.settle(name, due, state)
    await runs.begin("climbers", on(11, 7))

    for text, at in (
        ("water the plants", on(11, 17)),
        ("call the dentist", on(12, 11, 50)),
        ("send the invoice", on(13, 8)),
    ):
        kept = await house.reminders.add(text, at)
        if text.startswith("water"):
            await house.reminders.take(kept.id)

    for platform, key, value in (
        ("telegram", "offset", "42 1007 2026-03-12T11:40:00+00:00"),
        ("telegram", "username/@sam", "telegram:sam"),
        ("discord", "commands", "0a1b2c"),
        ("slack", "spoke/slack:team/general/7", "yes"),
    ):
        await house.facts.remember(platform, key, value)
    await house.facts.came_early(MessageId("telegram:chat-sam/early"), "bring the LONG rope", clock.now())
    await house.facts.came_early(MessageId("telegram:chat-sam/gone"), None, clock.now())
    yield on(12, 11, 55)
    code, _ = await house.accounts.new_code("slack")
    assert await house.accounts.pair(PersonId("slack:stranger"), "22222222") is False
    print("pairing code for slack:", code)


async def make(home: Home) -> None:
    """All of it."""
    await settle_in(home, "Alex", "Europe/Vienna")
    change(home.twin_toml, "model", {"door": "ollama", "name": "gemma3:12b"})
    change(home.twin_toml, "embedding", {"door": "ollama", "name": "embeddinggemma"})
    text = home.twin_toml.read_text("utf-8")
    for before, after in SETTINGS:
        assert text.count(before) >= 1, before
        text = text.replace(before, after, 1)
    write_private(home.twin_toml, text + MORE_SETTINGS)
    for name in ("friends", "work"):
        file = home.personas / f"{name}.toml"
        write_private(file, file.read_text("utf-8").replace('mode = "draft"', 'mode = "auto"'))

    clock = FixedClock(on(9, 8))
    telegram, discord, slack = (ScriptedPlatform(one, clock) for one in ("telegram", "discord", "slack"))
    platforms = (telegram, discord, slack)
    house = await assemble(
        home,
        load(home.twin_toml, {}),
        model=ScriptedChat("ok"),
        embedder=HashedEmbedder(),
        platforms=platforms,
        clock=clock,
    )
    making = Making(house, clock, platforms)
    await profile(house, clock.now())
    await pair(making)
    await known(making)
    sam = await house.delegations.add(persona=FRIENDS, person=PersonId("sam"), expires_at=on(10, 8))
    lena = await house.delegations.add(
        persona=WORK,
        conversation=ConversationId("slack:chat-lena"),
        expires_at=on(31, 8),
    )
    await house.delegations.add(
        persona=FRIENDS,
        person=PersonId("jonas"),
        kinds=("thanks", "greeting"),
        expires_at=on(20, 8),
    )
    revoked = await house.delegations.add(
        persona=FRIENDS,
        conversation=ConversationId("telegram:group"),
        kinds=("question",),
        expires_at=on(30, 8),
    )
    await house.delegations.revoke(revoked.id)
    await house.delegations.add(
        persona=FRIENDS, conversation=ConversationId("telegram:chat-paul"), expires_at=on(25, 8)
    )
    await told(
        clock,
        on_the_console(making),
        with_friends(making, telegram, sam),
        with_strangers(making, telegram),
        in_a_group(making, telegram),
        on_discord(making, discord),
        at_work(making, slack, lena),
        before_the_end(making, telegram, discord, slack),
        beside(making),
    )
    await house.recall.load()
    await house.recall.index_pending()
    await house.db.close()


def packed(folder: Path) -> bytes:
    """The folder as an archive that is the same for the same content."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.mtime = 0
            if path.is_dir():
                member.type, member.mode = tarfile.DIRTYPE, 0o700
                archive.addfile(member)
            else:
                content = path.read_bytes()
                member.size, member.mode = len(content), 0o600
                archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), 9, mtime=0)


def main() -> None:
    """Make it, and say how large it is."""
    chance = random.Random(SEEDED)
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(secrets, "choice", chance.choice),
        patch.object(secrets, "token_hex", lambda size: chance.randbytes(size).hex()),
    ):
        home = Home(Path(folder) / "home")
        asyncio.run(make(home))
        with closing(sqlite3.connect(home.path / "twin.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM INTO ?", (str(home.path / "small.db"),))
        with closing(sqlite3.connect(home.path / "small.db")) as connection:
            connection.execute("PRAGMA journal_mode=wal")
        (home.path / "small.db").replace(home.path / "twin.db")
        for unwanted in ("twin.db-wal", "twin.db-shm", "small.db-wal", "small.db-shm"):
            (home.path / unwanted).unlink(missing_ok=True)
        ARCHIVE.write_bytes(packed(home.path))
    print(f"{ARCHIVE}: {ARCHIVE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
