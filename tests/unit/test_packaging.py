"""The wheel: what is in it, and that it runs where foreign folders bear our names."""

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = ("core", "memory", "personas", "bots")
POISON = "raise SystemExit('a foreign folder was imported')\n"

pytestmark = pytest.mark.xdist_group("packaging")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of scripts of an environment that has the wheel, and beside it what the wheel needs."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    python = place / "bin" / "python"
    install = ["-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    done = subprocess.run([sys.executable, *install], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (packages,) = place.glob("lib/python*/site-packages")
    # a plain path: the .pth files in there, our own editable install's among them, are not followed
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder in which every name of ours is somebody else's."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(POISON)
    return tmp_path


def ran(command: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ["UNDERSTUDY_HOME"] = str(folder / "home")
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        *PACKAGES,
        f"{PROJECT['name']}-{PROJECT['version']}.dist-info",
    }


def test_the_wheel_holds_every_file_of_ours(wheel: Path) -> None:
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here - set(zipfile.ZipFile(wheel).namelist()) == set()
    suffixes = {Path(name).suffix for name in here}
    assert {".toml", ".html", ".css", ".txt"} <= suffixes  # personas, the console's pages, the demo's talk


def test_the_licence_goes_along(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if name.endswith("dist-info/licenses/LICENSE")]


def test_the_script_runs_among_foreign_folders_of_our_names(installed: Path, foreign: Path) -> None:
    done = ran([str(installed / "understudy"), "--version"], foreign)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"understudy {PROJECT['version']}\n", "")


def test_the_script_works_among_foreign_folders_of_our_names(installed: Path, foreign: Path) -> None:
    for command in (["init", "--name", "Robin"], ["inbox", "--json"], ["persona", "list", "--json"]):
        done = ran([str(installed / "understudy"), *command], foreign)
        assert (done.returncode, done.stderr) == (0, ""), command
    assert (foreign / "home" / "personas" / "work.toml").is_file()


def test_the_foreign_folders_would_be_found_by_what_starts_from_the_working_folder(
    installed: Path, foreign: Path
) -> None:
    """That is why there is one console script, and why the twin starts its children with `-P`."""
    done = ran([str(installed / "python"), "-m", "bots.cli.main"], foreign)
    assert "a foreign folder was imported" in done.stderr
    done = ran([str(installed / "python"), "-P", "-c", "import bots, core; print(bots.__file__)"], foreign)
    assert done.stdout.startswith(str(installed.parent))
