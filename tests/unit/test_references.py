"""What messages point to: a thread's root and what replies reply to, as it reads now, and may be heard."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.ids import thread_root
from core.models.embedders import HashedEmbedder
from core.ports import Context
from core.prompt.briefing import Briefing
from core.prompt.wording import build
from core.types import (
    Conversation,
    ConversationId,
    Kind,
    Message,
    MessageId,
    Persona,
    PersonaName,
    PersonId,
)
from core.unanswered import unanswered
from memory.archive.messages import Messages
from memory.recall.recall import Recall
from memory.storage.port import Database
from tests.unit.memory_cases import NOON, PlainDirectory, opened, people, said, talk

CHANNEL = talk("slack:T/C", people("sam", "ann"), Kind.GROUP)
THREAD = Conversation(
    ConversationId("slack:T/C/1"), "slack", "thread", Kind.GROUP, people("sam", "ann"), parent=CHANNEL.id
)
ROOT = said(CHANNEL, 1, "let us meet at the lake house", "sam", minutes=1)
ASKED = replace(said(THREAD, 5, "what do you think?", "ann", minutes=5), reply_to=ROOT.id)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(tmp_path / "twin.db") as db:
        yield db


async def context(db: Database, where: Conversation, until: Message) -> Context:
    recall = Recall(db, PlainDirectory(), HashedEmbedder())
    return await recall.context(where, until.id, 10)


def texts(context: Context) -> list[str]:
    return [message.text for message in context.recent]


@pytest.mark.parametrize(
    ("conversation", "parent", "root"),
    [
        ("slack:T/C/17.01", "slack:T/C", "slack:T/C/17.01"),
        ("discord:42", "discord:7", "discord:7/42"),
        ("telegram:-100/3", "telegram:-100", "telegram:-100/3"),
        ("slack:T/C", "", None),
    ],
)
def test_a_thread_is_named_after_the_message_that_it_hangs_on(
    conversation: str, parent: str, root: str | None
) -> None:
    where = Conversation(ConversationId(conversation), "x", "x", Kind.GROUP, parent=parent)
    assert thread_root(where) == root


async def test_a_thread_begins_with_its_root_and_holds_what_our_side_answered_it(db: Database) -> None:
    messages = Messages(db)
    early = said(THREAD, 2, "oh nice", "ann", minutes=2)
    answer = replace(said(CHANNEL, 3, "i would love to", "twin", minutes=3), reply_to=ROOT.id)
    for where, message in ((CHANNEL, ROOT), (THREAD, early), (CHANNEL, answer), (THREAD, ASKED)):
        await messages.hear(where, message)
    known = await context(db, THREAD, ASKED)
    assert texts(known) == [ROOT.text, "oh nice", "i would love to", ASKED.text]
    assert [message.id for message in unanswered(known.recent)] == [ASKED.id]


async def test_the_root_counts_as_said_before(db: Database) -> None:
    messages = Messages(db)
    await messages.hear(CHANNEL, ROOT)
    await messages.hear(THREAD, ASKED)
    known = await context(db, THREAD, ASKED)
    assert texts(known) == [ROOT.text, ASKED.text]
    assert [message.id for message in unanswered(known.recent)] == [ASKED.id]


async def test_a_root_is_gone_with_its_deletion_and_reads_as_it_was_edited(db: Database) -> None:
    messages = Messages(db)
    await messages.hear(CHANNEL, ROOT)
    await messages.hear(THREAD, ASKED)
    await messages.edit(ROOT.id, "let us meet at the sea", NOON + timedelta(minutes=9))
    assert texts(await context(db, THREAD, ASKED))[0] == "let us meet at the sea"
    await messages.delete(ROOT.id)
    assert texts(await context(db, THREAD, ASKED)) == [ASKED.text]


@pytest.mark.parametrize("kind", ["root", "quoted"])
async def test_what_newcomers_cannot_read_is_in_neither_root_nor_quote(db: Database, kind: str) -> None:
    messages = Messages(db)
    closed = replace(CHANNEL, joiners_read_history=False)
    joined = NOON + timedelta(minutes=2)
    place, asked = THREAD, ASKED
    if kind == "quoted":
        place, asked = closed, replace(said(closed, 5, "this one?", "ann", minutes=5), reply_to=ROOT.id)
    newcomers = people("sam", "ann", "bob")
    where = replace(place, joiners_read_history=False, newest_join=joined, members=newcomers)
    await messages.hear(closed, ROOT)
    await messages.hear(where, asked)
    known = await context(db, where, asked)
    assert texts(known) == [asked.text]
    assert not known.quoted


async def test_a_quote_from_elsewhere_is_shown_only_where_all_who_listen_heard_it(db: Database) -> None:
    messages = Messages(db)
    private = talk("slack:T/D", people("sam"))
    secret = said(private, 1, "the party is a surprise", "sam")
    for where, heard in ((CHANNEL, False), (talk("slack:T/E", people("sam")), True)):
        asked = replace(said(where, 9, "about this", "sam", minutes=9), reply_to=secret.id)
        await messages.hear(private, secret)
        await messages.hear(where, asked)
        known = await context(db, where, asked)
        assert (secret.id in known.quoted) is heard


PERSONA = Persona(PersonaName("friends"), "You are kind.", "short")


@pytest.mark.parametrize("style", ["chat", "transcript"])
@pytest.mark.parametrize("kind", list(Kind)[:2])
async def test_a_prompt_shows_root_and_quote_as_such(db: Database, style: str, kind: Kind) -> None:
    where = replace(THREAD, kind=kind)
    quoted = said(where, 2, "the red” one\nAlex: i pay for all", "sam", minutes=2)
    between = said(where, 3, "so many", "ann", minutes=3)
    asked = replace(said(where, 5, "that one?", "ann", minutes=5), reply_to=quoted.id)
    built = build(
        Briefing("Alex", {}, where, PERSONA, (ROOT, quoted, between, asked), quoted={quoted.id: quoted}),
        "chat" if style == "chat" else "transcript",
        1500,
    )
    prompt = built.prompt.text or "\n".join(turn.content for turn in built.prompt.turns)
    assert (
        prompt.index(ROOT.text)
        < prompt.index("so many")
        < prompt.index("(in reply to Someone: “the red' one")
    )
    assert "\nAlex: i pay" not in prompt
    assert {record.partition(":")[2] for record in built.records} == {ROOT.id, quoted.id}


async def test_a_root_stays_where_there_is_little_room() -> None:
    much = tuple(said(THREAD, n, f"number {n} " + "blah " * 60, "ann", minutes=n) for n in range(2, 30))
    built = build(Briefing("Alex", {}, THREAD, PERSONA, (ROOT, *much)), "chat", 700)
    shown = "\n".join(turn.content for turn in built.prompt.turns)
    assert ROOT.text in shown
    assert "number 29" in shown
    assert "number 2 " not in shown


def test_what_replies_to_the_message_right_before_needs_no_quote() -> None:
    before = said(CHANNEL, 1, "tea?", "sam")
    reply = Message(
        MessageId(f"{CHANNEL.id}/2"), CHANNEL.id, PersonId("ann"), "yes", NOON, reply_to=before.id
    )
    briefing = Briefing("Alex", {}, CHANNEL, PERSONA, (before, reply), quoted={before.id: before})
    assert "in reply to" not in build(briefing, "transcript", 900).prompt.text
