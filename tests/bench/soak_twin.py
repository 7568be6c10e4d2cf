"""The twin that the soak kills: the real adapters, and an instant model that can be away."""

import asyncio
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

from bots import assembly, control_server
from bots.home import Home
from bots.logs import logging_to
from bots.platforms.discord.spec import DiscordSettings
from bots.platforms.registry import adapters
from bots.platforms.slack.spec import SlackSettings
from bots.platforms.telegram.spec import TelegramSettings
from bots.settings import (
    GatewaySettings,
    OwnerSettings,
    Settings,
)
from core.errors import TryAgain
from core.models.embedders import HashedEmbedder
from core.models.scripted import ScriptedChat
from core.prompt.chat import Prompt
from tests.fakes import NOON
from tests.wire.fronts import TOKENS

MARK = re.compile(r"\bm\d+x\b")
"""What every message of the soak is known by; a reply names the newest that it answers."""


class LaterClock:
    """Goes on from `NOON`, the stand-ins' day, since `epoch` (seconds of the machine's clock)."""

    def __init__(self, epoch: float) -> None:
        self._epoch = epoch

    def now(self) -> datetime:
        """Real time, on that day."""
        return (NOON + timedelta(seconds=time() - self._epoch)).astimezone(UTC)


class MortalChat(ScriptedChat):
    """Is away for as long as a file is there."""

    def __init__(self, away: Path) -> None:
        super().__init__(self._reply)
        self._away = away

    async def check(self) -> None:
        """Raises TryAgain while away."""
        if self._away.exists():
            raise TryAgain("the model is away")

    def _reply(self, prompt: Prompt) -> str:
        self.prompts.clear()  # what is kept here is no leak of the twin's
        if self._away.exists():
            raise TryAgain("the model is away")
        marks = MARK.findall(prompt.turns[-1].content)
        return f"{marks[-1]}?" if marks else "let me see"


async def _live(given: dict[str, Any]) -> None:
    home, clock = Home(Path(given["home"])), LaterClock(given["epoch"])
    settings = Settings(
        owner=OwnerSettings(name="Alex"),
        gateway=GatewaySettings(burst_s=0.05, retry_first_s=0.1, retry_longest_s=1.0),
        platforms={
            "telegram": TelegramSettings(api_base=given["telegram"]),
            "slack": SlackSettings(api_base=given["slack"]),
            "discord": DiscordSettings(api_base=given["discord"], gateway_url=given["gateway"]),
        },
    )
    async with (
        assembly.running(
            home,
            settings,
            resident=True,
            model=MortalChat(home.path / "model-is-away"),
            embedder=HashedEmbedder(),
            platforms=adapters(settings.platforms, TOKENS, clock),
            clock=clock,
        ) as twin,
        control_server.serving(home, twin),
    ):
        await asyncio.Event().wait()


def main() -> None:
    """Until killed. The one argument is a JSON object: home, epoch, and where the stand-ins are."""
    given = json.loads(sys.argv[1])
    with logging_to(Home(Path(given["home"]))):
        asyncio.run(_live(given))


if __name__ == "__main__":
    main()
