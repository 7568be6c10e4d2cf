"""What the owner should mend, told once each. Never holds what was said, nor a token."""

import logging

from bots.runtime.base.changes import Changes

log = logging.getLogger(__name__)

DATABASE = "database"
"""Whose problem it is where the home's own file does not take or give something."""


class Problems:
    """The problems of this moment, by who has them: `model`, `telegram`, a conversation's id."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._now: dict[str, str] = {}

    def tell(self, where: str, what: str) -> None:
        """Say it once: logged and published when it is new, silent while it lasts."""
        told = what in self._now.values()
        changed = self._now.get(where) != what
        self._now[where] = what
        if changed and not told:
            log.warning("%s: %s", where, what)
            self._changes.publish("problem")

    def clear(self, where: str) -> None:
        """It is well again."""
        if self._now.pop(where, None) is not None:
            log.info("%s: well again", where)
            self._changes.publish("problem")

    def of(self, where: str) -> str | None:
        """What is wrong there, None when nothing is."""
        return self._now.get(where)

    def all(self) -> tuple[str, ...]:
        """Each once, oldest first."""
        return tuple(dict.fromkeys(self._now.values()))
