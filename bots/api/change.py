"""Word that something changed, as live pages and waiting loops hear it."""

from dataclasses import dataclass
from typing import Literal

from core.types import ConversationId, DraftId

ChangeKind = Literal[
    "message",
    "draft",
    "authorized",
    "uncertain",
    "receipt",
    "memory",
    "settings",
    "problem",
    "digest",
    "missed",
]
"""`authorized`: something may be sent now. `uncertain`: something may have arrived.
`missed`: the subscriber was slow, and should look at everything."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed and where; whoever hears it reads the new state themselves."""

    kind: ChangeKind
    conversation: ConversationId | None = None
    draft: DraftId | None = None
