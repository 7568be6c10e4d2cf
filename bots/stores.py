"""Everything that a twin remembers with, over one home: the lower half of `bots/assembly.py`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bots.home import Home
from bots.runtime.base.schedule import schedule
from bots.settings import Settings
from core.ports import Clock, Embedder
from core.types import MemoryRecord
from memory.archive.audiences import Audiences
from memory.archive.messages import Messages
from memory.archive.own_replies import OwnReplies
from memory.archive.records import Records
from memory.archive.suggestions import Suggestions
from memory.outbox.coverage import PersonaIn
from memory.outbox.delegations import Delegations
from memory.outbox.outbox import Outbox
from memory.outbox.policy_facts import StoredPolicyFacts
from memory.outbox.reasons import Reasons
from memory.outbox.receipts import Receipts
from memory.outbox.switches import Switches
from memory.profile.profile import Profile
from memory.recall.recall import Recall
from memory.state.accounts import Accounts, WithAccounts
from memory.state.platform_facts import PlatformFacts
from memory.state.reminders import Reminders
from memory.storage import open_database
from memory.storage.port import Checkpoint, Database
from personas.library import PersonaLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """For the composition root, which hands each part those that it uses; and for tests."""

    db: Database
    audiences: Audiences
    messages: Messages
    records: Records
    recall: Recall
    suggestions: Suggestions
    outbox: Outbox
    reasons: Reasons
    receipts: Receipts
    delegations: Delegations
    own_replies: OwnReplies
    control: Switches
    policy_facts: StoredPolicyFacts
    accounts: Accounts
    facts: PlatformFacts
    reminders: Reminders
    profile: Profile
    personas: PersonaLibrary


class WithPersonas:
    """Implements `memory.archive.audiences.Directory`: all that the owner's files hold and drafts rest on."""

    def __init__(self, profile: Profile, personas: PersonaLibrary) -> None:
        self._profile = profile
        self._personas = personas
        self.membership = profile.membership
        self.people = profile.people

    @property
    def version(self) -> int:
        """Grows with every change of either."""
        return self._profile.version + self._personas.version

    def entries(self) -> Sequence[MemoryRecord]:
        """Those of both."""
        return (*self._profile.entries(), *self._personas.records())


async def open_stores(
    home: Home, settings: Settings, embedder: Embedder, clock: Clock, checkpoint: Checkpoint
) -> Stores:
    """Creates the database and brings it up to date; the caller closes it. Raises OwnerMustFix."""
    home.create()
    db = await asyncio.to_thread(lambda: open_database(home.path, checkpoint=checkpoint))
    profile = Profile(home.profile_json)
    accounts = Accounts(db, clock)
    await accounts.load()
    present = WithAccounts(profile, accounts)
    recall = Recall(db, present, embedder)
    personas = PersonaLibrary(home.personas, profile.bindings, recall.present)
    audiences = Audiences(WithPersonas(profile, personas))

    def speaking() -> PersonaIn:
        return personas.speaking(present.membership({}))

    sends_per_hour = settings.outbox.per_contact_per_hour
    away = schedule(settings.presence.away, ZoneInfo(settings.owner.timezone))
    return Stores(
        db=db,
        audiences=audiences,
        messages=Messages(db),
        records=Records(db),
        recall=recall,
        suggestions=Suggestions(db, profile, clock),
        outbox=Outbox(
            db,
            clock,
            sends_per_hour=sends_per_hour,
            audiences=audiences,
            speaking=speaking,
            membership=lambda: profile.membership({}),
        ),
        reasons=Reasons(db),
        receipts=Receipts(db),
        delegations=Delegations(
            db,
            clock,
            speaking=speaking,
            people=profile.people,
            sends_per_hour=sends_per_hour,
            membership=lambda: profile.membership({}),
        ),
        own_replies=OwnReplies(db, Audiences(profile)),
        control=Switches(db, clock),
        policy_facts=StoredPolicyFacts(
            db,
            profile,
            clock,
            presence=timedelta(minutes=settings.presence.minutes),
            sends_per_hour=sends_per_hour,
            away_at=away.covers,
        ),
        accounts=accounts,
        facts=PlatformFacts(db),
        reminders=Reminders(db),
        profile=profile,
        personas=personas,
    )
