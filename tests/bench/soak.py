"""Everything that goes wrong, on three platforms at once: is every message accounted for?

Friends write to the twin in bursts; the owner approves every card. Meanwhile messages come twice, in the
wrong order and changed; sockets are cut and slow, servers refuse and ask to wait, the model is away, and the
twin's process is killed by SIGKILL three times and started anew.

Real time passes here: the waits below are those of people and of what breaks, and two look again and again at
what another process does (its database, its command socket), which tells nobody of it.
"""

import asyncio
import logging
import tempfile
from contextlib import suppress
from pathlib import Path
from time import monotonic, time

from bots.home import Home
from core.errors import UnderstudyError
from core.types import PersonaName
from memory.profile.profile import Profile
from personas.library import copy_shipped
from tests.bench.report import arguments
from tests.bench.soak_friends import FRIENDS, Friends, Ledger
from tests.bench.soak_judge import judge
from tests.bench.soak_life import LOOK_S, Life, Watch
from tests.bench.soak_owner import Owner
from tests.bench.soak_trouble import Trouble
from tests.bench.soak_twin import LaterClock
from tests.wire.fronts import Fronts, three_fronts


async def _paired(life: Life, fronts: Fronts) -> None:
    """The owner has an account on every platform."""
    await asyncio.gather(*(one.online() for one in fronts.all))
    for front in fronts.all:
        while True:
            with suppress(UnderstudyError, OSError):
                await front.pair((await life.tell("pair", platform=front.name))["code"])
                break
            await asyncio.sleep(LOOK_S)


async def _run(folder: Path, messages: int) -> None:
    home, epoch = Home(folder / "home"), time()
    home.create()
    copy_shipped(home.personas)
    await Profile(home.profile_json).bind(PersonaName("friends"), default=True)
    clock = LaterClock(epoch)
    async with three_fronts(clock) as fronts:
        life, ledger = Life(home, fronts, epoch), Ledger()
        watch = Watch(life)
        friends = Friends(fronts, clock, ledger, watch, seed=messages)
        owner, trouble = Owner(fronts, life), Trouble(fronts, life, watch, ledger, messages)
        await life.start()
        try:
            await _paired(life, fronts)
            began = monotonic()
            talk = asyncio.create_task(friends.talk(-(-messages // (3 * FRIENDS))))
            about = (watch.run(), owner.run(), trouble.run(), trouble.kill(times=3))
            background = [asyncio.create_task(one) for one in about]
            await _first_of(talk, *background[:3])
            took = monotonic() - began
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            judge(life, ledger, fronts, took)
        finally:
            await life.kill()


async def _first_of(*tasks: "asyncio.Task[None]") -> None:
    """Return once one has ended, with what it failed by."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for ended in done:
        ended.result()


def main() -> None:
    """Print the figures. Processes are killed for real; the stand-ins and the friends live in this one."""
    parser = arguments(main.__doc__ or "")
    parser.add_argument("--messages", type=int, help="how many in all; 300, with --full 10000")
    parser.add_argument("--keep", type=Path, help="leave the twin's home in this folder, which is to be new")
    options = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # connections are cut on purpose
    messages = options.messages or (10_000 if options.full else 300)
    if options.keep:
        options.keep.mkdir(parents=True)
        asyncio.run(_run(options.keep, messages))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder), messages))


if __name__ == "__main__":
    main()
