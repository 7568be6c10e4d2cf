"""The demo's fictional owner, read from the data files beside this one.

The data is ours and tested, so a fault in it is a bug: it raises as Python does.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from bots.demo import transcript
from core import audience
from core.ids import message_id
from core.types import (
    OWNER,
    Audience,
    Conversation,
    ConversationId,
    Kind,
    Message,
    PersonId,
    Principal,
)

PLATFORM = "console"
OWNER_AUTHOR = "alex"
"""What the transcripts call the owner."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A profile entry or a rule."""

    key: str
    text: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone the owner knows."""

    id: PersonId
    name: str
    relation: str


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """Everything of the demo but the messages. `persona_circles` and `persona_default` name personas."""

    owner: str
    people: tuple[DemoPerson, ...]
    circles: Mapping[str, frozenset[PersonId]]
    persona_circles: Mapping[str, str]
    persona_default: str
    conversations: Mapping[ConversationId, Conversation]
    entries: tuple[Noted, ...]
    rules: tuple[Noted, ...]


@cache
def load() -> DemoWorld:
    """The demo's world."""
    world, profile = read_toml("world.toml"), read_toml("profile.toml")
    conversations = [
        _conversation(name, conversation) for name, conversation in world["conversations"].items()
    ]
    return DemoWorld(
        owner=world["owner"],
        people=tuple(
            DemoPerson(PersonId(key), person["name"], person["relation"])
            for key, person in world["people"].items()
        ),
        circles={name: frozenset(map(PersonId, members)) for name, members in world["circles"].items()},
        persona_circles=world["personas"]["circles"],
        persona_default=world["personas"]["default"],
        conversations={conversation.id: conversation for conversation in conversations},
        entries=_noted(profile["entries"]),
        rules=_noted(profile["rules"]),
    )


def messages(now: datetime) -> Iterator[Message]:
    """Every message of the demo, conversation by conversation, oldest first in each. `now` is aware."""
    for conversation in load().conversations.values():
        written = _file("conversations").joinpath(f"{_native(conversation.id)}.txt").read_text("utf-8")
        for number, line in enumerate(transcript.parse(written, now), start=1):
            yield Message(
                id=message_id(conversation.id, f"demo-{number:03}"),
                conversation=conversation.id,
                author=OWNER if line.author == OWNER_AUTHOR else PersonId(line.author),
                text=line.text,
                sent_at=line.at,
                addressed=f"@{OWNER_AUTHOR}" in line.text.lower(),
            )


def _conversation(name: str, one: dict[str, Any]) -> Conversation:
    members = None if one.get("unlisted") else frozenset(map(PersonId, one["with"]))
    return Conversation(
        id=conversation_id(name),
        platform=PLATFORM,
        title=one["title"],
        kind=Kind.DIRECT if members is not None and len(members) == 1 else Kind.GROUP,
        members=members,
    )


def _noted(table: dict[str, Any]) -> tuple[Noted, ...]:
    return tuple(
        Noted(key, noted["text"], audience.audience(*map(Principal, noted["audience"])))
        for key, noted in table.items()
    )


def conversation_id(name: str) -> ConversationId:
    """The id of the conversation that the data files call `name`."""
    return ConversationId(f"{PLATFORM}:{name}")


def _native(conversation: ConversationId) -> str:
    return conversation.removeprefix(f"{PLATFORM}:")


def read_toml(name: str) -> dict[str, Any]:
    """One of the data files."""
    return tomllib.loads(_file(name).read_text("utf-8"))


def _file(name: str) -> Traversable:
    return resources.files("bots.demo").joinpath(name)
