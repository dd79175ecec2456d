"""docs/serve.md and docs/webhooks.md say what is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import requests

from pipelines.serve.webhooks.worker import Pace
from tests.support.running import Running

ROOT = Path(__file__).parent.parent.parent
SERVE = (ROOT / "docs/serve.md").read_text()
WEBHOOKS = (ROOT / "docs/webhooks.md").read_text()
EVERYWHERE = {"realm_id", "limit", "offset", "shape"}


def described(server: Running) -> dict[str, Any]:
    """The description of the API, which needs no key."""
    description: dict[str, Any] = requests.get(f"{server.url}/openapi.json", timeout=10).json()
    return description


def test_every_address_and_filter_is_on_the_page(empty: Running) -> None:
    """The page lists every address and filter and no others."""
    parameters = {
        path: {one["name"] for one in methods["get"].get("parameters", [])} - EVERYWHERE
        for path, methods in described(empty)["paths"].items()
        if "get" in methods and path not in ("/login",)
    }
    rows = re.findall(r"^\| `(/[^`]*)` \|[^|]*\|([^|]*)\|", SERVE, re.MULTILINE)
    page = {path: set(re.findall(r"`(\w+)`", filters)) for path, filters in rows}
    assert page.pop("/customers/{id}") == set() and parameters.pop("/customers/{customer_id}") == {
        "customer_id"
    }
    assert page == parameters


def test_books_and_pages_ask_for_a_key_in_the_description_too(empty: Running) -> None:
    """In the description, all ask for a key but the signed webhooks and what says nothing of the books."""
    paths = described(empty)["paths"]
    open_to_all = [path for path, ways in paths.items() for one in ways.values() if "security" not in one]
    assert sorted(open_to_all) == ["/healthz", "/metrics", "/webhooks/quickbooks"]


def test_messages_and_figures_are_those_of_the_code() -> None:
    """The messages and figures on the page of webhooks are those of the code."""
    code = "".join(file.read_text() for file in (ROOT / "pipelines/serve").rglob("*.py"))
    for message in ("webhook_verifier_token is not set", "which is not connected here"):
        assert message in WEBHOOKS and message in code
    pace = Pace()
    assert (pace.quiet, pace.patience, pace.every, pace.again, pace.longest) == (3, 20, 60, 60, 3600)
    assert "Three seconds after the last event, or twenty after the first" in WEBHOOKS
