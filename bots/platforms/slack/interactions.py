"""Clicks, modals and slash commands. Each is acknowledged at once and done after."""

import logging
from collections.abc import Mapping
from typing import Any, TypeVar

import aiohttp
from pydantic import ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from bots.platforms.port import CardAction, CardEvent, Inbound
from bots.platforms.slack import messages, render
from bots.platforms.slack.cards import SlackCards
from bots.platforms.slack.failures import NETWORK, named
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.payloads import SlackCommand, SlackPayload, SlackPressed, Submitted
from bots.platforms.slack.places import SlackPlaces
from bots.platforms.slack.render import SlackOrigin, SlackPress
from core.errors import UnderstudyError

log = logging.getLogger(__name__)

P = TypeVar("P", bound=SlackPayload)

MOVED_ON = "already handled"
TOO_LONG = "It is longer than Slack lets you edit: open the console for that."
TOO_LATE = "That took too long for Slack: press it again."
NOT_YOURS = "Only its owner talks to the twin this way."
EMPTY = "Please write something, or cancel."


class Interactions:
    """Turns clicks into acts; nothing is kept in memory, so that they live through a restart."""

    def __init__(
        self,
        asks: AsyncWebClient,
        session: aiohttp.ClientSession,
        inbound: Inbound,
        places: SlackPlaces,
        cards: SlackCards,
    ) -> None:
        self._asks = asks
        self._session = session
        self._inbound = inbound
        self._places = places
        self._cards = cards

    async def clicked(self, body: Mapping[str, Any]) -> None:
        """A button or a choice on a card; anything that is not ours is left alone."""
        given = _read(SlackPressed, body)
        press = next(filter(None, map(render.pressed, given.actions)), None) if given else None
        if given is None or press is None:
            return
        container = given.container
        channel = (given.channel.id if given.channel else None) or (
            container.channel_id if container else None
        )
        ts = container.message_ts if container else None
        word = await self._done(given, press, channel or "", ts or "")
        if word:
            await self._answer(channel, given.user.id, word, given.response_url)

    def lacking(self, body: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with a filled modal, by its field; empty where it can be taken."""
        filled = self._filled(body)
        if filled is None:
            return {}
        origin, text, _ = filled
        return {} if text or origin.action is CardAction.REJECT else {render.FIELD: EMPTY}

    async def submitted(self, body: Mapping[str, Any]) -> None:
        """A filled modal of ours."""
        filled = self._filled(body)
        if filled is None:
            return
        origin, text, user = filled
        account = self._places.account(user)
        word = await self._inbound.acted(
            CardEvent(account, origin.draft, origin.revision, origin.action, text)
        )
        if word:
            await self._answer(origin.channel, user, word, "")

    async def commanded(self, body: Mapping[str, Any]) -> None:
        """A slash command: said to the twin in its owner's DM, wherever they typed it; a stranger's is not
        heard."""
        given = _read(SlackCommand, body)
        if given is None:
            return
        account = self._places.account(given.user_id)
        if not await self._inbound.is_owner(account):
            await self._told(given, NOT_YOURS)
            return
        try:
            dm = await self._cards.dm(given.user_id)
        except UnderstudyError as error:
            log.warning("slack: no DM for a command (%s)", type(error).__name__)
            return
        team = account.partition(":")[2].partition("/")[0]
        key = SlackAddress(team, dm).message(f"command-{given.trigger_id}")
        words = (given.text or "").strip() or "help"
        answer = await self._inbound.said_to_twin(account, key, words)
        await self._told(given, answer)

    async def _told(self, given: SlackCommand, answer: str) -> None:
        if not await self._respond(given.response_url, answer):
            await self._answer(given.channel_id, given.user_id, answer, "")

    async def _done(self, given: SlackPressed, press: SlackPress, channel: str, ts: str) -> str:
        account = self._places.account(given.user.id)
        if channel and ts:
            await self._inbound.used(account, press.draft, f"{channel}/{ts}")
        asks = press.why or press.action in (CardAction.EDIT, CardAction.REDRAFT)
        if not asks or not await self._inbound.is_owner(account):
            act = CardEvent(account, press.draft, press.revision, press.action, press.text)
            return await self._inbound.acted(act)
        text = await self._inbound.card_text(account, press.draft, press.revision)
        if text is None:
            return MOVED_ON
        if press.action is CardAction.EDIT and len(text) > render.LONGEST_INPUT:
            return TOO_LONG
        origin = SlackOrigin(press.action, press.draft, press.revision, channel, ts)
        view = render.modal(origin, text if press.action is CardAction.EDIT else "")
        try:
            await self._asks.views_open(trigger_id=given.trigger_id, view=view)
        except NETWORK as error:
            log.warning("slack: a modal was not opened (%s)", named(error) or type(error).__name__)
            return TOO_LATE
        return ""

    def _filled(self, body: Mapping[str, Any]) -> tuple[SlackOrigin, str, str] | None:
        given = _read(Submitted, body)
        if given is None:
            return None
        origin = render.origin(given.view.callback_id, given.view.private_metadata)
        return (origin, render.typed(given.view.state), given.user.id) if origin else None

    async def _answer(self, channel: str | None, user: str, word: str, response_url: str) -> None:
        if channel and await self._cards.whisper(channel, user, word):
            return
        if not await self._respond(response_url, word):
            log.warning("slack: an answer to a click could not be shown")

    async def _respond(self, url: str, text: str) -> bool:
        """Answer where Slack says that an answer may go: for half an hour, five times."""
        if not url.startswith(("https://", "http://")):
            return False
        shown = messages.message(text)
        answer = {"response_type": "ephemeral", "replace_original": False, "text": shown.text}
        answer |= {"blocks": shown.blocks} if shown.blocks else {}
        try:
            async with self._session.post(url, json=answer) as response:
                return response.status == 200
        except NETWORK:
            return False


def _read(shape: type[P], body: Mapping[str, Any]) -> P | None:
    try:
        return shape.model_validate(body)
    except (ValidationError, RecursionError) as error:
        log.warning("slack: skipped a %s (%s)", shape.__name__.lower(), type(error).__name__)
        return None
