"""Real messages, as they would come to an owner: each with a name that tells nothing of its text."""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.bench.report import IRC

LOCOMO = IRC.parents[1] / "locomo" / "locomo-dev.json"
OFTEN_CALLED = 2
LONGEST_SHORT = 8
"""Words of what is still looked through for a greeting, thanks or a wish."""
_BOTS = frozenset({"ubottu", "ubotu"})
_WORDS = frozenset({"nope", "the", "will", "person", "matt"})
_TO = re.compile(r"^(\S+)[:,]\s+(.*)$", re.DOTALL)
# Loose on purpose, and none of the product's: whatever might be one, to be judged by reading.
_MAYBE = re.compile(
    r"\b(?:hi+|hello+|hey+|hiya|yo|morning|evening|afternoon|welcome|greetings|hallo|hola|bonjour|salut|ciao|"
    r"than\w*|thx\w*|thn?x|ty|tyvm|cheers|appreciate\w*|danke|merci|gracias|grazie|obrigad\w|tack|"
    r"bye\w*|good ?night|night|cya|later|laters|see (?:you|ya)|take care|"
    r"happy|merry|congrat\w*|luck|enjoy|have (?:a|fun)|best wishes|birthday|weekend)\b",
    re.IGNORECASE,
)


class RealMessage(NamedTuple):
    """`text` without the name that it begins with; `owner` is whom it calls at its end, if anybody."""

    key: str
    text: str
    owner: str = ""


@cache
def irc_messages() -> tuple[RealMessage, ...]:
    """All of #ubuntu that people said; nothing where the data is absent."""
    if not IRC.exists():
        return ()
    with gzip.open(IRC, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    authors = {row["author"] for row in rows}
    called = Counter(match[1] for row in rows if (match := _TO.match(row["text"])))
    # Some are called "nope" or "the": only who is really called so may be called at the end of a text.
    nicks = frozenset(author for author in authors if called[author] >= OFTEN_CALLED and author not in _WORDS)
    people = [(number, row["text"]) for number, row in enumerate(rows) if row["author"] not in _BOTS]
    return tuple(_message(number, text, authors, nicks) for number, text in people)


def _message(number: int, text: str, authors: set[str], nicks: frozenset[str]) -> RealMessage:
    key = hashlib.sha256(f"{number} {text}".encode()).hexdigest()[:12]
    addressed = _TO.match(text)
    if addressed and addressed[1] in authors:
        text = addressed[2]
    last = text.rstrip(" .!:)").rpartition(" ")[2]
    return RealMessage(key, text, last if last in nicks and len(last) > 2 else "")


@cache
def locomo_messages() -> tuple[RealMessage, ...]:
    """All turns of LoCoMo; who speaks calls the other by name."""
    if not LOCOMO.exists():
        return ()
    return tuple(_turns())


def _turns() -> Iterator[RealMessage]:
    for sample in json.loads(LOCOMO.read_text(encoding="utf-8")):
        talk = sample["conversation"]
        for turns in (turns for turns in talk.values() if isinstance(turns, list)):
            for turn in turns:
                other = talk["speaker_b" if turn["speaker"] == talk["speaker_a"] else "speaker_a"]
                key = hashlib.sha256(f"{sample['sample_id']} {turn['dia_id']}".encode()).hexdigest()[:12]
                yield RealMessage(key, turn["text"], other)


def may_be_small(message: RealMessage) -> bool:
    """Whether it is short and holds a word of greeting, thanks or wish."""
    return len(message.text.split()) <= LONGEST_SHORT and bool(_MAYBE.search(message.text))
