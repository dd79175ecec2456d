"""What the HTTP session does on its own account: nothing that we did not ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from pipelines.embedded.server import EmbeddedServer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import ConfigurationError, Unreachable
from pipelines.quickbooks.session import is_loopback, safe_url
from pipelines.quickbooks.tokens import Tokens
from tests.quickbooks.still import StillTime


@pytest.fixture
def seen(server: EmbeddedServer) -> list[dict[str, str]]:
    """Headers of the requests that reach the server."""
    headers: list[dict[str, str]] = []
    server.between_requests = lambda request: headers.append(
        {name.lower(): value for name, value in request.headers.items()}
    )
    return headers


def test_netrc_does_not_replace_the_token(
    server: EmbeddedServer,
    tokens: Tokens,
    seen: list[dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """requests puts a password from ~/.netrc over an Authorization header unless told otherwise."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    with requests.Session() as session:
        QuickBooks("100", api_url=server.url, tokens=tokens, session=session).query("SELECT * FROM Term")

    assert seen[0]["authorization"] == f"Bearer {tokens.access_token()}"


def test_proxy_is_not_asked_for_this_machine(
    server: EmbeddedServer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An office's proxy knows nothing of a company in a box."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with QuickBooks("100", api_url=server.url, tokens=tokens) as client:
        assert client.query("SELECT * FROM Term").rows == []


def test_asks_for_json_compressed(client: QuickBooks, seen: list[dict[str, str]]) -> None:
    """QuickBooks answers with XML otherwise, and pages of a thousand objects are long."""
    client.query("SELECT * FROM Term")

    assert (seen[0]["accept"], seen[0]["accept-encoding"]) == ("application/json", "gzip")
    assert seen[0]["content-type"] == "application/text"


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.1:1", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:8080", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback(url: str, answer: bool) -> None:
    """This machine by name or number, and nobody who looks like it."""
    assert is_loopback(url) is answer


@pytest.mark.parametrize(
    "url", ["", "http://example.com", "ftp://localhost.example", "quickbooks.api.intuit.com"]
)
def test_unsafe_address(url: str) -> None:
    """The sentence names the setting."""
    with pytest.raises(ConfigurationError, match="sources.quickbooks.api_url"):
        safe_url(url, "api_url")


def test_unreachable_says_why(tokens: Tokens, time: StillTime) -> None:
    """The reason of the system, and nothing of the library's insides."""
    with (
        QuickBooks("100", api_url="http://127.0.0.1:9", tokens=tokens, sleep=time.sleep) as client,
        pytest.raises(Unreachable, match="Connection refused") as caught,
    ):
        client.query("SELECT * FROM Term")
    assert " object at 0x" not in str(caught.value)
