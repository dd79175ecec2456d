"""The link to Intuit's sign-in page, and the address a sign-in comes back to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from pipelines.base.errors import ConfigurationError
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.quickbooks.session import safe_redirect, safe_url
from pipelines.workspace.settings import Settings

SCOPE = "com.intuit.quickbooks.accounting"

REFUSALS = {
    "access_denied": "The sign-in was declined at Intuit, or the user is no admin of the company. "
    "Sign in as an admin of it and choose Connect.",
    "invalid_scope": f"Intuit does not grant this app the scope {SCOPE}: tick it in the app's settings.",
}


@dataclass(frozen=True)
class Consent:
    """A company's consent. Its code can be exchanged once, within a few minutes."""

    code: str
    realm_id: str

    def __repr__(self) -> str:
        return f"Consent(realm_id={self.realm_id!r})"


def new_state() -> str:
    """A random value that ties the answer of the sign-in page to the sign-in that was begun."""
    return secrets.token_urlsafe(32)


def authorize_link(settings: Settings, state: str, **hints: str) -> str:
    """The address of Intuit's sign-in page for this app."""
    if not settings.client_id or not settings.client_secret:
        raise ConfigurationError(
            "sources.quickbooks.client_id and client_secret are not set. Copy them from the Keys page of your "
            "app at developer.intuit.com into .dlt/secrets.toml, or set SOURCES__QUICKBOOKS__CLIENT_ID and "
            "SOURCES__QUICKBOOKS__CLIENT_SECRET."
        )
    parameters = {
        "client_id": settings.client_id,
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": safe_redirect(settings.redirect_uri),
        "state": state,
        **hints,
    }
    return f"{safe_url(settings.authorize_url, 'authorize_url')}?{urlencode(parameters)}"


def came_back(address: str) -> dict[str, str]:
    """The parameters of the address at which a sign-in ended; quotes around a pasted address do no harm."""
    return dict(parse_qsl(urlsplit(address.strip().strip("'\"<>")).query))


def consent(parameters: Mapping[str, str]) -> Consent:
    """What the user granted. Raises SignInNeeded with a sentence for a refusal or half an address."""
    if error := parameters.get("error"):
        refusal = f"Intuit refused the sign-in: {error}. {parameters.get('error_description', '')}"
        raise SignInNeeded(REFUSALS.get(error, refusal.strip()))
    for name in ("code", "realmId"):
        if not parameters.get(name):
            raise SignInNeeded(
                f"The address has no {name}. Copy it whole from the browser after choosing the company, and "
                "run `quickduck login` again."
            )
    return Consent(parameters["code"], parameters["realmId"])
