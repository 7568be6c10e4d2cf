"""`python -m tests.bench.small_talk`: what is taken for small talk although it is none, and what is served.

Real messages are read, never kept: `small_talk_reviewed.json` holds a reader's verdicts, by their hashes.
- Wrong: of a sample of 300 of what would be answered (all of #ubuntu and of LoCoMo), those that the reader
  found to tell, ask or answer something. What nobody has read yet is counted by itself, and named.
- Served: of 300 short messages that a loose search for words of greeting, thanks or wish drew at random, the
  reader said which are nothing else as a whole; of those, the share that is recognised.
- In other languages, of which there are no real messages: a list of our own, written without the table in
  view, and kept as it was written.
"""

import hashlib
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from core.policy.small_talk import small_talk
from tests.bench.report import arguments, figure
from tests.bench.small_talk_data import RealMessage, irc_messages, locomo_messages, may_be_small

SAMPLE = 300
REVIEWED = Path(__file__).with_name("small_talk_reviewed.json")


class Reviewed(TypedDict):
    """`harmless` and `wrong`: hashes of texts; `small` and `more`: keys of messages; `languages`: texts."""

    harmless: list[str]
    wrong: list[str]
    small: list[str]
    more: list[str]
    languages: list[str]


def text_hash(text: str) -> str:
    """Tells texts apart, whatever their case, and nothing of them."""
    return hashlib.sha256(text.lower().encode()).hexdigest()[:10]


def drawn(messages: Sequence[RealMessage]) -> list[RealMessage]:
    """The candidates of the search that was labelled."""
    candidates = [message for message in messages if may_be_small(message)]
    return random.Random(11).sample(candidates, min(SAMPLE, len(candidates)))


def served(messages: Sequence[RealMessage]) -> float:
    """The share that is recognised."""
    known = [small_talk(message.text, message.owner) for message in messages]
    return sum(kind is not None for kind in known) / len(known) if known else 0.0


def main() -> None:
    """Measure on what is there; exit 0."""
    parser = arguments("What is taken for small talk, and what of it is served.")
    parser.add_argument("--show", action="store_true", help="print what has no verdict yet, for reading")
    options = parser.parse_args()
    reviewed: Reviewed = json.loads(REVIEWED.read_text(encoding="utf-8"))
    ours = [RealMessage("", text, "Alex") for text in reviewed["languages"]]
    figure("small_talk_served_languages", served(ours), f"share of {len(ours)} of ours", 0.6, at_least=True)
    real = (*irc_messages(), *locomo_messages())
    if not real:
        sys.stderr.write("no real messages: they are not beside the project (shared/data)\n")
        return
    answered = [message for message in real if small_talk(message.text, message.owner) is not None]
    sample = answered if options.full else random.Random(7).sample(answered, min(SAMPLE, len(answered)))
    verdicts = [text_hash(message.text) for message in sample]
    unread = {message.text for message in sample if text_hash(message.text) not in reviewed["harmless"]}
    unread = {text for text in unread if text_hash(text) not in reviewed["wrong"]}
    figure("small_talk_answered", len(answered) / len(real), "share of all messages")
    figure("small_talk_wrong", sum(one in reviewed["wrong"] for one in verdicts), f"of {len(sample)}", 0)
    figure("small_talk_unread", len(unread), "texts", 0)
    gold = [message for message in drawn(irc_messages()) if message.key in reviewed["small"]]
    figure("small_talk_served", served(gold), f"share of {len(gold)} read", 0.6, at_least=True)
    if options.show:
        sys.stderr.write("\n".join(sorted(unread)) + "\n")


if __name__ == "__main__":
    main()
