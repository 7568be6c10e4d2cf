"""The one facade that the command line, the control socket and the console speak to."""

# ruff: noqa: A002 - `id` is the word of the command line and of the JSON that reaches these methods
import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bots.runtime.asking import ask
from bots.runtime.composing import readable
from bots.runtime.events import Change
from bots.runtime.house import House
from bots.runtime.presenter import (
    broken_persona,
    conversation_view,
    delegation_view,
    persona_view,
    record_view,
    retrieved,
)
from bots.runtime.status import status
from bots.runtime.when import ago, moment, timed
from bots.setup.backup import write_backup
from bots.views import (
    AccountView,
    AskAnswer,
    BackupView,
    CircleView,
    ConversationView,
    DayView,
    DelegationView,
    DigestTimesView,
    DigestView,
    Done,
    DraftView,
    HearAnswer,
    MessageView,
    PairingView,
    PersonaView,
    PersonView,
    RecallAnswer,
    ReceiptView,
    RecordView,
    ReminderView,
    StatusView,
    SuggestionView,
)
from core.audience import OWNER_ONLY
from core.errors import OwnerMustFix, Refused
from core.types import (
    OWNER,
    Conversation,
    ConversationId,
    Draft,
    DraftId,
    MemoryRecord,
    Mode,
    Person,
    PersonaName,
    PersonId,
    RecordId,
)
from memory import overview
from memory.accounts import shown_code
from memory.forgetting import forget
from memory.reminders import Reminder
from memory.rows import row_number
from memory.standing import capped

PLATFORMS = ("telegram", "discord", "slack")
NEVER = datetime.min.replace(tzinfo=UTC)
DELEGATION_LASTS = timedelta(days=7)
"""Where the owner names no end."""


class Twin:
    """Every method may raise OwnerMustFix, TryAgain and Refused, whose messages are fit to be shown.

    `revision=None` means "the one that is open now".
    """

    def __init__(self, house: House) -> None:
        self._house = house

    # What is said

    async def hear(self, person: str, conversation: str, text: str) -> HearAnswer:
        """One message on the console platform, through the whole way; waits for what comes of it.

        `person` may be `owner`. TryAgain or OwnerMustFix when the model cannot answer now: the message
        is stored and waits.
        """
        began = perf_counter()
        where, message = await self._house.composer.compose(person, conversation, text)
        turned = await self._house.gateway.converse(where, message)
        timings = dict(turned.outcome.timings_ms) if turned.outcome else {}
        timings |= {"file": turned.filed_ms, "total": (perf_counter() - began) * 1000}
        return await self._house.presenter.hear_answer(replace(turned, message=message.id), timings)

    async def receive(self, person: str, conversation: str, text: str) -> str:
        """As `hear`, but returns the message's id as soon as it is committed (for the console's page)."""
        where, message = await self._house.composer.compose(person, conversation, text)
        await self._house.gateway.hear(where, message, at_once=True)
        return message.id

    async def conversations(self) -> tuple[ConversationView, ...]:
        """Every conversation, the one last spoken in first."""
        house = self._house
        last = await house.db.read(overview.last_spoken)
        drafts = {one.conversation: one.id for one in await house.outbox.open()}
        modes = await house.control.modes()
        pending = {one.conversation for one in await house.messages.pending()}
        found = await house.messages.conversations()
        found.sort(key=lambda one: last.get(one.id, NEVER), reverse=True)
        return tuple(
            [
                replace(
                    conversation_view(one, await self._mode(one, modes.get(one.id)), drafts.get(one.id)),
                    pending=one.id in pending,
                )
                for one in found
            ]
        )

    async def thread(self, conversation: str, limit: int = 50) -> tuple[MessageView, ...]:
        """The last messages of a conversation, oldest first."""
        found = await self._house.composer.conversation(conversation)
        said = await self._house.messages.recent(found.id, limit)
        return tuple(self._house.presenter.message(one) for one in said)

    # What waits for leave

    async def inbox(self) -> tuple[DraftView, ...]:
        """The open drafts, oldest first."""
        drafts = await self._house.outbox.open()
        return tuple([await self._house.presenter.draft(one) for one in drafts])

    async def draft(self, id: str) -> DraftView:
        """One draft, open or closed. Refused when there is none of that id."""
        return await self._shown(await self._house.outbox.get(DraftId(id)))

    async def approve(
        self,
        id: str,
        revision: int | None = None,
        text: str | None = None,
        via: str = "cli",
    ) -> DraftView:
        """Give leave, with `text` edited first if given; waits a moment for the delivery to end.

        Refused: `already handled`.
        """
        said = None if text is None else readable(text)
        return await self._shown(await self._house.approvals.approve(DraftId(id), revision, said, via))

    async def edit(self, id: str, text: str, revision: int | None = None) -> DraftView:
        """Change the text without giving leave: a new revision."""
        return await self._shown(await self._house.approvals.edit(DraftId(id), revision, readable(text)))

    async def reject(
        self,
        id: str,
        revision: int | None = None,
        why: str = "",
        via: str = "cli",
    ) -> DraftView:
        """Send nothing."""
        return await self._shown(
            await self._house.approvals.reject(DraftId(id), revision, readable(why), via)
        )

    async def redraft(self, id: str, guidance: str = "", revision: int | None = None) -> DraftView:
        """Draft again with the owner's guidance: a new revision of the same draft."""
        return await self._shown(await self._house.approvals.redraft(DraftId(id), revision, guidance))

    async def snooze(self, id: str, until: str | datetime, revision: int | None = None) -> DraftView:
        """Put aside until a time: ISO 8601 (local unless it says otherwise), or `2h`, `30m`, `1d`."""
        return await self._shown(
            await self._house.approvals.snooze(DraftId(id), revision, self._moment(until))
        )

    async def settle(self, id: str, delivered: bool) -> DraftView:
        """The owner says whether an uncertain draft arrived."""
        return await self._shown(await self._house.approvals.settle(DraftId(id), delivered))

    async def withheld(self, id: str) -> tuple[RecordView, ...]:
        """For the owner alone: what matched but may not be heard there."""
        return retrieved(await self._house.approvals.withheld(DraftId(id)))

    async def share(self, record: str, with_: Sequence[str], draft: str | None = None) -> Done:
        """Let people hear a record: person ids, circle names, atoms, or `once`.

        `once` holds for the next redraft of `draft` alone; without `draft`, for the only open one.
        """
        target = None if draft is None else DraftId(draft)
        return Done(await self._house.approvals.share(RecordId(record), with_, target))

    async def receipts(self, limit: int = 50) -> tuple[ReceiptView, ...]:
        """What was sent, newest first."""
        return await self._house.presenter.receipts(await self._house.receipts.latest(limit))

    # Leave and presence

    async def pause(self) -> Done:
        """Stop all sending at once."""
        await self._house.control.pause()
        return self._set("paused: nothing is sent until you resume")

    async def resume(self) -> Done:
        """Send again."""
        await self._house.control.resume()
        return self._set("sending again")

    async def away(self) -> Done:
        """The owner is away."""
        await self._house.control.away()
        return self._set("you are away")

    async def back(self) -> Done:
        """The owner is back."""
        await self._house.control.back()
        return self._set("welcome back")

    async def mode(self, conversation: str, mode: str) -> Done:
        """How far the twin may go there: `observe`, `draft` or `auto`."""
        found = await self._house.composer.conversation(conversation)
        if mode not in set(Mode):
            raise OwnerMustFix(f"there is no mode {readable(mode)[:40]!r}; there are: {', '.join(Mode)}")
        await self._house.control.set_mode(found.id, Mode(mode))
        return self._set(f"{found.id}: {mode}")

    async def delegate(
        self,
        target: str,
        persona: str | None = None,
        kinds: Sequence[str] = (),
        until: str | datetime | None = None,
    ) -> DelegationView:
        """Leave in advance for a person or a conversation."""
        house = self._house
        ends = self._moment(until) if until is not None else house.clock.now() + DELEGATION_LASTS
        if ":" in target:
            where = await house.composer.conversation(target)
            speaks = await self._persona(persona, where)
            added = await house.delegations.add(
                persona=speaks, expires_at=ends, conversation=where.id, kinds=kinds
            )
        else:
            who = house.composer.person(target)
            direct = Conversation(ConversationId(f"direct:{who}"), "direct", who, members=frozenset({who}))
            speaks = await self._persona(persona, direct)
            added = await house.delegations.add(persona=speaks, expires_at=ends, person=who, kinds=kinds)
        house.changes.publish("settings")
        return delegation_view(added)

    async def delegations(self) -> tuple[DelegationView, ...]:
        """The delegations in force."""
        return tuple(delegation_view(one) for one in await self._house.delegations.all(running=True))

    async def revoke(self, id: str) -> Done:
        """Take a delegation back."""
        number = row_number(id)
        if number is None:
            raise Refused(f"there is no delegation {readable(id)[:40]!r}")
        await self._house.delegations.revoke(number)
        return self._set(f"delegation {id} is revoked")

    # Who and what

    async def people(self) -> tuple[PersonView, ...]:
        """The owner's people."""
        circles = self._house.profile.circles()
        return tuple(
            PersonView(
                id=one.id,
                name=one.name,
                relation=one.relation,
                accounts=tuple(sorted(one.accounts)),
                circles=tuple(sorted(name for name, members in circles.items() if one.id in members)),
                is_bot=one.is_bot,
            )
            for one in self._house.profile.people().values()
        )

    async def circles(self) -> tuple[CircleView, ...]:
        """The owner's circles."""
        circles = self._house.profile.circles()
        return tuple(CircleView(name, tuple(sorted(members))) for name, members in sorted(circles.items()))

    async def recall(self, query: str, for_: str, limit: int = 8) -> RecallAnswer:
        """What may be recalled in the conversation `for_`."""
        where = await self._house.composer.conversation(for_)
        found = await self._house.recall.recall(readable(query), where, limit)
        return RecallAnswer(query, where.id, retrieved(found))

    async def ask(self, question: str) -> AskAnswer:
        """The owner asks their twin; answered from memory, in the owner's own DM."""
        house = self._house
        if not readable(question).strip():
            raise OwnerMustFix("there is no question")
        return await ask(house.owner, readable(question), house.recall, house.model, house.sampling)

    async def remember(self, text: str) -> RecordView:
        """A note for the owner alone, until shared."""
        said = readable(text).strip()
        if not said:
            raise OwnerMustFix("there is nothing to remember: the text is empty")
        note = RecordId(f"note:{secrets.token_hex(6)}")
        record = MemoryRecord(note, said, OWNER_ONLY, self._house.clock.now(), author=OWNER)
        await self._house.records.add(record)
        self._house.changes.publish("memory")
        return record_view(record)

    async def suggestions(self) -> tuple[SuggestionView, ...]:
        """What contacts said that might belong in the profile."""
        shown = []
        for one in await self._house.suggestions.open():
            source = await self._house.messages.get(one.source)
            said_by = self._house.presenter.name(source.author) if source else ""
            shown.append(SuggestionView(str(one.id), one.text, said_by, one.at))
        return tuple(shown)

    async def forget(self, record: str) -> Done:
        """Delete a record, and the text of the message it came from. What waits and rested on it is drafted
        anew; what was sent is kept."""
        house = self._house
        gone = await forget(house.db, house.profile, RecordId(record), house.gateway.start_over)
        await house.gateway.draft_anew(gone.withdrawn)
        house.changes.publish("memory")
        said = f"{record} is forgotten"
        if gone.withdrawn:
            said += f"; drafts that may rest on it are withdrawn: {len(gone.withdrawn)}"
        if gone.sent:
            said += f"; replies that rested on it and were sent are kept, with their receipts: {gone.sent}"
        if not gone.everywhere:
            said += "; the database is in use elsewhere, and lets go of its words when the twin stops"
        return Done(said)

    async def personas(self) -> tuple[PersonaView, ...]:
        """Every persona, with where it is bound; those whose file is broken with what is wrong with it."""
        good, faults = self._house.personas.names(), self._house.personas.faults()
        shown = [replace(await self.persona(name), problem=faults.get(name, "")) for name in good]
        shown += [
            broken_persona(name, self._bound(name), faults[name]) for name in faults if name not in good
        ]
        return tuple(sorted(shown, key=lambda one: one.name))

    async def persona(self, name: str) -> PersonaView:
        """One persona."""
        return persona_view(self._house.personas.get(name), self._bound(name))

    def _bound(self, name: str) -> tuple[str, ...]:
        bound = self._house.profile.bindings()
        where = [f"circle:{circle}" for circle, persona in bound.circles.items() if persona == name]
        where += [place for place, persona in bound.conversations.items() if persona == name]
        where += ["default"] if bound.default == name else []
        return tuple(where)

    async def bind(self, persona: str, to: str = "default") -> Done:
        """Use a persona for a conversation id, `circle:NAME` or `default`."""
        name = self._house.personas.get(persona).name
        if to == "default":
            await self._house.profile.bind(name, default=True)
        elif to.startswith("circle:"):
            circle = to.removeprefix("circle:")
            if circle not in self._house.profile.circles():
                known = ", ".join(sorted(self._house.profile.circles())) or "none yet"
                raise OwnerMustFix(f"there is no circle {readable(circle)[:80]!r}; there are: {known}")
            await self._house.profile.bind(name, circle=circle)
        else:
            where = await self._house.composer.conversation(to)
            await self._house.profile.bind(name, conversation=where.id)
        return self._set(f"{name} speaks in {to}" if to != "default" else f"{name} speaks by default")

    # Accounts

    async def pair(self, platform: str = "") -> PairingView:
        """A one-use code; a former one is void. The account that sends it to the bot is the owner's."""
        if platform not in ("", *PLATFORMS):
            raise OwnerMustFix(f"there is no platform {readable(platform)[:40]!r}: {', '.join(PLATFORMS)}")
        code, until = await self._house.accounts.new_code(platform)
        return PairingView(shown_code(code), platform, until)

    async def accounts(self) -> tuple[AccountView, ...]:
        """The owner's own, those paired first first."""
        names = self._house.accounts.names()
        return tuple(
            AccountView(
                one.account,
                one.platform,
                names[one.account].name if one.account in names else "",
                one.paired_at,
            )
            for one in self._house.accounts.owners()
        )

    async def unpair(self, account: str) -> Done:
        """An account may decide nothing any more."""
        if not await self._house.accounts.unpair(PersonId(account)):
            known = ", ".join(one.account for one in self._house.accounts.owners()) or "none yet"
            raise OwnerMustFix(f"{readable(account)[:80]!r} is not paired; there are: {known}")
        return self._set(f"{account} decides nothing any more")

    async def link(self, account: str, person: str, name: str = "") -> Done:
        """An account is this person's; with `name`, someone new is added first."""
        profile, who = self._house.profile, PersonId(person)
        if self._house.accounts.is_owner(PersonId(account)):
            raise OwnerMustFix(f"{account} is your own")
        if ":" not in account:
            raise OwnerMustFix("an account is written as telegram:1234, slack:TEAM/USER or discord:1234")
        if name and who not in profile.people():
            await profile.add_person(Person(who, readable(name)))
        await profile.link(PersonId(account), self._house.composer.person(person))
        return self._set(f"{account} is {person}")

    async def unlink(self, account: str) -> Done:
        """An account is nobody's that the owner knows."""
        await self._house.profile.unlink(PersonId(account))
        return self._set(f"{account} is nobody's you know")

    # The house

    async def status(self) -> StatusView:
        """How the twin is."""
        return await status(self._house)

    async def digest(self, name: str | None = None, since: str | datetime | None = None) -> DigestView:
        """What happened and what waits: since that digest was last told, else since a time, else for a day.
        `since` as `1d`, or ISO 8601."""
        begin = None if since is None else ago(since, self._house.clock.now(), self._house.zone)
        report = await self._house.digests.report(name, begin)
        facts = report.facts
        days = tuple(DayView(one.day.isoformat(), *astuple(one)[1:]) for one in facts.days)
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
                one.wanted.name,
                one.wanted.to,
                one.next.astimezone(zone) if one.next else None,
                one.last.due.astimezone(zone) if one.last else None,
                one.last.state.value if one.last else "",
            )
            for one in await self._house.digests.times()
        )

    async def remind(self, text: str, at: str | datetime | None = None) -> ReminderView:
        """Tell the owner this in their DM, at a time as `bots.runtime.when.moment` reads it; without one the
        text begins or ends with it. Raises OwnerMustFix."""
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

    async def backup(self, path: str | Path) -> BackupView:
        """Everything in one tar file, mode 0600. OwnerMustFix when it exists already."""
        written, size = await asyncio.to_thread(write_backup, self._house.home, Path(path))
        return BackupView(str(written), size)

    def changes(self) -> AsyncIterator[Change]:
        """Small events for live pages, from this call on."""
        return self._house.changes.subscribe()

    def _set(self, said: str) -> Done:
        self._house.changes.publish("settings")
        return Done(said)

    def _reminder(self, one: Reminder) -> ReminderView:
        return ReminderView(str(one.id), one.text, one.at.astimezone(self._house.zone))

    def _moment(self, given: str | datetime) -> datetime:
        return moment(given, self._house.clock.now(), self._house.zone)

    async def _shown(self, draft: Draft) -> DraftView:
        return await self._house.presenter.draft(draft)

    async def _mode(self, conversation: Conversation, explicit: Mode | None) -> Mode:
        try:
            return capped(explicit, (await self._house.personas.cast(conversation)).mode)
        except OwnerMustFix:
            return Mode.OBSERVE

    async def _persona(self, name: str | None, conversation: Conversation) -> PersonaName:
        if name is not None:
            return self._house.personas.get(name).name
        return (await self._house.personas.cast(conversation)).name
