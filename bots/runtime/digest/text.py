"""A digest's words, from facts. Pure. What a contact wrote comes on one line, quoted and cut."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bots.platforms.card_lines import SENT_AS, quoted
from bots.runtime.approval.wording import approved
from bots.runtime.digest.due_dates import due
from core.ids import platform_of
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    DraftStatus,
    Kind,
    Message,
    PersonId,
    Receipt,
)
from memory.reports.activity import Activity, Day, Waiting

MOST = 6
"""Lines under one heading; a digest is read over coffee."""
MOST_DAYS = 8
"""Told one by one; more are summed up."""
EXCERPT = 90
"""Characters of what was said."""
SOON = timedelta(days=2)
"""A promise is told again when its day is so near, or so lately gone."""
ELSEWHERE = "What was said is not repeated here: your console shows it."
QUIET = "Nothing happened, and nothing waits for you."


@dataclass(frozen=True, slots=True)
class DigestReader:
    """Who reads it, and where. `surface` is the platform whose servers it will lie on, empty for the
    owner's own machine: there, and where the owner marked it `full`, everything is told. Elsewhere what was
    said on other platforms is left out."""

    zone: ZoneInfo
    name: Callable[[PersonId], str]
    title: Callable[[Conversation], str]
    surface: str = ""
    full: bool = False
    by_owner: bool = True
    """Else people of a conversation read it, and the owner is one of them."""

    def quotes(self, conversation: ConversationId) -> bool:
        """Whether what was said there may be told here."""
        return self.full or self.surface in ("", "console", platform_of(conversation))


def words(title: str, activity: Activity, reading: DigestReader) -> str:
    """The digest in light Markdown."""
    told = _Told(activity, reading)
    missed = {one.id for one in activity.missed}
    parts = [
        (
            "What happened",
            [told.heard(message.conversation, message.messages, message.last) for message in activity.heard],
        ),
        ("Said in your name", [told.said(one) for one in activity.said]),
        ("Waiting for you", [told.waiting(one) for one in activity.waiting]),
        ("Promises", [told.promise(one, by) for one, by in _promises(activity, reading.zone)]),
        (
            "Unanswered",
            [told.message(message) for message in activity.unanswered if message.id not in missed],
        ),
        ("Your twin did not know", [told.message(one) for one in activity.unknown]),
        ("Missed while off", [told.message(one) for one in activity.missed]),
    ]
    sections = [f"**{heading}**\n{_list(lines)}" for heading, lines in parts if lines]
    since, until = (_at(one, reading.zone) for one in (activity.since, activity.until))
    head = f"**{_line(title)}**: {since} to {until}"
    if counts := _counted(activity, reading.zone):
        head += f"\n{counts}"
    return "\n\n".join([head, *(sections or [QUIET]), *([ELSEWHERE] if told.held_back else [])])


class _Told:
    def __init__(self, activity: Activity, reading: DigestReader) -> None:
        self._conversations = activity.conversations
        self._reading = reading
        self._today = activity.until.astimezone(reading.zone).date()
        self.held_back = False

    def heard(self, conversation: ConversationId, messages: int, last: datetime) -> str:
        return f"{self._where(conversation)}: {_count(messages, 'message')}, the last {self._when(last)}"

    def said(self, one: Receipt) -> str:
        said = (
            f"to {self._where(one.conversation)}, {self._when(one.sent_at)}, {SENT_AS[one.sent_as]},"
            f" {approved(one.authorized_by)}"
        )
        return said + self._quoted(one.conversation, one.text)

    def waiting(self, one: Waiting) -> str:
        said = f"draft {one.draft} to {self._where(one.conversation)}, since {self._when(one.since)}"
        if one.status is DraftStatus.UNCERTAIN:
            return f"{said}: it may have arrived, say whether it did"
        return f"{said}, put aside until {self._when(one.snoozed_until)}" if one.snoozed_until else said

    def promise(self, one: Message, by: date | None) -> str:
        if by is None or not self._reading.quotes(one.conversation):
            return self.message(one)  # when it is due was said, too
        return self.message(one, f", due {'today' if by == self._today else f'{by:%a %-d %b}'}")

    def message(self, one: Message, after: str = "") -> str:
        return f"{self._who(one)}, {self._when(one.sent_at)}{after}" + self._quoted(
            one.conversation, one.text
        )

    def _who(self, one: Message) -> str:
        if one.author in (OWNER, TWIN) and self._reading.by_owner:
            return f"you to {self._where(one.conversation)}"
        conversation = self._conversations.get(one.conversation)
        if conversation is not None and conversation.kind is Kind.DIRECT:
            return f"{_line(self._reading.name(one.author))} ({conversation.platform})"
        return f"{_line(self._reading.name(one.author))} in {self._where(one.conversation)}"

    def _where(self, conversation: ConversationId) -> str:
        known = self._conversations.get(conversation)
        title = _line(self._reading.title(known)) if known and known.title else conversation
        return f"{title} ({platform_of(conversation)})"

    def _when(self, at: datetime) -> str:
        local = at.astimezone(self._reading.zone)
        return f"{local:%H:%M}" if local.date() == self._today else f"{local:%a %-d %b %H:%M}"

    def _quoted(self, conversation: ConversationId, text: str) -> str:
        if self._reading.quotes(conversation):
            return f": {quoted(_line(text), EXCERPT)}"
        self.held_back = True
        return ""


def _promises(activity: Activity, zone: ZoneInfo) -> Sequence[tuple[Message, date | None]]:
    """Those whose day is near, the first due first; and those made since that name none, or a later one."""
    today = activity.until.astimezone(zone).date()
    told = []
    for promise in activity.promises:
        by = due(promise.text, promise.sent_at.astimezone(zone).date())
        new = promise.sent_at >= activity.since
        if (new and by is None) or (by is not None and today - SOON <= by and (new or by <= today + SOON)):
            told.append((promise, by))
    return sorted(told, key=lambda one: (one[1] or date.max, one[0].sent_at))


def _counted(activity: Activity, zone: ZoneInfo) -> str:
    """The days that it covers in numbers: the same as the picture, for who does not see it."""
    first = activity.since.astimezone(zone).date()
    days = [one for one in activity.days if one.day >= first and any(astuple(one)[1:])]
    if len(days) > MOST_DAYS:
        sums = (sum(column) for column in zip(*(astuple(one)[1:] for one in days), strict=True))
        return day(Day(first, *sums))
    return "\n".join(f"{one.day:%a %-d %b}: {day(one)}" for one in days)


def day(one: Day) -> str:
    """One day in numbers; empty where nothing happened."""
    numbers = [
        (one.messages, f"{_count(one.messages, 'message')} in"),
        (one.drafted, f"{one.drafted} drafted"),
        (one.approved, f"{one.approved} approved as written"),
        (one.edited, f"{one.edited} edited"),
        (one.rejected, f"{one.rejected} rejected"),
        (one.alone, f"{one.alone} sent on its own"),
    ]
    return ", ".join(text for number, text in numbers if number)


def _list(lines: Iterable[str]) -> str:
    every = list(lines)
    more = [f"and {len(every) - MOST} more"] if len(every) > MOST else []
    return "\n".join(f"- {one}" for one in [*every[:MOST], *more])


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _at(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %-d %b %H:%M}"


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
