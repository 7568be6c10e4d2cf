"""Who the owner is and knows (L2): `profile.json`, theirs to edit, ours to read and add to."""

import threading
from asyncio import to_thread
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core.audience import OWNER_ONLY, Membership
from core.errors import OwnerMustFix, Refused
from core.ids import RecordKind, in_profile, record_id, record_key, record_kind
from core.types import Audience, ConversationId, MemoryRecord, Person, PersonaName, PersonId, RecordId
from core.watch import Watch
from memory.profile import schema as profile_schema
from memory.profile.file import ProfileFile, Stamp, Tables, Unreadable, retire
from memory.profile.removals import removed_by_hand, with_removed
from memory.profile.schema import BoundPersonas, Contents, RemovedNames

LAST_GOOD = ".last-good.json"


class Profile:
    """Implements `Directory` of `memory.archive.audiences`. Readings never wait for a write, and see the
    owner's edits soon (`core.watch`). Where the file breaks, the last good state serves, also after a
    restart; `problem` says where.

    Every write is on the disk when it returns, and raises OwnerMustFix while the file is broken or the
    disk does not take it, and Refused where the file would no longer be of its shape.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.watch = Watch()
        """Of the file's folder."""
        self._file = ProfileFile(path, self._check)
        self._last_good = ProfileFile(path.with_suffix(LAST_GOOD))
        self._lock = threading.RLock()
        self._contents = Contents()
        self._stamp: Stamp | None = None
        self._version = 0
        self._problem: str | None = None
        self._load_last_good()
        self._reload()

    # What there is

    @property
    def problem(self) -> str | None:
        """Where the file broke, as `profile.json:12:5: ...`; None while it is good. Looked for now."""
        self.watch.changed()
        self._current()
        return self._problem

    @property
    def version(self) -> int:
        """Grows with every change of what it holds, within one process."""
        self._current()
        return self._version

    def membership(self, channels: Mapping[str, frozenset[PersonId]]) -> Membership:
        """Who is who, with the readers of these channels."""
        now = self._current()
        return Membership(now.linked, now.circles, channels, removed=now.removed.people)

    def people(self) -> Mapping[PersonId, Person]:
        """Everyone the owner has named, by id."""
        return self._current().people

    def circles(self) -> Mapping[str, frozenset[PersonId]]:
        """The owner's groups of people, by name."""
        return self._current().circles

    def entries(self) -> Sequence[MemoryRecord]:
        """All that may be recalled: entries for what the owner is, and rules, which are pinned."""
        now = self._current()
        return (*now.entries, *now.rules)

    def rules(self) -> Sequence[MemoryRecord]:
        """The rules alone."""
        return self._current().rules

    def bindings(self) -> BoundPersonas:
        """Which persona speaks where."""
        return self._current().bound

    # What changes it

    async def add_person(self, person: Person) -> None:
        """Add someone, or replace who has that id. Refused for the id of somebody who was removed."""
        await self._write(lambda: self._put_person(person))

    async def remove_person(self, person: PersonId) -> None:
        """Forget someone, in their circles too. What was shared with them ends with them: nobody gets their
        id again."""

        def work(tables: Tables) -> None:
            for circle in tables.get("circles", {}).values():
                circle["members"] = [member for member in circle.get("members", []) if member != person]
            _found(retire(tables, "people", "id", person, "person"), person)

        await self._write(lambda: self._file.change(work))

    async def link(self, account: PersonId, person: PersonId) -> None:
        """An account is this person's (and nobody else's any more)."""

        def work() -> None:
            now = self._contents
            if person not in now.people:
                raise Refused(f"nobody is called {person!r}; add them first")
            holder = now.linked.get(account)
            if holder is not None and holder != person:
                self._put_person(_without(now.people[holder], account))
            known = now.people[person]
            self._put_person(replace(known, accounts=known.accounts | {account}))

        await self._write(work)

    async def unlink(self, account: PersonId) -> None:
        """An account is nobody's any more."""

        def work() -> None:
            holder = self._contents.linked.get(account)
            if holder is None:
                raise Refused(f"{account} is linked to nobody")
            self._put_person(_without(self._contents.people[holder], account))

        await self._write(work)

    async def set_circle(self, name: str, members: frozenset[PersonId]) -> None:
        """Who is in a circle now. Refused for the name of one that was removed."""

        def work() -> None:
            _refuse(self._contents.removed.circle(name))
            self._file.put("circles", "name", profile_schema.circle_document(name, members))

        await self._write(work)

    async def remove_circle(self, name: str) -> None:
        """No such circle any more: what only it could hear, nobody hears. None gets its name again."""

        def work(tables: Tables) -> None:
            _found(retire(tables, "circles", "name", name, "circle"), name)

        await self._write(lambda: self._file.change(work))

    async def add_entry(
        self,
        key: str,
        text: str,
        audience: Audience = OWNER_ONLY,
        pinned: bool = False,
        at: datetime | None = None,
    ) -> MemoryRecord:
        """Note something about the owner, or replace what stood under that key."""
        document = {**profile_schema.noted(key, text, audience, at), "pinned": pinned}
        await self._write(lambda: self._file.put("entries", "key", document))
        return self.record(record_id(RecordKind.PROFILE, key))

    async def add_rule(
        self, key: str, text: str, audience: Audience = OWNER_ONLY, at: datetime | None = None
    ) -> MemoryRecord:
        """Set a rule, or replace the one of that key."""
        await self._write(
            lambda: self._file.put("rules", "key", profile_schema.noted(key, text, audience, at))
        )
        return self.record(record_id(RecordKind.RULE, key))

    async def share(self, record: RecordId, principals: Audience) -> MemoryRecord:
        """Let these hear an entry or a rule too."""

        def work() -> None:
            table, key = _table_of(record)
            known = self.record(record)
            document = profile_schema.noted(key, known.text, known.audience | principals, known.at)
            if table == "entries":
                document["pinned"] = known.pinned
            self._file.put(table, "key", document)

        await self._write(work)
        return self.record(record)

    async def forget(self, record: RecordId) -> None:
        """Remove an entry or a rule; the last good copy forgets it too."""
        table, key = _table_of(record)
        await self._write(lambda: _found(self._file.remove(table, "key", key), record))

    async def bind(
        self,
        persona: PersonaName,
        *,
        conversation: ConversationId | None = None,
        circle: str | None = None,
        default: bool = False,
    ) -> None:
        """Let a persona speak in a conversation, in a circle, or by default: name one."""
        places = {"conversation": conversation, "circle": circle, "default": default or None}
        chosen = [(name, value) for name, value in places.items() if value is not None]
        if len(chosen) != 1:
            raise Refused("name a conversation, a circle or the default, one of them")
        ((name, value),) = chosen
        await self._write(lambda: self._file.put("bindings", name, {"persona": persona, name: value}))

    def record(self, record: RecordId) -> MemoryRecord:
        """The entry or rule of that id. Raises Refused where there is none."""
        found = next((entry for entry in self.entries() if entry.id == record), None)
        if found is None:
            raise Refused(f"the profile holds no {record!r}")
        return found

    # The file

    def _put_person(self, person: Person) -> None:
        _refuse(self._contents.removed.person(person.id))
        self._file.put("people", "id", profile_schema.person_document(person))
        self._reload()

    async def _write(self, work: Callable[[], object]) -> None:
        def locked() -> None:
            with self._lock:
                self._reload_if_changed()
                if self._problem is not None:
                    raise OwnerMustFix(f"{self.path.parent / self._problem}; mend it, then try again")
                try:
                    work()
                except Unreadable as error:
                    raise Refused(str(error)) from error
                except OSError as error:
                    raise OwnerMustFix(f"{self.path}: not written: {error.strerror}") from error
                self._reload_if_changed()

        await to_thread(locked)

    def _current(self) -> Contents:
        if self.watch.may_have_changed() and self._file.stamp() != self._stamp:
            if self._lock.acquire(blocking=False):
                try:
                    self._reload_if_changed()
                finally:
                    self._lock.release()
            else:
                self.watch.changed()  # being written: looked at again
        return self._contents

    def _reload_if_changed(self) -> None:
        if self._file.stamp() != self._stamp:
            self._reload()

    def _reload(self) -> None:
        self._stamp = self._file.stamp()
        try:
            tables = self._file.load()
            if tables is None and self._last_good.stamp() is not None:
                raise Unreadable(
                    f"{self.path.name}: missing; copy {self._last_good.path.name} back, or remove that too"
                )
            contents = profile_schema.read(tables or {}, self.path.name)
            gone = removed_by_hand(self._contents, contents, self.path.name)
            if gone != RemovedNames():
                self._retire(tables or {}, gone)
                return
        except Unreadable as error:
            self._problem = str(error)
            return
        except OSError as error:
            self._problem = f"{self.path.name}: not readable: {error.strerror}"
            return
        self._problem = None
        if contents != self._contents:
            self._contents = contents
            self._version += 1
        if tables is not None:
            self._keep(tables)

    def _retire(self, tables: Tables, gone: RemovedNames) -> None:
        """Note in the file who and what the owner took out of it, and read it again. Until the disk takes
        that, the last good state serves."""
        try:
            self._file.save_over(self._stamp, with_removed(tables, gone))
        except OSError as error:
            self._stamp = None  # tried again at the next look
            self._problem = f"{self.path.name}: whom you removed could not be noted: {error.strerror}"
            return
        self._reload()

    def _keep(self, tables: Tables) -> None:
        try:
            if self._last_good.load() == tables:
                return
        except (Unreadable, OSError):
            pass  # whatever it was, it is replaced
        try:
            self._last_good.save(tables)
        except OSError:
            return  # the profile itself is good; the copy is tried again at the next change

    def _load_last_good(self) -> None:
        try:
            self._contents = profile_schema.read(self._last_good.load() or {}, self.path.name)
        except (Unreadable, OSError):
            self._contents = Contents()

    def _check(self, tables: Tables) -> None:
        removed_by_hand(self._contents, profile_schema.read(tables, self.path.name), self.path.name)


def _without(person: Person, account: PersonId) -> Person:
    return replace(person, accounts=person.accounts - {account})


def _table_of(record: RecordId) -> tuple[str, str]:
    if not in_profile(record):
        raise Refused(f"{record!r} is not in the profile")
    return ("entries" if record_kind(record) is RecordKind.PROFILE else "rules"), record_key(record)


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise Refused(fault)


def _found(removed: bool, name: str) -> None:
    if not removed:
        raise Refused(f"there is no {name!r}")
