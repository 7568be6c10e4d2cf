import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bots import home as homes
from bots.cli import session
from bots.cli.session import held_to_stay
from bots.home import Home, HomeBusy
from core.errors import OwnerMustFix, Refused


def test_a_home_is_its_owners_alone(tmp_path: Path) -> None:
    tmp_path.joinpath("there").mkdir(mode=0o755)
    for name in ("new/deep", "there"):
        home = Home(tmp_path / name)
        home.create()
        home.create()
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
        with home.lock():
            assert stat.S_IMODE(home.lock_file.stat().st_mode) == 0o600


def test_a_home_exists_once_it_has_settings(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    assert not home.exists
    home.twin_toml.touch()
    assert home.exists


def test_only_what_the_demo_made_is_a_demos_home(tmp_path: Path) -> None:
    mine, demos = Home(tmp_path / "mine"), Home(tmp_path / "demo")
    mine.create()
    demos.create(demo=True)
    assert (mine.is_demo, demos.is_demo) == (False, True)


def test_a_home_that_is_held_is_refused_with_the_process_that_holds_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock(), pytest.raises(HomeBusy, match=f"process {os.getpid()}"), Home(tmp_path).lock():
        pytest.fail("held twice")
    with home.lock():
        pass
    assert issubclass(HomeBusy, Refused)


HOLD = "import sys; from bots.home import Home\nwith Home(sys.argv[1]).lock(): print(1, flush=True); input()"
STAY = "print(1, flush=True); input()"


def child(*arguments: str, close_fds: bool = True) -> "subprocess.Popen[bytes]":
    """A process that has got as far as its first line."""
    process = subprocess.Popen(
        [sys.executable, "-c", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(homes.__file__).parents[1],
        close_fds=close_fds,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    return process


def test_a_killed_process_lets_go_of_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with child(HOLD, str(tmp_path)) as holder:
        with pytest.raises(HomeBusy, match=f"process {holder.pid}"), home.lock():
            pytest.fail("held twice")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with home.lock():
        pass


def test_a_child_process_does_not_inherit_the_lock(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.lock():
        stays = child(STAY, close_fds=False)
    with stays, home.lock():
        stays.kill()


def test_two_names_of_one_folder_are_one_home(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "name").symlink_to("real")
    assert Home(tmp_path / "name").socket == Home(tmp_path / "real").socket


def test_the_socket_lies_in_the_home(tmp_path: Path) -> None:
    home = Home("/h")
    assert home.socket == Path("/h/socket")


def test_a_home_too_deep_for_a_socket_gets_a_short_private_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "SHORT_FOLDER", tmp_path)
    deep = [Home(Path("/", *["x" * 50] * 3, name)) for name in ("one", "two")]
    sockets = [one.private_socket() for one in deep]
    assert len({*sockets}) == 2
    assert sockets[0] == Home(deep[0].path).socket
    assert sockets[0].parent.parent == tmp_path
    assert stat.S_IMODE(sockets[0].parent.stat().st_mode) == 0o700
    assert len(str(Path("/tmp/understudy-1000000-0123456789abcdef/socket"))) < homes.LONGEST_SOCKET_PATH


@pytest.mark.parametrize("trap", ["open", "link"])
def test_a_short_folder_that_others_could_have_laid_out_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr(homes, "SHORT_FOLDER", tmp_path)
    home = Home(Path("/", *["x" * 50] * 3))
    if trap == "open":
        home.socket.parent.mkdir()
        home.socket.parent.chmod(0o777)
    else:
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        home.socket.parent.symlink_to("elsewhere")
    with pytest.raises(OwnerMustFix, match="not yours alone"):
        home.private_socket()


@pytest.mark.parametrize("path", ["nul\0byte", "~nobody-of-that-name/home"])
def test_an_impossible_path_is_the_owners_to_mend(path: str) -> None:
    with pytest.raises(OwnerMustFix, match="cannot be a home"):
        Home(path)


def test_a_file_is_no_home(tmp_path: Path) -> None:
    tmp_path.joinpath("file").touch()
    with pytest.raises(OwnerMustFix, match="is a file"):
        Home(tmp_path / "file").create()


def test_a_twin_that_stays_waits_for_the_command_that_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with child(HOLD, str(tmp_path)) as holder:
        waits: list[float] = []

        def ends(seconds: float) -> None:
            waits.append(seconds)
            holder.communicate(b"\n")

        monkeypatch.setattr(time, "sleep", ends)
        with held_to_stay(Home(tmp_path)), pytest.raises(HomeBusy), Home(tmp_path).lock():
            pytest.fail("held twice")
        assert len(waits) == 1


def test_a_second_twin_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("it waited"))
    with home.lock(), socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(home.private_socket()))
        listening.listen()
        with pytest.raises(HomeBusy), held_to_stay(Home(tmp_path)):
            pytest.fail("held twice")


def test_a_command_that_does_not_end_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "PATIENCE_S", 0.0)
    with Home(tmp_path).lock(), pytest.raises(HomeBusy), held_to_stay(Home(tmp_path)):
        pytest.fail("held twice")
