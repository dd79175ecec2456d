"""The embedded company as quickduck runs it: a child process over the data folder's books, its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from pipelines import embedded
from pipelines.base.errors import QuickduckError
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings

REALM_IDS = embedded.OFFER.realm_ids
"""The companies that exist unless somebody chose others."""


class EmulatorFailed(QuickduckError):
    """The embedded company did not start."""


class BooksInUse(QuickduckError):
    """Another process serves or edits the embedded books."""


def served_at(settings: Settings, url: str) -> Settings:
    """These settings with their gaps filled in for the embedded companies' server.

    Without a `url`, before the server is up, only what needs no address is filled in.
    """
    offer = embedded.OFFER
    return replace(
        settings,
        api_url=url,
        token_url=settings.token_url or (offer.token_url(url) if url else ""),
        authorize_url=settings.authorize_url or (offer.authorize_url(url) if url else ""),
        revoke_url=settings.revoke_url or (offer.revoke_url(url) if url else ""),
        client_id=settings.client_id or offer.client_id,
        client_secret=settings.client_secret or offer.client_secret,
        webhook_verifier_token=settings.webhook_verifier_token or offer.verifier_token,
    )


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
    """Turns the emulator's errors, which know nothing of quickduck, into errors of quickduck's tree."""
    try:
        yield
    except embedded.ServerFailed as error:
        raise EmulatorFailed(str(error)) from None
    except embedded.BooksInUse as error:
        raise BooksInUse(str(error)) from None
