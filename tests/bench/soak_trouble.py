"""What goes wrong: servers, sockets, the model, and the twin's own process."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from tests.bench.soak_friends import PATIENCE_S, Ledger
from tests.bench.soak_life import Life, Watch
from tests.wire import discord_server, slack_server, telegram_server
from tests.wire.fronts import Fronts

Cause = Callable[[], Awaitable[None]]
MODEL_AWAY_S, DEAD_S, SLOW_S = 1.5, 0.5, 1.0


class Trouble:
    """Something or other, again and again."""

    def __init__(self, fronts: Fronts, life: Life, watch: Watch, ledger: Ledger, messages: int) -> None:
        self._fronts = fronts
        self._life = life
        self._watch = watch
        self._ledger = ledger
        self._messages = messages
        self._random = random.Random(messages)

    async def run(self) -> None:
        """One fault after the other, the model's absence among them; for ever."""
        every = self._causes()
        while True:
            for cause in (*self._random.choices(every, k=12), self._model_away):
                with suppress(OSError, IndexError, AssertionError):
                    await cause()
                await asyncio.sleep(self._random.uniform(0.2, 0.8))

    async def kill(self, *, times: int) -> None:
        """Kill the twin so often, evenly, once every friend was heard: Discord lists no bot's DMs, so that
        what is said in one that is not known yet, to a twin that is dead, is lost by Discord itself."""
        for number in range(1, times + 1):
            await self._ledger.until(self._messages * number // (times + 1))
            await self._watch.stored(self._ledger.first_words(), PATIENCE_S)
            await self._life.kill()
            await asyncio.sleep(DEAD_S)
            await self._life.start()

    async def _model_away(self) -> None:
        away = self._life.home.path / "model-is-away"
        away.touch()
        await asyncio.sleep(MODEL_AWAY_S)
        away.unlink()

    async def _slow(self) -> None:
        slack = self._fronts.slack.server
        slack.fail("chat.postMessage", slack_server.Fault(how="slow"))
        await asyncio.sleep(SLOW_S)
        slack.hurry.set()
        await asyncio.sleep(0)
        slack.hurry.clear()
        slack.faults["chat.postMessage"].clear()

    def _causes(self) -> list[Cause]:
        telegram, slack = self._fronts.telegram.server, self._fronts.slack.server
        discord, post = self._fronts.discord.server, "POST /channels/*/messages"
        return [
            _fails(telegram, "sendMessage", telegram_server.Fault(429, "Too Many Requests", 1)),
            _fails(telegram, "sendMessage", telegram_server.Fault(502, "Bad Gateway")),
            _fails(telegram, "sendMessage", telegram_server.Fault(how="cut")),
            _fails(telegram, "getUpdates", telegram_server.Fault(502, "Bad Gateway")),
            _fails(telegram, "getUpdates", telegram_server.Fault(how="cut")),
            _fails(slack, "chat.postMessage", slack_server.Fault("ratelimited", 429, 1)),
            _fails(slack, "chat.postMessage", slack_server.Fault(status=503, how="html")),
            _fails(slack, "chat.postMessage", slack_server.Fault(how="cut")),
            _fails(slack, "chat.postMessage", slack_server.Fault(how="done then cut")),
            _fails(slack, "chat.update", slack_server.Fault("ratelimited", 429, 1)),
            _fails(discord, post, discord_server.Fault(429, 0.5)),
            _fails(discord, post, discord_server.Fault(502)),
            _fails(discord, post, discord_server.Fault(how="cut")),
            _fails(discord, post, discord_server.Fault(how="done and cut")),
            slack.drop,
            slack.refresh,
            discord.drop,
            self._slow,
        ]


def _fails(server: Any, method: str, fault: Any) -> Cause:
    """The next call of a method goes so, where none is to fail already."""

    async def add() -> None:
        if not server.faults[method]:
            server.faults[method].append(fault)

    return add
