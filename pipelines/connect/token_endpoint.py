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
from pipelines.quickbooks.errors import SignInNeeded, Throttled, Unreachable, UnreadableAnswer
from pipelines.quickbooks.exchange import Exchange
from pipelines.quickbooks.http import Answer, answer_of
from pipelines.quickbooks.meters import Calls
from pipelines.quickbooks.session import TIMEOUT, safe_url, why

WRONG_KEYS = ("invalid_client", "unauthorized_client")
_LONG_WORD = re.compile(r"[\w.~+/-]{24,}")  # an error may quote a token

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

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("expires_in", self.expires_in)]


@dataclass(frozen=True)
class TokenEndpoint:
    """Exchanges codes and refresh tokens for tokens. Raises GrantRefused, ConfigurationError or RequestFailed."""

    token_url: str
    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    session: requests.Session = field(repr=False)
    revoke_url: str = ""
    calls: Calls = field(default_factory=Calls)

    def exchange(self, code: str, redirect_uri: str, realm_id: str) -> Grant:
        """Tokens for an authorization code. It is asked once, since a second time can revoke what the first brought."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._grant("sign-in", form, realm_id)

    def refresh(self, refresh_token: str, realm_id: str) -> Grant:
        """Tokens for a refresh token. When its value comes back changed, the old value is dead."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._grant("token refresh", form, realm_id)

    def revoke(self, token: str, realm_id: str) -> bool:
        """Ends the connection that a token belongs to. It is False when QuickBooks does not know the connection."""
        url = safe_url(self.revoke_url, "revoke_url")
        answer = self._post("revoke", url, realm_id, json={"token": token})
        if answer.exchange.status in (200, 400):
            return answer.exchange.status == 200
        raise self._failure(answer)

    def _grant(self, question: str, form: Mapping[str, str], realm_id: str) -> Grant:
        answer = self._post(question, safe_url(self.token_url, "token_url"), realm_id, data=form)
        if answer.exchange.status != 200:
            raise self._failure(answer)
        try:
            return msgspec.json.decode(answer.body, type=Grant, strict=False)
        except msgspec.DecodeError as error:
            raise UnreadableAnswer(f"the answer holds no tokens, {error}", answer.exchange) from None

    def _post(
        self,
        question: str,
        url: str,
        realm_id: str,
        *,
        data: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
    ) -> Answer:
        self.calls.add("token")
        try:
            response = self.session.post(
                url,
                data=data,
                json=json,
                headers={"Accept": "application/json", "x-include-refresh-token-hard-expires-in": "true"},
                auth=HTTPBasicAuth(self.client_id, self.client_secret),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            problem = f"no whole answer, {why(error)}"
        else:
            answer = answer_of(response, response.content, realm_id, question)
            exchange = answer.exchange
            logger.debug(
                "company %s, %s: HTTP %s, %s", realm_id, question, exchange.status, exchange.trace_id
            )
            return answer
        raise Unreachable(problem, Exchange("POST", url, realm_id, question))

    def _failure(self, answer: Answer) -> Exception:
        exchange = answer.exchange
        reasons = _reasons(answer.body)
        error, trace = _LONG_WORD.sub("…", reasons.get("error", "")), exchange.trace_id or "none"
        request = f"Company {exchange.realm_id}, {exchange.question}"
        if exchange.status == 429:
            return Throttled("too many token requests", exchange, retry_after=answer.retry_after)
        if error in WRONG_KEYS or exchange.status == 401:
            return ConfigurationError(
                f"{request}: QuickBooks does not know this client_id with this "
                f"client_secret ({error or 'HTTP 401'}, intuit_tid {trace}). Copy both from the Keys page of "
                "your app, and from the tab of the environment you use."
            )
        if (exchange.status or 0) >= 500 or not error:
            return Unreachable(f"a server error, {answer.reason}", exchange)
        description = _LONG_WORD.sub("…", reasons.get("error_description", "no reason given"))
        return GrantRefused(
            f"{request}: QuickBooks says {error}, {description} (intuit_tid {trace}).",
            realm_id=exchange.realm_id,
            intuit_tid=exchange.trace_id,
        )


def _reasons(body: bytes) -> dict[str, str]:
    """What a refusal says, as OAuth names it: error and error_description."""
    try:
        members = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {name: str(value) for name, value in members.items()}
