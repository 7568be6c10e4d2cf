"""The one place that wires everything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from bots.api.twin import Twin
from bots.console.delivery import ConsoleDelivery
from bots.home import Home
from bots.platforms.names import sends_as
from bots.platforms.port import Platform, ShowsTyping
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_actions import CardActions
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.card_sync import CardSync, QuietHours
from bots.runtime.approval.expiry_notices import ExpiryNotices
from bots.runtime.approval.presenter import Presenter
from bots.runtime.approval.redrafts import Redrafts
from bots.runtime.approval.sharing import Sharing
from bots.runtime.assistant.answers import OwnerAnswers
from bots.runtime.assistant.command_handlers import CommandHandlers
from bots.runtime.assistant.delegation_commands import DelegationCommands
from bots.runtime.assistant.dialogue import Dialogue
from bots.runtime.assistant.draft_commands import DraftCommands
from bots.runtime.assistant.pairing import Pairing
from bots.runtime.assistant.questions import Questions
from bots.runtime.assistant.reminder_commands import ReminderCommands
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.changes import Changes
from bots.runtime.base.cron import Cron
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.base.problems import Problems
from bots.runtime.base.schedule import schedule
from bots.runtime.base.services import Services
from bots.runtime.base.timing import Sleep
from bots.runtime.conversation.composer import Composer
from bots.runtime.conversation.drafter import Drafter
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.delivery.heard import HeardRefresh
from bots.runtime.delivery.owner_dms import OwnerDms
from bots.runtime.delivery.readers import ReaderRefresh
from bots.runtime.delivery.reconciler import Reconciler
from bots.runtime.delivery.sender import Sender
from bots.runtime.digest.digests import DigestSchedule, DigestSpec, DigestTargets
from bots.runtime.process.connections import Connections, reply_until
from bots.runtime.process.file_watch import watch_files
from bots.runtime.process.inbound import TwinInbound
from bots.runtime.process.incoming import Incoming
from bots.runtime.process.listen_rule import ListenRule
from bots.runtime.process.maintenance import Maintenance
from bots.runtime.process.model_health import ModelHealth
from bots.runtime.process.open_problems import OpenProblems
from bots.runtime.process.platform_health import PlatformHealth
from bots.runtime.process.status import TwinStatus
from bots.runtime.process.strangers import Strangers
from bots.runtime.process.tasks import Background, Tasks, by_the_clock
from bots.settings import Settings
from bots.setup import models
from bots.stores import Stores, open_stores
from bots.system_clock import SystemClock
from bots.twin.control import ControlPart
from bots.twin.conversation_list import ConversationList
from bots.twin.conversations import ConversationPart
from bots.twin.delegations import DelegationPart
from bots.twin.digests import DigestPart
from bots.twin.drafts import DraftPart
from bots.twin.facade import TwinFacade
from bots.twin.knowledge import KnowledgePart
from bots.twin.notes import Notes
from bots.twin.people import PeoplePart
from bots.twin.status import StatusPart
from bots.twin_timing import timing_of
from core.agent import Agent
from core.ports import ChatModel, Clock, Delivery, Embedder, Memory, Sampling
from core.steps import AgentSettings
from core.types import PersonId
from memory.outbox.sources import Sources
from memory.state.cards import PlacedCards
from memory.state.expiries import Expiries
from memory.storage.port import Checkpoint


class Given(TypedDict, total=False):
    """What comes from outside; the rest is made as the settings say."""

    model: ChatModel | None
    embedder: Embedder | None
    deliveries: Sequence[Delivery]
    platforms: Sequence[Platform]
    clock: Clock | None
    checkpoint: Checkpoint
    sleep: Sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A twin, what runs in it, and what it holds open. Nothing but this file and tests look inside."""

    twin: Twin
    tasks: Tasks
    stores: Stores
    services: Services
    gateway: Gateway
    agent: Agent
    model: ChatModel
    embedder: Embedder


async def assemble(home: Home, settings: Settings, **given: Unpack[Given]) -> Container:
    """All the parts, wired; nothing runs yet. Creates the database and brings it up to date.

    The caller holds the home's lock, and closes what is open (`opened` does). Raises OwnerMustFix.
    """
    owner, zone = settings.owner.name, ZoneInfo(settings.owner.timezone)
    clock, checkpoint = given.get("clock") or SystemClock(), given.get("checkpoint", lambda _: None)
    platforms = tuple(given.get("platforms", ()))
    timing = timing_of(settings, instant=given.get("model") is not None)
    changes = Changes()
    problems = Problems(changes)
    services = Services(clock, changes, problems, timing, given.get("sleep", asyncio.sleep))
    times = OwnerClock(clock, zone)

    # Models first: what they raise leaves nothing open.
    chat = given.get("model") or models.chat_model(settings, home)
    embedder = given.get("embedder") or models.embedder(settings)
    stores = await open_stores(home, settings, embedder, clock, checkpoint)
    db, messages, records, recall = stores.db, stores.messages, stores.records, stores.recall
    outbox, control, reasons, accounts = stores.outbox, stores.control, stores.reasons, stores.accounts
    profile, personas = stores.profile, stores.personas

    # From a message heard to a draft, and from a draft approved to a message sent
    health = ModelHealth(chat, embedder, services, lambda: drafter.try_now())
    model = health.heard()
    sampling = Sampling(max_tokens=settings.model.max_tokens, temperature=settings.model.temperature)

    answer_bots = frozenset(map(PersonId, settings.gateway.answer_bots))
    agent_settings = AgentSettings(owner, sampling, answer_bots)

    def agent_over(memory: Memory) -> Agent:
        return Agent(lambda _: model, memory, personas, stores.policy_facts, clock, agent_settings, embedder)

    agent = agent_over(recall)
    typing = {platform.name: platform for platform in platforms if isinstance(platform, ShowsTyping)}
    ways_out: dict[str, Delivery] = {
        one.name: one for one in (ConsoleDelivery(), *given.get("deliveries", ()), *platforms)
    }
    names = sends_as(ways_out.values())
    drafter = Drafter(agent, stores.policy_facts, outbox, services, reply_until(platforms), typing, names)
    gateway = Gateway(db, messages, outbox, drafter, services)
    heard = HeardRefresh(platforms, outbox, Sources(db), clock)
    readers = ReaderRefresh(
        platforms,
        outbox,
        messages,
        lambda known, now: incoming.read_again(known, now),
        heard,
        lambda where: connections.missed_in(where),
        services,
    )
    sender = Sender(outbox, ways_out.values(), services, checkpoint, readers, gateway.moved)
    reconciler = Reconciler(platforms, outbox, services)

    # What the owner is shown and told, and what they decide
    presenter = Presenter(owner, messages, records, profile, outbox, reasons, accounts.names())
    card_builder = CardBuilder(presenter, zone, settings.approvals.full)
    owner_dms = OwnerDms(platforms, accounts, order=settings.approvals.surfaces, full=settings.approvals.full)
    quiet = QuietHours(schedule(settings.quiet.times, zone), frozenset(settings.quiet.urgent))
    card_sync = CardSync(platforms, accounts, PlacedCards(db), card_builder, owner_dms, quiet, services)
    approvals = Approvals(outbox, sender, control, gateway, changes)
    redrafts = Redrafts(agent_over, recall, messages, outbox, reasons, presenter, changes)
    digests = DigestSchedule(
        [DigestSpec(one.name, Cron(one.cron), one.to, one.urgent) for one in settings.digest],
        quiet.hours,
        db,
        messages,
        presenter,
        DigestTargets(owner_dms, outbox, personas, stores.policy_facts, stores.audiences, names),
        services,
    )
    reminder_notices = ReminderNotices(stores.reminders, owner_dms, quiet.hours, clock, changes)
    expiry_notices = ExpiryNotices(Expiries(db), messages, owner_dms, quiet.hours, services, presenter.title)

    # What may be asked of the twin
    composer = Composer(owner, messages, profile, clock)
    questions = Questions(owner, model, sampling)
    delegating = DelegationPart(
        stores.delegations, stores.own_replies, composer, personas, presenter, changes, times
    )
    twin = TwinFacade(
        ConversationPart(
            composer,
            gateway,
            messages,
            presenter,
            ConversationList(db, messages, outbox, stores.delegations, personas, presenter),
        ),
        DraftPart(
            outbox,
            presenter,
            approvals,
            redrafts,
            Sharing(records, profile, outbox, reasons, presenter, changes),
            stores.receipts,
            times,
        ),
        ControlPart(control, delegating, composer, changes),
        PeoplePart(profile, personas, composer, accounts, stores.delegations, card_sync, changes),
        KnowledgePart(
            composer,
            recall,
            questions,
            Notes(records, profile, db, gateway, clock, changes),
            stores.suggestions,
            presenter,
            changes,
        ),
        DigestPart(digests, stores.reminders, changes, times),
        StatusPart(
            TwinStatus(
                home.path,
                owner,
                control,
                health,
                PlatformHealth(platforms, sender, accounts, problems),
                OpenProblems(problems, profile, personas, digests),
                db,
            ),
            home,
            changes,
        ),
    )

    # What platforms hand over
    answers = OwnerAnswers(questions, recall, card_builder)
    commands = CommandHandlers(
        twin,
        DraftCommands(messages, outbox, drafter, approvals, redrafts, card_builder),
        ReminderCommands(twin, reminder_notices, times),
        DelegationCommands(twin, messages, card_builder, clock),
        digests.words_for,
        answers,
    )
    dialogue = Dialogue(owner, messages, answers, commands, services)
    listen_rules = [ListenRule(one.conversation, one.keywords, one.everything) for one in settings.listen]
    incoming = Incoming(gateway, messages, accounts, stores.facts, dialogue, clock, listen_rules)
    inbound = TwinInbound(
        incoming,
        Strangers(Pairing(accounts, clock), incoming, card_sync, changes),
        dialogue,
        CardActions(owner, accounts, outbox, approvals, redrafts, card_builder, times),
        card_sync,
        accounts,
        stores.facts,
    )
    connections = Connections(platforms, inbound, db, messages, accounts, card_sync, services)

    # What runs by itself
    maintenance = Maintenance(agent, recall, db, outbox, expiry_notices, gateway, services)
    by_time = {
        "times": maintenance.times,
        "digests": digests.look,
        "reminders": reminder_notices.look,
        "quiet hours": card_sync.look,
    }
    background = Background(
        always={"memory": maintenance.index, "what drafts rest on": maintenance.recheck},
        resident={
            "agent": maintenance.load,
            "files": lambda: watch_files([(home.path, profile.watch), (home.personas, personas.watch)]),
            "model": health.keep,
            **{name: by_the_clock(look, services) for name, look in by_time.items()},
            **card_sync.loops(),
            **reconciler.loops(),
            **readers.loops(),
        },
    )
    return Container(
        twin=twin,
        tasks=Tasks(outbox, gateway, sender, card_sync, connections, background, services),
        stores=stores,
        services=services,
        gateway=gateway,
        agent=agent,
        model=model,
        embedder=embedder,
    )


@asynccontextmanager
async def opened(home: Home, settings: Settings, **given: Unpack[Given]) -> AsyncIterator[Container]:
    """As `assemble`; closes what is open afterwards."""
    container = await assemble(home, settings, **given)
    try:
        yield container
    finally:
        await container.model.close()
        close = getattr(container.embedder, "close", None)  # optional: not every embedder holds something
        if close is not None:
            await close()
        await container.stores.db.close()


@asynccontextmanager
async def running(
    home: Home, settings: Settings, *, resident: bool = False, **given: Unpack[Given]
) -> AsyncIterator[Twin]:
    """A twin that hears, drafts and sends for as long as the block runs; stops within five seconds.

    `resident`: it stays, so it also loads its models early and answers what was heard before it started.
    Otherwise it is there for one command. Raises OwnerMustFix.
    """
    async with opened(home, settings, **given) as container, container.tasks.running(resident=resident):
        yield container.twin
