"""deploy/: what its files name is there, what they run exists, and nothing is open that need not be."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

import click
import pytest
import yaml

from bots.cli.main import cli
from bots.platforms.registry import token_names

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
HOME = "/home/understudy/.understudy"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def instructions(name: str = "Containerfile") -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", (DEPLOY / name).read_text("utf-8"))
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "understudy.service")
    return parser


def resolved(words: list[str]) -> click.Command:
    """The command that these words are; fails where there is none, or an option that it lacks."""
    command: click.Command = cli
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            assert word in command.commands, words
            command = command.commands[word]
        elif word.startswith("--"):
            known = {option for param in command.params for option in param.opts}
            assert word in known, words
    return command


def test_what_the_files_say_to_run_is_a_command() -> None:
    (script,) = PYPROJECT["project"]["scripts"]
    found = []
    for path in DEPLOY.glob("*"):
        for line in path.read_text("utf-8").splitlines():
            words = line.lstrip("# ").split("   ")[0]
            if words.startswith(("docker run", "docker compose run", "docker compose exec understudy")):
                split = shlex.split(words)
                arguments = split[len(split) - split[::-1].index(script) :]
                found += [arguments] if arguments and resolved(arguments) else []
    assert sorted(one[0] for one in found) == ["doctor", "init", "init", "model", "open"]


def test_the_container_copies_what_is_there_and_all_that_is_ours() -> None:
    copied = set()
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            for source in sources:
                assert (ROOT / source).exists(), source
                copied.add(source)
    assert set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied
    assert {
        "pyproject.toml",
        PYPROJECT["project"]["readme"],
        *PYPROJECT["project"]["license-files"],
    } <= copied


def test_what_the_container_copies_is_not_ignored() -> None:
    lines = (DEPLOY / "Containerfile.dockerignore").read_text("utf-8").split()
    assert lines[0] == "*"
    kept = {line[1:] for line in lines if line.startswith("!")}
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert PurePosixPath(source).parts[0] in kept, source
    assert not {".git", ".venv", "tests"} & kept


def test_the_container_installs_nothing_that_is_not_pinned() -> None:
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    assert len(installs) == 3
    for one in installs:
        assert "--require-hashes" in one or "--no-index" in one
        for listed in re.findall(r"-r (\S+)", one):
            assert "--hash=sha256:" in (ROOT / listed).read_text("utf-8")


def test_the_container_runs_the_twin_as_nobody_special_in_a_volume() -> None:
    last = [name for name, _ in instructions()]
    final = instructions()[len(last) - last[::-1].index("FROM") - 1 :]
    said = dict(final)
    assert said["USER"] not in ("root", "0")
    assert said["VOLUME"] == HOME
    assert f"UNDERSTUDY_HOME={HOME}" in said["ENV"]
    assert said["ENTRYPOINT"] == '["understudy"]'
    assert said["CMD"] == '["run"]'
    assert final.index(("USER", said["USER"])) < final.index(("CMD", '["run"]'))
    assert not any("TOKEN" in rest for _, rest in instructions())


def test_the_container_has_the_system_library_that_the_embedded_model_needs() -> None:
    """xllamacpp's wheel brings its own code, but not OpenMP's."""
    final = instructions()[[name for name, _ in instructions()].index("FROM", 1) :]
    assert any("libgomp1" in rest for name, rest in final if name == "RUN")


def test_the_containers_python_is_one_that_we_run_on() -> None:
    for name, rest in instructions():
        if name == "FROM":
            version = re.search(r"python:3\.(\d+)-slim", rest)
            assert version is not None
            assert int(version[1]) >= int(PYPROJECT["project"]["requires-python"].rpartition(".")[2])


def test_compose_names_what_is_there() -> None:
    twin = COMPOSE["services"]["understudy"]
    context = (DEPLOY / twin["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / twin["build"]["dockerfile"]).is_file()
    named = {one.partition(":")[0] for service in COMPOSE["services"].values() for one in service["volumes"]}
    assert named == set(COMPOSE["volumes"])
    assert f"home:{HOME}" in twin["volumes"]
    assert set(twin["depends_on"]) <= set(COMPOSE["services"])


def test_compose_opens_nothing_beyond_loopback() -> None:
    for service in COMPOSE["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    twin = COMPOSE["services"]["understudy"]
    assert twin["network_mode"] == "host"  # the console binds to loopback alone
    assert twin["environment"]["OLLAMA_HOST"] == "http://127.0.0.1:11434"
    assert "127.0.0.1:11434:11434" in COMPOSE["services"]["ollama"]["ports"]


def test_compose_gives_every_token_from_outside_and_holds_none() -> None:
    environment = COMPOSE["services"]["understudy"]["environment"]
    for name in token_names():
        assert environment[name] == f"${{{name}:-}}"


def test_compose_asks_the_twin_itself_whether_it_is_well() -> None:
    twin = COMPOSE["services"]["understudy"]
    kind, script, *rest = twin["healthcheck"]["test"]
    assert (kind, script) == ("CMD", "understudy")
    assert resolved(rest).name == "status"
    assert twin["cap_drop"] == ["ALL"]
    assert twin["read_only"] is True


def test_the_unit_runs_the_twin_and_leaves_it_down_when_only_its_owner_can_help() -> None:
    service = unit()["Service"]
    path, *rest = shlex.split(service["ExecStart"])
    assert PurePosixPath(path).name == "understudy"
    assert resolved(rest).name == "run"
    assert service["RestartPreventExitStatus"] == "2"
    assert int(service["TimeoutStopSec"]) > 5
    assert service["UMask"] == "0077"
    assert service["NoNewPrivileges"] == "yes"
    assert "@system-service" in service["SystemCallFilter"]
    assert unit()["Install"]["WantedBy"] == "default.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("understudy")
    copy = tmp_path / "understudy.service"
    content = (DEPLOY / "understudy.service").read_text("utf-8")
    copy.write_text(content.replace("%h/.local/bin/understudy", str(script)))
    command = ["systemd-analyze", "verify", "--user", "--man=no", str(copy)]
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environ)
    ours = [line for line in done.stderr.splitlines() if "understudy" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
