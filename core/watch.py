"""Whether files that were read may have changed since."""

from collections.abc import Iterator
from contextlib import contextmanager


class Watch:
    """Of some files. Until somebody watches them they may always have changed, and are looked at each time
    that they are asked for; while somebody does, only after word of a change."""

    def __init__(self) -> None:
        self._watched = False
        self._changed = True

    def may_have_changed(self) -> bool:
        """Whether to look; asked again, no more."""
        changed, self._changed = self._changed, False
        return changed or not self._watched

    def changed(self) -> None:
        """They did, or may have."""
        self._changed = True

    @contextmanager
    def watched(self) -> Iterator[None]:
        """For as long as the block runs every change is told by `changed`."""
        self._watched = self._changed = True
        try:
            yield
        finally:
            self._watched = False
