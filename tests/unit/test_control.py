import asyncio
import json
import logging
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bots import control, control_server
from bots.api.exposed import exposed_calls
from bots.api.twin import Twin
from bots.api.views import AskAnswer, Done
from bots.home import Home
from core.errors import OwnerMustFix, Refused, TryAgain


class Commanded(Twin):
    """Answers a few calls; `raises` is raised by `pause`."""

    def __init__(self) -> None:
        self.raises: Exception = Refused("already handled")
        self.seen: list[Any] = []
        self.paused = asyncio.Event()

    async def mode(self, conversation: str, mode: str) -> Done:
        self.seen.append((conversation, mode))
        return Done(f"{conversation} is {mode}")

    async def pause(self) -> Done:
        self.seen.append("pause")
        self.paused.set()
        raise self.raises

    async def ask(self, question: str) -> AskAnswer:
        """A model that answers once sending is paused, and never before."""
        self.seen.append("ask")
        await self.paused.wait()
        return AskAnswer("", ())


def commanded() -> Commanded:
    """Nothing else is asked of it."""
    return Commanded()  # type: ignore[abstract]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create()
    return home


@pytest.fixture
async def twin(home: Home) -> AsyncIterator[Commanded]:
    twin = commanded()
    async with control_server.serving(home, twin):
        yield twin


async def ask(home: Home, name: str, **args: Any) -> Any:
    return await asyncio.to_thread(control.call, home, name, args)


async def say(home: Home, *lines: bytes) -> list[Any]:
    """Send raw lines over one connection; the answers until the server has no more."""
    reader, writer = await asyncio.open_unix_connection(home.socket)
    writer.write(b"".join(lines))
    writer.write_eof()
    answers = [json.loads(line) async for line in reader]
    writer.close()
    return answers


async def test_a_call_is_answered_with_plain_json(home: Home, twin: Commanded) -> None:
    assert await ask(home, "mode", conversation="console:sam", mode="auto") == {"said": "console:sam is auto"}
    assert twin.seen == [("console:sam", "auto")]


@pytest.mark.parametrize("raised", [OwnerMustFix("a"), Refused("b"), TryAgain("c")])
async def test_what_the_twin_raises_is_raised_at_the_caller(
    home: Home, twin: Commanded, raised: Exception
) -> None:
    twin.raises = raised
    with pytest.raises(type(raised), match=str(raised)):
        await ask(home, "pause")


async def test_a_fault_is_told_without_what_it_held_and_the_twin_goes_on(
    home: Home, twin: Commanded, caplog: pytest.LogCaptureFixture
) -> None:
    twin.raises = ValueError("the party is a secret")
    with (
        caplog.at_level(logging.INFO),
        pytest.raises(control.Unexpected, match=r"pause failed \(ValueError\)"),
    ):
        await ask(home, "pause")
    assert all("secret" not in record.getMessage() for record in caplog.records)
    await ask(home, "mode", conversation="c", mode="draft")


async def test_a_pause_does_not_wait_for_what_was_asked_before_it(home: Home, twin: Commanded) -> None:
    """And is the last word where it was said last, though it is done first."""
    question = b'{"call": "ask", "args": {"question": "who?"}}\n'
    mode = b'{"call": "mode", "args": {"conversation": "c", "mode": "auto"}}\n'
    answers = await say(home, question, mode, b'{"call": "pause"}\n')
    assert [next(iter(answer)) for answer in answers] == ["ok", "ok", "error"]
    assert set(twin.seen[:2]) == {"ask", "pause"}
    assert twin.seen[2:] == [("c", "auto"), "pause"]


async def test_a_pause_waits_behind_no_number_of_questions(home: Home, twin: Commanded) -> None:
    question = b'{"call": "ask", "args": {"question": "who?"}}\n'
    asked = control_server.MOST_AHEAD + 8
    async with asyncio.timeout(10):
        answers = await say(home, *[question] * asked, b'{"call": "pause"}\n')
    assert [next(iter(answer)) for answer in answers] == ["ok"] * control_server.MOST_AHEAD + ["error"] * 9
    assert twin.seen.count("ask") == control_server.MOST_AHEAD


async def test_a_command_at_work_lets_a_pause_through_and_nothing_else(home: Home) -> None:
    twin = commanded()
    async with control_server.serving(home, twin, only=control.FIRST):
        with pytest.raises(Refused, match="already handled"):
            await ask(home, "pause")
        with pytest.raises(control.NobodyListens):
            await ask(home, "mode", conversation="c", mode="auto")
        assert not home.socket.exists()  # so that no other call is cut short when the command ends
    assert twin.seen == ["pause"]


@pytest.mark.parametrize("name", ["changes", "receive", "__init__", "nothing", "mode.__globals__"])
async def test_only_what_is_marked_can_be_called(home: Home, twin: Commanded, name: str) -> None:
    with pytest.raises(OwnerMustFix, match="no such command"):
        await ask(home, name)


def test_what_may_be_called_from_outside_is_this() -> None:
    assert exposed_calls(Twin) == {
        *("hear", "conversations", "thread"),
        *("inbox", "draft", "approve", "edit", "reject", "redraft", "snooze", "settle", "withheld", "share"),
        *("receipts", "pause", "resume", "away", "back", "mode"),
        *("preview_delegation", "delegate", "delegations", "revoke"),
        *("people", "remove_person", "circles", "set_circle", "remove_circle"),
        *("personas", "persona", "bind"),
        *("pair", "accounts", "unpair", "link", "unlink"),
        *("recall", "ask", "remember", "forget", "rules", "set_rule"),
        *("suggestions", "accept_suggestion", "dismiss_suggestion"),
        *("digest", "digests", "remind", "reminders", "unremind", "status", "backup"),
    }


async def test_the_console_answers_for_a_fresh_link(home: Home) -> None:
    links = iter("ab")
    async with control_server.serving(home, commanded(), lambda: next(links)):
        assert [await ask(home, "open") for _ in range(2)] == [{"link": "a"}, {"link": "b"}]
        with pytest.raises(OwnerMustFix, match="takes nothing"):
            await ask(home, "open", where="x")


async def test_a_twin_without_a_console_has_no_link(home: Home, twin: Commanded) -> None:
    with pytest.raises(Refused, match="no page"):
        await ask(home, "open")


async def test_nothing_unmarked_can_be_called_of_a_whole_twin(home: Home, twin: Commanded) -> None:
    for name in {*dir(Twin), *vars(twin)} - exposed_calls(Twin):
        with pytest.raises(OwnerMustFix, match="no such command"):
            await control_server.call_twin(twin, name, {})


@pytest.mark.parametrize(
    "args",
    [{"conversation": "c"}, {"conversation": "c", "mode": 3}, {"conversation": "c", "mode": "x", "y": 1}],
)
async def test_arguments_that_do_not_fit_are_refused_without_repeating_them(
    home: Home, twin: Commanded, args: dict[str, Any]
) -> None:
    with pytest.raises(OwnerMustFix, match=r"^mode: "):
        await ask(home, "mode", **args)
    assert twin.seen == []


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"3\n",
        b"{}\n",
        b'{"call": 3}\n',
        b'{"call": "pause", "args": []}\n',
        b"[" * 9999 + b"\n",
    ],
)
async def test_a_bad_line_is_answered_and_the_next_one_too(home: Home, twin: Commanded, line: bytes) -> None:
    good = b'{"call": "mode", "args": {"conversation": "c", "mode": "auto"}}\n'
    bad, answered = await say(home, line, good)
    assert bad["error"]["kind"] == "OwnerMustFix"
    assert answered == {"ok": {"said": "c is auto"}}


async def test_an_oversized_line_is_answered_and_ends_the_connection(home: Home, twin: Commanded) -> None:
    reader, writer = await asyncio.open_unix_connection(home.socket)
    writer.write(b"x" * (control.LONGEST_LINE + 1))
    assert "at most" in json.loads(await reader.readline())["error"]["message"]
    writer.close()
    with pytest.raises(OwnerMustFix, match="longer"):
        await ask(home, "mode", conversation="c" * control.LONGEST_LINE, mode="draft")
    await ask(home, "mode", conversation="c", mode="draft")


async def test_half_a_line_is_no_command(home: Home, twin: Commanded) -> None:
    assert await say(home, b'{"call": "mode", "args": {"conversation": "c", "mode": "auto"}}') == []
    assert twin.seen == []


async def test_a_long_answer_arrives_whole(home: Home, twin: Commanded) -> None:
    long = "x" * (control.LONGEST_LINE - 1000)
    answer = await ask(home, "mode", conversation=long, mode="auto")
    assert answer["said"] == f"{long} is auto"


async def test_the_socket_is_its_owners_alone_and_goes_with_the_twin(home: Home) -> None:
    async with control_server.serving(home, commanded()):
        assert stat.S_IMODE(home.socket.stat().st_mode) == 0o600
    assert not home.socket.exists()
    with pytest.raises(control.NobodyListens):
        await ask(home, "pause")


async def test_a_socket_left_behind_by_a_killed_twin_is_replaced(home: Home) -> None:
    server = await asyncio.start_unix_server(lambda _reader, _writer: None, home.socket)
    server.close()
    assert home.socket.exists()
    with pytest.raises(control.NobodyListens):
        await ask(home, "pause")
    async with control_server.serving(home, commanded()):
        await ask(home, "mode", conversation="c", mode="draft")


async def test_another_user_is_refused(home: Home, twin: Commanded, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (control, control_server):
        monkeypatch.setattr(module, "user_of", lambda _connection: 4242)
    (answer,) = await say(home, b'{"call": "mode", "args": {"conversation": "c", "mode": "auto"}}\n')
    assert answer["error"]["kind"] == "Refused"
    with pytest.raises(Refused, match="belongs to another user"):
        await ask(home, "mode", conversation="c", mode="auto")
    assert twin.seen == []


async def test_a_twin_that_goes_away_in_the_middle_is_worth_trying_again(home: Home) -> None:
    asked, leave = asyncio.Event(), asyncio.Event()

    class Slow(Commanded):
        async def pause(self) -> Done:
            asked.set()
            await leave.wait()
            return Done("")

    async with control_server.serving(home, Slow()):  # type: ignore[abstract]
        waiting = asyncio.create_task(ask(home, "pause"))
        await asked.wait()
    with pytest.raises(TryAgain, match="went away"):
        await waiting
