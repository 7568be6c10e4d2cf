"""Whether files that were read may have changed since."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOK_AGAIN_S = 2.0
"""Also where somebody watches: no file system tells of everything (a link's target, a folder that was
replaced, a share)."""


class Watch:
    """Of some files. Until somebody watches them they may always have changed, and are looked at each time
    that they are asked for; while somebody does, only after word of a change, and now and then."""

    def __init__(self) -> None:
        self._watched = False
        self._changed = True
        self._looked = 0.0

    def may_have_changed(self) -> bool:
        """Whether to look; asked again soon, no more."""
        now = time.monotonic()
        if self._watched and not self._changed and now - self._looked < LOOK_AGAIN_S:
            return False
        self._changed, self._looked = False, now
        return True

    def changed(self) -> None:
        """They did, or may have. From any thread."""
        self._changed = True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For as long as the block runs every change is told by `changed`."""
        self._watched = self._changed = True
        try:
            yield
        finally:
            self._watched = False
