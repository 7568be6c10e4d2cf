"""A twin of memory alone, for the console's tests: it does what it says at once, with no model behind it."""
# ruff: noqa: A002

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bots.api.change import Change
from bots.api.delegation_views import DelegationPreview, DelegationView
from bots.api.twin import Twin
from bots.api.views import (
    CircleView,
    ConversationView,
    DayView,
    DigestTimesView,
    DigestView,
    Done,
    DraftView,
    MessageView,
    ModelView,
    PersonView,
    ReceiptView,
    RecordView,
    ReminderView,
    StatusView,
)
from bots.runtime.base.changes import Changes
from bots.runtime.base.times import Timed, timed
from bots.runtime.digest.picture import draw
from core.errors import AlreadyHandled, OwnerMustFix, Refused
from core.runs_on import HERE
from core.types import ConversationId, DraftId, SentAs, SmallTalk
from memory.reports.activity import Day
from tests.parts import DELEGATION, PREVIEW

PEOPLE = (
    PersonView("sam", "Sam", "best friend", (), ("friends", "climbing")),
    PersonView("nadia", "Nadia", "friend", (), ("friends", "climbing")),
    PersonView("marcus", "Marcus", "manager", (), ("work",)),
    PersonView("mum", "Mum", "mother", (), ("family",)),
)
CIRCLES = (CircleView("friends", ("nadia", "sam")), CircleView("work", ("marcus",)))
PARTY = RecordView(
    "message:console:surprise/3",
    "The surprise party for Sam is at 8 in the garden.",
    ("circle:friends", "owner"),
    0.91,
)
CLIMBING = RecordView(
    "message:console:sam/2", "Fridays I climb until seven, then noodles.", ("owner", "person:sam"), 0.82
)
NOODLES = RecordView(
    "profile:food", "Likes the noodle place by the harbour.", ("owner", "circle:friends"), 0.44
)


NOTHING = "**digest**: Thu 12 Mar 08:00 to Fri 13 Mar 08:00\n\nNothing happened, and nothing waits for you."
DAY = DayView("2026-03-12", messages=3, drafted=2, approved=1, edited=0, rejected=0, alone=0)


class FakeTwin(Twin):
    """Every message heard becomes a draft that says it back, unless `holding` is set."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self.words = Changes()
        self.holding = False
        self.pending: set[str] = set()
        self.paused = False
        self.ready = True
        self.problem: str | None = None
        self.shared: list[tuple[str, tuple[str, ...], str | None]] = []
        self.sent: list[str] = []
        self.places: dict[str, ConversationView] = {}
        self.said: dict[str, list[MessageView]] = {}
        self.drafts: dict[str, DraftView] = {}
        self.filed: list[ReceiptView] = []
        self.times: tuple[DigestTimesView, ...] = ()
        self.report = NOTHING
        self.delegated: dict[str, DelegationView] = {}
        self.reminding: dict[str, ReminderView] = {}
        self.add_place("console:sam", "Sam", ("sam",))
        self.add_place("console:climbing", "Climbing friends", ("sam", "nadia"), kind="group")
        self.add_place("console:marcus", "Marcus", ("marcus",))
        self.add_place("telegram:77", "Lucía", ("lucia",), platform="telegram")

    def add_place(
        self, id: str, title: str, members: tuple[str, ...], kind: str = "direct", platform: str = "console"
    ) -> None:
        self.places[id] = ConversationView(id, platform, title, kind, members, "draft")
        self.said.setdefault(id, [])

    def say(self, place: str, author: str, text: str, ago: timedelta = timedelta()) -> MessageView:
        name = {one.id: one.name for one in PEOPLE}.get(
            author, "Alex" if author in ("owner", "twin") else author
        )
        if place not in self.places:
            self.add_place(place, name, (author,))
        message = MessageView(f"{place}/{len(self.said[place])}", author, name, text, self.now - ago)
        self.said[place].append(message)
        self.words.publish("message", ConversationId(place))
        return message

    def lay(
        self,
        place: str,
        text: str,
        records: tuple[RecordView, ...] = (CLIMBING, NOODLES),
        status: str = "waiting",
        rule: str = "mode-draft",
        persona: str = "friends",
    ) -> DraftView:
        heard = tuple(one for one in self.said[place][-2:] if one.author not in ("owner", "twin"))
        draft = DraftView(
            id=str(len(self.drafts) + 1),
            revision=1,
            status=status,
            conversation=place,
            title=self.places[place].title,
            platform=self.places[place].platform,
            recipient=place,
            heard=heard,
            text=text,
            original=text,
            persona=persona,
            rule=rule,
            records=records,
            model="smollm2-135m-instruct",
            runs_on=HERE,
            sends_as=SentAs.BOT,
            created_at=self.now,
        )
        return self.put(draft)

    def put(self, draft: DraftView) -> DraftView:
        self.drafts[draft.id] = draft
        self.words.publish("draft", ConversationId(draft.conversation), DraftId(draft.id))
        return draft

    async def receive(self, person: str, conversation: str, text: str) -> str:
        message = self.say(conversation, person, text)
        if self.holding:
            self.pending.add(conversation)
        else:
            self.pending.discard(conversation)
            for old in await self.inbox():
                if old.conversation == conversation:
                    self.put(replace(old, status="superseded"))
            self.lay(conversation, f"You said: {text}")
        return message.id

    async def conversations(self) -> tuple[ConversationView, ...]:
        opened = {one.conversation: one.id for one in await self.inbox()}
        return tuple(
            replace(one, draft=opened.get(one.id), pending=one.id in self.pending)
            for one in self.places.values()
        )

    async def thread(self, conversation: str, limit: int = 50) -> tuple[MessageView, ...]:
        return tuple(self.said.get(conversation, ())[-limit:])

    async def inbox(self) -> tuple[DraftView, ...]:
        opened = ("waiting", "snoozed", "approved", "sending", "uncertain")
        return tuple(one for one in self.drafts.values() if one.status in opened)

    async def draft(self, id: str) -> DraftView:
        if id not in self.drafts:
            raise Refused(f"there is no draft {id!r}")
        return self.drafts[id]

    async def _current(self, id: str, revision: int | None) -> DraftView:
        draft = await self.draft(id)
        if draft.status not in ("waiting", "snoozed") or draft.revision != revision:
            raise AlreadyHandled("approved via console")
        return draft

    async def approve(
        self, id: str, revision: int | None = None, text: str | None = None, via: str = "cli"
    ) -> DraftView:
        draft = await self._current(id, revision)
        if text is not None:
            draft = replace(draft, text=text)
        if self.paused:
            return self.put(replace(draft, status="approved"))
        self.sent.append(draft.text)
        self.say(draft.conversation, "twin", draft.text)
        receipt = ReceiptView(
            id=str(len(self.filed) + 1),
            draft=draft.id,
            conversation=draft.conversation,
            title=draft.title,
            text=draft.text,
            persona=draft.persona,
            records=tuple(one.id for one in draft.records),
            rule=draft.rule,
            authorized_by=f"owner via {via}",
            approval=f"approved by you in the {via}",
            delegation=None,
            model=draft.model,
            model_digest="sha256:0",
            runs_on=HERE,
            sent_as=SentAs.BOT,
            sent_at=self.now,
            platform_ids=("1",),
        )
        self.filed.insert(0, receipt)
        self.words.publish("receipt", ConversationId(draft.conversation), DraftId(draft.id))
        return self.put(replace(draft, status="sent"))

    async def edit(self, id: str, text: str, revision: int | None = None) -> DraftView:
        draft = await self._current(id, revision)
        return self.put(replace(draft, text=text, revision=draft.revision + 1))

    async def reject(
        self, id: str, revision: int | None = None, why: str = "", via: str = "cli"
    ) -> DraftView:
        return self.put(replace(await self._current(id, revision), status="rejected", why=why))

    async def redraft(self, id: str, guidance: str = "", revision: int | None = None) -> DraftView:
        draft = await self._current(id, revision)
        return self.put(
            replace(draft, text=f"Again: {guidance}", revision=draft.revision + 1, rule="redraft")
        )

    async def snooze(self, id: str, until: str | datetime, revision: int | None = None) -> DraftView:
        assert isinstance(until, datetime)
        draft = await self._current(id, revision)
        return self.put(replace(draft, status="snoozed", snoozed_until=until))

    async def settle(self, id: str, delivered: bool) -> DraftView:
        return self.put(replace(await self.draft(id), status="sent" if delivered else "failed"))

    async def withheld(self, id: str) -> tuple[RecordView, ...]:
        return (PARTY,)

    async def share(self, record: str, with_: Sequence[str], draft: str | None = None) -> Done:
        self.shared.append((record, tuple(with_), draft))
        return Done("shared")

    async def receipts(self, limit: int = 50) -> tuple[ReceiptView, ...]:
        return tuple(self.filed[:limit])

    async def preview_delegation(
        self,
        target: str,
        persona: str | None = None,
        until: str | datetime | None = None,
        replies: Mapping[SmallTalk, Sequence[str]] | None = None,
    ) -> DelegationPreview:
        if target != "sam":
            raise OwnerMustFix(f"nobody is called {target}")
        if until == "yesterday":
            raise OwnerMustFix("that time has passed")
        texts = replies or {SmallTalk.GREETING: ("hey <you>", "morning")}
        return replace(PREVIEW, replies={kind.value: tuple(several) for kind, several in texts.items()})

    async def delegate(
        self,
        target: str,
        replies: Mapping[SmallTalk, Sequence[str]],
        persona: str | None = None,
        until: str | datetime | None = None,
        fingerprint: str | None = None,
    ) -> DelegationView:
        preview = await self.preview_delegation(target, until=until)
        if fingerprint != preview.fingerprint:
            raise Refused("look again")
        if not replies:
            raise Refused("give replies of yours")
        texts = {kind.value: tuple(several) for kind, several in replies.items()}
        self.delegated[str(len(self.delegated) + 1)] = view = replace(
            DELEGATION, id=str(len(self.delegated) + 1), replies=texts, reader_names=preview.reader_names
        )
        return view

    async def delegations(self) -> tuple[DelegationView, ...]:
        return tuple(self.delegated.values())

    async def revoke(self, id: str) -> Done:
        if id not in self.delegated:
            raise Refused(f"there is no delegation {id}")
        del self.delegated[id]
        return Done("revoked")

    async def pause(self) -> Done:
        self.paused = True
        self.words.publish("settings")
        return Done("paused; nothing is sent until you resume")

    async def resume(self) -> Done:
        self.paused = False
        self.words.publish("settings")
        return Done("sending again")

    async def people(self) -> tuple[PersonView, ...]:
        return PEOPLE

    async def circles(self) -> tuple[CircleView, ...]:
        return CIRCLES

    async def status(self) -> StatusView:
        model = ModelView(
            "SmolLM2-135M-Instruct",
            "sha256:0",
            "Apache-2.0",
            self.ready and self.problem is None,
            self.problem,
        )
        return StatusView("/home", "Alex Moreau", self.paused, False, model, (), {}, ())

    async def digests(self) -> tuple[DigestTimesView, ...]:
        return self.times

    async def digest(self, name: str | None = None, since: str | datetime | None = None) -> DigestView:
        if name not in (None, *(one.name for one in self.times)):
            raise OwnerMustFix("there is no digest of that name")
        return DigestView(
            name or "digest",
            self.now - timedelta(days=1),
            self.now,
            self.report,
            (DAY,) if self.times else (),
        )

    async def digest_picture(self, since: str | datetime | None = None, dark: bool = False) -> bytes:
        return draw([Day(self.now.date(), messages=3)], dark=dark)

    async def remind(
        self, text: str, at: str | datetime | None = None, said_at: datetime | None = None
    ) -> ReminderView:
        found = timed(text, self.now, ZoneInfo("Europe/Vienna"))
        if not isinstance(found, Timed):
            raise OwnerMustFix("say when: in 2h call Sam")
        every = found.recurs.words() if found.recurs else ""
        made = ReminderView(str(len(self.reminding) + 1), found.text, found.at, every)
        self.reminding[made.id] = made
        self.words.publish("settings")
        return made

    async def reminders(self) -> tuple[ReminderView, ...]:
        return tuple(self.reminding.values())

    async def unremind(self, id: str) -> Done:
        if self.reminding.pop(id, None) is None:
            raise Refused(f"there is no reminder {id}")
        return Done("gone")

    def changes(self) -> AsyncIterator[Change]:
        return self.words.subscribe()


def fake_twin(now: datetime | None = None) -> FakeTwin:
    """The console asks for nothing more of it."""
    return FakeTwin(now)  # type: ignore[abstract]
