"""How long the sign-ins of a data folder last."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.connect.keys import NO_KEY, existing_key
from pipelines.connect.token_store import Connection, TokenStore, environment_of

WARN_DAYS = 14


@dataclass(frozen=True)
class SignInStatus:
    """One company's sign-in; days are None while unknown.

    `refresh_days_left`: until the refresh token ends, which every run renews.
    `hard_days_left`: until it ends whatever runs (five years; Intuit tells only since 2026).
    """

    realm_id: str
    signed_in_at: datetime
    refresh_days_left: int | None
    hard_days_left: int | None

    @property
    def has_ended(self) -> bool:
        """Only a new sign-in helps."""
        return any(days is not None and days < 0 for days in (self.refresh_days_left, self.hard_days_left))

    @property
    def warning(self) -> str:
        """The sentence for people when it ends soon or has ended, else nothing."""
        sign_in, refresh, hard = (
            f"The sign-in of company {self.realm_id}",
            self.refresh_days_left,
            self.hard_days_left,
        )
        if self.has_ended:
            return f"{sign_in} has run out: `quickduck login` makes a new one."
        if hard is not None and hard <= WARN_DAYS:
            return (
                f"{sign_in} ends for good in {hard} days, whatever runs: `quickduck login` makes a new one."
            )
        if refresh is not None and refresh <= WARN_DAYS:
            return f"{sign_in} ends in {refresh} days unless `quickduck run` renews it."
        return ""


def signin_status(store: TokenStore, clock: Callable[[], DateTime]) -> list[SignInStatus]:
    """Every signed-in company, with a warning for those whose sign-in ends soon."""
    now = clock()
    connections = [store.get(realm_id) for realm_id in store.realm_ids()]
    return [_status(connection, now) for connection in connections if connection]


def stored_sign_ins(tokens: Path, clock: Callable[[], DateTime]) -> list[SignInStatus]:
    """The sign-ins of a token file. Its own environment is read from it; embedded companies need no sign-in.

    Reads no settings, which takes dlt a second. Raises ConfigurationError when the file cannot be opened.
    """
    environment = environment_of(tokens)
    if environment in (None, "embedded"):
        return []
    key = existing_key(tokens, embedded=False)
    if key is None:
        raise ConfigurationError(NO_KEY)
    return signin_status(TokenStore(tokens, key, str(environment)), clock)


def _status(connection: Connection, now: DateTime) -> SignInStatus:
    return SignInStatus(
        connection.realm_id,
        connection.signed_in_at,
        _days_left(connection.refresh_expires_at, now),
        _days_left(connection.hard_expires_at, now),
    )


def _days_left(ends: datetime | None, now: DateTime) -> int | None:
    return math.floor((ends - now).total_seconds() / 86_400) if ends is not None else None
