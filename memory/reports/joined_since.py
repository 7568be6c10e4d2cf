"""Who came since a backup was made counts as come: what the backup knows of who can read each channel is held
against what the home that it replaces knows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.types import Kind
from memory.archive.conversations import keep_readers, newest_join
from memory.archive.rows import Readers
from memory.storage.port import Connection

SEEN = ("count/", "readers/")
"""How the keys begin of the adapters' facts by which they see that somebody came while the twin was off."""


@dataclass(frozen=True, slots=True)
class KnownReaders:
    """What a home knows of who can read its channels; `seen` are its adapters' facts, by platform and key."""

    channels: Mapping[str, Readers]
    seen: Mapping[tuple[str, str], str]


def known_readers(connection: Connection) -> KnownReaders:
    """What a database holds."""
    channels = {row["channel"]: Readers.read(row) for row in connection.execute("SELECT * FROM readers")}
    facts = {
        (str(row["platform"]), str(row["key"])): str(row["value"])
        for row in connection.execute("SELECT * FROM platform_facts")
    }
    return KnownReaders(channels, {fact: facts[fact] for fact in facts if fact[1].startswith(SEEN)})


def keep_joined(connection: Connection, known: KnownReaders | None, now: datetime) -> None:
    """Bring a database that was just restored to where nobody hears what was said before they came; `known`
    is None where no home was replaced, or none that could be read."""
    home = known or KnownReaders({}, {})
    backup = known_readers(connection).channels
    for channel, before in backup.items():
        here = home.channels.get(channel)
        after = narrower(before, here, now) if here else _unknown_since(connection, channel, before, now)
        if after != before:
            keep_readers(connection, channel, after)
    for channel in home.channels.keys() - backup.keys():
        keep_readers(connection, channel, home.channels[channel])
    # With the home's joins goes what they were seen by: a change since is one from there.
    connection.executemany(
        "INSERT INTO platform_facts (platform, key, value) VALUES (?, ?, ?)"
        " ON CONFLICT (platform, key) DO UPDATE SET value = excluded.value",
        [(*fact, value) for fact, value in home.seen.items()],
    )


def narrower(backup: Readers, home: Readers, now: datetime) -> Readers:
    """What lets fewer hear, of what both know of a channel: the later join, also one that shows in the lists
    alone, and no reading back unless both say so. Who is there, the one says that knows the later join."""
    knows_later = backup.newest_join is not None and (
        home.newest_join is None or home.newest_join < backup.newest_join
    )
    return Readers(
        members=(backup if knows_later else home).members,
        joiners_read_history=backup.joiners_read_history and home.joiners_read_history,
        newest_join=newest_join(backup, home, now),
    )


def _unknown_since(connection: Connection, channel: str, readers: Readers, now: datetime) -> Readers:
    """Who came since, nobody can tell: in a group anyone may have."""
    kinds = connection.execute("SELECT DISTINCT kind FROM conversations WHERE channel = ?", (channel,))
    of_two = readers.members is not None and len(readers.members) <= 1
    if of_two and all(row["kind"] != Kind.GROUP for row in kinds):
        return readers
    return replace(readers, newest_join=max(now, readers.newest_join or now))
