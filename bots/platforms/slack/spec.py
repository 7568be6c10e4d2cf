"""All about Slack."""

from typing import TYPE_CHECKING

from pydantic import Field

from bots.api.check import Check
from bots.platforms.port import Platform
from bots.platforms.slack.menu import MENU
from bots.platforms.slack.tokens import APP, APPS, BOT, USER
from bots.platforms.spec import PlatformSettings, PlatformSpec, Tokens, how_to_give
from bots.settings_section import Address
from core.ports import Clock

if TYPE_CHECKING:
    import httpx

GUIDE = f"""Slack
  1. Open {APPS}, Create New App, From a manifest, choose your workspace, and paste
     deploy/slack-manifest.yaml. Create, then Install to Workspace.
  2. OAuth & Permissions, Bot User OAuth Token (xoxb-).
     {how_to_give(BOT.name)}
  3. Basic Information, App-Level Tokens, Generate: add the scope connections:write, or Socket Mode cannot
     connect (xapp-).
     {how_to_give(APP.name)}
  4. Only to speak as yourself: OAuth & Permissions, User OAuth Token (xoxp-), scope chat:write.
     {how_to_give(USER.name)}
  5. understudy run, and in another terminal: understudy pair slack
  6. Under Apps, open your app's Messages tab and send it the code. Invite it to channels with /invite.
  A scope that is added later asks for Reinstall to Workspace."""


class SlackSettings(PlatformSettings):
    """Your app on Slack; its tokens are in SLACK_BOT_TOKEN and SLACK_APP_TOKEN (and SLACK_USER_TOKEN, to
    speak as you), or the keyring."""

    enabled: bool = Field(default=True, description="Where there are tokens, connect.")
    api_base: Address = Field(default="", description="Another Web API server than Slack's.")


def _build(settings: SlackSettings, tokens: Tokens, clock: Clock) -> Platform:
    from bots.platforms.slack.adapter import SlackPlatform

    del clock
    return SlackPlatform(
        tokens[BOT.name], tokens[APP.name], tokens.get(USER.name), api_base=settings.api_base
    )


async def _check(http: "httpx.AsyncClient", settings: SlackSettings, tokens: Tokens) -> Check:
    from bots.platforms.slack.checks import check

    return await check(http, settings.api_base, tokens)


SPEC = PlatformSpec(
    name="slack",
    title="Slack",
    account="slack:TEAM/USER",
    settings=SlackSettings,
    tokens=(BOT, APP, USER),
    guide=GUIDE,
    menu=MENU,
    build=_build,
    check=_check,
    rank=3,
)
