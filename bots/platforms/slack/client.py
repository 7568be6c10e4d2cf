"""Slack's Web API by `slack_sdk`, set up so that nothing is posted twice and no token is logged."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

API_BASE = "https://slack.com"
CALL_S = 20.0
CONNECT_S = 10.0
WORTH_WAITING_S = 5
"""A longer `Retry-After` is for whoever asked to wait out."""
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class ShortRateLimits(AsyncRateLimitErrorRetryHandler):
    """Waits out a rate limit that is short, once or twice."""

    def __init__(self) -> None:
        super().__init__(max_retry_count=2)

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if not await super()._can_retry_async(state=state, request=request, response=response, error=error):
            return False
        headers = response.headers if response is not None else {}
        waits = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
        seconds = waits if isinstance(waits, str) else "".join(waits)
        return not seconds or (seconds.isdecimal() and int(seconds) <= WORTH_WAITING_S)


@dataclass(frozen=True, slots=True)
class SlackClient:
    """Clients over sessions of their own. Only `asks` and `tells` retry by themselves, and only when they
    were too fast.

    `tells`, `posts` and `owner` (None without a user token) write what shall arrive once: no connection is
    used twice for that, as one that had gone stale would leave open whether the message arrived.
    """

    asks: AsyncWebClient
    tells: AsyncWebClient
    posts: AsyncWebClient
    owner: AsyncWebClient | None
    session: aiohttp.ClientSession


@asynccontextmanager
async def connected(bot_token: str, user_token: str | None, api_base: str) -> AsyncIterator[SlackClient]:
    """The clients while the block runs; nothing is asked of Slack yet."""
    limits = aiohttp.ClientTimeout(total=CALL_S, sock_connect=CONNECT_S)
    # A proxy of the environment is for what is outside of this machine.
    proxied = URL(api_base).host not in LOOPBACK
    async with (
        aiohttp.ClientSession(timeout=limits, trust_env=proxied) as session,
        aiohttp.ClientSession(
            timeout=limits, trust_env=proxied, connector=aiohttp.TCPConnector(force_close=True)
        ) as fresh,
    ):
        yield SlackClient(
            asks=_client(bot_token, api_base, session, ShortRateLimits()),
            tells=_client(bot_token, api_base, fresh, ShortRateLimits()),
            posts=_client(bot_token, api_base, fresh),
            owner=_client(user_token, api_base, fresh) if user_token else None,
            session=session,
        )


def quiet() -> logging.Logger:
    """For Slack's libraries: what they log may hold messages and tickets."""
    logger = logging.getLogger("bots.platforms.slack.sdk")
    logger.setLevel(logging.CRITICAL)
    return logger


def _client(
    token: str, api_base: str, session: aiohttp.ClientSession, *retries: AsyncRetryHandler
) -> AsyncWebClient:
    client = AsyncWebClient(
        token=token,
        base_url=f"{api_base.rstrip('/')}/api/",
        timeout=int(CALL_S),
        session=session,
        logger=quiet(),
        retry_handlers=list(retries),
    )
    client.proxy = None  # the session knows of proxies, and of what needs none
    return client
