"""Words to the owner, in their DMs with the twin."""

import logging
from collections.abc import Collection, Iterable, Sequence

from bots.platforms.port import Health, OwnerDm, Platform
from core.errors import Refused, TryAgain
from memory.state.accounts import Accounts

log = logging.getLogger(__name__)


class OwnerDms:
    """The owner's DMs: on the platforms of `order`, or where none is named wherever they have paired an
    account. `full` are those where what was said on others may be told."""

    def __init__(
        self,
        platforms: Iterable[Platform],
        accounts: Accounts,
        *,
        order: Sequence[str] = (),
        full: Sequence[str] = (),
    ) -> None:
        self._platforms = {platform.name: platform for platform in platforms if isinstance(platform, OwnerDm)}
        self._accounts = accounts
        self.order = tuple(order)
        """The platforms that the owner chose, the best first."""
        self._full = frozenset(full)

    def paired(self, platform: str) -> bool:
        """Whether the owner has an account there, and the twin too."""
        return platform in self._platforms and bool(self._accounts.owners(platform))

    def preferred(self) -> tuple[str, ...]:
        """Where the owner can be told things, the best first."""
        paired = [name for name in self._platforms if self.paired(name)]
        chosen = [name for name in self.order if name in paired]
        return tuple(dict.fromkeys((*chosen, *paired)))

    def connected(self, platform: str) -> bool:
        """Whether it can be told there now."""
        return self.paired(platform) and self._platforms[platform].health[0] is Health.CONNECTED

    def reachable(self) -> tuple[str, ...]:
        """Where the owner can be told things now, the best first.

        None while one that they chose before those still starts: which of them is connected first after a
        start says nothing of where the owner wants to be told.
        """
        found: list[str] = []
        for name in self.preferred():
            health = self._platforms[name].health[0]
            if health is Health.STARTING and name in self.order and not found:
                return ()
            if health is Health.CONNECTED:
                found.append(name)
        return tuple(found)

    def full(self, platform: str) -> bool:
        """Whether what was said on other platforms may be told there."""
        return platform in self._full

    async def tell(self, platform: str, text: str, picture: bytes | None = None) -> None:
        """On the account paired last that takes it.

        Raises Refused where none does, TryAgain where nothing was told, and what else the platform raises.
        """
        dm, why = self._platforms[platform], Refused(f"you have no account on {platform}")
        for account in reversed(self._accounts.owners(platform)):
            try:
                return await dm.tell(account.account, text, picture)
            except Refused as refused:
                why = refused
        raise why

    async def tell_anywhere(self, text: str, *, besides: Collection[str] = ()) -> bool:
        """Tell what may be said on every platform, on the first that takes it. False where none has, and
        one may in a while."""
        later = False
        for name in self.reachable():
            if name in besides:
                continue
            try:
                await self.tell(name, text)
            except Exception as error:
                # Supervision: whatever a platform says, the next one is tried.
                log.info("%s took no word to the owner (%s)", name, type(error).__name__)
                later |= isinstance(error, TryAgain)
            else:
                return True
        return not later
