"""Messages from platforms, as the twin's own: the owner recognised, what is meant for them marked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bots.platforms.port import dated
from bots.runtime.assistant.dialogue import Dialogue
from bots.runtime.conversation.composer import readable
from bots.runtime.conversation.gateway import Gateway
from bots.runtime.process.listen_rule import ListenRule
from core.audience import came
from core.ids import conversation_of, message_id, platform_of
from core.ports import Clock
from core.types import OWNER, TWIN, Conversation, ConversationId, Kind, Message, MessageId, PersonId
from memory.archive.messages import Messages
from memory.state.accounts import Accounts
from memory.state.platform_facts import PlatformFacts

EARLY_LASTS = timedelta(days=2)
"""How long a change waits for the message that it is of."""


class Incoming:
    """As the methods of the same name in `bots.platforms.port.Inbound`."""

    def __init__(
        self,
        gateway: Gateway,
        messages: Messages,
        accounts: Accounts,
        facts: PlatformFacts,
        dialogue: Dialogue,
        clock: Clock,
        listen_rules: Sequence[ListenRule] = (),
    ) -> None:
        self._gateway = gateway
        self._messages = messages
        self._accounts = accounts
        self._facts = facts
        self._dialogue = dialogue
        self._clock = clock
        self._listen_rules = tuple(listen_rules)

    async def heard(self, conversation: Conversation, message: Message, *, live: bool = False) -> None:
        """Committed, and answered later."""
        author, where = message.author, self._without_owner(conversation)
        at = dated(message.sent_at, self._clock.now(), live=live)
        message = replace(message, text=readable(message.text), sent_at=at)
        if self._accounts.is_owner(author):
            message = replace(message, author=OWNER)
            if where.kind is Kind.DIRECT and where.members is not None and not where.members:
                await self._dialogue.keep(author, message)  # the owner's own DM with the twin
                return
        elif where.kind is Kind.GROUP and not message.addressed:
            message = replace(message, addressed=await self._is_meant(where, message))
        if not live and not where.joiners_read_history:
            # Read back: who is there now may have come after it was said. Whoever is new counts as just come.
            await self._gateway.listeners(where)
        if await self._gateway.hear(where, message):
            await self._apply_early(where, message.id)

    async def learned(self, conversation: Conversation, message: Message) -> None:
        """Committed, and never answered. Whoever can read it now counts as just come where that matters."""
        where, at = self._without_owner(conversation), dated(message.sent_at, self._clock.now(), live=False)
        author = OWNER if self._accounts.is_owner(message.author) else message.author
        said = replace(message, author=author, text=readable(message.text), sent_at=at, addressed=False)
        await self._gateway.listeners(where)
        if await self._messages.hear(where, said, background=True):
            await self._apply_early(where, message.id)

    async def knows(self, message: MessageId) -> bool:
        """Whether it was heard, or taken back."""
        return await self._messages.get(message) is not None

    async def edited(self, message: MessageId, text: str, at: datetime) -> None:
        """Also where it came before its message, or names only the channel of a message in a thread."""
        message = await self._messages.as_heard(message)
        where = await self._conversation_of(message)
        if where is None:
            await self._facts.came_early(message, readable(text), at)
            message = await self._messages.as_heard(message)  # it may have come just now
            where = await self._conversation_of(message)
        if where is not None:
            await self._gateway.edit(where, message, readable(text), at)

    async def deleted(self, message: MessageId) -> None:
        """As `edited`."""
        message = await self._messages.as_heard(message)
        where = await self._conversation_of(message)
        if where is None:
            await self._messages.delete(message)  # where it is history
            await self._facts.came_early(message, None, self._clock.now())
            message = await self._messages.as_heard(message)
            where = await self._conversation_of(message)
        if where is not None:
            await self._gateway.delete(where, message)

    async def listeners(self, conversation: Conversation) -> None:
        """Without the owner."""
        await self._gateway.listeners(self._without_owner(conversation))

    async def read_again(self, known: Conversation, now: Conversation) -> None:
        """Who can read a conversation was read again; whoever may be new counts as just come."""
        now = self._without_owner(now)
        if came(known.members, now.members):
            now = replace(now, newest_join=self._clock.now())
        if now != known:
            await self._gateway.listeners(now)

    async def heard_from_stranger(
        self,
        account: PersonId,
        message: MessageId,
        text: str,
        sent_at: datetime | None,
        *,
        live: bool,
        reply_to: MessageId | None = None,
    ) -> None:
        """What somebody who is not the owner says to the twin is a direct message as any other."""
        where, now = await self._direct(account, message), self._clock.now()
        at = dated(sent_at or now, now, live=live)
        await self.heard(where, Message(message, where.id, account, text, at, reply_to))

    async def paired(self, account: PersonId, message: MessageId) -> None:
        """It was a code, and the account is the owner's now: nothing said before wants an answer."""
        await self._dialogue.keep_code(account, message, self._clock.now())
        await self.dismiss(account, message, "owner-paired")

    async def dismiss(self, account: PersonId, message: MessageId, rule: str) -> None:
        """Nothing that was said where an account said this wants an answer any more."""
        await self._gateway.dismiss(await self._direct(account, message), rule)

    async def _direct(self, account: PersonId, message: MessageId) -> Conversation:
        """Where a stranger speaks to the twin."""
        name = conversation_of(message)
        known = await self._messages.conversation(name)
        if known is not None and known.kind is not Kind.OWNER:
            return known
        called = self._accounts.names().get(account)
        title = called.name if called else account
        return Conversation(name, platform_of(account), title, Kind.DIRECT, frozenset({account}))

    async def _is_meant(self, where: Conversation, message: Message) -> bool:
        """A reply to the owner or the twin, or what the owner says is meant for them."""
        if any(rule.wants(where, message.text) for rule in self._listen_rules):
            return True
        answered = await self._messages.get(message.reply_to) if message.reply_to else None
        return answered is not None and answered.author in (OWNER, TWIN)

    async def _apply_early(self, where: Conversation, message: MessageId) -> None:
        of_channel = message_id(ConversationId(where.channel), message.rpartition("/")[2])
        for named in dict.fromkeys((message, of_channel)):
            early = await self._facts.early(named)
            if early is None:
                continue
            text, at = early
            if text is None:
                await self._gateway.delete(where, message)
            else:
                await self._gateway.edit(where, message, text, at)
            await self._facts.drop_early(self._clock.now() - EARLY_LASTS, named)

    async def _conversation_of(self, message: MessageId) -> Conversation | None:
        known = await self._messages.get(message)
        return None if known is None else await self._messages.conversation(known.conversation)

    def _without_owner(self, conversation: Conversation) -> Conversation:
        conversation = replace(conversation, title=readable(conversation.title))
        if conversation.members is None:
            return conversation
        others = (
            member
            for member in conversation.members
            if member != OWNER and not self._accounts.is_owner(member)
        )
        return replace(conversation, members=frozenset(others))
