"""The sentences that the question who is writing is learned from, and those that it is measured with."""

import re
import tomllib
from pathlib import Path

import tests.bench.identity
from core.policy.topics import plain

FOLDER = Path(tests.bench.identity.__file__).parent


def _keys(sentences: dict[str, list[str]]) -> set[str]:
    """As compared: letters and digits alone."""
    return {re.sub(r"[\W_]+", "", plain(text)) for texts in sentences.values() for text in texts}


def _file(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_nothing_is_learned_that_is_measured() -> None:
    held_out = _file("held_out.toml")
    measured = _keys(held_out["asks"]) | _keys(held_out["ordinary"])
    assert measured.isdisjoint(set().union(*map(_keys, _file("sentences.toml").values())))
    assert len(_keys(held_out["asks"])) >= 250
    assert len(_keys(held_out["ordinary"])) >= 400
    assert _keys(held_out["asks"]).isdisjoint(_keys(held_out["ordinary"]))


def test_no_sentence_is_learned_as_both() -> None:
    languages = _file("sentences.toml").values()
    asks, other = (
        _keys({str(n): one[label] for n, one in enumerate(languages)}) for label in ("asks", "other")
    )
    assert not asks & other
