"""All about Discord."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from bots.api.check import Check
from bots.platforms.discord.menu import MENU
from bots.platforms.discord.tokens import PORTAL, TOKEN
from bots.platforms.port import Platform
from bots.platforms.spec import PlatformSettings, PlatformSpec, Tokens, how_to_give
from bots.settings_section import Address
from core.ports import Clock

if TYPE_CHECKING:
    import httpx

GUIDE = f"""Discord
  1. Open {PORTAL}, New Application; then Bot, Reset Token: it is shown
     once.
  2. {how_to_give(TOKEN.name)}
  3. On the same page, Privileged Gateway Intents: turn on Message Content Intent, or the twin is told that
     something was said, but not what. Server Members Intent lets it know who can read a channel; without,
     a channel's members count as anyone. Save Changes.
  4. Installation: tick User Install for the message command "Draft my reply"; tick Guild Install, scopes
     applications.commands and bot, permissions View Channels, Send Messages, Send Messages in Threads, Read
     Message History. Open the install link for yourself and for each of your servers.
  5. understudy run, and in another terminal: understudy pair discord
  6. Send the code to the bot in a direct message. If it cannot be written to, share a server with it, and
     allow direct messages in that server's Privacy Settings.
  It never speaks under your own name: Discord forbids programs that use a person's account."""


class DiscordSettings(PlatformSettings):
    """Your bot on Discord; its token is in DISCORD_TOKEN or the keyring."""

    api_base: Address = Field(default="", description="Another REST server than Discord's.")
    gateway_url: Annotated[str, Field(pattern=r"^(wss?://[^\s\x00-\x1f]{1,300})?$")] = Field(
        default="", description="Another gateway than Discord's."
    )


def _build(settings: DiscordSettings, tokens: Tokens, clock: Clock) -> Platform:
    from bots.platforms.discord.adapter import DiscordPlatform

    del clock
    return DiscordPlatform(tokens[TOKEN.name], api_base=settings.api_base, gateway_url=settings.gateway_url)


async def _check(http: "httpx.AsyncClient", settings: DiscordSettings, tokens: Tokens) -> Check:
    from bots.platforms.discord.checks import check

    return await check(http, settings.api_base, tokens[TOKEN.name])


SPEC = PlatformSpec(
    name="discord",
    title="Discord",
    account="discord:1234",
    settings=DiscordSettings,
    tokens=(TOKEN,),
    guide=GUIDE,
    menu=MENU,
    build=_build,
    check=_check,
    rank=2,
)
