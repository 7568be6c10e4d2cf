"""What the twin answers of delegations: what one would do, and what those in force do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

RepliesView = Mapping[str, tuple[str, ...]]
"""The owner's own texts, by the kind of small talk that they answer."""


@dataclass(frozen=True, slots=True)
class DelegationPreview:
    """What a delegation would do; nothing is done yet. `readers` are those whom it would be bound to."""

    target: str
    title: str
    persona: str
    expires_at: datetime
    replies: RepliesView
    """As they were given, else those of the owner's own messages that could be sent."""
    readers: tuple[str, ...]
    reader_names: tuple[str, ...]
    conversations: tuple[str, ...]
    """Those that it would cover now, by id; `titles` with their platforms."""
    titles: tuple[str, ...]
    per_hour: int
    """So many replies at most to each person in an hour."""
    raises: tuple[str, ...]
    """What the owner's yes would lift, in words: a conversation's mode, the persona's."""
    unlinked: tuple[str, ...] = ()
    """Who there is none of the owner's people, so that nothing goes, or would once they speak, in words. The
    owner's yes does not lift it."""
    paused: bool = False
    """Sending is: nothing would go until the owner resumes."""
    missing: str = ""
    """What is to be given first, in words; with that it can be delegated."""
    fingerprint: str = ""
    """Of all this but the replies and the end, which a yes names itself: a yes to it is to what was shown."""


@dataclass(frozen=True, slots=True)
class DelegationView:
    """What is authorized in advance: to whom or where, as which persona, which replies, until when."""

    id: str
    target: str
    title: str
    persona: str
    replies: RepliesView
    reader_names: tuple[str, ...]
    """Whom it is bound to: once somebody else reads along, it stops."""
    expires_at: datetime
    per_hour: int
    left: Mapping[str, int]
    """What is left of the hour, by person."""
    stopped: str = ""
    """Why it sends nothing, or in which conversations, in words; empty where it is in force everywhere."""
