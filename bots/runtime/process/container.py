"""Everything that is wired together in one running twin."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bots.home import Home
from bots.platforms.port import Platform
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.card_sync import CardSync
from bots.runtime.approval.expiry_notices import ExpiryNotices
from bots.runtime.approval.presenter import Presenter
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.changes import Changes
from bots.runtime.base.problems import Problems
from bots.runtime.base.timing import Sleep, Timing
from bots.runtime.conversation.composer import Composer
from bots.runtime.conversation.drafter import Drafter
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.delivery.reconciler import Reconciler
from bots.runtime.delivery.sender import Sender
from bots.runtime.digest.digests import DigestSchedule
from bots.runtime.process.model_health import ModelHealth
from core.agent import Agent
from core.ports import ChatModel, Clock, Embedder, Sampling
from memory.archive.messages import Messages
from memory.archive.records import Records
from memory.archive.suggestions import Suggestions
from memory.outbox.delegations import Delegations
from memory.outbox.outbox import Outbox
from memory.outbox.receipts import Receipts
from memory.outbox.switches import Switches
from memory.profile.profile import Profile
from memory.recall.recall import Recall
from memory.state.accounts import Accounts
from memory.state.cards import PlatformFacts
from memory.state.reminders import Reminders
from memory.storage.port import Database
from personas.library import PersonaLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The parts, as `bots/assembly.py` wired them."""

    home: Home
    owner: str
    zone: ZoneInfo
    clock: Clock
    sampling: Sampling
    timing: Timing
    sleep: Sleep
    changes: Changes
    problems: Problems
    db: Database
    messages: Messages
    records: Records
    recall: Recall
    profile: Profile
    personas: PersonaLibrary
    suggestions: Suggestions
    outbox: Outbox
    receipts: Receipts
    delegations: Delegations
    control: Switches
    model: ChatModel
    embedder: Embedder
    health: ModelHealth
    agent: Agent
    drafter: Drafter
    gateway: Gateway
    sender: Sender
    reconciler: Reconciler
    composer: Composer
    presenter: Presenter
    approvals: Approvals
    platforms: tuple[Platform, ...]
    accounts: Accounts
    facts: PlatformFacts
    card_builder: CardBuilder
    card_sync: CardSync
    expiry_notices: ExpiryNotices
    digests: DigestSchedule
    reminders: Reminders
    reminder_notices: ReminderNotices
