"""Persona files: TOML in, nouns out. Every fault names the file and the key. Pure.

A file with `extends` is a persona; one without is an identity, which personas extend. Identity, voice and
boundaries are in every prompt of a persona, whoever listens; only examples have an audience. Keys of a list
are counted from 1, as a reader counts: `examples[3].audience`.
"""

import tomllib
from difflib import get_close_matches
from pathlib import PurePath
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from core import audience
from core.errors import OwnerMustFix
from core.types import Example, Mode, Persona, PersonaName, Principal

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WrittenPrincipal = Annotated[
    str, StringConstraints(pattern=r"^(owner|public|(person|circle|place):\S(.*\S)?)$")
]

PRINCIPALS = "`owner`, `public`, `person:NAME`, `circle:NAME` or `place:ID`"
MISSING = {
    "audience": f"missing: say who may hear this example, as a list of {PRINCIPALS}",
    "extends": 'missing: a persona names the identity it extends, as `extends = "identity"`',
}


class Strict(BaseModel):
    """Refuses unknown keys and values of another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class IdentityFile(Strict):
    """Who the owner is everywhere: what every persona shares."""

    name: Text
    identity: Text
    values: tuple[Text, ...] = Field(default=(), strict=False)
    always: tuple[Text, ...] = Field(default=(), strict=False)
    """How they are in every part of life."""


class ExampleEntry(Strict):
    """One exchange, and who may hear what it gives away."""

    heard: Text
    said: Text
    audience: tuple[WrittenPrincipal, ...] = Field(min_length=1, strict=False)


class Autonomy(Strict):
    """How far conversations with this persona may go on their own."""

    mode: Mode = Field(default=Mode.DRAFT, strict=False)
    max_sentences: int = Field(default=3, ge=1, le=20)


class PersonaFile(Strict):
    """How the owner is in one part of life."""

    extends: Text
    voice: Text
    boundaries: tuple[Text, ...] = Field(default=(), strict=False)
    disclosure: str = "(written by my digital twin; the human reads along later)"
    """Added to what is sent without the owner having read it; an empty text turns it off."""
    autonomy: Autonomy = Autonomy()
    examples: tuple[ExampleEntry, ...] = Field(default=(), strict=False)


FileModel = TypeVar("FileModel", IdentityFile, PersonaFile)


def parse(content: bytes, file: PurePath) -> IdentityFile | PersonaFile:
    """The file's content, checked. Raises OwnerMustFix, caught by the library."""
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise OwnerMustFix(f"{file}: not UTF-8 text (at byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        end = f"at line {len(content.splitlines())}, the end"
        said = str(error).replace("at end of document", end)
        raise OwnerMustFix(f"{file}: not valid TOML: {said}") from error
    except RecursionError as error:
        raise OwnerMustFix(f"{file}: nested too deeply") from error
    if _is_persona(document):
        return _checked(PersonaFile, document, file)
    return _checked(IdentityFile, document, file)


def persona(name: PersonaName, part: PersonaFile, core: IdentityFile) -> Persona:
    """The whole persona: the identity and what this part of life adds."""
    return Persona(
        name=name,
        identity=identity_text(core),
        voice=part.voice,
        boundaries=part.boundaries,
        examples=tuple(
            Example(example.heard, example.said, audience.audience(*map(Principal, example.audience)))
            for example in part.examples
        ),
        disclosure=part.disclosure.strip(),
        mode=part.autonomy.mode,
        max_sentences=part.autonomy.max_sentences,
    )


def identity_text(core: IdentityFile) -> str:
    """The identity as one paragraph that names its owner."""
    parts = [core.identity] if core.name in core.identity else [f"{core.name}.", core.identity]
    if core.values:
        parts.append(f"Values: {'; '.join(core.values)}.")
    if core.always:
        parts.append(f"Always: {'; '.join(core.always)}.")
    return " ".join(parts)


def _is_persona(document: dict[str, Any]) -> bool:
    return "extends" in document or bool(document.keys() & PersonaFile.model_fields.keys())


def _checked(model: type[FileModel], document: dict[str, Any], file: PurePath) -> FileModel:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [f"{_key(one['loc'])}: {_fault(model, dict(one))}" for one in error.errors()]
        raise OwnerMustFix("\n".join(f"{file}: {fault}" for fault in faults)) from error


def _key(location: tuple[int | str, ...]) -> str:
    written = ""
    for part in location:
        written += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if written else part
    return written


def _fault(model: type[BaseModel], error: dict[str, Any]) -> str:
    names = [part for part in error["loc"] if isinstance(part, str)]
    if error["type"] == "extra_forbidden":
        known = _keys_beside(model, names)
        near = get_close_matches(names[-1], known, n=1)
        return (
            f"unknown key; did you mean `{near[0]}`?" if near else f"unknown key; known: {', '.join(known)}"
        )
    if error["type"] == "missing":
        return MISSING.get(names[-1], "missing")
    if error["type"] == "string_pattern_mismatch":
        return f"not an audience; write {PRINCIPALS}"
    if error["type"] == "too_short" and names[-1] == "audience":
        return f"empty: say who may hear this example, as a list of {PRINCIPALS}"
    return str(error["msg"]).replace("Input should", "should")


def _keys_beside(model: type[BaseModel], names: list[str]) -> list[str]:
    if names[:-1] == ["examples"]:
        model = ExampleEntry
    elif names[:-1] == ["autonomy"]:
        model = Autonomy
    return list(model.model_fields)
