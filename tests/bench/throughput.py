"""Messages a second from fifty conversations at once: each says the next thing once it is answered."""

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter

from bots.api.twin import Twin
from bots.home import Home
from tests.bench.homes import FRIENDS, furnish, instant, questions
from tests.bench.report import arguments, figure

RECORDS = 100_000


async def _talk(twin: Twin, who: str, texts: list[str]) -> None:
    for text in texts:
        await twin.hear(who, f"console:{who}", text)


async def _measure(home: Home, each: int) -> float:
    async with instant(home) as (_, twin):
        said: dict[str, list[str]] = {}
        for who, _, text in questions(each * FRIENDS):
            said.setdefault(who, []).append(text)
        began = perf_counter()
        await asyncio.gather(*(_talk(twin, who, texts) for who, texts in said.items()))
        took = perf_counter() - began
    return each * FRIENDS / took


def main() -> None:
    """Print the figure."""
    options = arguments(main.__doc__ or "").parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = furnish(Path(folder) / "home", RECORDS)
        rate = asyncio.run(_measure(home, 60 if options.full else 20))
    figure("throughput_msgs_per_s", rate, "1/s", 150, at_least=True)


if __name__ == "__main__":
    main()
