"""Asks each platform, with the token that there is, whether it will let the twin do its work.

Telegram: https://core.telegram.org/bots/api#getme. Discord: GET /applications/@me, whose `flags` tell the
intents. Slack: auth.test, whose headers tell the scopes, and apps.connections.open. No token is ever in
what is answered.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from bots.home import Home
from bots.settings import Settings
from bots.setup.check import Check
from core.errors import OwnerMustFix
from memory.state.accounts import owner_accounts
from memory.storage import maintenance

TELEGRAM_BASE = "https://api.telegram.org"
DISCORD_BASE = "https://discord.com/api/v10"
SLACK_BASE = "https://slack.com"
PORTAL = "https://discord.com/developers/applications"
APPS = "https://api.slack.com/apps"
PATIENCE_S = 10.0

MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""The intent, or for an app in less than a hundred servers its limited form."""
MEMBERS = 1 << 14 | 1 << 15
SCOPES = frozenset(
    {
        *("app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write"),
        *("commands", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write"),
        *("mpim:history", "mpim:read", "reactions:read", "users:read"),
    }
)
"""What deploy/slack-manifest.yaml asks for."""

RESET = {
    "TELEGRAM_TOKEN": "at https://t.me/BotFather send /token, choose the bot, and set TELEGRAM_TOKEN anew",
    "DISCORD_TOKEN": f"at {PORTAL} open your application, Bot, press Reset Token, and set DISCORD_TOKEN anew",
    "SLACK_BOT_TOKEN": f"at {APPS} open your app, OAuth & Permissions, copy the Bot User OAuth Token (xoxb-)",
    "SLACK_APP_TOKEN": f"at {APPS} open your app, Basic Information, App-Level Tokens: one with the scope"
    " connections:write (xapp-)",
    "SLACK_USER_TOKEN": f"at {APPS} open your app, OAuth & Permissions, copy the User OAuth Token (xoxp-)"
    " with the scope chat:write, or set none",
}
"""Where each token is got anew."""


class _Silent(Exception):
    """Nothing usable was answered. Caught below."""


async def platform_checks(home: Home, settings: Settings, tokens: Mapping[str, str]) -> list[Check]:
    """A check for each platform that is not turned off. `tokens` by the names of `bots/setup/tokens.py`."""
    found = []
    async with httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False) as http:
        for name, wanted, ask in (
            ("telegram", settings.telegram, _telegram),
            ("discord", settings.discord, _discord),
            ("slack", settings.slack, _slack),
        ):
            if not wanted.enabled:
                continue
            names = [one for one in RESET if one.startswith(name.upper())]
            if not any(name in tokens for name in names):
                hint = f"`understudy doctor {name}` leads you there"
                found.append(Check(name, True, "not connected: there is no token", hint=hint))
                continue
            bad = next((name for name in names if name in tokens and not _plain(tokens[name])), None)
            if bad is not None:
                found.append(Check(name, False, f"{bad} is no token", RESET[bad]))
                continue
            try:
                check = await ask(http, wanted.api_base.rstrip("/"), tokens)
            except (_Silent, httpx.HTTPError, httpx.InvalidURL) as error:
                why = "" if isinstance(error, _Silent) else f" ({type(error).__name__})"
                found.append(Check(name, False, f"no usable answer{why}", "look at your network, then again"))
            else:
                found.append(_with_pairing(home, check))
    return found


async def _telegram(http: httpx.AsyncClient, base: str, tokens: Mapping[str, str]) -> Check:
    answer = await http.get(f"{base or TELEGRAM_BASE}/bot{tokens['TELEGRAM_TOKEN']}/getMe")
    if answer.status_code in (401, 403, 404):
        return _refused("telegram", "TELEGRAM_TOKEN")
    me = _object(_object(_json(answer)).get("result"))
    hints = []
    if not me.get("can_read_all_group_messages"):
        hints.append(
            "privacy mode is on, so in groups it hears only commands and replies to itself: at"
            " https://t.me/BotFather /setprivacy, your bot, Disable; take it out of its groups and in again"
        )
    if not me.get("can_connect_to_business"):
        hints.append(
            "it cannot answer in your own chats: at https://t.me/BotFather /mybots, your bot, Bot Settings,"
            " Business Mode, Turn on"
        )
    return Check("telegram", True, f"@{_word(me.get('username'))}", hint="; ".join(hints))


async def _discord(http: httpx.AsyncClient, base: str, tokens: Mapping[str, str]) -> Check:
    answer = await http.get(
        f"{base or DISCORD_BASE}/applications/@me",
        headers={"Authorization": f"Bot {tokens['DISCORD_TOKEN']}"},
    )
    if answer.status_code in (401, 403):
        return _refused("discord", "DISCORD_TOKEN")
    app = _object(_json(answer))
    flags = app.get("flags")
    flags = flags if isinstance(flags, int) else 0
    name = _word(app.get("name"))
    if not flags & MESSAGE_CONTENT:
        where = f"at {PORTAL} open {name}, Bot, turn on Message Content Intent, Save Changes"
        return Check("discord", False, f"{name} is not told what is said", where)
    hint = ""
    if not flags & MEMBERS:
        hint = (
            f"it does not know who can read a channel: at {PORTAL} open {name}, Bot, turn on Server Members"
            " Intent, Save Changes"
        )
    return Check("discord", True, name, hint=hint)


async def _slack(http: httpx.AsyncClient, base: str, tokens: Mapping[str, str]) -> Check:
    for one in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        if one not in tokens:
            return Check("slack", False, f"{one} is missing", RESET[one])
    bot, answer = await _slack_call(http, base, "auth.test", tokens["SLACK_BOT_TOKEN"])
    if not bot.get("ok"):
        return _refused("slack", "SLACK_BOT_TOKEN", bot)
    if (given := _scopes(answer)) and (missing := sorted(SCOPES - given)):
        where = f"at {APPS} open your app, OAuth & Permissions, Scopes, add them, then Reinstall to Workspace"
        return Check("slack", False, f"the app lacks {', '.join(missing)}", where)
    opened, _ = await _slack_call(http, base, "apps.connections.open", tokens["SLACK_APP_TOKEN"])
    if not opened.get("ok"):
        return _refused("slack", "SLACK_APP_TOKEN", opened)
    if "SLACK_USER_TOKEN" in tokens:
        owner, answer = await _slack_call(http, base, "auth.test", tokens["SLACK_USER_TOKEN"])
        if not owner.get("ok"):
            return _refused("slack", "SLACK_USER_TOKEN", owner)
        if (given := _scopes(answer)) and "chat:write" not in given:
            detail = "SLACK_USER_TOKEN lacks the scope chat:write, so the twin cannot speak as you"
            return Check("slack", False, detail, RESET["SLACK_USER_TOKEN"])
    return Check("slack", True, f"{_word(bot.get('user'))} in {_word(bot.get('team'))}")


async def _slack_call(
    http: httpx.AsyncClient, base: str, method: str, token: str
) -> tuple[dict[str, Any], httpx.Response]:
    answer = await http.post(
        f"{base or SLACK_BASE}/api/{method}", headers={"Authorization": f"Bearer {token}"}
    )
    return _object(_json(answer)), answer


def _scopes(answer: httpx.Response) -> set[str]:
    """What the token may do; nothing where the answer does not say."""
    return {part.strip() for part in answer.headers.get("x-oauth-scopes", "").split(",")} - {""}


def _refused(name: str, token: str, answer: Mapping[str, Any] | None = None) -> Check:
    why = _word((answer or {}).get("error"))
    return Check(name, False, f"{token} is refused" + (f" ({why})" if why else ""), RESET[token])


def _with_pairing(home: Home, check: Check) -> Check:
    """Whether the owner has proven an account there; a database that cannot be read is another check's."""
    if not check.ok or not home.twin_db.exists():
        return check
    try:
        owners = maintenance.look(home.twin_db, owner_accounts)
    except OwnerMustFix:
        return check
    if any(owner.platform == check.name for owner in owners):
        return check
    hint = f"it does not know you yet: understudy pair {check.name}"
    return Check(check.name, True, check.detail, hint="; ".join(one for one in (hint, check.hint) if one))


def _plain(token: str) -> bool:
    """It could be one: it fits into an address and a header."""
    return token.isascii() and token.isprintable() and not set(token) & set(" /?#%\\")


def _json(answer: httpx.Response) -> object:
    if answer.status_code != httpx.codes.OK:
        raise _Silent
    try:
        return answer.json()
    except ValueError:
        raise _Silent from None


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Silent
    return value


def _word(value: object) -> str:
    """What a server calls something, fit to be printed."""
    text = value if isinstance(value, str) else ""
    return "".join(one for one in text if one.isprintable())[:80]
