"""Asks each platform, with the token that there is, whether it will let the twin do its work.

No token is ever in what is answered.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from bots.api.check import Check
from bots.home import Home
from bots.platforms.answers import NoUsableAnswer
from bots.platforms.registry import faults, specs
from bots.platforms.spec import PlatformSettings, PlatformSpec
from bots.settings import Settings
from core.errors import OwnerMustFix
from memory.state.accounts import owner_accounts
from memory.storage import engine_of

PATIENCE_S = 10.0


async def platform_checks(home: Home, settings: Settings, tokens: Mapping[str, str]) -> list[Check]:
    """A check for each platform that is not turned off, and for each folder that cannot be used as one."""
    broken = [Check("platforms", False, fault, "mend it, or take the folder out") for fault in faults()]
    async with httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False) as http:
        return broken + [
            _with_pairing(home, await _checked(http, spec, settings.platforms[spec.name], tokens))
            if spec.wanted(tokens)
            else _unwanted(spec)
            for spec in specs()
            if settings.platforms[spec.name].enabled
        ]


def _unwanted(spec: PlatformSpec[Any]) -> Check:
    hint = f"`understudy doctor {spec.name}` leads you there"
    return Check(spec.name, True, "not connected: there is no token", hint=hint)


async def _checked(
    http: httpx.AsyncClient, spec: PlatformSpec[Any], settings: PlatformSettings, tokens: Mapping[str, str]
) -> Check:
    for token in spec.tokens:
        if token.name in tokens and not _plain(tokens[token.name]):
            return Check(spec.name, False, f"{token.name} is no token", token.again)
    for token in spec.tokens:
        if token.required and token.name not in tokens:
            return Check(spec.name, False, f"{token.name} is missing", token.again)
    try:
        return await spec.check(http, settings, tokens)
    except (NoUsableAnswer, httpx.HTTPError, httpx.InvalidURL) as error:
        why = "" if isinstance(error, NoUsableAnswer) else f" ({type(error).__name__})"
        return Check(spec.name, False, f"no usable answer{why}", "look at your network, then again")


def _with_pairing(home: Home, check: Check) -> Check:
    """Whether the owner has proven an account there; a database that cannot be read is another check's."""
    if not check.ok:
        return check
    try:
        owners = engine_of(home.path).look(home.path, owner_accounts)
    except OwnerMustFix:
        return check
    if any(owner.platform == check.name for owner in owners):
        return check
    hint = f"it does not know you yet: understudy pair {check.name}"
    return Check(check.name, True, check.detail, hint="; ".join(one for one in (hint, check.hint) if one))


def _plain(token: str) -> bool:
    """It could be one: it fits into an address and a header."""
    return token.isascii() and token.isprintable() and not set(token) & set(" /?#%\\")
