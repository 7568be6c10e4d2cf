"""What a persona says is what a draft rests on: it is looked at again like any other record."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.audience import OWNER_ONLY, audience, circle
from core.errors import AlreadyHandled, TryAgain
from core.ids import RecordKind, record_kind
from core.persona_records import persona_records
from core.types import Draft, DraftStatus, Example, Persona, PersonaName, RecordId
from memory.outbox.outbox import NewDraft
from personas.library import PersonaLibrary, copy_shipped
from tests.desk import ASK, SAM, Desk, open_desk
from tests.fakes import FRIENDLY
from tests.unit.memory_cases import PlainDirectory, record

SAID = Example("hungry?", "always.", audience(circle("friends")))
TOLD = Example("rope?", "the blue one.", audience(circle("friends")))
ALEX = replace(FRIENDLY, boundaries=("no money",), examples=(SAID, TOLD))
Edit = Callable[[Persona], Persona]
GONE: list[Edit] = [
    lambda one: replace(one, examples=(SAID,)),
    lambda one: replace(one, examples=(SAID, replace(TOLD, said="the red one."))),
    lambda one: replace(one, examples=(SAID, replace(TOLD, heard="which rope?"))),
    lambda one: replace(one, voice="Long."),
    lambda one: replace(one, identity="Somebody."),
    lambda one: replace(one, boundaries=()),
    lambda one: replace(one, name=PersonaName("work")),
    lambda one: replace(one, examples=(SAID, replace(TOLD, audience=OWNER_ONLY))),
]
STAYS: list[Edit] = [
    lambda one: one,
    lambda one: replace(one, examples=(TOLD, SAID, Example("tea?", "no.", OWNER_ONLY))),
    lambda one: replace(one, boundaries=("no health", "no money")),
    lambda one: replace(one, disclosure="hello", max_sentences=1),
]


def now_in(directory: PlainDirectory, persona: Persona) -> None:
    directory.written = [record("profile:diet", "no meat", "public"), *persona_records(persona)]
    directory.version += 1


@pytest.fixture
def directory() -> PlainDirectory:
    directory = PlainDirectory(circles={"friends": frozenset({SAM})})
    now_in(directory, ALEX)
    return directory


@pytest.fixture
async def desk(tmp_path: Path, directory: PlainDirectory) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, directory) as open_one:
        yield open_one


async def drafted(desk: Desk) -> Draft:
    message = await desk.hear()
    draft = await desk.outbox.create(
        NewDraft(
            conversation=message.conversation,
            answers=message,
            text="the blue one.",
            persona=ALEX.name,
            records=(RecordId("profile:diet"),),
            decision=ASK,
            model="tiny",
            model_digest="sha256:0",
            texts={one.id: one.text for one in persona_records(ALEX)},
        )
    )
    assert draft is not None
    return draft


@pytest.mark.parametrize("edit", GONE)
async def test_what_was_written_with_what_is_gone_is_drafted_anew(
    desk: Desk, directory: PlainDirectory, edit: Edit
) -> None:
    draft = await drafted(desk)
    assert await desk.outbox.previous(draft.id) == draft.text
    now_in(directory, edit(ALEX))
    assert await desk.outbox.previous(draft.id) == ""
    with pytest.raises(AlreadyHandled):
        await desk.outbox.approve(draft.id, draft.revision, "cli")
    (moved,) = await desk.outbox.recheck()
    assert (moved.status, moved.id) == (DraftStatus.SUPERSEDED, draft.id)
    assert [one.id for one in await desk.messages.pending()] == [draft.answers]


@pytest.mark.parametrize("edit", STAYS)
async def test_what_was_merely_added_withdraws_nothing(
    desk: Desk, directory: PlainDirectory, edit: Edit
) -> None:
    draft = await drafted(desk)
    now_in(directory, edit(ALEX))
    assert await desk.outbox.recheck() == []
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    assert await desk.claim() is not None


@pytest.mark.parametrize("edit", GONE)
async def test_an_approved_one_does_not_go(desk: Desk, directory: PlainDirectory, edit: Edit) -> None:
    draft = await drafted(desk)
    await desk.outbox.approve(draft.id, draft.revision, "cli")
    now_in(directory, edit(ALEX))
    assert await desk.claim() is None
    assert (await desk.outbox.get(draft.id)).status is DraftStatus.SUPERSEDED


@pytest.mark.parametrize("edit", GONE)
async def test_the_owners_own_words_stay_and_say_why_they_want_another_look(
    desk: Desk, directory: PlainDirectory, edit: Edit
) -> None:
    draft = await drafted(desk)
    theirs = await desk.outbox.edit(draft.id, draft.revision, "take mine")
    now_in(directory, edit(ALEX))
    (moved,) = await desk.outbox.recheck()
    assert (moved.status, moved.text, moved.revision) == (
        DraftStatus.WAITING,
        "take mine",
        theirs.revision + 1,
    )
    assert moved.rule in ("record-gone", "record-withheld")
    await desk.outbox.approve(moved.id, moved.revision, "cli")
    assert await desk.claim() is not None


async def test_a_draft_that_was_written_with_what_changed_meanwhile_is_written_again(
    desk: Desk, directory: PlainDirectory
) -> None:
    now_in(directory, replace(ALEX, voice="Long."))
    with pytest.raises(TryAgain):
        await drafted(desk)


def test_the_library_holds_what_its_personas_say_as_of_now(tmp_path: Path) -> None:
    copy_shipped(tmp_path)
    library = PersonaLibrary(tmp_path, lambda: pytest.fail("nobody asks who speaks"))
    everything, version = library.records(), library.version
    assert {record_kind(one.id) for one in everything} == {RecordKind.PERSONA}
    assert set(everything) == {one for name in library.names() for one in persona_records(library.get(name))}
    friends = tmp_path / "friends.toml"
    text = friends.read_text("utf-8")
    friends.write_text(text.replace('mode = "draft"', 'mode = "observe"'), "utf-8")
    assert library.version == version  # nothing that it says
    friends.write_text("extends = ", "utf-8")
    assert library.records() == everything  # the last good one serves
    friends.write_text(text.replace("any time. you owe me a coffee", "you owe me two coffees"), "utf-8")
    assert library.version > version
    assert len(set(everything) - set(library.records())) == 1
    friends.unlink()
    assert not any(one.id.startswith("persona:friends/") for one in library.records())
