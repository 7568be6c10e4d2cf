"""Files that are read again only where they may have changed."""

import asyncio
from pathlib import Path
from unittest.mock import Mock

import pytest

from bots.runtime.process.file_watch import watch_files
from core.watch import Watch
from memory.profile.profile import Profile
from personas.library import PersonaLibrary, copy_shipped
from tests.waiting import PATIENCE_S


def test_unwatched_they_may_always_have_changed() -> None:
    watch = Watch()
    assert watch.may_have_changed()
    assert watch.may_have_changed()


def test_watched_they_are_looked_at_once_and_after_word_of_a_change() -> None:
    watch = Watch()
    assert watch.may_have_changed()
    with watch.watched():
        assert [watch.may_have_changed() for _ in range(3)] == [True, False, False]
        watch.changed()
        assert [watch.may_have_changed() for _ in range(2)] == [True, False]
    assert watch.may_have_changed()


def test_a_watched_profile_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = Profile(tmp_path / "profile.json")
    looks = Mock(wraps=profile._file.stamp)
    monkeypatch.setattr(profile._file, "stamp", looks)
    with profile.watch.watched():
        for _ in range(20):
            profile.people()
    assert looks.call_count == 1


def test_watched_personas_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_shipped(tmp_path)
    library = PersonaLibrary(tmp_path, lambda: None)  # type: ignore[arg-type, return-value]
    library.names()
    with library.watch.watched():
        library.names()
        monkeypatch.setattr(library, "_stamps", lambda: pytest.fail("looked at the folder"))
        assert library.names()


async def test_a_change_of_a_file_is_told(tmp_path: Path) -> None:
    told = asyncio.Event()

    class Told(Watch):
        def changed(self) -> None:
            super().changed()
            told.set()

    ours, others = Told(), Watch()
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    watching = asyncio.create_task(watch_files([(tmp_path / "a", ours), (tmp_path / "b", others)]))
    try:
        number = 0
        async with asyncio.timeout(PATIENCE_S):
            while not told.is_set():  # the watch begins in a thread: what was written before is not told
                number += 1
                (tmp_path / "a" / "profile.json").write_text(str(number))
                await asyncio.wait([asyncio.ensure_future(told.wait())], timeout=0.1)
        assert ours.may_have_changed()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    assert not ours._watched
