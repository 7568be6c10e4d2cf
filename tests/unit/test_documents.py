"""What the documents say of the code is so."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import documents, readme

ROOT = readme.ROOT
GLOSSARY = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([^`|]+)` `([^`|]+)` \|$", re.MULTILINE)
ROWS = [match.groups() for match in ENTRY.finditer(GLOSSARY)]


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


def _defined(path: Path, *, classes: bool = False) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) or (
            not classes and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            yield node.name
        elif not classes and isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
