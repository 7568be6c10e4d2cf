"""How many false drafts review sends back, and how many true ones."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from bots.demo import world
from core.policy.review import UNTRUE, review
from core.types import OWNER, Message
from core.unanswered import unanswered
from tests.bench.report import arguments, figure
from tests.claims import FALSE, KNOWN, RULES, TRUE, Said

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
SHOWN = 12


def _sent_back(
    said: Said, known: tuple[str, ...], rules: tuple[str, ...], told: tuple[str, ...] = ()
) -> bool:
    findings = review(
        said.draft, heard=said.heard, names=("Alex",), boundaries=rules, known=(*known, *rules), told=told
    )
    return not UNTRUE.isdisjoint(findings)


def _demo() -> Iterator[tuple[Said, tuple[str, ...], tuple[str, ...]]]:
    """Each true reply of the demo's owner, what could have been known then, and what others had said."""
    notes = tuple(noted.text for noted in (*world.load().entries, *world.load().rules))
    earlier: list[Message] = []
    for message in world.messages(NOON):
        if earlier and earlier[-1].conversation != message.conversation:
            earlier = []
        heard = unanswered(earlier)
        if message.author == OWNER and heard:
            own = tuple(one.text for one in earlier if one.author == OWNER)
            told = tuple(one.text for one in earlier if one.author != OWNER and one not in heard)
            yield Said("\n".join(one.text for one in heard), message.text), (*notes, *own), told
        earlier.append(message)


def main() -> None:
    """Print the figures."""
    arguments(__doc__ or "").parse_args()
    caught = [_sent_back(said, KNOWN, RULES) for said in FALSE]
    alarms = [_sent_back(said, KNOWN, RULES) for said in TRUE]
    figure("false_drafts_caught", sum(caught) / len(caught), "share", 0.9, at_least=True)
    figure("true_drafts_sent_back", sum(alarms) / len(alarms), "share", 0.1)
    replies = list(_demo())
    returned = [said for said, known, told in replies if _sent_back(said, known, (), told)]
    figure("owner_replies_sent_back", len(returned) / len(replies), "share")
    figure("owner_replies", len(replies), "replies")
    missed = [said for said, hit in zip(FALSE, caught, strict=True) if not hit]
    wrong = [said for said, hit in zip(TRUE, alarms, strict=True) if hit]
    for name, several in (("missed", missed), ("sent back", wrong), ("owner's", returned[:SHOWN])):
        for said in several:
            sys.stderr.write(f"{name}: {said.heard!r} -> {said.draft!r}\n")


if __name__ == "__main__":
    main()
