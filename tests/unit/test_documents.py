"""What the documents say of the code is so."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import readme

ROOT = readme.ROOT
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` `([^`|]+)` \|$", re.MULTILINE)
ROWS = [match.groups() for match in ENTRY.finditer(GLOSSARY)]
PRODUCT = ("core", "memory", "personas", "bots")
FORMER = re.compile(
    r"(?:^|_)(?:atoms?|attention|carried|cast|casting|deck|deed|desk|doors?|doubts?|house|leaves?|moot|obey"
    r"|obeying|orders|outlets|overheard|overtaken|pace|parked|seats|silences|standings?)(?:_|$)",
    re.IGNORECASE,
)
"""Words of ours that the field has a term for."""


def test_the_readmes_tree_is_drawn_from_the_packages_first_lines() -> None:
    assert readme.shown() == readme.tree(), "`python -m tests.readme` writes it anew"


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
