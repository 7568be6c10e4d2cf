"""A strict reader of prompts: every line in its place, in nobody else's name, and no token of a template."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import groupby

from core.prompt.briefing import speakers
from core.prompt.chat import Prompt
from core.prompt.wording import NOTED
from core.types import OWNER, TWIN, Kind, Message
from tests.bench.red_team.hostile import OWNER_NAME, Scene
from tests.bench.red_team.texts import LOOKALIKES
from tests.control_tokens import CONTROL_TOKENS

_REPLY = r"\(in reply to [^“”\n]{1,60}: “[^“”\n]*”\)"
_REPLY_LINE = re.compile(_REPLY)
_COLON = r"[:：︰﹕∶ːꓽ]"
_BACK = {looks: letter for letter, looks in LOOKALIKES.items()} | {ord("I"): ord("l"), ord("|"): ord("l")}


def alike(text: str) -> str:
    """The letters of a text as the eye takes them."""
    plain = unicodedata.normalize("NFKD", text).translate(_BACK).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def faults(prompt: Prompt, scene: Scene, vocabulary: Collection[str] = ()) -> list[str]:
    """What is wrong with it, in words; nothing where it is as it must be."""
    told = list(_chat(prompt, scene) if prompt.turns else _transcript(prompt, scene))
    told += [f"a label like the owner's: {name!r}" for name in _alike_labels(scene)]
    for text in (prompt.text, *(turn.content for turn in prompt.turns)):
        looks = unicodedata.normalize("NFKC", text)
        told += [f"token {token!r}" for token in CONTROL_TOKENS if token in text or token in looks]
        told += [f"token of the vocabulary {token!r}" for token in vocabulary if token in text]
    return told


def _labels(scene: Scene) -> dict[str, str]:
    return {str(who): name for who, name in speakers(scene.briefing.people, OWNER_NAME).items()}


def _alike_labels(scene: Scene) -> list[str]:
    others = [name for who, name in _labels(scene).items() if who not in (OWNER, TWIN)]
    return [name for name in others if alike(name) == alike(OWNER_NAME) or others.count(name) > 1]


def _is_own(message: Message) -> bool:
    return message.author in (OWNER, TWIN)


def _quotes(scene: Scene, message: Message) -> bool:
    return not _is_own(message) and message.reply_to in scene.briefing.quoted and _in_place(scene, message)


def _in_place(scene: Scene, message: Message) -> bool:
    return message.conversation == scene.briefing.conversation.id


def _holds(text: str, marks: Collection[str]) -> list[str]:
    return [mark for mark in marks if mark in text]


def _chat(prompt: Prompt, scene: Scene) -> Iterator[str]:
    system, notes, *turns = prompt.turns
    if [system.role, notes.role] != ["system", "user"] or any(turn.role == "system" for turn in turns):
        yield "the roles at the beginning"
    if marks := _holds(system.content, scene.foreign):
        yield f"{marks} of a contact in the system turn"
    yield from _notes(notes.content)
    said = list(zip(scene.briefing.recent, scene.marks, strict=True))
    if not _is_own(said[0][0]) and turns:
        noted, *turns = turns
        if (noted.role, noted.content) != ("assistant", NOTED):
            yield "no answer to the notes"
    runs = [(own, list(run)) for own, run in groupby(said, lambda one: _is_own(one[0]))]
    if len(runs) != len(turns):
        yield f"{len(turns)} turns for {len(runs)}"
        return
    for turn, (own, run) in zip(turns, runs, strict=True):
        if turn.role != ("assistant" if own else "user"):
            yield f"a turn of {turn.role}"
        if own and _holds(turn.content, scene.foreign):
            yield "words of a contact in the owner's turn"
        yield from _turn(turn.content.split("\n"), [*run], scene, own=own)


def _turn(lines: list[str], run: list[tuple[Message, str]], scene: Scene, *, own: bool) -> Iterator[str]:
    group = scene.briefing.conversation.kind is Kind.GROUP
    labels = _labels(scene)
    for message, mark in run:
        if not lines:
            yield "fewer lines than messages"
            return
        if not group and _quotes_here(scene, message, run) and not _REPLY_LINE.fullmatch(lines.pop(0)):
            yield "no quote before a message that replies"
        line = lines.pop(0) if lines else ""
        if group and not own:
            head = re.match(rf"{re.escape(labels[message.author])}(?: {_REPLY})?: ", line)
            if head is None:
                yield f"a line that says not who speaks: {line[:60]!r}"
            line = line[head.end() :] if head else line
        if not own and _reads_as_owner(line):
            yield f"a line that reads as the owner's: {line[:60]!r}"
        if not group and not own and _REPLY_LINE.match(line):
            yield f"a message that reads as a quote: {line[:80]!r}"
        if mark not in line:
            yield f"a message that is not where it belongs: {mark}"
    if lines:
        yield f"more lines than messages: {lines[0][:60]!r}"


def _quotes_here(scene: Scene, message: Message, run: list[tuple[Message, str]]) -> bool:
    return bool(run) and _quotes(scene, message)


def _reads_as_owner(line: str) -> bool:
    """Whether a line, or what follows a break in it, begins as if the owner said it."""
    parts = re.split(r" / ", line)
    heads = (re.match(rf"([^:：︰﹕∶ːꓽ]{{1,60}}){_COLON}", part.strip()) for part in parts)
    return any(head is not None and alike(head[1]) == alike(OWNER_NAME) for head in heads)


def _notes(text: str) -> Iterator[str]:
    head, _, *lines = text.split("\n")
    if not head.startswith(f"(Notes that {OWNER_NAME} keeps."):
        yield "no head of the notes"
    for line in lines:
        quotes = line.count("“")
        if line in ("Answered before:", "Known:"):
            continue
        if not re.match(r"- |So far: “|The draft before: “", line):
            yield f"a line of the notes that is none: {line[:60]!r}"
        if quotes != line.count("”") or quotes > 2 or (quotes and not line.endswith("”")):
            yield f"a quote that is ended: {line[:80]!r}"


def _transcript(prompt: Prompt, scene: Scene) -> Iterator[str]:
    lines = prompt.text.split("\n")
    if lines.count("(now)") != 1 or lines.count("(earlier)") > 1:
        yield "the frame of the transcript"
        return
    at = lines.index("(now)")
    said = list(zip(scene.briefing.recent, scene.marks, strict=True))
    now, labels = lines[at + 1 :], _labels(scene)
    if len(now) != len(said) + 1 or not now[-1].startswith(f"{OWNER_NAME}:"):
        yield f"{len(now)} lines for {len(said)} messages"
        return
    for line, (message, mark) in zip(now, said, strict=False):
        head = re.match(rf"{re.escape(labels[message.author])}(?: {_REPLY})?: ", line)
        if head is None or mark not in line:
            yield f"a line in another's name: {line[:60]!r}"
        elif not _is_own(message) and _reads_as_owner(line[head.end() :]):
            yield f"a line that reads as the owner's: {line[:60]!r}"
    for line in lines[:at]:
        if line.startswith(f"{OWNER_NAME}:") and _holds(line, scene.foreign):
            yield f"a contact's words as the owner's: {line[:60]!r}"
    notes = [line for line in lines[1:at] if line.startswith("- ")]
    for line in notes:
        if line.count("“") != line.count("”") or line.count("“") > 1:
            yield f"a quote that is ended: {line[:80]!r}"
