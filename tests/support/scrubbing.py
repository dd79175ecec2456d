"""What must not stay in a cassette: tokens, codes, the client secret, the company's id, where it was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

REALM_ID = "4620816365000000000"
CLIENT_ID, CLIENT_SECRET = "client-id", "client-secret"
API_URL = "https://sandbox-quickbooks.api.intuit.com"
TOKEN_URL = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer"
REVOKE_URL = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke"
CODE, SINCE = "code-1", "2026-11-01T00:00:00+00:00"

SECRET_FIELDS = ("access_token", "refresh_token")
DROPPED_HEADERS = frozenset(
    ("authorization", "cookie", "set-cookie", "user-agent", "content-length", "date", "service-time")
)


class Scrubber:
    """Puts placeholders for what it has learnt is secret; one secret gets one placeholder, so rotation shows."""

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self._placeholders = {secret: placeholder for secret, placeholder in known if secret}

    def request(self, request: Any) -> Any:
        """A vcr request at Intuit's own addresses, without headers that name anybody."""
        parts = urlsplit(request.uri)
        host = {"token": TOKEN_URL, "revoke": REVOKE_URL}.get(kind_of(parts.path))
        uri = host or f"{API_URL}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        request.uri = re.sub(
            r"changedSince=[^&]*", f"changedSince={SINCE.replace('+', '%2B')}", self.text(uri)
        )
        if request.body:
            request.body = self.text(_text(request.body)).encode()
        request.headers = _telling(request.headers)
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """A vcr response; the tokens it grants are learnt here."""
        body = _text(response["body"]["string"])
        if '"refresh_token"' in body:
            granted = json.loads(body)
            for field in SECRET_FIELDS:
                self._learn(granted[field], field.replace("_", "-"))
        response["body"]["string"] = self.text(body).encode()
        response["headers"] = _telling(response["headers"])
        return response

    def text(self, text: str) -> str:
        """The text with a placeholder for each secret, the longest first."""
        for secret in sorted(self._placeholders, key=len, reverse=True):
            text = text.replace(secret, self._placeholders[secret])
        return text

    def _learn(self, secret: str, kind: str) -> None:
        if secret not in self._placeholders and secret not in self._placeholders.values():
            number = sum(known.startswith(f"{kind}-") for known in self._placeholders.values()) + 1
            self._placeholders[secret] = f"{kind}-{number}"


def kind_of(path: str) -> str:
    """token, revoke or api, by the path of the address."""
    if path.endswith("/tokens/bearer"):
        return "token"
    return "revoke" if path.endswith("/tokens/revoke") else "api"


def _telling(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers without those that name somebody or differ each time, in order."""
    return {name: headers[name] for name in sorted(headers) if name.lower() not in DROPPED_HEADERS}


def _text(body: bytes | str) -> str:
    return body.decode() if isinstance(body, bytes) else body
