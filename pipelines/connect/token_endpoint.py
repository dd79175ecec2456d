"""Intuit's token endpoint.

https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import requests
from requests.auth import HTTPBasicAuth

from pipelines.base.errors import ConfigurationError
from pipelines.quickbooks.calls import Calls
from pipelines.quickbooks.errors import SignInNeeded, Throttled, Unreachable, UnreadableAnswer
from pipelines.quickbooks.retries import Retries
from pipelines.quickbooks.session import TIMEOUT, safe_url, why

WRONG_KEYS = ("invalid_client", "unauthorized_client")
_LONG_WORD = re.compile(r"[\w.~+/-]{24,}")  # a token, should an error quote it

logger = logging.getLogger(__name__)


class GrantRefused(SignInNeeded):
    """The token endpoint refused a code or a refresh token, usually as `invalid_grant`; an outage can look the same."""


class Grant(msgspec.Struct, frozen=True):
    """What the endpoint grants; lifetimes in seconds from now. Fields that Intuit adds are ignored."""

    access_token: str
    refresh_token: str
    expires_in: int
    x_refresh_token_expires_in: int | None = None
    x_refresh_token_hard_expires_in: int | None = None

    def __repr__(self) -> str:
        return f"Grant(expires_in={self.expires_in})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("expires_in", self.expires_in)]


@dataclass(frozen=True)
class TokenEndpoint:
    """The app's way to tokens. Raises GrantRefused, ConfigurationError, RequestFailed."""

    token_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    session: requests.Session = field(repr=False)
    revoke_url: str = ""
    calls: Calls = field(default_factory=Calls)
    retries: Retries = field(default_factory=Retries)

    def exchange(self, code: str, redirect_uri: str, realm_id: str) -> Grant:
        """Tokens for an authorization code, asked once: a second time can revoke what the first brought."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._grant("sign-in", form, realm_id)

    def refresh(self, refresh_token: str, realm_id: str) -> Grant:
        """Tokens for a refresh token, whose value may come back changed: the old one is dead then."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._grant("token refresh", form, realm_id)

    def revoke(self, token: str, realm_id: str) -> bool:
        """Ends the connection a token belongs to; False when QuickBooks knows of none."""
        url = safe_url(self.revoke_url, "revoke_url")
        response = self._post("revoke", url, realm_id, json={"token": token})
        if response.status_code in (200, 400):
            return response.ok
        raise self._failure("revoke", response, realm_id)

    def _grant(self, request: str, form: Mapping[str, str], realm_id: str) -> Grant:
        response = self._post(request, safe_url(self.token_url, "token_url"), realm_id, data=form)
        if response.status_code != 200:
            raise self._failure(request, response, realm_id)
        try:
            return msgspec.json.decode(response.content, type=Grant, strict=False)
        except msgspec.DecodeError as error:
            raise UnreadableAnswer(
                f"the answer holds no tokens, {error}", **_known(request, response, realm_id)
            ) from None

    def _post(self, request: str, url: str, realm_id: str, **body: Any) -> requests.Response:
        self.calls.add("token")
        try:
            response = self.session.post(
                url,
                headers={"Accept": "application/json", "x-include-refresh-token-hard-expires-in": "true"},
                auth=HTTPBasicAuth(self.client_id, self.client_secret),
                timeout=TIMEOUT,
                allow_redirects=False,
                **body,
            )
        except requests.RequestException as error:
            problem = f"no whole answer, {why(error)}"
        else:
            known = _known(request, response, realm_id)
            logger.debug("company %(realm_id)s, %(request)s: HTTP %(http_status)s, %(intuit_tid)s", known)
            return response
        raise Unreachable(problem, realm_id=realm_id, request=request)

    def _failure(self, request: str, response: requests.Response, realm_id: str) -> Exception:
        known = _known(request, response, realm_id)
        said = _said(response)
        error, trace = _LONG_WORD.sub("…", said.get("error", "")), known["intuit_tid"] or "none"
        if response.status_code == 429:
            wait = self.retries.throttle_delay(response.headers)
            return Throttled("too many token requests", wait=wait, **known)
        if error in WRONG_KEYS or response.status_code == 401:
            return ConfigurationError(
                f"Company {realm_id}, {request}: QuickBooks does not know this client_id with this "
                f"client_secret ({error or 'HTTP 401'}, intuit_tid {trace}). Copy both from the Keys page of "
                "your app, and from the tab of the environment you use."
            )
        if response.status_code >= 500 or not error:
            return Unreachable(f"a server error, {response.reason}", **known)
        description = _LONG_WORD.sub("…", said.get("error_description", "no reason given"))
        return GrantRefused(
            f"Company {realm_id}, {request}: QuickBooks says {error}, {description} (intuit_tid {trace}).",
            realm_id=realm_id,
            intuit_tid=known["intuit_tid"],
        )


def _known(request: str, response: requests.Response, realm_id: str) -> dict[str, Any]:
    tid = response.headers.get("intuit_tid") or response.headers.get("intuit-tid")
    return {
        "realm_id": realm_id,
        "request": request,
        "http_status": response.status_code,
        "intuit_tid": tid,
    }


def _said(response: requests.Response) -> dict[str, str]:
    try:
        said = msgspec.json.decode(response.content, type=dict[str, Any])
        return {name: str(value) for name, value in said.items()}
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
