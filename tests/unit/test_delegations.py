"""Delegations: what they cover, whom they are bound to, and how much they send to a person."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import Membership
from core.errors import Refused
from core.types import (
    Conversation,
    ConversationId,
    DraftStatus,
    Kind,
    Mode,
    Persona,
    PersonaName,
    PersonId,
    SmallTalk,
)
from memory.outbox import coverage
from memory.outbox.coverage import Stop, covering
from memory.outbox.delegation_rows import LONGEST_REPLY, MOST_REPLIES, Delegation, runs, usable
from memory.outbox.outbox import Outbox
from tests.desk import AS_FRIEND, FRIENDS, MIAS, REPLIES, SAM, SAMS, SEND, Desk, open_desk
from tests.fakes import FRIENDLY, NOON

MIA, EVE = PersonId("mia"), PersonId("discord:99")
WHOLE_DAY = Delegation(1, FRIENDS, NOON, NOON + timedelta(days=1), conversation=SAMS.id)
CREW = Conversation(
    ConversationId("discord:7"), "discord", "#crew", Kind.GROUP, members=frozenset({SAM, MIA})
)
THREAD = replace(CREW, id=ConversationId("discord:7/1"), title="a thread", parent=CREW.id)
NOBODY_LINKED = Membership()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


async def covers(
    desk: Desk,
    delegation: Delegation,
    where: Conversation,
    persona: Persona = AS_FRIEND,
    membership: Membership = NOBODY_LINKED,
) -> bool:
    given = await desk.database.read(
        lambda c: covering(c, where, persona, SmallTalk.GREETING, membership, desk.clock.now())
    )
    return given is not None and given.id == delegation.id


async def stop(
    desk: Desk, delegation: Delegation, where: Conversation, membership: Membership = NOBODY_LINKED
) -> Stop | None:
    return await desk.database.read(
        lambda c: coverage.stopped(c, delegation, where, membership, desk.persona)
    )


def test_a_delegation_runs_from_its_making_to_its_end_unless_revoked() -> None:
    assert runs(WHOLE_DAY, NOON)
    assert not runs(WHOLE_DAY, NOON - timedelta(seconds=1))
    assert not runs(WHOLE_DAY, NOON + timedelta(days=1))
    assert not runs(replace(WHOLE_DAY, revoked_at=NOON), NOON)


@pytest.mark.parametrize(
    ("person", "where", "expected"),
    [
        (None, SAMS, True),
        (None, MIAS, False),
        (SAM, SAMS, True),
        (SAM, MIAS, False),
        (SAM, replace(SAMS, kind=Kind.GROUP), False),
        (SAM, replace(SAMS, members=frozenset({SAM, MIA})), False),
        (SAM, replace(SAMS, members=None), False),
        (SAM, replace(SAMS, members=frozenset()), False),
    ],
)
async def test_a_delegation_covers_only_what_it_names(
    desk: Desk, person: PersonId | None, where: Conversation, expected: bool
) -> None:
    given = await desk.delegation(person=person)
    assert await covers(desk, given, where) is expected
    assert not await covers(desk, given, where, replace(AS_FRIEND, name=PersonaName("work")))


async def test_a_persons_delegation_covers_their_linked_accounts(desk: Desk) -> None:
    account = PersonId("telegram:7")
    where = Conversation(ConversationId("telegram:7"), "telegram", "Sam", members=frozenset({account}))
    given = await desk.delegation(person=SAM)
    assert await covers(desk, given, where, membership=Membership(linked={account: SAM}))
    assert not await covers(desk, given, where)


# Bound to people


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (frozenset({SAM, MIA}), None),
        (frozenset({SAM}), None),
        (frozenset({SAM, MIA, EVE}), Stop("others-listen", frozenset({EVE}))),
        (frozenset({EVE}), Stop("others-listen", frozenset({EVE}))),
        (None, Stop("others-listen", None)),
        (frozenset(), Stop("others-listen", None)),
    ],
)
@pytest.mark.parametrize("joined", [CREW, THREAD])
async def test_a_groups_delegation_holds_for_who_could_read_along_when_it_was_given(
    desk: Desk, listed: frozenset[PersonId] | None, expected: Stop | None, joined: Conversation
) -> None:
    """Whichever of a channel and its thread is told of a join, it stops in the thread."""
    await desk.messages.upsert(CREW)
    await desk.messages.upsert(THREAD)
    given = await desk.delegation(CREW)
    changed = replace(joined, members=listed)
    await desk.messages.upsert(changed)
    there = changed if joined is THREAD else THREAD
    assert await stop(desk, given, there) == expected
    assert await covers(desk, given, there) is (expected is None)


async def test_a_linked_account_is_the_person_that_it_was_given_for(desk: Desk) -> None:
    await desk.messages.upsert(CREW)
    given = await desk.delegation(CREW)
    renamed = replace(CREW, members=frozenset({EVE, MIA}))
    assert await stop(desk, given, renamed) == Stop("others-listen", frozenset({EVE}))
    assert await stop(desk, given, renamed, Membership(linked={EVE: SAM})) is None


@pytest.mark.parametrize("kind", [Kind.GROUP, Kind.DIRECT])
@pytest.mark.parametrize("members", [None, frozenset()])
async def test_where_nobody_can_be_listed_nothing_can_be_delegated(
    desk: Desk, kind: Kind, members: frozenset[PersonId] | None
) -> None:
    where = replace(CREW, kind=kind, members=members)
    with pytest.raises(Refused, match="cannot be listed"):
        await desk.delegation(where)
    await desk.messages.upsert(where)
    with pytest.raises(Refused, match="cannot be listed"):
        await desk.delegation(replace(THREAD, parent=where.id))


async def test_what_was_agreed_to_is_for_those_who_were_named(desk: Desk) -> None:
    async def add(agreed: frozenset[PersonId]) -> Delegation:
        return await desk.delegations.add(
            persona=AS_FRIEND,
            conversation=CREW,
            expires_at=NOON + timedelta(hours=1),
            replies=REPLIES,
            agreed=agreed,
        )

    with pytest.raises(Refused, match="joined since you looked"):
        await add(frozenset({SAM}))
    assert (await add(frozenset({SAM, MIA}))).members == {SAM, MIA}


@pytest.mark.parametrize(("join", "goes"), [("group", False), ("thread's channel", False), ("nobody", True)])
async def test_a_claim_refuses_what_somebody_who_joined_would_read(desk: Desk, join: str, goes: bool) -> None:
    where = CREW if join == "group" else THREAD
    await desk.messages.upsert(CREW)
    given = await desk.delegation(CREW)
    draft = await desk.delegated(given, where)
    if join != "nobody":
        await desk.messages.upsert(replace(CREW, members=frozenset({SAM, MIA, EVE})))
    assert (await desk.claim() is not None) is goes
    assert goes or (await desk.outbox.get(draft.id)).superseded_by == "somebody-joined"


@pytest.mark.parametrize("mode", [Mode.DRAFT, Mode.OBSERVE])
async def test_a_mode_set_for_a_channel_stops_it_in_its_threads(desk: Desk, mode: Mode) -> None:
    await desk.messages.upsert(CREW)
    draft = await desk.delegated(await desk.delegation(CREW), THREAD)
    await desk.control.set_mode(CREW.id, mode)
    assert await desk.claim() is None
    assert (await desk.outbox.get(draft.id)).rule == "mode-draft"


Word = tuple[str, Mode | None]
"""`delegate` to somebody else or to the channel, or a mode for the thread or its channel."""


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        ([], Mode.AUTO),
        ([("thread", Mode.OBSERVE)], Mode.OBSERVE),
        ([("thread", Mode.OBSERVE), ("channel", Mode.AUTO)], Mode.OBSERVE),
        ([("thread", Mode.OBSERVE), ("mia", None), ("channel", Mode.AUTO)], Mode.OBSERVE),
        ([("mia", None), ("thread", Mode.DRAFT), ("mia", None), ("channel", Mode.AUTO)], Mode.DRAFT),
        ([("channel", Mode.OBSERVE), ("mia", None), ("thread", Mode.AUTO)], Mode.AUTO),
        ([("thread", Mode.OBSERVE), ("mia", None), ("delegate", None)], Mode.AUTO),
        ([("thread", Mode.OBSERVE), ("delegate", None), ("channel", Mode.AUTO)], Mode.AUTO),
        ([("thread", Mode.OBSERVE), ("delegate", None), ("channel", Mode.DRAFT)], Mode.OBSERVE),
        ([("thread", Mode.AUTO), ("delegate", None), ("channel", Mode.OBSERVE)], Mode.AUTO),
        ([("thread", Mode.AUTO), ("channel", Mode.OBSERVE)], Mode.AUTO),
    ],
)
async def test_a_threads_own_mode_outranks_its_channels_and_a_newer_delegation_for_it_both(
    desk: Desk, said: list[Word], mode: Mode
) -> None:
    await desk.messages.upsert(CREW)
    await desk.hear("hi", THREAD)
    await desk.delegation(CREW)
    for where, wanted in said:
        match where:
            case "mia":
                await desk.delegation(person=MIA)
            case "delegate":
                await desk.delegation(CREW)
            case _:
                await desk.control.set_mode(THREAD.id if where == "thread" else CREW.id, wanted)
    modes = await desk.delegations.modes([(THREAD, replace(FRIENDLY, mode=Mode.AUTO))])
    assert modes == {THREAD.id: mode}


# What it sends


async def test_a_delegation_names_one_of_person_and_conversation(desk: Desk) -> None:
    ends = NOON + timedelta(hours=1)
    for given in ({}, {"person": SAM, "conversation": SAMS}):
        with pytest.raises(Refused, match="one of them"):
            await desk.delegations.add(
                persona=AS_FRIEND,
                expires_at=ends,
                replies=REPLIES,
                **given,  # type: ignore[arg-type]
            )


async def test_no_replies_and_past_ends_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="no reply"):
        await desk.delegation(replies={SmallTalk.GREETING: (" ",)})
    with pytest.raises(Refused, match="passed"):
        await desk.delegation(hours=0)


def test_replies_are_kept_on_one_line_and_once() -> None:
    assert usable({SmallTalk.BYE: [" see\nyou ", "see you", ""], SmallTalk.THANKS: []}) == {
        SmallTalk.BYE: ("see you",)
    }
    with pytest.raises(Refused, match="characters"):
        usable({SmallTalk.BYE: ["x" * (LONGEST_REPLY + 1)]})
    with pytest.raises(Refused, match="at most"):
        usable({SmallTalk.BYE: [f"bye {number}" for number in range(MOST_REPLIES + 1)]})


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("hey you", True),
        ("hey you\n\n(sent by my twin)", True),
        ("hey you there", False),
        ("hey you\nthe money is under the mat", False),
        ("(sent by my twin)\n\nhey you", False),
        ("I said it was fine", False),
        ("", False),
    ],
)
async def test_nothing_but_the_owners_replies_is_authorized(desk: Desk, text: str, sends: bool) -> None:
    given = await desk.delegation()
    draft = await desk.put(await desk.hear("hi"), text, SEND, given)
    assert draft is not None
    assert (draft.status is DraftStatus.APPROVED) is sends
    assert (await desk.claim() is not None) is sends


async def test_one_from_before_replies_covers_nothing(desk: Desk) -> None:
    given = await desk.delegation()
    await desk.sql("UPDATE delegations SET replies = '{}'")
    assert not await covers(desk, given, SAMS)
    assert await stop(desk, replace(given, replies={}), SAMS) == Stop("no-replies")


async def test_a_send_on_a_running_delegation_is_claimed_without_the_owner(desk: Desk) -> None:
    delegation = await desk.delegation()
    draft = await desk.delegated(delegation)
    assert draft.status is DraftStatus.APPROVED
    assert await desk.claim() is not None


async def test_a_send_without_a_running_delegation_waits_for_the_owner(desk: Desk) -> None:
    delegation = await desk.delegation()
    await desk.delegations.revoke(delegation.id)
    draft = await desk.delegated(delegation)
    nameless = await desk.put(await desk.hear(where=MIAS), decision=SEND)
    assert nameless is not None
    assert {draft.status, nameless.status} == {DraftStatus.WAITING}
    assert draft.rule == "delegation-over"


@pytest.mark.parametrize("end", ["revoked", "expired", "other persona", "other conversation"])
async def test_a_delegation_that_ends_before_the_claim_sends_nothing(desk: Desk, end: str) -> None:
    delegation = await desk.delegation(hours=1)
    draft = await desk.delegated(delegation)
    if end == "revoked":
        await desk.delegations.revoke(delegation.id)
    elif end == "expired":
        desk.clock.pass_by(hours=1)
    elif end == "other persona":
        await desk.sql("UPDATE drafts SET persona = 'work'")
    else:
        await desk.sql("UPDATE delegations SET conversation = ?", MIAS.id)
    assert await desk.claim() is None
    held = await desk.outbox.get(draft.id)
    assert (held.status, held.rule) == (DraftStatus.WAITING, "delegation-over")


# How much


async def sent(
    desk: Desk,
    given: Delegation,
    where: Conversation,
    *authors: PersonId,
    membership: Membership = NOBODY_LINKED,
) -> bool:
    """Whether a reply to what these say there goes."""
    outbox = Outbox(
        desk.database,
        desk.clock,
        sends_per_hour=2,
        audiences=desk.audiences,
        speaking=desk.speaking,
        membership=lambda: membership,
    )
    for author in authors:
        message = await desk.hear("hi", where, author)
    draft = await desk.put(message, "hey you", SEND, given)
    assert draft is not None
    claim = (await outbox.claim(desk.clock.now())).claim
    if claim is not None:
        await outbox.delivered(claim, f"p{draft.id}", desk.clock.now())
    return (await desk.outbox.get(draft.id)).status is DraftStatus.SENT


async def test_what_is_sent_to_a_person_is_limited_over_all_threads_and_for_an_hour(desk: Desk) -> None:
    given = await desk.delegation(CREW)
    threads = [replace(THREAD, id=ConversationId(f"{CREW.id}/{number}")) for number in range(4)]
    assert [await sent(desk, given, thread, SAM) for thread in threads] == [True, True, False, False]
    desk.clock.pass_by(hours=1)
    await desk.sql("UPDATE drafts SET status = 'rejected' WHERE status = 'waiting'")
    assert await sent(desk, given, threads[3], SAM)


async def test_each_who_is_answered_in_a_group_counts_for_themself(desk: Desk) -> None:
    given = await desk.delegation(CREW)
    assert await sent(desk, given, CREW, SAM)
    assert await sent(desk, given, CREW, SAM, MIA)
    assert await sent(desk, given, CREW, MIA)
    assert not await sent(desk, given, CREW, SAM)


async def test_accounts_that_are_linked_are_one_person_and_they_are_resolved_when_counted(desk: Desk) -> None:
    where = replace(CREW, members=frozenset({SAM, EVE}))
    given = await desk.delegation(where)
    assert await sent(desk, given, where, SAM)
    assert await sent(desk, given, where, EVE)
    linked = Membership(linked={EVE: SAM})
    assert not await sent(desk, given, where, EVE, membership=linked)


async def test_the_owner_is_not_limited(desk: Desk) -> None:
    for number in range(4):
        await desk.approved()
        claim = await desk.claim()
        assert claim is not None
        await desk.outbox.delivered(claim, f"p{number}", desk.clock.now())


async def test_what_was_released_does_not_count(desk: Desk) -> None:
    delegation = await desk.delegation()
    await desk.delegated(delegation)
    for _ in range(5):
        claim = await desk.claim()
        assert claim is not None
        await desk.outbox.released(claim)


async def test_the_owner_overrules_a_delegation_that_was_not_used_yet(desk: Desk) -> None:
    draft = await desk.delegated(await desk.delegation())
    rejected = await desk.outbox.reject(draft.id, 1, "not this one", "console")
    assert rejected.status is DraftStatus.REJECTED
    assert await desk.claim() is None


async def test_a_delegation_is_revoked_once_and_listed_for_ever(desk: Desk) -> None:
    delegation = await desk.delegation()
    await desk.delegations.revoke(delegation.id)
    with pytest.raises(Refused, match="no running delegation"):
        await desk.delegations.revoke(delegation.id)
    assert [one.id for one in await desk.delegations.all()] == [delegation.id]
    assert await desk.delegations.all(running=True) == []


async def test_a_persons_leave_ends_with_the_account_being_theirs(tmp_path: Path) -> None:
    people = {PersonId("console:sam"): SAM}
    where = replace(SAMS, members=frozenset(people))
    async with open_desk(tmp_path) as desk:
        outbox = Outbox(
            desk.database,
            desk.clock,
            sends_per_hour=5,
            audiences=desk.audiences,
            speaking=desk.speaking,
            membership=lambda: Membership(linked=people),
        )
        given = await desk.delegation(person=SAM, hours=1)
        draft = await desk.delegated(given, where)
        claim = (await outbox.claim(desk.clock.now())).claim
        assert claim is not None
        await outbox.released(claim)
        people.clear()
        assert (await outbox.claim(desk.clock.now())).claim is None
        held = await outbox.get(draft.id)
        assert (held.status, held.rule) == (DraftStatus.WAITING, "delegation-over")


@pytest.mark.parametrize(("person", "ends"), [(SAM, True), (None, True), (MIA, False)])
async def test_what_was_delegated_for_somebody_ends_with_them(
    desk: Desk, person: PersonId | None, ends: bool
) -> None:
    where = SAMS if person is not MIA else MIAS
    await desk.hear("hi", where, MIA if person is MIA else SAM)
    delegation = await desk.delegation(where, person=person)
    assert await covers(desk, delegation, where)
    removed = Membership(removed=frozenset({SAM}))
    assert await covers(desk, delegation, where, membership=removed) is (person is not SAM)
    outbox = Outbox(
        desk.database,
        desk.clock,
        sends_per_hour=2,
        audiences=desk.audiences,
        speaking=desk.speaking,
        membership=lambda: removed,
    )
    await outbox.recheck()
    assert (await desk.delegations.all(running=True) == []) is ends
    assert (
        await covers(desk, delegation, where) is not ends
    )  # also if the line is taken out of the file again


# Bound to the persona


@pytest.mark.parametrize("given_as", list(Mode))
@pytest.mark.parametrize("now", list(Mode))
async def test_a_lower_mode_of_its_persona_than_when_it_was_given_stops_it(
    desk: Desk, given_as: Mode, now: Mode
) -> None:
    desk.persona = replace(AS_FRIEND, mode=given_as)
    given = await desk.delegation()
    waiting = await desk.delegated(given)
    desk.persona = replace(AS_FRIEND, mode=now)
    goes = coverage.REACH.index(now) >= coverage.REACH.index(given_as)
    assert await covers(desk, given, SAMS, desk.persona) is goes
    (state,) = await desk.delegations.states()
    assert [stop for _, stop in state.places] == [None if goes else Stop("persona-mode", mode=now)]
    assert (await desk.claim() is not None) is goes
    if not goes:
        back = await desk.outbox.get(waiting.id)
        assert (back.status, back.rule) == (DraftStatus.WAITING, "persona-mode")


@pytest.mark.parametrize("other", [replace(AS_FRIEND, name=PersonaName("work"), mode=Mode.AUTO), None])
async def test_what_was_delegated_as_one_persona_does_not_go_where_another_speaks(
    desk: Desk, other: Persona | None
) -> None:
    given = await desk.delegation()
    waiting = await desk.delegated(given)
    outbox = Outbox(
        desk.database,
        desk.clock,
        sends_per_hour=2,
        audiences=desk.audiences,
        speaking=lambda: lambda _: other,
    )
    assert (await outbox.claim(desk.clock.now())).claim is None
    back = await outbox.get(waiting.id)
    assert (back.status, back.rule) == (DraftStatus.WAITING, "other-persona")
