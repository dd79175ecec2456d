"""Access tokens for one company, refreshed before they run out."""

from __future__ import annotations

import time
from collections.abc import Callable

from pendulum import DateTime

from pipelines.connect.token_endpoint import Grant, GrantRefused, TokenEndpoint
from pipelines.connect.token_store import Connection, TokenStore
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.quickbooks.retries import Retries

__all__ = ["Connection", "TokenStore", "Tokens"]

EARLY_SECONDS = 300


class Tokens:
    """Keeps a company's access token fresh, for many threads and processes.

    Raises SignInNeeded when QuickBooks refuses every refresh token that is stored. They stay stored, since an outage
    can look the same and the next run tries again.
    """

    def __init__(
        self,
        store: TokenStore,
        realm_id: str,
        endpoint: TokenEndpoint,
        clock: Callable[[], DateTime],
        *,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._realm_id = realm_id
        self._clock = clock
        self._sleep = sleep
        self._retries = retries or Retries()
        self._endpoint = endpoint
        self._current: Connection | None = None

    def access_token(self) -> str:
        """The token to send now, good for five minutes at least."""
        current = self._current
        if current is None or not self._is_fresh(current):
            current = self._renew(rejected=None)
        return current.access_token

    def refresh(self, rejected: str) -> str:
        """A token other than the rejected one; another thread or process may have fetched it already."""
        return self._renew(rejected).access_token

    def __repr__(self) -> str:
        return f"Tokens(realm_id={self._realm_id!r})"

    def _renew(self, rejected: str | None) -> Connection:
        with self._store.lock():
            stored = self._stored()
            if not self._is_fresh(stored) or stored.access_token == rejected:
                stored = self._refreshed(stored)
            self._current = stored
            return stored

    def _stored(self) -> Connection:
        stored = self._store.get(self._realm_id)
        if stored is None:
            raise SignInNeeded(
                f"Company {self._realm_id} is not signed in here: sign in with `quickduck login`.",
                realm_id=self._realm_id,
            )
        return stored

    def _refreshed(self, stored: Connection) -> Connection:
        refused: GrantRefused | None = None
        tried: set[str] = set()
        while untried := [token for token in self._candidates(stored) if token not in tried]:
            tried.add(untried[0])
            asked_at = self._clock()
            try:
                grant = self._ask(untried[0])
            except GrantRefused as error:
                refused = error
                stored = (
                    self._stored()
                )  # a process that does not share our lock may have rotated it meanwhile
                continue
            renewed = stored.renewed(grant, asked_at)
            self._store.put(renewed)
            return renewed
        raise SignInNeeded(
            f"{refused} The stored sign-in is kept, for an outage looks the same: run again later, and if it "
            "stays, sign in with `quickduck login`.",
            realm_id=self._realm_id,
            intuit_tid=refused.intuit_tid if refused else None,
        )

    def _candidates(self, stored: Connection) -> list[str]:
        return [token for token in (stored.refresh_token, stored.previous_refresh_token) if token]

    def _ask(self, refresh_token: str) -> Grant:
        return self._retries.until_answered(
            lambda: self._endpoint.refresh(refresh_token, self._realm_id),
            lambda error, seconds: self._sleep(seconds),
        )

    def _is_fresh(self, connection: Connection) -> bool:
        expires = connection.access_expires_at
        return expires is not None and self._clock().add(seconds=EARLY_SECONDS) < expires
