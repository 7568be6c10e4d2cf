"""What is unanswered: all that others said since our side's last word. Pure.

Written here once; in SQL once more, in `memory/archive/unanswered.py`, which a property holds to this.
"""

from collections.abc import Collection, Sequence

from core.types import OWNER, TWIN, Message, MessageId

LONGEST_BURST = 40
"""The last messages of a conversation that are looked at."""


def unanswered(messages: Sequence[Message], dropped: Collection[MessageId] = ()) -> list[Message]:
    """What wants an answer at the last of `messages`, which are a conversation's, oldest first; so is this.

    What was said elsewhere and stands among them (what a thread hangs on) counts as said before.
    `dropped`: up to each of these nothing is to get an answer, unless the last itself is one of them: then it
    is asked about alone.
    """
    found: list[Message] = []
    for message in reversed(messages):
        if message.deleted:
            continue
        if is_ours(message) or message.conversation != messages[-1].conversation:
            break
        if found and (message.id in dropped or found[-1].id in dropped):
            break
        found.append(message)
    return found[::-1]


def is_ours(message: Message) -> bool:
    """Whether the owner said it, or the twin for them."""
    return message.author in (OWNER, TWIN)
