"""Digests by the clock: told at most once each, and once for all that were missed while the twin was off.

A run is claimed in SQLite, then told, then settled. Killed in between it stays claimed: it is not told
again, `status` says that it may not have arrived, and the next one covers its time too.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bots.platforms.names import SendsAs, nobody_knows
from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.cron import SOON, Cron, quiet_until
from bots.runtime.base.schedule import Schedule
from bots.runtime.base.services import Services
from bots.runtime.delivery.owner_dms import OwnerDms
from bots.runtime.digest.picture import draw
from bots.runtime.digest.text import DigestReader, words
from core.errors import OwnerMustFix, Refused, TryAgain
from core.ids import message_id, message_record
from core.policy.decide import ask, suppress
from core.ports import PersonaSelector, PolicyFactsSource
from core.runs_on import HERE
from core.types import OWNER, ConversationId, Message
from memory.archive.audiences import Audiences
from memory.archive.messages import Messages
from memory.outbox.outbox import NewDraft, Outbox
from memory.reports import activity
from memory.reports.activity import Activity
from memory.state.digest_runs import DigestRuns, Run, RunState
from memory.storage.port import Database

log = logging.getLogger(__name__)

RULE = "digest"
"""Why its draft waits, where it goes into a conversation."""
A_WEEK = 7
"""Days that the picture shows at least."""
LONGEST = timedelta(days=31)
"""A digest looks back no farther."""
DEFAULT_SPAN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DigestSpec:
    """One digest as the owner declared it. `to`: `dm`, `console`, a platform or a conversation's id."""

    name: str
    cron: Cron
    to: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class DigestReport:
    """A digest as the owner alone reads it, on their own machine."""

    name: str
    text: str
    facts: Activity


@dataclass(frozen=True, slots=True)
class DigestTimes:
    """When one comes next, in UTC, and what became of it last; None where it was never told."""

    spec: DigestSpec
    next: datetime | None
    last: Run | None


@dataclass(frozen=True, slots=True)
class DigestTargets:
    """What a digest is told with: where the owner's owner_dms are, and how a conversation is spoken in."""

    owner_dms: OwnerDms
    outbox: Outbox
    persona_selector: PersonaSelector
    policy_facts: PolicyFactsSource
    audiences: Audiences
    sends_as: SendsAs = nobody_knows


class DigestSchedule:
    """Those that the owner declared. Raises what the database raises; a digest that cannot be told is
    among the problems."""

    def __init__(
        self,
        specs: Sequence[DigestSpec],
        quiet: Schedule,
        db: Database,
        messages: Messages,
        presenter: Presenter,
        targets: DigestTargets,
        services: Services,
    ) -> None:
        self.specs = tuple(specs)
        self._quiet = quiet
        self._db = db
        self._runs = DigestRuns(db)
        self._messages = messages
        self._presenter = presenter
        self._targets = targets
        self._clock = services.clock
        self._problems = services.problems
        self._changes = services.changes
        self._in_hand: set[tuple[str, datetime]] = set()

    @property
    def _zone(self) -> ZoneInfo:
        return self._quiet.zone

    async def look(self) -> datetime | None:
        """Tell what is due; when to look again at the latest, None where no digest is declared."""
        now, next_times = self._clock.now(), []
        for spec in self.specs:
            again = None if spec.urgent else quiet_until(self._quiet, now)
            if again is None and not await self._told(spec, now):
                again = now + SOON
            next_times += [again, spec.cron.next(now, self._zone)]
        return min((time for time in next_times if time is not None), default=None)

    async def report(self, name: str | None = None, since: datetime | None = None) -> DigestReport:
        """One now, for the owner alone: since the last of that name, or for a day. Raises OwnerMustFix."""
        now = self._clock.now()
        if name is not None and name not in {spec.name for spec in self.specs}:
            known = (
                ", ".join(spec.name for spec in self.specs)
                or "none yet; [[digest]] in twin.toml declares one"
            )
            raise OwnerMustFix(f"there is no digest of that name; there are: {known}")
        if since is None and name is not None:
            since = await self._runs.covered(name, now)
        facts = await self._facts(since or now - DEFAULT_SPAN)
        return DigestReport(name or "digest", self._words(name or "digest", facts), facts)

    async def times(self) -> Sequence[DigestTimes]:
        """Of each that is declared. Quiet hours may hold it longer."""
        now, found = self._clock.now(), []
        for spec in self.specs:
            last = await self._runs.last(spec.name)
            told = None if last is None or last.state is RunState.BEGUN else last
            found.append(DigestTimes(spec, spec.cron.next(now, self._zone), told))
        return found

    async def words_for(self, platform: str) -> str:
        """A day's, as it may be told in the owner's DM on a platform."""
        return self._words("digest", await self._facts(self._clock.now() - DEFAULT_SPAN), platform)

    async def picture(self, since: datetime | None = None, *, dark: bool = False) -> bytes:
        """Its picture, a PNG."""
        return await self._drawn(await self._facts(since or self._clock.now() - DEFAULT_SPAN), dark=dark)

    async def uncertain(self) -> Sequence[str]:
        """Digests that may not have arrived, in words for the owner."""
        before = set(self._in_hand)  # one may be settled while we read
        found = await self._runs.uncertain()
        claimed = [one for one in found if (one.name, one.due) not in before | self._in_hand]
        return [
            f"the digest {one.name} of {one.due.astimezone(self._zone):%a %-d %b %H:%M} may not have arrived;"
            f" `understudy digest {one.name}` shows it"
            for one in claimed
        ]

    async def _told(self, one: DigestSpec, now: datetime) -> bool:
        """Tell it if it is due; False where it is, and cannot be told just now."""
        last = await self._runs.last(one.name)
        if last is None:
            await self._runs.begin(one.name, now)
            return True
        due = one.cron.last(last.due, now, self._zone)
        where = f"digest {one.name}"
        if due is None:
            return True
        to, why = self._destination(one)
        if why:
            self._problems.tell(where, why)
        if to is None:
            return bool(why)
        if not await self._runs.claim(one.name, due):
            return True
        self._in_hand.add((one.name, due))
        try:
            await self._run(one, to, Run(one.name, due, RunState.CLAIMED))
        except (TryAgain, OwnerMustFix) as error:
            await self._runs.release(one.name, due)
            if isinstance(error, OwnerMustFix):
                self._problems.tell(where, str(error))
        except Refused as refused:
            await self._runs.settle(one.name, due, RunState.REFUSED)
            self._problems.tell(where, f"the digest {one.name} was not taken: {refused}")
        except Exception as error:
            # Supervision: whatever a platform raises, nobody knows what arrived; the others are told.
            log.error("%s: uncertain (%s)", where, type(error).__name__)
            self._changes.publish("problem")
        else:
            await self._runs.settle(one.name, due, RunState.TOLD)
            if not why:
                self._problems.clear(where)
            self._changes.publish("digest")
        finally:
            self._in_hand.discard((one.name, due))
        return True

    def _destination(self, one: DigestSpec) -> tuple[Sequence[str] | None, str]:
        """The platforms to try, `console` and a conversation's id among them; None: not now. And what the
        owner should mend."""
        owner_dms = self._targets.owner_dms
        if one.to == "console" or ":" in one.to:
            return (one.to,), ""
        if one.to != "dm":
            if not owner_dms.paired(one.to):
                return (
                    None,
                    f"the digest {one.name} goes to {one.to}: connect it, and pair your account there",
                )
            return ((one.to,) if owner_dms.connected(one.to) else None), ""
        if not owner_dms.preferred():
            return ("console",), ""
        return owner_dms.reachable() or None, ""

    async def _run(self, one: DigestSpec, to: Sequence[str], run: Run) -> None:
        since = await self._runs.covered(one.name, run.due) or run.due - DEFAULT_SPAN
        if ":" in to[0]:
            return await self._put(one, run, ConversationId(to[0]), since)
        if to[0] == "console":
            return None  # it is made whenever the owner looks
        facts = await self._facts(since)
        picture, why = await self._drawn(facts), Refused("")
        for platform in to:
            try:
                return await self._targets.owner_dms.tell(
                    platform, self._words(one.name, facts, platform), picture
                )
            except Refused as refused:
                why = Refused(f"{platform}: {refused}")
        raise why

    async def _put(self, one: DigestSpec, run: Run, place: ConversationId, since: datetime) -> None:
        """As any message: what may be heard there, into the outbox, once it is authorized."""
        told = self._targets
        where = await self._messages.conversation(place)
        if where is None:
            raise Refused(f"nothing was ever heard of {place}")
        facts = await self._db.read(
            lambda c: activity.read_for(
                c, self._begin(since, run.due), run.due, told.audiences.allowed_in(c, where)
            )
        )
        text = words(
            one.name,
            facts,
            DigestReader(
                self._zone,
                self._presenter.plain_name,
                lambda conversation: conversation.title,
                full=True,
                by_owner=False,
            ),
        )
        persona = await told.persona_selector.select_persona(where)
        quoted = {
            message_record(message.id): message.text for message in (*facts.promises, *facts.unanswered)
        }
        key = f"digest-{one.name}-{run.due:%Y%m%dT%H%M}"
        message = Message(message_id(where.id, key), where.id, OWNER, "", run.due)
        policy_facts = await told.policy_facts.read(where, message, persona)
        suppressed = suppress(policy_facts, persona)
        if suppressed is not None and suppressed.rule == "observing":
            raise Refused(f"{place} is only observed")
        draft = await told.outbox.create(
            NewDraft(
                conversation=where.id,
                answers=message,
                text=text,
                persona=persona.name,
                records=tuple(quoted),
                texts=quoted,
                decision=ask(RULE),
                model="",
                model_digest="",
                runs_on=HERE,
                sends_as=await told.sends_as(where.id),
                unless_one_waits=True,
            )
        )
        if draft is None:
            raise TryAgain("another draft waits there")
        self._changes.publish("draft", where.id, draft.id)

    def _words(self, title: str, facts: Activity, platform: str = "") -> str:
        full = self._targets.owner_dms.full(platform)
        return words(
            title,
            facts,
            DigestReader(self._zone, self._presenter.name, self._presenter.title, platform, full),
        )

    async def _facts(self, since: datetime) -> Activity:
        until = self._clock.now()
        since = self._begin(since, until)
        days = max(
            A_WEEK, (until.astimezone(self._zone).date() - since.astimezone(self._zone).date()).days + 1
        )
        return await self._db.read(lambda c: activity.read(c, since, until, self._zone, days))

    async def _drawn(self, facts: Activity, *, dark: bool = False) -> bytes:
        return await asyncio.to_thread(draw, facts.days, dark=dark)

    def _begin(self, since: datetime, until: datetime) -> datetime:
        if since >= until:
            raise OwnerMustFix("a digest begins before now")
        return max(since, until - LONGEST)
