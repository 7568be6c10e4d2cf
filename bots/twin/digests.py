"""What the owner is told by the clock."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from dataclasses import astuple
from datetime import datetime

from bots.api.views import DayView, DigestTimesView, DigestView, Done, ReminderView
from bots.runtime.base.times import ago, timed
from bots.runtime.conversation.composer import readable
from bots.twin.part import Part
from core.errors import OwnerMustFix, Refused
from memory.archive.rows import row_number
from memory.state.reminders import Reminder


class DigestPart(Part):
    """What the owner is told by the clock."""

    async def digest(self, name: str | None = None, since: str | datetime | None = None) -> DigestView:
        """What happened and what waits: since that digest was last told, else since a time, else for a day.
        `since` as `1d`, or ISO 8601."""
        begin = None if since is None else ago(since, self._house.clock.now(), self._house.zone)
        report = await self._house.digests.report(name, begin)
        facts = report.facts
        days = tuple(DayView(day.day.isoformat(), *astuple(day)[1:]) for day in facts.days)
        return DigestView(report.name, facts.since, facts.until, report.text, days)

    async def digest_picture(self, since: str | datetime | None = None, dark: bool = False) -> bytes:
        """The digest's picture, a PNG; `dark` for a page that is."""
        begin = None if since is None else ago(since, self._house.clock.now(), self._house.zone)
        return await self._house.digests.picture(begin, dark=dark)

    async def digests(self) -> tuple[DigestTimesView, ...]:
        """Those that are declared, with when they come and when they came."""
        zone = self._house.zone
        return tuple(
            DigestTimesView(
                time.spec.name,
                time.spec.to,
                time.next.astimezone(zone) if time.next else None,
                time.last.due.astimezone(zone) if time.last else None,
                time.last.state.value if time.last else "",
            )
            for time in await self._house.digests.times()
        )

    async def remind(self, text: str, at: str | datetime | None = None) -> ReminderView:
        """Tell the owner this in their DM, at a time as `base/times.py` reads it; without one the text
        begins or ends with it. Raises OwnerMustFix."""
        now, zone = self._house.clock.now(), self._house.zone
        if at is None:
            found = timed(readable(text), now, zone)
            if found is None:
                raise OwnerMustFix("say when: in 2h call Sam, or tomorrow 9:00 send the invoice")
            when, said = found
        else:
            said, when = readable(text).strip(), self._moment(at)
        if not said:
            raise OwnerMustFix("there is nothing to remind you of: say of what")
        if when <= now:
            raise OwnerMustFix("that time has passed already")
        added = await self._house.reminders.add(said, when)
        self._house.changes.publish("settings")
        return self._reminder(added)

    async def reminders(self) -> tuple[ReminderView, ...]:
        """Those that were not told yet, the first due first."""
        return tuple(map(self._reminder, await self._house.reminders.open()))

    async def unremind(self, id: str) -> Done:
        """Let a reminder go."""
        number = row_number(id)
        if number is None:
            raise Refused(f"there is no reminder {readable(id)[:40]!r}")
        await self._house.reminders.take(number)
        return self._set(f"reminder {id} is gone")

    def _reminder(self, one: Reminder) -> ReminderView:
        return ReminderView(str(one.id), one.text, one.at.astimezone(self._house.zone))
