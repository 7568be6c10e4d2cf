"""The folder of personas: which one speaks in a conversation, read again whenever a file changes."""

import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Protocol

from core import audience
from core.audience import OWNER_ONLY, Membership
from core.errors import OwnerMustFix
from core.persona_records import ANY_TIME, persona_records
from core.types import Conversation, ConversationId, MemoryRecord, Persona, PersonaName
from core.watch import Watch
from personas import schema
from personas.schema import IdentityFile, PersonaFile


class Bindings(Protocol):
    """What the owner has bound: personas by conversation, by circle, and the default."""

    @property
    def conversations(self) -> Mapping[ConversationId, str]:
        """By conversation."""
        ...

    @property
    def circles(self) -> Mapping[str, str]:
        """By circle."""
        ...

    @property
    def default(self) -> str | None:
        """Everywhere else."""
        ...


def choose(bindings: Bindings, conversation: Conversation, membership: Membership) -> str | None:
    """By conversation, else by the smallest circle that holds every listener, else the default."""
    if bound := bindings.conversations.get(conversation.id):
        return bound
    present = audience.listeners(conversation, membership) - OWNER_ONLY
    if present:
        for name in sorted(
            bindings.circles, key=lambda circle: (len(membership.circles.get(circle, ())), circle)
        ):
            members = audience.audience(audience.circle(name))
            if all(audience.includes(members, listener, membership) for listener in present):
                return bindings.circles[name]
    return bindings.default


def copy_shipped(folder: Path) -> list[Path]:
    """Copy the shipped personas into `folder`, keeping files that are there; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in sorted(resources.files("personas").joinpath("shipped").iterdir(), key=lambda path: path.name):
        target = folder / file.name
        if file.name.endswith(".toml") and not target.exists():
            target.write_bytes(file.read_bytes())
            written.append(target)
    return written


Present = Callable[[Conversation], Awaitable[tuple[Conversation, Membership]]]
"""A conversation with everyone who may listen there, and who is who."""


async def as_given(conversation: Conversation) -> tuple[Conversation, Membership]:
    """Nobody is known, and no place."""
    return conversation, Membership()


class PersonaLibrary:
    """The personas in `folder`; implements `core.ports.PersonaSelector`.

    A file that broke since it was read is told by `problems`, and the last good persona serves.
    """

    def __init__(self, folder: Path, bindings: Callable[[], Bindings], present: Present = as_given) -> None:
        self.folder = folder
        self.watch = Watch()
        self._bindings = bindings
        self._present = present
        self._stamp: tuple[tuple[str, int, int], ...] | None = None
        self._good: dict[PersonaName, Persona] = {}
        self._faults: dict[str, str] = {}
        self._records: tuple[MemoryRecord, ...] = ()
        self._version = 0
        self._lock = threading.Lock()

    @property
    def version(self) -> int:
        """Grows with every change of what the personas say, within one process."""
        self._refresh_or_keep()
        return self._version

    def records(self) -> tuple[MemoryRecord, ...]:
        """All that the personas say now, by the names that drafts rest on it by. From any thread."""
        self._refresh_or_keep()
        return self._records

    async def select_persona(self, conversation: Conversation) -> Persona:
        """The persona bound to the conversation, with the examples that every listener may hear.

        Raises OwnerMustFix where none is bound, or its file is missing or has never been good.
        """
        conversation, membership = await self._present(conversation)
        chosen = choose(self._bindings(), conversation, membership)
        if chosen is None:
            raise OwnerMustFix("no persona is bound by default; `understudy persona bind NAME`")
        whole = self.get(chosen)
        heard = tuple(
            example
            for example in whole.examples
            if audience.may_hear(example.audience, None, ANY_TIME, conversation, membership)
        )
        return replace(whole, examples=heard)

    def speaking(self, membership: Membership) -> Callable[[Conversation], Persona | None]:
        """Which persona speaks in a conversation as it is stored, by the bindings and files of this moment;
        None where none can. Its examples are not filtered."""
        self._refresh_or_keep()
        bindings, good = self._bindings(), self._good

        def persona_in(conversation: Conversation) -> Persona | None:
            chosen = choose(bindings, conversation, membership)
            return None if chosen is None else good.get(PersonaName(chosen))

        return persona_in

    def names(self) -> list[PersonaName]:
        """The names of the personas that can serve, sorted."""
        self._refresh()
        return sorted(self._good)

    def get(self, name: str) -> Persona:
        """One persona with all its examples. Raises OwnerMustFix if its file is missing or never was good."""
        self._refresh()
        if whole := self._good.get(PersonaName(name)):
            return whole
        if fault := self._faults.get(name):
            raise OwnerMustFix(fault)
        there = ", ".join(sorted(self._good)) or "none"
        raise OwnerMustFix(f"{self.folder / f'{name}.toml'}: there is no such persona (there are: {there})")

    def faults(self) -> dict[str, str]:
        """What is wrong now, by the name of the persona's or the identity's file, sorted."""
        self.watch.changed()
        self._refresh()
        return dict(sorted(self._faults.items()))

    def problems(self) -> list[str]:
        """What is wrong in the folder now, a line for each fault, naming file and key."""
        self.watch.changed()
        self._refresh()
        return [line for fault in dict.fromkeys(self._faults.values()) for line in fault.splitlines()]

    def _refresh_or_keep(self) -> None:
        """While the folder cannot be read the last good ones serve."""
        with suppress(OwnerMustFix):
            self._refresh()

    def _refresh(self) -> None:
        with self._lock:
            if self._stamp is not None and not self.watch.may_have_changed():
                return
            stamp = self._stamps()
            if stamp != self._stamp:
                self._read([self.folder / name for name, _, _ in stamp])
                self._stamp = stamp

    def _stamps(self) -> tuple[tuple[str, int, int], ...]:
        try:
            files = [(path.name, path.stat()) for path in self.folder.glob("*.toml")]
        except OSError as error:
            self.watch.changed()
            raise OwnerMustFix(f"{self.folder}: cannot be read: {error.strerror}") from error
        return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))

    def _read(self, files: list[Path]) -> None:
        parsed: dict[str, IdentityFile | PersonaFile] = {}
        faults: dict[str, str] = {}
        for file in files:
            try:
                parsed[file.stem] = schema.parse(file.read_bytes(), file)
            except OSError as error:
                faults[file.stem] = f"{file}: cannot be read: {error.strerror}"
            except OwnerMustFix as error:
                faults[file.stem] = str(error)
        good: dict[PersonaName, Persona] = {}
        for stem, part in parsed.items():
            if isinstance(part, PersonaFile):
                core = parsed.get(part.extends)
                if isinstance(core, IdentityFile):
                    good[PersonaName(stem)] = schema.persona(PersonaName(stem), part, core)
                else:
                    faults[stem] = faults.get(part.extends) or self._no_identity(stem, part.extends, core)
        still = {file.stem for file in files}
        kept = {name: one for name, one in self._good.items() if name in still and name in faults}
        self._good = kept | good
        records = tuple(record for name in sorted(self._good) for record in persona_records(self._good[name]))
        if records != self._records:
            self._records, self._version = records, self._version + 1
        self._faults = faults

    def _no_identity(self, stem: str, extends: str, found: PersonaFile | None) -> str:
        why = "is itself a persona" if found else "does not exist"
        return f"{self.folder / f'{stem}.toml'}: extends: {extends}.toml {why}; name an identity"
