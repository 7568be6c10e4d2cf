"""Everything that goes wrong, on three platforms at once: is every message accounted for?

Friends write to the twin in bursts, each burst once the last is dealt with; the owner approves every card.
Meanwhile messages come twice, in the wrong order and changed; sockets are cut and slow, servers refuse and
ask to wait, the model is away, and the twin's process is killed by SIGKILL three times and started anew.
"""

import asyncio
import json
import logging
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, time
from typing import Any

from bots import control
from bots.home import Home
from core.errors import UnderstudyError
from core.types import PersonaName
from memory.profile import Profile
from personas.library import copy_shipped
from tests.bench.report import arguments, figure
from tests.bench.soak_twin import MARK, LaterClock
from tests.wire import discord_server, discord_world, slack_server, telegram_server
from tests.wire.fronts import Front, Fronts, three_fronts

FRIENDS = 10
"""On each platform."""
TWICE, SWAPPED, CHANGED = 0.05, 0.05, 0.05
KILLS = 3
LOOK_S, PRESS_AGAIN_S, PATIENCE_S = 0.25, 3.0, 120.0
OPEN = "('waiting', 'snoozed', 'approved', 'sending', 'uncertain')"
Say = Callable[[int, str, bool], Awaitable[None]]


class Soak:
    """One run. `arrived` counts the messages in the order in which they reached the twin's socket."""

    def __init__(self, home: Home, fronts: Fronts, clock: LaterClock, epoch: float, messages: int) -> None:
        self.home, self.fronts, self.clock, self.epoch, self.messages = home, fronts, clock, epoch, messages
        self.random = random.Random(messages)
        self.texts: dict[str, str] = {}
        self.place: dict[str, str] = {}
        self.arrived: dict[str, int] = {}
        self.stored: set[str] = set()
        self.busy: set[str] = set()
        self.drafted: set[str] = set()
        self.looked = asyncio.Condition()
        self.given_up = 0
        self.rss: list[list[float]] = []
        self._last_row = 0
        self._process: subprocess.Popen[bytes] | None = None

    # The twin

    async def start(self) -> None:
        """A new process, on the same home."""
        servers = self.fronts
        given = {
            "home": str(self.home.path),
            "epoch": self.epoch,
            "telegram": servers.telegram.server.base,
            "slack": servers.slack.server.base,
            "discord": servers.discord.server.base,
            "gateway": servers.discord.server.gateway,
        }
        command = [sys.executable, "-m", "tests.bench.soak_twin", json.dumps(given)]
        self._process = await asyncio.to_thread(subprocess.Popen, command)
        self.rss.append([])

    async def kill(self) -> None:
        """As `kill -9`."""
        assert self._process is not None
        self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def tell(self, name: str, **args: Any) -> Any:
        """Through the command socket. Raises UnderstudyError and OSError while nobody listens."""
        return await asyncio.to_thread(control.call, self.home, name, args)

    # The friends

    def said_on(self, platform: str) -> tuple[Callable[[int], str], Callable[[int, str, bool], Any]]:
        """How a friend's chat is called there, and what they do to say something or (True) say it again."""
        return {
            "telegram": (lambda who: f"{1000 + who}/None", self._telegram),
            "slack": (lambda who: f"D1{who}", self._slack),
            "discord": (lambda who: str(6000 + who), self._discord),
        }[platform]

    def furnish(self) -> None:
        """Let the stand-ins know the friends."""
        for who in range(FRIENDS):
            self.fronts.telegram.server.chats.add(1000 + who)
            slack_server.DMS[f"U1{who}"], slack_server.NAMES[f"U1{who}"] = f"D1{who}", f"Friend {who}"
            self.fronts.discord.server.dms[3000 + who] = 6000 + who

    async def _telegram(self, who: int, text: str, again: bool) -> Callable[[str], Awaitable[None]]:
        server = self.fronts.telegram.server
        sender = {"id": 1000 + who, "is_bot": False, "first_name": f"Friend{who}"}
        now = int(self.clock.now().timestamp())
        made = server.message(text, sender=sender, date=now)

        async def say(change: str) -> None:
            if change:
                changed = {**made, "text": change, "edit_date": int(self.clock.now().timestamp())}
                await server.push({"edited_message": changed})
            else:
                await server.push(*[{"message": made}] * (1 + again))

        return say

    async def _slack(self, who: int, text: str, again: bool) -> Callable[[str], Awaitable[None]]:
        server = self.fronts.slack.server
        made = server.message(text, user=f"U1{who}", channel=f"D1{who}")

        async def say(change: str) -> None:
            event = made
            if change:
                now = {**made, "text": change, "edited": {"user": f"U1{who}", "ts": server.ts()}}
                event = {"type": "message", "subtype": "message_changed", "event_ts": server.ts()}
                event |= {"channel": f"D1{who}", "channel_type": "im"}
                event |= {"message": now, "previous_message": made}
            for _ in range(1 + again):
                await self._until_acked(event)

        return say

    async def _until_acked(self, event: Any) -> None:
        """Slack sends again what nobody acknowledged."""
        server = self.fronts.slack.server
        while True:
            with suppress(OSError, IndexError, TimeoutError):
                if server.sockets:
                    async with asyncio.timeout(3):
                        await server.acked(await server.event(event))
                    return
            await asyncio.sleep(0.1)

    async def _discord(self, who: int, text: str, again: bool) -> Callable[[str], Awaitable[None]]:
        server, front = self.fronts.discord.server, self.fronts.discord
        made = discord_world.message(6000 + who, 3000 + who, text, id=front.key())

        async def say(change: str) -> None:
            with suppress(OSError):
                if change:
                    made.update(content=change, edited_timestamp=self.clock.now().isoformat())
                    await server.dispatch("MESSAGE_UPDATE", dict(made))
                    return
                await server.say(made)
                if again:
                    await server.dispatch("MESSAGE_CREATE", made)

        return say

    async def friend(self, platform: str, who: int, share: int) -> None:
        """One friend's whole conversation."""
        name, write = self.said_on(platform)
        where, left = name(who), share
        while left:
            size = min(left, self.random.choice((1, 1, 2, 3, 4)))
            left -= size
            burst = []
            if platform == "telegram":
                await asyncio.sleep(1)  # its time is in whole seconds, and nobody answers within one
            for _ in range(size):
                mark = f"m{len(self.texts)}x"
                self.texts[mark], self.place[mark] = f"shall we talk about {mark}", where
                again = self.random.random() < TWICE
                burst.append((mark, await write(who, self.texts[mark], again)))
            if size > 1 and self.random.random() < SWAPPED * 4:
                burst[0], burst[1] = burst[1], burst[0]
            for mark, say in burst:
                await say("")
                self.arrived[mark] = len(self.arrived)
            if self.random.random() < CHANGED * 2:
                mark, say = burst[-1]
                self.texts[mark] += " (changed)"
                await say(self.texts[mark])
            await self.dealt_with(where, {mark for mark, _ in burst})

    async def dealt_with(self, where: str, marks: set[str]) -> None:
        """Return once the burst is stored, and nothing waits there any more."""
        try:
            async with asyncio.timeout(PATIENCE_S), self.looked:
                await self.looked.wait_for(
                    lambda: marks <= self.stored and where not in self.busy and where in self.drafted
                )
        except TimeoutError:
            self.given_up += 1
            sys.stderr.write(f"given up in {where}: {sorted(marks - self.stored)} not stored\n")

    # The owner

    async def decide(self) -> None:
        """Approve what is shown on the platform it is of, and say what became of what is uncertain."""
        seen: dict[str, int] = defaultdict(int)
        waiting: dict[str, list[list[Any]]] = defaultdict(list)
        while True:
            for front in self.fronts.all:
                since, seen[front.name] = seen[front.name], front.position
                waiting[front.name] += [[card, 0.0] for card in front.cards(since)]
                waiting[front.name] = [one for one in waiting[front.name] if front.is_open(one[0])]
                for one in waiting[front.name]:
                    if monotonic() - one[1] > PRESS_AGAIN_S and MARK.search(front.shown(one[0])):
                        one[1] = monotonic()
                        with suppress(OSError, IndexError, StopIteration):
                            await front.press(one[0], "approve")
            await self._settle()
            await asyncio.sleep(LOOK_S)

    async def _settle(self) -> None:
        rows = self.read("SELECT id, text FROM drafts WHERE status = 'uncertain'")
        if not rows:
            return
        posted = {reply.text for front in self.fronts.all for reply in front.replies()}
        for draft, text in rows:
            with suppress(UnderstudyError, OSError, control.Unexpected):
                await self.tell("settle", id=str(draft), delivered=text in posted)

    # What goes wrong

    async def trouble(self) -> None:
        """Something or other, again and again."""
        for number, cause in enumerate(self._causes()):
            with suppress(OSError, IndexError, AssertionError):
                await cause()
            if number % 12 == 5:
                away = self.home.path / "model-is-away"
                away.touch()
                await asyncio.sleep(1.5)
                away.unlink()
            await asyncio.sleep(self.random.uniform(0.2, 0.8))

    def _causes(self) -> Iterator[Callable[[], Awaitable[None]]]:
        telegram, slack = self.fronts.telegram.server, self.fronts.slack.server
        discord, post = self.fronts.discord.server, "POST /channels/*/messages"

        def fails(server: Any, method: str, *faults: Any) -> Callable[[], Awaitable[None]]:
            async def add() -> None:
                if not server.faults[method]:
                    server.faults[method].extend(faults)

            return add

        async def slow() -> None:
            slack.fail("chat.postMessage", slack_server.Fault(how="slow"))
            await asyncio.sleep(1)
            slack.hurry.set()
            await asyncio.sleep(0)
            slack.hurry.clear()
            slack.faults["chat.postMessage"].clear()

        every = [
            fails(telegram, "sendMessage", telegram_server.Fault(429, "Too Many Requests", 1)),
            fails(telegram, "sendMessage", telegram_server.Fault(502, "Bad Gateway")),
            fails(telegram, "sendMessage", telegram_server.Fault(how="cut")),
            fails(telegram, "getUpdates", telegram_server.Fault(502, "Bad Gateway")),
            fails(telegram, "getUpdates", telegram_server.Fault(how="cut")),
            fails(slack, "chat.postMessage", slack_server.Fault("ratelimited", 429, 1)),
            fails(slack, "chat.postMessage", slack_server.Fault(status=503, how="html")),
            fails(slack, "chat.postMessage", slack_server.Fault(how="cut")),
            fails(slack, "chat.postMessage", slack_server.Fault(how="done then cut")),
            fails(slack, "chat.update", slack_server.Fault("ratelimited", 429, 1)),
            fails(discord, post, discord_server.Fault(429, 0.5)),
            fails(discord, post, discord_server.Fault(502)),
            fails(discord, post, discord_server.Fault(how="cut")),
            fails(discord, post, discord_server.Fault(how="done and cut")),
            slack.drop,
            slack.refresh,
            discord.drop,
            slow,
        ]
        while True:
            yield self.random.choice(every)

    async def killing(self) -> None:
        """Three times, evenly."""
        for number in range(1, KILLS + 1):
            while len(self.arrived) < self.messages * number / (KILLS + 1):
                await asyncio.sleep(LOOK_S)
            await self.kill()
            await asyncio.sleep(0.5)
            await self.start()

    # What became of it

    def read(self, query: str, *given: Any) -> list[Any]:
        """Rows of the twin's database."""
        connection = sqlite3.connect(f"file:{self.home.twin_db}?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(query, given).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    async def look(self) -> None:
        """What is stored and what waits, again and again."""
        while True:
            rows = self.read("SELECT number, text FROM messages WHERE number > ?", self._last_row)
            for number, text in rows:
                self._last_row = max(self._last_row, number)
                self.stored |= set(MARK.findall(text))
            waits = self.read(
                "SELECT conversation FROM messages WHERE turn = 'pending'"
                f" UNION SELECT conversation FROM drafts WHERE status IN {OPEN}"
            )
            self.busy = {_where(one) for (one,) in waits}
            self.drafted = {_where(one) for (one,) in self.read("SELECT DISTINCT conversation FROM drafts")}
            with suppress(OSError, IndexError):
                assert self._process is not None
                pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
                self.rss[-1].append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
            async with self.looked:
                self.looked.notify_all()
            await asyncio.sleep(LOOK_S)

    def judge(self, took: float) -> None:
        """Print the figures, and on the error output what they are made of."""
        told = self.read("SELECT text FROM messages WHERE author NOT IN ('owner', 'twin')")
        heard = Counter(mark for (text,) in told for mark in MARK.findall(text))
        kept = {text for (text,) in told}
        unheard = [mark for mark in self.texts if not heard[mark]]
        stale = [mark for mark, text in self.texts.items() if heard[mark] and text not in kept]
        pending = self.read("SELECT id FROM messages WHERE turn = 'pending'")
        still = self.read(f"SELECT id, status FROM drafts WHERE status IN {OPEN}")
        sent = {text for (text,) in self.read("SELECT text FROM drafts WHERE status = 'sent'")}
        posted: Counter[str] = Counter()
        astray, disordered = 0, 0
        for front in self.fronts.all:
            newest: dict[str, str] = {}
            for reply in front.replies():
                posted[reply.text] += 1
                mark = next(iter(MARK.findall(reply.text)), "")
                astray += self.place.get(mark) != reply.where
                before = newest.get(reply.where, mark)
                later = _number(before) > _number(mark)
                disordered += later and self.arrived[before] > self.arrived[mark]
                newest[reply.where] = mark
        unsent = sent - posted.keys()
        lost = len(unheard) + len(pending) + len(still) + len(unsent) + self.given_up
        twice = [text for text, times in posted.items() if times > 1]
        repeated = [mark for mark, times in heard.items() if times > 1]
        figure("soak_messages", len(self.texts), "")
        figure("soak_lost", lost, "", 0)
        figure("soak_edits_lost", len(stale), "")
        figure("soak_duplicates", len(twice) + len(repeated), "", 0)
        figure("soak_misdirected", astray, "", 0)
        figure("soak_out_of_order", disordered, "", 0)
        figure("soak_rss_growth_mb", _growth(max(self.rss, key=len)), "MB", 50)
        figure("soak_replies", sum(posted.values()), "")
        figure("soak_msgs_per_s", len(self.texts) / took, "1/s")
        made: dict[str, Any] = {"unheard": unheard, "pending": pending, "open": still, "twice": twice}
        made |= {"repeated": repeated, "unsent": sorted(unsent), "given up": self.given_up}
        made["stale"] = [(one, self.place[one]) for one in stale]
        if wrong := {name: found for name, found in made.items() if found}:
            sys.stderr.write(f"{wrong}\n")


def _where(conversation: str) -> str:
    """A conversation's id as `Reply.where` calls it."""
    platform, _, chat = conversation.partition(":")
    return f"{chat}/None" if platform == "telegram" else chat.rpartition("/")[2]


def _number(mark: str) -> int:
    return int(mark[1:-1]) if mark else -1


def _growth(samples: list[float]) -> float:
    """From when a process was warm, halfway through its life, to its end."""
    return samples[-1] - samples[len(samples) // 2] if samples else 0.0


async def _paired(soak: Soak, front: Front) -> None:
    while True:
        with suppress(UnderstudyError, OSError):
            await front.pair((await soak.tell("pair", platform=front.name))["code"])
            return
        await asyncio.sleep(LOOK_S)


async def _run(folder: Path, messages: int) -> None:
    home, epoch = Home(folder / "home"), time()
    home.create()
    copy_shipped(home.personas)
    await Profile(home.profile_json).bind(PersonaName("friends"), default=True)
    clock = LaterClock(epoch)
    async with three_fronts(clock) as fronts:
        soak = Soak(home, fronts, clock, epoch, messages)
        soak.furnish()
        await soak.start()
        try:
            await asyncio.gather(*(one.online() for one in fronts.all))
            for front in fronts.all:
                await _paired(soak, front)
            began = monotonic()
            background = [
                asyncio.create_task(one)
                for one in (soak.look(), soak.decide(), soak.trouble(), soak.killing())
            ]
            share = messages // (3 * FRIENDS)
            everyone = [(one.name, who) for one in fronts.all for who in range(FRIENDS)]
            talk = asyncio.ensure_future(
                asyncio.gather(*(soak.friend(name, who, share) for name, who in everyone))
            )
            ends: set[asyncio.Future[Any]] = {talk, *background[:3]}
            done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
            took = monotonic() - began
            await asyncio.sleep(2 * LOOK_S)
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            soak.judge(took)
        finally:
            await soak.kill()


def main() -> None:
    """Print the figures. Processes are killed for real; the stand-ins and the friends live in this one."""
    parser = arguments(main.__doc__ or "")
    parser.add_argument("--messages", type=int, help="how many in all; 300, with --full 10000")
    options = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # connections are cut on purpose
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder), options.messages or (10_000 if options.full else 300)))


if __name__ == "__main__":
    main()
