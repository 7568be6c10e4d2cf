"""What the owner commands about reminders in their DM."""

import re
from datetime import datetime

from bots.api.twin import TwinCommands
from bots.runtime.assistant.command_parser import USAGE
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.base.times import timed

MOST_LISTED = 10


class ReminderCommands:
    """Each answers in words, with times on the owner's wall."""

    def __init__(self, twin: TwinCommands, notices: ReminderNotices, times: OwnerClock) -> None:
        self._twin = twin
        self._notices = notices
        self._times = times

    async def remind(self, rest: str, said: str, at: datetime) -> str | None:
        """Its time counts from when it was `said`, also where that was while the twin was off. None where
        it is a question, and no command at all."""
        found = timed(rest, at, self._times.zone)
        if found is None:
            asks = not said.startswith("/") and not re.match(r"(me\s+)?(to|that)\b", rest, re.IGNORECASE)
            return None if asks else USAGE["remind"]
        when, what = found
        if at < when <= self._times.now():
            return f"You wanted to be reminded {self._wall(when)}, while I was off: {what}"
        added = await self._twin.remind(what, when)
        until = self._notices.held_until(added.at)
        held = f" Your quiet hours hold it until {self._wall(until)}." if until else ""
        return f"I'll remind you {self._wall(added.at)}: {added.text}.{held} (drop {added.id} lets it go)"

    async def listed(self) -> str:
        """Those that were not told yet."""
        found = await self._twin.reminders()
        lines = [f"{one.id}. {self._wall(one.at)}: {one.text}" for one in found[:MOST_LISTED]]
        if len(found) > len(lines):
            lines.append(f"and {len(found) - len(lines)} more, in the console")
        return "\n".join(lines) or f"Nothing to be reminded of. {USAGE['remind']}."

    async def drop(self, rest: str) -> str:
        """`NUMBER`. Raises Refused."""
        return f"{(await self._twin.unremind(rest.removeprefix('#'))).said.capitalize()}."

    def _wall(self, at: datetime) -> str:
        return f"{self._times.local(at):%a %-d %b %H:%M}"
