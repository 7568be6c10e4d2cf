"""A home made by release 0.1.0 opens with all that was in it, and goes on where that release stopped.

What the archive holds, and how it was made, is in `tests/homes/README.md`. A value that a user sees is
written here as it is answered now; what 0.1.0 kept as prose is in WORDS alone.
"""

import asyncio
import tarfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bots import assembly
from bots.api.twin import Twin
from bots.home import Home
from bots.platforms.port import Card, CardAction, CardEvent
from bots.twin_toml import former_keys, load
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.types import DraftId, MessageId, PersonId
from tests.command_line import understudy
from tests.fakes import NOON, FixedClock
from tests.journeys.conftest import becomes
from tests.scripted_platform import ScriptedPlatform, Shown
from tests.waiting import PATIENCE_S, Sent

ARCHIVE = Path(__file__).parents[1] / "homes" / "home-0.1.0.tar.gz"
"""Its last day is that of `NOON`, and it was left some minutes before."""

WORDS: Mapping[str, Any] = {
    # whose leave, in a receipt
    "owner, cli": "owner via cli",
    "owner, console": "owner via console",
    "owner, telegram": "owner via telegram",
    "owner, discord": "owner via discord",
    "owner, slack": "owner via slack",
    "delegation 1": "delegation 1",
    "delegation 2": "delegation 2",
    "delegation 3": "delegation 3",
    "nobody": "nobody",
    # what became of a draft
    "open": "",
    "sent, cli": "approved via cli",
    "sent, console": "approved via console",
    "sent, telegram": "approved via telegram",
    "sent, discord": "approved via discord",
    "sent, delegation 1": "approved by delegation 1",
    "sent, delegation 2": "approved by delegation 2",
    "sent, delegation 3": "approved by delegation 3",
    "sent, delegation 5": "approved by delegation 5",
    "sent, nobody": "sent",
    "rejected, telegram": "rejected via telegram",
    "newer": "superseded: newer-message",
    "late": "superseded: late-message",
    "answered": "superseded: owner-answered",
    "edited": "superseded: message-edited",
    "deleted": "superseded: message-deleted",
    "another": "superseded: another-asked-for",
    "paired": "superseded: owner-paired",
    "joined": "superseded: somebody-joined",
    "forgotten": "superseded: record-forgotten",
    "expired": "expired",
    "failed": "failed: Discord: cannot send messages to this user",
    "failed in part": "failed: Discord: missing permissions",
    "uncertain": "uncertain: ConnectionResetError",
    "killed": "uncertain: the twin stopped while it was being sent",
}

OPEN = (
    # id, revision, status, conversation, persona, rule, what became of it, text
    ("5", 1, "waiting", "console:lena", "work", "redraft", "open", "I can, tomorrow."),
    ("21", 3, "waiting", "telegram:group", "friends", "others-listen", "open", "half five, at the gate."),
    ("24", 2, "waiting", "slack:chat-ida", "work", "not-delivered", "open", "The legend is Lena's."),
    (
        *("25", 1, "uncertain", "discord:chat-mia", "reflective", "heard-date", "uncertain"),
        "Behind the house.\n\nI come at six.",
    ),
    ("26", 1, "waiting", "discord:chat-mia", "reflective", "mode-draft", "open", "Of course you may."),
    ("27", 2, "waiting", "discord:chat-sam", "friends", "mode-draft", "open", "the old ones, and dry socks."),
    (
        *("28", 1, "waiting", "discord:guild/rocks", "friends", "digest", "open"),
        "**climbers**: 1 message in #rocks.",
    ),
    ("29", 1, "snoozed", "telegram:chat-mia", "reflective", "mode-draft", "open", "A new kettle?"),
    ("30", 1, "waiting", "telegram:chat-sam", "friends", "mode-draft", "open", "it hangs in the hall."),
    ("31", 1, "waiting", "console:sam", "friends", "mode-draft", "open", "climbing till seven, then yes."),
    (
        *("32", 1, "uncertain", "slack:team/general/7", "work", "heard-commitment", "killed"),
        "It is. I hold the key.",
    ),
    (
        *("33", 1, "sending", "slack:team/general", "work", "mode-draft", "sent, cli"),
        "The cover.\n\nThe index is done.",
    ),
    ("34", 1, "approved", "telegram:chat-otto", "friends", "mode-draft", "sent, cli", "it did, thank you."),
    ("35", 1, "approved", "discord:chat-jonas", "friends", "delegated", "sent, delegation 3", "morning."),
    ("36", 1, "approved", "slack:chat-lena", "work", "delegated", "sent, delegation 2", "Any time."),
    ("37", 1, "approved", "telegram:chat-paul", "friends", "delegated", "sent, delegation 5", "any time."),
)
CLOSED = (
    # id, status, what became of it, text
    ("1", "sent", "sent, cli", "yes, all dry."),
    ("2", "sent", "sent, nobody", "It is. Look in the usual folder."),
    ("3", "superseded", "answered", "Bring the lemon one."),
    ("4", "superseded", "another", "The cover is with Ida."),
    ("6", "sent", "sent, telegram", "always. 5 till 7."),
    ("7", "sent", "sent, delegation 1", "any time."),
    ("8", "superseded", "newer", "sure, take it."),
    ("9", "rejected", "rejected, telegram", "it is in the garage."),
    ("10", "superseded", "edited", "Sunday works."),
    ("11", "sent", "sent, discord", "Saturday, gladly."),
    ("12", "superseded", "deleted", "Are you sure?"),
    ("13", "failed", "failed in part", "the north face, yes.\n\nthe south face is Mia's."),
    ("14", "failed", "failed", "coming up."),
    ("15", "superseded", "late", "in a minute."),
    ("16", "superseded", "forgotten", ""),
    ("17", "expired", "expired", "It is gone, sorry."),
    ("18", "expired", "expired", "It is gone, sorry."),
    ("19", "superseded", "paired", "Hello!"),
    ("20", "superseded", "joined", "five, at the gate."),
    ("22", "sent", "sent, console", "Wednesday noon."),
    ("23", "sent", "sent, delegation 2", "You are welcome."),
)
RECEIPTS = (
    # id, draft, conversation, persona, rule, whose leave, the platform's ids, text
    ("9", "24", "slack:chat-ida", "work", "unknown-person", "owner, slack", ["sl-3"], "One to 25 000."),
    ("8", "23", "slack:chat-lena", "work", "delegated", "delegation 2", ["sl-2"], "You are welcome."),
    ("7", "22", "slack:chat-lena", "work", "heard-date", "owner, console", ["sl-1"], "Wednesday noon."),
    (
        *("6", "13", "discord:guild/rocks/topo", "friends", "mode-draft", "owner, discord", ["dc-1"]),
        "the north face, yes.",
    ),
    (
        *("5", "11", "telegram:chat-mia", "reflective", "heard-date", "owner, discord", ["tg-3"]),
        "Saturday, gladly.",
    ),
    ("4", "7", "telegram:chat-sam", "friends", "delegated", "delegation 1", ["tg-2"], "any time."),
    (
        "3",
        "6",
        "telegram:chat-sam",
        "friends",
        "mode-draft",
        "owner, telegram",
        ["tg-1"],
        "always. 5 till 7.",
    ),
    (
        *("2", "2", "console:lena", "work", "mode-draft", "nobody", ["console-2"]),
        "It is. Look in the usual folder.",
    ),
    ("1", "1", "console:sam", "friends", "mode-draft", "owner, cli", ["console-1"], "yes, all dry."),
)
SETTINGS = {
    "owner.name": "Alex",
    "owner.timezone": "Europe/Vienna",
    "model.provider": "ollama",
    "model.name": "gemma3:12b",
    "model.host": "http://127.0.0.1:11999",
    "model.keep_alive": "30m",
    "model.context_tokens": 8192,
    "model.max_tokens": 120,
    "model.temperature": 0.4,
    "embedding.provider": "ollama",
    "embedding.name": "embeddinggemma",
    "gateway.burst_s": 0.0,
    "gateway.fresh_hours": 6.0,
    "outbox.expire_hours": 96.0,
    "outbox.per_contact_per_hour": 4,
    "presence.minutes": 5.0,
    "presence.away": ("Sat-Sun",),
    "console.port": 8390,
    "approvals.surfaces": ("telegram", "discord", "slack"),
    "approvals.full": ("telegram",),
    "platforms.discord.api_base": "https://discord.example/api",
    "quiet.times": ("22:00-07:00",),
    "quiet.urgent": ("mia",),
    "listen.0.conversation": "slack:team/general",
    "listen.0.keywords": ("alex", "maps"),
    "digest.1.name": "evening",
    "digest.1.cron": "0 18 * * *",
    "digest.1.to": "telegram",
    "digest.1.urgent": True,
    "digest.3.to": "telegram:group",
}
"""What that home's twin.toml says, by the names that the settings have now."""
SHOWN = 33
"""So many cards were shown in each DM, under the references `telegram-0` to `telegram-32`."""
CARDS = {"1": 0, "5": 4, "8": 6, "21": 19, "24": 22, "25": 23, "26": 24, "27": 25, "28": 26, "29": 27}
CARDS |= {"30": 28, "31": 29, "32": 30, "33": 31, "34": 32}
"""The numbers of those that the tests look at, by draft."""
KILLED_NONCE = "2d8980e57469e68892f705a0"
"""What draft 32 was sent with."""
CODE = "AG7Q-BQD6"
"""A pairing code for Slack, good until ten minutes past `NOON`; one wrong one was tried."""
REPLY = "let me look."
EXPIRED = (
    "A draft for Nora (not linked: telegram:nora) (direct message on Telegram) has expired: Telegram takes no"
    " reply there until they write again."
)
"""Of draft 18: of 17 that twin had told already."""


def dm(platform: str, number: int) -> str:
    return f"{platform}-{number}"


@dataclass
class Old:
    """The home, unpacked, and what is around it through several starts."""

    home: Home
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    model: ScriptedChat = field(default_factory=lambda: ScriptedChat(REPLY))
    platforms: dict[str, ScriptedPlatform] = field(init=False)

    def __post_init__(self) -> None:
        self.platforms = {}
        for name in ("telegram", "discord", "slack"):
            platform = self.platforms[name] = ScriptedPlatform(name, self.clock)
            blank = partial(Card, who="", where="", why="", heard=None, text=None)
            drafts = {number: draft for draft, number in CARDS.items()}
            for number in range(SHOWN):
                card = blank(draft=DraftId(drafts.get(number, "")), revision=1)
                platform.shown.append(Shown(dm(name, number), platform.owner, card, drawn=0))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Twin]:
        async with assembly.running(
            self.home,
            load(self.home.twin_toml, {}),
            resident=True,
            model=self.model,
            embedder=HashedEmbedder(),
            platforms=tuple(self.platforms.values()),
            clock=self.clock,
            sleep=asyncio.sleep,
        ) as twin:
            for one in self.platforms.values():
                await one.connected()
            yield twin

    def card(self, platform: str, draft: str) -> Card:
        return self.platforms[platform].shown[CARDS[draft]].card

    def new_cards(self, platform: str) -> list[str]:
        """The drafts of those that were shown since."""
        return [one.card.draft for one in self.platforms[platform].shown[SHOWN:]]

    def sent(self) -> list[tuple[str, str]]:
        """Where what arrived, on every platform."""
        return sorted(
            (one.conversation, one.text) for platform in self.platforms.values() for one in platform.sent
        )

    def told(self) -> list[str]:
        """On whichever platform was there first."""
        return sorted(text for platform in self.platforms.values() for _, text in platform.told)

    async def looked_at(self, *, so_far: int) -> None:
        """Every card and every send was looked at: something new has gone all of its way, twice."""
        for number in range(2):
            for one in self.platforms.values():
                await one.hear(f"is it you, number {number}?", one.chat(f"new{number}"), f"new{number}")
            for one in self.platforms.values():
                await one.until(lambda one=one: len(one.shown) >= so_far + 3 * (number + 1))  # type: ignore[misc]  # noqa: B023


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Old:
    """Commands find it, too, and an instant model."""
    place = tmp_path / "home"
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(place, filter="data")
    old = Old(Home(place))
    monkeypatch.setenv("UNDERSTUDY_HOME", str(place))
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    started = partial(assembly.running, model=old.model, embedder=HashedEmbedder(), clock=old.clock)
    monkeypatch.setattr(assembly, "running", started)
    return old


async def is_so(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return once it is, where nothing tells of it."""
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():
            await asyncio.sleep(0)


def answer(*command: str) -> Any:
    return understudy(*command, "--json").answer


def picked(rows: Iterable[Mapping[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[key] for key in keys) for row in rows]


# What can be read


@pytest.mark.usefixtures("old")
def test_every_open_draft_is_in_the_inbox() -> None:
    inbox = answer("inbox")
    keys = ("id", "revision", "status", "conversation", "persona", "rule", "why", "text")
    assert picked(inbox, *keys) == [(*row[:6], WORDS[row[6]], row[7]) for row in OPEN]
    by_id = {one["id"]: one for one in inbox}
    assert {one["id"]: one["original"] for one in inbox if one["original"]} == {
        "21": "five.",
        "27": "the old ones.",
    }
    assert by_id["29"]["snoozed_until"] == "2026-03-12T18:00:00+00:00"
    assert [one["text"] for one in by_id["30"]["heard"]] == [
        "I'll bring the rope on friday",
        "do you still have my helmet?",
    ]
    assert picked(by_id["31"]["records"], "id", "score") == [("profile:climbing", 0.9)]
    assert by_id["28"]["heard"] == []
    assert by_id["5"]["expires_at"] == "2026-03-13T09:07:22+00:00"
    assert {one["model"] for one in inbox} == {"gemma3:12b"}


async def test_every_closed_draft_says_what_became_of_it(old: Old) -> None:
    async with old.running() as twin:
        found = [await twin.draft(row[0]) for row in CLOSED]
    assert [(one.id, one.status, one.why, one.text) for one in found] == [
        (row[0], row[1], WORDS[row[2]], row[3]) for row in CLOSED
    ]


@pytest.mark.usefixtures("old")
def test_every_receipt_says_what_was_sent_and_on_whose_leave() -> None:
    sent = answer("receipts")
    keys = ("id", "draft", "conversation", "persona", "rule", "authorized_by", "platform_ids", "text")
    assert picked(sent, *keys) == [(*row[:5], WORDS[row[5]], *row[6:]) for row in RECEIPTS]
    assert {(one["model"], one["model_digest"]) for one in sent} == {("gemma3:12b", "sha256:0a1b2c")}
    assert sent[-1]["sent_at"] == "2026-03-09T09:01:35+00:00"


@pytest.mark.usefixtures("old")
def test_leave_that_is_in_force_is_listed_and_no_other() -> None:
    """Those of that version name no reply of the owner's, and so send nothing."""
    keys = ("id", "target", "persona", "replies", "expires_at", "stopped")
    stopped = "stopped: sending is paused"
    assert picked(answer("delegations"), *keys) == [
        ("2", "slack:chat-lena", "work", {}, "2026-03-31T08:00:00+00:00", stopped),
        ("3", "jonas", "friends", {}, "2026-03-20T08:00:00+00:00", stopped),
    ]
    assert understudy("resume").status == 0
    assert {one["stopped"] for one in answer("delegations")} == {
        "stopped: it names no reply of yours; delegate anew"
    }
    assert understudy("delegations", "--revoke", "4").status == 2  # it is revoked
    assert understudy("delegations", "--revoke", "3").status == 0
    assert picked(answer("delegations"), "id") == [("2",)]


@pytest.mark.usefixtures("old")
def test_people_circles_and_personas_are_known() -> None:
    assert picked(answer("people"), "id", "name", "relation", "accounts", "circles", "is_bot") == [
        ("sam", "Sam", "best friend", ["discord:sam", "telegram:sam"], ["friends"], False),
        ("mia", "Mia", "sister", ["discord:mia", "telegram:mia"], [], False),
        ("lena", "Lena", "colleague", ["slack:lena"], ["work"], False),
        ("jonas", "Jonas", "climbs with us", ["discord:jonas"], ["friends"], False),
        ("otto", "Otto", "neighbour", ["telegram:otto"], [], False),
        ("robot", "Build robot", "", ["slack:robot"], [], True),
    ]
    assert picked(answer("circles"), "name", "people") == [("friends", ["jonas", "sam"]), ("work", ["lena"])]
    assert picked(answer("persona", "list"), "name", "mode", "bound", "problem") == [
        ("friends", "auto", ["default"], ""),
        ("reflective", "draft", ["console:mia"], ""),
        ("work", "auto", ["circle:work"], ""),
    ]
    assert picked(answer("pair", "--list"), "account", "name", "paired_at") == [
        ("telegram:1", "Alex", "2026-03-09T08:01:00+00:00"),
        ("discord:1", "Alex", "2026-03-09T08:02:00+00:00"),
        ("slack:1", "Alex", "2026-03-09T08:03:00+00:00"),
    ]


@pytest.mark.usefixtures("old")
def test_the_state_of_the_house_is_as_it_was_left() -> None:
    status = answer("status")
    assert (status["owner"], status["paused"], status["away"]) == ("Alex", True, True)
    assert status["counts"] == {
        "messages": 55,
        "records": 57,
        "receipts": 9,
        "pending": 2,
        "listed": 0,
        "approved": 4,
        "expired": 2,
        "failed": 2,
        "rejected": 1,
        "sending": 1,
        "sent": 7,
        "snoozed": 1,
        "superseded": 9,
        "uncertain": 2,
        "waiting": 8,
    }
    (problem,) = status["problems"]
    assert "the digest evening of Wed 11 Mar 18:00 may not have arrived" in problem
    assert picked(answer("remind"), "id", "text", "at") == [
        ("2", "call the dentist", "2026-03-12T12:50:00+01:00"),
        ("3", "send the invoice", "2026-03-13T09:00:00+01:00"),
    ]
    assert picked(answer("suggestions"), "id", "text", "said_by") == [
        ("1", "Sam brings the rope on friday", "Sam")
    ]
    assert understudy("resume").status == understudy("back").status == 0
    status = answer("status")
    assert (status["paused"], status["away"]) == (False, False)


@pytest.mark.usefixtures("old")
def test_digests_are_known_with_what_became_of_them() -> None:
    assert picked(answer("digest", "--times"), "name", "to", "next", "last", "state") == [
        ("morning", "dm", "2026-03-13T08:00:00+01:00", "2026-03-12T08:00:00+01:00", "told"),
        ("evening", "telegram", "2026-03-12T18:00:00+01:00", "2026-03-11T18:00:00+01:00", "claimed"),
        ("weekly", "discord", "2026-03-16T09:00:00+01:00", "2026-03-09T09:00:00+01:00", "refused"),
        ("climbers", "telegram:group", "2026-03-13T10:00:00+01:00", None, ""),
    ]
    since = {name: answer("digest", name)["since"] for name in ("morning", "evening", "climbers")}
    assert since == {
        "morning": "2026-03-12T07:00:00+00:00",
        "evening": "2026-03-10T17:00:00+00:00",  # of the last one nobody knows
        "climbers": "2026-03-11T07:00:00+00:00",
    }
    digest = answer("digest", "--since", "4d")
    for said in (
        (
            "to Sam (console), Mon 9 Mar 10:01, from an account that is not on record, approved by you in the"
            " terminal: “yes, all dry.”"
        ),
        (
            "to Sam (telegram), Mon 9 Mar 11:02, from an account that is not on record, approved by"
            " delegation 1: “any time.”"
        ),
        "draft 25 to Mia (discord), since 09:01: it may have arrived, say whether it did",
        "Sam (telegram), 10:02, due Fri 13 Mar: “I'll bring the rope on friday”",
        "you to Mia (console), Mon 9 Mar 10:05: “I'll ring you about it”",
        "discord:otto (not linked) (discord), Tue 10 Mar 13:07: “where is the spare key?”",
    ):
        assert f"- {said}\n" in digest["text"]
    days = ("day", "messages", "drafted", "approved", "edited", "rejected", "alone")
    assert picked(digest["days"], *days)[-4:] == [
        ("2026-03-09", 7, 7, 2, 0, 0, 1),
        ("2026-03-10", 9, 9, 2, 1, 1, 0),
        ("2026-03-11", 10, 8, 0, 1, 0, 1),
        ("2026-03-12", 14, 13, 4, 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("words", "where", "found"),
    [
        ("bell broken", "telegram:chat-sam", ["note:bell"]),
        ("bell broken", "telegram:chat-otto", ["note:bell"]),
        ("bell broken", "telegram:chat-mia", []),
        ("noodle place mondays", "telegram:chat-sam", []),
        ("surprise dinner", "telegram:chat-mia", ["profile:party"]),
        ("surprise dinner", "telegram:chat-sam", []),
        ("knee april", "telegram:chat-sam", []),
        ("north face", "discord:guild/rocks", ["message:discord:guild/rocks/topo/dc-1"]),
        ("north face", "telegram:chat-mia", []),
        ("spare key", "telegram:chat-mia", []),
    ],
)
@pytest.mark.usefixtures("old")
def test_what_was_noted_and_said_is_recalled_by_who_may_hear_it(
    words: str, where: str, found: list[str]
) -> None:
    recalled = [one["id"] for one in answer("recall", words, "--for", where)["records"]]
    kept = ("note:", "profile:", "message:discord:guild")
    assert [one for one in recalled if one.startswith(kept) and one != "profile:climbing"] == found


@pytest.mark.usefixtures("old")
def test_the_owner_is_answered_from_all_of_it_but_what_was_forgotten() -> None:
    found = {one["id"] for one in answer("ask", "is the noodle place open on mondays?")["records"]}
    assert "note:restaurant" in found
    assert "note:key" not in {one["id"] for one in answer("ask", "where is the spare key?")["records"]}


async def test_conversations_are_as_they_were(old: Old) -> None:
    async with old.running() as twin:
        known = {one.id: one for one in await twin.conversations()}
        group = known["telegram:group"]
        assert (group.title, group.kind) == ("group “climbers”", "group")
        assert group.members == tuple(f"telegram:{one}" for one in ("jonas", "pia", "quentin", "sam"))
        assert known["slack:team/general/7"].members is None
        assert {one.id: one.mode for one in known.values() if one.mode != "auto"} == {
            "console:mia": "draft",  # as far as its persona goes
            "discord:guild/rocks": "observe",
            "discord:guild/rocks/topo": "observe",  # its thread
            "telegram:chat-mia": "draft",
        }
        said = [(one.name, one.text, one.edited) for one in await twin.thread("telegram:chat-mia")]
        assert said == [
            ("Mia", "Can you come on saturday?", True),
            ("Alex (twin)", "Saturday, gladly.", False),
            ("Mia", "What should we give Mum?", False),
        ]
        assert [one.text for one in await twin.thread("telegram:owner/1")] == [
            "what do I owe Sam?",
            "His helmet.",
        ]


def test_the_settings_are_read_with_what_was_set(old: Old) -> None:
    def value(name: str) -> object:
        found = load(old.home.twin_toml, {}).model_dump()
        at: Any = {**found, **found["platforms"]}
        for key in name.split("."):
            if isinstance(at, Mapping | tuple):
                at = at[int(key)] if key.isdecimal() else at[key]  # type: ignore[call-overload]
            else:
                at = getattr(at, key)
        return at

    assert {name: value(name) for name in SETTINGS} == SETTINGS
    written = old.home.twin_toml.read_text("utf-8")
    assert "# they never write in bursts" in written  # the owner's own words stay
    assert former_keys(old.home.twin_toml) == [
        "[model] door is called provider now",
        "[embedding] door is called provider now",
    ]


# What goes on


async def test_it_starts_with_its_cards_and_tells_and_sends_each_thing_once(old: Old) -> None:
    telegram, slack = old.platforms["telegram"], old.platforms["slack"]
    asked = MessageId("slack:team/general/7/37")
    # what was at Slack when that twin was killed had arrived there
    thread = next(row for row in OPEN if row[0] == "32")
    arrived = Sent(thread[3], thread[7], KILLED_NONCE, asked)  # type: ignore[arg-type]
    slack.sent.append(arrived)
    async with old.running() as twin:
        for name, one in old.platforms.items():
            await one.until(lambda name=name: "38" in old.new_cards(name))  # type: ignore[misc]

        async def all_told() -> bool:
            return len(old.told()) == 2

        await is_so(all_told)
        await becomes(twin, "32", "sent")
        assert old.told() == [EXPIRED, "You wanted to be reminded: call the dentist"]
        assert (await twin.status()).paused
        assert old.sent() == [(arrived.conversation, arrived.text)]

        await twin.resume()
        for draft in ("33", "34"):
            await becomes(twin, draft, "sent")
        for draft in ("35", "36"):  # their delegations name no reply that could be sent
            await becomes(twin, draft, "waiting")
            assert (await twin.draft(draft)).rule == "no-replies"

        async def refused() -> bool:
            return (await twin.draft("37")).rule == "delegation-over"

        await is_so(refused)  # its delegation was revoked since
        assert (await twin.draft("37")).status == "waiting"
        leave = {one.draft: (one.text, one.authorized_by) for one in await twin.receipts(limit=3)}
        assert leave == {
            "32": ("It is. I hold the key.", WORDS["owner, console"]),
            "33": ("The cover.\n\nThe index is done.", WORDS["owner, cli"]),
            "34": ("it did, thank you.", WORDS["owner, cli"]),
        }
        await telegram.until(lambda: old.card("telegram", "34").closed == "approved in the terminal")
        await slack.until(lambda: old.card("slack", "34").closed == "approved in the terminal")
        changed = old.platforms["discord"]
        await changed.until(lambda: old.card("discord", "27").text == "the old ones, and dry socks.")
        assert old.card("discord", "27").typed
        assert (await twin.draft("38")).heard[-1].text == "may I ask about the cellar then?"
    assert old.sent() == [
        ("slack:team/general", "The index is done."),
        ("slack:team/general/7", "It is. I hold the key."),
        ("telegram:chat-otto", "it did, thank you."),
    ]
    before = old.sent()
    async with old.running() as twin:
        await old.looked_at(so_far=SHOWN + 2)
        assert old.sent() == before
        assert len(old.told()) == 2
        assert len(await twin.receipts()) == len(RECEIPTS) + 3
    for name in old.platforms:
        shown = old.new_cards(name)
        assert len(set(shown)) == len(shown), name  # and no other of the old ones
        assert min(map(int, shown)) == 35, name


async def test_time_goes_on_for_what_was_put_aside_and_for_what_is_told_by_the_clock(old: Old) -> None:
    telegram = old.platforms["telegram"]
    old.clock.time = datetime(2026, 3, 12, 19, 0, tzinfo=UTC)
    async with old.running() as twin:
        await becomes(twin, "29", "waiting")
        await telegram.until(lambda: "29" in old.new_cards("telegram"))
        await telegram.until(lambda: any("evening" in text for _, text in telegram.told))
        assert len([text for _, text in telegram.told if "**evening**" in text]) == 1
        (told,) = [text for _, text in telegram.told if "evening" in text]
        assert told.startswith("**evening**: Tue 10 Mar 18:00 to Thu 12 Mar 20:00")
        assert not any("**morning**" in text for _, text in telegram.told)

        async def settled() -> bool:
            states = {one.name: one.state for one in await twin.digests()}
            return states == {"morning": "told", "evening": "told", "weekly": "refused", "climbers": ""}

        await is_so(settled)
        assert (await twin.status()).problems == ()


async def test_the_buttons_of_its_cards_still_decide(old: Old) -> None:
    telegram, discord = old.platforms["telegram"], old.platforms["discord"]

    async def act(
        platform: ScriptedPlatform, draft: str, action: CardAction, text: str = "", revision: int = 1
    ) -> str:
        await platform.here.used(platform.owner, DraftId(draft), dm(platform.name, CARDS[draft]))
        return await platform.here.acted(CardEvent(platform.owner, DraftId(draft), revision, action, text))

    async with old.running() as twin:
        await twin.resume()
        await twin.back()
        assert await act(telegram, "30", CardAction.APPROVE) == "Sent."
        assert await act(discord, "27", CardAction.APPROVE, revision=2) == "Sent."
        assert (
            await act(discord, "21", CardAction.REJECT, "not all of them", 3) == "Rejected: nothing is sent."
        )
        assert (
            await act(telegram, "8", CardAction.APPROVE) == "already handled: withdrawn: a newer message came"
        )
        assert await act(telegram, "1", CardAction.APPROVE) == "already handled: approved in the terminal"
        await telegram.until(lambda: old.card("telegram", "30").closed == "approved on Telegram")
        await telegram.until(lambda: old.card("telegram", "21").closed == "rejected on Discord")
        assert ("telegram:chat-sam", "it hangs in the hall.") in old.sent()
        assert ("discord:chat-sam", "the old ones, and dry socks.") in old.sent()
        assert (await twin.draft("21")).status == "rejected"


async def test_a_pairing_code_of_before_still_proves_an_account(old: Old) -> None:
    slack = old.platforms["slack"]
    other = PersonId("slack:9")
    async with old.running() as twin:
        assert "yours" in await slack.say(CODE, other)
        assert [one.account for one in await twin.accounts()][-1] == other


async def test_a_change_that_came_before_its_message_is_made(old: Old) -> None:
    telegram = old.platforms["telegram"]
    where = telegram.chat("sam")
    async with old.running() as twin:
        for key, text in (("early", "bring the rope"), ("gone", "or do not")):
            sent_at = NOON - timedelta(minutes=16)
            await telegram.hear(text, where, id=MessageId(f"{where.id}/{key}"), sent_at=sent_at)
        thread = [one.text for one in await twin.thread(where.id)]
        assert "bring the LONG rope" in thread
        assert not {"bring the rope", "or do not"} & set(thread)


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.usefixtures("old")
def test_what_was_uncertain_can_be_settled(delivered: bool) -> None:
    settled = answer("settle", "25", "--delivered" if delivered else "--not-delivered")
    (receipt,) = [one for one in answer("receipts") if one["draft"] == "25"]
    assert receipt["authorized_by"] == WORDS["owner, telegram"]
    if delivered:
        assert (settled["status"], settled["why"]) == ("sent", WORDS["sent, telegram"])
        assert receipt["text"] == "Behind the house.\n\nI come at six."
        assert receipt["platform_ids"] == ["dc-2"]
    else:  # a newer draft has taken its place
        assert (settled["status"], settled["why"]) == ("superseded", WORDS["newer"])
        assert receipt["text"] == "Behind the house."


def test_what_was_shared_once_is_in_the_next_redraft_and_in_no_other(old: Old) -> None:
    def asked() -> str:
        return repr(old.model.prompts[-1])

    assert answer("redraft", "31", "--guidance", "say what we eat")["revision"] == 2
    assert "Surprise dinner for Sam" in asked()
    assert "The noodle place is closed on mondays" in asked()
    assert answer("redraft", "31", "--guidance", "shorter")["revision"] == 3
    assert "Surprise dinner for Sam" not in asked()
    assert "The noodle place" not in asked()


@pytest.mark.usefixtures("old")
def test_what_comes_new_is_numbered_on() -> None:
    given = answer("delegate", "sam", "--until", "1d", "--reply", "thanks=any time", "--yes")
    assert given["id"] == "6"
    heard = answer("hear", "--from", "sam", "--in", "console:sam", "and saturday?")
    assert heard["draft"]["id"] == "38"  # 31, which waited there, is overtaken
    assert "31" not in [one["id"] for one in answer("inbox")]
    assert understudy("resume").status == 0
    assert answer("approve", "38", "--text", "saturday, too.")["status"] == "sent"
    newest = answer("receipts", "--limit", "1")
    assert picked(newest, "id", "draft", "authorized_by", "text") == [
        ("10", "38", WORDS["owner, cli"], "saturday, too.")
    ]


def test_a_backup_of_it_can_be_restored(old: Old, tmp_path: Path) -> None:
    archive, place = str(tmp_path / "kept.tar"), str(tmp_path / "elsewhere")
    before = answer("inbox")
    assert understudy("backup", archive).status == 0
    assert understudy("restore", archive, "--home", place).status == 0
    after = understudy("inbox", "--home", place, "--json").answer
    assert [one["id"] for one in after] == [one["id"] for one in before]
    back = {"approved": "waiting", "sending": "uncertain"}
    assert [one["status"] for one in after] == [back.get(one["status"], one["status"]) for one in before]
