"""What happens on Telegram, handed over while the adapter runs."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from telegram import BotCommand, BotCommandScopeAllPrivateChats
from telegram.constants import ChatAction

from bots.api.commands import MENU
from bots.platforms.answering import Kept
from bots.platforms.port import Inbound, dated
from bots.platforms.telegram.business import Business
from bots.platforms.telegram.cards import TelegramCards
from bots.platforms.telegram.client import TelegramClient, once, patiently, unsupported
from bots.platforms.telegram.counts import Counts
from bots.platforms.telegram.events import (
    Citation,
    Clicked,
    Event,
    Joined,
    Linked,
    SaidToTwin,
    TelegramDeleted,
    TelegramEdited,
    TelegramHeard,
    TelegramNamed,
    TelegramSpeaker,
)
from bots.platforms.telegram.ids import NAME, address
from bots.platforms.telegram.topics import Topics
from bots.platforms.typing_sign import typing_sign
from bots.runtime.base.timing import Sleep
from core.errors import Refused, TryAgain, UnderstudyError
from core.ports import Clock
from core.types import AuthorKind, Kind, PersonId


class TelegramSession:
    """One run of the adapter: `client` is connected, `inbound` takes what comes."""

    def __init__(self, client: TelegramClient, inbound: Inbound, clock: Clock, sleep: Sleep) -> None:
        self.client = client
        self.cards = TelegramCards(client, inbound, sleep)
        self.business = Business(inbound, self._ask_connection)
        self._inbound = inbound
        self._clock = clock
        self._sleep = sleep
        self._topics = Topics(inbound)
        self.counts = Counts(inbound, self._ask_count)
        self._names: dict[PersonId, tuple[TelegramSpeaker, bool]] = {}

    async def handle(self, event: Event, live: bool, kept: Kept) -> None:
        """Hand it over, `live` as it is said or later; returns once it is committed, and answered. `kept` is
        called where that comes earlier."""
        match event:
            case TelegramHeard():
                await self._heard(event, live)
            case SaidToTwin():
                await self._said_to_twin(event, live, kept)
            case TelegramEdited():
                if not event.connection or await self.business.of_owner(event.connection):
                    text = await self._citing(event.text, event.citation)
                    await self._inbound.edited(event.message, text, event.at)
            case TelegramDeleted():
                if await self.business.of_owner(event.connection):
                    for message in event.messages:
                        await self._inbound.deleted(message)
            case Clicked():
                await self.cards.clicked(event)
            case Linked():
                await self.business.linked(event)
            case Joined():
                await self._inbound.listeners(event.conversation)
                await self.counts.moved(address(event.conversation.id).chat)
            case TelegramNamed():
                await self._topics.called(event.conversation, event.name)

    async def offer_commands(self) -> None:
        """The twin's words behind the slash; without them they are typed."""
        commands: Sequence[BotCommand] = [BotCommand(word, meaning) for word, meaning in MENU.items()]
        scope = BotCommandScopeAllPrivateChats()
        try:
            await patiently(lambda: self.client.set_my_commands(commands, scope), self._sleep)
        except UnderstudyError:
            return

    async def _heard(self, event: TelegramHeard, live: bool) -> None:
        if event.connection:
            connection = await self.business.of_owner(event.connection)
            if connection is None:
                return  # somebody else connected this bot to their own chats
            where = address(event.conversation.id)
            at = dated(event.message.sent_at, self._clock.now(), live=live)
            await self.business.said(where, connection, event.message.author, at)
        if event.command and not await self._inbound.is_owner(event.speaker.account):
            return
        await self._named(event.speaker)
        message = replace(event.message, text=await self._citing(event.message.text, event.citation))
        if not message.addressed and await self._means_owner(event):
            message = replace(message, addressed=True)
        conversation = event.conversation
        if event.topic is not None:
            conversation = await self._topics.titled(conversation, event.topic)
        if event.quoted is not None and not await self._inbound.knows(event.quoted.message.id):
            await self._named(event.quoted.speaker)
            await self._inbound.heard(conversation, event.quoted.message, background=True)
        if event.forward is not None and await self._inbound.knows(event.forward.message):
            message = replace(message, text=event.forward.text, reply_to=event.forward.message)
        await self._inbound.heard(conversation, message, live=live)
        if address(conversation.id).shared:
            await self.counts.begin(address(conversation.id).chat)

    async def _citing(self, text: str, citation: Citation | None) -> str:
        """What is quoted of another chat goes before, but for what was heard there: that is referred to."""
        if citation is None or (citation.message is not None and await self._inbound.knows(citation.message)):
            return text
        return f"{citation.text} {text}"

    async def _said_to_twin(self, event: SaidToTwin, live: bool, kept: Kept) -> None:
        if event.command and not await self._inbound.is_owner(event.speaker.account):
            return
        await self._named(event.speaker)
        if await self.cards.replied(event, kept):
            return
        account = event.speaker.account
        # A stranger is not to see that anybody thinks of an answer.
        shown = partial(self._show_typing, event.chat) if await self._inbound.is_owner(account) else None
        async with typing_sign(shown, self._sleep):
            answer = await self._inbound.said_to_twin(
                account,
                event.message,
                event.text,
                sent_at=event.at,
                live=live,
                reply_to=event.replies_to,
                kept=kept,
            )
        await self._named(event.speaker)  # a code has made them the owner
        if answer:
            await self.cards.say(event.chat, answer)

    async def _show_typing(self, chat: int) -> None:
        await once(lambda: self.client.send_chat_action(chat, ChatAction.TYPING))

    async def _named(self, speaker: TelegramSpeaker) -> None:
        known = (speaker, await self._inbound.is_owner(speaker.account))
        if self._names.get(speaker.account) == known:
            return
        kind = AuthorKind.BOT if speaker.is_bot else AuthorKind.PERSON
        await self._inbound.named(speaker.account, speaker.name, kind=kind)
        if speaker.username and known[1]:
            await self._inbound.remember(NAME, f"username/@{speaker.username}", speaker.account)
        self._names[speaker.account] = known

    async def _means_owner(self, event: TelegramHeard) -> bool:
        """A mention of the owner, or a reply to them; who an `@name` is was learned when they spoke."""
        if event.conversation.kind is Kind.DIRECT:
            return False
        meant = {event.answered} if event.answered else set()
        for mention in event.mentions:
            known = (
                await self._inbound.recalled(NAME, f"username/{mention}")
                if mention.startswith("@")
                else mention
            )
            if known:
                meant.add(PersonId(known))
        return any([await self._inbound.is_owner(account) for account in meant])

    async def _ask_count(self, chat: int) -> int:
        try:
            return await patiently(lambda: self.client.get_chat_member_count(chat), self._sleep)
        except TryAgain:
            if unsupported():
                raise Refused("this Bot API server counts nobody") from None
            raise

    async def _ask_connection(self, connection: str) -> Linked | None:
        try:
            found = await patiently(lambda: self.client.get_business_connection(connection), self._sleep)
        except Refused:
            return None
        can_reply = found.rights.can_reply if found.rights else None
        return Linked(found.id, PersonId(f"{NAME}:{found.user.id}"), found.is_enabled, can_reply)
