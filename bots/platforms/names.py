"""In whose name platforms speak."""

from collections.abc import Awaitable, Callable, Iterable

from core.errors import UnderstudyError
from core.ids import platform_of
from core.ports import Delivery, SpeaksAs
from core.types import ConversationId, SentAs

SendsAs = Callable[[ConversationId], Awaitable[SentAs]]
"""In whose name a reply would go out in a conversation now."""


async def nobody_knows(_: ConversationId) -> SentAs:
    """Of platforms that do not tell."""
    return SentAs.UNKNOWN


def sends_as(deliveries: Iterable[Delivery]) -> SendsAs:
    """As each conversation's platform says; UNKNOWN where it does not, or cannot now."""
    speaking = {delivery.name: delivery for delivery in deliveries if isinstance(delivery, SpeaksAs)}

    async def asked(conversation: ConversationId) -> SentAs:
        delivery = speaking.get(platform_of(conversation))
        try:
            return await delivery.sends_as(conversation) if delivery else SentAs.UNKNOWN
        except UnderstudyError:
            return SentAs.UNKNOWN  # it is asked again before anything is sent

    return asked
