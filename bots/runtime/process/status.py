"""How the twin is, in one answer."""

from pathlib import Path

from bots.api.views import StatusView
from bots.runtime.process.model_health import ModelHealth
from bots.runtime.process.open_problems import OpenProblems
from bots.runtime.process.platform_health import PlatformHealth
from memory.outbox.switches import Switches
from memory.reports import overview
from memory.storage.port import Database


class TwinStatus:
    """Asked of those who know."""

    def __init__(
        self,
        home: Path,
        owner: str,
        control: Switches,
        model: ModelHealth,
        platforms: PlatformHealth,
        problems: OpenProblems,
        db: Database,
    ) -> None:
        self._home = home
        self._owner = owner
        self._control = control
        self._model = model
        self._platforms = platforms
        self._problems = problems
        self._db = db

    async def view(self) -> StatusView:
        """Where nothing keeps an eye on the model, it is asked now."""
        await self._model.check_unwatched()
        return StatusView(
            home=str(self._home),
            owner=self._owner,
            paused=await self._control.paused(),
            away=await self._control.is_away(),
            model=self._model.view(),
            platforms=self._platforms.views(),
            counts=await self._db.read(overview.counts),
            problems=await self._problems.all(),
        )
