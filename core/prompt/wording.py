"""A briefing in words: a chat for models that follow instructions, a transcript for those that only go on.

Pure.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import OwnerMustFix
from core.prompt import phrases
from core.prompt.briefing import HEARD_AGAIN, Briefing, Piece, Sort, cost, cut, offers, said, speakers
from core.prompt.chat import ChatMessage, Prompt, Style, size
from core.prompt.quoting import cited, label, quoted
from core.prompt.vocabulary import broken
from core.types import OWNER, TWIN, Kind, PersonId, RecordId

_LEAST_ROOM = 128
NOTED = "ok"
"""What the model has said to the notes."""


@dataclass(frozen=True, slots=True)
class Built:
    """A prompt, and the records that fitted into it."""

    prompt: Prompt
    records: tuple[RecordId, ...]


def build(briefing: Briefing, style: Style, budget: int, control_tokens: Set[str] = frozenset()) -> Built:
    """The prompt, of at most `budget` estimated tokens.

    What is least worth goes first: the worst-scored records, the oldest messages, the examples. The
    boundaries and the newest message always stay, the latter cut with a mark where it is very long. No
    `control_tokens` of the model are in it: its server writes them around the turns.
    Raises `OwnerMustFix` where the boundaries leave no room; caught where `Agent.answer` is called.
    """
    render = _chat if style == "chat" else _transcript
    names = speakers(briefing.people, briefing.owner)
    newest = briefing.recent[-1]
    room = budget - size(render(briefing, names, [said(briefing, names, 0, "")]))
    if room < _LEAST_ROOM:
        raise OwnerMustFix(
            f"persona {briefing.persona.name}: its boundaries leave no room in the model's window; "
            "shorten `boundaries`, or give the model a larger window"
        )
    chosen = [said(briefing, names, 0, cut(newest.text, room // 2))]
    room -= cost(chosen[0])
    refused: set[str] = set()
    for piece in offers(briefing, names, budget):
        if piece.kind not in refused and cost(piece) <= room:
            chosen.append(piece)
            room -= cost(piece)
        else:
            # A conversation with a hole in it misleads; so does a worse record where a better one is missing.
            refused.add(piece.kind)
    prompt = without_tokens(render(briefing, names, chosen), control_tokens)
    while size(prompt) > budget and len(chosen) > 1:
        chosen.pop()
        prompt = without_tokens(render(briefing, names, chosen), control_tokens)
    return Built(prompt, tuple(piece.record for piece in chosen if piece.record))


def without_tokens(prompt: Prompt, control_tokens: Set[str]) -> Prompt:
    """The prompt, each of these tokens broken wherever it stands."""
    turns = tuple(ChatMessage(turn.role, broken(turn.content, control_tokens)) for turn in prompt.turns)
    return replace(prompt, turns=turns, text=broken(prompt.text, control_tokens))


def _scene(briefing: Briefing, names: Mapping[PersonId, str]) -> str:
    owner = names[OWNER]
    others = sorted({name for who, name in names.items() if who not in (OWNER, TWIN)})
    company = ", ".join(others[:5]) + (" and others" if len(others) > 5 else "") or "someone"
    if briefing.conversation.kind is Kind.GROUP:
        title = label(briefing.conversation.title)
        return phrases.GROUP.format(title=title, owner=owner, company=company)
    return phrases.PRIVATE.format(owner=owner, company=company)


def _today(briefing: Briefing) -> str:
    # Not %-d: Windows has no such thing.
    return f"{briefing.now:%A}, {briefing.now.day} {briefing.now:%B %Y}" if briefing.now else ""


def _all(pieces: Sequence[Piece], *kinds: Sort) -> list[Piece]:
    return [piece for piece in pieces if piece.kind in kinds]


def _text(pieces: Sequence[Piece], kind: Sort) -> str:
    return "".join(piece.text for piece in pieces if piece.kind == kind)


def _spoken(pieces: Sequence[Piece]) -> list[Piece]:
    return sorted(_all(pieces, "root", "message"), key=lambda piece: -piece.age)


def _replying(piece: Piece) -> str:
    """Beside the speaker's name, where nothing that anybody writes can stand."""
    return f" {phrases.IN_REPLY.format(quote=piece.quote)}" if piece.quote else ""


def _noted(piece: Piece) -> str:
    text = cited(piece.text)
    return phrases.SAID.format(speaker=piece.speaker, text=text) if piece.speaker else f"- {piece.text}"


def _notes(briefing: Briefing, names: Mapping[PersonId, str], pieces: Sequence[Piece]) -> str:
    """All that others wrote or are called, but for the messages: data, in no turn that instructs."""
    lines = [phrases.NOTES.format(owner=names[OWNER])]
    lines.append(_scene(briefing, names))
    if examples := _all(pieces, "example"):
        lines.append(phrases.ANSWERED)
        lines += [phrases.EXAMPLE.format(heard=cited(one.text), reply=cited(one.reply)) for one in examples]
    if known := _all(pieces, "pinned", "recalled"):
        lines += [phrases.KNOWN, *map(_noted, known)]
    if working := _text(pieces, "working"):
        lines.append(f"{phrases.SO_FAR}{cited(working)}")
    wishes = _all(pieces, "guidance")
    lines += [f"{phrases.DRAFT_BEFORE}{cited(piece.reply)}" for piece in wishes if piece.reply]
    return "\n".join(lines)


def _instructions(briefing: Briefing, owner: str, pieces: Sequence[Piece]) -> str:
    lines = [f"{phrases.IDENTITY.format(owner=owner)} {_text(pieces, 'identity')}".rstrip()]
    if voice := _text(pieces, "voice"):
        lines.append(f"{phrases.VOICE.format(owner=owner)}{voice}")
    if briefing.persona.boundaries:
        lines += [
            phrases.RULES.format(owner=owner),
            *(f"- {quoted(boundary)}" for boundary in briefing.persona.boundaries),
        ]
    if briefing.now:
        lines.append(phrases.TODAY.format(date=_today(briefing)))
    lines.append(phrases.TASK.format(owner=owner, most=briefing.persona.max_sentences))
    for piece in _all(pieces, "guidance"):
        if piece.reply:
            lines.append(phrases.DIFFERENTLY)
        if piece.text:
            lines.append(f"{phrases.WISH.format(owner=owner)}{piece.text}")
    if advice := _text(pieces, "advice"):
        lines.append(advice)
    return "\n".join(lines)


def _chat(briefing: Briefing, names: Mapping[PersonId, str], pieces: Sequence[Piece]) -> Prompt:
    turns = [
        ChatMessage("system", _instructions(briefing, names[OWNER], pieces)),
        ChatMessage("user", _notes(briefing, names, pieces)),
    ]
    spoken = _spoken(pieces)
    if not spoken[0].own:
        # Templates want turns that alternate, and what somebody says is not to stand among the notes.
        turns.append(ChatMessage("assistant", NOTED))
    group = briefing.conversation.kind is Kind.GROUP
    for piece in spoken:
        role: Literal["user", "assistant"] = "assistant" if piece.own else "user"
        named = group and not piece.own
        content = f"{piece.speaker}{_replying(piece)}: {piece.text}" if named else piece.text
        if piece.quote and not named:
            content = f"{_replying(piece).strip()}\n{piece.text}"
        if turns[-1].role == role:
            turns[-1] = ChatMessage(role, f"{turns[-1].content}\n{content}")
        else:
            turns.append(ChatMessage(role, content))
    return Prompt(turns=tuple(turns), stop=tuple(f"\n{name}:" for name in _labels(names, spoken)))


def _transcript(briefing: Briefing, names: Mapping[PersonId, str], pieces: Sequence[Piece]) -> Prompt:
    owner = names[OWNER]
    known = _all(pieces, "pinned", "recalled")
    lines = [f"{_scene(briefing, names)} {_text(pieces, 'identity')}".rstrip()]
    if voice := _text(pieces, "voice"):
        lines.append(f"{phrases.VOICE.format(owner=owner)}{voice}")
    lines += [f"- {quoted(boundary)}" for boundary in briefing.persona.boundaries]
    lines += [_noted(one) for one in known if not one.own]
    if briefing.now:
        lines.append(f"- {phrases.TODAY.format(date=_today(briefing))}")
    if working := _text(pieces, "working"):
        lines.append(f"- {phrases.SO_FAR}{cited(working)}")
    earlier = [f"{owner}: {one.text}" for one in known if one.own]
    # The likest last: a small model copies what is nearest.
    examples = reversed(_all(pieces, "example"))
    earlier += [f"{example.speaker}: {example.text}\n{owner}: {example.reply}" for example in examples]
    spoken = _spoken(pieces)
    # A base model follows no wish, but repeats what was answered to the same words.
    wishes = [one for one in _all(pieces, "guidance") if one.text]
    earlier += [
        f"{spoken[-1].speaker}: {cut(spoken[-1].text, HEARD_AGAIN)}\n{owner}: {_wish(wish.text)}"
        for wish in wishes
    ]
    lead = "".join(_lead(wish.text) for wish in wishes)
    if earlier:
        lines += ["", phrases.EARLIER, *earlier]
    lines += [
        "",
        phrases.NOW,
        *(f"{one.speaker}{_replying(one)}: {one.text}" for one in spoken),
        f"{owner}: {lead}".rstrip(),
    ]
    # Every message is one line here, so a line's end is the end of the reply.
    return Prompt(text="\n".join(lines), stop=("\n",), lead=lead)


_TELLING = re.compile(
    r"^(?:please )?(?:say|answer|reply|write|tell (?:him|her|them|\w+))(?: that)?[:,]? ", re.IGNORECASE
)
_SUGGESTING = re.compile(r"\b(?:propose|suggest|offer) ", re.IGNORECASE)
_ANSWER = re.compile(r"(?:yes|no|sure|sorry|thanks)\b", re.IGNORECASE)


def _wish(guidance: str) -> str:
    """The reply that a wish speaks of: "say no, propose saturday" is "no, saturday"."""
    return _SUGGESTING.sub("", _TELLING.sub("", guidance))


def _lead(guidance: str) -> str:
    """How a reply that fulfils the wish begins; empty where the wish does not say so word for word."""
    if not (_TELLING.match(guidance) or _ANSWER.match(guidance)):
        return ""
    first, comma, _ = _wish(guidance).partition(",")
    return first + comma if len(first) <= 40 else ""


def _labels(names: Mapping[PersonId, str], spoken: Sequence[Piece]) -> list[str]:
    """The owner's label and those of the last speakers: servers take only a few stop sequences."""
    recent = [piece.speaker for piece in reversed(spoken)]
    return list(dict.fromkeys([names[OWNER], *recent]))[:6]
