"""Whether a chat template of Ollama's has a place for what the system says, and what is done where not. Pure.

Ollama drops it without a word where the template does not write it.
"""

import re
from collections.abc import Sequence

from core.prompt.chat import ChatMessage
from core.prompt.wording import NOTED

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SYSTEM = re.compile(r"\.System\b|\"system\"|`system`")
_WRITES_ROLE = re.compile(r"(?:\$\w*)?\.Role\b(?:\s*\|.*)?|(?:print|printf|html)\b.*\.Role\b.*", re.DOTALL)


def takes_system(template: str | None, renderer: str | None) -> bool:
    """Whether the template has one; where the server shows none, or renders turns by itself, it does."""
    if template is None or renderer:
        return True
    actions = [_COMMENT.sub("", action).strip() for action in _ACTION.findall(template)]
    return any(
        bool(_WRITES_ROLE.fullmatch(action))
        or (bool(_SYSTEM.search(action)) and not re.search(r"\bne\b[^()]*\"system\"", action))
        for action in actions
    )


def in_first_turn(turns: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """With what the system says as a user turn of its own, answered, so that what others wrote stays apart
    from it and turns alternate."""
    said = "\n\n".join(turn.content for turn in turns if turn.role == "system")
    rest = tuple(turn for turn in turns if turn.role != "system")
    if not said:
        return rest
    first = (ChatMessage("user", said),)
    return (
        (*first, ChatMessage("assistant", NOTED), *rest) if rest and rest[0].role == "user" else first + rest
    )
