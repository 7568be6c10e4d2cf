"""What an error of Telegram's says of the message that was to be sent."""

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut

from bots.platforms.telegram.client import Attempt, meant, reason
from core.errors import Refused, TryAgain


def because(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "attempt", "meaning"),
    [
        (TimeoutError(), Attempt(begun=False), TryAgain),
        (NetworkError("x"), Attempt(True, 429), TryAgain),
        (InvalidToken("x"), Attempt(True, 401), TryAgain),
        (because(NetworkError("x"), httpx.ConnectError("x")), Attempt(True), TryAgain),
        (because(TimedOut(), httpx.ConnectTimeout("x")), Attempt(True), TryAgain),
        (because(TimedOut(), httpx.PoolTimeout("x")), Attempt(True), TryAgain),
        (BadRequest("chat not found"), Attempt(True, 400), Refused),
        (Forbidden("bot was blocked by the user"), Attempt(True, 403), Refused),
        (NetworkError("x"), Attempt(True, 413), Refused),
    ],
)
def test_where_nothing_was_delivered_for_certain_it_says_so(
    error: Exception, attempt: Attempt, meaning: type[Exception]
) -> None:
    assert isinstance(meant(error, attempt), meaning)


@pytest.mark.parametrize(
    ("error", "attempt"),
    [
        (TimeoutError(), Attempt(True)),
        (because(TimedOut(), httpx.ReadTimeout("x")), Attempt(True)),
        (because(NetworkError("x"), httpx.ReadError("x")), Attempt(True)),
        (NetworkError("x"), Attempt(True, 500)),
        (NetworkError("x"), Attempt(True, 502)),
        (TelegramError("Invalid server response"), Attempt(True, 200)),
    ],
)
def test_in_doubt_it_may_have_arrived(error: Exception, attempt: Attempt) -> None:
    assert meant(error, attempt) is None


def test_a_reason_never_quotes_what_telegram_quoted() -> None:
    assert "secret" not in reason('Bad Request: Unsupported thing "secret"')
    assert "STICKERSET_INVALID" in reason("Bad Request: STICKERSET_INVALID")
