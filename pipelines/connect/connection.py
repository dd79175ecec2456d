"""A client for one company, out of settings and a sign-in."""

from __future__ import annotations

from collections.abc import Callable

import pendulum
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.connect import sign_in as oauth
from pipelines.connect.keys import find_key
from pipelines.connect.token_store import TokenStore
from pipelines.connect.tokens import Tokens
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.meters import Calls
from pipelines.quickbooks.retries import Retries
from pipelines.quickbooks.session import new_session
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings, settings


def store(home: Home, chosen: Settings) -> TokenStore:
    """The token file of a data folder."""
    embedded = chosen.environment is Environment.EMBEDDED
    return TokenStore(home.tokens, find_key(home.tokens, embedded=embedded), chosen.environment)


def client(
    realm_id: str,
    chosen: Settings,
    tokens: TokenStore,
    *,
    clock: Callable[[], DateTime] = lambda: pendulum.now("UTC"),
    retries: Retries | None = None,
) -> QuickBooks:
    """The company's API, signed in by the connection that the token file holds."""
    require_app(chosen)
    calls = Calls()
    session = new_session(chosen.api_url)
    return QuickBooks(
        realm_id,
        api_url=chosen.api_url,
        tokens=Tokens(
            tokens,
            realm_id,
            chosen.client_id,
            chosen.client_secret,
            chosen.token_url,
            session,
            clock,
            calls=calls,
            retries=retries,
        ),
        session=session,
        minorversion=chosen.minorversion,
        calls=calls,
        retries=retries,
    )


def require_app(chosen: Settings) -> None:
    """Raises ConfigurationError when the app's keys are not set."""
    for name in ("client_id", "client_secret"):
        if not getattr(chosen, name):
            raise ConfigurationError(
                f"sources.quickbooks.{name} is not set. Copy it from your app's keys at developer.intuit.com "
                f"into .dlt/secrets.toml or SOURCES__QUICKBOOKS__{name.upper()}."
            )


def connect(realm_id: str | None = None) -> QuickBooks:
    """The company named, or the one in the settings, for those who use the source in a project of their own."""
    chosen = settings()
    if not chosen.api_url:
        raise ConfigurationError(
            "The embedded company is not up: start it with `quickduck embedded serve` and set "
            "SOURCES__QUICKBOOKS__API_URL to the address it prints."
        )
    tokens = store(Home(), chosen)
    if chosen.environment is Environment.EMBEDDED:
        chosen = chosen.served_at(chosen.api_url)
        oauth.grant_embedded(chosen, tokens)
    return client(only_company(realm_id, chosen, tokens), chosen, tokens)


def only_company(realm_id: str | None, chosen: Settings, tokens: TokenStore) -> str:
    """The one company that is meant; raises ConfigurationError when there are none or several."""
    known = (realm_id,) if realm_id else chosen.realm_ids or tokens.realm_ids()
    if len(known) != 1:
        raise ConfigurationError(
            f"Name one company: {', '.join(known) or 'none'} is set or signed in. "
            "Pass realm_id, or set sources.quickbooks.realm_ids."
        )
    return known[0]
