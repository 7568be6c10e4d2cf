"""Whether Slack lets the twin do its work: auth.test, whose headers tell the scopes, and
apps.connections.open."""

from collections.abc import Mapping
from typing import Any

import httpx

from bots.api.check import Check
from bots.platforms.answers import code, content, word
from bots.platforms.slack.tokens import APP, APPS, BOT, USER
from bots.platforms.spec import Token, Tokens

API_BASE = "https://slack.com"
SCOPES = frozenset(
    {
        *("app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write"),
        *("commands", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write"),
        *("mpim:history", "mpim:read", "reactions:read", "users:read"),
    }
)
"""What deploy/slack-manifest.yaml asks for."""


async def check(http: httpx.AsyncClient, base: str, tokens: Tokens) -> Check:
    """As `PlatformSpec.check`."""
    bot, given = await _call(http, base, "auth.test", tokens[BOT.name])
    if not bot.get("ok"):
        return _refused(BOT, bot)
    if given and (missing := sorted(SCOPES - given)):
        where = f"at {APPS} open your app, OAuth & Permissions, Scopes, add them, then Reinstall to Workspace"
        return Check("slack", False, f"the app lacks {', '.join(missing)}", where)
    opened, _ = await _call(http, base, "apps.connections.open", tokens[APP.name])
    if not opened.get("ok"):
        return _refused(APP, opened)
    if USER.name in tokens:
        owner, given = await _call(http, base, "auth.test", tokens[USER.name])
        if not owner.get("ok"):
            return _refused(USER, owner)
        if given and "chat:write" not in given:
            detail = f"{USER.name} lacks the scope chat:write, so the twin cannot speak as you"
            return Check("slack", False, detail, USER.again)
    user, team = (word(bot.get(field), tokens.values()) for field in ("user", "team"))
    return Check("slack", True, f"{user} in {team}")


async def _call(
    http: httpx.AsyncClient, base: str, method: str, token: str
) -> tuple[dict[str, Any], set[str]]:
    """The answer, and what the token may do: nothing where the answer does not say."""
    address = f"{base.rstrip('/') or API_BASE}/api/{method}"
    answer = await http.post(address, headers={"Authorization": f"Bearer {token}"})
    scopes = {part.strip() for part in answer.headers.get("x-oauth-scopes", "").split(",")} - {""}
    return content(answer), scopes


def _refused(token: Token, answer: Mapping[str, Any]) -> Check:
    why = code(answer.get("error"))
    return Check("slack", False, f"{token.name} is refused" + (f" ({why})" if why else ""), token.again)
