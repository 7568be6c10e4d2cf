"""How the command line speaks and fails; what it does is in tests/journeys/test_command_line.py."""

import asyncio
import gc
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import pytest

from bots.cli import main as command_line
from bots.cli import session
from bots.cli.session import CommandSession
from bots.home import Home
from bots.logs import logging_to, problems_aloud
from bots.runtime.base.changes import Changes
from bots.runtime.base.problems import Problems
from core.errors import OwnerMustFix, Refused, TryAgain
from tests.command_line import understudy
from tests.parts import PREVIEW

HEAVY = {
    "pydantic",
    "langgraph",
    "starlette",
    "numpy",
    "asyncio",
    "discord",
    "telegram",
    "slack_bolt",
    "tinydb",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    home.twin_toml.write_text('[owner]\nname = "Alex"\n')
    monkeypatch.setenv("UNDERSTUDY_HOME", str(home.path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    return home


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the twin answers, or raises, by method; the arguments come to lie under `method args`."""
    given: dict[str, Any] = {}

    def call(self: CommandSession, name: str, /, **args: Any) -> Any:
        given[f"{name} args"] = args
        if isinstance(given[name], Exception):
            raise given[name]
        return given[name]

    monkeypatch.setattr(CommandSession, "call", call)
    return given


def leaves(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    if not isinstance(command, click.Group):
        yield path
        return
    for name, below in command.commands.items():
        yield from leaves(below, *path, name)


COMMANDS = sorted(leaves(command_line.cli))


def test_the_version_is_the_installed_one() -> None:
    assert understudy("--version").out == f"understudy {version('understudy')}\n"


def test_version_and_help_load_nothing_heavy() -> None:
    """What takes time to import is not imported: 0.1 s in all, and 0.3 s is the most."""
    code = "import sys; from bots.cli.main import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: understudy")
    assert HEAVY & set(done.stdout.splitlines()[-1].split()) == set()


def test_help_lists_every_command_once() -> None:
    named = [name for names in command_line.GROUPS.values() for name in names]
    assert sorted(named) == sorted(command_line.cli.commands)
    shown = understudy("--help").out
    assert all(f"\n  {name} " in shown for name in named)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_takes_a_home(command: tuple[str, ...]) -> None:
    ran = understudy(*command, "--help")
    assert ran.status == 0
    assert "--home" in ran.out


@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if one not in {("demo",), ("run",)}], ids=" ".join
)
def test_every_command_that_answers_can_answer_in_json(command: tuple[str, ...]) -> None:
    assert "--json" in understudy(*command, "--help").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("bogus",),
        ("approve",),
        ("approve", "1", "--bogus"),
        ("approve", "1", "--revision", "x"),
        ("mode", "console:sam", "wild"),
        ("receipts", "--limit", "0"),
        ("settle", "1"),
        ("delegate", "--until", "1d"),
        ("delegate", "sam", "--reply", "hey"),
        ("delegate", "sam", "--reply", "greeting="),
        ("delegations", "sam"),
        ("run", "--port", "99999"),
    ],
    ids=" ".join,
)
def test_bad_usage_is_told_and_exits_2(arguments: tuple[str, ...]) -> None:
    ran = understudy(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "Error: " in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("raised", "status"),
    [(OwnerMustFix("mend it"), 2), (Refused("already handled"), 2), (TryAgain("away"), 3)],
)
def test_each_error_has_its_exit_status(answers: dict[str, Any], raised: Exception, status: int) -> None:
    answers["inbox"] = raised
    ran = understudy("inbox")
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.startswith(f"understudy: {raised}")


def test_a_fault_of_ours_is_one_line_and_the_log_has_its_frames_but_not_its_words(
    answers: dict[str, Any], home: Home
) -> None:
    answers["inbox"] = ValueError("the party is a secret")
    ran = understudy("inbox")
    assert ran.status == 1
    assert (
        ran.err == f"understudy: something went wrong inside understudy (ValueError); see {home.log_file}\n"
    )
    noted = home.log_file.read_text()
    assert "ValueError" in noted
    assert "test_cli.py" in noted
    assert "secret" not in noted
    assert stat.S_IMODE(home.log_file.stat().st_mode) == 0o600


def test_a_fault_without_a_home_makes_none(answers: dict[str, Any], tmp_path: Path) -> None:
    answers["inbox"] = ValueError()
    ran = understudy("--home", str(tmp_path / "none"), "inbox")
    assert ran.status == 1
    assert not (tmp_path / "none").exists()
    Path(ran.err.split("see ")[1].strip()).unlink()


@pytest.mark.parametrize("command", ["inbox", "run"])
def test_without_a_home_the_command_that_makes_one_is_named(tmp_path: Path, command: str) -> None:
    ran = understudy(command, "--home", str(tmp_path / "none"))
    assert ran.status == 2
    assert "`understudy init`" in ran.err
    assert not (tmp_path / "none").exists()


def test_the_home_is_named_before_or_after_the_command_or_by_the_environment(
    tmp_path: Path, home: Home
) -> None:
    for arguments in (
        ("--home", "/a", "inbox"),
        ("inbox", "--home", "/a"),
        ("--home", "/b", "inbox", "--home", "/a"),
    ):
        assert "no twin lives in /a;" in understudy(*arguments).err
    home.twin_toml.unlink()
    assert f"no twin lives in {home.path};" in understudy("inbox").err


def test_a_home_that_may_not_be_read_is_the_owners_to_mend(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: Path, **_: Any) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", denied)
    ran = understudy("inbox")
    assert ran.status == 2
    assert ran.err == f"understudy: {home.twin_toml}: Permission denied\n"


def test_arguments_that_are_no_text_are_refused() -> None:
    ran = understudy("remember", b"caf\xe9".decode("utf-8", "surrogateescape"))
    assert (ran.status, ran.err) == (2, "understudy: argument 2 is not UTF-8 text\n")


def test_a_broken_settings_file_is_told_by_line(home: Home) -> None:
    home.twin_toml.write_text("[owner\n")
    ran = understudy("inbox")
    assert ran.status == 2
    assert "twin.toml: " in ran.err
    assert "line 1" in ran.err


def test_a_reader_that_goes_away_early_is_no_fault(home: Home) -> None:
    code = f"from bots.cli.main import main; main(['--home', {str(home.path)!r}, 'doctor', '--json'])"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_standard_input_is_read_for_a_dash(answers: dict[str, Any]) -> None:
    answers["hear"] = {"decision": "silent", "rule": "r", "draft": None}
    assert (
        understudy("hear", "--from", "sam", "--in", "console:sam", "-", stdin="grüße\n".encode()).status == 0
    )
    assert answers["hear args"]["text"] == "grüße\n"
    for stdin, says in ((b"\xff", "not UTF-8"), (b"x" * 1_000_001, "longer than")):
        ran = understudy("hear", "--from", "sam", "--in", "console:sam", "-", stdin=stdin)
        assert ran.status == 2
        assert says in ran.err


def test_what_a_contact_wrote_cannot_command_the_terminal(answers: dict[str, Any]) -> None:
    evil = "hi\x1b]0;pwned\x07\x1b[2J\u202e there\r\x9b1A"
    message = {"name": evil, "at": "2026-01-01T00:00:00+00:00", "text": evil, "in_reply_to": evil}
    record = {"id": "message:1", "text": evil, "audience": ["owner"], "score": None}
    answers["withheld"] = [record]
    answers["inbox"] = [
        {
            "id": "1",
            "title": evil,
            "persona": "friends",
            "status": "waiting",
            "heard": [message],
            "root": message,
            "since": None,
            "text": evil,
            "sends_as": "bot",
            "model": evil,
            "runs_on": {"site": "cloud", "host": evil},
            "why": evil,
            "rule": evil,
        }
    ]
    answers["remember"] = Refused(evil)
    for ran in (understudy("inbox"), understudy("withheld", "1"), understudy("remember", "x")):
        written = ran.out + ran.err
        assert "there" in written
        assert not set(written) & set("\x1b\x07\x9b\r\u202e")
    assert "\x1b" not in understudy("inbox", "--json").out


@pytest.mark.parametrize(
    ("arguments", "method", "args"),
    [
        (("suggestions", "accept", "3"), "accept_suggestion", {"id": "3"}),
        (("rules", "set", "money", "No promises."), "set_rule", {"key": "money", "text": "No promises."}),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_a_new_record_is_shown(
    answers: dict[str, Any], arguments: tuple[str, ...], method: str, args: dict[str, Any]
) -> None:
    answers[method] = {"id": "rule:money", "text": "No promises.", "audience": ["owner"], "score": None}
    assert "No promises." in understudy(*arguments).out
    assert answers[f"{method} args"] == args


def test_options_before_a_subcommand_are_its_own(answers: dict[str, Any]) -> None:
    answers["remove_circle"] = {"said": "Done."}
    assert understudy("circles", "--json", "remove", "work").answer == {"said": "Done."}


def test_json_is_the_answer_as_it_is(answers: dict[str, Any]) -> None:
    answers["receipts"] = [{"text": "grüße \u202e"}]
    ran = understudy("receipts", "--limit", "3", "--json")
    assert ran.answer == answers["receipts"]
    assert ran.out.isascii()
    assert answers["receipts args"] == {"limit": 3}


@pytest.mark.parametrize(
    ("arguments", "method", "args"),
    [
        (("pause",), "pause", {}),
        (("resume",), "resume", {}),
        (("away",), "away", {}),
        (("back",), "back", {}),
        (("mode", "console:sam", "auto"), "mode", {"conversation": "console:sam", "mode": "auto"}),
        (("forget", "note:1"), "forget", {"record": "note:1"}),
        (("suggestions", "dismiss", "3"), "dismiss_suggestion", {"id": "3"}),
        (("people", "--remove", "sam"), "remove_person", {"person": "sam"}),
        (("circles", "set", "work", "sam", "mia"), "set_circle", {"name": "work", "people": ["sam", "mia"]}),
        (("circles", "set", "work"), "set_circle", {"name": "work", "people": []}),
        (("circles", "remove", "work"), "remove_circle", {"name": "work"}),
        (("delegations", "--revoke", "3"), "revoke", {"id": "3"}),
        (
            ("persona", "bind", "work", "--to", "circle:work"),
            "bind",
            {"persona": "work", "to": "circle:work"},
        ),
        (
            ("share", "note:1", "--with", "sam", "--with", "work"),
            "share",
            {"record": "note:1", "with_": ["sam", "work"], "draft": None},
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_an_act_is_one_call_and_one_line(
    answers: dict[str, Any], arguments: tuple[str, ...], method: str, args: dict[str, Any]
) -> None:
    answers[method] = {"said": "Done."}
    assert understudy(*arguments).out == "Done.\n"
    assert answers[f"{method} args"] == args


@pytest.mark.parametrize(
    ("arguments", "method", "says"),
    [
        (("inbox",), "inbox", "Nothing waits for you."),
        (("receipts",), "receipts", "Nothing was sent."),
        (("withheld", "1"), "withheld", "Nothing was withheld."),
        (("suggestions",), "suggestions", "No suggestions."),
        (("rules",), "rules", "no rules yet"),
        (("people",), "people", "nobody yet"),
        (("circles",), "circles", "no circles yet"),
        (("delegations",), "delegations", "everything asks"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_nothing_is_said_in_words(
    answers: dict[str, Any], arguments: tuple[str, ...], method: str, says: str
) -> None:
    answers[method] = []
    assert says in understudy(*arguments).out


def test_what_a_delegation_would_do_is_shown(answers: dict[str, Any]) -> None:
    answers["preview_delegation"] = asdict(PREVIEW) | {"expires_at": PREVIEW.expires_at.isoformat()}
    shown = understudy("delegate", "sam")
    assert "Your yes lifts this: friends is set to draft" in shown.out
    assert "Sam (Telegram): eve (not linked) reads along." in shown.out
    assert "nothing is done without your yes" in shown.err


def test_a_home_held_by_what_never_answers_is_given_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PATIENCE_S", 0.0)
    with home.lock():
        ran = understudy("inbox")
    assert ran.status == 3
    assert "nothing answers there yet" in ran.err


def test_a_second_run_is_refused(home: Home) -> None:
    with home.lock():
        ran = understudy("run")
    assert ran.status == 2
    assert f"in use by another understudy (process {os.getpid()})" in ran.err


def test_init_makes_a_private_home_and_will_not_do_it_twice(tmp_path: Path) -> None:
    place = str(tmp_path / "new")
    ran = understudy("--home", place, "init", "--name", "Robin Doe", "--timezone", "Europe/Vienna")
    assert ran.status == 0, ran
    assert "understudy run" in ran.out
    home = Home(place)
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in [home.path, *home.path.rglob("*")])
    assert understudy("--home", place, "inbox", "--json").answer == []
    again = understudy("--home", place, "init", "--name", "Robin")
    assert again.status == 2
    assert "already holds a twin" in again.err


@pytest.mark.parametrize("arguments", [(), ("--name", ""), ("--name", "A", "--timezone", "Mars")])
def test_init_without_a_good_name_and_zone_writes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = understudy("--home", str(tmp_path / "new"), "init", *arguments)
    assert ran.status == 2
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", [("demo", "--prepare"), ("demo", "--reset", "--prepare")], ids=" ".join)
def test_the_demo_leaves_any_other_home_alone(home: Home, command: tuple[str, ...]) -> None:
    before = sorted(home.path.rglob("*"))
    ran = understudy(*command)
    assert ran.status == 2
    assert "not a demo's home" in ran.err
    assert sorted(home.path.rglob("*")) == before


def test_the_demo_and_a_home_of_ones_own_do_not_mix(tmp_path: Path) -> None:
    demos = Home(tmp_path / "demo")
    demos.create(demo=True)
    for command in (("init", "--name", "A"), ("restore", "x.tar")):
        ran = understudy("--home", str(demos.path), *command)
        assert ran.status == 2
        assert "the demo's home" in ran.err


def test_a_running_demo_is_not_reset(tmp_path: Path) -> None:
    demos = Home(tmp_path / "demo")
    demos.create(demo=True)
    demos.twin_toml.touch()
    with demos.lock():
        assert understudy("--home", str(demos.path), "demo", "--reset", "--prepare").status == 2
    assert demos.twin_toml.exists()


def test_the_model_that_came_along_can_be_chosen_and_is_marked(home: Home) -> None:
    names = [one["name"] for one in understudy("model", "list", "--json").answer["models"]]
    assert understudy("model", "use", names[-1]).status == 0
    used = [one["name"] for one in understudy("model", "list", "--json").answer["models"] if one["used"]]
    assert used == [names[-1]]


def test_a_model_that_ollama_does_not_have_is_not_chosen(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    before = home.twin_toml.read_text()
    ran = understudy("model", "use", "qwen3:8b")
    assert ran.status == 3
    assert "ollama serve" in ran.err
    assert home.twin_toml.read_text() == before


def test_what_the_owner_should_mend_is_said_once_where_the_twin_runs(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = Problems(Changes())
    with logging_to(home), problems_aloud():
        problems.tell("slack connection", "Slack refuses SLACK_BOT_TOKEN")
        problems.tell("slack connection", "Slack refuses SLACK_BOT_TOKEN")
        logging.getLogger("bots.x").warning("of no concern there")
    assert capsys.readouterr().err == "slack connection: Slack refuses SLACK_BOT_TOKEN\n"


def test_logs_hold_no_word_of_a_task_that_nobody_waited_for(home: Home) -> None:
    async def fails() -> None:
        raise ValueError("sec" + "ret")

    async def forgets() -> None:
        task = asyncio.create_task(fails())
        await asyncio.wait({task})
        del task
        gc.collect()

    with logging_to(home):
        asyncio.run(forgets())
    logged = home.log_file.read_text()
    assert "never retrieved" in logged
    assert "ValueError" in logged
    assert "secret" not in logged


def test_logs_hold_our_words_but_not_those_of_an_exception(home: Home) -> None:
    with logging_to(home):
        try:
            raise ValueError("sec" + "ret")
        except ValueError:
            logging.getLogger("bots.x").exception("%s failed", "console:sam")
        logging.getLogger("bots.x").info("kept")
        logging.getLogger("httpx").info("POST https://api.telegram.org/botTOKEN/x")
    logged = home.log_file.read_text()
    assert "console:sam failed" in logged
    assert "ValueError" in logged
    assert "kept" in logged
    assert "secret" not in logged
    assert "TOKEN" not in logged


def test_there_is_a_link_only_to_a_twin_that_runs(home: Home) -> None:
    ran = understudy("open", "--json")
    assert ran.status == 2
    assert "no twin runs in" in ran.err
    assert "understudy run" in ran.err
    assert not home.socket.exists()
