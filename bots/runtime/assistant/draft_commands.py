"""What the owner commands about drafts in their DM."""

from bots.runtime.approval.approvals import Approvals
from bots.runtime.approval.card_actions import ELSEWHERE
from bots.runtime.approval.card_builder import CardBuilder
from bots.runtime.approval.redrafts import Redrafts
from bots.runtime.assistant.command_parser import USAGE, addressed, outcome
from bots.runtime.assistant.named_conversation import named_conversation
from bots.runtime.conversation.drafter import Drafter
from core.errors import OwnerMustFix
from core.types import OWNER, TWIN, Conversation, DraftId, Message, MessageId
from memory.archive.messages import Messages
from memory.outbox.outbox import Outbox

RECENT = 40
MOST_LISTED = 10


class DraftCommands:
    """Each answers in words, with what may be shown on the platform that it is asked on."""

    def __init__(
        self,
        messages: Messages,
        outbox: Outbox,
        drafter: Drafter,
        approvals: Approvals,
        redrafts: Redrafts,
        card_builder: CardBuilder,
    ) -> None:
        self._messages = messages
        self._outbox = outbox
        self._drafter = drafter
        self._approvals = approvals
        self._redrafts = redrafts
        self._card_builder = card_builder

    async def inbox(self, platform: str) -> str:
        """What waits."""
        drafts = await self._outbox.open()
        if not drafts:
            return "Nothing waits for you."
        lines = [
            f"{draft.id}. {self._card_builder.summary(draft, await self._outbox.answered(draft), platform)}"
            f" ({draft.status.value})"
            for draft in drafts[:MOST_LISTED]
        ]
        more = len(drafts) - len(lines)
        return "\n".join([*lines, f"and {more} more, in the console"] if more else lines)

    async def settle(self, rest: str) -> str:
        """`NUMBER arrived` or `NUMBER missing`. Raises Refused."""
        told = outcome(rest)
        if told is None:
            return USAGE["settle"]
        draft, arrived = told
        await self._approvals.settle(DraftId(draft), arrived)
        return "Noted: it arrived." if arrived else "Noted: it did not. Its card says what now."

    async def draft(self, platform: str, rest: str) -> str | None:
        """`NAME: what to say`; None where nobody is called so, and it is no command at all. Raises as the
        model does."""
        name, guidance = addressed(rest)
        message = await self._messages.get(MessageId(name))
        try:
            place = await named_conversation(self._messages, message.conversation if message else name)
        except OwnerMustFix:
            return None  # "draft a toast for the wedding"
        open_ones = [one for one in await self._outbox.open() if one.conversation == place.id]
        waiting = next((one for one in open_ones if one.status.value in ("waiting", "snoozed")), None)
        if waiting is not None and (message is None or waiting.answers == message.id):
            if not self._card_builder.in_full(platform, place.id):
                return ELSEWHERE  # it would replace a text that they may not see here
            await self._redrafts.redraft(waiting.id, waiting.revision, guidance)
            return "Drafted anew: look at its card."
        message = message or await self._to_answer(place)
        if message is None:
            return f"Nobody has said anything in {self._card_builder.title(place)} that could be answered."
        draft = await self._drafter.requested(place, message, guidance)
        return "A draft waits for you." if draft else "That is answered already, or was changed meanwhile."

    async def _to_answer(self, place: Conversation) -> Message | None:
        """The newest that wants an answer, or where nothing does the newest at all."""
        recent = await self._messages.recent(place.id, RECENT)
        others = [message for message in recent if message.author not in (OWNER, TWIN)]
        return await self._drafter.question(place, others) or (others[-1] if others else None)
