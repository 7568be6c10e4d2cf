"""What a failed call of Slack's Web API means: who must act, and whether anything may have arrived.

https://docs.slack.dev/reference/methods/chat.postMessage lists the errors.
"""

import re

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bots.platforms.answers import code
from bots.platforms.errors import TokenRefused
from core.errors import OwnerMustFix, Refused, TryAgain, UnderstudyError

BOT, APP, USER = "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_USER_TOKEN"
PAGE = "https://api.slack.com/apps"
MEND = {
    BOT: "OAuth & Permissions, copy the Bot User OAuth Token (it begins with xoxb-)",
    APP: "Basic Information, App-Level Tokens, make one with the scope connections:write "
    "(it begins with xapp-), and see that Socket Mode is on",
    USER: "OAuth & Permissions, copy the User OAuth Token (it begins with xoxp-) with the user scope "
    "chat:write, or set none",
}
"""Where at PAGE, in the app, each token is."""

VOID = {
    *("not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"),
    *("not_allowed_token_type", "invalid_app_id", "app_not_installed"),
}
"""The token is not good."""
LACKING = {
    *("missing_scope", "no_permission", "org_login_required", "ekm_access_denied"),
    "two_factor_setup_required",
}
"""The token is not good for this, until its owner changes that at Slack."""
NOT_NOW = {"ratelimited", "rate_limited", "request_timeout", "team_added_to_org"}
"""Rejected before anything was done."""
MAYBE_DONE = {"", "internal_error", "fatal_error", "service_unavailable"}
"""Some of it may have been done all the same."""
SCOPES = re.compile(r"[a-z][a-z_.:,]{1,199}")
UNREACHED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""No connection was made, so nothing was said."""
NETWORK = (aiohttp.ClientError, TimeoutError, OSError, SlackClientError, ValueError)
"""All that a call may end with that got no usable answer."""


class SlackTooFast(TryAgain):
    """Slack wants to be left in peace for `wait_s` seconds; nothing was delivered. Caught as TryAgain is."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"Slack asks to wait {wait_s:.0f} s", wait_s=wait_s)


def named(error: BaseException) -> str:
    """Slack's own word for what is wrong, as `channel_not_found`; empty where it gave none."""
    if not isinstance(error, SlackApiError):
        return ""
    data = getattr(error.response, "data", None)
    return code(data.get("error")) if isinstance(data, dict) else ""


def unmade(error: BaseException, token: str) -> UnderstudyError | None:
    """The error that stands for a call which certainly did nothing; None where it may have done something.

    `token` is the name of the one that the call was made with.
    """
    if isinstance(error, UNREACHED):
        return TryAgain(f"Slack cannot be reached ({type(error).__name__})")
    if not isinstance(error, SlackApiError):
        return None
    word, status = named(error), getattr(error.response, "status_code", 0)
    if status == 429 or word in NOT_NOW:
        return SlackTooFast(_retry_after(error))
    if word in VOID:
        return TokenRefused(void(token, word, _needed(error)))
    if word in LACKING:
        return OwnerMustFix(void(token, word, _needed(error)))
    if status >= 500 or word in MAYBE_DONE:
        return None
    return Refused(f"Slack says {word}")


def explained(error: BaseException, token: str) -> UnderstudyError:
    """The same where it does not matter whether it was done: what may have been done is tried again."""
    return unmade(error, token) or TryAgain(f"Slack did not answer ({named(error) or type(error).__name__})")


def void(token: str, word: str, needed: str = "") -> str:
    """What the owner is told of a token that is not good."""
    lacks = f"; it lacks the scope {needed}: add it there and install the app anew" if needed else ""
    return f"Slack refuses {token} ({word}): at {PAGE} open your app, {MEND[token]}{lacks}"


def _needed(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    needed = data.get("needed") if isinstance(data, dict) else None
    return needed if isinstance(needed, str) and SCOPES.fullmatch(needed) else ""


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    try:
        return max(0.0, min(float(headers.get("Retry-After", 1)), 3600.0))
    except (TypeError, ValueError):
        return 1.0
