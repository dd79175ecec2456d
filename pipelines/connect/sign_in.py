"""Signs companies in and out by OAuth 2.0's authorization code.

https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import requests

from pipelines.base.errors import ConfigurationError
from pipelines.connect.authorize import authorize_link, came_back, consent, new_state
from pipelines.connect.browser import Callback
from pipelines.connect.connector import Clock, Connector, utc_now
from pipelines.connect.emulator import REALM_IDS
from pipelines.connect.token_endpoint import GrantRefused
from pipelines.connect.token_store import Connection
from pipelines.quickbooks.errors import SignInNeeded, Unreachable
from pipelines.quickbooks.exchange import Exchange
from pipelines.quickbooks.session import TIMEOUT, new_session, why

PATIENCE_SECONDS = 600.0


def sign_in(
    connector: Connector,
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
    with _session(session, connector) as http:

        def end(parameters: Mapping[str, str]) -> str:
            return _finish(connector, http, clock, parameters)

        state = new_state()
        link = authorize_link(connector.settings, state)
        if paste:
            say(f"Open this link, sign in and choose the company:\n{link}")
            parameters = came_back(ask("Then paste the whole address the browser landed on"))
            _require_state(parameters, state)
            return end(parameters)
        with Callback(connector.settings.redirect_uri, state, end) as callback:
            say(f"Opening Intuit's sign-in in your browser. If it stays away, follow this link:\n{link}")
            open_browser(link)
            return callback.wait(patience)


def finish(connector: Connector, parameters: Mapping[str, str], *, clock: Clock = utc_now) -> str:
    """Ends a sign-in that came back to our page with the right `state`, and gives back the company's id."""
    with _session(None, connector) as http:
        return _finish(connector, http, clock, parameters)


def grant_embedded(
    connector: Connector, *, session: requests.Session | None = None, clock: Clock = utc_now
) -> tuple[str, ...]:
    """Signs in to the embedded companies, whose page grants at once, and gives back the ids of those that exist."""
    settings = connector.settings
    realm_ids = []
    with _session(session, connector) as http:
        for realm_id in dict.fromkeys(settings.realm_ids + REALM_IDS):
            state = new_state()
            parameters = _granted_at_once(authorize_link(settings, state, realmId=realm_id), http)
            if "code" in parameters:
                _require_state(parameters, state)
                realm_ids.append(_finish(connector, http, clock, parameters))
    if not realm_ids:
        raise SignInNeeded(f"The sign-in page at {settings.authorize_url} did not grant any company.")
    return tuple(dict.fromkeys(realm_ids))


def sign_out(connector: Connector, realm_id: str, *, session: requests.Session | None = None) -> bool:
    """Revokes a company's connection and forgets it. It is False when Intuit did not know the connection any more.

    Raises SignInNeeded for a company that is not signed in. The tokens stay when Intuit cannot be reached.
    """
    store = connector.tokens
    with _session(session, connector) as http, store.lock():
        connection = store.get(realm_id)
        if connection is None:
            raise SignInNeeded(f"Company {realm_id} is not signed in here: there is nothing to revoke.")
        revoked = connector.endpoint(http).revoke(connection.refresh_token, realm_id)
        store.forget(realm_id)
    return revoked


def take_over(connector: Connector, *, clock: Clock = utc_now) -> bool:
    """Takes a `refresh_token` from the settings into the token file, once per value, and says whether it did."""
    settings = connector.settings
    if not settings.refresh_token:
        return False
    if len(settings.realm_ids) != 1:
        raise ConfigurationError(
            "sources.quickbooks.refresh_token belongs to one company, and realm_ids names "
            f"{len(settings.realm_ids) or 'none'}. Set realm_ids to the id it was granted for."
        )
    return connector.tokens.take_over(settings.realm_ids[0], settings.refresh_token, clock())


def _finish(
    connector: Connector, session: requests.Session, clock: Clock, parameters: Mapping[str, str]
) -> str:
    """Exchanges the code that came back, once, stores the tokens, and gives back the company's id."""
    answer = consent(parameters)
    realm_id, redirect_uri = answer.realm_id, connector.settings.redirect_uri
    now = clock()
    try:
        grant = connector.endpoint(session).exchange(answer.code, redirect_uri, realm_id)
    except GrantRefused as refused:
        raise SignInNeeded(
            f"{refused} A code is good once, for a few minutes, and for the redirect_uri it was asked with: "
            "run `quickduck login` again.",
            realm_id=realm_id,
            intuit_tid=refused.intuit_tid,
        ) from None
    with connector.tokens.lock():
        new = Connection(realm_id=realm_id, refresh_token=grant.refresh_token, signed_in_at=now)
        connector.tokens.put(new.renewed(grant, now))
    return realm_id


def _granted_at_once(link: str, session: requests.Session) -> dict[str, str]:
    try:
        response = session.get(link, allow_redirects=False, timeout=TIMEOUT)
    except requests.RequestException as error:
        problem = f"no answer, {why(error)}"
    else:
        return came_back(response.headers.get("Location", ""))
    raise Unreachable(problem, Exchange("GET", link.partition("?")[0], "embedded", "sign-in"))


def _require_state(parameters: Mapping[str, str], state: str) -> None:
    if parameters.get("state") != state:
        raise SignInNeeded(
            "The address belongs to another sign-in, or is cut off: its state is not the one of the link above. "
            "Nothing was connected; run `quickduck login` again and use the new link."
        )


@contextmanager
def _session(session: requests.Session | None, connector: Connector) -> Iterator[requests.Session]:
    if session is not None:
        yield session
        return
    with new_session(connector.settings.token_url) as own:
        yield own
