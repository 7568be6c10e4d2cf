"""The one place that wires everything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bots.console.delivery import ConsoleDelivery
from bots.home import Home
from bots.platforms.port import Platform, ShowsTyping
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_actions import CardActions
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.card_sync import CardSync, QuietHours
from bots.runtime.approval.expiry_notices import ExpiryNotices
from bots.runtime.approval.presenter import Presenter
from bots.runtime.assistant.dialogue import Dialogue
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.changes import Changes
from bots.runtime.base.cron import Cron
from bots.runtime.base.problems import Problems
from bots.runtime.base.schedule import schedule
from bots.runtime.base.services import Services
from bots.runtime.base.timing import Sleep, Timing
from bots.runtime.conversation.composer import Composer
from bots.runtime.conversation.drafter import Drafter
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.delivery.owner_dms import OwnerDms
from bots.runtime.delivery.reconciler import Reconciler
from bots.runtime.delivery.sender import Sender
from bots.runtime.digest.digests import DigestSchedule, DigestSpec, DigestTargets
from bots.runtime.process.connections import Connections, reply_until
from bots.runtime.process.container import Container
from bots.runtime.process.inbound import ListenRule, TwinInbound
from bots.runtime.process.model_health import ModelHealth
from bots.runtime.process.tasks import at_work
from bots.settings import Settings
from bots.setup import models
from bots.twin.facade import Twin
from core.agent import Agent
from core.ports import ChatModel, Clock, Delivery, Embedder, Memory, Sampling
from memory.archive.audiences import Audiences
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.archive.suggestions import Suggestions
from memory.outbox.delegations import Delegations
from memory.outbox.outbox import Outbox
from memory.outbox.policy_facts import StoredPolicyFacts
from memory.outbox.reasons import Reasons
from memory.outbox.receipts import Receipts
from memory.outbox.switches import Switches
from memory.profile.profile import Profile
from memory.recall.recall import Recall
from memory.state.accounts import Accounts, WithAccounts
from memory.state.cards import PlacedCards, PlatformFacts
from memory.state.expiries import Expiries
from memory.state.reminders import Reminders
from memory.storage.migrations import migrate
from memory.storage.sqlite import Checkpoint, Database, connect
from personas.library import PersonaLibrary

MAX_CONCURRENT_DRAFTS = {"embedded": 2, "ollama": 4}
"""Drafts at once: the embedded model writes one at a time, and the next is made ready meanwhile."""
MAX_CONCURRENT_INSTANT = 16
"""For a model that is given, and instant."""


class SystemClock:
    """The machine's."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)


def timing_of(settings: Settings, *, max_concurrent: int) -> Timing:
    """The timing that the settings ask for."""
    return Timing(
        quiet_s=settings.gateway.burst_s,
        longest_burst_s=4 * settings.gateway.burst_s,
        max_concurrent_drafts=max_concurrent,
        fresh=timedelta(hours=settings.gateway.fresh_hours),
        drafts_last=timedelta(hours=settings.outbox.expire_hours),
        retry_first_s=settings.gateway.retry_first_s,
        retry_longest_s=settings.gateway.retry_longest_s,
    )


async def assemble(
    home: Home,
    settings: Settings,
    *,
    model: ChatModel | None = None,
    embedder: Embedder | None = None,
    deliveries: Sequence[Delivery] = (),
    platforms: Sequence[Platform] = (),
    clock: Clock | None = None,
    checkpoint: Checkpoint = lambda _: None,
    sleep: Sleep = asyncio.sleep,
) -> Container:
    """All the parts, wired; nothing runs yet. Creates the database and brings it up to date.

    The caller holds the home's lock, and closes `db`, `model` and `embedder` (`running` does both). Raises
    OwnerMustFix.
    """
    home.create()
    await asyncio.to_thread(_prepare_database, home)
    clock = clock or SystemClock()
    timing = timing_of(
        settings,
        max_concurrent=MAX_CONCURRENT_DRAFTS[settings.model.provider]
        if model is None
        else MAX_CONCURRENT_INSTANT,
    )
    sampling = Sampling(max_tokens=settings.model.max_tokens, temperature=settings.model.temperature)
    rate = settings.outbox.per_contact_per_hour
    model = model or models.chat_model(settings, home)
    embedder = embedder or models.embedder(settings)
    profile = Profile(home.profile_json)
    db = Database(home.twin_db, checkpoint=checkpoint)

    changes = Changes()
    problems = Problems(changes)
    services = Services(clock, changes, problems, timing, sleep)
    messages, records = Messages(db), Records(db)
    accounts = Accounts(db, clock)
    await accounts.load()
    recall = Recall(db, WithAccounts(profile, accounts), embedder)
    outbox = Outbox(db, clock, sends_per_hour=rate, membership=lambda: profile.membership({}))
    reasons, control = Reasons(db), Switches(db, clock)
    presence = timedelta(minutes=settings.presence.minutes)
    zone = ZoneInfo(settings.owner.timezone)
    away = schedule(settings.presence.away, zone)
    policy_facts = StoredPolicyFacts(
        db, profile, clock, presence=presence, sends_per_hour=rate, away_at=away.covers
    )

    personas = PersonaLibrary(home.personas, profile.bindings, recall.present)

    health = ModelHealth(model, services, lambda: drafter.try_now())
    heard_of = health.heard()

    def agent_over(memory: Memory) -> Agent:
        return Agent(heard_of, memory, personas, policy_facts, clock, settings.owner.name, sampling=sampling)

    agent = agent_over(recall)
    drafter = Drafter(
        agent,
        policy_facts,
        outbox,
        services,
        reply_until(platforms),
        {platform.name: platform for platform in platforms if isinstance(platform, ShowsTyping)},
    )
    ways_out: dict[str, Delivery] = {one.name: one for one in (ConsoleDelivery(), *deliveries, *platforms)}
    sender = Sender(outbox, ways_out.values(), services, checkpoint)
    presenter = Presenter(settings.owner.name, messages, records, profile, outbox, reasons, accounts.names())
    card_builder = CardBuilder(presenter, messages, zone, settings.approvals.full)
    owner_dms = OwnerDms(platforms, accounts, order=settings.approvals.surfaces, full=settings.approvals.full)
    quiet = QuietHours(schedule(settings.quiet.times, zone), frozenset(settings.quiet.urgent))
    digests = DigestSchedule(
        [DigestSpec(one.name, Cron(one.cron), one.to, one.urgent) for one in settings.digest],
        quiet.hours,
        db,
        messages,
        presenter,
        DigestTargets(owner_dms, outbox, personas, policy_facts, Audiences(db, profile)),
        services,
    )
    card_sync = CardSync(platforms, accounts, PlacedCards(db), card_builder, owner_dms, quiet, services)
    reminders = Reminders(db)
    return Container(
        home=home,
        owner=settings.owner.name,
        zone=zone,
        clock=clock,
        sampling=sampling,
        timing=timing,
        sleep=sleep,
        changes=changes,
        problems=problems,
        db=db,
        messages=messages,
        records=records,
        recall=recall,
        profile=profile,
        personas=personas,
        suggestions=Suggestions(db, profile, clock),
        outbox=outbox,
        receipts=Receipts(db),
        delegations=Delegations(db, clock),
        control=control,
        model=heard_of,
        embedder=embedder,
        health=health,
        agent=agent,
        drafter=drafter,
        gateway=Gateway(db, messages, outbox, drafter, services),
        sender=sender,
        reconciler=Reconciler(platforms, outbox, services),
        composer=Composer(settings.owner.name, messages, profile, clock),
        presenter=presenter,
        approvals=Approvals(
            messages,
            outbox,
            reasons,
            records,
            profile,
            recall,
            presenter,
            sender,
            control,
            changes,
            agent_over,
        ),
        platforms=tuple(platforms),
        accounts=accounts,
        facts=PlatformFacts(db),
        card_builder=card_builder,
        card_sync=card_sync,
        expiry_notices=ExpiryNotices(Expiries(db), messages, owner_dms, quiet.hours, services),
        digests=digests,
        reminders=reminders,
        reminder_notices=ReminderNotices(reminders, owner_dms, quiet.hours, clock, changes),
    )


@asynccontextmanager
async def running(
    home: Home,
    settings: Settings,
    *,
    resident: bool = False,
    model: ChatModel | None = None,
    embedder: Embedder | None = None,
    deliveries: Sequence[Delivery] = (),
    platforms: Sequence[Platform] = (),
    clock: Clock | None = None,
    checkpoint: Checkpoint = lambda _: None,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Twin]:
    """A twin that hears, drafts and sends for as long as the block runs; stops within five seconds.

    `resident`: it stays, so it also loads its models early and answers what was heard before it started.
    Otherwise it is there for one command. Raises OwnerMustFix.
    """
    house = await assemble(
        home,
        settings,
        model=model,
        embedder=embedder,
        deliveries=deliveries,
        platforms=platforms,
        clock=clock,
        checkpoint=checkpoint,
        sleep=sleep,
    )
    try:
        twin = Twin(house)
        async with at_work(house, platforms_of(house, twin, settings), resident=resident):
            yield twin
    finally:
        await house.model.close()
        close = getattr(house.embedder, "close", None)  # optional: not every embedder holds something
        if close is not None:
            await close()
        await house.db.close()


def platforms_of(house: Container, twin: Twin, settings: Settings) -> Connections:
    """What platforms hand over to, and what keeps them connected."""
    deciding = CardActions(
        house.owner,
        house.approvals,
        house.outbox,
        house.control,
        house.accounts,
        house.card_builder,
        house.clock,
        house.zone,
    )
    listen_rules = [ListenRule(one.conversation, one.keywords, one.everything) for one in settings.listen]
    return Connections(
        house, TwinInbound(house, Dialogue(house, twin, house.digests.words_for), deciding, listen_rules)
    )


def _prepare_database(home: Home) -> None:
    connection = connect(home.twin_db)
    try:
        migrate(connection)
    finally:
        connection.close()
    home.twin_db.chmod(0o600)
