"""Which companies' webhooks are kept: those that a run would read."""

from __future__ import annotations

from pipelines.connect import connection
from pipelines.connect.sign_in import EMBEDDED_COMPANIES
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings


class KnownCompanies:
    """The companies of the settings, else all that are signed in; the token file is read again when it changes."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home = home
        self._settings = settings
        self._stamp: int | None = None
        self._signed_in: frozenset[str] = frozenset()

    def __contains__(self, realm_id: str) -> bool:
        return realm_id in self.all

    @property
    def all(self) -> frozenset[str]:
        """Raises ConfigurationError when the token file cannot be opened."""
        if self._settings.realm_ids:
            return frozenset(self._settings.realm_ids)
        stamp = self._home.tokens.stat().st_mtime_ns if self._home.tokens.exists() else None
        if stamp != self._stamp:
            self._signed_in = frozenset(connection.store(self._home, self._settings).realm_ids())
            self._stamp = stamp
        embedded = self._settings.environment is Environment.EMBEDDED
        return self._signed_in | frozenset(EMBEDDED_COMPANIES if embedded else ())
