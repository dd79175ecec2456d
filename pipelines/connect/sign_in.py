"""Signing a company in and out: OAuth 2.0 authorization code.

https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pendulum
import requests
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.connect.authorize import authorize_link, came_back, consent, new_state
from pipelines.connect.browser import Callback
from pipelines.connect.token_endpoint import GrantRefused, TokenEndpoint
from pipelines.connect.token_store import Connection, TokenStore
from pipelines.quickbooks.errors import SignInNeeded, Unreachable
from pipelines.quickbooks.exchange import Exchange
from pipelines.quickbooks.session import TIMEOUT, new_session, why
from pipelines.workspace.settings import Settings

PATIENCE_SECONDS = 600.0
EMBEDDED_COMPANIES = ("9130350000000001", "9130350000000002")

Clock = Callable[[], DateTime]


def utc_now() -> DateTime:
    """The clock of this machine."""
    return pendulum.now("UTC")


def login(
    settings: Settings,
    store: TokenStore,
    *,
    paste: bool = False,
    say: Callable[[str], object] = print,
    ask: Callable[[str], str] = input,
    open_browser: Callable[[str], object] = webbrowser.open,
    session: requests.Session | None = None,
    clock: Clock = utc_now,
    patience: float = PATIENCE_SECONDS,
) -> str:
    """Signs a company in and gives back its id.

    Without `paste` the browser of this machine comes back to a page of ours. With it a browser anywhere may be
    used, and its user pastes the address it landed on: the way for production keys, whose redirect must be https.
    """
    with _session(session, settings) as http:

        def end(came: Mapping[str, str]) -> str:
            return _finish(settings, store, http, clock, came)

        state = new_state()
        link = authorize_link(settings, state)
        if paste:
            say(f"Open this link, sign in and choose the company:\n{link}")
            came = came_back(ask("Then paste the whole address the browser landed on"))
            _require_state(came, state)
            return end(came)
        with Callback(settings.redirect_uri, state, end) as callback:
            say(f"Opening Intuit's sign-in in your browser. If it stays away, follow this link:\n{link}")
            open_browser(link)
            return callback.wait(patience)


def finish(settings: Settings, store: TokenStore, came: Mapping[str, str], *, clock: Clock = utc_now) -> str:
    """Ends a sign-in that came back to a page of ours, whose `state` was found right; the company's id."""
    with _session(None, settings) as http:
        return _finish(settings, store, http, clock, came)


def grant_embedded(
    settings: Settings,
    store: TokenStore,
    *,
    session: requests.Session | None = None,
    clock: Clock = utc_now,
) -> tuple[str, ...]:
    """Signs in to the embedded companies, whose page grants at once; the ids of those that exist."""
    granted = []
    with _session(session, settings) as http:
        for realm_id in dict.fromkeys(settings.realm_ids + EMBEDDED_COMPANIES):
            state = new_state()
            came = _granted_at_once(authorize_link(settings, state, realmId=realm_id), http)
            if "code" in came:
                _require_state(came, state)
                granted.append(_finish(settings, store, http, clock, came))
    if not granted:
        raise SignInNeeded(f"The sign-in page at {settings.authorize_url} did not grant any company.")
    return tuple(dict.fromkeys(granted))


def logout(
    settings: Settings, store: TokenStore, realm_id: str, *, session: requests.Session | None = None
) -> bool:
    """Revokes a company's connection and forgets it; False when Intuit knew of none any more.

    Raises SignInNeeded for a company that is not signed in. The tokens stay when Intuit cannot be reached.
    """
    with _session(session, settings) as http, store.lock():
        connection = store.get(realm_id)
        if connection is None:
            raise SignInNeeded(f"Company {realm_id} is not signed in here: there is nothing to revoke.")
        revoked = _endpoint(settings, http).revoke(connection.refresh_token, realm_id)
        store.forget(realm_id)
    return revoked


def take_over(settings: Settings, store: TokenStore, *, clock: Clock = utc_now) -> bool:
    """Takes a `refresh_token` from the settings into the store, once per value; whether it did."""
    if not settings.refresh_token:
        return False
    if len(settings.realm_ids) != 1:
        raise ConfigurationError(
            "sources.quickbooks.refresh_token belongs to one company, and realm_ids names "
            f"{len(settings.realm_ids) or 'none'}. Set realm_ids to the id it was granted for."
        )
    return store.take_over(settings.realm_ids[0], settings.refresh_token, clock())


def _finish(
    settings: Settings, store: TokenStore, session: requests.Session, clock: Clock, came: Mapping[str, str]
) -> str:
    """Exchanges the code that came back, once, and keeps the tokens; the company's id."""
    given = consent(came)
    now = clock()
    try:
        grant = _endpoint(settings, session).exchange(given.code, settings.redirect_uri, given.realm_id)
    except GrantRefused as refused:
        raise SignInNeeded(
            f"{refused} A code is good once, for a few minutes, and for the redirect_uri it was asked with: "
            "run `quickduck login` again.",
            realm_id=given.realm_id,
            intuit_tid=refused.intuit_tid,
        ) from None
    with store.lock():
        new = Connection(realm_id=given.realm_id, refresh_token=grant.refresh_token, signed_in_at=now)
        store.put(new.renewed(grant, now))
    return given.realm_id


def _granted_at_once(link: str, session: requests.Session) -> dict[str, str]:
    try:
        response = session.get(link, allow_redirects=False, timeout=TIMEOUT)
    except requests.RequestException as error:
        problem = f"no answer, {why(error)}"
    else:
        return came_back(response.headers.get("Location", ""))
    raise Unreachable(problem, Exchange("GET", link.partition("?")[0], "embedded", "sign-in"))


def _require_state(came: Mapping[str, str], state: str) -> None:
    if came.get("state") != state:
        raise SignInNeeded(
            "The address belongs to another sign-in, or is cut off: its state is not the one of the link above. "
            "Nothing was connected; run `quickduck login` again and use the new link."
        )


def _endpoint(settings: Settings, session: requests.Session) -> TokenEndpoint:
    return TokenEndpoint(
        settings.token_url,
        settings.client_id,
        settings.client_secret,
        session,
        revoke_url=settings.revoke_url,
    )


@contextmanager
def _session(given: requests.Session | None, settings: Settings) -> Iterator[requests.Session]:
    if given is not None:
        yield given
        return
    with new_session(settings.token_url) as session:
        yield session
