"""The parts between a platform and the outbox, over a desk: real where that is cheap, else of memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bots.api.delegation_views import DelegationPreview, DelegationView
from bots.api.views import Done, RecordView, ReminderView
from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.card_sync import CardSync, QuietHours
from bots.runtime.approval.presenter import Presenter
from bots.runtime.approval.redrafts import Redrafts
from bots.runtime.assistant.answers import OwnerAnswers
from bots.runtime.assistant.command_handlers import CommandHandlers
from bots.runtime.assistant.delegation_commands import DelegationCommands
from bots.runtime.assistant.dialogue import Dialogue
from bots.runtime.assistant.draft_commands import DraftCommands
from bots.runtime.assistant.questions import Questions
from bots.runtime.assistant.reminder_commands import ReminderCommands
from bots.runtime.assistant.reminder_notices import ReminderNotices
from bots.runtime.base.owner_clock import OwnerClock
from bots.runtime.base.schedule import schedule
from bots.runtime.base.times import Timed, timed
from bots.runtime.conversation.drafter import Drafter
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.delivery.owner_dms import OwnerDms
from bots.runtime.delivery.sender import Sender
from core.agent import Agent
from core.errors import OwnerMustFix
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.ports import ChatModel, Memory, Sampling
from core.steps import AgentSettings
from core.types import SmallTalk
from memory.archive.records import Records
from memory.outbox.reasons import Reasons
from memory.profile.profile import Profile
from memory.recall.recall import Recall
from memory.state.accounts import Accounts, WithAccounts
from memory.state.cards import PlacedCards
from memory.state.platform_facts import PlatformFacts
from memory.state.reminders import Reminders
from tests.desk import Desk
from tests.fakes import FRIENDLY, NOON, FakeMemory, FakePersonaSelector, FakePolicyFacts
from tests.services import services
from tests.waiting import Sleeper

VIENNA = ZoneInfo("Europe/Vienna")


PREVIEW = DelegationPreview(
    target="sam",
    title="Sam",
    persona="friends",
    expires_at=NOON + timedelta(days=7),
    replies={"greeting": ("hey you",)},
    readers=("sam",),
    reader_names=("Sam",),
    conversations=("telegram:7",),
    titles=("Sam (Telegram)",),
    per_hour=5,
    raises=("friends is set to draft: this goes above it",),
    unlinked=("Sam (Telegram): eve (not linked) reads along",),
    fingerprint="as it was",
)
DELEGATION = DelegationView(
    id="1",
    target="telegram:7",
    title="Sam",
    persona="friends",
    replies={"greeting": ("hey you",)},
    reader_names=("Sam",),
    expires_at=NOON + timedelta(days=7),
    per_hour=5,
    left={"Sam": 4},
)


@dataclass
class FakeCommands:
    """Implements `bots.api.twin.TwinCommands`: notes what was commanded, in `done`."""

    done: list[tuple[object, ...]] = field(default_factory=list)
    kept: dict[str, ReminderView] = field(default_factory=dict)
    preview: DelegationPreview = PREVIEW

    async def pause(self) -> Done:
        return self._noted("paused", "pause")

    async def resume(self) -> Done:
        return self._noted("sending again", "resume")

    async def away(self) -> Done:
        return self._noted("you are away", "away")

    async def back(self) -> Done:
        return self._noted("welcome back", "back")

    async def mode(self, conversation: str, mode: str) -> Done:
        return self._noted("set", "mode", conversation, mode)

    async def remember(self, text: str) -> RecordView:
        self._noted("", "remember", text)
        return RecordView("note:1a", text, ("owner",), None)

    async def forget(self, record: str) -> Done:
        return self._noted(f"{record} is forgotten", "forget", record)

    async def remind(
        self, text: str, at: str | datetime | None = None, said_at: datetime | None = None
    ) -> ReminderView:
        assert said_at is not None
        found = timed(text, said_at, VIENNA)
        assert isinstance(found, Timed)
        every = found.recurs.words() if found.recurs else ""
        view = ReminderView(str(len(self.kept) + 1), found.text, found.at, every)
        self.kept[view.id] = view
        return view

    async def reminders(self) -> tuple[ReminderView, ...]:
        return tuple(sorted(self.kept.values(), key=lambda one: one.at))

    async def unremind(self, id: str) -> Done:  # noqa: A002 - as in the protocol
        del self.kept[id]
        return Done(f"reminder {id} is gone")

    async def preview_delegation(
        self,
        target: str,
        persona: str | None = None,
        until: str | datetime | None = None,
        replies: Mapping[SmallTalk, Sequence[str]] | None = None,
    ) -> DelegationPreview:
        if target not in ("sam", "telegram:7"):
            raise OwnerMustFix(f"there is no {target}")
        texts = replies if replies is not None else {SmallTalk.GREETING: ("hey you",)}
        return replace(
            self.preview,
            target=target,
            replies={kind.value: tuple(several) for kind, several in texts.items()},
            expires_at=until if isinstance(until, datetime) else PREVIEW.expires_at,
        )

    async def delegate(
        self,
        target: str,
        replies: Mapping[SmallTalk, Sequence[str]],
        persona: str | None = None,
        until: str | datetime | None = None,
        fingerprint: str | None = None,
    ) -> DelegationView:
        texts = {kind.value: tuple(several) for kind, several in replies.items()}
        self._noted("", "delegate", target, texts, persona, until, fingerprint)
        return replace(DELEGATION, replies=texts)

    async def delegations(self) -> tuple[DelegationView, ...]:
        return (DELEGATION, replace(DELEGATION, id="2", target="slack:9", stopped="stopped by mode draft"))

    async def revoke(self, id: str) -> Done:  # noqa: A002 - as in the protocol
        return self._noted(f"delegation {id} is revoked", "revoke", id)

    def _noted(self, said: str, *command: object) -> Done:
        self.done.append(command)
        return Done(said)


class Parts:
    """Wired as `bots/assembly.py` does. Nothing is sent, and no platform is there."""

    def __init__(self, desk: Desk, folder: Path, model: ChatModel | None = None) -> None:
        self.desk = desk
        self.model = model or ScriptedChat("let me see")
        self.sleeper = Sleeper()
        self.services = services(desk.clock, sleep=self.sleeper)
        self.profile = Profile(folder / "profile.json")
        self.accounts = Accounts(desk.database, desk.clock)
        self.facts = PlatformFacts(desk.database)
        memory = Recall(desk.database, WithAccounts(self.profile, self.accounts), HashedEmbedder())
        reasons = Reasons(desk.database)
        presenter = Presenter(
            "Alex", desk.messages, Records(desk.database), self.profile, desk.outbox, reasons
        )
        self.card_builder = CardBuilder(presenter, VIENNA)
        selector, standing = FakePersonaSelector(FRIENDLY), FakePolicyFacts()

        def agent_over(memory: Memory) -> Agent:
            return Agent(lambda _: self.model, memory, selector, standing, desk.clock, AgentSettings("Alex"))

        self.drafter = Drafter(agent_over(FakeMemory()), standing, desk.outbox, self.services)
        self.gateway = Gateway(desk.database, desk.messages, desk.outbox, self.drafter, self.services)
        dms = OwnerDms([], self.accounts)
        night = schedule(["22:00-07:00"], VIENNA)
        self.card_sync = CardSync(
            [],
            self.accounts,
            PlacedCards(desk.database),
            self.card_builder,
            dms,
            QuietHours(night),
            self.services,
        )
        sender = Sender(desk.outbox, [], self.services)
        changes = self.services.changes
        self.commands = FakeCommands()
        answers = OwnerAnswers(Questions("Alex", self.model, Sampling()), memory, self.card_builder)
        handlers = CommandHandlers(
            self.commands,
            DraftCommands(
                desk.messages,
                desk.outbox,
                self.drafter,
                Approvals(desk.outbox, sender, desk.control, self.gateway, changes),
                Redrafts(agent_over, memory, desk.messages, desk.outbox, reasons, presenter, changes),
                self.card_builder,
            ),
            ReminderCommands(
                self.commands,
                ReminderNotices(Reminders(desk.database), dms, night, desk.clock, changes),
                OwnerClock(desk.clock, VIENNA),
            ),
            DelegationCommands(self.commands, desk.messages, self.card_builder, desk.clock),
            self._digest,
            answers,
        )
        self.dialogue = Dialogue("Alex", desk.messages, answers, handlers, self.services)

    async def _digest(self, platform: str) -> str:
        return f"Nothing happened, as {platform} may know."
