"""Files that survive a power cut, and locks that other processes respect."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
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
    with _hold(path, wait, poll, _sign):
        yield


@contextmanager
def looked_at(path: Path) -> Iterator[None]:
    """Holds a lock file as `locked` does, for a look that leaves no trace in it; one that is not there is free.

    Raises LockHeld at once where another process holds it.
    """
    with _hold(path, wait=0) if path.exists() else nullcontext():
        yield


def _hold(
    path: Path, wait: float | None, poll: float = 0.05, on_acquired: Callable[[int], None] | None = None
) -> AbstractContextManager[object]:
    """The lock, had already; leaving the block lets it go. Raises LockHeld."""
    from filelock import FileLock, Timeout  # 17 ms, which `quickduck --help` need not wait for

    lock = FileLock(
        path,
        timeout=-1 if wait is None else wait,
        mode=0o600,
        thread_local=False,  # whoever entered the block may leave it in another thread
        poll_interval=poll,
        fallback_to_soft=False,  # a mere file would outlive a killed holder
        on_acquired=on_acquired,
    )
    try:
        return lock.acquire()
    except Timeout:
        raise LockHeld(path, path.read_text(encoding="utf-8").strip()) from None


def _sign(descriptor: int) -> None:
    """Writes into a lock file which process holds it."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"process {os.getpid()}".encode(), 0)
