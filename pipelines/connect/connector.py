"""How the companies of a data folder are reached: settings, the token file, and a client for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pendulum
import requests
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.connect.keys import find_key
from pipelines.connect.token_endpoint import TokenEndpoint
from pipelines.connect.token_store import TokenStore
from pipelines.connect.tokens import Tokens
from pipelines.quickbooks.client import ALL_CUSTOM_FIELDS, QuickBooks
from pipelines.quickbooks.meters import Calls
from pipelines.quickbooks.retries import Retries
from pipelines.quickbooks.session import new_session
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings

Clock = Callable[[], DateTime]


def utc_now() -> DateTime:
    """The clock of this machine."""
    return pendulum.now("UTC")


@dataclass(frozen=True)
class Connector:
    """The way to companies. `realm_ids` names those that a run is about; it is empty until that is decided."""

    settings: Settings
    tokens: TokenStore
    realm_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, home: Home, settings: Settings) -> Connector:
        """The way to the companies of a data folder, whose token file it opens."""
        embedded = settings.environment is Environment.EMBEDDED
        key = find_key(home.tokens, embedded=embedded)
        return cls(settings, TokenStore(home.tokens, key, settings.environment))

    def open_client(
        self, realm_id: str, *, clock: Clock = utc_now, retries: Retries | None = None
    ) -> QuickBooks:
        """A client for one company. Raises ConfigurationError when the app's keys are not set."""
        require_app(self.settings)
        calls = Calls()
        session = new_session(self.settings.api_url)
        return QuickBooks(
            realm_id,
            api_url=self.settings.api_url,
            tokens=Tokens(self.tokens, realm_id, self.endpoint(session, calls), clock, retries=retries),
            session=session,
            minorversion=self.settings.minorversion,
            include=ALL_CUSTOM_FIELDS if self.settings.all_custom_fields else "",
            calls=calls,
            retries=retries,
        )

    def endpoint(self, session: requests.Session, calls: Calls | None = None) -> TokenEndpoint:
        """The token endpoint, as this app talks to it."""
        return TokenEndpoint(
            self.settings.token_url,
            self.settings.client_id,
            self.settings.client_secret,
            session,
            self.settings.revoke_url,
            calls if calls is not None else Calls(),
        )

    def only_company(self, realm_id: str | None = None) -> str:
        """The one company of the choice. Raises ConfigurationError if there are none or several."""
        ids = (realm_id,) if realm_id else self.settings.realm_ids or self.tokens.realm_ids()
        if len(ids) != 1:
            raise ConfigurationError(
                f"Name one company: {', '.join(ids) or 'none'} is set or signed in. "
                "Pass realm_id, or set sources.quickbooks.realm_ids."
            )
        return ids[0]


def require_app(settings: Settings) -> None:
    """Raises ConfigurationError when the app's keys are not set."""
    for name in ("client_id", "client_secret"):
        if not getattr(settings, name):
            raise ConfigurationError(
                f"sources.quickbooks.{name} is not set. Copy it from your app's keys at developer.intuit.com "
                f"into .dlt/secrets.toml or SOURCES__QUICKBOOKS__{name.upper()}."
            )
