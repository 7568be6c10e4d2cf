"""What is unanswered: all that others said since our side's last word. Pure.

The rule, written here once, and over stored messages and drafts in `memory/archive/bursts.py`, which a
property holds to this:
- Our side's last word ends it: what stands before is answered.
- What was decided upon ends it too. Where a draft was rejected, expired, failed, or was withdrawn by an act
  of the owner's, all up to what it answered is to get no answer: it is `dropped`. A draft that still waits,
  or was withdrawn for another that answers the same and more, drops nothing.
- What was found to want no answer by itself (a thumb, talk among others, what was missed while off) is left
  out alone: it is `passed`. What stands before it may still wait.
- A greeting that a delegation answered *apart*, beside a draft that waits there from an earlier time, is left
  out together with that reply, which ends nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.types import OWNER, TWIN, Message, MessageId

LONGEST_BURST = 40
"""The last messages of a conversation that are looked at."""
A_WHILE = timedelta(hours=6)
"""So long after what waits for its owner, a greeting begins another talk."""


@dataclass(frozen=True, slots=True)
class Burst:
    """What is unanswered at a message, oldest first, itself the last.

    `whole`: False where more was said than is looked at. `before`: our side's last word before it, where that
    is among what is looked at. The rest is what else a reply could be taken to answer, where that was asked
    for (`Memory.unanswered`): it reaches back to the last word that the owner wrote or approved themselves,
    for a delegation's reply answers nothing.
    """

    messages: tuple[Message, ...] = ()
    whole: bool = True
    before: Message | None = None
    beside: tuple[str, ...] = ()
    """What counts with it: said since our side's last word and passed over, edited since the owner's,
    quoted, or what the thread hangs on. Empty for what cannot be read any more."""
    earlier: tuple[str, ...] = ()
    """What others said before that and after the owner's own last word: a delegation's reply stands after
    it. Empty for what was deleted."""
    ours: tuple[str, ...] = ()
    """The owner's own last word, all that stands together, and what else our side said since, but for what a
    delegation sent."""
    decided: bool = False
    """Something that others said since then was decided upon, and got no answer."""
    talks: tuple[Sequence[Message], ...] = ()
    """What was said lately here, and wherever else who wrote hears our side: of each place the newest, oldest
    first, without what a delegation sent."""
    apart: "Burst | None" = None
    """What was said a while after all that a draft answers which waits for its owner: it may be greeted by
    itself."""


def unanswered(
    messages: Sequence[Message],
    dropped: Collection[MessageId] = (),
    passed: Collection[MessageId] = (),
) -> list[Message]:
    """What wants an answer at the last of `messages`, which are a conversation's, oldest first; so is this.

    What was said elsewhere and stands among them (what a thread hangs on) counts as said before. Where the
    last itself is dropped or passed it is asked about all the same: where dropped, then alone.
    """
    waiting: list[Message] = []
    for message in reversed(messages):
        if message.deleted:
            continue
        if is_ours(message) or message.conversation != messages[-1].conversation:
            break
        if waiting and (message.id in dropped or waiting[0].id in dropped):
            break
        if not waiting or message.id not in passed:
            waiting.insert(0, message)
    return waiting


def is_ours(message: Message) -> bool:
    """Whether the owner said it, or the twin for them."""
    return message.author in (OWNER, TWIN)
