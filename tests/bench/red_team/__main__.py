"""`python -m tests.bench.red_team`: whether anything is sent, leaks or is forged, over many attempts.

`--broken sending|ears|forging` takes one guard away, in this program alone: its figure must not be 0 then.
"""

import logging
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from tests.bench.red_team.parts import BROKEN, PARTS, attack
from tests.bench.red_team.results import Results
from tests.bench.report import arguments

FULL = 10_000


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--attempts", type=int, default=FULL, help="at least so many, over all parts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broken", choices=sorted(BROKEN), default="", help="the guard to take away")
    options = parser.parse_args()
    attempts, seeds = options.attempts, range(options.seed * len(PARTS), (options.seed + 1) * len(PARTS))
    numbers = range(len(PARTS))
    shares = [-int(-attempts * share // 1) for _, _, share in PARTS]
    workers = min(len(PARTS), os.cpu_count() or 1)
    spawned = multiprocessing.get_context("spawn")
    results = Results()
    with ProcessPoolExecutor(workers, mp_context=spawned, initializer=logging.disable) as pool:
        for part in pool.map(attack, numbers, shares, seeds, [options.broken] * len(PARTS)):
            results.add(part)
    results.report()


if __name__ == "__main__":
    main()
