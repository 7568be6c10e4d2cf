"""What nearly every part of a running twin works with."""

import asyncio
from dataclasses import dataclass

from bots.runtime.base.changes import Changes
from bots.runtime.base.problems import Problems
from bots.runtime.base.timing import Sleep, Timing
from core.ports import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """Time, and the two ways to tell of what happens. A part that uses one of them is given that one."""

    clock: Clock
    changes: Changes
    problems: Problems
    timing: Timing
    sleep: Sleep = asyncio.sleep
