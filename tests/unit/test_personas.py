import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audience import Membership, audience, circle, may_hear
from core.errors import OwnerMustFix
from core.persona_records import ANY_TIME
from core.types import Conversation, ConversationId, Kind, Mode, PersonId
from personas.library import PersonaLibrary, Present, choose, copy_shipped
from personas.schema import IdentityFile, identity_text, parse

IDENTITY = """
name = "Robin"
identity = "Robin fixes clocks."
values = ["patience"]
"""
PERSONA = """
extends = "identity"
voice = "Terse."
boundaries = ["no prices"]

[autonomy]
mode = "observe"
max_sentences = 2

[[examples]]
heard = "hi"
said = "Hello."
audience = ["public"]

[[examples]]
heard = "club on monday?"
said = "At eight, in the tower."
audience = ["circle:clocks"]
"""
WORLD = Membership(
    circles={
        "clocks": frozenset(map(PersonId, ("ann", "bo"))),
        "town": frozenset(map(PersonId, ("ann", "bo", "cy"))),
        "empty": frozenset(),
    }
)


@dataclass(frozen=True)
class Bindings:
    conversations: Mapping[ConversationId, str] = field(default_factory=dict)
    circles: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None


def with_members(*members: str, name: str = "console:x") -> Conversation:
    return Conversation(
        ConversationId(name), "console", name, Kind.GROUP, members=frozenset(map(PersonId, members))
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "identity.toml").write_text(IDENTITY)
    (tmp_path / "clerk.toml").write_text(PERSONA)
    return tmp_path


def present(world: Membership) -> Present:
    async def among(conversation: Conversation) -> tuple[Conversation, Membership]:
        return conversation, world

    return among


def library(folder: Path, bindings: Bindings | None = None) -> PersonaLibrary:
    return PersonaLibrary(folder, lambda: bindings or Bindings(default="clerk"), present(WORLD))


def rewrite(file: Path, text: str) -> None:
    """Write, and move the clock of the file on, however coarse the file system's is."""
    was = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text)
    os.utime(file, ns=(was + 1_000_000_000, was + 1_000_000_000))


def fault(folder: Path, persona: str) -> str:
    (folder / "clerk.toml").write_text(persona)
    with pytest.raises(OwnerMustFix) as caught:
        library(folder).get("clerk")
    assert str(folder / "clerk.toml") in str(caught.value)
    return str(caught.value)


def test_a_byte_order_mark_of_a_windows_editor_is_no_part_of_the_file() -> None:
    content = b'extends = "identity"\nvoice = "Plain."\n'
    assert parse(b"\xef\xbb\xbf" + content, Path("some.toml")) == parse(content, Path("some.toml"))


def test_a_good_file_becomes_a_persona_with_its_identity(folder: Path) -> None:
    clerk = library(folder).get("clerk")
    assert (clerk.name, clerk.voice, clerk.mode, clerk.max_sentences) == ("clerk", "Terse.", Mode.OBSERVE, 2)
    assert "Robin fixes clocks." in clerk.identity
    assert "patience" in clerk.identity
    assert clerk.boundaries == ("no prices",)
    assert clerk.examples[1].audience == audience(circle("clocks"))


def test_disclosure_is_on_unless_turned_off(folder: Path) -> None:
    assert library(folder).get("clerk").disclosure
    rewrite(folder / "clerk.toml", PERSONA.replace("[autonomy]", 'disclosure = ""\n[autonomy]'))
    assert library(folder).get("clerk").disclosure == ""


def test_an_identity_is_no_persona(folder: Path) -> None:
    assert library(folder).names() == ["clerk"]
    with pytest.raises(OwnerMustFix, match="no such persona"):
        library(folder).get("identity")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("voice =", 'vioce = "x"\nvoice =', "vioce: unknown key; did you mean `voice`?"),
        ("voice =", 'tone = "x"\nvoice =', "tone: unknown key"),
        (
            "max_sentences",
            "max_sentence",
            "autonomy.max_sentence: unknown key; did you mean",
        ),
        ('said = "Hello."', 'said = "Hello."\nmood = "?"', "examples[1].mood: unknown key"),
        ('audience = ["circle:clocks"]', "", "examples[2].audience: missing: say who may hear"),
        ('["circle:clocks"]', "[]", "examples[2].audience: empty: say who may hear"),
        ('["circle:clocks"]', '["public", "clocks"]', "examples[2].audience[2]: not an audience; write"),
        ('["circle:clocks"]', '"circle:clocks"', "examples[2].audience: should be"),
        ('heard = "hi"', 'heard = " "', "examples[1].heard:"),
        ('mode = "observe"', 'mode = "yolo"', "autonomy.mode: should be 'observe', 'draft' or 'auto'"),
        ("max_sentences = 2", 'max_sentences = "2"', "autonomy.max_sentences: should be"),
        ("max_sentences = 2", "max_sentences = 0", "autonomy.max_sentences: should be"),
        ('voice = "Terse."', "", "voice: missing"),
        ('extends = "identity"', "", "extends: missing: a persona names the identity"),
        ('extends = "identity"', 'extends = "nobody"', "extends: nobody.toml does not exist"),
        ('extends = "identity"', 'extends = "clerk"', "extends: clerk.toml is itself a persona"),
    ],
)
def test_a_fault_is_told_with_file_and_key(folder: Path, old: str, new: str, said: str) -> None:
    assert old in PERSONA
    assert said in fault(folder, PERSONA.replace(old, new))


def test_all_faults_of_a_file_are_told_at_once(folder: Path) -> None:
    told = fault(folder, PERSONA.replace("voice", "vioce"))
    assert "vioce: unknown key" in told
    assert "voice: missing" in told


def test_broken_toml_names_line_and_column(folder: Path) -> None:
    assert "line 3, column 7" in fault(folder, '\nextends = "identity"\nvoice Terse\n')


def test_toml_that_breaks_off_names_its_last_line(folder: Path) -> None:
    assert "at line 2, the end" in fault(folder, 'extends = "identity"\nvoice = [')


def test_toml_nested_without_end_is_refused(folder: Path) -> None:
    assert "nested too deeply" in fault(folder, "voice = " + "[" * 5000)


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "clerk.toml").write_bytes(b"voice = '\xff'")
    with pytest.raises(OwnerMustFix, match="not UTF-8"):
        library(folder).get("clerk")


def test_a_broken_identity_is_told_in_place_of_its_personas(folder: Path) -> None:
    (folder / "identity.toml").write_text(IDENTITY + "hobby = 1\n")
    with pytest.raises(OwnerMustFix, match=r"identity\.toml: hobby: unknown key"):
        library(folder).get("clerk")
    assert len(library(folder).problems()) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused_by_name(content: bytes) -> None:
    refused = ""
    try:
        parse(content, Path("some.toml"))
    except OwnerMustFix as error:
        refused = str(error)
    assert refused == "" or refused.startswith("some.toml: ")


def test_a_changed_file_is_read_again(folder: Path) -> None:
    shelf = library(folder)
    assert shelf.get("clerk").voice == "Terse."
    rewrite(folder / "clerk.toml", PERSONA.replace("Terse.", "Florid."))
    assert shelf.get("clerk").voice == "Florid."
    (folder / "poet.toml").write_text(PERSONA)
    assert shelf.names() == ["clerk", "poet"]
    (folder / "poet.toml").unlink()
    assert shelf.names() == ["clerk"]


@pytest.mark.parametrize("broken", ["clerk", "identity"])
async def test_the_last_good_persona_serves_while_a_file_is_broken(folder: Path, broken: str) -> None:
    shelf = library(folder)
    good = shelf.get("clerk")
    assert shelf.problems() == []
    kept = (folder / f"{broken}.toml").read_text()
    rewrite(folder / f"{broken}.toml", "voice = [")
    assert shelf.get("clerk") == good
    assert (await shelf.select_persona(with_members("ann"))).voice == good.voice
    assert [line for line in shelf.problems() if f"{broken}.toml" in line]
    rewrite(folder / f"{broken}.toml", kept)
    assert shelf.problems() == []


def test_every_broken_file_is_named_with_its_fault(folder: Path) -> None:
    shelf = library(folder)
    assert shelf.faults() == {}
    rewrite(folder / "clerk.toml", "voice = ")
    rewrite(folder / "orphan.toml", PERSONA.replace('"identity"', '"nobody"'))
    assert list(shelf.faults()) == ["clerk", "orphan"]
    assert str(folder / "orphan.toml") in shelf.faults()["orphan"]
    assert shelf.names() == ["clerk"]  # the last good one


BINDINGS = Bindings(
    conversations={ConversationId("console:special"): "bound"},
    circles={"town": "citizen", "clocks": "maker", "empty": "nobody"},
    default="plain",
)


@pytest.mark.parametrize(
    ("conversation", "chosen"),
    [
        (with_members("ann", name="console:special"), "bound"),
        (with_members("ann", "bo"), "maker"),
        (with_members("ann", "cy"), "citizen"),
        (with_members("ann", "stranger"), "plain"),
        (with_members(), "plain"),
        (Conversation(ConversationId("console:big"), "console", "big", members=None), "plain"),
        (Conversation(ConversationId("console:me"), "console", "me", Kind.OWNER), "plain"),
    ],
)
def test_the_persona_is_bound_by_conversation_then_smallest_circle_then_default(
    conversation: Conversation, chosen: str
) -> None:
    assert choose(BINDINGS, conversation, WORLD) == chosen


async def test_nothing_bound_is_for_the_owner_to_mend(folder: Path) -> None:
    with pytest.raises(OwnerMustFix, match="persona bind"):
        await library(folder, Bindings()).select_persona(with_members("ann"))


async def test_a_binding_to_a_missing_persona_names_the_file(folder: Path) -> None:
    with pytest.raises(OwnerMustFix, match=r"ghost\.toml"):
        await library(folder, Bindings(default="ghost")).select_persona(with_members("ann"))


async def said_in(folder: Path, *members: str) -> Sequence[str]:
    return [
        example.said for example in (await library(folder).select_persona(with_members(*members))).examples
    ]


async def test_examples_are_shown_only_to_those_who_may_hear_them(folder: Path) -> None:
    assert await said_in(folder, "ann", "bo") == ["Hello.", "At eight, in the tower."]
    assert await said_in(folder, "ann", "cy") == ["Hello."]
    unlistable = Conversation(ConversationId("console:big"), "console", "big", members=None)
    assert [one.said for one in (await library(folder).select_persona(unlistable)).examples] == ["Hello."]


PEOPLE_NAMED = [PersonId(name) for name in "abcd"]
PEOPLE = st.frozensets(st.sampled_from(PEOPLE_NAMED))
PRINCIPALS = st.sampled_from(
    ["owner", "public", "circle:one", "circle:two", "person:a", "person:b", "place:console:y"]
)


@given(
    one=PEOPLE, two=PEOPLE, members=st.none() | PEOPLE, audiences=st.lists(st.sets(PRINCIPALS, min_size=1))
)
async def test_no_example_reaches_a_listener_outside_its_audience_and_all_others_do(
    tmp_path_factory: pytest.TempPathFactory,
    one: frozenset[PersonId],
    two: frozenset[PersonId],
    members: frozenset[PersonId] | None,
    audiences: list[set[str]],
) -> None:
    folder = tmp_path_factory.mktemp("personas")
    (folder / "identity.toml").write_text(IDENTITY)
    examples = (
        f'[[examples]]\nheard = "{n}"\nsaid = "x"\naudience = {sorted(principals)!r}\n'
        for n, principals in enumerate(audiences)
    )
    (folder / "clerk.toml").write_text('extends = "identity"\nvoice = "v"\n' + "".join(examples))
    world = Membership(circles={"one": one, "two": two}, channels={"console:y": one & two})
    conversation = Conversation(ConversationId("console:z"), "console", "z", Kind.GROUP, members=members)
    shelf = PersonaLibrary(folder, lambda: Bindings(default="clerk"), present(world))
    cast = await shelf.select_persona(conversation)
    allowed = [
        example
        for example in shelf.get("clerk").examples
        if may_hear(example.audience, None, ANY_TIME, conversation, world)
    ]
    assert list(cast.examples) == allowed
    for example in cast.examples:
        named = {who for who in PEOPLE_NAMED if f"person:{who}" in example.audience}
        reached = frozenset(named).union(
            one if circle("one") in example.audience else (),
            two if circle("two") in example.audience else (),
            one & two if "place:console:y" in example.audience else (),
        )
        assert "public" in example.audience or (members is not None and members <= reached)


def test_the_shipped_personas_are_three_and_share_one_identity(tmp_path: Path) -> None:
    assert len(copy_shipped(tmp_path / "personas")) == 4
    shelf = library(tmp_path / "personas")
    assert shelf.problems() == []
    assert shelf.names() == ["friends", "reflective", "work"]
    cast = [shelf.get(name) for name in shelf.names()]
    assert len({persona.identity for persona in cast}) == 1
    assert len({persona.voice for persona in cast}) == 3
    for persona in cast:
        assert persona.disclosure
        assert persona.boundaries
        assert 6 <= len(persona.examples) <= 10
        bot = next(example for example in persona.examples if "bot" in example.heard)
        assert "understudy" in bot.said
        assert "public" in bot.audience


def test_shipped_files_never_overwrite_the_owners(tmp_path: Path) -> None:
    (tmp_path / "work.toml").write_text("mine")
    assert {file.name for file in copy_shipped(tmp_path)} == {
        "friends.toml",
        "identity.toml",
        "reflective.toml",
    }
    assert (tmp_path / "work.toml").read_text() == "mine"


def test_the_voices_keep_to_what_they_say_of_themselves(tmp_path: Path) -> None:
    copy_shipped(tmp_path)
    shelf = library(tmp_path)
    assert all(one.said == one.said.lower() for one in shelf.get("friends").examples)
    assert not any("!" in one.said for name in shelf.names() for one in shelf.get(name).examples)
    assert all(one.said[0].isupper() for one in shelf.get("work").examples)


def test_the_identity_is_one_short_text() -> None:
    shipped = Path(__file__).parents[2] / "personas" / "shipped" / "identity.toml"
    core = parse(shipped.read_bytes(), shipped)
    assert isinstance(core, IdentityFile)
    assert len(identity_text(core)) < 900
