"""Sign-in: the authorize page that grants at once, the token endpoint, revocation."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from pendulum import DateTime

from ..faults.switches import Switches
from ..offer import OFFER
from ..wire.encoding import encode
from ..wire.messages import Answer, Request
from ..world import World
from .connections import (
    ACCESS_SECONDS,
    CODE_SECONDS,
    HARD_SECONDS,
    REFRESH_SECONDS,
    Connection,
    Connections,
)

ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = frozenset(f"{ACCOUNTING} com.intuit.quickbooks.payment openid profile email phone address".split())
CALLBACK_HERE = re.compile(r"https?://localhost:\d+/callback")
BAD_REFRESH_TOKEN = "Incorrect or invalid refresh token"


@dataclass(frozen=True)
class _Code:
    realm_id: str
    redirect_uri: str
    granted_at: float


class OAuth:
    """Knows one app by `client_id` and `client_secret`.

    `redirect_uris` are what its developer registered, compared letter by letter, beside `/callback` at any port of
    localhost.
    """

    def __init__(self, world: World, switches: Switches, connections: Connections) -> None:
        self.redirect_uris: set[str] = set()
        self.client_id, self.client_secret = OFFER.client_id, OFFER.client_secret
        self._world = world
        self._switches = switches
        self._connections = connections
        self._codes: dict[str, _Code] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """An answer of the authorize page, the token endpoint or the revocation endpoint."""
        with self._lock:
            if request.kind == "authorize":
                return self._authorize(request.params)
            if request.method != "POST":
                return _error("invalid_request", "POST expected")
            if not self._is_our_client(request.headers.get("Authorization", "")):
                return _error("invalid_client", None, self._switches.status_of_invalid_client)
            answer = self._token(request) if request.kind == "token" else self._revoke(request)
            self._connections.save()
            return answer

    def deny(self, request: Request) -> Answer:
        """The authorize page when the person at it says no."""
        state = request.params.get("state", "")
        return _redirect(request.params.get("redirect_uri", ""), error="access_denied", state=state)

    def connect(self, realm_id: str) -> dict[str, Any]:
        """A token answer without the dance, for tests and for a run that grants its own code."""
        with self._lock:
            connection = Connection.grant(realm_id, self._now(realm_id))
            answer = self._tokens(connection, hard=False)
            self._connections.add(connection)
            return answer

    def refusal(self, token: str, realm_id: str) -> tuple[str, str] | None:
        """Fault code and detail when a bearer token may not read this company."""
        connection = self._connections.by_access_token(token)
        if connection is None:
            return "3200", "Malformed bearer token: too short or too long"
        if connection.revoked:
            return "3200", "Token revoked"
        if self._now(connection.realm_id).timestamp() >= connection.access[token]:
            return "3200", f"Token expired: {token}"
        if connection.realm_id != realm_id:
            return "3100", "ApplicationAuthorizationFailed"
        return None

    def expire_access_tokens(self) -> None:
        """Every access token given so far answers 401 from now on."""
        with self._lock:
            self._connections.expire_access()

    def _now(self, realm_id: str) -> DateTime:
        return self._world.companies[realm_id].clock.now()

    def _authorize(self, params: dict[str, str]) -> Answer:
        redirect_uri = params.get("redirect_uri", "")
        if params.get("client_id") != self.client_id or not self._is_registered(redirect_uri):
            return _page("The redirect_uri query parameter value is invalid, or the app is unknown.")
        if urlsplit(redirect_uri).query or not params.get("state"):
            return _page("The state query parameter is missing or the redirect_uri has a query string.")
        state = params["state"]
        scopes = set(params.get("scope", "").split())
        if params.get("response_type") != "code" or ACCOUNTING not in scopes or scopes - SCOPES:
            return _redirect(redirect_uri, error="invalid_scope", state=state)
        realm_id = params.get("realmId") or next(iter(self._world.companies))
        if realm_id not in self._world.companies:
            return _redirect(redirect_uri, error="access_denied", state=state)
        code = f"AB1{secrets.token_hex(24)}"
        self._codes[code] = _Code(realm_id, redirect_uri, self._now(realm_id).timestamp())
        return _redirect(redirect_uri, code=code, state=state, realmId=realm_id)

    def _token(self, request: Request) -> Answer:
        form = request.form
        hard = request.headers.get("x-include-refresh-token-hard-expires-in", "").lower() == "true"
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form, hard)
            case "refresh_token":
                return self._refresh(form.get("refresh_token", ""), hard)
        return _error("unsupported_grant_type", None)

    def _exchange(self, form: dict[str, str], hard: bool) -> Answer:
        value = form.get("code", "")
        code = self._codes.pop(value, None)
        if code is None:
            first = self._connections.by_code(value) if value else None
            if first:
                first.revoked = True
            return _error("invalid_grant", "Invalid authorization code")
        now = self._now(code.realm_id)
        if form.get("redirect_uri") != code.redirect_uri or now.timestamp() - code.granted_at > CODE_SECONDS:
            return _error("invalid_grant", "Invalid authorization code")
        connection = Connection.grant(code.realm_id, now, value)
        self._connections.add(connection)
        return _tokens_answer(self._tokens(connection, hard))

    def _refresh(self, value: str, hard: bool) -> Answer:
        connection = self._connections.by_refresh_token(value)
        if connection is None or not connection.accepts(value, self._now(connection.realm_id)):
            return _error("invalid_grant", BAD_REFRESH_TOKEN)
        connection.refresh(
            self._now(connection.realm_id),
            self._switches.refresh_rotation == "always",
            self._switches.refresh_grace_hours * 3600,
        )
        return _tokens_answer(self._tokens(connection, hard))

    def _revoke(self, request: Request) -> Answer:
        try:
            token = str(msgspec.json.decode(request.body)["token"])
        except (msgspec.DecodeError, KeyError, TypeError):
            token = request.form.get("token", "")
        connection = self._connections.by_refresh_token(token) or self._connections.by_access_token(token)
        if connection is None or connection.revoked:
            return _error("invalid_request", "The token supplied is not valid")
        connection.revoked = True
        return Answer(b"", content_type="application/json")

    def _is_registered(self, redirect_uri: str) -> bool:
        return bool(CALLBACK_HERE.fullmatch(redirect_uri)) or redirect_uri in self.redirect_uris

    def _is_our_client(self, authorization: str) -> bool:
        scheme, _, value = authorization.partition(" ")
        try:
            credentials = base64.b64decode(value).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and credentials == f"{self.client_id}:{self.client_secret}"

    def _tokens(self, connection: Connection, hard: bool) -> dict[str, Any]:
        now = self._now(connection.realm_id)
        answer = {
            "token_type": "bearer",
            "access_token": connection.new_access_token(now),
            "refresh_token": connection.refresh_token,
            "expires_in": ACCESS_SECONDS,
            "x_refresh_token_expires_in": REFRESH_SECONDS,
        }
        if hard:
            age = now.timestamp() - connection.granted_at
            answer["x_refresh_token_hard_expires_in"] = int(HARD_SECONDS - age)
        return answer


def _tokens_answer(tokens: dict[str, Any]) -> Answer:
    return Answer(encode(tokens), headers={"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"})


def _error(error: str, description: str | None, status: int = 400) -> Answer:
    body = {"error": error} | ({"error_description": description} if description else {})
    return Answer(encode(body), status)


def _redirect(redirect_uri: str, **params: str) -> Answer:
    return Answer(b"", 302, "text/html", {"Location": f"{redirect_uri}?{urlencode(params)}"})


def _page(text: str) -> Answer:
    html = f"<!doctype html><html><body><h1>Sorry, but we didn't connect</h1><p>{text}</p></body></html>"
    return Answer(html.encode(), 400, "text/html;charset=utf-8")
