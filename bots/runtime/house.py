"""Everything that is wired together in one running twin."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bots.home import Home
from bots.platform import Platform
from bots.runtime.approvals import Approvals
from bots.runtime.cards import Deck
from bots.runtime.composing import Composer
from bots.runtime.digesting import Digests
from bots.runtime.drafting import Drafter
from bots.runtime.events import Changes
from bots.runtime.expiring import Expiring
from bots.runtime.gateway import Gateway
from bots.runtime.health import ModelHealth
from bots.runtime.pace import Pace, Sleep
from bots.runtime.presenter import Presenter
from bots.runtime.problems import Problems
from bots.runtime.reconciling import Reconciling
from bots.runtime.reminding import Reminding
from bots.runtime.sender import Sender
from bots.runtime.surfaces import Surfaces
from core.agent import Agent
from core.ports import ChatModel, Clock, Embedder, Sampling
from memory.accounts import Accounts
from memory.database import Database
from memory.leave.control import Control
from memory.leave.delegations import Delegations
from memory.messages import Messages
from memory.outbox import Outbox
from memory.outbox.cards import PlatformFacts
from memory.outbox.receipts import Receipts
from memory.profile import Profile
from memory.recall import Recall
from memory.records import Records
from memory.reminders import Reminders
from memory.suggestions import Suggestions
from personas.library import PersonaLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts, as `bots/assembly.py` wired them."""

    home: Home
    owner: str
    zone: ZoneInfo
    clock: Clock
    sampling: Sampling
    pace: Pace
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
    control: Control
    model: ChatModel
    embedder: Embedder
    health: ModelHealth
    agent: Agent
    drafter: Drafter
    gateway: Gateway
    sender: Sender
    reconciling: Reconciling
    composer: Composer
    presenter: Presenter
    approvals: Approvals
    platforms: tuple[Platform, ...]
    accounts: Accounts
    facts: PlatformFacts
    deck: Deck
    surfaces: Surfaces
    expiring: Expiring
    digests: Digests
    reminders: Reminders
    reminding: Reminding
