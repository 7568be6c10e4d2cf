"""Every benchmark, one after the other, each in a process of its own: `make bench`, `make bench-full`."""

import subprocess
import sys

BENCHMARKS = (
    *("overhead", "clean_shapes", "false_drafts", "small_talk", "reminders", "recall", "throughput", "start"),
    *("resident", "cards", "soak", "draft_time", "identity", "red_team"),
)
SMALLER = {"red_team": ("--attempts", "600"), "identity": ("--real", "300")}
"""What makes ten minutes of those that are whole by themselves."""


def main() -> int:
    """Run them all; exit 0 when each ran to its end, whatever its figures."""
    options = sys.argv[1:]
    failed = [
        name
        for name in BENCHMARKS
        if subprocess.run(
            [sys.executable, "-m", f"tests.bench.{name}", "--json", *_smaller(name, options), *options],
            check=False,
        ).returncode
    ]
    if failed:
        sys.stderr.write(f"did not run to the end: {', '.join(failed)}\n")
    return bool(failed)


def _smaller(name: str, options: list[str]) -> tuple[str, ...]:
    return () if "--full" in options else SMALLER.get(name, ())


if __name__ == "__main__":
    raise SystemExit(main())
