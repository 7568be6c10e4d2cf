"""How the platforms are."""

from collections.abc import Iterable

from bots.api.views import PlatformView
from bots.platforms.port import Health, Platform
from bots.runtime.base.problems import Problems
from bots.runtime.delivery.sender import Sender
from bots.runtime.process.connections import problem_of
from memory.state.accounts import Accounts


class PlatformHealth:
    """Of every platform that something is sent on."""

    def __init__(
        self, platforms: Iterable[Platform], sender: Sender, accounts: Accounts, problems: Problems
    ) -> None:
        self._adapters = {platform.name: platform for platform in platforms}
        self._sender = sender
        self._accounts = accounts
        self._problems = problems

    def views(self) -> tuple[PlatformView, ...]:
        """A platform that connects is as it says itself; the others are well until sending to them fails."""
        return tuple(map(self._view, self._sender.platforms))

    def _view(self, name: str) -> PlatformView:
        problem, adapter = self._problems.of, self._adapters.get(name)
        accounts = tuple(account.account for account in self._accounts.owners(name))
        if adapter is None:
            return PlatformView(name, problem(name) is None, problem(name), "", accounts)
        health, detail = adapter.health
        connected = health is Health.CONNECTED
        told = problem(problem_of(name)) or problem(name) or problem(f"{name} cards")
        why = told if connected else problem(problem_of(name)) or detail or health.value
        return PlatformView(name, connected, why, detail, accounts)
