"""What the server says of itself is so, whatever it is asked; and it never falls over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings
from tests.support.fuzz import fuzz, operations
from tests.support.running import Running, running

EXAMPLES = 12
OPERATIONS = {
    "GET /status": 200,
    "GET /healthz": 200,
    "GET /metrics": 200,
    "GET /login": 303,
    "POST /disconnect": 409,
    "POST /webhooks/quickbooks": 200,
    "GET /customers": 200,
    "GET /customers/{customer_id}": 200,
    "GET /invoices": 200,
    "GET /payments": 200,
    "GET /accounts": 200,
    "GET /ar-aging": 200,
}
"""Everything in the description, and an answer that must be among those to what it allows."""

TAKES_NOTHING = ("GET /healthz", "GET /metrics")
"""Operations without a key or a parameter, of which nothing in their description can be wrong."""


@pytest.fixture(scope="module")
def server(after_one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = Home(tmp_path_factory.mktemp("fuzz"))
    shutil.copyfile(after_one_night / "home" / "analytics.duckdb", home.analytics)
    nobody = Settings(api_url="http://127.0.0.1:9")
    with running(home, nobody, wrong_keys_a_minute=10**6) as server:
        yield server


@pytest.fixture(scope="module")
def described(server: Running) -> dict[str, Any]:
    return operations(server)


def test_everything_is_described(described: dict[str, Any]) -> None:
    """The server's own description lists every operation."""
    assert set(described) == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_as_described(server: Running, described: dict[str, Any], name: str) -> None:
    """Each operation answers allowed and forbidden requests as described, and never with an error of the server."""
    assert OPERATIONS[name] in fuzz(server, described[name], examples=EXAMPLES)


@pytest.mark.parametrize(
    "name", [name for name in OPERATIONS if "webhooks" not in name and name not in TAKES_NOTHING]
)
def test_what_is_not_described_is_refused(server: Running, described: dict[str, Any], name: str) -> None:
    """Malformed, missing or unknown parameters and wrong keys are refused by every operation but webhooks."""
    assert {401, 422} & set(fuzz(server, described[name], examples=EXAMPLES, allowed=False))
