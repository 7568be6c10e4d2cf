"""What a persona's file said when a draft was written, and says no more, is before no model again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import AlreadyHandled
from core.models.scripted import ScriptedChat
from core.prompt.chat import Prompt
from tests.journeys.conftest import World, becomes, waiting

SECRET = "zebra at the lake"
EXAMPLE = (
    f'\n[[examples]]\nheard = "what about the plan?"\nsaid = "{SECRET}."\naudience = ["circle:friends"]\n'
)
ASKED = "what about the plan?"


def spoken(prompt: Prompt) -> str:
    return prompt.text + "\n".join(turn.content for turn in prompt.turns)


def with_example(text: str) -> str:
    return text + EXAMPLE


def with_voice(text: str) -> str:
    return text.replace('voice = """', f'voice = """\nAlways says: {SECRET}. ')


def with_boundary(text: str) -> str:
    return text.replace("boundaries = [", f'boundaries = [\n  "says nothing of the {SECRET}",')


def answers(prompt: Prompt) -> str:
    return SECRET if SECRET in spoken(prompt) else "let me look"


@pytest.fixture
def file(world: World) -> Path:
    return world.home.personas / "friends.toml"


@pytest.mark.parametrize("add", [with_example, with_voice, with_boundary])
async def test_what_was_taken_out_of_its_file_is_in_no_draft_and_in_no_prompt_any_more(
    world: World, file: Path, add: Callable[[str], str]
) -> None:
    before = file.read_text("utf-8")
    file.write_text(add(before), "utf-8")
    async with world.twin(model := ScriptedChat(answers)) as twin:
        draft = (await twin.hear("sam", "console:sam", ASKED)).draft
        assert draft is not None
        assert SECRET in spoken(model.prompts[-1])
        changes = twin.changes()
        file.write_text(before, "utf-8")
        await twin.personas()  # looked at now
        with pytest.raises(AlreadyHandled):
            await twin.approve(draft.id)
        await becomes(twin, draft.id, "superseded")
        (anew,) = await waiting(twin, changes)
        assert SECRET not in anew.text
        redrafted = await twin.redraft(anew.id, "shorter")
        assert SECRET not in redrafted.text
        assert SECRET not in spoken(model.prompts[-1])
        assert SECRET not in spoken(model.prompts[-2])
    assert world.sent == []


async def test_what_changed_while_the_twin_was_off_is_noticed_at_its_start(world: World, file: Path) -> None:
    before = file.read_text("utf-8")
    file.write_text(with_example(before), "utf-8")
    async with world.twin(ScriptedChat(answers)) as twin:
        draft = (await twin.hear("sam", "console:sam", ASKED)).draft
        assert draft is not None
    file.write_text(before, "utf-8")
    async with world.twin(ScriptedChat(answers)) as twin:
        await becomes(twin, draft.id, "superseded")
        (anew,) = await waiting(twin, twin.changes())
        assert SECRET not in anew.text


async def test_the_owners_own_text_stays(world: World, file: Path) -> None:
    before = file.read_text("utf-8")
    file.write_text(with_example(before), "utf-8")
    async with world.twin(model := ScriptedChat(answers)) as twin:
        draft = (await twin.hear("sam", "console:sam", ASKED)).draft
        assert draft is not None
        await twin.edit(draft.id, "ask me tomorrow")
        file.write_text(before, "utf-8")
        await twin.personas()
        (kept,) = await twin.inbox()
        assert (kept.text, kept.rule) == ("ask me tomorrow", "record-gone")
        assert SECRET not in (await twin.redraft(kept.id, "shorter")).text
        assert SECRET not in spoken(model.prompts[-1])
