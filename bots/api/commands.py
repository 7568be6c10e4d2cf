"""The owner's commands: the one table that every surface that offers or takes them is drawn from. Pure."""

import re
from dataclasses import dataclass

MODES = ("observe", "draft", "auto")
OUTCOMES = ("arrived", "missing")
OUTCOME = re.compile(rf"#?(\d{{1,18}})\s+({'|'.join(OUTCOMES)})[.!]?", re.IGNORECASE | re.ASCII)
"""What `settle` takes: a draft's number, and what became of it."""


@dataclass(frozen=True, slots=True)
class OwnerCommand:
    """One word that the owner tells the twin by.

    `takes` is what follows the word, in the owner's terms, and empty where nothing does. `usage` is answered
    where that is lacking. `plain`: without a slash, it is this command only where what follows matches; none:
    wherever that is no question. `widens`: the twin may do more than before. `offered`: menus list it.
    `first`: a message that begins with the word is this command, whatever follows: done by mistake it costs
    little, and left undone much.
    """

    word: str
    help: str
    takes: str = ""
    usage: str = ""
    plain: re.Pattern[str] | None = None
    widens: bool = False
    offered: bool = True
    first: bool = False

    @property
    def form(self) -> str:
        """How it is written, as `drop NUMBER`."""
        return f"{self.word} {self.takes}".rstrip()

    def meant(self, rest: str) -> bool:
        """Whether the word is this command with `rest` behind it, and without a slash before it."""
        if not self.takes:
            return self.first or not rest
        return self.plain.fullmatch(rest) is not None if self.plain else not rest.endswith("?")


COMMANDS = (
    OwnerCommand("away", "you are away, and I may answer", widens=True),
    OwnerCommand("back", "you are here again, and I keep to drafts"),
    OwnerCommand("pause", "send nothing for now", first=True),
    OwnerCommand("stop", "as pause", offered=False, first=True),
    OwnerCommand("resume", "go on sending what you approve", widens=True),
    OwnerCommand("inbox", "what waits for you"),
    OwnerCommand(
        "settle",
        "what became of a draft that may have arrived",
        takes="NUMBER arrived|missing",
        usage="Say which and how it went: settle NUMBER arrived, or settle NUMBER missing",
        plain=OUTCOME,  # not `settle the bill`
    ),
    OwnerCommand("digest", "what happened, and what was said in your name"),
    OwnerCommand(
        "mode",
        "how far I may go in a conversation",
        takes="CONVERSATION observe|draft|auto",
        usage="Say where and how far: mode CONVERSATION observe, draft or auto",
        widens=True,
    ),
    OwnerCommand(
        "delegate",
        "replies of yours that may go to someone's small talk; I show them first",
        takes="NAME [until TIME]",
        usage="Say to whom: delegate NAME until 2d, with lines of KIND: TEXT below it for replies of yours",
        widens=True,
    ),
    OwnerCommand("delegations", "what you have delegated"),
    OwnerCommand(
        "revoke",
        "take a delegation back",
        takes="NUMBER",
        usage="Say which: revoke NUMBER; delegations lists them",
        plain=re.compile(r"#?\d*"),  # not `revoke his licence`
    ),
    OwnerCommand(
        "draft",
        "a draft for someone, as you wish it",
        takes="NAME: WISH",
        usage="Say for whom: draft NAME, or draft NAME: what to say",
    ),
    OwnerCommand("remember", "keep something in mind", takes="TEXT", usage="Say what: remember TEXT"),
    OwnerCommand(
        "forget",
        "let something go that I keep in mind",
        takes="RECORD",
        usage="Say which: forget RECORD, as in forget note:1a2b",
    ),
    OwnerCommand(
        "remind",
        "remind you, as in 2h call Sam",
        takes="WHEN WHAT",
        usage="Say when and what: remind in 2h call Sam, or remind every weekday at 8 join the standup",
    ),
    OwnerCommand("reminders", "what you will be reminded of"),
    OwnerCommand(
        "drop",
        "let a reminder go, or end it",
        takes="NUMBER",
        usage="Say which: drop NUMBER; reminders lists them",
        plain=re.compile(r"#?\d*"),  # not `drop the meeting`
    ),
    OwnerCommand("help", "what you can tell me"),
    OwnerCommand("start", "what a chat is opened with", offered=False),
    OwnerCommand("pair", "prove that an account is yours", takes="CODE", offered=False),
)
BY_WORD = {one.word: one for one in COMMANDS}
OFFERED = tuple(one for one in COMMANDS if one.offered)
MENU = {one.word: one.help for one in OFFERED}
"""A menu of commands, as most platforms have one: each word, and what it does."""
SLASHED = re.compile(r"/[a-z_]+(?:@\w+)?(?:\s.*)?", re.IGNORECASE | re.DOTALL)


def is_slashed(text: str) -> bool:
    """Whether somebody typed it as a command: `/word`, and what follows. Only the owner's is one."""
    return SLASHED.fullmatch(text.strip()) is not None
