"""What is said, and where."""

from dataclasses import replace
from time import perf_counter

from bots.api.views import ConversationView, HearAnswer, MessageView
from bots.runtime.approval.presenter import Presenter
from bots.runtime.conversation.composer import Composer
from bots.runtime.conversation.gateway import Gateway
from bots.twin.conversation_list import ConversationList
from memory.archive.messages import Messages


class ConversationPart:
    """What is said, and where. As in `bots.api.twin.Twin`, method by method."""

    def __init__(
        self,
        composer: Composer,
        gateway: Gateway,
        messages: Messages,
        presenter: Presenter,
        conversation_list: ConversationList,
    ) -> None:
        self._composer = composer
        self._gateway = gateway
        self._messages = messages
        self._presenter = presenter
        self._conversation_list = conversation_list

    async def hear(self, person: str, conversation: str, text: str) -> HearAnswer:
        began = perf_counter()
        where, message = await self._composer.compose(person, conversation, text)
        result = await self._gateway.converse(where, message)
        timings = dict(result.outcome.timings_ms) if result.outcome else {}
        timings |= {"file": result.filed_ms, "total": (perf_counter() - began) * 1000}
        return await self._presenter.hear_answer(replace(result, message=message.id), timings)

    async def receive(self, person: str, conversation: str, text: str) -> str:
        where, message = await self._composer.compose(person, conversation, text)
        await self._gateway.hear(where, message, at_once=True)
        return message.id

    async def conversations(self) -> tuple[ConversationView, ...]:
        return await self._conversation_list.views()

    async def thread(self, conversation: str, limit: int = 50) -> tuple[MessageView, ...]:
        found = await self._composer.conversation(conversation)
        said = await self._messages.recent(found.id, limit)
        return tuple(self._presenter.message(one) for one in said)
