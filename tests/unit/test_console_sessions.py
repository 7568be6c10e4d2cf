"""Links that open the console once, and sessions that end with their owner's absence."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bots.console.sessions import (
    LINK_LASTS_S,
    MOST_LINKS,
    MOST_SESSIONS,
    BrowserSession,
    BrowserSessions,
    session_name,
)

IDLE_S = 3600.0


class ManualClock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sessions(clock: ManualClock) -> BrowserSessions:
    return BrowserSessions(IDLE_S, clock)


def entered(sessions: BrowserSessions) -> BrowserSession:
    session = sessions.exchange(sessions.new_token())
    assert session is not None
    return session


def holds(sessions: BrowserSessions, session: BrowserSession, *, use: bool = False) -> bool:
    return sessions.holds(session.name, ["another", session.key], use=use)


def test_a_link_works_once(sessions: BrowserSessions) -> None:
    token = sessions.new_token()
    assert sessions.exchange(token) is not None
    assert sessions.exchange(token) is None


def test_a_link_ends_after_ten_minutes(sessions: BrowserSessions, clock: ManualClock) -> None:
    early, late = sessions.new_token(), sessions.new_token()
    clock.now += LINK_LASTS_S - 1
    assert sessions.exchange(early) is not None
    clock.now += 1
    assert sessions.exchange(late) is None


@pytest.mark.parametrize("token", ["", "wrong", "ü", "\udce4", "a" * 5000])
def test_a_wrong_token_opens_nothing_and_spoils_nothing(sessions: BrowserSessions, token: str) -> None:
    right = sessions.new_token()
    assert sessions.exchange(token) is None
    assert sessions.exchange(right) is not None


def test_several_browsers_have_sessions_of_their_own(sessions: BrowserSessions) -> None:
    first, second = entered(sessions), entered(sessions)
    assert holds(sessions, first)
    assert holds(sessions, second)
    assert not sessions.holds(first.name, [second.key], use=False)
    assert not sessions.holds("", [first.key, second.key], use=False)
    assert len({first.path, second.path, first.key, second.key}) == 4


def test_a_session_ends_when_it_was_idle_and_not_while_it_is_used(
    sessions: BrowserSessions, clock: ManualClock
) -> None:
    used, idle = entered(sessions), entered(sessions)
    for _ in range(3):
        clock.now += IDLE_S - 1
        assert holds(sessions, used, use=True)
        assert sessions.lives(used.name)
    assert not holds(sessions, idle)
    assert not sessions.lives(idle.name)


def test_what_a_page_asks_by_itself_keeps_no_session_alive(
    sessions: BrowserSessions, clock: ManualClock
) -> None:
    session = entered(sessions)
    clock.now += IDLE_S - 1
    assert holds(sessions, session, use=False)
    clock.now += 1
    assert not holds(sessions, session, use=True)


def test_they_are_bounded_and_the_newest_work(sessions: BrowserSessions, clock: ManualClock) -> None:
    tokens = [sessions.new_token() for _ in range(MOST_LINKS + 1)]
    assert sessions.exchange(tokens[0]) is None
    assert sessions.exchange(tokens[1]) is not None
    opened = []
    for _ in range(MOST_SESSIONS + 1):
        clock.now += 1
        opened.append(entered(sessions))
    assert not holds(sessions, opened[0])
    assert all(holds(sessions, session) for session in opened[1:])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/s/abc/", "abc"),
        ("/s/abc/inbox", "abc"),
        ("/s/abc", "abc"),
        ("/s/", ""),
        ("/", ""),
        ("/x/s/abc", ""),
    ],
)
def test_the_session_stands_in_the_path(path: str, name: str) -> None:
    assert session_name(path) == name


class Browsers(RuleBasedStateMachine):
    """Whatever is done: a key holds exactly while its session was not idle for too long."""

    @initialize()
    def begin(self) -> None:
        self.clock = ManualClock()
        self.sessions = BrowserSessions(IDLE_S, self.clock)
        self.used: dict[str, tuple[BrowserSession, float]] = {}

    @rule()
    def open(self) -> None:
        if len(self.used) < MOST_SESSIONS:
            session = entered(self.sessions)
            self.used[session.name] = session, self.clock.now

    @rule(seconds=st.floats(1, IDLE_S))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(data=st.data(), use=st.booleans())
    def ask(self, data: st.DataObject, use: bool) -> None:
        if not self.used:
            return
        session, _ = self.used[data.draw(st.sampled_from(sorted(self.used)))]
        if holds(self.sessions, session, use=use) and use:
            self.used[session.name] = session, self.clock.now

    @invariant()
    def each_holds_exactly_while_it_is_used(self) -> None:
        for session, used_at in getattr(self, "used", {}).values():
            assert holds(self.sessions, session) == (self.clock.now - used_at < IDLE_S)


TestBrowsers = Browsers.TestCase
