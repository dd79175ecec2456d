"""Which companies are meant, and the way to them: the embedded ones, or those that are signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from pipelines.base.errors import ConfigurationError, WrongUsage
from pipelines.connect import sign_in as oauth
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import REALM_IDS, served_at, serving
from pipelines.connect.keys import NO_KEY, existing_key
from pipelines.connect.token_store import TokenStore
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.quickbooks.session import is_loopback
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings, settings

QUIET_DLT = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
"""dlt sends no telemetry, and does not warn at every page that JSON is stored as text, which is intended."""


class ReadCompanies:
    """The companies that a run would read: those of the settings, else all that are signed in.

    The token file is read again when it changes.
    """

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home = home
        self._settings = settings
        self._modified: int | None = None
        self._signed_in: frozenset[str] = frozenset()

    def __contains__(self, realm_id: str) -> bool:
        return realm_id in self.all

    @property
    def all(self) -> frozenset[str]:
        """Their ids. Raises ConfigurationError when the token file cannot be opened."""
        if self._settings.realm_ids:
            return frozenset(self._settings.realm_ids)
        modified = self._home.tokens.stat().st_mtime_ns if self._home.tokens.exists() else None
        if modified != self._modified:
            self._signed_in = frozenset(Connector.of(self._home, self._settings).tokens.realm_ids())
            self._modified = modified
        embedded = self._settings.environment is Environment.EMBEDDED
        return self._signed_in | frozenset(REALM_IDS if embedded else ())


def prepare_dlt() -> None:
    """Makes dlt quiet, unless somebody asked it to speak."""
    for name, value in QUIET_DLT.items():
        os.environ.setdefault(name, value)


def settings_for(realm_ids: Sequence[str]) -> Settings:
    """The settings in force, about these companies where some are named."""
    return settings(realm_ids=list(realm_ids)) if realm_ids else settings()


@contextmanager
def reached(home: Home, realm_ids: Sequence[str] = ()) -> Iterator[Connector]:
    """The way to the companies asked for, else to those in the settings, else to all that are signed in.

    Without an address, the embedded company is started for as long as this lasts.
    """
    prepare_dlt()
    connector = Connector.of(home, settings_for(realm_ids))
    if connector.settings.environment is not Environment.EMBEDDED:
        yield _signed_in(connector)
    elif url := connector.settings.api_url:
        yield granted(connector, url)
    else:
        with serving(home) as url:
            yield granted(connector, url)


def meant(home: Home, current: Settings) -> tuple[str, ...]:
    """The companies that a run with these settings is about, without asking anybody or changing anything.

    Raises SignInNeeded or ConfigurationError where a run would. Which companies an embedded server has, only it knows:
    they are taken to be those that quickduck's own has.
    """
    if current.environment is Environment.EMBEDDED:
        return current.realm_ids or REALM_IDS
    key = existing_key(home.tokens, embedded=False)
    if key is None:
        raise ConfigurationError(NO_KEY)
    tokens = TokenStore(home.tokens, key, current.environment)
    return _require_some(current.realm_ids or tokens.realm_ids(), current)


def granted(connector: Connector, url: str) -> Connector:
    """The way to embedded companies, which are signed in anew for every run because their clock is their own."""
    at_server = replace(connector, settings=served_at(connector.settings, url))
    existing = oauth.grant_embedded(at_server)
    if unknown := set(connector.settings.realm_ids) - set(existing):
        raise WrongUsage(
            f"The embedded world has no company {', '.join(sorted(unknown))}; it has {', '.join(existing)}."
        )
    return replace(at_server, realm_ids=connector.settings.realm_ids or existing)


def _signed_in(connector: Connector) -> Connector:
    oauth.take_over(connector)
    realm_ids = connector.settings.realm_ids or connector.tokens.realm_ids()
    return replace(connector, realm_ids=_require_some(realm_ids, connector.settings))


def _require_some(realm_ids: tuple[str, ...], current: Settings) -> tuple[str, ...]:
    if not realm_ids:
        raise SignInNeeded(
            f"No company of environment {current.environment} is signed in here: `quickduck login` connects one."
        )
    return realm_ids


def open_client(realm_id: str | None = None) -> QuickBooks:
    """A client for the company named, else for the one in the settings or signed in, to run the source by itself."""
    connector = Connector.of(Home(), settings())
    url = connector.settings.api_url
    if not url:
        raise ConfigurationError(
            "The embedded company is not up: start it with `quickduck embedded serve` and set "
            "SOURCES__QUICKBOOKS__API_URL to the address it prints."
        )
    if connector.settings.environment is Environment.EMBEDDED:
        connector = replace(connector, settings=served_at(connector.settings, url))
        oauth.grant_embedded(connector)
    return connector.open_client(connector.only_company(realm_id))


def sign_in(home: Home, *, paste: bool, say: Callable[[str], object], ask: Callable[[str], str]) -> str:
    """Connects one company, and gives back the sentence that names it."""
    realm_id = oauth.sign_in(Connector.of(home, _real()), paste=paste, say=say, ask=ask)
    return f"Company {realm_id} is connected. `quickduck run` copies its books."


def sign_out(home: Home, realm_id: str) -> str:
    """Ends one connection, at Intuit and here, and gives back the sentence that says so."""
    oauth.sign_out(Connector.of(home, _real()), realm_id)
    return f"Company {realm_id} is disconnected; its books stay in {home.path}."


def _real() -> Settings:
    """The settings of companies that people sign in to. Raises WrongUsage for embedded ones, where nobody has to."""
    configured = settings()
    if configured.environment is Environment.EMBEDDED:
        where = f"at {configured.api_url}" if configured.api_url else "here"
        raise WrongUsage(
            f"The companies {where} are embedded ones: every run signs itself in to them, so there is nothing "
            "to sign in to or out of. For a real one set sources.quickbooks.environment to sandbox or production."
        )
    if is_loopback(configured.api_url) and not is_loopback(configured.token_url):
        raise WrongUsage(
            f"sources.quickbooks.api_url is {configured.api_url}, an embedded company's server, but environment "
            f"{configured.environment} signs in at {urlsplit(configured.token_url).hostname}: its tokens would go "
            "to the wrong place. Unset api_url (SOURCES__QUICKBOOKS__API_URL), or set environment to embedded, "
            "which needs no sign-in."
        )
    return configured
