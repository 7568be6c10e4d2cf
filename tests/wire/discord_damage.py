"""Recorded payloads, and what a broken or hostile sender could make of them."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.wire.discord_world import Json

RECORDED = Path(__file__).parent / "payloads" / "discord"


def recorded() -> list[Json]:
    """Every recorded event: `type` as it was forwarded from the gateway, or a bare interaction."""
    files = (json.loads(one.read_text("utf-8")) for one in sorted(RECORDED.glob("*.json")))
    return [one for file in files for one in file.values() if isinstance(one, dict) and "type" in one]


def recorded_messages() -> list[Json]:
    """The recorded messages."""
    found = [one["data"] for one in recorded() if str(one["type"]).endswith("MESSAGE_CREATE")]
    assert len(found) > 8
    return found


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.just("9" * 40),
    st.just("x" * 50_000),
    st.lists(st.none() | st.integers() | st.dictionaries(st.text(max_size=3), st.none()), max_size=3),
    st.dictionaries(
        st.sampled_from(["id", "type", "content", "user"]), st.none() | st.integers(), max_size=3
    ),
)


def paths(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = [prefix] if prefix else []
    if isinstance(value, dict):
        for key, one in value.items():
            inner += paths(one, (*prefix, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            inner += paths(one, (*prefix, number))
    return inner


@st.composite
def damaged(draw: st.DrawFn, sound: list[Json]) -> Json:
    """One of them with some of it missing, null, huge or of another type."""
    message: Json = deepcopy(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(message) or [("id",)]))
        at: Any = message
        for step in path[:-1]:
            at = at[step]
        if draw(st.booleans()) and isinstance(at, dict):
            del at[path[-1]]
        else:
            at[path[-1]] = draw(JUNK)
    return message
