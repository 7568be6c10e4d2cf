"""Whether Telegram lets the twin do its work: https://core.telegram.org/bots/api#getme."""

import httpx

from bots.api.check import Check
from bots.platforms.answers import an_object, content, word
from bots.platforms.telegram.tokens import TOKEN

PRIVACY = (
    "privacy mode is on, so in groups it hears only commands and replies to itself: at"
    " https://t.me/BotFather /setprivacy, your bot, Disable; take it out of its groups and in again"
)
BUSINESS = (
    "it cannot answer in your own chats: at https://t.me/BotFather /mybots, your bot, Bot Settings,"
    " Business Mode, Turn on"
)


async def check(http: httpx.AsyncClient, base: str, token: str) -> Check:
    """As `PlatformSpec.check`."""
    answer = await http.get(f"{base.rstrip('/')}/bot{token}/getMe")
    if answer.status_code in (401, 403, 404):
        return Check("telegram", False, f"{TOKEN.name} is refused", TOKEN.again)
    me = an_object(content(answer).get("result"))
    lacks = (("can_read_all_group_messages", PRIVACY), ("can_connect_to_business", BUSINESS))
    hint = "; ".join(words for right, words in lacks if not me.get(right))
    return Check("telegram", True, f"@{word(me.get('username'), [token])}", hint=hint)
