import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots import twin_toml
from bots.demo import transcript, world
from bots.demo.prepare import WAITS_FOR, prepare
from bots.demo.things_to_try import things_to_try
from bots.home import Home
from core.audience import Membership, may_hear
from core.errors import OwnerMustFix
from core.types import (
    OWNER,
    Conversation,
    ConversationId,
    Kind,
    MemoryRecord,
    Message,
    PersonId,
    RecordId,
)
from memory.archive.audiences import audience_of
from memory.archive.messages import Messages
from memory.profile.profile import Profile
from memory.storage.sqlite.database import SqliteDatabase
from personas.library import PersonaLibrary, choose, copy_shipped

NOW = datetime(2026, 11, 25, 19, 30, tzinfo=timezone(timedelta(hours=1)))
TIMES = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
STRANGER = PersonId("console:rider88")

DEMO = world.load()
MESSAGES = list(world.messages(NOW))
BY_NAME = {one.id.removeprefix("console:"): one for one in DEMO.conversations.values()}
MEMBERSHIP = Membership(
    circles=DEMO.circles,
    channels={one.channel: one.members for one in DEMO.conversations.values() if one.members},
)


def records() -> list[MemoryRecord]:
    noted = [(f"profile:{one.key}", one) for one in DEMO.entries]
    noted += [(f"rule:{one.key}", one) for one in DEMO.rules]
    said = [(one, DEMO.conversations[one.conversation]) for one in MESSAGES]
    return [MemoryRecord(RecordId(key), one.text, one.audience, NOW) for key, one in noted] + [
        MemoryRecord(
            RecordId(f"message:{message.id}"),
            message.text,
            audience_of(conversation, message.author),
            message.sent_at,
            message.author,
            conversation.channel,
        )
        for message, conversation in said
    ]


def hearable(conversation: str) -> list[MemoryRecord]:
    there, who = BY_NAME[conversation], MEMBERSHIP
    return [one for one in records() if may_hear(one.audience, one.channel, one.at, there, who)]


# The transcripts


def test_a_transcript_counts_back_in_calendar_weeks_and_from_now() -> None:
    text = "# 1 week ago, sunday\n23:10 sam: late\n\n# now\n-0:40 alex: here: yes\n"
    late, here = transcript.parse(text, NOW)
    assert (late.author, late.text) == ("sam", "late")
    assert late.at == datetime(2026, 11, 22, 23, 10, tzinfo=NOW.tzinfo)
    assert (here.author, here.text, here.at) == ("alex", "here: yes", NOW - timedelta(minutes=40))


@pytest.mark.parametrize(
    "text",
    [
        "# now\nsam: no time",
        "# 1 week ago, friday\n-0:10 sam: counted back from a day",
        "# now\n10:00 sam: a time of day",
        "# now\n# 1 week ago, someday\n10:00 sam: x",
        "# now\n# 0 weeks ago, monday\n10:00 sam: x",
    ],
)
def test_a_line_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(transcript.parse(text, NOW))


# The data


@given(now=TIMES)
def test_whenever_it_is_prepared_it_is_past_in_order_and_one_friend_waits(now: datetime) -> None:
    heard = list(world.messages(now))
    by_conversation: dict[ConversationId, list[Message]] = {}
    for one in heard:
        by_conversation.setdefault(one.conversation, []).append(one)
    for said in by_conversation.values():
        assert [one.sent_at for one in said] == sorted(one.sent_at for one in said)
    assert max(one.sent_at for one in heard) < now
    assert min(one.sent_at for one in heard) > now - timedelta(weeks=15)
    waiting = [one for one in heard if now - one.sent_at <= WAITS_FOR]
    assert {one.conversation for one in waiting} == {"console:nadia"}
    assert {one.author for one in waiting} == {"nadia"}


def test_there_are_a_few_hundred_messages_and_every_conversation_has_some() -> None:
    counts = Counter(one.conversation for one in MESSAGES)
    assert sum(counts.values()) >= 300
    assert counts.keys() == DEMO.conversations.keys()
    assert min(counts.values()) >= 5
    assert sum(one.author == OWNER for one in MESSAGES) >= 150


def test_ids_are_unique_and_stay_the_same_from_day_to_day() -> None:
    ids = [one.id for one in MESSAGES]
    assert len(set(ids)) == len(ids)
    assert ids == [one.id for one in world.messages(NOW + timedelta(days=3))]


def test_whoever_speaks_can_read_and_is_known_but_for_the_one_stranger() -> None:
    known = {one.id for one in DEMO.people}
    for one in MESSAGES:
        assert one.author in known | {OWNER, STRANGER}
        members = DEMO.conversations[one.conversation].members
        assert members is None or one.author in members | {OWNER}
    for conversation in DEMO.conversations.values():
        assert (conversation.members or frozenset()) <= known | {STRANGER}
    for members in DEMO.circles.values():
        assert members <= known


def test_there_is_a_place_that_cannot_be_listed_and_a_stranger() -> None:
    assert [one.id for one in DEMO.conversations.values() if one.members is None] == ["console:quarry-board"]
    assert BY_NAME["rider88"].members == frozenset({STRANGER})
    assert STRANGER not in {one.id for one in DEMO.people}
    assert BY_NAME["sam"].kind is Kind.DIRECT
    assert BY_NAME["sam-surprise"].kind is Kind.GROUP


def test_every_atom_names_someone_or_something_that_exists() -> None:
    for one in (*DEMO.entries, *DEMO.rules):
        for principal in one.audience:
            sort, _, name = principal.partition(":")
            assert (sort == "person" and name in {who.id for who in DEMO.people}) or (
                (sort == "circle" and name in DEMO.circles) or principal in ("owner", "public")
            )


def test_alex_sounds_like_alex() -> None:
    friends = DEMO.circles["friends"]
    for one in MESSAGES:
        members = DEMO.conversations[one.conversation].members
        if one.author == OWNER and members and members <= friends:
            assert one.text == one.text.lower()
            assert "!" not in one.text
        if one.author == OWNER and members and members <= DEMO.circles["work"]:
            assert one.text[0].isupper() or one.text[0] == "+"
            assert "!" not in one.text
        if one.author == OWNER and members == frozenset({PersonId("mum")}):
            assert one.text.endswith(" x")


# What Sam may know of Friday


def test_what_sam_may_know_of_friday_is_there_to_be_recalled() -> None:
    texts = [one.text.lower() for one in hearable("sam")]
    assert any("climbs at the quarry from 5 until 7" in text for text in texts)
    assert sum("friday" in text for text in texts) >= 6
    assert sum("noodles" in text for text in texts) >= 3


# The secrets

PARTY = r"surprise party|\bparty\b|compass|turns 35|his birthday"
SECRETS = {
    "party": (
        r"surprise party|\bparty\b|compass|turns 35|his birthday",
        {"nadia", "jonas", "lucia", "tomasz"},
    ),
    "salary": (r"\b(58|64),000", {"marcus"}),
    "diagnosis": (r"arthritis|rheumatolog|\btablets", {"zoe"}),
    "jonas-ana": (r"broke up", {"jonas"}),
}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_heard_by_those_who_share_it_and_by_nobody_else(secret: str) -> None:
    pattern, sharers = SECRETS[secret]
    telling = [one for one in records() if re.search(pattern, one.text, re.IGNORECASE)]
    assert f"profile:{secret}" in {one.id for one in telling}
    assert any(one.channel for one in telling)
    for record in telling:
        heard_in = [
            one
            for one in DEMO.conversations.values()
            if may_hear(record.audience, record.channel, record.at, one, MEMBERSHIP)
        ]
        assert heard_in, f"{record.id} can be heard nowhere"
        for conversation in heard_in:
            assert conversation.members is not None
            assert conversation.members <= sharers, f"{record.id} is heard in {conversation.id}"


@pytest.mark.parametrize(
    ("secret", "conversation"),
    [
        ("party", "sam"),
        ("party", "climbing-friends"),
        ("party", "quarry-board"),
        ("salary", "priya"),
        ("salary", "work-team"),
        ("salary", "mum"),
        ("diagnosis", "mum"),
        ("diagnosis", "family"),
        ("diagnosis", "sam"),
        ("jonas-ana", "nadia"),
    ],
)
def test_a_secret_does_not_cross(secret: str, conversation: str) -> None:
    pattern, _ = SECRETS[secret]
    assert not [one.id for one in hearable(conversation) if re.search(pattern, one.text, re.IGNORECASE)]


def test_secrets_are_not_in_what_every_conversation_sees(tmp_path: Path) -> None:
    copy_shipped(tmp_path)
    for file in tmp_path.iterdir():
        for pattern, _ in SECRETS.values():
            assert not re.search(pattern, file.read_text(), re.IGNORECASE), file.name


# What to try


def test_each_thing_to_try_can_be_said_by_its_person_in_its_conversation() -> None:
    tries = things_to_try()
    assert (tries[0].person, tries[0].conversation) == ("sam", "console:sam")
    assert tries[0].text == "are you free for dinner on friday?"
    assert len(tries) >= 5
    for one in tries:
        members = DEMO.conversations[ConversationId(one.conversation)].members
        assert members is not None
        assert one.person in members
        assert one.look


# The home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "demo")


async def test_a_prepared_home_holds_all_of_it(home: Home) -> None:
    told: list[str] = []
    home.create()
    with home.lock():
        assert await prepare(home, NOW, tell=told.append)
    assert told
    assert home.exists
    assert home.is_demo
    assert twin_toml.load(home.twin_toml, {}).owner.name == DEMO.owner
    profile = Profile(home.profile_json)
    assert profile.problem is None
    assert profile.people().keys() == {one.id for one in DEMO.people}
    assert profile.circles() == DEMO.circles
    party = profile.record(RecordId("profile:party"))
    assert party.audience == {"owner", "person:nadia", "person:jonas", "person:lucia", "person:tomasz"}
    db = SqliteDatabase(home.path / "twin.db")
    try:
        kept = Messages(db)
        assert {one.id for one in await kept.conversations()} == DEMO.conversations.keys()
        assert [one.author for one in await kept.pending()] == ["nadia", "nadia"]
        stored = await db.read(
            lambda connection: connection.execute("SELECT count(*) FROM records").fetchone()
        )
        assert stored[0] == len(MESSAGES)
    finally:
        await db.close()


async def test_each_conversation_gets_the_persona_that_suits_it(home: Home) -> None:
    await prepare(home, NOW)
    profile = Profile(home.profile_json)
    chosen = {name: choose(profile.bindings(), one, MEMBERSHIP) for name, one in BY_NAME.items()}
    friends = {"sam", "climbing-friends", "sam-surprise", "nadia", "jonas", "lucia"}
    family = {"mum", "zoe", "family"}
    assert {name for name, persona in chosen.items() if persona == "friends"} == friends
    assert {name for name, persona in chosen.items() if persona == "reflective"} == family
    assert {name for name, persona in chosen.items() if persona == "work"} == set(BY_NAME) - friends - family

    async def present(conversation: Conversation) -> tuple[Conversation, Membership]:
        return conversation, MEMBERSHIP

    library = PersonaLibrary(home.personas, profile.bindings, present)
    assert library.problems() == []
    for conversation in DEMO.conversations.values():
        assert len((await library.select_persona(conversation)).examples) >= 4


async def test_a_home_that_is_ready_is_left_alone(home: Home) -> None:
    await prepare(home, NOW)
    before = {file: file.read_bytes() for file in home.path.rglob("*") if file.is_file()}
    assert not await prepare(home, NOW + timedelta(days=1))
    assert {file: file.read_bytes() for file in home.path.rglob("*") if file.is_file()} == before


async def test_a_preparation_that_broke_off_is_completed(home: Home) -> None:
    await prepare(home, NOW)
    home.twin_toml.unlink()
    assert await prepare(home, NOW)
    db = SqliteDatabase(home.path / "twin.db")
    try:
        assert len(await Messages(db).pending()) == 2
    finally:
        await db.close()


@pytest.mark.parametrize("held", ["twin.toml", "profile.json", "personas/work.toml", "letter.txt"])
async def test_a_home_that_is_not_a_demos_is_refused_and_untouched(home: Home, held: str) -> None:
    file = home.path / held
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    with pytest.raises(OwnerMustFix, match="not a demo's home"):
        await prepare(home, NOW)
    assert [one for one in home.path.rglob("*") if one.is_file()] == [file]
    assert file.read_text() == "mine"


async def test_an_empty_folder_may_become_a_demo(home: Home) -> None:
    home.create()
    assert await prepare(home, NOW)
