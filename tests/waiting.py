"""Waiting for what happens elsewhere, without ever sleeping; and models and platforms that wait for us."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from bots.api.change import Change
from core.errors import UnderstudyError
from core.ports import ModelCard, Sampling
from core.prompt.chat import Prompt
from core.types import ConversationId, MessageId

PATIENCE_S = 20.0


async def until(changes: AsyncIterator[Change], holds: Callable[[], Awaitable[bool]]) -> None:
    """Return once `holds()` does; asked again after each change."""
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():
            await anext(changes)


class Sleeper:
    """Time that passes only when the test says so. `asked` holds the seconds of every sleep, oldest first."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._sleeping: list[asyncio.Future[None]] = []
        self._new = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        awake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append(awake)
        self._new.set()
        try:
            await awake
        finally:
            self._sleeping.remove(awake)

    @property
    def sleeping(self) -> bool:
        """Whether anybody sleeps now."""
        return bool(self._sleeping)

    async def asleep(self, times: int = 1) -> None:
        """Return once somebody sleeps, for at least that time of asking."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._sleeping or len(self.asked) < times:
                self._new.clear()
                await self._new.wait()

    async def wake(self) -> None:
        """End every sleep, waiting for the first if need be."""
        await self.asleep()
        for one in list(self._sleeping):
            if not one.done():
                one.set_result(None)


class SlowChat:
    """A model that answers each prompt with what the test gives it, when it gives it."""

    card = ModelCard("slow", "slow", "chat", 4096)

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []
        self.abandoned = 0
        self._asked: asyncio.Queue[asyncio.Future[str]] = asyncio.Queue()

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str]:
        self.prompts.append(prompt)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait(answer)
        try:
            yield await answer
        except asyncio.CancelledError:
            self.abandoned += 1
            raise

    async def next(self) -> "asyncio.Future[str]":
        """The next question, to be answered with `set_result` or `set_exception`."""
        async with asyncio.timeout(PATIENCE_S):
            while (asked := await self._asked.get()).done():
                pass
            return asked

    async def check(self) -> None:
        """Always there."""

    async def close(self) -> None:
        """Nothing to let go of."""


@dataclass
class Sent:
    """One part that reached a platform."""

    conversation: ConversationId
    text: str
    nonce: str
    reply_to: MessageId | None
    continues: bool = False


@dataclass
class RecordingDelivery:
    """A platform that keeps what it was given. `fails` holds what the next sends raise, None for success."""

    name: str = "console"
    text_limit: int = 4000
    sent: list[Sent] = field(default_factory=list)
    fails: list[BaseException | None] = field(default_factory=list)
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(
        self,
        conversation: ConversationId,
        text: str,
        *,
        nonce: str,
        reply_to: MessageId | None = None,
        continues: bool = False,
    ) -> str:
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        fails = self.fails.pop(0) if self.fails else None
        if fails is not None:
            raise fails
        self.sent.append(Sent(conversation, text, nonce, reply_to, continues))
        return f"delivered-{len(self.sent)}"


def failing(*errors: UnderstudyError | None) -> RecordingDelivery:
    """A platform whose next sends go so."""
    return RecordingDelivery(fails=list(errors))
