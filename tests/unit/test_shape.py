"""The size of things, held: files, constructors, and one class to a name."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 330
MOST_ARGUMENTS = 7


def modules() -> Iterator[tuple[Path, str]]:
    """Every module of the product."""
    for package in ("core", "memory", "personas", "bots"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def classes() -> Iterator[tuple[Path, ast.ClassDef]]:
    """Every class of the product."""
    for path, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                yield path, node


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    long = {str(path): lines for path, text in modules() if (lines := text.count("\n")) > LONGEST_FILE}
    assert long == {}


def test_no_constructor_takes_more_than_can_be_kept_apart() -> None:
    many = {}
    for path, node in classes():
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                given = len([*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs]) - 1
                if given > MOST_ARGUMENTS:
                    many[f"{path}: {node.name}"] = given
    assert many == {}


def test_no_class_name_stands_twice() -> None:
    names = Counter(node.name for _, node in classes())
    assert [name for name, times in names.items() if times > 1] == []
