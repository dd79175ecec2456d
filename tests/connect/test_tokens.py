"""Tokens: kept safely, refreshed in time, never lost and never shown."""

from __future__ import annotations

import logging
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import requests
from cryptography.fernet import Fernet

from pipelines.base.errors import ConfigurationError
from pipelines.connect.connector import Connector
from pipelines.connect.token_endpoint import Grant
from pipelines.connect.tokens import Connection, Tokens, TokenStore
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.quickbooks.errors import SignInNeeded, Throttled, Unreachable
from pipelines.quickbooks.session import new_session
from pipelines.workspace.settings import Settings
from tests.support.still import START, StillTime

pytestmark = pytest.mark.survives("Sign-in")


def kept(store: TokenStore) -> Connection:
    connection = store.get("100")
    assert connection is not None
    return connection


def keep(store: TokenStore, connection: Connection) -> None:
    with store.lock():
        store.put(connection)


def test_fresh_token_costs_nothing(tokens: Tokens, connection: Connection, server: EmbeddedServer) -> None:
    """Within its hour the kept token is used."""
    assert tokens.access_token() == connection.access_token
    assert server.counters.kinds["token"] == 0


def test_refresh_comes_five_minutes_early(
    tokens: Tokens, connection: Connection, server: EmbeddedServer, time: StillTime
) -> None:
    """A long page must not meet the end of its token."""
    time.pass_by(minutes=54, seconds=59)
    assert tokens.access_token() == connection.access_token

    time.pass_by(seconds=1)

    assert tokens.access_token() != connection.access_token
    assert server.counters.kinds["token"] == 1


def test_rotated_token_is_on_disk_with_the_one_it_replaced(
    tokens: Tokens, connection: Connection, store: TokenStore, server: EmbeddedServer
) -> None:
    """The new value is kept before anybody uses it; the old one stays beside it."""
    server.switches.refresh_rotation = "always"

    fresh = tokens.refresh(rejected=connection.access_token)

    now = kept(store)
    assert now.access_token == fresh
    assert now.refresh_token != connection.refresh_token
    assert now.previous_refresh_token == connection.refresh_token
    assert now.refresh_expires_at == START.add(seconds=8726400)
    assert now.hard_expires_at is not None


def test_token_is_used_only_after_it_is_kept(
    tokens: Tokens, store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses it stops the run: a token in memory alone would be lost with it."""

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="no space left"):
        tokens.refresh(rejected=kept(store).access_token)


def test_refused_refresh_keeps_the_connection(
    tokens: Tokens, store: TokenStore, connection: Connection, server: EmbeddedServer
) -> None:
    """An outage can look like invalid_grant, so nothing is wiped, and the next run succeeds."""
    server.faults.add("token", error="invalid_grant")

    with pytest.raises(SignInNeeded, match="invalid_grant.*kept.*quickduck login"):
        tokens.refresh(rejected=connection.access_token)
    assert kept(store) == connection

    assert tokens.refresh(rejected=connection.access_token) != connection.access_token


def test_refused_refresh_reads_the_file_again(
    tokens: Tokens, store: TokenStore, connection: Connection, server: EmbeddedServer
) -> None:
    """Another machine on the same folder may have rotated the token meanwhile: its value is tried."""
    good = connection.refresh_token
    keep(
        store,
        msgspec.structs.replace(connection, refresh_token="stale", access_token="", access_expires_at=None),
    )
    other = TokenStore(store.path, store._fernet)
    server.faults.add(
        "token",
        when=lambda request: other.put(msgspec.structs.replace(connection, refresh_token=good)) is None,
    )

    assert tokens.access_token()
    assert kept(store).refresh_token == good


def test_refused_refresh_falls_back_on_the_previous_token(
    tokens: Tokens, store: TokenStore, connection: Connection
) -> None:
    """Should the rotated value be unknown to Intuit, the one before may still work."""
    keep(
        store,
        msgspec.structs.replace(
            connection,
            refresh_token="never granted",
            previous_refresh_token=connection.refresh_token,
            access_expires_at=None,
        ),
    )

    assert tokens.access_token()
    assert kept(store).refresh_token == connection.refresh_token


@pytest.mark.parametrize("status", [500, 503])
def test_endpoint_that_is_down_is_asked_again(
    tokens: Tokens, connection: Connection, server: EmbeddedServer, status: int
) -> None:
    """Twice down, then up."""
    server.faults.add("token", status=status, times=2)

    assert tokens.refresh(rejected=connection.access_token)
    assert server.counters.kinds["token"] == 3


def test_endpoint_that_stays_down(tokens: Tokens, connection: Connection, server: EmbeddedServer) -> None:
    """It is no reason to sign in again."""
    server.faults.add("reset", "token", times=None)

    with pytest.raises(Unreachable, match="token refresh"):
        tokens.refresh(rejected=connection.access_token)


def test_endpoint_that_throttles(tokens: Tokens, server: EmbeddedServer, time: StillTime) -> None:
    """A minute of silence, a bounded number of times."""
    server.faults.add("429", "token", times=None)

    with pytest.raises(Throttled):
        tokens.refresh(rejected=tokens.access_token())
    assert set(time.naps) == {60}


def test_wrong_client_secret(
    settings: Settings, store: TokenStore, connection: Connection, session: requests.Session, time: StillTime
) -> None:
    """It is a setting, not a sign-in, that is wrong; the message does not quote it."""
    wrong = replace(settings, client_secret="not-the-secret")
    tokens = Tokens(store, "100", Connector(wrong, store).endpoint(session), time.now, sleep=time.sleep)

    with pytest.raises(ConfigurationError, match="Keys page") as caught:
        tokens.refresh(rejected=connection.access_token)
    assert "not-the-secret" not in str(caught.value)


def test_company_that_never_signed_in(
    store: TokenStore, settings: Settings, session: requests.Session
) -> None:
    """The sentence names the command."""
    tokens = Tokens(store, "100", Connector(settings, store).endpoint(session), lambda: START)

    with pytest.raises(SignInNeeded, match="Company 100 is not signed in here.*quickduck login"):
        tokens.access_token()


def test_threads_refresh_once(tokens: Tokens, connection: Connection, server: EmbeddedServer) -> None:
    """Ten threads whose token was refused share one refresh."""
    with ThreadPoolExecutor(10) as pool:
        fresh = set(pool.map(lambda _: tokens.refresh(rejected=connection.access_token), range(10)))

    assert (len(fresh), server.counters.kinds["token"]) == (1, 1)


def refresh_in_another_process(path: Path, key: bytes, settings: Settings, rejected: str) -> str:
    with new_session(settings.token_url) as session:
        store = TokenStore(path, key)
        tokens = Tokens(store, "100", Connector(settings, store).endpoint(session), lambda: START)
        return tokens.refresh(rejected=rejected)


def test_processes_refresh_once(tmp_path: Path, settings: Settings, server: EmbeddedServer) -> None:
    """Three runs at once: one refreshes, the others read what it kept."""
    server.switches.refresh_rotation = "always"
    key = Fernet.generate_key()
    store = TokenStore(tmp_path / "tokens", key)
    grant = server.grant("100")
    old = Connection(
        realm_id="100",
        refresh_token=str(grant["refresh_token"]),
        access_token=str(grant["access_token"]),
        access_expires_at=START.add(hours=1),
        signed_in_at=START,
    )
    keep(store, old)

    with multiprocessing.get_context("spawn").Pool(3) as pool:
        fresh = pool.starmap(refresh_in_another_process, [(store.path, key, settings, old.access_token)] * 3)
        pool.close()
        pool.join()

    assert (len(set(fresh)), server.counters.kinds["token"]) == (1, 1)


def test_secrets_do_not_show(
    tokens: Tokens,
    store: TokenStore,
    connection: Connection,
    settings: Settings,
    server: EmbeddedServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in a repr, a log or an error, also while things go wrong."""
    server.faults.add("token", status=503)
    server.faults.add("lost", "token")
    server.faults.add("token", error="invalid_grant")
    with caplog.at_level(logging.DEBUG), pytest.raises(SignInNeeded) as caught:
        tokens.refresh(rejected=connection.access_token)

    shown = f"{tokens!r} {store!r} {connection!r} {settings!r} {caught.value!r} {caplog.text}"
    shown += f"{Grant('access-secret', 'refresh-secret', 1)!r} {connection.__rich_repr__()}"
    for secret in (
        connection.access_token,
        connection.refresh_token,
        settings.client_secret,
        "access-secret",
        "refresh-secret",
    ):
        assert secret not in shown
