"""The way to the Bot API: python-telegram-bot's client, and what its errors mean for what was sent."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import httpx
from telegram import LinkPreviewOptions
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, Defaults, ExtBot
from telegram.request import HTTPXRequest

from bots.platforms.errors import TokenRefused
from bots.platforms.telegram.parse import KINDS
from bots.runtime.base.timing import Sleep
from core.errors import OwnerMustFix, Refused, TryAgain

T = TypeVar("T")

LONG_POLL_S = 30
MOST_AT_ONCE = 100
"""Updates in one answer: fewer are all there were."""
LATEST_ANSWER_S = 15.0
"""For any call but the long poll; the server answers that one at last after `LONG_POLL_S`."""
LONGEST_CALL_S = 35.0
"""For our own limits to let it go, and for the answer; less than the sender's patience, so that what was
never begun is known to be unsent."""
LONGEST_PATIENCE_S = 30.0
"""A 429 that asks for more is handed on instead of waited for."""
PATIENCE_TIMES = 3
GARBLED = (KeyError, TypeError, ValueError, AttributeError)
"""What the library raises on an answer of another shape than the documented one."""

REJECTED = (
    "Telegram refuses TELEGRAM_TOKEN: get the right one from @BotFather (/mybots, API Token),"
    " then start the twin again"
)
WEBHOOK = (
    "the Telegram bot has a webhook, so another program uses it: make the twin a bot of its own"
    " with @BotFather (/newbot) and put its token into TELEGRAM_TOKEN"
)
CONFLICT = "another program reads this Telegram bot's messages with the same TELEGRAM_TOKEN: stop it"

REASONS = {
    "chat not found": "Telegram knows no such chat for this bot; they have to write to it first",
    "blocked by the user": "they have blocked the bot",
    "user is deactivated": "their account is gone",
    "initiate conversation": "they have to press Start in the bot's chat first",
    "was kicked": "the bot was removed from the group",
    "not a member": "the bot is no member there",
    "not enough rights": "the bot may not write there",
    "have no rights": "the bot may not write there",
    "can't be replied": "that message cannot be replied to",
    "thread not found": "the topic is gone",
    "topic_closed": "the topic is closed",
    "topic_deleted": "the topic is gone",
    "business_connection_invalid": "the Business connection is gone: connect the bot again",
    "business_peer_usage_missing": "no message came in the last 24 hours: a Business bot may not answer now",
    "business_peer_invalid": "the Business connection does not cover this chat",
    "message is too long": "the text is too long for Telegram",
}
"""What Telegram says, and what that means. Anything else stays unsaid: it may quote the message."""
CODE = re.compile(r"(?<![\w:-])[A-Z]{2,20}(?:_[A-Z]{2,20}){1,5}(?![\w:-])")


@dataclass(slots=True)
class Attempt:
    """How far one call has come: whether its request was begun, and the HTTP status of the answer."""

    begun: bool = False
    status: int | None = None


ATTEMPT: ContextVar[Attempt] = ContextVar("telegram_attempt")


class Request(HTTPXRequest):
    """Notes how far each call comes; keeps what the server answered out of the log."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As the library's."""
        attempt = ATTEMPT.get(Attempt())
        attempt.begun, attempt.status = True, None
        code, payload = await super().do_request(*args, **kwargs)
        attempt.status = code
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's, but what cannot be read is not logged: it may hold messages."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):
            raise TelegramError("Invalid server response")
        return answer


class TelegramClient(ExtBot[int]):
    """The library's bot, with updates as they came: one that it cannot read must not cost the others."""

    async def updates(self, offset: int | None, *, wait_s: int = LONG_POLL_S) -> list[Any]:
        """Wait for what comes next, at most so long; what is below `offset` is confirmed by asking.

        Raises TelegramError.
        """
        asked: dict[str, Any] = {"timeout": wait_s, "limit": 100, "allowed_updates": list(KINDS)}
        if offset is not None:
            asked["offset"] = offset
        answer = await self._post("getUpdates", asked, read_timeout=wait_s + LATEST_ANSWER_S)
        if not isinstance(answer, list):
            raise TelegramError("Invalid server response")
        return answer

    async def _do_post(self, *args: Any, **kwargs: Any) -> Any:
        """As the library's; of a message that was sent nothing is kept that could not be read, as it was
        sent whatever the rest of the answer looks like."""
        result = await super()._do_post(*args, **kwargs)
        if isinstance(result, dict) and isinstance(result.get("message_id"), int):
            return {"message_id": result["message_id"], "date": 0, "chat": {"id": 0, "type": "private"}}
        return result


def new_client(token: str, api_base: str) -> TelegramClient:
    """A client that has not yet said anything. Raises OwnerMustFix for what can be no token."""
    # At INFO httpx logs every address, which holds the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    if not re.fullmatch(r"[\w:-]+", token, re.ASCII):
        raise TokenRefused(REJECTED)
    base = api_base.rstrip("/")
    timing = {"read_timeout": LATEST_ANSWER_S, "connect_timeout": 10.0, "pool_timeout": 5.0}
    return TelegramClient(
        token=token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=Request(**timing),  # type: ignore[arg-type]
        get_updates_request=Request(connection_pool_size=2, connect_timeout=10.0, pool_timeout=5.0),
        rate_limiter=AIORateLimiter(max_retries=0),
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
    )


async def once(call: Callable[[], Awaitable[T]]) -> T:
    """Call once. Raises TryAgain or Refused where nothing was delivered for certain, else what was raised."""
    attempt = Attempt()
    ATTEMPT.set(attempt)
    try:
        async with asyncio.timeout(LONGEST_CALL_S):
            return await call()
    except (TelegramError, TimeoutError) as error:
        meaning = meant(error, attempt)
        if meaning is None:
            raise
    raise meaning


async def patiently(call: Callable[[], Awaitable[T]], sleep: Sleep, *, twice: bool = True) -> T:
    """Called again after a short 429, and, unless it must not arrive `twice`, where nothing was answered.
    Raises TryAgain or Refused alone; else also, where it may have arrived, what was raised."""
    meaning: TryAgain = TryAgain("Telegram did not answer")
    for attempt in range(PATIENCE_TIMES):
        if attempt and isinstance(meaning, TelegramTooFast):
            await sleep(meaning.wait_s)
        try:
            return await once(call)
        except TelegramTooFast as error:
            meaning = error
            if error.wait_s > LONGEST_PATIENCE_S:
                break
        except (TelegramError, TimeoutError, *GARBLED):
            if not twice:
                raise
            meaning = TryAgain("Telegram did not answer")
    raise meaning


class TelegramTooFast(TryAgain):
    """Telegram asks to be left alone for so many seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"Telegram asks to wait {wait_s:.0f} s", wait_s=wait_s)


def meant(error: Exception, attempt: Attempt) -> TryAgain | Refused | None:
    """What an error says of the message; None where it may have arrived. Pure."""
    if isinstance(error, RetryAfter):
        return TelegramTooFast(seconds(error))
    if attempt.status == httpx.codes.TOO_MANY_REQUESTS:
        return TelegramTooFast(1.0)
    if not attempt.begun or isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
        return TryAgain("Telegram cannot be reached")
    if isinstance(error.__cause__, httpx.PoolTimeout):
        return TryAgain("too much is being sent to Telegram at once")
    if isinstance(error, InvalidToken):
        return TryAgain("Telegram refuses the token")
    if isinstance(error, BadRequest | Forbidden) or (attempt.status or 0) // 100 == 4:
        return Refused(reason(str(error)))
    return None


def reason(description: str) -> str:
    """Telegram's reason in our words. Pure."""
    for phrase, ours in REASONS.items():
        if phrase in description.lower():
            return ours
    code = CODE.search(description)
    return f"Telegram refused it{f' ({code.group()})' if code else ''}"


def seconds(error: RetryAfter) -> float:
    """How long a 429 asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def unmendable(error: TelegramError) -> OwnerMustFix | TryAgain | None:
    """What asking for updates again cannot mend; None for what it may. Pure."""
    if isinstance(error, InvalidToken):
        return TokenRefused(REJECTED)
    if isinstance(error, Conflict):
        return OwnerMustFix(WEBHOOK) if "webhook" in str(error).lower() else TryAgain(CONFLICT)
    return None


def unsupported() -> bool:
    """Whether the server knew no such call as this task's last, which the library takes for a bad token."""
    return ATTEMPT.get(Attempt()).status == httpx.codes.NOT_FOUND


def unparsed(error: Exception) -> bool:
    """Whether Telegram could not read our HTML, in which case nothing was delivered."""
    return isinstance(error, BadRequest) and "parse entities" in str(error).lower()


def unchanged(error: Exception) -> bool:
    """Whether an edit came too late or changed nothing, which is no matter."""
    said = str(error).lower()
    phrases = ("not modified", "message to edit not found", "message can't be edited", "message_id_invalid")
    return isinstance(error, BadRequest) and any(phrase in said for phrase in phrases)
