"""Forgetting is forgetting: what rests on a record goes with it, and no byte of it stays in the files."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from core.audience import PUBLIC, audience
from core.errors import Refused, TryAgain
from core.ids import message_record
from core.types import Draft, DraftStatus, MessageId, RecordId
from memory.archive.records import Records
from memory.archive.suggestions import Suggestions
from memory.outbox.drafts import became
from memory.outbox.outbox import NewDraft, NewText
from memory.profile.profile import Profile
from memory.reports.forgetting import Forgotten, forget
from memory.storage.port import Connection
from memory.storage.sqlite.connection import connect
from tests.desk import ASK, FRIENDS, MIAS, SAMS, Desk, open_desk
from tests.unit.memory_cases import record

WORD = "xyzzyplugh"
NOTE = RecordId("note:hut")


@pytest.fixture
async def desk(tmp_path: Path, profile: Profile) -> AsyncIterator[Desk]:
    await profile.add_entry("diet", "no meat", audience(PUBLIC))
    async with open_desk(tmp_path, profile) as open_one:
        yield open_one


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile.json")


def files_with(folder: Path, word: str = WORD) -> list[str]:
    """The files that hold a word, byte by byte."""
    return sorted(one.name for one in folder.iterdir() if word.encode() in one.read_bytes())


async def drafted_on(
    desk: Desk, records: Sequence[RecordId], text: str = f"it is {WORD}", answers: MessageId | None = None
) -> Draft:
    asked = await (desk.messages.get(answers) if answers else desk.hear("what is the code?"))
    assert asked is not None
    draft = await desk.outbox.create(
        NewDraft(
            conversation=asked.conversation,
            answers=asked,
            text=text,
            persona=FRIENDS,
            records=records,
            decision=ASK,
            model="tiny",
            model_digest="sha256:0",
        )
    )
    assert draft is not None
    return draft


async def noted(desk: Desk) -> None:
    await Records(desk.database).add(record(NOTE, f"the hut's code is {WORD}", "person:sam"))


async def gone(desk: Desk, profile: Profile, record: RecordId = NOTE) -> Forgotten:
    return await forget(desk.database, profile, record)


async def test_while_the_twin_runs_no_file_holds_a_forgotten_word(
    desk: Desk, profile: Profile, tmp_path: Path
) -> None:
    for number in range(30):
        await desk.hear(f"ordinary words {number}")
    secret = await desk.hear(f"my code is {WORD}")
    await Suggestions(desk.database, profile, desk.clock).add(WORD, secret.id, frozenset())
    await noted(desk)
    draft = await drafted_on(desk, [NOTE, message_record(secret.id)])
    await desk.outbox.edit(draft.id, draft.revision, "keep it")
    assert files_with(tmp_path) != []
    assert (await gone(desk, profile)).everywhere
    assert (await gone(desk, profile, message_record(secret.id))).everywhere
    assert files_with(tmp_path) == []
    kept = await desk.messages.get(secret.id)
    assert kept is not None
    assert kept.deleted


async def test_what_pages_kept_of_rows_that_moved_goes_too(desk: Desk, tmp_path: Path) -> None:
    chance, rows = random.Random(2), range(5000)
    gone = chance.sample(rows, 1500)

    def churn(connection: Connection) -> None:
        names = [chance.randrange(10**9) for _ in rows]
        keep = "INSERT OR REPLACE INTO suggestions (id, text, source, audience, at) VALUES (?, ?, ?, '', '')"
        for row in [*rows, *chance.choices(rows, k=8000)]:
            text = f"{WORD}{row:04d}!" + "x" * chance.randrange(1500)
            connection.execute(keep, (names[row], text, str(row)))
        connection.executemany(
            "UPDATE suggestions SET text = '' WHERE id = ?", ((names[row],) for row in gone)
        )

    await desk.database.write("churn", churn)
    assert await desk.database.scrub()
    left = {int(row) for row in re.findall(rb"xyzzyplugh(\d{4})!", (tmp_path / "twin.db").read_bytes())}
    assert len(left) == len(rows) - len(gone)
    assert left.isdisjoint(gone)


async def test_a_profile_entry_is_gone_from_both_its_files(
    desk: Desk, profile: Profile, tmp_path: Path
) -> None:
    await profile.add_entry("hut", f"the code is {WORD}", audience(PUBLIC))
    draft = await drafted_on(desk, [RecordId("profile:hut")])
    assert files_with(tmp_path) != []
    done = await gone(desk, profile, RecordId("profile:hut"))
    assert [one.id for one in done.withdrawn] == [draft.id]
    assert files_with(tmp_path) == []


@pytest.mark.parametrize("how", ["waiting", "approved", "snoozed"])
async def test_a_draft_that_waits_is_withdrawn_and_its_message_wants_an_answer_again(
    desk: Desk, profile: Profile, how: str
) -> None:
    await noted(desk)
    draft = await drafted_on(desk, [NOTE])
    match how:
        case "approved":
            await desk.outbox.approve(draft.id, draft.revision, "cli")
        case "snoozed":
            await desk.outbox.snooze(draft.id, draft.revision, desk.clock.now().replace(year=2030))
    done = await gone(desk, profile)
    assert [one.id for one in done.withdrawn] == [draft.id]
    kept = await desk.outbox.get(draft.id)
    assert (kept.status, kept.text, kept.original) == (DraftStatus.SUPERSEDED, "", "")
    assert became(await desk.outbox.get(draft.id)) == "superseded: record-forgotten"
    assert draft.answers in [one.id for one in await desk.messages.pending()]
    assert await desk.claim() is None


@pytest.mark.parametrize("how", ["edited", "approved", "snoozed", "from nothing"])
@pytest.mark.parametrize("forgotten", ["note", "what it answers", "an older message"])
async def test_the_owners_own_words_wait_on_and_nothing_of_the_models_is_left(
    desk: Desk, profile: Profile, tmp_path: Path, how: str, forgotten: str
) -> None:
    older = await desk.hear(f"it is {WORD}")
    await noted(desk)
    nothing = how == "from nothing"
    draft = await drafted_on(desk, [NOTE, message_record(older.id)], "" if nothing else f"it is {WORD}")
    edited = await desk.outbox.edit(draft.id, draft.revision, "I read all of it")
    match how:
        case "approved":
            edited = await desk.outbox.approve(draft.id, edited.revision, "cli")
        case "snoozed":
            later = desk.clock.now().replace(year=2030)
            edited = await desk.outbox.snooze(draft.id, edited.revision, later)
    record = {"note": NOTE, "what it answers": message_record(draft.answers)}.get(
        forgotten, message_record(older.id)
    )
    await gone(desk, profile, record)
    await desk.outbox.recheck()
    kept = await desk.outbox.get(draft.id)
    assert (kept.status, kept.text, kept.original) == (DraftStatus.WAITING, "I read all of it", "")
    assert kept.typed
    if not nothing:
        assert (kept.rule, kept.revision) == ("record-forgotten", edited.revision + 1)
    assert await desk.claim() is None
    await gone(desk, profile, NOTE if forgotten != "note" else message_record(older.id))
    if forgotten == "what it answers":
        await gone(desk, profile, message_record(older.id))
    assert files_with(tmp_path) == []
    kept = await desk.outbox.get(draft.id)
    assert kept.text == "I read all of it"
    approved = await desk.outbox.approve(draft.id, kept.revision, "cli")
    assert approved.status is DraftStatus.APPROVED


async def test_a_forgotten_message_takes_what_waits_in_its_conversation_along(
    desk: Desk, profile: Profile
) -> None:
    secret = await desk.hear(f"it is {WORD}")
    there = await drafted_on(desk, [])
    elsewhere = await desk.drafted(where=MIAS)
    done = await gone(desk, profile, message_record(secret.id))
    assert [one.id for one in done.withdrawn] == [there.id]
    assert (await desk.outbox.get(elsewhere.id)).status is DraftStatus.WAITING


async def test_a_draft_that_rests_on_something_else_goes_on_waiting(desk: Desk, profile: Profile) -> None:
    await noted(desk)
    draft = await desk.drafted()
    assert (await gone(desk, profile)).withdrawn == []
    assert (await desk.outbox.get(draft.id)).status is DraftStatus.WAITING


async def test_what_was_rejected_or_replaced_keeps_its_place_and_loses_its_words(
    desk: Desk, profile: Profile
) -> None:
    await noted(desk)
    rejected = await drafted_on(desk, [NOTE])
    await desk.outbox.reject(rejected.id, rejected.revision, f"not {WORD}", "cli")
    replaced = await drafted_on(desk, [NOTE])
    await desk.drafted()
    await gone(desk, profile)
    for one, status in ((rejected, DraftStatus.REJECTED), (replaced, DraftStatus.SUPERSEDED)):
        kept = await desk.outbox.get(one.id)
        assert (kept.status, kept.text) == (status, "")


async def test_what_was_sent_stays_with_its_receipt_and_is_counted(desk: Desk, profile: Profile) -> None:
    await noted(desk)
    draft = await drafted_on(desk, [NOTE])
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "1", desk.clock.now())
    done = await gone(desk, profile)
    assert (done.withdrawn, done.sent) == ([], 1)
    (receipt,) = await desk.receipts.latest()
    assert WORD in receipt.text
    assert WORD in (await desk.outbox.get(draft.id)).text


async def test_what_is_on_its_way_is_neither_stopped_nor_blanked(desk: Desk, profile: Profile) -> None:
    await noted(desk)
    draft = await drafted_on(desk, [NOTE])
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    claim = await desk.claim()
    assert claim is not None
    await gone(desk, profile)
    await desk.outbox.delivered(claim, "1", desk.clock.now())
    assert WORD in (await desk.receipts.latest())[0].text


async def test_a_draft_made_with_what_was_forgotten_meanwhile_is_not_kept(
    desk: Desk, profile: Profile
) -> None:
    await noted(desk)
    waits = await desk.drafted()
    asked = await desk.hear()
    await gone(desk, profile)
    with pytest.raises(TryAgain, match="forgotten"):
        await drafted_on(desk, [NOTE], answers=asked.id)
    with pytest.raises(TryAgain, match="forgotten"):
        await desk.outbox.revise(
            waits.id,
            1,
            NewText(text=WORD, records=[NOTE], rule="redraft", model="tiny", model_digest="0"),
        )
    assert asked.id in [one.id for one in await desk.messages.pending()]


async def test_a_draft_that_slips_in_before_everyone_has_let_go_is_found_too(
    desk: Desk, profile: Profile, tmp_path: Path
) -> None:
    await noted(desk)
    slipped = await desk.drafted()

    def file_it() -> None:
        with connect(tmp_path / "twin.db") as connection:
            connection.execute("UPDATE drafts SET records = ?, text = ?", (f'["{NOTE}"]', WORD))

    done = await forget(desk.database, profile, NOTE, file_it)
    assert [one.id for one in done.withdrawn] == [slipped.id]
    assert (await desk.outbox.get(slipped.id)).text == ""


@pytest.mark.parametrize("key", ["note:unknown", "profile:unknown", "rule:unknown"])
async def test_what_is_unknown_is_refused(desk: Desk, profile: Profile, key: str) -> None:
    with pytest.raises(Refused):
        await gone(desk, profile, RecordId(key))


async def test_a_log_that_somebody_reads_is_left_and_said_to_be(
    desk: Desk, profile: Profile, tmp_path: Path
) -> None:
    await noted(desk)
    await desk.sql("PRAGMA busy_timeout=1")
    reader = connect(tmp_path / "twin.db", readonly=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM records").fetchone()
    assert not (await gone(desk, profile)).everywhere
    reader.close()


async def test_writes_wait_their_turn_around_a_scrub(desk: Desk) -> None:
    hears = [desk.hear(f"message {number}", SAMS) for number in range(20)]
    done = await asyncio.gather(desk.database.scrub(), *hears, desk.database.scrub())
    assert done[0] is True
    assert done[-1] is True
    assert len(await desk.messages.recent(SAMS.id, 50)) == 20
    await desk.database.close()
    with pytest.raises(Exception, match="closed"):
        await desk.database.scrub()
