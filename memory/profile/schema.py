"""The shape of `profile.json`, and what it means. Unknown keys are refused by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.audience import OWNER_ONLY, PUBLIC, audience, parts
from core.ids import RecordKind, is_plain, record_id
from core.lookalikes import likeness
from core.types import (
    OWNER,
    TWIN,
    Audience,
    AuthorKind,
    ConversationId,
    MemoryRecord,
    Person,
    PersonId,
    Principal,
)
from memory.profile.file import Tables, Unreadable

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Of an entry that the owner wrote without a date."""


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


RESERVED = frozenset({OWNER, TWIN, PUBLIC})
"""What no person and no circle can be called: each is somebody already, wherever an audience is read."""


def _an_id(value: str) -> str:
    if not is_plain(value) or set(value) & set(":/"):
        raise ValueError("a name without ':' and '/' is expected, all of it visible")
    if value == TWIN:
        raise ValueError("'twin' is the twin itself")
    return value


def _a_name(value: str) -> str:
    alike = next((word for word in sorted(RESERVED) if likeness(word) == likeness(value)), None)
    if alike is not None:
        raise ValueError(f"{alike!r} means something else in an audience: choose another name")
    return value


def _a_principal(value: str) -> str:
    sort, name = parts(value)
    if value not in ("owner", "public") and not (sort in ("person", "circle", "place") and name):
        raise ValueError("expected owner, public, person:ID, circle:NAME or place:ID")
    return value


Id = Annotated[str, AfterValidator(_an_id)]
Name = Annotated[Id, AfterValidator(_a_name)]
"""An id of somebody's or something's own; `Id` may be the owner's too."""
PrincipalText = Annotated[str, AfterValidator(_a_principal)]
Time = Annotated[datetime, AfterValidator(_aware)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PersonDocument(_Document):
    """Someone the owner knows."""

    id: Name
    name: str
    relation: str = ""
    accounts: list[str] = []
    kind: AuthorKind = AuthorKind.PERSON
    is_bot: bool = False
    """Of earlier releases, for `kind` "bot"."""


class CircleDocument(_Document):
    """A named group of people."""

    name: Name
    members: list[Id] = []


class EntryDocument(_Document):
    """One thing about the owner, and who may hear it."""

    key: str = Field(min_length=1)
    text: str = Field(min_length=1)
    audience: list[PrincipalText] = []
    pinned: bool = False
    at: Time = UNDATED


class RuleDocument(_Document):
    """One thing to keep to, wherever every listener may know of it."""

    key: str = Field(min_length=1)
    text: str = Field(min_length=1)
    audience: list[PrincipalText] = []
    at: Time = UNDATED


class BindingDocument(_Document):
    """Which persona speaks: in a conversation, in a circle, or by default."""

    persona: str = Field(min_length=1)
    conversation: str | None = None
    circle: str | None = None
    default: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> "BindingDocument":
        if sum((self.conversation is not None, self.circle is not None, self.default)) != 1:
            raise ValueError('name one of "conversation", "circle" and "default": true')
        return self


class RemovedDocument(_Document):
    """A person's id or a circle's name that nobody else gets: what the first one was told is not theirs."""

    person: Id | None = None
    circle: Id | None = None

    @model_validator(mode="after")
    def _one_name(self) -> "RemovedDocument":
        if (self.person is None) == (self.circle is None):
            raise ValueError('name one of "person" and "circle"')
        return self


DOCUMENTS: Mapping[str, type[_Document]] = {
    "people": PersonDocument,
    "circles": CircleDocument,
    "entries": EntryDocument,
    "rules": RuleDocument,
    "bindings": BindingDocument,
    "removed": RemovedDocument,
}
UNIQUE = {"people": "id", "circles": "name", "entries": "key", "rules": "key"}


@dataclass(frozen=True, slots=True)
class BoundPersonas:
    """What the owner has bound: persona names by conversation, by circle, and the default."""

    conversations: Mapping[ConversationId, str] = field(default_factory=dict)
    circles: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None


@dataclass(frozen=True, slots=True)
class RemovedNames:
    """Who and what the owner has removed, by name."""

    people: frozenset[PersonId] = frozenset()
    circles: frozenset[str] = frozenset()

    def person(self, name: str) -> str | None:
        """What is wrong with calling a person so; None where nothing is."""
        return _taken(name, self.people, "somebody")

    def circle(self, name: str) -> str | None:
        """As `person`, for a circle."""
        return _taken(name, self.circles, "a circle")


def _taken(name: str, removed: Collection[str], what: str) -> str | None:
    if likeness(name) not in map(likeness, removed):
        return None
    return (
        f"{name!r} was {what} that you removed, and would get what was theirs: choose another name, or, if it"
        " is the same again, take that line out of `removed` in profile.json"
    )


@dataclass(frozen=True, slots=True)
class Contents:
    """One good state of the file. `linked` maps an account to its person."""

    people: Mapping[PersonId, Person] = field(default_factory=dict)
    linked: Mapping[PersonId, PersonId] = field(default_factory=dict)
    circles: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)
    entries: tuple[MemoryRecord, ...] = ()
    rules: tuple[MemoryRecord, ...] = ()
    bound: BoundPersonas = field(default_factory=BoundPersonas)
    removed: RemovedNames = field(default_factory=RemovedNames)


def person_document(person: Person) -> dict[str, object]:
    """A person as the file has them."""
    return {
        "id": person.id,
        "name": person.name,
        "relation": person.relation,
        "accounts": sorted(person.accounts),
        "kind": person.kind.value,
    }


def circle_document(name: str, members: frozenset[PersonId]) -> dict[str, object]:
    """A circle as the file has it."""
    return {"name": name, "members": sorted(members)}


def noted(key: str, text: str, heard_by: Audience, at: datetime | None) -> dict[str, object]:
    """An entry or a rule as the file has it; of now where no time is given."""
    when = at if at is not None else datetime.now(UTC)
    return {
        "key": key,
        "text": text,
        "audience": sorted(heard_by | OWNER_ONLY),
        "at": when.astimezone(UTC).isoformat(timespec="seconds"),
    }


def read(tables: Tables, name: str) -> Contents:
    """What the tables of the file called `name` say. Raises Unreadable, naming table, document and key."""
    if unknown := sorted(tables.keys() - DOCUMENTS.keys()):
        raise Unreadable(f"{name}: unknown table {unknown[0]!r}; there are {', '.join(DOCUMENTS)}")
    checked: dict[str, list[Any]] = {table: [] for table in DOCUMENTS}
    for table, documents in tables.items():
        seen: dict[str, str] = {}
        for number, document in documents.items():
            where = f"{name}: {table}: {number}"
            try:
                one = DOCUMENTS[table].model_validate(document)
            except ValidationError as error:
                raise Unreadable(f"{where}: {_said(error)}") from error
            if table in UNIQUE:
                key = getattr(one, UNIQUE[table])
                if key in seen:
                    raise Unreadable(f"{where}: {UNIQUE[table]} {key!r} is taken by {seen[key]}")
                seen[key] = number
            checked[table].append(one)
    removed = _removed(checked, name)
    return Contents(
        removed=removed,
        people={
            PersonId(person.id): Person(
                PersonId(person.id),
                person.name,
                frozenset(map(PersonId, person.accounts)),
                person.relation,
                AuthorKind.BOT if person.is_bot else person.kind,
            )
            for person in checked["people"]
        },
        linked=_linked(checked["people"], name),
        circles={circle.name: frozenset(map(PersonId, circle.members)) for circle in checked["circles"]},
        entries=tuple(_record(RecordKind.PROFILE, entry, entry.pinned) for entry in checked["entries"]),
        rules=tuple(_record(RecordKind.RULE, rule, pinned=True) for rule in checked["rules"]),
        bound=_bound(checked["bindings"], name),
    )


def _removed(checked: Mapping[str, list[Any]], name: str) -> RemovedNames:
    removed = RemovedNames(
        frozenset(PersonId(one.person) for one in checked["removed"] if one.person is not None),
        frozenset(one.circle for one in checked["removed"] if one.circle is not None),
    )
    faults = [("people", removed.person(person.id)) for person in checked["people"]]
    faults += [("circles", removed.circle(circle.name)) for circle in checked["circles"]]
    for table, fault in faults:
        if fault is not None:
            raise Unreadable(f"{name}: {table}: {fault}")
    return removed


def _linked(people: list[PersonDocument], name: str) -> dict[PersonId, PersonId]:
    linked: dict[PersonId, PersonId] = {}
    taken = {OWNER, TWIN, *(person.id for person in people)}
    for person in people:
        for account in map(PersonId, person.accounts):
            if account in taken:  # they would hear all that `person` may
                raise Unreadable(f"{name}: people: {account!r} is somebody, not an account of {person.id}")
            if linked.setdefault(account, PersonId(person.id)) != person.id:
                raise Unreadable(
                    f"{name}: people: {account} is linked to {linked[account]} and to {person.id}"
                )
    return linked


def _bound(bindings: list[BindingDocument], name: str) -> BoundPersonas:
    conversations: dict[ConversationId, str] = {}
    circles: dict[str, str] = {}
    defaults: list[str] = []
    for binding in bindings:
        if binding.conversation is not None:
            if binding.conversation in conversations:
                raise Unreadable(f"{name}: bindings: {binding.conversation} is bound twice")
            conversations[ConversationId(binding.conversation)] = binding.persona
        elif binding.circle is not None:
            if binding.circle in circles:
                raise Unreadable(f"{name}: bindings: the circle {binding.circle} is bound twice")
            circles[binding.circle] = binding.persona
        else:
            defaults.append(binding.persona)
    if len(defaults) > 1:
        raise Unreadable(f"{name}: bindings: there are two defaults")
    return BoundPersonas(conversations, circles, defaults[0] if defaults else None)


def _record(kind: RecordKind, one: EntryDocument | RuleDocument, pinned: bool) -> MemoryRecord:
    return MemoryRecord(
        id=record_id(kind, one.key),
        text=one.text,
        audience=audience(*map(Principal, one.audience)),
        at=one.at,
        pinned=pinned,
    )


def _said(error: ValidationError) -> str:
    """The first fault, by key; never the value, which may be private."""
    fault = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {key!r}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message
