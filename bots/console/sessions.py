"""Which browsers the console knows: links that open it once, and sessions that they were exchanged for."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LINK_LASTS_S = 600.0
"""How long a link opens the console, unless it is used before."""
MOST_LINKS = 16
MOST_SESSIONS = 32
"""Beyond them the oldest link, and the session that was idle for longest, end."""
SESSION_PATH = "/s/"


@dataclass(slots=True)
class BrowserSession:
    """One browser's: its name stands in the path of every page, its key is the value of a cookie that goes to
    that path alone. `used_at` in seconds of the clock."""

    name: str
    key: str
    used_at: float

    @property
    def path(self) -> str:
        """Where its pages are, without a slash at the end."""
        return session_path(self.name)


class BrowserSessions:
    """Links and sessions, in memory alone: both end with the process.

    `idle_s` is how long a session lasts after its owner last opened a page or did something.
    """

    def __init__(self, idle_s: float, clock: Callable[[], float] = time.time) -> None:
        self._idle_s = idle_s
        self._clock = clock
        self._links: dict[str, float] = {}
        self._sessions: dict[str, BrowserSession] = {}

    def new_token(self) -> str:
        """For one link more; it opens the console once, within ten minutes."""
        self._drop_ended()
        token = secrets.token_urlsafe(24)
        self._links[token] = self._clock() + LINK_LASTS_S
        while len(self._links) > MOST_LINKS:
            del self._links[next(iter(self._links))]
        return token

    def exchange(self, token: str) -> BrowserSession | None:
        """A new session for a link's token; None for one that is wrong, used or too old."""
        self._drop_ended()
        known = [link for link in self._links if _same(link, token)]
        if not known:
            return None
        del self._links[known[0]]
        session = BrowserSession(secrets.token_urlsafe(24), secrets.token_urlsafe(32), self._clock())
        self._sessions[session.name] = session
        while len(self._sessions) > MOST_SESSIONS:
            del self._sessions[min(self._sessions.values(), key=lambda other: other.used_at).name]
        return session

    def holds(self, name: str, keys: Iterable[str], *, use: bool) -> bool:
        """Whether one of a browser's cookies is the key of the session of that name; `use` keeps it alive."""
        self._drop_ended()
        session = self._sessions.get(name)
        if session is None or not any(_same(key, session.key) for key in keys):
            return False
        if use:
            session.used_at = self._clock()
        return True

    def lives(self, name: str) -> bool:
        """Whether the session of that name has not ended."""
        self._drop_ended()
        return name in self._sessions

    def _drop_ended(self) -> None:
        now = self._clock()
        self._links = {token: ends for token, ends in self._links.items() if now < ends}
        self._sessions = {
            name: session for name, session in self._sessions.items() if now - session.used_at < self._idle_s
        }


def session_path(name: str) -> str:
    """Where the pages of the session of that name are."""
    return SESSION_PATH + name


def session_name(path: str) -> str:
    """The session that a path belongs to; empty for one outside of all."""
    return path.removeprefix(SESSION_PATH).partition("/")[0] if path.startswith(SESSION_PATH) else ""


def _same(given: str, secret: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), secret.encode("utf-8", "replace"))
