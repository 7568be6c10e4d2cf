"""What the owner is told by the clock."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
from dataclasses import astuple
from datetime import UTC, datetime

from bots.api.views import DayView, DigestTimesView, DigestView, Done, ReminderView
from bots.runtime.base.changes import Changes
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.base.times import Unclear, timed, when
from bots.runtime.conversation.composer import readable
from bots.runtime.digest.digests import DigestSchedule
from bots.twin.done import settings_changed
from core.errors import OwnerMustFix, Refused
from memory.archive.rows import row_number
from memory.state.reminders import Reminder, Reminders


class DigestPart:
    """What the owner is told by the clock. As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        digests: DigestSchedule,
        reminders: Reminders,
        changes: Changes,
        times: OwnerClock,
    ) -> None:
        self._digests = digests
        self._reminders = reminders
        self._changes = changes
        self._times = times

    async def digest(self, name: str | None = None, since: str | datetime | None = None) -> DigestView:
        begin = None if since is None else self._times.ago(since)
        report = await self._digests.report(name, begin)
        facts = report.facts
        days = tuple(DayView(day.day.isoformat(), *astuple(day)[1:]) for day in facts.days)
        return DigestView(report.name, facts.since, facts.until, report.text, days)

    async def digest_picture(self, since: str | datetime | None = None, dark: bool = False) -> bytes:
        begin = None if since is None else self._times.ago(since)
        return await self._digests.picture(begin, dark=dark)

    async def digests(self) -> tuple[DigestTimesView, ...]:
        local = self._times.local
        return tuple(
            DigestTimesView(
                time.spec.name,
                time.spec.to,
                local(time.next) if time.next else None,
                local(time.last.due) if time.last else None,
                time.last.state.value if time.last else "",
            )
            for time in await self._digests.times()
        )

    async def remind(
        self, text: str, at: str | datetime | None = None, said_at: datetime | None = None
    ) -> ReminderView:
        now = self._times.now()
        since, words = said_at or now, readable(text)
        if at is None:
            found = timed(words, since, self._times.zone)
            if isinstance(found, Unclear):
                raise OwnerMustFix(found.why)
            if found is None:
                raise OwnerMustFix("say when: in 2h call Sam, or tomorrow 9:00 send the invoice")
            said, due, recurs = found.text, found.at, found.recurs
        else:
            time = when(at, since, self._times.zone)
            said, due, recurs = words.strip(), time.at, time.recurs
        if not said:
            raise OwnerMustFix("there is nothing to remind you of: say of what")
        if due <= now and recurs is None:
            raise OwnerMustFix("that time has passed already")
        added = await self._reminders.add(said, due if recurs is None else now, recurs)
        self._changes.publish("settings")
        return self._reminder(added)

    async def reminders(self) -> tuple[ReminderView, ...]:
        found = map(self._reminder, await self._reminders.open())
        return tuple(sorted(found, key=lambda one: (one.at.astimezone(UTC), int(one.id))))

    async def unremind(self, id: str) -> Done:
        number = row_number(id)
        if number is None:
            raise Refused(f"there is no reminder {readable(id)[:40]!r}")
        await self._reminders.end(number)
        return settings_changed(self._changes, f"reminder {id} is gone")

    def _reminder(self, one: Reminder) -> ReminderView:
        due = self._times.local(one.due(self._times.zone))
        return ReminderView(str(one.id), one.text, due, one.recurs.words() if one.recurs else "")
