"""What the documents say of the code is so."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bots import twin_toml
from bots.platforms.spec import PlatformSpec
from memory.storage.port import Engine
from tests import documents, readme

ROOT = readme.ROOT
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` `([^`|]+)` \|$", re.MULTILINE)
SKETCHES: Mapping[str, tuple[type[Any], str]] = {
    "adding-a-platform": (PlatformSpec, "bots/platforms/matrix/"),
    "adding-a-storage": (Engine, "memory/storage/postgres/"),
}
"""Each page, the value that it shows how to fill, and the folder that would be added."""
ROWS = [match.groups() for match in ENTRY.finditer(GLOSSARY)]
PRODUCT = ("core", "memory", "personas", "bots")
FORMER = re.compile(
    r"(?:^|_)(?:atoms?|attention|carried|cast|casting|deck|deed|desk|doors?|doubts?|house|leaves?|moot|obey"
    r"|obeying|orders|outlets|overheard|overtaken|pace|parked|seats|silences|standings?)(?:_|$)",
    re.IGNORECASE,
)
"""Words of ours that the field has a term for."""


@pytest.mark.parametrize("path", documents.written(), ids=lambda path: path.name)
def test_what_is_written_from_the_code_is_as_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == documents.written()[path], "`make documents` writes it anew"


def test_what_is_written_from_the_code_is_there() -> None:
    assert readme.tree() in readme.README.read_text(encoding="utf-8")
    assert documents.TOKENS.search(documents.COMPOSE.read_text(encoding="utf-8"))


def test_each_line_of_the_glossary_is_an_entry() -> None:
    lines = [line for line in GLOSSARY.splitlines() if line.startswith("| ") and "In the code" not in line]
    assert len(ROWS) == len(lines) > 50
    terms = [term for term, *_ in ROWS]
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize(("term", "path", "name"), [(term, path, name) for term, _, path, name in ROWS])
def test_a_term_is_where_the_glossary_says(term: str, path: str, name: str) -> None:
    assert name in set(_defined(ROOT / path)), f"{term}: {path} defines no {name}"


def test_every_noun_has_its_term() -> None:
    nouns = {name for name in _defined(ROOT / "core/types.py", classes=True) if name[0].isupper()}
    told = {name for _, _, path, name in ROWS if path == "core/types.py"}
    assert nouns - told <= {"Kind", "Verdict", "DraftStatus", "Example"}


def test_no_name_in_the_code_is_a_former_word() -> None:
    used = {
        f"{path.relative_to(ROOT)}: {name}"
        for package in PRODUCT
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.name
        for name in _named(path)
        if FORMER.search(name)
    }
    assert used == set()


@pytest.mark.parametrize("page", SKETCHES)
def test_a_sketch_adds_files_and_names_no_other_that_is_not_there(page: str) -> None:
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    assert text.count("\n") <= 60
    added = set(re.findall(r"^- `([^`]+)`: ", text, re.MULTILINE))
    assert any(path.startswith(SKETCHES[page][1]) for path in added)
    named = {path for path in re.findall(r"`([\w./-]+/[\w./-]+)`", text) if path not in added}
    assert [path for path in added if (ROOT / path).exists()] == []
    assert [path for path in named if not (ROOT / path).exists()] == []
    assert "(glossary.md)" in text


@pytest.mark.parametrize("page", SKETCHES)
def test_a_sketchs_code_fills_what_there_is_to_fill(page: str) -> None:
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    filled, folder = SKETCHES[page]
    tree = ast.parse(code)
    (given,) = [
        {one.arg for one in node.keywords}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == filled.__name__
    ]
    needed = {one.name for one in fields(filled) if one.default is MISSING}
    assert needed <= given <= {one.name for one in fields(filled)}
    for node in ast.walk(tree):
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module.split(".")[0] in readme.PACKAGES and not f"{module.replace('.', '/')}/".startswith(folder):
            assert isinstance(node, ast.ImportFrom)
            assert [one.name for one in node.names if not hasattr(import_module(module), one.name)] == []


@pytest.mark.parametrize("page", ["glossary", *SKETCHES])
def test_the_readme_leads_to_each_page(page: str) -> None:
    assert f"(docs/{page}.md)" in readme.README.read_text(encoding="utf-8")


def _defined(path: Path, *, classes: bool = False) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) or (
            not classes and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            yield node.name
        elif not classes and isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _named(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case _:
                pass


def test_the_readme_leads_to_what_is_promised_and_that_to_how_it_is_measured() -> None:
    assert "(docs/security.md)" in readme.README.read_text(encoding="utf-8")
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    assert {"Who may speak for you", "Who may hear", "The doors", "What is not promised"} <= set(
        re.findall(r"^## (.+)$", text, re.MULTILINE)
    )
    assert "python -m tests.bench.red_team --json" in text
    keys = set(re.findall(r"`\[(\w+)\] (\w+)`", text))
    assert keys == {("model", "host"), ("model", "proxy"), ("console", "idle_hours")}
    assert all(key in twin_toml.sections()[section].model_fields for section, key in keys)
