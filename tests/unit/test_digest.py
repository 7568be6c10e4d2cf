"""What a digest says, what it may not say where, and that each is told at most once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bots.platforms.port import Health
from bots.runtime.approval.presenter import Presenter
from bots.runtime.base.cron import SOON, Cron
from bots.runtime.base.problems import Problems
from bots.runtime.base.schedule import schedule
from bots.runtime.delivery.owner_dms import OwnerDms
from bots.runtime.digest.digests import DigestSchedule, DigestSpec, DigestTargets
from bots.runtime.digest.due_dates import due
from bots.runtime.digest.picture import COLOURS, DARK, HEIGHT, LEFT, SHARP, STACKED, TOP, WIDTH, draw
from bots.runtime.digest.text import ELSEWHERE, EXCERPT, MOST, QUIET, DigestReader, words
from core.errors import OwnerMustFix, Refused, TryAgain
from core.ids import message_record
from core.types import (
    OWNER,
    TWIN,
    Conversation,
    ConversationId,
    DraftStatus,
    Kind,
    Message,
    MessageId,
    Mode,
    Person,
    PersonId,
    RecordId,
)
from memory.archive.audiences import Audiences
from memory.archive.records import Records
from memory.outbox.outbox import NewDraft
from memory.outbox.policy_facts import StoredPolicyFacts
from memory.outbox.reasons import Reasons
from memory.profile.profile import Profile
from memory.reports import activity
from memory.reports.activity import Activity, Day
from memory.state.accounts import Accounts, shown_code
from memory.state.digest_runs import DigestRuns, RunState
from tests.desk import ASK, FRIENDS, MIAS, SAM, SAMS, Desk, open_desk
from tests.fakes import FRIENDLY, NOON, FakePersonaSelector
from tests.services import services

VIENNA = ZoneInfo("Europe/Vienna")
TELEGRAM = replace(SAMS, id=ConversationId("telegram:7"), platform="telegram")
CHANNEL = Conversation(
    ConversationId("slack:T1/C2"), "slack", "#team", Kind.GROUP, frozenset({SAM, PersonId("mia")})
)
SECRET = "meet me behind the greenhouse"
DAILY = Cron("0 8 * * *")
EIGHT = datetime(2026, 3, 13, 7, tzinfo=UTC)
"""The next eight o'clock in Vienna after the desk's noon."""


def name(who: PersonId) -> str:
    return {OWNER: "Alex", SAM: "Sam"}.get(who, who)


def said(text: str, where: Conversation = SAMS, author: PersonId = SAM, hours: float = 0) -> Message:
    at = NOON + timedelta(hours=hours)
    return Message(MessageId(f"{where.id}/{text}"), where.id, author, text, at)


def facts(**given: object) -> Activity:
    known = {one.id: one for one in (SAMS, MIAS, TELEGRAM, CHANNEL)}
    return replace(Activity(NOON - timedelta(days=1), NOON, known), **given)  # type: ignore[arg-type]


def read(given: Activity, surface: str = "", *, full: bool = False) -> str:
    return words(
        "morning", given, DigestReader(VIENNA, name, lambda conversation: conversation.title, surface, full)
    )


# The words


def test_a_day_on_which_nothing_happened_is_told_in_a_line() -> None:
    assert QUIET in read(facts())


@pytest.mark.parametrize(
    "given",
    [
        {"promises": (said(SECRET),)},
        {"unanswered": (said(SECRET),)},
        {"unknown": (said(SECRET),)},
        {"missed": (said(SECRET),)},
    ],
)
def test_what_was_said_elsewhere_is_only_who_and_where_unless_the_surface_is_full(
    given: dict[str, object],
) -> None:
    told = read(facts(**given), "telegram")
    assert SECRET not in told
    assert "greenhouse" not in told
    assert "Sam (console)" in told
    assert ELSEWHERE in told
    for shown in (read(facts(**given)), read(facts(**given), "telegram", full=True)):
        assert SECRET in shown
        assert ELSEWHERE not in shown


def test_what_was_said_on_the_surface_itself_is_told_there() -> None:
    told = read(facts(unanswered=(said("see you?", TELEGRAM), said(SECRET))), "telegram")
    assert "see you?" in told
    assert SECRET not in told


def test_what_a_contact_wrote_stays_on_one_line_and_is_cut() -> None:
    text = "hello\n\n**Waiting for you**\n- draft 9\u202e" + "x" * 500
    told = read(facts(unanswered=(said(text),)))
    assert "**Waiting for you**" not in told.splitlines()
    assert "\u202e" not in told
    assert max(map(len, told.splitlines())) < EXCERPT + 60


def test_long_lists_end_in_how_many_more_there_are() -> None:
    told = read(facts(unanswered=tuple(said(f"hello {number}") for number in range(MOST + 4))))
    assert "- and 4 more" in told
    assert told.count("hello") == MOST


def test_a_promise_is_told_when_it_is_new_and_again_when_its_day_is_near() -> None:
    old, month = timedelta(days=10), timedelta(days=20)
    promises = (
        replace(said("I'll bring the rope tomorrow", author=TWIN), sent_at=NOON - timedelta(hours=2)),
        replace(said("I'll write on 2026-03-13", author=OWNER), sent_at=NOON - old),
        replace(said("I'll write some day"), sent_at=NOON - old),
        replace(said("I'll pay on 2026-02-25"), sent_at=NOON - month),
    )
    lines = [line for line in read(facts(promises=promises)).splitlines() if line.startswith("- ")]
    assert [line.split("“")[1] for line in lines] == [
        "I'll write on 2026-03-13”",
        "I'll bring the rope tomorrow”",
    ]
    assert "due Fri 13 Mar" in lines[0]
    assert "you to Sam (console)" in lines[0]


def test_the_day_of_a_promise_is_not_told_where_its_words_are_not() -> None:
    promised = said("I'll bring the rope tomorrow", author=TWIN)
    assert "due" not in read(facts(promises=(promised,)), "telegram")
    there = replace(promised, conversation=TELEGRAM.id)
    assert "due Fri 13 Mar" in read(facts(promises=(there,)), "telegram")


def test_what_was_missed_is_not_told_as_unanswered_too() -> None:
    told = read(facts(missed=(said("ring me?"),), unanswered=(said("ring me?"),)))
    assert told.count("ring me?") == 1
    assert "**Missed while off**" in told


def test_the_numbers_of_each_day_are_there_for_who_sees_no_picture() -> None:
    days = (
        Day(date(2026, 3, 1), messages=9),
        Day(date(2026, 3, 12), messages=1, drafted=1, edited=1, alone=2),
    )
    told = read(facts(days=days))
    assert "Thu 12 Mar: 1 message in, 1 drafted, 1 edited, 2 sent on its own" in told
    assert "9 messages" not in told


def test_many_days_are_summed_up() -> None:
    days = tuple(Day(date(2026, 3, 1) + timedelta(days=number), messages=2, edited=1) for number in range(12))
    told = read(facts(since=NOON - timedelta(days=20), days=days))
    assert "24 messages in, 12 edited" in told
    assert "Mar:" not in told


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I'll send it tonight", "2026-03-12"),
        ("I will call you Tomorrow", "2026-03-13"),
        ("I'll bring it on friday", "2026-03-13"),
        ("I'll bring it on Thursday", "2026-03-19"),
        ("I'll pay by 2026-04-01", "2026-04-01"),
        ("I'll pay by 2026-13-45", None),
        ("I'll get back to you", None),
    ],
)
def test_by_when_somebody_promised(text: str, day: str | None) -> None:
    assert due(text, date(2026, 3, 12)) == (date.fromisoformat(day) if day else None)


# The picture


def test_the_picture_holds_each_number_as_so_much_of_its_colour() -> None:
    one = Day(date(2026, 3, 12), messages=10, drafted=8, approved=4, edited=2, rejected=1, alone=1)
    picture = Image.open(BytesIO(draw([one])))
    assert (picture.format, picture.size) == ("PNG", (WIDTH * SHARP, HEIGHT * SHARP))
    seen = picture.convert("RGB").crop((LEFT * SHARP, TOP * SHARP, *picture.size))
    colours = {colour: count for count, colour in seen.getcolors(10_000) or ()}
    area = {key: colours.get(tuple(bytes.fromhex(value[1:])), 0) for key, value in COLOURS.items()}
    whole = area["messages"] / 10
    for key in ("drafted", *STACKED):
        assert area[key] / whole == pytest.approx(getattr(one, key), rel=0.2), key


def test_days_without_anything_can_be_drawn() -> None:
    assert draw([Day(date(2026, 3, 12))]).startswith(b"\x89PNG")
    assert draw([]).startswith(b"\x89PNG")


def test_in_the_dark_it_is_drawn_on_dark_paper() -> None:
    paper = Image.open(BytesIO(draw([], dark=True))).convert("RGB").getpixel((1, 1))
    assert paper == tuple(bytes.fromhex(DARK[2][1:]))


# The facts


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as desk:
        yield desk


async def gathered(desk: Desk, hours: float = 24, days: int = 2) -> Activity:
    now = desk.clock.now() + timedelta(seconds=1)
    return await desk.database.read(
        lambda c: activity.read(c, now - timedelta(hours=hours), now, VIENNA, days)
    )


async def test_days_count_what_came_in_and_what_was_decided(desk: Desk) -> None:
    await desk.approved()
    draft = await desk.drafted(where=MIAS)
    await desk.outbox.approve(draft.id, draft.revision, "cli", text="In my own words.")
    draft = await desk.drafted(where=TELEGRAM)
    await desk.outbox.reject(draft.id, draft.revision, "", "cli")
    await desk.owner_says(CHANNEL)
    found = await gathered(desk)
    assert found.days == (
        Day(date(2026, 3, 11)),
        Day(date(2026, 3, 12), messages=3, drafted=3, approved=1, edited=1, rejected=1),
    )
    assert [(one.conversation, one.messages) for one in found.heard] == [
        (TELEGRAM.id, 1),
        (MIAS.id, 1),
        (SAMS.id, 1),
    ]


async def test_what_was_sent_on_its_own_is_counted_and_told_with_its_delegation(desk: Desk) -> None:
    await desk.delegated(await desk.delegation())
    claim = await desk.claim()
    assert claim is not None
    await desk.outbox.delivered(claim, "1", desk.clock.now())
    found = await gathered(desk)
    assert found.days[-1].alone == 1
    assert found.days[-1].approved == 0
    assert "approved by delegation 1: “hey you”" in read(found)


async def test_a_receipt_whose_authorization_is_gone_says_so(desk: Desk) -> None:
    await desk.approved()
    claim = await desk.claim()
    assert claim is not None
    await desk.sql("DELETE FROM authorizations")
    await desk.outbox.delivered(claim, "1", desk.clock.now())
    assert "with no approval on record any more: “Friday works.”" in read(await gathered(desk))


async def test_only_what_is_the_owners_to_decide_waits_for_them(desk: Desk) -> None:
    approved = await desk.approved(where=TELEGRAM)
    sending = await desk.approved(where=MIAS)
    for _ in (approved, sending):
        claimed = await desk.outbox.claim(desk.clock.now(), platforms=["console"])
    waiting = await desk.drafted(where=CHANNEL)
    found = await gathered(desk)
    assert [one.draft for one in found.waiting] == [waiting.id]
    assert claimed.claim is None
    put_aside = await desk.outbox.snooze(waiting.id, 1, desk.clock.now() + timedelta(hours=2))
    assert f"draft {put_aside.id} to #team (slack), since 13:00, put aside until 15:00" in read(
        await gathered(desk)
    )


async def test_a_day_is_the_owners_own(desk: Desk) -> None:
    desk.clock.time = datetime(2026, 3, 12, 22, 59, tzinfo=UTC)
    await desk.hear()
    desk.clock.time = datetime(2026, 3, 12, 23, 0, tzinfo=UTC)
    await desk.hear()
    assert [(one.day.day, one.messages) for one in (await gathered(desk)).days] == [(12, 1), (13, 1)]


async def test_who_is_unanswered_waits_promises_and_is_not_known(desk: Desk) -> None:
    draft = await desk.drafted(where=SAMS)
    asked = await desk.hear("are you there?", MIAS)
    await desk.hear("just chatting", CHANNEL)
    await desk.hear("thanks", TELEGRAM)
    promised = await desk.hear("I'll bring it tomorrow", TELEGRAM, OWNER)
    found = await gathered(desk)
    assert [one.draft for one in found.waiting] == [draft.id]
    assert found.unanswered == (asked,)
    assert found.promises == (promised,)
    assert [one.text for one in found.unknown] == ["dinner on friday?"]
    await desk.outbox.reject(draft.id, draft.revision, "", "cli")
    assert (await gathered(desk)).unanswered == (asked,)
    await desk.outbox.skip_turn(MIAS.id, asked.id, "no-answer-wanted")
    assert (await gathered(desk)).unanswered == ()


async def test_a_question_for_which_something_was_recalled_is_not_unknown(desk: Desk) -> None:
    message = await desk.hear()
    await desk.outbox.create(
        NewDraft(
            conversation=SAMS.id,
            answers=message,
            text="Yes.",
            persona=FRIENDS,
            records=(),
            decision=ASK,
            model="",
            model_digest="",
            scores={RecordId("profile:diet"): 0.5},
        )
    )
    assert (await gathered(desk)).unknown == ()


async def test_what_was_missed_while_off_is_listed(desk: Desk) -> None:
    message = await desk.hear("ring me?")
    await desk.outbox.skip_turn(SAMS.id, message.id, "missed-while-off")
    found = await gathered(desk)
    assert found.missed == (message,)
    assert found.unanswered == (message,)


async def test_what_was_deleted_is_told_nowhere(desk: Desk) -> None:
    message = await desk.hear(f"{SECRET}? I'll wait")
    await desk.messages.delete(message.id)
    assert "greenhouse" not in read(await gathered(desk))


# Telling it, at most once


@dataclass
class OwnersDM:
    """A platform with a DM of the owner's, that keeps what it is told."""

    name: str = "telegram"
    text_limit: int = 4000
    state: Health = Health.CONNECTED
    told: list[tuple[PersonId, str, bytes | None]] = field(default_factory=list)
    fails: list[BaseException | None] = field(default_factory=list)

    @property
    def health(self) -> tuple[Health, str]:
        return self.state, ""

    async def run(self, inbound: object) -> None: ...

    async def send(self, *_: object, **__: object) -> str:
        raise AssertionError

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        fails = self.fails.pop(0) if self.fails else None
        if fails is not None:
            raise fails
        self.told.append((account, text, picture))


@dataclass
class Office:
    desk: Desk
    dm: OwnersDM
    digests: DigestSchedule
    problems: Problems

    async def at(self, moment: datetime) -> int:
        """Look then; how many were told in all."""
        self.desk.clock.time = moment
        await self.digests.look()
        return len(self.dm.told)


@asynccontextmanager
async def office(
    folder: Path,
    *,
    specs: Sequence[DigestSpec] = (DigestSpec("morning", DAILY, "dm"),),
    quiet: Sequence[str] = (),
    dm: OwnersDM | None = None,
    paired: bool = True,
) -> AsyncIterator[Office]:
    dm = dm or OwnersDM()
    folder.mkdir(exist_ok=True)
    async with open_desk(folder) as desk:
        profile = Profile(folder / "profile.json")
        await profile.add_person(Person(SAM, "Sam"))
        accounts = Accounts(desk.database, desk.clock)
        await accounts.load()
        if paired and not accounts.owners():
            code, _ = await accounts.new_code()
            assert await accounts.pair(PersonId("telegram:1"), shown_code(code).replace("-", ""))
        made = services(desk.clock)
        policy_facts = StoredPolicyFacts(
            desk.database, profile, desk.clock, presence=timedelta(minutes=10), sends_per_hour=5
        )
        presenter = Presenter(
            "Alex", desk.messages, Records(desk.database), profile, desk.outbox, Reasons(desk.database)
        )
        outlets = DigestTargets(
            OwnerDms([dm], accounts),
            desk.outbox,
            FakePersonaSelector(replace(FRIENDLY, mode=Mode.AUTO)),
            policy_facts,
            Audiences(profile),
        )
        yield Office(
            desk,
            dm,
            DigestSchedule(
                specs,
                schedule(quiet, VIENNA),
                desk.database,
                desk.messages,
                presenter,
                outlets,
                made,
            ),
            made.problems,
        )


async def test_a_digest_is_told_once_at_its_time_with_its_picture(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        assert await here.at(NOON) == 0
        await here.desk.hear("are you there?", TELEGRAM)
        assert await here.at(EIGHT - timedelta(seconds=1)) == 0
        assert await here.at(EIGHT) == 1
        assert await here.at(EIGHT + timedelta(seconds=1)) == 1
        ((account, text, picture),) = here.dm.told
        assert account == "telegram:1"
        assert "are you there?" in text
        assert picture is not None
        assert picture.startswith(b"\x89PNG")
        assert await here.at(EIGHT + timedelta(days=1)) == 2


async def test_it_names_the_moment_when_somebody_must_look_again(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        assert await here.digests.look() == EIGHT
    async with office(tmp_path / "other", specs=()) as here:
        assert await here.digests.look() is None


async def test_runs_missed_while_off_are_told_once_on_return_and_cover_all_of_it(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.at(NOON)
        await here.desk.hear("on the first day?", TELEGRAM)
    async with office(tmp_path) as here:
        assert await here.at(EIGHT + timedelta(days=5, hours=3)) == 1
        assert await here.at(EIGHT + timedelta(days=5, hours=4)) == 1
        assert "on the first day?" in here.dm.told[0][1]


async def test_a_new_digest_tells_nothing_of_times_before_it_was_declared(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        assert await here.at(EIGHT + timedelta(hours=2)) == 0


async def test_a_digest_cut_short_is_not_told_again_but_listed_and_the_next_covers_it(tmp_path: Path) -> None:
    dm = OwnersDM(fails=[ConnectionResetError()])
    async with office(tmp_path, dm=dm) as here:
        await here.at(NOON)
        await here.desk.hear("are you there?", TELEGRAM)
        assert await here.at(EIGHT) == 0
    async with office(tmp_path, dm=dm) as here:
        assert await here.at(EIGHT + timedelta(minutes=1)) == 0
        (listed,) = await here.digests.uncertain()
        assert "Fri 13 Mar 08:00 may not have arrived" in listed
        assert await here.at(EIGHT + timedelta(days=1)) == 1
        assert "are you there?" in here.dm.told[0][1]
        assert await here.digests.uncertain() == []


async def test_a_digest_is_claimed_before_it_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.at(NOON)

        class Watching(OwnersDM):
            async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
                last = await DigestRuns(here.desk.database).last("morning")
                assert last is not None
                assert last.state is RunState.CLAIMED
                assert await here.digests.uncertain() == []
                here.dm.told.append((account, text, picture))

        here.dm.__class__ = Watching
        assert await here.at(EIGHT) == 1


async def test_what_was_not_told_for_certain_is_tried_again(tmp_path: Path) -> None:
    async with office(tmp_path, dm=OwnersDM(fails=[TryAgain("slow")])) as here:
        await here.at(NOON)
        assert await here.at(EIGHT) == 0
        assert await here.at(EIGHT + timedelta(seconds=30)) == 1


async def test_a_platform_that_is_away_gets_it_when_it_returns(tmp_path: Path) -> None:
    async with office(tmp_path, dm=OwnersDM(state=Health.RECONNECTING)) as here:
        await here.at(NOON)
        assert await here.at(EIGHT) == 0
        assert await here.digests.look() == EIGHT + SOON
        here.dm.state = Health.CONNECTED
        assert await here.at(EIGHT + timedelta(hours=1)) == 1


async def test_a_closed_dm_is_told_as_a_problem_once_and_not_tried_for_ever(tmp_path: Path) -> None:
    async with office(tmp_path, dm=OwnersDM(fails=[Refused("the DM is closed")])) as here:
        await here.at(NOON)
        await here.at(EIGHT)
        assert await here.at(EIGHT + timedelta(minutes=1)) == 0
        assert here.problems.all() == ("the digest morning was not taken: telegram: the DM is closed",)
        assert await here.at(EIGHT + timedelta(days=1)) == 1
        assert here.problems.all() == ()


async def test_without_a_paired_account_a_digest_is_the_consoles(tmp_path: Path) -> None:
    async with office(tmp_path, paired=False) as here:
        await here.at(NOON)
        await here.desk.hear("are you there?")
        assert await here.at(EIGHT) == 0
        assert "are you there?" in (await here.digests.report("morning", NOON)).text
    async with office(tmp_path / "b", specs=[DigestSpec("m", DAILY, "telegram")], paired=False) as here:
        await here.at(NOON)
        await here.at(EIGHT)
        assert "pair your account there" in here.problems.all()[0]


async def test_quiet_hours_hold_a_digest_but_not_an_urgent_one(tmp_path: Path) -> None:
    specs = [DigestSpec("morning", DAILY, "dm"), DigestSpec("alarm", DAILY, "dm", urgent=True)]
    async with office(tmp_path, specs=specs, quiet=["22:00-09:30"]) as here:
        await here.at(NOON)
        assert await here.at(EIGHT) == 1
        assert "**alarm**" in here.dm.told[0][1]
        here.desk.clock.time = EIGHT + timedelta(minutes=1)
        assert await here.digests.look() == EIGHT + timedelta(hours=1, minutes=30)
        assert await here.at(EIGHT + timedelta(hours=1, minutes=30)) == 2


async def test_a_weekly_digest_covers_its_week(tmp_path: Path) -> None:
    friday = EIGHT.replace(hour=16)
    async with office(tmp_path, specs=[DigestSpec("week", Cron("0 17 * * fri"), "dm")]) as here:
        await here.at(friday - timedelta(days=7, minutes=-1))
        await here.desk.hear("are you there?", TELEGRAM)
        assert await here.at(friday - timedelta(minutes=1)) == 0
        assert await here.at(friday) == 1
        assert "are you there?" in here.dm.told[0][1]


async def test_in_a_dm_on_telegram_what_sam_said_in_the_console_is_not_repeated(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await here.at(NOON)
        await here.desk.hear(f"{SECRET}?")
        await here.at(EIGHT)
        assert "greenhouse" not in here.dm.told[0][1]
        assert "greenhouse" in (await here.digests.report()).text


async def test_into_a_channel_it_goes_through_the_outbox_and_tells_what_may_be_heard_there(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, specs=[DigestSpec("team", DAILY, CHANNEL.id)]) as here:
        await here.at(NOON)
        await here.desk.hear("who brings the cake?", CHANNEL)
        await here.desk.hear(f"{SECRET}?", SAMS)
        await here.desk.hear("I'll come tomorrow", TELEGRAM, OWNER)
        await here.at(EIGHT)
        (draft,) = await here.desk.outbox.open()
        assert (draft.conversation, draft.status, draft.rule) == (CHANNEL.id, DraftStatus.WAITING, "digest")
        assert "#team" in draft.text
        assert "greenhouse" not in draft.text
        assert "Sam (" not in draft.text
        assert "tomorrow" not in draft.text
        assert here.dm.told == []
        await here.desk.outbox.approve(draft.id, draft.revision, "cli")
        claim = await here.desk.claim()
        assert claim is not None
        assert claim.reply_to is None


async def test_into_a_channel_it_lists_what_it_quotes_and_goes_with_it(tmp_path: Path) -> None:
    async with office(tmp_path, specs=[DigestSpec("team", DAILY, CHANNEL.id)]) as here:
        await here.at(NOON)
        asked = await here.desk.hear("I will bring the cake tomorrow", CHANNEL)
        await here.at(EIGHT)
        (draft,) = await here.desk.outbox.open()
        assert "the cake" in draft.text
        assert draft.records == (message_record(asked.id),)
        await here.desk.outbox.approve(draft.id, draft.revision, "cli")
        await here.desk.messages.delete(asked.id)
        (withdrawn,) = await here.desk.outbox.recheck()
        assert (withdrawn.id, withdrawn.superseded_by) == (draft.id, "record-gone")
        assert await here.desk.claim() is None


async def test_into_a_channel_it_displaces_no_draft(tmp_path: Path) -> None:
    async with office(tmp_path, specs=[DigestSpec("team", DAILY, CHANNEL.id)]) as here:
        await here.at(NOON)
        reply = await here.desk.drafted(where=CHANNEL)
        await here.at(EIGHT)
        (held,) = await here.desk.outbox.open()
        assert held.id == reply.id
        await here.desk.outbox.reject(reply.id, reply.revision, "", "cli")
        await here.at(EIGHT + timedelta(minutes=1))
        (draft,) = await here.desk.outbox.open()
        assert draft.rule == "digest"


async def test_a_report_of_a_name_that_nobody_declared_names_those_there_are(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        with pytest.raises(OwnerMustFix, match="there are: morning"):
            await here.digests.report("evening")
        with pytest.raises(OwnerMustFix, match="before now"):
            await here.digests.report(since=NOON + timedelta(days=1))
