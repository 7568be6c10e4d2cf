"""What an owner tells the twin in their DM, as plain words or behind a slash. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from bots.api.commands import BY_WORD, COMMANDS, MODES, OFFERED, OUTCOME
from core.lookalikes import folded

USAGE = {command.word: command.usage for command in COMMANDS if command.usage}
_FIRST_WORDS = "|".join(command.word for command in COMMANDS if command.first)
_BEFORE = r"(?:@\w+|understudy|twin|please|pls|plz|ok|okay|hey|hi|yo|now|no|wait|just|quick|quickly|so|and)"
FIRST = re.compile(rf"[\W_]*(?:{_BEFORE}[\W_]+){{0,3}}({_FIRST_WORDS})(?![^\W\d_])", re.IGNORECASE)
INVISIBLE = ("Cf", "Mn", "Me")
HELP = "\n".join(
    [
        *(f"{command.form} — {command.help}" for command in OFFERED),
        "Anything else you say or ask, I answer from what I know.",
    ]
)


@dataclass(frozen=True, slots=True)
class Command:
    """A word of `COMMANDS`, and what follows it; `unknown` holds a slash command that is none."""

    word: str
    rest: str = ""


def read_command(text: str) -> Command | None:
    """The command in a message, None where it is just talk.

    A word is only a command where the whole message is one: `back`, but not `back from the dentist`; but
    `pause` however it is said.
    """
    if first := FIRST.match(_legible(text)):
        return Command(first[1].lower())
    said = text.strip()
    slash = said.startswith("/")
    found = re.fullmatch(r"/?([a-z]+)(?:@\w+)?(?:\s+(.*))?", said, re.IGNORECASE | re.DOTALL)
    if found is None:
        return _bare(said)
    word, rest = found[1].lower(), (found[2] or "").strip()
    known = BY_WORD.get(word)
    if known is None:
        return Command("unknown", word) if slash else None
    # `remember what Sam said?` asks, `/remember what Sam said?` tells.
    if not slash and not known.meant(rest):
        return None
    return Command(word, rest if known.takes else "")


def _legible(text: str) -> str:
    """As it looks: no invisible characters, and letters that only look like others as those."""
    return "".join(folded(sign) for sign in text if unicodedata.category(sign) not in INVISIBLE)


def _bare(said: str) -> Command | None:
    """`Away!`, `pause.`: people end sentences."""
    word = said.rstrip(" .!").lower()
    return Command(word) if word in BY_WORD and not BY_WORD[word].takes else None


def outcome(rest: str) -> tuple[str, bool] | None:
    """`NUMBER arrived` or `NUMBER missing` as (draft, whether it arrived)."""
    found = OUTCOME.fullmatch(rest)
    return (found[1], found[2].lower() == "arrived") if found else None


def placed_mode(rest: str) -> tuple[str, str] | None:
    """`CONVERSATION MODE` in either order, as (conversation, mode)."""
    words = rest.split()
    for mode, others in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        if mode and others and mode[0].lower() in MODES:
            return " ".join(others), mode[0].lower()
    return None


def addressed(rest: str) -> tuple[str, str]:
    """`NAME: what to say` as (name, guidance); without a colon all of it is the name."""
    name, colon, guidance = rest.partition(": ")
    return (name.strip(), guidance.strip()) if colon else (rest.strip(" :"), "")
