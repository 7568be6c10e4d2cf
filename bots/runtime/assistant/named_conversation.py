"""The conversation that the owner names."""

from core.errors import OwnerMustFix
from core.types import Conversation, Kind
from memory.archive.messages import Messages


async def named_conversation(messages: Messages, name: str) -> Conversation:
    """By its id, its title, or whom it is with. Raises OwnerMustFix where there is not just one."""
    everywhere = [
        conversation for conversation in await messages.conversations() if conversation.kind is not Kind.OWNER
    ]
    wanted = name.casefold().removeprefix("#")
    exact = [one for one in everywhere if one.id == name]
    found = exact or [one for one in everywhere if one.title.casefold().removeprefix("#") == wanted]
    if len(found) == 1:
        return found[0]
    if not found:
        raise OwnerMustFix(f"I know no conversation {name!r}.")
    raise OwnerMustFix(f"Which {name!r}? {', '.join(one.id for one in found)}")
