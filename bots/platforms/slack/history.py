"""What was said while the twin was off, read back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.platforms.slack.events import Said, SlackTwin
from bots.platforms.slack.failures import BOT, NETWORK, SlackTooFast, explained
from bots.platforms.slack.hearing import SlackHearing
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.parse import SlackMalformed, past, replied_since, sent_with
from bots.platforms.slack.places import LOOKUP_S
from bots.runtime.base.timing import Sleep
from core.errors import Refused

log = logging.getLogger(__name__)

BEGINNING = 30
"""Messages of a thread that are read where it was never heard of."""
LOOK_BACK = timedelta(days=7)
ABOUT = timedelta(minutes=10)
"""How far Slack's time and ours may be apart where a message is looked for."""
PAGE = 200
MOST_PAGES = 5
TRIES = 3
Ask = Callable[[str | None], Awaitable[AsyncSlackResponse]]
"""One page, by its cursor."""


async def beginning(asks: AsyncWebClient, twin: SlackTwin, where: SlackAddress) -> Sequence[Said]:
    """The message that a thread hangs on and the first replies, oldest first. Raises TryAgain, Refused and
    OwnerMustFix."""
    try:
        async with asyncio.timeout(LOOKUP_S):
            answer = await asks.conversations_replies(
                channel=where.channel, ts=where.thread or "", limit=BEGINNING
            )
    except NETWORK as error:
        raise explained(error, BOT) from None
    found = (parsed(given, where.channel, twin) for given in _listed(answer))
    return sorted((one for one in found if one is not None), key=lambda one: one.key)


class History:
    """Reads channels and threads over the bot's client, and hands over through `hearing`."""

    def __init__(self, asks: AsyncWebClient, hearing: SlackHearing, twin: SlackTwin, sleep: Sleep) -> None:
        self._asks = asks
        self._hearing = hearing
        self._twin = twin
        self._sleep = sleep

    async def read(self, where: SlackAddress, since: datetime, *, to_twin: bool = False) -> None:
        """Hand over what was said there since, oldest first, `to_twin` by its owner too or not; what Slack
        refuses to show is left out.

        Raises TryAgain and OwnerMustFix.
        """
        oldest = f"{since.timestamp():.6f}"
        try:
            found = await (
                self._replies(where.channel, where.thread, oldest)
                if where.thread
                else self._messages(where.channel, oldest)
            )
            if not where.thread:
                older = [] if where.direct else await self._before(where.channel, since)
                begun = [ts for one in (*found, *older) if (ts := replied_since(one, since))]
                for ts in dict.fromkeys(begun):
                    found += await self._replies(where.channel, ts, oldest)
        except Refused as error:
            log.warning("slack: the history of a conversation was not readable (%s)", error)
            return
        said = {one.key: one for one in (parsed(given, where.channel, self._twin) for given in found) if one}
        for key in sorted(said):
            if said[key].at > since:
                await self._hearing.said(said[key], live=False, to_twin=to_twin)

    async def find(self, where: SlackAddress, nonce: str, at: datetime) -> str | None:
        """The `ts` of what the twin posted there about `at` with that nonce; None where none is seen.

        Raises TryAgain, Refused and OwnerMustFix.
        """
        window: dict[str, Any] = {
            "channel": where.channel,
            "oldest": f"{(at - ABOUT).timestamp():.6f}",
            "latest": f"{(at + ABOUT).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": PAGE,
        }
        found = await self._all(
            lambda cursor: (
                self._asks.conversations_replies(ts=where.thread, cursor=cursor, **window)
                if where.thread
                else self._asks.conversations_history(cursor=cursor, **window)
            )
        )
        return next((ts for one in found if (ts := sent_with(one, nonce, self._twin))), None)

    async def _messages(self, channel: str, oldest: str) -> list[Any]:
        return await self._all(
            lambda cursor: self._asks.conversations_history(
                channel=channel, oldest=oldest, limit=PAGE, cursor=cursor
            )
        )

    async def _before(self, channel: str, since: datetime) -> list[Any]:
        """The last page from before: somebody may have replied since to what was said then."""
        oldest = f"{(since - LOOK_BACK).timestamp():.6f}"
        answer = await self._patiently(
            lambda cursor: self._asks.conversations_history(
                channel=channel, oldest=oldest, latest=f"{since.timestamp():.6f}", limit=PAGE, cursor=cursor
            ),
            None,
        )
        return _listed(answer)

    async def _replies(self, channel: str, thread: str, oldest: str) -> list[Any]:
        return await self._all(
            lambda cursor: self._asks.conversations_replies(
                channel=channel, ts=thread, oldest=oldest, limit=PAGE, cursor=cursor
            )
        )

    async def _all(self, ask: Ask) -> list[Any]:
        found: list[Any] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            answer = await self._patiently(ask, cursor)
            found += _listed(answer)
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return found

    async def _patiently(self, ask: Ask, cursor: str | None) -> AsyncSlackResponse:
        for attempt in range(TRIES):
            try:
                return await ask(cursor)
            except NETWORK as error:
                failure = explained(error, BOT)
                if not isinstance(failure, SlackTooFast) or attempt + 1 == TRIES:
                    raise failure from None
            await self._sleep(failure.wait_s)
        raise AssertionError("every attempt returns or raises")


def parsed(given: Any, channel: str, twin: SlackTwin) -> Said | None:
    """A message of a channel's history; None for what nobody said, or cannot be read."""
    try:
        return past(given, channel, twin)
    except SlackMalformed as error:
        log.warning("slack: skipped a message of the history (%s)", error)
        return None


def _listed(answer: AsyncSlackResponse) -> list[Any]:
    messages = answer.get("messages")
    return messages if isinstance(messages, list) else []
