"""What the twin may know in a conversation: filtered by audience in the query, then ranked."""

from collections.abc import Mapping, Sequence

from core.ports import Embedder
from core.types import Conversation, MemoryRecord, Message, MessageId, Person, PersonId, Retrieval
from memory.audience import Directory
from memory.database import Database


class Recall:
    """The `core.ports.Memory` of the twin."""

    def __init__(self, db: Database, directory: Directory, embedder: Embedder) -> None:
        raise NotImplementedError

    async def load(self) -> None:
        """Read the vectors into memory, off the event loop. Until it is done recall is by text alone."""
        raise NotImplementedError

    async def index_pending(self) -> int:
        """Bring the vectors up to date with the records; how many were embedded. Raises as Embedder does."""
        raise NotImplementedError

    async def recent(self, conversation: Conversation, until: MessageId, limit: int) -> Sequence[Message]:
        """As in the port."""
        raise NotImplementedError

    async def working(self, conversation: Conversation) -> str:
        """As in the port."""
        raise NotImplementedError

    async def pinned(self, conversation: Conversation) -> Sequence[MemoryRecord]:
        """As in the port."""
        raise NotImplementedError

    async def people(self, conversation: Conversation) -> Mapping[PersonId, Person]:
        """As in the port."""
        raise NotImplementedError

    async def recall(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """As in the port."""
        raise NotImplementedError

    async def withheld(self, query: str, conversation: Conversation, limit: int) -> Retrieval:
        """What bears on the query but may not be heard there: for the owner's eyes, never for a prompt."""
        raise NotImplementedError
