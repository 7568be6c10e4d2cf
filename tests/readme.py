"""The README's tree, drawn from the packages' own first lines: `make documents` draws it anew."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PACKAGES = ("core", "memory", "personas", "bots", "tests")
FOLDERS = {
    "deploy": "Container, compose with Ollama, service units, Slack app manifest, an annotated `twin.toml`.",
    "docs": "For users and newcomers: glossary, security, and how a platform or a storage is added.",
}
"""Those that are no packages."""
TREE = re.compile(r"(?<=```tree\n).*?(?=```)", re.DOTALL)
DEPTH = 3
COLUMN = 18
"""Where what a folder is for begins."""


def tree() -> str:
    """A line for each package: its name, and what its docstring says first."""
    lines = [line for package in PACKAGES for line in _lines(ROOT / package)]
    lines += [_line(name, 0, says) for name, says in FOLDERS.items()]
    return "\n".join(lines) + "\n"


def _lines(folder: Path, depth: int = 0) -> Iterator[str]:
    doc = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    yield _line(folder.name, depth, doc.partition("\n")[0])
    if depth + 1 < DEPTH:
        for inner in sorted(path.parent for path in folder.glob("*/__init__.py")):
            yield from _lines(inner, depth + 1)


def _line(name: str, depth: int, says: str) -> str:
    return f"{'  ' * depth}{name}/".ljust(COLUMN) + says
