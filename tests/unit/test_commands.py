"""One table of the owner's commands, and every surface drawn from it; what Telegram and Discord are really
told is in tests/wire."""

import inspect
import re
from pathlib import Path

import pytest
import yaml

from bots.api.commands import BY_WORD, COMMANDS, OFFERED, OwnerCommand
from bots.platforms.discord.menu import MENU as DISCORD
from bots.platforms.slack.menu import MENU as SLACK
from bots.runtime.assistant.command_handlers import CommandHandlers
from bots.runtime.assistant.command_parser import HELP, USAGE, Command, read_command
from bots.runtime.assistant.dialogue import WIDENS

MANIFEST = Path(__file__).parents[2] / "deploy" / "slack-manifest.yaml"
WORDS = [one.word for one in COMMANDS]


def test_no_word_is_there_twice_and_menus_can_show_each() -> None:
    assert len(BY_WORD) == len(COMMANDS)
    for one in OFFERED:
        assert re.fullmatch(r"[a-z]{1,32}", one.word)
        assert 1 <= len(one.help) <= 100
        assert len(one.usage) <= 100
        assert not one.usage or one.takes


@pytest.mark.parametrize("word", WORDS)
def test_a_slash_makes_each_word_a_command(word: str) -> None:
    assert read_command(f"/{word}") == Command(word)
    assert read_command(f"/{word} the meeting?") == Command(
        word, "the meeting?" if BY_WORD[word].takes else ""
    )


@pytest.mark.parametrize("word", WORDS)
def test_a_plain_word_is_a_command_only_as_the_table_says(word: str) -> None:
    for rest in ("", "3", "12 arrived", "the meeting", "what Sam said?"):
        known = BY_WORD[word]
        meant = Command(word, rest if known.takes else "") if known.meant(rest) else None
        assert read_command(f"{word} {rest}") == meant


@pytest.mark.parametrize("word", ["pause", "stop"])
@pytest.mark.parametrize(
    "form",
    [
        *("{}", "{}!!!", "{}…", "{}?", "{}.\n", "{} ⏸", "⏸ {}", "`{}`", "*{}*", "_{}_", "({})", "{}, please"),
        *("{} now", "{} please", "{} everything now!", "{} until tomorrow?", "/{}", "/{}@alex_bot now"),
        *("\u200b{}", "{}\u200b", "@alexbot {}", "understudy {}", "/understudy {}", "{}\u034f"),
    ],
)
def test_what_begins_with_pause_pauses(word: str, form: str) -> None:
    for cased in (word, word.upper(), word.title(), f"{word[:2]}\u2060{word[2:]}", word.replace("p", "р")):
        assert read_command(form.format(cased)) == Command(word)


@pytest.mark.parametrize(
    "said", ["paused?", "pauses are good", "stopped", "the pause", "a full stop", "don't stop", "unpause", ""]
)
def test_another_word_does_not(said: str) -> None:
    assert read_command(said) is None


def test_each_command_is_handled() -> None:
    handled = inspect.getsource(CommandHandlers.handle)
    assert [word for word in WORDS if f'"{word}"' not in handled] == ["help", "start"]  # both answer HELP


def test_help_and_usage_are_the_table() -> None:
    assert HELP.splitlines()[:-1] == [f"{one.form} — {one.help}" for one in OFFERED]
    assert {one.word: one.usage for one in COMMANDS if one.usage} == USAGE
    assert {one.word for one in COMMANDS if one.widens} == WIDENS == {"away", "resume", "mode", "delegate"}


def test_discord_says_what_the_table_says() -> None:
    assert [(word, line.lower()) for word, line in DISCORD.items()] == [
        (one.word, one.help.lower()) for one in OFFERED
    ]


def test_slacks_manifest_names_every_command() -> None:
    (declared,) = yaml.safe_load(MANIFEST.read_text("utf-8"))["features"]["slash_commands"]
    assert {declared["command"].removeprefix("/"): declared["usage_hint"]} == SLACK
    assert all(one.form in declared["usage_hint"] for one in OFFERED)


def test_a_command_of_no_text_is_one_only_alone() -> None:
    assert OwnerCommand("nap", "sleep").meant("")
    assert not OwnerCommand("nap", "sleep").meant("well")
