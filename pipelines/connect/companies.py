"""Which companies a run is about, and how they are reached: the embedded ones, or those signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.base.errors import WrongUsage
from pipelines.connect import connection
from pipelines.connect import sign_in as oauth
from pipelines.connect.emulator import serving
from pipelines.connect.token_store import TokenStore
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.quickbooks.session import is_loopback
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings, settings

QUIET_DLT = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
"""No telemetry; and dlt warns once a page that JSON text is text, which is so on purpose."""


@dataclass(frozen=True)
class Companies:
    """Companies, and a client for each."""

    realm_ids: tuple[str, ...]
    settings: Settings
    tokens: TokenStore

    def open(self, realm_id: str) -> QuickBooks:
        """Raises SignInNeeded or ConfigurationError for a company that cannot be asked."""
        return connection.client(realm_id, self.settings, self.tokens)


def prepare_dlt() -> None:
    """Makes dlt quiet, unless somebody asked it to speak."""
    for name, value in QUIET_DLT.items():
        os.environ.setdefault(name, value)


@contextmanager
def opened(home: Home, realm_ids: Sequence[str] = ()) -> Iterator[Companies]:
    """The companies asked for, else those in the settings, else all that are signed in.

    Without an address, the embedded company is started for as long as this lasts.
    """
    prepare_dlt()
    chosen = settings(**({"realm_ids": list(realm_ids)} if realm_ids else {}))
    tokens = connection.store(home, chosen)
    if chosen.environment is not Environment.EMBEDDED:
        yield _signed_in(chosen, tokens)
    elif chosen.api_url:
        yield granted(chosen.served_at(chosen.api_url), tokens)
    else:
        with serving(home) as url:
            yield granted(chosen.served_at(url), tokens)


def _signed_in(chosen: Settings, tokens: TokenStore) -> Companies:
    oauth.take_over(chosen, tokens)
    found = chosen.realm_ids or tokens.realm_ids()
    if not found:
        raise SignInNeeded(
            f"No company of environment {chosen.environment} is signed in here: `quickduck login` connects one."
        )
    return Companies(found, chosen, tokens)


def granted(chosen: Settings, tokens: TokenStore) -> Companies:
    """Embedded companies sign themselves in, anew for every run: the box has a clock of its own."""
    granted = oauth.grant_embedded(chosen, tokens)
    if unknown := set(chosen.realm_ids) - set(granted):
        raise WrongUsage(
            f"The embedded world has no company {', '.join(sorted(unknown))}; it has {', '.join(granted)}."
        )
    return Companies(chosen.realm_ids or granted, chosen, tokens)


def sign_in(home: Home, *, paste: bool, say: Callable[[str], object], ask: Callable[[str], str]) -> str:
    """Connects one company and says which."""
    chosen = _real()
    realm_id = oauth.login(chosen, connection.store(home, chosen), paste=paste, say=say, ask=ask)
    return f"Company {realm_id} is connected. `quickduck run` copies its books."


def sign_out(home: Home, realm_id: str) -> str:
    """Ends one connection, at Intuit and here."""
    chosen = _real()
    oauth.logout(chosen, connection.store(home, chosen), realm_id)
    return f"Company {realm_id} is disconnected; its books stay in {home.path}."


def _real() -> Settings:
    """The settings of a company that people sign in to. Raises WrongUsage where nobody has to."""
    chosen = settings()
    if chosen.environment is Environment.EMBEDDED:
        where = f"at {chosen.api_url}" if chosen.api_url else "in the box"
        raise WrongUsage(
            f"The companies {where} are embedded ones: every run signs itself in to them, so there is nothing "
            "to sign in to or out of. For a real one set sources.quickbooks.environment to sandbox or production."
        )
    if is_loopback(chosen.api_url) and not is_loopback(chosen.token_url):
        raise WrongUsage(
            f"sources.quickbooks.api_url is {chosen.api_url}, an embedded company's server, but environment "
            f"{chosen.environment} signs in at {urlsplit(chosen.token_url).hostname}: its tokens would go to "
            "the wrong place. Unset api_url (SOURCES__QUICKBOOKS__API_URL), or set environment to embedded, "
            "which needs no sign-in."
        )
    return chosen
