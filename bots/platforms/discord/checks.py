"""Whether Discord lets the twin do its work: GET /applications/@me, whose `flags` tell the intents."""

import httpx

from bots.api.check import Check
from bots.platforms.answers import content, word
from bots.platforms.discord.tokens import PORTAL, TOKEN

API_BASE = "https://discord.com/api/v10"
MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""The intent, or for an app in less than a hundred servers its limited form."""
MEMBERS = 1 << 14 | 1 << 15


async def check(http: httpx.AsyncClient, base: str, token: str) -> Check:
    """As `PlatformSpec.check`."""
    answer = await http.get(
        f"{base.rstrip('/') or API_BASE}/applications/@me", headers={"Authorization": f"Bot {token}"}
    )
    if answer.status_code in (401, 403):
        return Check("discord", False, f"{TOKEN.name} is refused", TOKEN.again)
    app = content(answer)
    flags = app.get("flags")
    flags = flags if isinstance(flags, int) else 0
    name = word(app.get("name"), [token]) or "your application"
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
