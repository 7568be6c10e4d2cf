"""The twin's home: one private folder that holds everything it knows, and the lock on it."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import OwnerMustFix, Refused

DEFAULT = "~/.understudy"
DEMO_DEFAULT = "~/.understudy-demo"
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - not $TMPDIR, which may differ between server and client
LONGEST_SOCKET_PATH = 100
"""Bytes; the kernel's `sun_path` holds 104 on macOS and the BSDs, 108 on Linux."""


class HomeBusy(Refused):
    """Another process holds the home. Caught by the command line, which then asks that process."""


class Home:
    """Names every file of a home; creates nothing until asked. Raises OwnerMustFix on an impossible path."""

    def __init__(self, path: Path | str) -> None:
        try:
            self.path = Path(path).expanduser().resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise OwnerMustFix(f"{str(path)!r} cannot be a home: {error}") from error
        self.twin_toml = self.path / "twin.toml"
        self.personas = self.path / "personas"
        self.profile_json = self.path / "profile.json"
        self.models = self.path / "models"
        self.log_file = self.path / "understudy.log"
        self.lock_file = self.path / "lock"
        self.demo_marker = self.path / ".demo"

    def __repr__(self) -> str:
        return f"Home({str(self.path)!r})"

    @property
    def exists(self) -> bool:
        """Whether it has settings, so that a twin can start in it."""
        return self.twin_toml.is_file()

    @property
    def is_demo(self) -> bool:
        """Whether `demo` made it, and may delete it."""
        return self.demo_marker.is_file()

    def create(self, *, demo: bool = False) -> None:
        """Make the folder, readable by its owner alone, marked if it is a demo's. Safe to call again."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        except FileExistsError as error:
            raise OwnerMustFix(f"{self.path} is a file; choose another home") from error
        self.path.chmod(0o700)
        if demo:
            self.demo_marker.touch(mode=0o600)
        for folder in (self.personas, self.models):
            folder.mkdir(exist_ok=True, mode=0o700)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for this process. Raises HomeBusy when another does.

        The kernel lets go of it when the process dies, however it dies.
        """
        descriptor = os.open(self.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
                raise HomeBusy(f"{self.path} is in use by another understudy (process {holder})") from error
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def is_held(self) -> bool:
        """Whether a process holds the home now."""
        try:
            with self.lock():
                return False
        except HomeBusy:
            return True

    @property
    def socket(self) -> Path:
        """Where the running twin listens: in the home, or where that path is too long for the kernel, in
        a short folder named after it that client and server both derive."""
        direct = self.path / "socket"
        if len(os.fsencode(direct)) <= LONGEST_SOCKET_PATH:
            return direct
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return SHORT_FOLDER / f"understudy-{os.getuid()}-{name}" / "socket"

    @property
    def command_socket(self) -> Path:
        """Where a command that holds the home for a moment listens, beside `socket`: for `pause` alone."""
        return self.socket.with_name("pause")

    def private_socket(self) -> Path:
        """`socket`, in a folder made private. Raises OwnerMustFix where it belongs to someone else."""
        folder = self.socket.parent
        if folder != self.path:
            folder.mkdir(mode=0o700, exist_ok=True)
            held = folder.lstat()
            if held.st_uid != os.getuid() or held.st_mode & 0o170077 != 0o040000:
                raise OwnerMustFix(
                    f"{folder} is not yours alone; remove it, or use a home with a shorter path"
                )
        return self.socket
