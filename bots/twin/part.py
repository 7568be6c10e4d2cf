"""What the parts of `Twin` share."""

from datetime import datetime

from bots.api.views import Done, DraftView
from bots.runtime.base.times import moment
from bots.runtime.process.container import Container
from core.types import Draft


class Part:
    """Some of the methods of `Twin`, over one house."""

    def __init__(self, house: Container) -> None:
        self._house = house

    def _set(self, said: str) -> Done:
        self._house.changes.publish("settings")
        return Done(said)

    def _moment(self, given: str | datetime) -> datetime:
        return moment(given, self._house.clock.now(), self._house.zone)

    async def _shown(self, draft: Draft) -> DraftView:
        return await self._house.presenter.draft(draft)
