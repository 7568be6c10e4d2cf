"""The owner's DM with the twin: cards, prompts and what is told."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, InvalidToken

from bots.platforms.answering import Kept
from bots.platforms.graphemes import units
from bots.platforms.in_parts import in_parts
from bots.platforms.port import Card, CardAction, CardEvent, Inbound
from bots.platforms.telegram import ids, render, words
from bots.platforms.telegram.client import TelegramClient, patiently, unchanged, unparsed, unsupported
from bots.platforms.telegram.events import Clicked, SaidToTwin
from bots.runtime.base.timing import Sleep
from core.errors import Refused, TryAgain
from core.types import PersonId

T = TypeVar("T")

SNOOZE_FOR = "1h"
MOVED_ON = "already handled"
ONLY_TYPED = "That was no typed text, so nothing was changed. Reply to the same message with the text itself."
PLACEHOLDERS = {CardAction.EDIT: "The new text", CardAction.REDRAFT: "Shorter, warmer, say no …"}


class TelegramCards:
    """Implements what `CardSurface` and `OwnerDm` ask, over one client."""

    def __init__(self, client: TelegramClient, inbound: Inbound, sleep: Sleep) -> None:
        self._client = client
        self._inbound = inbound
        self._sleep = sleep

    async def show(self, account: PersonId, card: Card) -> str:
        """`CHAT/MESSAGE`. Raises Refused and TryAgain."""
        chat, shown = ids.user(account), render.card(card)
        message = await self._patiently(
            lambda: self._client.send_message(chat, shown.text, "HTML", reply_markup=_keyboard(shown))
        )
        return f"{chat}/{message.message_id}"

    async def update(self, reference: str, card: Card) -> None:
        """Redraw it; what is gone stays gone. Raises TryAgain."""
        chat, _, key = reference.partition("/")
        shown = render.card(card)

        async def redraw() -> None:
            try:
                await self._client.edit_message_text(
                    shown.text, int(chat), int(key), parse_mode="HTML", reply_markup=_keyboard(shown)
                )
            except BadRequest as error:
                if not unchanged(error):
                    raise

        try:
            await self._patiently(redraw)
        except Refused:
            return

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        """As `OwnerDm`; a short text is its picture's caption."""
        chat, parts = ids.user(account), render.notice(text)
        calls: list[Callable[[], Awaitable[object]]]
        calls = [partial(deliver, self._client, chat, part) for part in parts]
        if picture is not None:
            short = len(parts) == 1 and units(parts[0]) <= render.LONGEST_CAPTION
            pictured = partial(self._picture, chat, picture, parts[0] if short else "")
            calls = [pictured] if short else [pictured, *calls]
        await in_parts(partial(patiently, call, self._sleep, twice=False) for call in calls)

    async def _picture(self, chat: int, picture: bytes, caption: str) -> Message | None:
        """Where Telegram does not take it, the caption alone."""
        shown = render.body(caption)
        try:
            return await self._client.send_photo(
                chat, picture, caption=shown.text or None, caption_entities=_entities(shown)
            )
        except (BadRequest, InvalidToken) as error:
            if isinstance(error, InvalidToken) and not unsupported():
                raise
        return await deliver(self._client, chat, caption) if caption else None

    async def clicked(self, click: Clicked) -> None:
        """Do it, and answer: a query without an answer shows a spinner for ever."""
        word = await self._done(click)
        try:
            await self._patiently(
                lambda: self._client.answer_callback_query(click.query, word[: render.LONGEST_ANSWER] or None)
            )
        except (Refused, TryAgain):
            return  # it took too long for Telegram; the card itself says what became of it

    async def replied(self, said: SaidToTwin, kept: Kept) -> bool:
        """Whether it answers a prompt of ours; then it is done. `kept` is called before the act, which may
        take as long as a model."""
        if said.answered is None or (said.typed is not None and words.spoken(said.typed) != said.typed):
            return False
        prompt = render.prompted(
            await self._inbound.recalled(ids.NAME, _prompt_key(said.chat, said.answered))
        )
        if prompt is None:
            return False
        word = ONLY_TYPED
        kept()
        if said.typed is not None:
            word = await self._inbound.acted(
                CardEvent(said.speaker.account, prompt.draft, prompt.revision, prompt.action, said.typed)
            )
        await self.say(said.chat, word)
        return True

    async def say(self, chat: int, text: str) -> None:
        """Answer in a DM; an answer that cannot be delivered is dropped, what it answers is done."""
        try:
            for part in render.notice(text):
                await self._patiently(lambda part=part: deliver(self._client, chat, part))  # type: ignore[misc]
        except (Refused, TryAgain):
            return

    async def _done(self, click: Clicked) -> str:
        if click.draft is None:
            return "This button does nothing any more."
        if click.card is not None and click.chat == ids.user(click.account):
            await self._inbound.used(click.account, click.draft, f"{click.chat}/{click.card}")
        text = SNOOZE_FOR if click.action is CardAction.SNOOZE else ""
        act = CardEvent(click.account, click.draft, click.revision, click.action, text)
        asks = click.action in PLACEHOLDERS
        if not asks or not await self._inbound.is_owner(click.account):
            return await self._inbound.acted(act)
        current = await self._inbound.card_text(click.account, click.draft, click.revision)
        if current is None:
            return MOVED_ON
        try:
            await self._ask(click, render.TelegramPrompt(click.action, click.draft, click.revision), current)
        except (Refused, TryAgain) as error:
            return str(error)
        return ""

    async def _ask(self, click: Clicked, prompt: render.TelegramPrompt, current: str) -> None:
        """In the DM of who clicked; what it is about is kept, so its answer finds it after a restart."""
        chat = ids.user(click.account)
        on_card = ReplyParameters(click.card, allow_sending_without_reply=True) if click.card else None
        message = await self._patiently(
            lambda: self._client.send_message(
                chat,
                render.prompt_text(prompt, current),
                "HTML",
                reply_markup=ForceReply(input_field_placeholder=PLACEHOLDERS[prompt.action]),
                reply_parameters=on_card if click.chat == chat else None,
            )
        )
        await self._inbound.remember(ids.NAME, _prompt_key(chat, message.message_id), prompt.kept())

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        return await patiently(call, self._sleep)


async def deliver(
    client: TelegramClient,
    chat: int,
    text: str,
    *,
    topic: int | None = None,
    connection: str | None = None,
    reply_to: int | None = None,
    typed: bool = False,
) -> Message:
    """Send a text, its light Markdown read unless it was `typed`. Where Telegram takes our entities for wrong
    it is sent without, where a group has become a supergroup, there: nothing was delivered before.

    Raises TelegramError.
    """
    quoting = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to is not None else None

    async def send(to: int, shown: render.Text) -> Message:
        return await client.send_message(
            to,
            shown.text,
            entities=_entities(shown),
            message_thread_id=topic,
            business_connection_id=connection,
            reply_parameters=quoting,
        )

    shown = render.Text(text) if typed else render.body(text)
    try:
        return await send(chat, shown)
    except ChatMigrated as moved:
        return await send(moved.new_chat_id, shown)
    except BadRequest as error:
        if not unparsed(error):
            raise
    return await send(chat, render.Text(shown.text))


def _entities(shown: render.Text) -> list[MessageEntity] | None:
    return [
        MessageEntity(part.kind, part.offset, part.length, url=part.url, language=part.language)
        for part in shown.marked
    ] or None


def _keyboard(shown: render.CardMessage) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in shown.rows]
    return InlineKeyboardMarkup(rows) if rows else None


def _prompt_key(chat: int, message: int) -> str:
    return f"prompt/{chat}/{message}"
