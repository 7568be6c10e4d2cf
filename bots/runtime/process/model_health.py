"""Whether the model speaks."""

import asyncio
from collections.abc import AsyncIterator, Callable

from bots.api.views import ModelView
from bots.runtime.base.services import Services
from core.errors import OwnerMustFix, TryAgain
from core.ports import ChatModel, Embedder, ModelCard, Sampling, StreamEnd
from core.prompt.chat import Prompt

WHERE = "model"
SLOW = "the model takes long to load, or to answer"
SLOW_S = 60.0
"""A check that goes on for so long is told of, and waited for."""
LOADING_S = 20.0
"""What a command that runs on its own gives the model to say that it is there."""


class ModelHealth:
    """Looks after one model: loads it early, and knows what is wrong with it. `well` is called whenever it
    is found to be well again."""

    def __init__(
        self, model: ChatModel, embedder: Embedder, services: Services, well: Callable[[], None]
    ) -> None:
        self._model = model
        self._embedder = embedder
        self._problems = services.problems
        self._timing = services.timing
        self._sleep = services.sleep
        self._well = well
        self._loaded = False
        self._wrote = False
        """A whole reply since it was last found to be well."""
        self.watched = False
        """Somebody runs `keep`."""

    @property
    def ready(self) -> bool:
        """It was loaded, and its last answer was one."""
        return self._loaded and self._problems.of(WHERE) is None

    async def check(self) -> bool:
        """Ask it once; what it says is among the problems until it is well, and that it takes long too."""
        slow = asyncio.get_running_loop().call_later(SLOW_S, self._problems.tell, WHERE, SLOW)
        try:
            await self._model.check()
        except (TryAgain, OwnerMustFix) as error:
            self._problems.tell(WHERE, str(error))
            return False
        finally:
            slow.cancel()
        self._well_again()
        return True

    async def check_unwatched(self) -> None:
        """Ask it where nobody else does, and give it a while to load."""
        if self.watched or self.ready:
            return
        try:
            async with asyncio.timeout(LOADING_S):
                await self.check()
        except TimeoutError:
            self._problems.tell(WHERE, SLOW)

    def view(self) -> ModelView:
        """Which one it is, and how it is."""
        card = self._model.card
        return ModelView(
            card.name,
            card.digest,
            card.licence,
            self.ready,
            self._problems.of(WHERE),
            card.runs_on,
            self._embedder.runs_on,
        )

    def spoke(self) -> None:
        """It has just answered somebody: no need to ask it. A check may wait behind many drafts."""
        self._wrote = True
        self._well_again()

    def _well_again(self) -> None:
        if not self.ready:
            self._loaded = True
            self._problems.clear(WHERE)
            self._well()

    def heard(self) -> ChatModel:
        """The model, for those who ask it for drafts: that it answers is noted here."""
        return _Heard(self._model, self.spoke)

    async def keep(self) -> None:
        """Ask until it is well, and again whenever it has fallen ill. Runs for ever.

        The pauses grow until it has written a whole reply: one token is none.
        """
        self.watched = True
        asked = 0
        while True:
            pause = self._timing.look_again_s
            if self._wrote:
                asked, self._wrote = 0, False
            if not self.ready:
                well = await self.check()
                backoff = self._timing.backoff(asked)
                pause = max(pause, backoff) if well else backoff
                asked += 1
            await self._sleep(pause)


class _Heard:
    """Implements `core.ports.ChatModel`: another model, and word of its every answer."""

    def __init__(self, model: ChatModel, spoke: Callable[[], None]) -> None:
        self._model = model
        self._spoke = spoke
        self.check = model.check
        self.close = model.close

    @property
    def card(self) -> ModelCard:
        """As the model's."""
        return self._model.card

    async def stream(self, prompt: Prompt, sampling: Sampling) -> AsyncIterator[str | StreamEnd | ModelCard]:
        """As the model's. It counts once it is whole: a model that dies over every answer is not well."""
        async for piece in self._model.stream(prompt, sampling):
            yield piece
        self._spoke()
