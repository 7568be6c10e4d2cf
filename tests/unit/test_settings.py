import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bots import settings, twin_toml
from bots.settings import OwnerSettings, Settings
from core.errors import OwnerMustFix
from tests import documents

EXAMPLE = Path(__file__).parents[2] / "deploy" / "twin.example.toml"
MINIMAL = '[owner]\nname = "Alex"\n'
FILE = Path("twin.toml")


def parsed(content: str, **environ: str) -> Settings:
    return twin_toml.parse(content, FILE, environ)


def test_only_the_owners_name_must_be_given() -> None:
    assert parsed(MINIMAL) == Settings(owner=OwnerSettings(name="Alex"))
    with pytest.raises(OwnerMustFix, match=r"twin\.toml: owner: missing"):
        parsed("")


def test_a_byte_order_mark_of_a_windows_editor_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "twin.toml"
    path.write_text(f"\ufeff{MINIMAL}", encoding="utf-8")
    assert twin_toml.load(path, {}).owner.name == "Alex"
    assert twin_toml.former_keys(path) == []
    assert twin_toml.change(path, "owner", {"name": "Al"}).owner.name == "Al"


def test_keep_alive_is_taken_in_ollamas_forms() -> None:
    for written, taken in {
        "-1": -1,
        '"-1"': -1,
        "300": 300,
        '"300"': 300,
        '"10m"': "10m",
        "0.5": 0.5,
    }.items():
        read = parsed(MINIMAL + f"[model]\nkeep_alive = {written}")
        assert read.model.keep_alive == taken
        assert parsed(twin_toml.annotated(read)).model.keep_alive == taken


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        parsed(MINIMAL).console.port = 1


def test_each_door_has_its_own_default_model() -> None:
    assert parsed(MINIMAL).model.name == settings.DEFAULT_MODELS["embedded"]
    assert parsed(MINIMAL + '[model]\ndoor = "ollama"').model.name == settings.DEFAULT_MODELS["ollama"]
    assert parsed(MINIMAL + '[model]\ndoor = "ollama"\nname = "x"').model.name == "x"


OLLAMA = '[model]\nprovider = "ollama"\n'
EMBEDDINGS = '[embedding]\nprovider = "ollama"\n'


def test_the_files_host_wins_over_ollama_host() -> None:
    for host in ("http://elsewhere:1", "http://127.0.0.1:1"):
        content = MINIMAL + OLLAMA + f'host = "{host}"'
        for other in ("gpu:11434", "127.0.0.1:9", "no address", " "):
            assert parsed(content, OLLAMA_HOST=other).model.host == host


@pytest.mark.parametrize("given", ["127.0.0.1:9", "0.0.0.0", "[::]:9", "127.1", "localhost."])
def test_where_the_file_leaves_it_open_ollama_host_says_where_on_this_machine(given: str) -> None:
    for content in (MINIMAL, MINIMAL + OLLAMA, MINIMAL + OLLAMA + 'host = ""', MINIMAL + EMBEDDINGS):
        assert parsed(content, OLLAMA_HOST=given).model.host == given
        assert parsed(content, OLLAMA_HOST=" ").model.host == ""


@pytest.mark.parametrize("given", ["gpu", "http://gpu:11434", "192.168.1.7", "[2001:db8::1]", "a@127.0.0.1"])
def test_another_machine_is_never_the_environments_to_name(given: str) -> None:
    for content in (MINIMAL + OLLAMA, MINIMAL + EMBEDDINGS):
        with pytest.raises(OwnerMustFix, match="OLLAMA_HOST"):
            parsed(content, OLLAMA_HOST=given)
    assert parsed(MINIMAL, OLLAMA_HOST=given).model.host == ""


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[owner]\nname = "A"\nnmae = "B"', "owner.nmae: unknown key; known here: name, timezone"),
        (MINIMAL + "[modell]", "modell: unknown key"),
        (MINIMAL + "[console]\nport = 70000", "console.port: "),
        (MINIMAL + '[console]\nport = "80"', "console.port: should be a valid integer"),
        (MINIMAL + "[gateway]\nburst_s = nan", "gateway.burst_s: "),
        (MINIMAL + '[model]\nhost = "a@127.0.0.1"', "model.host: 'a@127.0.0.1' is no address of a model"),
        (MINIMAL + '[model]\nkeep_alive = "1d"', "model.keep_alive: '1d' is no time to keep a model loaded"),
        (MINIMAL + "[model]\nkeep_alive = true", "model.keep_alive: should be a text, as 10m, or a number"),
        (MINIMAL + "[model]\ntimeout_s = 0", "model.timeout_s: should be greater than 0"),
        (MINIMAL + '[model]\nproxy = "proxy:80"', "model.proxy: "),
        (MINIMAL + '[model]\ndoor = "cloud"', "model.provider: should be 'embedded' or 'ollama'"),
        ('[owner]\nname = "A"\ntimezone = "Mars/Base"', "owner.timezone: not a time zone"),
        ('[owner]\nname = "A"\ntimezone = "Europe"', "owner.timezone: not a time zone"),
        ('[owner]\nname = "A"\ntimezone = "../x"', "owner.timezone: not a time zone"),
        ('[owner]\nname = ""', "owner.name: "),
        ('[owner]\nname = "A\\nB"', "owner.name: "),
        ("owner = 3", "owner: should be a table, as [owner]"),
        (MINIMAL + "model = 3", "owner.model: unknown key"),
        ("model = 3\n" + MINIMAL, "model: should be a table"),
        ("[[owner]]", "owner: should be a table"),
        (MINIMAL + '[presence]\naway = ["late"]', "presence.away: a time of the week is written as"),
        (
            MINIMAL + '[approvals]\nfull = ["fax"]',
            "approvals.full.0: should be 'telegram', 'discord'",
        ),
        (MINIMAL + '[discord]\ngateway_url = "http://x"', "discord.gateway_url: "),
        (MINIMAL + "[[listen]]\neverything = true", "listen.0: everything: say in which conversation"),
        (MINIMAL + "[[listen]]\nkeyword = []", "listen.0.keyword: unknown key; known here: conversation"),
        ("telegram = 3\n" + MINIMAL, "telegram: should be a table, as [telegram]"),
        (MINIMAL + "[slack]\napi = 1", "slack.api: unknown key; known here: api_base, enabled"),
        (MINIMAL + "[platforms]", "platforms: unknown key; known here: approvals, console, digest, discord"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_and_key(content: str, says: str) -> None:
    with pytest.raises(OwnerMustFix) as caught:
        parsed(content, OLLAMA_HOST="x")
    assert f"twin.toml: {says}" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("[owner]\nname = ", "line 2"),
        ("[owner]\nname = Alex", "line 2, column 8"),
        ('[owner]\nname = """open\n\n', "line 4, the end"),
        ("a = 1\na = 2", "line 2"),
        ("a = " + "[" * 5000, "twin.toml"),
        ("a = " + "9" * 5000, "twin.toml"),
    ],
)
def test_broken_toml_is_told_by_line(content: str, where: str) -> None:
    with pytest.raises(OwnerMustFix, match=where):
        parsed(content)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(OwnerMustFix) as caught:
        parsed(MINIMAL + "[console]\nport = -1\n[model]\nfoo = 1")
    assert len(str(caught.value).splitlines()) == 2


def test_a_secret_put_into_the_wrong_key_is_not_repeated() -> None:
    with pytest.raises(OwnerMustFix) as caught:
        parsed(MINIMAL + '[console]\nport = "xoxb-secret"\n[discord]\ntoken = "xoxb-secret"')
    assert "xoxb" not in str(caught.value)


def test_a_missing_file_names_the_command_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(OwnerMustFix, match="understudy init"):
        twin_toml.load(tmp_path / "twin.toml", {})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twin.toml").write_bytes(b"name = \xff\xfe")
    with pytest.raises(OwnerMustFix, match=r"not UTF-8 text \(byte 7\)"):
        twin_toml.load(tmp_path / "twin.toml", {})
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(OwnerMustFix, match="directory"):
        twin_toml.load(tmp_path / "folder.toml", {})


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_text_raises_anything_but_a_word_to_the_owner(content: str) -> None:
    with pytest.raises(OwnerMustFix, match=r"^twin\.toml: "):
        parsed(content)  # none of these names an owner


def test_the_annotated_example_can_be_taken_as_it_is() -> None:
    assert twin_toml.load(EXAMPLE, {}) == documents.EXAMPLE


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.isprintable()))
def test_what_is_written_is_read_back(name: str) -> None:
    written = Settings(owner=OwnerSettings(name=name))
    assert parsed(twin_toml.annotated(written)) == written


def test_every_key_is_explained() -> None:
    for kind in twin_toml.sections().values():
        assert kind.__doc__
        assert all(field.description for field in kind.model_fields.values())


def test_a_change_keeps_comments_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "twin.toml"
    path.write_text("# mine\n" + MINIMAL + "# and mine\n")
    after = twin_toml.change(path, "model", {"provider": "ollama", "name": "qwen3:8b"})
    assert (after.model.provider, after.model.name) == ("ollama", "qwen3:8b")
    assert twin_toml.load(path, {}) == after
    assert path.read_text().startswith('# mine\n[owner]\nname = "Alex"\n# and mine\n')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_change_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "twin.toml"
    path.write_text(MINIMAL)
    with pytest.raises(OwnerMustFix, match=r"console\.port"):
        twin_toml.change(path, "console", {"port": -1})
    assert path.read_text() == MINIMAL


def test_a_key_by_its_former_name_is_read_and_both_at_once_are_refused() -> None:
    assert parsed(MINIMAL + '[embedding]\ndoor = "ollama"').embedding.provider == "ollama"
    with pytest.raises(OwnerMustFix) as caught:
        parsed(MINIMAL + '[model]\ndoor = "ollama"\nprovider = "embedded"')
    assert str(caught.value) == (
        "twin.toml: model: door is called provider now, and both are there: take door out"
    )


def test_former_keys_are_named_with_what_they_are_called_now(tmp_path: Path) -> None:
    path = tmp_path / "twin.toml"
    path.write_text(MINIMAL + '[model]\ndoor = "ollama"\n[embedding]\ndoor = "bundled"\n[[listen]]\n')
    assert twin_toml.former_keys(path) == [
        "[model] door is called provider now",
        "[embedding] door is called provider now",
    ]
    path.write_text(MINIMAL + '[model]\nprovider = "ollama"\n')
    assert twin_toml.former_keys(path) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            MINIMAL + '[model] # mine\n# which\ndoor = "embedded" # tiny\ntemperature = 0.1\n\n[console]\n',
            MINIMAL
            + '[model] # mine\n# which\nprovider = "ollama" # tiny\ntemperature = 0.1\nname = "qwen3:8b"\n'
            + "\n[console]\n",
        ),
        (
            'model = {door = "embedded"}\n' + MINIMAL,
            'model = {provider = "ollama",name = "qwen3:8b"}\n' + MINIMAL,
        ),
    ],
)
def test_a_change_calls_a_key_as_it_is_called_now_where_it_stood(
    tmp_path: Path, before: str, after: str
) -> None:
    path = tmp_path / "twin.toml"
    path.write_text(before)
    twin_toml.change(path, "model", {"provider": "ollama", "name": "qwen3:8b"})
    assert path.read_text() == after


def test_a_change_of_a_table_in_pieces_leaves_no_former_key(tmp_path: Path) -> None:
    path = tmp_path / "twin.toml"
    path.write_text('model.door = "embedded"\nmodel.temperature = 0.1\n' + MINIMAL)
    changed = twin_toml.change(path, "model", {"name": "gemma-3-270m"})
    assert (changed.model.provider, changed.model.temperature) == ("embedded", 0.1)
    assert twin_toml.former_keys(path) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[[digest]]\ncron = "0 8 * *"', "digest.0.cron: a cron expression has five fields"),
        ('[[digest]]\ncron = "0 8 31 2 *"', "digest.0.cron: that day never comes"),
        ('[[digest]]\nto = "signal"', "digest.0.to: should be dm, console, telegram"),
        ("[[digest]]\n[[digest]]", "digest: two digests have the same name"),
        ('[quiet]\ntimes = ["22-7"]', "quiet.times: a time of the week is written as"),
    ],
)
def test_a_digest_that_cannot_be_is_refused(content: str, says: str) -> None:
    with pytest.raises(OwnerMustFix) as caught:
        parsed(MINIMAL + content)
    assert f"twin.toml: {says}" in str(caught.value)


def test_a_digest_goes_to_the_owners_dm_unless_another_place_is_named() -> None:
    (daily,) = parsed(MINIMAL + "[[digest]]").digest
    assert (daily.name, daily.cron, daily.to) == ("morning", "0 8 * * *", "dm")
    (weekly,) = parsed(
        MINIMAL + '[[digest]]\nname = "week"\ncron = "0 17 * * fri"\nto = "slack:T1/C2"'
    ).digest
    assert weekly.to == "slack:T1/C2"
