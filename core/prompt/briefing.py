"""All that may go into a prompt, and in which order it is offered. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from core.ids import message_record
from core.lookalikes import COLONS, skeleton
from core.prompt.chat import TURN_TOKENS
from core.prompt.phrases import REPLYING
from core.prompt.quoting import cited, label, quoted, shortened, tokens
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    MemoryRecord,
    Message,
    MessageId,
    Person,
    Persona,
    PersonId,
    RecordId,
    Retrieval,
)

NOTHING = Retrieval("")
"""What is quoted ends no quote."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """All that may go into a prompt, already filtered by audience. `recent` ends with the newest message;
    `quoted` is what some of it replies to, by id.

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
    quoted: Mapping[MessageId, Message] = field(default_factory=dict)


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


QUOTED = 48
"""Tokens of a message that another one replies to."""
QUOTE_MARK = 8
"""Tokens of the words that say so."""
HEARD_AGAIN = 64
"""Tokens of the newest message that are said again where a wish is shown as an answer to it."""
Sort = Literal[
    "identity", "voice", "guidance", "advice", "working", "example", "pinned", "recalled", "root", "message"
]
"""`root`: a message that the conversation hangs on, said elsewhere."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that may go in. `speaker` says it, `reply` is what the owner said to it (an example's),
    `quote` what it replies to itself, with who said that."""

    kind: Sort
    text: str
    speaker: str = ""
    reply: str = ""
    own: bool = False
    """Said by the owner, or in the owner's name."""
    age: int = 0
    """How many messages came after it."""
    record: RecordId | None = None
    quote: str = ""


def cost(piece: Piece) -> int:
    """At least what it adds to either kind of prompt."""
    once = tokens(piece.text) + tokens(piece.reply) + 2 * tokens(piece.speaker) + 2 * TURN_TOKENS
    once += tokens(piece.quote) + QUOTE_MARK if piece.quote else 0
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


_LABEL = re.compile(rf"(?P<before>^|[/\n])(?P<name>[^:{COLONS}/\n]{{1,60}})(?:\s{{0,4}}[:{COLONS}])+")
_BEFORE = re.compile(r"\A[\W_]+")


def unlabelled(text: str, owner: str) -> str:
    """A quoted text in which no line begins as if the owner said it, and that does not begin as a quote of
    ours does."""
    if skeleton(_BEFORE.sub("", text)[: 2 * len(REPLYING)]).startswith(skeleton(REPLYING)):
        text = _BEFORE.sub("", text)
    labels = {skeleton(owner), skeleton(owner.split()[0])}

    def comma(match: re.Match[str]) -> str:
        if skeleton(match["name"]) in labels:
            return f"{match['before']}{match['name'].rstrip()},"
        return match.group()

    return _LABEL.sub(comma, text)


def said(briefing: Briefing, names: Mapping[PersonId, str], age: int, text: str) -> Piece:
    """The message with `age` others after it, as much of it as `text`, and what it replies to."""
    message = briefing.recent[-1 - age]
    own, who = message.author in (OWNER, TWIN), names.get(message.author, "Someone")
    text = text if own else unlabelled(text, names[OWNER])
    if message.conversation != briefing.conversation.id:
        return Piece("root", text, who, own=own, age=age, record=message_record(message.id))
    answered = None if own or message.reply_to is None else briefing.quoted.get(message.reply_to)
    before = briefing.recent[-2 - age] if age + 2 <= len(briefing.recent) else None
    if answered is None or (before is not None and before.id == answered.id):
        return Piece("message", text, who, own=own, age=age)
    quote = f"{names.get(answered.author, 'Someone')}: {cited(cut(answered.text, QUOTED))}"
    return Piece("message", text, who, own=own, age=age, record=message_record(answered.id), quote=quote)


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
        said(briefing, names, age, cut(one.text, most))
        for age, one in enumerate(reversed(briefing.recent[:-1]), start=1)
    ]
    roots = [one for one in messages if one.kind == "root"][::-1]
    messages = [one for one in messages if one.kind != "root"]
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
        *single, *roots, *messages[:4], *recalled[:3], *examples[:3], *pinned, *working,
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
