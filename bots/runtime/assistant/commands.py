"""What an owner tells the twin in their DM, as plain words or behind a slash. Pure."""

import re
from dataclasses import dataclass

ALONE = ("away", "back", "pause", "resume", "inbox", "digest", "reminders", "help", "start")
"""Commands that are nothing but their word."""
WITH_TEXT = ("remember", "forget", "remind", "drop", "settle", "mode", "draft", "pair")
USAGE = {
    "remember": "Say what: remember TEXT",
    "forget": "Say which: forget RECORD, as in forget note:1a2b",
    "remind": "Say when and what: remind in 2h call Sam, or remind tomorrow 9:00 send the invoice",
    "drop": "Say which: drop NUMBER; reminders lists them",
    "settle": "Say which and how it went: settle NUMBER arrived, or settle NUMBER missing",
    "mode": "Say where and how far: mode CONVERSATION observe, draft or auto",
    "draft": "Say for whom: draft NAME, or draft NAME: what to say",
}
HELP = """\
away, back: whether you are there yourself
pause, resume: stop all sending, and go on
inbox: what waits for you
settle NUMBER arrived|missing: what became of a draft that may have arrived
digest: what happened
mode CONVERSATION observe|draft|auto: how far I may go there
draft NAME: what to say: a draft for someone
remember TEXT, forget RECORD: what I keep in mind
remind in 2h call Sam: I tell you then; reminders lists them, drop NUMBER lets one go
Anything else you say or ask, I answer from what I know."""


@dataclass(frozen=True, slots=True)
class Command:
    """A word of ALONE or WITH_TEXT, and what follows it; `unknown` holds a slash command that is neither."""

    word: str
    rest: str = ""


def command(text: str) -> Command | None:
    """The command in a message, None where it is just talk.

    A word is only a command where the whole message is one: `back`, but not `back from the dentist`.
    """
    said = text.strip()
    slash = said.startswith("/")
    found = re.fullmatch(r"/?([a-z]+)(?:@\w+)?(?:\s+(.*))?", said, re.IGNORECASE | re.DOTALL)
    if found is None:
        return _bare(said)
    word, rest = found[1].lower(), (found[2] or "").strip()
    if word in ALONE:
        return Command(word) if slash or not rest else None
    if word == "drop" and not slash and not re.fullmatch(r"#?\d*", rest):
        return None  # `drop the meeting`
    if word == "settle" and not slash and outcome(rest) is None:
        return None  # `settle the bill`
    if word in WITH_TEXT:
        # `remember what Sam said?` asks, `/remember what Sam said?` tells.
        return Command(word, rest) if slash or not rest.endswith("?") else None
    return Command("unknown", word) if slash else None


def _bare(said: str) -> Command | None:
    """`Away!`, `pause.`: people end sentences."""
    word = said.rstrip(" .!").lower()
    return Command(word) if word in ALONE else None


def outcome(rest: str) -> tuple[str, bool] | None:
    """`NUMBER arrived` or `NUMBER missing` as (draft, whether it arrived)."""
    found = re.fullmatch(r"#?(\d{1,18})\s+(arrived|missing)[.!]?", rest, re.IGNORECASE | re.ASCII)
    return (found[1], found[2].lower() == "arrived") if found else None


def placed_mode(rest: str) -> tuple[str, str] | None:
    """`CONVERSATION MODE` in either order, as (conversation, mode)."""
    words = rest.split()
    for mode, others in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        if mode and others and mode[0].lower() in ("observe", "draft", "auto"):
            return " ".join(others), mode[0].lower()
    return None


def addressed(rest: str) -> tuple[str, str]:
    """`NAME: what to say` as (name, guidance); without a colon all of it is the name."""
    name, colon, guidance = rest.partition(": ")
    return (name.strip(), guidance.strip()) if colon else (rest.strip(" :"), "")
