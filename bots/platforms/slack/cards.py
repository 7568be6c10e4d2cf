"""The owner's DM with the twin: cards, what is told, and the twin's own words anywhere."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.platforms.in_parts import in_parts
from bots.platforms.port import Card
from bots.platforms.slack import ids, messages, render
from bots.platforms.slack.failures import BOT, NETWORK, explained, named, unmade
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.messages import SlackShown
from bots.platforms.slack.payloads import METADATA
from bots.platforms.slack.places import SlackPlaces
from core.errors import Refused, TryAgain, UnderstudyError
from core.types import PersonId

log = logging.getLogger(__name__)

GONE = {"message_not_found", "cant_update_message", "channel_not_found", "edit_window_closed"}
"""A card that no longer can be redrawn."""
BLOCKS_REFUSED = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
OUR_MARK = {"event_type": METADATA, "event_payload": {"kind": "note"}}


class SlackCards:
    """Implements what `CardSurface` and `OwnerDm` ask, over the bot's clients.

    All raise OwnerMustFix, Refused and TryAgain where not said otherwise.
    """

    def __init__(self, asks: AsyncWebClient, tells: AsyncWebClient, places: SlackPlaces) -> None:
        self._asks = asks
        self._tells = tells
        self._places = places
        self._dms: dict[str, str] = {}

    async def show(self, account: PersonId, card: Card) -> str:
        """`CHANNEL/TS`."""
        channel, shown = await self.dm(ids.user(account)), render.card(card)
        try:
            answer = await self._asks.chat_postMessage(
                channel=channel, text=shown.text, blocks=shown.blocks, metadata=OUR_MARK
            )
        except NETWORK as error:
            raise explained(error, BOT) from None
        return f"{channel}/{answer.get('ts')}"

    async def update(self, reference: str, card: Card) -> None:
        """Redraw it; what is gone stays gone."""
        channel, _, ts = reference.partition("/")
        shown = render.card(card)
        try:
            await self._asks.chat_update(
                channel=channel, ts=ts, text=shown.text, blocks=shown.blocks, metadata=OUR_MARK
            )
        except NETWORK as error:
            if named(error) not in GONE:
                raise explained(error, BOT) from None

    async def tell(self, account: PersonId, text: str, picture: bytes | None = None) -> None:
        """The text first; a picture that cannot be uploaded is left out. As `OwnerDm`."""
        channel = await self.dm(ids.user(account))
        await in_parts(partial(self._note, channel, part) for part in messages.notice(text))
        if picture is None:
            return
        try:
            await self._asks.files_upload_v2(
                channel=channel, content=picture, filename="digest.png", title="Digest"
            )
        except NETWORK as error:
            log.warning("slack: a picture could not be uploaded (%s)", named(error) or type(error).__name__)

    async def say(self, where: SlackAddress, text: str) -> None:
        """Post the twin's own words; what cannot be delivered is dropped. Never raises."""
        try:
            for part in messages.notice(text):
                await self._post(where.channel, part, where.thread)
        except UnderstudyError as error:
            log.warning("slack: an answer could not be posted (%s)", type(error).__name__)

    async def whisper(self, channel: str, user: str, text: str) -> bool:
        """Show it to one user only; whether that went well. Never raises."""
        try:
            shown = messages.message(text)
            await self._asks.chat_postEphemeral(
                channel=channel, user=user, text=shown.text, blocks=shown.blocks or None
            )
        except NETWORK:
            return False
        return True

    async def offer(self, where: SlackAddress, prompts: Mapping[str, str]) -> None:
        """Suggest what to ask the assistant; what cannot be suggested is left out. Never raises."""
        choices = [{"title": title, "message": message} for title, message in prompts.items()]
        try:
            await self._asks.assistant_threads_setSuggestedPrompts(
                channel_id=where.channel, thread_ts=where.thread or "", prompts=choices
            )
        except NETWORK as error:
            log.info("slack: no prompts in the assistant (%s)", named(error) or type(error).__name__)

    async def writing(self, where: SlackAddress) -> None:
        """Show in the assistant that an answer is on its way. Never raises."""
        try:
            await self._asks.assistant_threads_setStatus(
                channel_id=where.channel, thread_ts=where.thread or "", status="is writing…"
            )
        except NETWORK:
            return

    async def dm(self, user: str) -> str:
        """The channel of someone's DM with the twin."""
        if user not in self._dms:
            try:
                answer = await self._asks.conversations_open(users=user)
                self._dms[user] = str(answer["channel"]["id"])
            except NETWORK as error:
                raise explained(error, BOT) from None
            except (KeyError, TypeError):
                raise TryAgain("Slack opened no DM") from None
            self._places.own_dms.add(self._dms[user])
        return self._dms[user]

    async def _note(self, channel: str, shown: SlackShown) -> None:
        """Post it once; also raises what the library does, where it may have arrived."""
        try:
            await self._said(self._tells, channel, shown, None)
        except NETWORK as error:
            failure = unmade(error, BOT)
            if failure is None:
                raise
            raise _closed(failure) from None

    async def _post(self, channel: str, shown: SlackShown, thread: str | None) -> None:
        try:
            await self._said(self._asks, channel, shown, thread)
        except NETWORK as error:
            raise _closed(explained(error, BOT)) from None

    async def _said(
        self, client: AsyncWebClient, channel: str, shown: SlackShown, thread: str | None
    ) -> None:
        await post(
            client,
            shown,
            channel=channel,
            thread_ts=thread,
            metadata=OUR_MARK,
            unfurl_links=False,
            unfurl_media=False,
        )


async def post(client: AsyncWebClient, shown: SlackShown, **given: Any) -> AsyncSlackResponse:
    """Post it; where Slack takes the blocks for wrong (an address that is none) as mrkdwn: nothing was
    posted before. Raises what the library does."""
    try:
        return await client.chat_postMessage(text=shown.text, blocks=shown.blocks or None, **given)
    except SlackApiError as error:
        if not shown.blocks or named(error) not in BLOCKS_REFUSED:
            raise
    return await client.chat_postMessage(text=shown.text, **given)


def _closed(failure: UnderstudyError) -> UnderstudyError:
    return Refused(f"the DM is closed: {failure}") if isinstance(failure, Refused) else failure
