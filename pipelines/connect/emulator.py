"""The embedded company as quickduck runs it: a child process over the data folder's books, its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipelines import embedded
from pipelines.base.errors import QuickduckError
from pipelines.workspace.home import Home


class BoxFailed(QuickduckError):
    """The embedded company did not start."""


class BooksInUse(QuickduckError):
    """Another process serves or edits the embedded books."""


@contextmanager
def serving(home: Home) -> Iterator[str]:
    """The address of the embedded companies' server; it stops, its books saved, when the block ends."""
    with as_our_errors(), embedded.serve(home.embedded) as url:
        yield url


@contextmanager
def held_books(home: Home, wait: float = 30) -> Iterator[None]:
    """The embedded companies' books, which nobody else opens meanwhile. Raises BooksInUse."""
    with as_our_errors(), embedded.locked_books(home.embedded, wait):
        yield


@contextmanager
def as_our_errors() -> Iterator[None]:
    """Raises the emulator's errors, which know nothing of quickduck, in its own tree."""
    try:
        yield
    except embedded.ServerFailed as error:
        raise BoxFailed(str(error)) from None
    except embedded.BooksInUse as error:
        raise BooksInUse(str(error)) from None
