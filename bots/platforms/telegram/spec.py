"""All about Telegram."""

from typing import TYPE_CHECKING

from pydantic import Field

from bots.api.check import Check
from bots.api.commands import MENU
from bots.platforms.port import Platform
from bots.platforms.spec import PlatformSettings, PlatformSpec, Tokens, how_to_give
from bots.platforms.telegram.tokens import API_BASE, TOKEN
from bots.settings_section import Address
from core.ports import Clock

if TYPE_CHECKING:
    import httpx

GUIDE = f"""Telegram
  1. Open https://t.me/BotFather, send /newbot, choose a name. It answers with a token.
  2. {how_to_give(TOKEN.name)}
  3. Only for groups: in BotFather /setprivacy, your bot, Disable. With privacy on, the bot hears nothing in
     groups but commands and replies to itself. A group that it is in already must take it out and in again.
  4. Only to be answered for in your own chats (Telegram Business): in BotFather /mybots, your bot, Bot
     Settings, Business Mode, Turn on. Then in your app: Settings, Telegram Business, Chatbots, add the bot,
     choose the chats, and let it reply.
  5. understudy run, and in another terminal: understudy pair telegram
  6. Open your bot's chat, press Start (a bot cannot write first), and send it the code."""


class TelegramSettings(PlatformSettings):
    """Your bot on Telegram; its token is in TELEGRAM_TOKEN or the keyring."""

    api_base: Address = Field(default=API_BASE, description="The Bot API server; your own, if you run one.")


def _build(settings: TelegramSettings, tokens: Tokens, clock: Clock) -> Platform:
    from bots.platforms.telegram.adapter import TelegramPlatform

    return TelegramPlatform(tokens[TOKEN.name], clock, settings.api_base or API_BASE)


async def _check(http: "httpx.AsyncClient", settings: TelegramSettings, tokens: Tokens) -> Check:
    from bots.platforms.telegram.checks import check

    return await check(http, settings.api_base or API_BASE, tokens[TOKEN.name])


SPEC = PlatformSpec(
    name="telegram",
    title="Telegram",
    account="telegram:1234",
    settings=TelegramSettings,
    tokens=(TOKEN,),
    guide=GUIDE,
    menu=MENU,
    build=_build,
    check=_check,
    rank=1,
)
