"""What looks like a secret in the texts that have no audience: told by where it is, never by what it is."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.home import Home
from bots.setup import doctor, newcomer
from bots.setup.unfiltered import SHAPES, Unfiltered, looks_like, suspicions
from tests.unit.memory_cases import record

SECRET = {
    "a bank account": ["DE89 3704 0044 0532 0130 00", "mine is GB82WEST12345698765432 by the way"],
    "a card's number": ["4111 1111 1111 1111", "amex 378282246310005"],
    "a phone number": ["+43 660 1234567", "call 0660/1234567", "+1 (415) 555-2671", "0043 660 1234567"],
    "an e-mail address": ["write to sam.lee+x@example.co.uk"],
    "a password": ["pw: hunter2", "Password is swordfish", "PIN = 4711", "api-key: x", "Kennwort: geheim"],
    "a key": [
        "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    ],
}
HARMLESS = [
    *("Sam", "Dr. Grace Hopper", "Sam (climbing)", "R2-D2", "born 1987", "on the 24th of December 2026"),
    *("Climbs at the Quarry, bakes bread that is a liability. Dry, kind, punctual.", "5 till 7, then food"),
    *("never lets on about surprises, gifts or what others have told in confidence", "pinned: 3 things"),
    *("1234 5678 9012 3456", "DE89 3704 0044 0532 0130 01", "Donaudampfschifffahrtsgesellschaft", "room 101"),
    *("\U0001f468\u200d\U0001f469\u200d\U0001f467", "aaaaaaaaaaaaaaaaaaaa1", "10-12-2026 at 11:30"),
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SECRET.items() for text in texts])
def test_each_kind_is_seen(kind: str, text: str) -> None:
    assert kind in looks_like(text)


def test_every_kind_is_tried() -> None:
    assert SECRET.keys() == SHAPES.keys()


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_and_personas_say_of_themselves_is_no_secret(text: str) -> None:
    assert looks_like(text) == []


@given(st.text())
def test_no_text_is_too_much(text: str) -> None:
    looks_like(text)


def test_what_only_some_may_hear_is_found_in_what_everybody_may() -> None:
    texts = [Unfiltered("voice", "Dry. Looks for a NEW\n job, too."), Unfiltered("name", "Sam")]
    entries = [
        record("profile:job", "looks for a new job", "circle:friends"),
        record("profile:public", "dry.", "public"),
        record("profile:short", "sam", "person:sam"),
    ]
    assert suspicions(texts, entries) == ["voice says what only some may hear: profile:job"]


async def test_the_doctor_names_the_place_and_not_the_secret(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    await newcomer.settle_in(home, "Alex", "UTC")
    check = next(one for one in await doctor.examine(home) if one.name == "texts for everybody")
    assert (check.ok, check.hint) == (True, "")
    tables = json.loads(home.profile_json.read_text("utf-8"))
    tables["people"] = {"1": {"id": "sam", "name": "Sam +43 660 1234567"}}
    home.profile_json.write_text(json.dumps(tables), "utf-8")
    check = next(one for one in await doctor.examine(home) if one.name == "texts for everybody")
    assert check.ok
    assert check.hint == "profile.json: people: sam: name holds what looks like a phone number"
