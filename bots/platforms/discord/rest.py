"""What Discord's refusals mean to us."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord
from discord.http import handle_message_parameters

from core.errors import Refused, TryAgain

NONCE_BYTES = 12
UNAUTHORIZED, TIMED_OUT, TOO_MANY = 401, 408, 429
UNKNOWN_MESSAGE = 10008
WORDS = {
    10003: "Discord no longer knows that channel",
    10004: "the twin is no longer in that server",
    10013: "Discord does not know that account",
    50001: "the twin cannot see that channel",
    50007: "they take no direct messages from the twin",
    50013: "the twin may not write in that channel",
    50083: "that thread is archived",
    50278: "the twin shares no server with them, and they have not installed it",
}
"""By Discord's error code: discord.com/developers/docs/topics/opcodes-and-status-codes."""
UNREACHABLE = "Discord cannot be reached"


async def post(client: discord.Client, channel: int, *, nonce: str = "", **given: Any) -> int:
    """The id of the message, which pings nobody. Not by discord.py's own channels, whose parameters it
    takes: of Discord's answer nothing but the id need make sense."""
    # discord.py sends again what Discord says it could not do: with a nonce that is not shown twice.
    nonce = nonce or secrets.token_hex(NONCE_BYTES)
    nobody = discord.AllowedMentions.none()
    with handle_message_parameters(nonce=nonce, allowed_mentions=nobody, **given) as parameters:
        sent = await client.http.send_message(channel, params=parameters)
    return int(sent["id"])


async def redraw(client: discord.Client, channel: int, message: int, **given: Any) -> None:
    """Change a message; of Discord's answer nothing need make sense."""
    nobody = discord.AllowedMentions.none()
    with handle_message_parameters(allowed_mentions=nobody, **given) as parameters:
        await client.http.edit_message(channel, message, params=parameters)


async def fetched(client: discord.Client, channel: int, message: int) -> object:
    """A message as Discord has it, None for one that is gone."""
    try:
        return await client.http.get_message(channel, message)
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
        return None


@contextmanager
def delivering() -> Iterator[None]:
    """Raises TryAgain only where nothing can have been delivered, Refused where Discord never will.

    What is left (a server error after discord.py's own retries, a connection that broke off) goes on.
    """
    try:
        yield
    except discord.RateLimited as error:
        raise _too_fast(error.retry_after) from None
    except discord.HTTPException as error:
        if error.status == TOO_MANY:
            raise _too_fast(error.response.headers.get("Retry-After")) from None
        if error.status == UNAUTHORIZED:
            raise TryAgain("Discord no longer takes DISCORD_TOKEN") from None
        if error.status < 500 and error.status != TIMED_OUT:
            raise Refused(_reason(error.code)) from None
        raise
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise TryAgain(UNREACHABLE) from None


@contextmanager
def telling_owner() -> Iterator[None]:
    """As `delivering`, for what may arrive twice without harm: whatever is unsure is tried again."""
    try:
        with delivering():
            yield
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise TryAgain(f"{UNREACHABLE} ({type(error).__name__})") from None


@contextmanager
def acknowledging(interaction: discord.Interaction) -> Iterator[None]:
    """What counts is that Discord took it: its answer may be empty, of which discord.py makes no sense."""
    try:
        yield
    except NOT_UNDERSTOOD:
        if not interaction.response.is_done():
            raise


def _reason(code: object) -> str:
    """In our words; a code that is no number is somebody's text."""
    if not isinstance(code, int):
        return "Discord refused it"
    return WORDS.get(code, f"Discord refused it (code {code})")


def _too_fast(asked: object) -> TryAgain:
    try:
        wait_s = max(0.0, float(str(asked)))
    except ValueError:
        return TryAgain("Discord asks to wait")
    return TryAgain(f"Discord asks to wait for {wait_s:.0f} s", wait_s=wait_s)


NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError)
"""What discord.py raises at an answer that has another shape than it expects."""
NETWORK = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""Whatever can go wrong between Discord and us."""
