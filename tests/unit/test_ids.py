"""What an id says, and that one module alone puts ids together and takes them apart."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import ids
from core.ids import RecordKind
from core.types import ConversationId, MessageId, RecordId

ROOT = Path(__file__).parents[2]
PRODUCT = ("core", "memory", "personas", "bots")
PREFIXES = {
    "core/ids.py": re.compile(rf"(?:^|')({'|'.join(RecordKind)}):(?! )"),
    "core/audience.py": re.compile(r"(?:^|')(person|circle|place):(?! )"),
}
"""How the ids of records and of principals begin, by the module that may say so."""


@given(st.sampled_from(RecordKind), st.text())
def test_a_record_is_its_kind_and_its_key(kind: RecordKind, key: str) -> None:
    record = ids.record_id(kind, key)
    assert (ids.record_kind(record), ids.record_key(record)) == (kind, key)
    assert ids.in_profile(record) == (kind in (RecordKind.PROFILE, RecordKind.RULE))
    assert ids.message_of(record) == (key if kind is RecordKind.MESSAGE else None)


@given(st.text(), st.text().filter(lambda key: "/" not in key))
def test_a_message_is_in_its_conversation(conversation: str, key: str) -> None:
    message = ids.message_id(ConversationId(conversation), key)
    assert ids.conversation_of(message) == conversation
    assert ids.message_of(ids.message_record(message)) == message


@pytest.mark.parametrize("record", ["", "messages", "message/console:sam/1", "Message:1", "letter:1"])
def test_an_id_of_no_kind_that_we_know_is_none_of_ours(record: str) -> None:
    assert ids.record_kind(RecordId(record)) is None
    assert ids.message_of(RecordId(record)) is None
    assert not ids.in_profile(RecordId(record))


def test_a_platform_is_before_the_first_colon() -> None:
    assert ids.platform_of("telegram:business:12/3") == "telegram"
    assert ids.native_of("telegram:business:12/3") == "business:12/3"
    assert ids.conversation_of(MessageId("slack:T1/C1/7/7.1")) == "slack:T1/C1/7"


@pytest.mark.parametrize(("home", "prefix"), PREFIXES.items())
def test_no_other_module_spells_such_an_id(home: str, prefix: re.Pattern[str]) -> None:
    spelt = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in sorted(path for name in PRODUCT for path in (ROOT / name).rglob("*.py"))
        if path != ROOT / home
        for line, text in texts(ast.parse(path.read_text("utf-8")))
        if prefix.search(text)
    ]
    assert spelt == []


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of a module that is not there for its readers alone."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value
