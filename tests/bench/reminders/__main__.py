"""How reminders are read, on a table of phrases: by the product, and by libraries that are installed."""

import sys
from collections.abc import Sequence

from tests.bench.reminders import ours
from tests.bench.reminders.peers import Reads, installed
from tests.bench.reminders.table import ASKS, ZONE, Phrase, Reading, phrases
from tests.bench.report import arguments, figure

MOST_ASKED_BACK = 0.25


def _tried(reads: Reads, table: Sequence[Phrase]) -> list[tuple[Phrase, Reading]]:
    def tried(said: str) -> Reading:
        try:
            return reads(said)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
            return ASKS  # a library that fails sets no reminder either

    return [(phrase, tried(phrase.said)) for phrase in table]


def _is_another_day(phrase: Phrase, answer: Reading) -> bool:
    """Wrong whatever hour a library gives a day that is said without one."""
    days = [[at.astimezone(ZONE).date() for at in one.moments] for one in (phrase.means, answer)]
    return answer != ASKS and days[0] != days[1]


def main() -> None:
    """Print the figures; what the product read wrongly goes to standard error."""
    arguments(__doc__ or "").parse_args()
    table, held_out = phrases("table", "held_out"), phrases("held_out")
    answers = [(phrase, ours.read(phrase.said)) for phrase in table]
    wrong = [phrase for phrase, answer in answers if phrase.is_wrong(answer)]
    asked = sum(answer == ASKS for _, answer in answers)
    figure("reminders_wrong", len(wrong), "phrases", 0)
    figure("reminders_asked_back", asked / len(table), "share", MOST_ASKED_BACK)
    figure("reminders_wrong_held_out", sum(phrase in held_out for phrase in wrong), "phrases", 0)
    figure("reminders_count", len(table), "phrases")
    figure("reminders_to_ask_back", sum(phrase.means == ASKS for phrase in table) / len(table), "share")
    for name, reads in installed().items():
        tried = _tried(reads, table)
        figure(f"reminders_wrong_{name}", sum(phrase.is_wrong(answer) for phrase, answer in tried), "phrases")
        days = sum(_is_another_day(phrase, answer) for phrase, answer in tried)
        figure(f"reminders_wrong_day_{name}", days, "phrases")
        figure(
            f"reminders_asked_back_{name}", sum(answer == ASKS for _, answer in tried) / len(table), "share"
        )
    for phrase in wrong:
        sys.stderr.write(f"{phrase.said!r}\n")


if __name__ == "__main__":
    main()
