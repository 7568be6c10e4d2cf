"""All that may go into a prompt, and in which order it is offered. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.prompt.chat import TURN_TOKENS
from core.prompt.lookalikes import skeleton
from core.prompt.quoting import label, quoted, shortened, tokens
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    MemoryRecord,
    Message,
    Person,
    Persona,
    PersonId,
    RecordId,
    Retrieval,
)

NOTHING = Retrieval("")


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that may go into a prompt, already filtered by audience. `recent` ends with the newest message.

    `guidance` is the owner's wish for another draft, `previous` the draft to better, `advice` what
    review found wrong with the last attempt.
    """

    owner: str
    people: Mapping[PersonId, Person]
    conversation: Conversation
    persona: Persona
    recent: Sequence[Message]
    now: datetime | None = None
    working: str = ""
    pinned: Sequence[MemoryRecord] = ()
    retrieval: Retrieval = NOTHING
    guidance: str = ""
    previous: str = ""
    advice: str = ""


def speakers(people: Mapping[PersonId, Person], owner: str) -> dict[PersonId, str]:
    """A label for everyone, no two that look alike: who is called as the owner is gets a number."""
    labels = {OWNER: label(owner), TWIN: label(owner)}
    taken = {skeleton(label(owner))}
    for person_id in sorted(people):
        if person_id in labels:
            continue
        wanted = name = label(people[person_id].name)
        number = 2
        while skeleton(name) in taken:
            name = f"{wanted} {number}"
            number += 1
        taken.add(skeleton(name))
        labels[person_id] = name
    return labels


HEARD_AGAIN = 64
"""Tokens of the newest message that are said again where a wish is shown as an answer to it."""
Sort = Literal[
    "identity", "voice", "guidance", "advice", "working", "example", "pinned", "recalled", "message"
]


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that may go in. `speaker` says it, `reply` is what the owner said to it (an example's)."""

    kind: Sort
    text: str
    speaker: str = ""
    reply: str = ""
    own: bool = False
    """Said by the owner, or in the owner's name."""
    age: int = 0
    """How many messages came after it."""
    record: RecordId | None = None


def cost(piece: Piece) -> int:
    """At least what it adds to either kind of prompt."""
    once = tokens(piece.text) + tokens(piece.reply) + 2 * tokens(piece.speaker) + 2 * TURN_TOKENS
    # A transcript shows a wish as an answer to the newest message, and begins the reply with it.
    return once + tokens(piece.text) + HEARD_AGAIN if piece.kind == "guidance" else once


def cut(text: str, allowed: int) -> str:
    """Quoted, and of at most `allowed` tokens."""
    limit = min(len(text), allowed * 3)
    while True:
        candidate = quoted(shortened(text, limit))
        needed = tokens(candidate)
        if needed <= allowed or limit < 2:
            return candidate
        limit = min(limit * allowed // needed, limit - 1)


_LABEL = re.compile(r"(?P<before>^|[/\n])(?P<name>[^:：︰﹕∶ːꓽ/\n]{1,60})[:：︰﹕∶ːꓽ]")


def unlabelled(text: str, owner: str) -> str:
    """A quoted text in which no line begins as if the owner said it."""
    labels = {skeleton(owner), skeleton(owner.split()[0])}

    def comma(match: re.Match[str]) -> str:
        if skeleton(match["name"]) in labels:
            return f"{match['before']}{match['name'].rstrip()},"
        return match.group()

    return _LABEL.sub(comma, text)


def said(message: Message, names: Mapping[PersonId, str], age: int, text: str) -> Piece:
    """A message, as much of it as `text`, with `age` others after it."""
    own = message.author in (OWNER, TWIN)
    text = text if own else unlabelled(text, names[OWNER])
    return Piece("message", text, names.get(message.author, "Someone"), own=own, age=age)


def offers(briefing: Briefing, names: Mapping[PersonId, str], budget: int) -> list[Piece]:
    """Everything else that could go in, the most valuable first."""
    most = max(budget // 10, 48)
    persona, newest = briefing.persona, briefing.recent[-1]
    single = [
        Piece("guidance", cut(briefing.guidance, most), reply=cut(briefing.previous, most)),
        Piece("advice", cut(briefing.advice, most)),
        Piece("identity", cut(persona.identity, 2 * most)),
        Piece("voice", cut(persona.voice, 2 * most)),
    ]
    messages = [
        said(one, names, age, cut(one.text, most))
        for age, one in enumerate(reversed(briefing.recent[:-1]), start=1)
    ]
    recalled = [_note("recalled", record, names, most) for record in briefing.retrieval.records]
    pinned = [_note("pinned", one, names, most) for one in briefing.pinned]
    words = _words(newest.text)
    likest = sorted(persona.examples, key=lambda example: -len(words & _words(example.heard)))
    asker = names.get(newest.author, "Someone")
    examples = [
        Piece("example", unlabelled(cut(one.heard, most), names[OWNER]), asker, reply=cut(one.said, most))
        for one in likest
    ]
    working = [Piece("working", unlabelled(cut(briefing.working, 2 * most), names[OWNER]))]
    offered = [
        *single, *messages[:4], *recalled[:3], *examples[:3], *pinned, *working,
        *recalled[3:], *messages[4:], *examples[3:],
    ]  # fmt: skip
    return [one for one in offered if one.text or one.reply]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text[:1000].casefold()))


def _note(kind: Sort, record: MemoryRecord, names: Mapping[PersonId, str], most: int) -> Piece:
    text = cut(record.text, most)
    if record.author is None:
        return Piece(kind, text, record=record.id)
    own = record.author in (OWNER, TWIN)
    text = text if own else unlabelled(text, names[OWNER])
    return Piece(kind, text, names.get(record.author, "Someone"), own=own, record=record.id)
