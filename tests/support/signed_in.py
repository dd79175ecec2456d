"""A tiny company on a real socket, a client signed in to it, and clocks that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.connect.tokens import Connection, Tokens, TokenStore
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.clock import stamp
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.limits import Limits
from pipelines.quickbooks.session import new_session
from pipelines.workspace.settings import Settings
from tests.support.rows_company import NOW, RowsCompany, RowsWorld
from tests.support.still import StillTime

REALM = "100"
__all__ = [
    "client",
    "company",
    "connection",
    "invoices",
    "server",
    "session",
    "settings",
    "store",
    "time",
    "tokens",
]


@pytest.fixture
def time() -> StillTime:
    return StillTime()


@pytest.fixture
def company() -> RowsCompany:
    return RowsCompany(REALM)


@pytest.fixture
def server(company: RowsCompany) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(RowsWorld({REALM: company, "200": RowsCompany("200")})) as server:
        server.throttle.limits.enabled = False
        yield server


@pytest.fixture
def settings(server: EmbeddedServer) -> Settings:
    return served_at(Settings(), server.url)


@pytest.fixture
def session(server: EmbeddedServer) -> Iterator[requests.Session]:
    with new_session(server.url) as session:
        yield session


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "tokens", Fernet.generate_key())


@pytest.fixture
def connection(server: EmbeddedServer, store: TokenStore, time: StillTime) -> Connection:
    """A sign-in that the server granted and the store keeps."""
    grant = server.grant(REALM)
    connection = Connection(
        realm_id=REALM,
        refresh_token=str(grant["refresh_token"]),
        access_token=str(grant["access_token"]),
        access_expires_at=time.now().add(hours=1),
        signed_in_at=time.now(),
    )
    with store.lock():
        store.put(connection)
    return connection


@pytest.fixture
def tokens(
    settings: Settings,
    store: TokenStore,
    connection: Connection,
    session: requests.Session,
    time: StillTime,
) -> Tokens:
    return Tokens(store, REALM, Connector(settings, store).endpoint(session), time.now, sleep=time.sleep)


@pytest.fixture
def client(server: EmbeddedServer, tokens: Tokens, session: requests.Session, time: StillTime) -> QuickBooks:
    return QuickBooks(
        REALM,
        api_url=server.url,
        tokens=tokens,
        session=session,
        limits=Limits(sleep=time.sleep, monotonic=time.monotonic),
        sleep=time.sleep,
        timeout=(2, 2),
        body_seconds=3,
    )


@pytest.fixture
def invoices(company: RowsCompany) -> Callable[[int], None]:
    """Adds so many invoices, one a minute, oldest first."""

    def add(count: int) -> None:
        start = NOW.subtract(days=20)
        for number in range(1, count + 1):
            at = stamp(start.add(minutes=number))
            company.put("Invoice", str(number), at, DocNumber=str(1000 + number), TotalAmt=100)

    return add
