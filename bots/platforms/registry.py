"""Which platforms there are: one adapter for each that has its token, its library imported only then."""

from collections.abc import Mapping

from bots.platforms.port import Health, Inbound, Platform
from bots.settings import Settings
from core.errors import OwnerMustFix, TryAgain
from core.ports import Clock
from core.types import ConversationId, MessageId

SLACK = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
"""Both or neither."""


def adapters(settings: Settings, tokens: Mapping[str, str], clock: Clock) -> tuple[Platform, ...]:
    """Nothing is connected yet. `tokens` by the names of `bots/setup/tokens.py`."""
    found: list[Platform] = []
    if settings.telegram.enabled and "TELEGRAM_TOKEN" in tokens:
        from bots.platforms.telegram.adapter import API_BASE, TelegramPlatform

        found.append(
            TelegramPlatform(tokens["TELEGRAM_TOKEN"], clock, settings.telegram.api_base or API_BASE)
        )
    if settings.discord.enabled and "DISCORD_TOKEN" in tokens:
        from bots.platforms.discord.adapter import DiscordPlatform

        servers = settings.discord
        found.append(
            DiscordPlatform(
                tokens["DISCORD_TOKEN"], api_base=servers.api_base, gateway_url=servers.gateway_url
            )
        )
    missing = SLACK - tokens.keys()
    if settings.slack.enabled and missing != SLACK:
        found.append(Incomplete("slack", *missing) if missing else _slack(settings, tokens))
    return tuple(found)


def _slack(settings: Settings, tokens: Mapping[str, str]) -> Platform:
    from bots.platforms.slack.adapter import SlackPlatform

    return SlackPlatform(
        tokens["SLACK_BOT_TOKEN"],
        tokens["SLACK_APP_TOKEN"],
        tokens.get("SLACK_USER_TOKEN"),
        api_base=settings.slack.api_base,
    )


class Incomplete:
    """A `Platform` that lacks a token: it says so, and does nothing."""

    text_limit = 4000

    def __init__(self, name: str, *missing: str) -> None:
        self.name = name
        self._why = (
            f"{name.capitalize()} also needs {' and '.join(missing)}: set it, then start the twin again"
        )

    @property
    def health(self) -> tuple[Health, str]:
        """What is missing."""
        return Health.STOPPED, self._why

    async def run(self, inbound: Inbound) -> None:
        """Raises OwnerMustFix at once."""
        del inbound
        raise OwnerMustFix(self._why)

    async def send(
        self, conversation: ConversationId, text: str, *, nonce: str, reply_to: MessageId | None = None
    ) -> str:
        """Raises TryAgain: it may be sent once all is there."""
        del conversation, text, nonce, reply_to
        raise TryAgain(self._why)
