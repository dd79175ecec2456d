"""How long a sign-in lasts, and when to say so."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from pipelines.connect.expiry import signin_status
from pipelines.connect.token_store import Connection, TokenStore
from tests.support.still import START, StillTime


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "tokens", Fernet.generate_key())


@pytest.mark.parametrize(
    ("refresh", "hard", "left", "warning"),
    [
        (101, 1825, (101, 1825), ""),
        (15, None, (15, None), ""),
        (14, 1825, (14, 1825), "ends in 14 days unless `quickduck run` renews it"),
        (60, 14, (60, 14), "ends for good in 14 days"),
        (-1, 900, (-1, 900), "has run out"),
        (None, None, (None, None), ""),
    ],
)
def test_status_counts_days_and_warns(
    store: TokenStore,
    refresh: int | None,
    hard: int | None,
    left: tuple[int | None, int | None],
    warning: str,
) -> None:
    """The status counts the whole days left of a sign-in and warns from fourteen on."""
    with store.lock():
        store.put(
            Connection(
                realm_id="100",
                refresh_token="r",
                signed_in_at=START,
                refresh_expires_at=None if refresh is None else START.add(days=refresh, hours=1),
                hard_expires_at=None if hard is None else START.add(days=hard, hours=1),
            )
        )

    (status,) = signin_status(store, StillTime().now)

    assert (status.refresh_days_left, status.hard_days_left) == left
    assert warning in status.warning if warning else status.warning == ""
