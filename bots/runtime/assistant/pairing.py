"""How an account is proven to be the owner's: they send a one-use code from it, in a DM to the bot."""

import re
from collections import deque
from datetime import datetime

from core.ports import Clock
from core.types import PersonId
from memory.state.accounts import CODE_LASTS, Accounts, normal_code

OFFERED = re.compile(r"/?(?:start|pair)?\s*(?P<code>[\w -]{8,12})", re.IGNORECASE)
TRIES = 4
"""So many wrong codes may one account send before it is not looked at for a while."""
WRONG = (
    "That code does not match, or is no longer good. `understudy pair`, on the machine where your twin"
    " runs, prints a new one."
)


def offered(text: str) -> str | None:
    """The code in a message that is nothing but a code: `ABCD-EFGH`, `pair abcdefgh`, `/start ...`. Pure.

    What was forwarded or quoted is marked by its adapter, and so never is one.
    """
    found = OFFERED.fullmatch(text.strip())
    return normal_code(found["code"]) if found else None


class Pairing:
    """Takes codes from strangers."""

    def __init__(self, accounts: Accounts, clock: Clock) -> None:
        self._accounts = accounts
        self._clock = clock
        self._wrong: dict[PersonId, deque[datetime]] = {}

    async def tried(self, account: PersonId, text: str) -> bool | None:
        """Whether a message proves the account; None where it is no try at all, or one too many."""
        code = offered(text)
        if code is None:
            return None
        now = self._clock.now()
        wrong = self._wrong.setdefault(account, deque(maxlen=TRIES))
        if len(wrong) == TRIES and wrong[0] > now - CODE_LASTS:
            return None
        paired = await self._accounts.pair(account, code)
        if paired is False:
            wrong.append(now)
        else:
            del self._wrong[account]
        return paired
