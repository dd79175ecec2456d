"""The company of plain rows, served by the real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.clock import stamp
from tests.support.rows_company import NOW, Client, RowsCompany, RowsWorld


@pytest.fixture
def company() -> RowsCompany:
    return RowsCompany("100")


@pytest.fixture
def server(company: RowsCompany) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(RowsWorld({"100": company, "200": RowsCompany("200")})) as server:
        server.throttle.limits.enabled = False
        yield server


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[Client]:
    with Client(server, "100") as client:
        yield client


@pytest.fixture
def invoices(company: RowsCompany) -> Callable[[int], None]:
    """Adds so many invoices, one a minute, oldest first."""

    def add(count: int) -> None:
        start = NOW.subtract(days=20)
        for number in range(1, count + 1):
            company.put(
                "Invoice", str(number), stamp(start.add(minutes=number)), DocNumber=str(1000 + number)
            )

    return add
