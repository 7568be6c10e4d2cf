"""What every benchmark prints: one JSON object a line, and the data that several of them read."""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

IRC = Path(__file__).parents[3] / "shared" / "data" / "irc" / "ubuntu-dev.jsonl.gz"


def figure(
    name: str, value: float, unit: str, target: float | None = None, *, at_least: bool = False
) -> None:
    """Print one figure; `target` is the most it may be, or with `at_least` the least."""
    holds = None if target is None else (value >= target if at_least else value <= target)
    line = {"figure": name, "value": round(value, 3), "unit": unit, "target": target, "holds": holds}
    print(json.dumps(line), flush=True)


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def arguments(purpose: str) -> argparse.ArgumentParser:
    """The options that every benchmark takes."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the only form there is)")
    parser.add_argument("--full", action="store_true", help="at the size that the issue names")
    return parser


def irc_lines(count: int) -> Iterator[tuple[datetime, str, str]]:
    """`count` real chat lines as (sent_at, author, text), the file repeated with a mark if shorter.

    Ends the program, exit status 0 and a word, where the data is absent: it is not part of the project.
    """
    if not IRC.exists():
        sys.stderr.write(f"nothing measured: {IRC.name} is not beside the project (shared/data/irc)\n")
        raise SystemExit(0)
    given, lap = 0, 0
    while given < count:
        with gzip.open(IRC, "rt", encoding="utf-8") as lines:
            for line in lines:
                if given == count:
                    return
                row = json.loads(line)
                mark = f" #{lap}" if lap else ""
                yield datetime.fromisoformat(row["sent_at"]), row["author"], row["text"] + mark
                given += 1
        lap += 1
