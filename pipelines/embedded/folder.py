"""The folder the embedded companies' books lie in; one process at a time has them open."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .offer import OFFER

POINTER = "world.json"


class BooksInUse(Exception):
    """Another process serves or edits these books."""


@contextmanager
def locked_books(folder: Path, wait: float = 30) -> Iterator[None]:
    """Holds the folder for this process alone.

    Raises BooksInUse when another process keeps it for `wait` seconds; a server whose parent was killed may
    need some to save.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + wait
    with open(folder / ".lock", "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise BooksInUse(
                        f"Another process has the embedded books in {folder} open. Stop `quickduck embedded serve`; "
                        "a run can also ask it, by SOURCES__QUICKBOOKS__API_URL set to the address it printed."
                    ) from None
                time.sleep(0.1)
        yield


def company_ids(folder: Path) -> tuple[str, ...]:
    """The companies whose books are in a folder, or if it has none yet, those with which it will begin."""
    pointer = folder / POINTER
    if not pointer.exists():
        return OFFER.realm_ids
    return tuple(json.loads(pointer.read_text(encoding="utf-8"))["realms"])


def book_files(folder: Path) -> list[Path]:
    """The files that the world as last saved is made of, the pointer last; no sign-in is among them."""
    pointer = folder / POINTER
    if not pointer.exists():
        return []
    books = folder / json.loads(pointer.read_text(encoding="utf-8"))["books"]
    return [*sorted(path for path in books.rglob("*") if path.is_file()), pointer]
