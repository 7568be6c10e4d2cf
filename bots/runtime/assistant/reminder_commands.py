"""What the owner commands about reminders in their DM."""

import re
from datetime import datetime

from bots.api.twin import TwinCommands
from bots.runtime.assistant.command_parser import USAGE
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.base.times import Unclear, timed

MOST_LISTED = 10
QUESTION = re.compile(
    r"(?:me\b\s*)?(?:(?:of|about|again)\b\s*)?(?:what|who|whom|whose|when|where|which|why|how|whether|if)\b",
    re.IGNORECASE,
)
ABOUT = re.compile(r"me\b(?!\s+(?:to|that)\b)[^\d]*", re.IGNORECASE)
"""Without a time, what may be asked of memory: `remind me of Sam's plans`."""


class ReminderCommands:
    """Each answers in words, with times on the owner's wall."""

    def __init__(self, twin: TwinCommands, notices: ReminderNotices, times: OwnerClock) -> None:
        self._twin = twin
        self._notices = notices
        self._times = times

    async def remind(self, rest: str, said: str, at: datetime) -> str | None:
        """Its time counts from when it was `said`, also where that was while the twin was off. None where
        it is a question, and no command at all."""
        slashed = said.startswith("/")
        if QUESTION.match(rest) and not slashed:
            return None
        found = timed(rest, at, self._times.zone)
        if isinstance(found, Unclear):
            return found.why
        if found is None:
            return None if ABOUT.fullmatch(rest) and not slashed else USAGE["remind"]
        if found.recurs is None and at < found.at <= self._times.now():
            return f"You wanted to be reminded {self._wall(found.at)}, while I was off: {found.text}"
        added = await self._twin.remind(rest, said_at=at)
        until = self._notices.held_until(added.at)
        held = f" Your quiet hours hold it until {self._wall(until)}." if until else ""
        first = f"{added.every}, first {self._wall(added.at)}" if added.every else self._wall(added.at)
        ends = "ends it" if added.every else "lets it go"
        return f"I'll remind you {first}: {added.text}.{held} (drop {added.id} {ends})"

    async def listed(self) -> str:
        """Those that were not told yet, and those that recur."""
        found = await self._twin.reminders()
        lines = [
            f"{one.id}. {self._wall(one.at)}{f' ({one.every})' if one.every else ''}: {one.text}"
            for one in found[:MOST_LISTED]
        ]
        if len(found) > len(lines):
            lines.append(f"and {len(found) - len(lines)} more, in the console")
        return "\n".join(lines) or f"Nothing to be reminded of. {USAGE['remind']}."

    async def drop(self, rest: str) -> str:
        """`NUMBER`. Raises Refused."""
        return f"{(await self._twin.unremind(rest.removeprefix('#'))).said.capitalize()}."

    def _wall(self, at: datetime) -> str:
        return f"{self._times.local(at):%a %-d %b %H:%M}"
