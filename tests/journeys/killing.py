"""Kills a working twin at named points, over and over, and looks each time what became of its promises.

`python -m tests.journeys.killing --kills 200` forks every life from one loaded parent. A first life that is
left alone lists the points: before and after each commit, before, inside and after each send. Then each
kill plays the same script up to one occurrence of one point, dies there by SIGKILL, and is followed by a
second life that picks up what is left, finishes it, and is looked over against what the outside was told.
"""

import argparse
import asyncio
import gc
import importlib
import itertools
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bots import assembly, twin_toml
from bots.api.twin import Twin
from bots.assembly import Container
from bots.home import Home
from core.audience import audience, circle
from core.errors import Refused
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.prompt.chat import Prompt
from core.types import ConversationId, DraftStatus, MessageId, Person, PersonaName, PersonId, SmallTalk
from memory.profile.profile import Profile
from memory.storage.port import Checkpoint

importlib.import_module("core.graph")  # loaded in the parent, so that each fork is quick

PEOPLE = ("sam", "robin", "mum")
DELEGATED = "console:robin"
SETTINGS = twin_toml.parse('[owner]\nname = "Alex"\n[gateway]\nburst_s = 0\n', Path("twin.toml"), {})
IDENTITY = 'name = "Alex"\nidentity = "Someone who answers."\n'
REPLY = "so good to hear from you, and all of it is very nice to see, as it always is"
"""The owner's own; longer than the platform takes at once, so that it goes out in parts."""
SHORTER = re.compile(r"shorter than revision (\d+)")
GREETINGS = ("hey", "good morning", "hello", "hi")
PERSONA = 'extends = "identity"\nvoice = "Plain."\n[autonomy]\nmode = "auto"\n'
STEPS = 10
PATIENCE_S = 20


class Journal:
    """Lines that outlive the process that wrote them, whatever killed it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, **line: Any) -> None:
        """Append one line; it is in the kernel's hands once this returns."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        os.close(descriptor)

    def read(self, sort: str) -> list[dict[str, Any]]:
        """Every line that has the key `sort`."""
        if not self._path.exists():
            return []
        lines = map(json.loads, self._path.read_text().splitlines())
        return [line for line in lines if sort in line]


class Outside:
    """A platform that writes down what reached it, and can be killed between that and its answer."""

    name = "console"
    text_limit = 60

    def __init__(self, journal: Journal, checkpoint: Checkpoint) -> None:
        self._journal = journal
        self._checkpoint = checkpoint

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        """Arrives at once."""
        self._journal.write(arrived=nonce, conversation=conversation, text=text)
        self._checkpoint("inside send")
        return f"sent-{nonce}"


async def furnish(home: Home) -> None:
    home.create()
    twin_toml.write_private(home.twin_toml, twin_toml.annotated(SETTINGS))
    (home.personas / "identity.toml").write_text(IDENTITY)
    (home.personas / "all.toml").write_text(PERSONA)
    profile = Profile(home.profile_json)
    for name in PEOPLE:
        await profile.add_person(Person(PersonId(name), name.title()))
    await profile.set_circle("friends", frozenset({PersonId("sam"), PersonId("robin")}))
    await profile.add_entry("fridays", "Alex climbs on fridays", audience(circle("friends")), pinned=False)
    await profile.bind(PersonaName("all"), default=True)
    async with assembly.running(home, SETTINGS, model=ScriptedChat(), embedder=HashedEmbedder()) as twin:
        for name in PEOPLE:
            await twin.receive("owner", f"console:{name}", "hello")
        await twin.away()
        ends = datetime.now(UTC) + timedelta(days=1)
        await twin.delegate("robin", {SmallTalk.GREETING: (REPLY,)}, until=ends)


@asynccontextmanager
async def alive(
    home: Home, journal: Journal, checkpoint: Checkpoint
) -> AsyncIterator[tuple[Container, Twin]]:
    model = ScriptedChat(_reply)
    async with (
        assembly.opened(
            home,
            SETTINGS,
            model=model,
            embedder=HashedEmbedder(),
            deliveries=[Outside(journal, checkpoint)],
            checkpoint=checkpoint,
        ) as container,
        container.tasks.running(resident=True),
    ):
        yield container, container.twin


def _reply(prompt: Prompt) -> str:
    """Other words for each redraft: what is said twice is then told from what was written anew."""
    asked = [found[1] for turn in prompt.turns for found in SHORTER.finditer(turn.content)]
    return f"{letters(int(asked[-1]))} again, {REPLY}" if asked else REPLY


def letters(number: int) -> str:
    """A number in letters."""
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


async def _play(home: Home, journal: Journal, checkpoint: Checkpoint) -> None:
    """The script: what friends and the owner do. Everything the outside is told goes into the journal."""
    chance = random.Random(7)
    async with alive(home, journal, checkpoint) as (container, twin):
        for step in range(STEPS):
            who = PEOPLE[step % 3]
            greets = f"console:{who}" == DELEGATED
            text = GREETINGS[step % len(GREETINGS)] if greets else f"{letters(step)} from {who}: how was it"
            if chance.random() < 0.3:
                heard = await twin.receive(who, f"console:{who}", text)
            else:
                answer = await twin.hear(who, f"console:{who}", text)
                heard = answer.message_id
                if answer.draft is not None:
                    journal.write(draft=answer.draft.id)
            journal.write(acknowledged=heard, text=text)
            if step % 4 == 3:
                await deliver_again(container, heard)
            await _decide(twin, journal, chance)
        await twin.pause()
        await twin.resume()
        await twin.hear("owner", "console:mum", "I'll answer this one myself")


async def deliver_again(container: Container, message: str) -> None:
    """The platform delivers a message twice."""
    known = await container.stores.messages.get(MessageId(message))
    assert known is not None
    conversation = await container.stores.messages.conversation(known.conversation)
    assert conversation is not None
    assert not await container.gateway.hear(conversation, known)


async def _decide(twin: Twin, journal: Journal, chance: random.Random) -> None:
    for draft in await twin.inbox():
        if draft.status != DraftStatus.WAITING:
            continue
        act = chance.choice(("approve", "approve", "edit", "reject", "redraft", "leave it"))
        try:
            if act == "redraft":
                guidance = f"shorter than revision {draft.revision}"
                draft = await twin.redraft(draft.id, guidance, draft.revision)
                journal.write(draft=draft.id)
            if act in ("approve", "redraft"):
                journal.write(leave=draft.id, text=draft.text)
                await twin.approve(draft.id, draft.revision)
            elif act == "edit":
                journal.write(leave=draft.id, text=f"edited {draft.id}")
                await twin.approve(draft.id, draft.revision, text=f"edited {draft.id}")
            elif act == "reject":
                await twin.reject(draft.id, draft.revision)
        except Refused:
            continue  # a newer message or the sender was faster: that is an answer too


async def _look(home: Home, journal: Journal) -> list[str]:
    """The second life. What it returns are broken promises; none is the only good answer."""
    async with alive(home, journal, lambda _: None) as (container, twin):
        await twin.resume()  # the first life may have died while it was paused
        await rest(container)
        faults = await broken(container, journal)
        arrived = {line["arrived"] for line in journal.read("arrived")}
        for draft in await container.stores.outbox.open():
            if draft.status is DraftStatus.UNCERTAIN:
                doubtful = await container.stores.db.read(partial(_doubtful, draft.id))
                await twin.settle(draft.id, doubtful in arrived)
        await _decide(twin, journal, random.Random(1))
        await rest(container)
        return faults + await broken(container, journal)


def _doubtful(draft: str, connection: Any) -> str:
    row = connection.execute("SELECT nonce FROM parts WHERE draft = ? AND status = 'uncertain'", (draft,))
    return str(row.fetchone()["nonce"])


async def rest(container: Container) -> None:
    """Return once nothing is being drafted or sent."""
    changes = container.services.changes.subscribe()
    async with asyncio.timeout(PATIENCE_S):
        while not await _at_rest(container):
            await anext(changes)


async def _at_rest(container: Container) -> bool:
    moving = (DraftStatus.APPROVED, DraftStatus.SENDING)
    drafts = await container.stores.outbox.open()
    stuck = {one.conversation for one in drafts if one.status is DraftStatus.UNCERTAIN}
    sending = [one for one in drafts if one.status in moving and one.conversation not in stuck]
    return not sending and not await container.stores.messages.pending()


async def broken(container: Container, journal: Journal) -> list[str]:
    faults = []
    for line in journal.read("acknowledged"):
        kept = await container.stores.messages.get(MessageId(line["acknowledged"]))
        if kept is None or kept.text != line["text"]:
            faults.append("lost: an acknowledged message")
    # First what arrived: the sender goes on meanwhile, and claims before it sends.
    arrived = journal.read("arrived")
    rows = await container.stores.db.read(_everything)
    drafts, parts, leaves, receipts = rows["drafts"], rows["parts"], rows["leaves"], rows["receipts"]
    known = {str(row["id"]): row for row in drafts}
    faults += ["lost: a draft" for line in journal.read("draft") if line["draft"] not in known]
    times = Counter(one["arrived"] for one in arrived)
    faults += [f"sent {count} times" for count in times.values() if count > 1]
    part_of = {row["nonce"]: row for row in parts}
    allowed = {(line["leave"], line["text"]) for line in journal.read("leave")}
    for line in arrived:
        part = part_of.get(line["arrived"])
        if part is None:
            faults.append("sent: what the outbox does not know")
            continue
        draft = known[str(part["draft"])]
        if draft["conversation"] != line["conversation"] or part["text"] != line["text"]:
            faults.append("misdirected: another recipient or another text")
        leave = leaves.get((part["draft"], part["revision"]))
        by_owner = any(given == str(part["draft"]) and line["text"] in text for given, text in allowed)
        by_delegation = leave is not None and leave["delegation"] is not None
        if not by_owner and not (by_delegation and line["conversation"] == DELEGATED):
            faults.append("sent without leave")
    said = Counter((row["draft"], row["number"], row["text"]) for row in parts if row["status"] == "sent")
    faults += ["said twice" for count in said.values() if count > 1]
    sent = {row["id"] for row in drafts if row["status"] == "sent"}
    faults += ["no receipt" for draft in sent if draft not in receipts]
    return faults


def _everything(connection: Any) -> dict[str, Any]:
    def rows(query: str) -> list[Any]:
        return list(connection.execute(query).fetchall())

    return {
        "drafts": rows("SELECT * FROM drafts"),
        "parts": rows("SELECT * FROM parts"),
        "leaves": {(row["draft"], row["revision"]): row for row in rows("SELECT * FROM authorizations")},
        "receipts": {row["draft"] for row in rows("SELECT draft FROM receipts")},
    }


def _life(work: Callable[[], Coroutine[Any, Any, list[str] | None]]) -> tuple[int, str]:
    """Run `work` in a forked process; the signal that ended it (0 for none) and what it found."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        code = 1
        try:
            found = asyncio.run(work())
            os.write(theirs, "\n".join(sorted(set(found or []))).encode())
            code = 0
        except BaseException:  # the parent prints it: a life that ends in an error is a fault
            os.write(theirs, " | ".join(traceback.format_exc().splitlines()[-12:]).encode())
        finally:
            os._exit(code)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status), said
    return 0, said or ("" if os.WEXITSTATUS(status) == 0 else "a life ended in an error")


def _live_once(template: Home, folder: Path) -> None:
    """One life in this process, which dies of nothing: what it loads and compiles is there in every fork."""
    home, journal = _copied(template, folder / "warm"), Journal(folder / "warm.log")
    asyncio.run(_play(home, journal, lambda _: None))
    asyncio.run(_look(home, journal))
    if len(threading.enumerate()) > 1:
        raise SystemExit("a thread outlived the first life: none may be there to fork")
    gc.collect()
    gc.freeze()  # a fork that looks through all this would copy it


def _points(home: Home, journal: Journal, listing: Path) -> list[tuple[str, int]]:
    """Every point that the script passes, with how many times, in one life left alone."""

    async def work() -> list[str]:
        seen: Counter[str] = Counter()
        await _play(home, journal, lambda point: seen.update([point]))
        listing.write_text(json.dumps(seen))
        return []

    _, said = _life(work)
    if said:
        raise SystemExit(f"the script does not run:\n{said}")
    return sorted(json.loads(listing.read_text()).items())


def _chosen(points: list[tuple[str, int]], kills: int) -> Iterator[tuple[str, int]]:
    """Each point in turn, first its first occurrence, then another spread over the others."""
    for lap in itertools.count():
        for point, times in points:
            if kills == 0:
                return
            kills -= 1
            yield point, 1 + (lap * 5) % times


def _killer(point: str, occurrence: int) -> Checkpoint:
    left = itertools.count(1)

    def checkpoint(reached: str) -> None:
        if reached == point and next(left) == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    return checkpoint


def main() -> int:
    """Print a JSON object of what was done; exit status 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description="kill a working twin and look what is left")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    kills = parser.parse_args().kills
    died: Counter[str] = Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="understudy-kills-") as folder:
        template = Home(Path(folder) / "template")
        _, said = _life(partial(furnish, template))
        if said:
            raise SystemExit(said)
        _live_once(template, Path(folder))
        first = _copied(template, Path(folder) / "first")
        points = _points(first, Journal(Path(folder) / "first.log"), Path(folder) / "points")
        delegated = _delegated(first)
        for number, (point, occurrence) in enumerate(_chosen(points, kills)):
            home = _copied(template, Path(folder) / str(number))
            journal = Journal(Path(folder) / f"{number}.log")
            killer = _killer(point, occurrence)
            ended, said = _life(partial(_play, home, journal, killer))
            died[point] += ended == signal.SIGKILL
            if ended == 0 and said:
                faults.append(f"{point} {occurrence}: {said}")
            _, said = _life(partial(_look, home, journal))
            faults += [f"{point} {occurrence}: {line}" for line in said.splitlines()]
            shutil.rmtree(home.path)
    done = {"kills": sum(died.values()), "points": dict(sorted(died.items())), "faults": faults}
    print(json.dumps({**done, "delegated": delegated}))
    return bool(faults)


def _delegated(home: Home) -> int:
    """How many replies went out on a delegation's leave."""
    with closing(sqlite3.connect(home.path / "twin.db")) as connection:
        return int(
            connection.execute("SELECT count(*) FROM receipts WHERE delegation IS NOT NULL").fetchone()[0]
        )


def _copied(template: Home, to: Path) -> Home:
    shutil.copytree(template.path, to)
    return Home(to)


if __name__ == "__main__":
    sys.exit(main())
