"""Who may hear which canary at this moment: worked out individual by individual, apart from the product.

A canary is a code word. It may be in several places at once: a note, an entry, what somebody said, what the
twin repeated. It may be heard where all who read along know one of these.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

ANYONE = "anyone in "
"""Stands for all who read a channel whose readers nobody can list."""


@dataclass
class Channel:
    """A direct chat, a group or a channel: who reads it now. `readers` None: nobody can list them."""

    readers: frozenset[str] | None
    joiners_read_back: bool = True
    newest_join: datetime | None = None

    def present(self, name: str) -> frozenset[str]:
        """Those who listen there."""
        return self.readers or frozenset({ANYONE + name})


@dataclass(frozen=True)
class Source:
    """A place where a code stands. `channel` is where it was said, empty for what was written down; of what
    was said, `heard_by` is who could read it then, else the principals that its owner named."""

    code: str
    heard_by: frozenset[str]
    channel: str = ""
    at: datetime | None = None


@dataclass
class Oracle:
    """All that is known of the canaries and of who is where."""

    channels: dict[str, Channel] = field(default_factory=dict)
    circles: dict[str, frozenset[str]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    """By the id of the record."""
    before: dict[str, Source] = field(default_factory=dict)
    """What stood while a change is under way: a prompt that was begun before it may hold either."""

    def said(self, record: str, code: str, channel: str, author: str, at: datetime) -> None:
        """Somebody said it there."""
        where = self.channels[channel]
        heard_by = where.readers or frozenset({ANYONE + channel} if where.joiners_read_back else ())
        hidden = not where.joiners_read_back and where.newest_join is not None and at < where.newest_join
        self.sources[record] = Source(code, frozenset() if hidden else heard_by | {author}, channel, at)

    def edited(self, record: str, code: str, author: str) -> None:
        """The author said something else instead: for those who could read both."""
        before = self.sources[record]
        where = self.channels[before.channel]
        now = where.readers or frozenset({ANYONE + before.channel} if where.joiners_read_back else ())
        both = before.heard_by & (now | {author})
        self.sources[record] = Source(code, both, before.channel, before.at)

    def joined(self, channel: str, readers: frozenset[str] | None, at: datetime) -> None:
        """Who reads a channel now."""
        where = self.channels[channel]
        grew = readers is not None and where.readers is not None and not readers <= where.readers
        where.readers = readers
        if grew:
            where.newest_join = at

    def codes(self, channel: str) -> frozenset[str]:
        """Those that may be heard there now."""
        sources = (*self.sources.values(), *self.before.values())
        return frozenset(source.code for source in sources if self._may_hear(source, channel))

    def _may_hear(self, source: Source, channel: str) -> bool:
        where = self.channels[channel]
        there = source.at if source.channel == channel else None
        if there is not None and (where.joiners_read_back or there >= (where.newest_join or there)):
            return True
        return all(self._knows(source, listener) for listener in where.present(channel))

    def _knows(self, source: Source, listener: str) -> bool:
        return any(listener == individual for individual in self._individuals(source.heard_by, listener))

    def _individuals(self, principals: Iterable[str], listener: str) -> Iterator[str]:
        for principal in principals:
            sort, _, name = principal.partition(":")
            if principal == "public":
                yield listener
            elif sort == "person":
                yield name
            elif sort == "circle":
                yield from self.circles.get(name, ())
            elif sort == "place":
                where = self.channels.get(name)
                if where is not None and where.joiners_read_back:
                    yield from where.present(name)
            else:
                yield principal
