"""What became of messages, asked for in pages of the history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.platforms.rereading import reread_in_pages
from bots.platforms.slack.events import SlackDeleted, SlackEdited, SlackTwin
from bots.platforms.slack.failures import NETWORK, explained, named
from bots.platforms.slack.hearing import SlackHearing
from bots.platforms.slack.history import PAGE
from bots.platforms.slack.ids import SlackAddress
from bots.platforms.slack.parse import SlackMalformed, became
from core.errors import Refused, TryAgain

GONE = {"thread_not_found", "message_not_found"}
NOT_SAID = "Slack did not say what became of a message"


@dataclass(frozen=True, slots=True)
class Rereading:
    """Reads a channel or thread with one client, and hands over through `hearing`; `token` is the name of the
    one that is asked with."""

    asks: AsyncWebClient
    token: str
    hearing: SlackHearing
    twin: SlackTwin
    where: SlackAddress

    async def read(self, keys: Collection[str]) -> None:
        """Hand over what became of these. Raises TryAgain, Refused and OwnerMustFix."""
        # A channel's pages begin with the newest, a thread's with the oldest.
        await reread_in_pages(sorted(keys, reverse=not self.where.thread), self._page, self._one)

    async def _page(self, keys: Sequence[str]) -> Collection[str]:
        answer = await self._asked(min(keys), max(keys), PAGE)
        shown = {one.get("ts") for one in _listed(answer) if isinstance(one, Mapping)}
        for key in (told := [key for key in keys if key in shown]):
            await self._handle(answer, key)
        return told

    async def _one(self, key: str) -> None:
        # A thread's beginning comes with any page of it.
        await self._handle(await self._asked(key, key, 2), key)

    async def _handle(self, answer: AsyncSlackResponse | None, key: str) -> None:
        try:
            now = became([] if answer is None else _listed(answer), self.where, key, self.twin)
        except SlackMalformed as error:
            raise TryAgain(f"{NOT_SAID} ({error})") from None
        if isinstance(now, SlackDeleted) and answer is not None and answer.get("is_limited"):
            raise Refused("Slack no longer shows messages as old as one of these")
        if isinstance(now, SlackEdited | SlackDeleted):
            await self.hearing.handle(now)

    async def _asked(self, oldest: str, latest: str, limit: int) -> AsyncSlackResponse | None:
        """None where Slack knows no such thread or message."""
        window: dict[str, Any] = {
            "channel": self.where.channel,
            "oldest": oldest,
            "latest": latest,
            "inclusive": True,
            "limit": limit,
        }
        try:
            answer = await (
                self.asks.conversations_replies(ts=self.where.thread, **window)
                if self.where.thread
                else self.asks.conversations_history(**window)
            )
        except NETWORK as error:
            if named(error) in GONE:
                return None
            raise explained(error, self.token) from None
        if not isinstance(answer.get("messages"), list):
            raise TryAgain(NOT_SAID)
        return answer


def _listed(answer: AsyncSlackResponse | None) -> Sequence[Any]:
    return [] if answer is None else answer["messages"]
