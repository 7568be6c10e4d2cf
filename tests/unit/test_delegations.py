from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.audience import Membership
from core.errors import Refused
from core.types import Conversation, ConversationId, DraftStatus, Kind, PersonaName, PersonId
from memory.outbox.delegations import Delegation, covers, kind_of, runs
from memory.outbox.outbox import Outbox
from tests.desk import FRIENDS, MIAS, SAM, SAMS, SEND, Desk, open_desk
from tests.fakes import NOON

WHOLE_DAY = Delegation(1, FRIENDS, NOON, NOON + timedelta(days=1), conversation=SAMS.id)
FOR_SAM = replace(WHOLE_DAY, conversation=None, person=SAM)
NOBODY_LINKED = Membership()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as open_one:
        yield open_one


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi!", "greeting"),
        ("Good morning :)", "greeting"),
        ("thanks a lot", "thanks"),
        ("hi, are you free?", "question"),
        ("thanks for the flowers, I will pay you back the 300 on monday", "other"),
        ("high time", "other"),
        ("", "other"),
    ],
)
def test_kinds_are_told_by_the_words_and_unclear_ones_are_other(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_a_delegation_runs_from_its_making_to_its_end_unless_revoked() -> None:
    assert runs(WHOLE_DAY, NOON)
    assert not runs(WHOLE_DAY, NOON - timedelta(seconds=1))
    assert not runs(WHOLE_DAY, NOON + timedelta(days=1))
    assert not runs(replace(WHOLE_DAY, revoked_at=NOON), NOON)


@pytest.mark.parametrize(
    ("delegation", "where", "expected"),
    [
        (WHOLE_DAY, SAMS, True),
        (WHOLE_DAY, MIAS, False),
        (replace(WHOLE_DAY, persona=PersonaName("work")), SAMS, False),
        (replace(WHOLE_DAY, kinds=("question",)), SAMS, True),
        (replace(WHOLE_DAY, kinds=("thanks",)), SAMS, False),
        (FOR_SAM, SAMS, True),
        (FOR_SAM, MIAS, False),
        (FOR_SAM, replace(SAMS, kind=Kind.GROUP), False),
        (FOR_SAM, replace(SAMS, members=frozenset({SAM, PersonId("mia")})), False),
        (FOR_SAM, replace(SAMS, members=None), False),
        (FOR_SAM, replace(SAMS, members=frozenset()), False),
    ],
)
def test_a_delegation_covers_only_what_it_names(
    delegation: Delegation, where: Conversation, expected: bool
) -> None:
    assert covers(delegation, where, FRIENDS, "question", NOBODY_LINKED, NOON) is expected


def test_a_persons_delegation_covers_their_linked_accounts() -> None:
    account = PersonId("telegram:7")
    where = Conversation(ConversationId("telegram:7"), "telegram", "Sam", members=frozenset({account}))
    assert covers(FOR_SAM, where, FRIENDS, "other", Membership(linked={account: SAM}), NOON)
    assert not covers(FOR_SAM, where, FRIENDS, "other", NOBODY_LINKED, NOON)


async def test_a_delegation_names_one_of_person_and_conversation(desk: Desk) -> None:
    ends = NOON + timedelta(hours=1)
    for given in ({}, {"person": SAM, "conversation": SAMS.id}):
        with pytest.raises(Refused, match="one of them"):
            await desk.delegations.add(persona=FRIENDS, expires_at=ends, **given)  # type: ignore[arg-type]


async def test_unknown_kinds_and_past_ends_are_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="unknown kind money"):
        await desk.delegations.add(
            persona=FRIENDS, person=SAM, expires_at=NOON + timedelta(hours=1), kinds=["money"]
        )
    with pytest.raises(Refused, match="passed"):
        await desk.delegations.add(persona=FRIENDS, person=SAM, expires_at=NOON)


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


async def test_delegated_sends_are_limited_for_each_conversation_and_hour(desk: Desk) -> None:
    delegation, other = await desk.delegation(), await desk.delegation(MIAS)

    async def send(where: Conversation = SAMS) -> DraftStatus:
        draft = await desk.delegated(other if where is MIAS else delegation, where)
        claim = await desk.claim()
        if claim is not None:
            await desk.outbox.delivered(claim, f"p{draft.id}", desk.clock.now())
        return (await desk.outbox.get(draft.id)).status

    assert [await send(), await send(), await send()] == [
        DraftStatus.SENT,
        DraftStatus.SENT,
        DraftStatus.WAITING,
    ]
    assert await send(MIAS) is DraftStatus.SENT
    desk.clock.pass_by(hours=1)
    assert await send() is DraftStatus.SENT


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
            membership=lambda: Membership(linked=people),
        )
        given = await desk.delegations.add(persona=FRIENDS, person=SAM, expires_at=NOON + timedelta(hours=1))
        sent = await desk.delegated(given, where)
        claim = (await outbox.claim(desk.clock.now())).claim
        assert claim is not None
        await outbox.released(claim)
        people.clear()
        assert (await outbox.claim(desk.clock.now())).claim is None
        held = await outbox.get(sent.id)
        assert (held.status, held.rule) == (DraftStatus.WAITING, "delegation-over")
