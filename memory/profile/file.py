"""`profile.json`: TinyDB over a file that is replaced as a whole, and that the owner may edit meanwhile.

The only module that knows TinyDB.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tinydb import TinyDB, where
from tinydb.storages import Storage
from tinydb.table import Document, Table

Tables = dict[str, dict[str, dict[str, Any]]]
"""By table, then by TinyDB's document number."""
Stamp = tuple[int, int, int]
"""What tells one state of a file from another: modified (ns), size, inode."""
Check = Callable[[Tables], None]
OWNER_READS_AND_WRITES = 0o600


class Unreadable(ValueError):
    """The file is no JSON, or not of TinyDB's shape; `str()` says where. Caught by `Profile`."""


class AtomicStorage(Storage):
    """TinyDB's storage: readers see the old file or the new one, and a write that returned is on the disk.

    `check` sees what is about to be written, and raises where it must not be.
    """

    def __init__(self, path: Path, check: Check) -> None:
        self.path = path
        self._check = check

    def read(self) -> Tables | None:
        """All tables, None where there is no file. Raises Unreadable."""
        try:
            text = self.path.read_text("utf-8-sig")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.path.name}: not UTF-8 at byte {error.start}") from error
        return parse(text, self.path.name)

    def write(self, data: Tables) -> None:
        """Replace the file."""
        self._check(data)
        replace_file(self.path, _written(data, self.path.name))


class ProfileFile:
    """The tables of one file. Every change replaces it as a whole; OSError where the disk says no."""

    def __init__(self, path: Path, check: Check = lambda _: None) -> None:
        self.path = path
        self._storage = AtomicStorage(path, check)

    def stamp(self) -> Stamp | None:
        """Its state now, None where there is no file."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def load(self) -> Tables | None:
        """Every table, None where there is no file. Raises Unreadable."""
        return self._storage.read()

    def save(self, tables: Tables) -> None:
        """Replace all of it."""
        self._storage.write(tables)

    def save_over(self, stamp: Stamp | None, tables: Tables) -> bool:
        """Replace all of it, if it is still in that state; whether it was."""
        if self.stamp() != stamp:
            return False
        self.save(tables)
        return True

    def change(self, work: Callable[[Tables], None]) -> None:
        """Several changes of the tables in one."""
        tables = self._storage.read() or {}
        work(tables)
        self._storage.write(tables)

    def put(self, table: str, key: str, document: Mapping[str, object]) -> None:
        """Insert a document, or replace the one with the same value under `key`, in its place."""
        documents = self._documents(table)
        same = documents.get(where(key) == document[key])
        if isinstance(same, Document):
            documents.update(_replacing(document), doc_ids=[same.doc_id])
        else:
            documents.insert(document)

    def remove(self, table: str, key: str, value: object) -> bool:
        """Remove the document with that value under `key`; whether there was one."""
        documents = self._documents(table)
        if not documents.contains(where(key) == value):
            return False
        documents.remove(where(key) == value)
        return True

    def _documents(self, table: str) -> Table:
        # A fresh one each time: TinyDB counts document numbers in memory, and would write over a document
        # that the owner's editor has added since.
        return TinyDB(storage=lambda: self._storage).table(table, cache_size=0)


def retire(tables: Tables, table: str, key: str, name: str, sort: str) -> bool:
    """Take a document out, and its name for good, as a `sort` of `removed`; whether there was one."""
    documents = tables.get(table, {})
    number = next((number for number, document in documents.items() if document.get(key) == name), None)
    if number is None:
        return False
    del documents[number]
    note_removed(tables, sort, name)
    return True


def note_removed(tables: Tables, sort: str, name: str) -> None:
    """That nobody and nothing of that `sort` gets this name again."""
    removed = tables.setdefault("removed", {})
    removed[str(max(map(int, removed), default=0) + 1)] = {sort: name}


def _replacing(document: Mapping[str, object]) -> Callable[[Any], None]:
    def change(old: Any) -> None:
        old.clear()
        old.update(document)

    return change


def parse(text: str, name: str) -> Tables:
    """The tables in a file's text. Raises Unreadable, naming line and column, and quoting nothing of it."""
    try:
        tables = json.loads(text, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise Unreadable(f"{name}:{error.lineno}:{error.colno}: {error.msg}") from error
    except _Repeated as error:
        raise Unreadable(f"{name}: the key {error} is there twice in one object") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name}: a number too long or objects too deep") from error
    if not isinstance(tables, dict):
        raise Unreadable(f"{name}:1:1: an object of tables is expected")
    for table, documents in tables.items():
        if not isinstance(documents, dict):
            raise Unreadable(f"{name}: {table}: an object of documents is expected")
        for number, document in documents.items():
            if not (number.isascii() and number.isdecimal()) or not isinstance(document, dict):
                raise Unreadable(f"{name}: {table}: {number}: an object under a number is expected")
    _written(tables, name)
    return tables


def _written(tables: Tables, name: str) -> str:
    """The file's text. Raises Unreadable for text that UTF-8 cannot hold."""
    text = json.dumps(tables, ensure_ascii=False, indent=2) + "\n"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unreadable(f"{name}: half of a surrogate pair (\\ud800 to \\udfff) on its own") from error
    return text


def replace_file(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or not at all, also after a power cut. Mode 0600."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), OWNER_READS_AND_WRITES)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Repeated(ValueError):
    """A key that an object has twice: JSON would silently keep the last one."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise _Repeated(repr(key))
        result[key] = value
    return result
