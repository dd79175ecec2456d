"""Files that survive a power cut, and locks that other processes respect."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.base.errors import QuickduckError


class LockHeld(QuickduckError):
    """Another process holds a lock file; `holder` is what it wrote there, empty if it wrote nothing."""

    def __init__(self, path: Path, holder: str) -> None:
        self.holder = holder
        super().__init__(f"{path} is held by {holder or 'another process'}.")


def write_durably(path: Path, content: bytes) -> None:
    """Writes a file of mode 0600 beside the old one and puts it in its place; on return it is on disk."""
    aside = path.with_name(f"{path.name}.new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, 0o600)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    replace_durably(aside, path)


def replace_durably(source: Path, target: Path) -> None:
    """Renames a file or folder in one step; on return its new name is on disk. Its content must be there already."""
    os.replace(source, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """On return the file's content, or the names in the folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path, wait: float | None = None, poll: float = 0.05) -> Iterator[None]:
    """Holds a lock file of mode 0600, which keeps out other processes and other threads of this one.

    Raises LockHeld after `wait` seconds; without it, waits for as long as it takes. The system lets go of the lock
    when its holder dies. The file stays, and names the process that held it last.
    """
    with open(path, "a+", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        deadline = None if wait is None else time.monotonic() + wait
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if deadline is not None and time.monotonic() >= deadline:
                    file.seek(0)
                    raise LockHeld(path, file.read().strip()) from None
                time.sleep(poll)
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


@contextmanager
def looked_at(path: Path) -> Iterator[None]:
    """Holds a lock file as `locked` does, for a look that leaves no trace in it; one that is not there is free.

    Raises LockHeld at once where another process holds it.
    """
    try:
        file = open(path)  # noqa: SIM115 - closed below, where the lock is let go
    except FileNotFoundError:
        yield
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(path, file.read().strip()) from None
        yield
