"""What the HTTP session does on its own account: nothing that we did not ask for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
import requests
from cryptography.fernet import Fernet

from pipelines.base.errors import ConfigurationError
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.connect.sign_in import grant_embedded
from pipelines.connect.token_endpoint import TokenEndpoint
from pipelines.connect.token_store import TokenStore
from pipelines.connect.tokens import Tokens
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.errors import SignInNeeded, Unreachable, UnreadableAnswer, UnsafeAddress
from pipelines.quickbooks.session import is_loopback, new_session, safe_redirect, safe_url
from pipelines.workspace.settings import Settings, settings
from tests.support.still import StillTime


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
    """A password in ~/.netrc does not replace the Authorization header, as requests would have it."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    with requests.Session() as session:
        QuickBooks("100", api_url=server.url, tokens=tokens, session=session).query("SELECT * FROM Term")

    assert seen[0]["authorization"] == f"Bearer {tokens.access_token()}"


def test_proxy_is_not_asked_for_this_machine(
    server: EmbeddedServer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests to an embedded company on this machine do not go through a proxy."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with QuickBooks("100", api_url=server.url, tokens=tokens) as client:
        assert client.query("SELECT * FROM Term").rows == []


def test_asks_for_json_compressed(client: QuickBooks, seen: list[dict[str, str]]) -> None:
    """The session asks for JSON, which QuickBooks would else send as XML, and for compression."""
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
    """Only real names and numbers of this machine count as loopback, and look-alikes do not."""
    assert is_loopback(url) is answer


@pytest.mark.parametrize("name", ["api_url", "token_url", "authorize_url", "revoke_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "HTTP://EXAMPLE.COM",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://user@127.0.0.1@evil.example",
        "http://127.0.0.1\\@evil.example",
        "http://127.0.0.1#@evil.example",
        "http://evil.example?@127.0.0.1",
        "http://evil.example#127.0.0.1",
        "http://127.0.0.1 .evil.example",
        "http://0x7f000001",
        "http://[::ffff:10.0.0.1]",
        "http://[::1",
        "http://localhost:evil",
        "https://user:password@quickbooks.api.intuit.com",
        "https://",
        "https:quickbooks.api.intuit.com",
        "ftp://localhost",
        "//localhost",
        "quickbooks.api.intuit.com",
    ],
)
def test_unsafe_address(url: str, name: str) -> None:
    """The settings refuse an unsafe address in a sentence that names the setting and repeats no password."""
    with pytest.raises(ConfigurationError, match=f"sources.quickbooks.{name}") as refused:
        settings(**{name: url})
    assert "password@" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8766",
        "HTTP://LocalHost:1",
        "http://127.0.0.1:1",
        "http://[::1]:8766",
        "HTTPS://x.example/a",
    ],
)
def test_safe_address(url: str) -> None:
    """The settings accept any address over https, and http on this machine."""
    assert safe_url(f"{url}/", "api_url") == url


def test_an_empty_address_is_nothing_to_ask() -> None:
    """An empty address is refused, because there is nothing to ask."""
    with pytest.raises(UnsafeAddress, match="sources.quickbooks.api_url is empty"):
        safe_url("", "api_url")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8765/callback",
        "http://[::1]:8765/callback",
        "http://localhost.evil.example/callback",
        "http://localhost@evil.example/callback",
        "http://evil.example/callback",
        "https://me:secret@books.example/callback",
        "https://books.example/callback#code",
        "quickduck://callback",
    ],
)
def test_unsafe_redirect(url: str) -> None:
    """A redirect address must use https, or http to the name localhost."""
    with pytest.raises(ConfigurationError, match="sources.quickbooks.redirect_uri"):
        settings(redirect_uri=url)


@pytest.mark.parametrize("url", ["http://localhost:8765/callback", "https://books.example/callback"])
def test_safe_redirect(url: str) -> None:
    """An accepted redirect address stays letter by letter as it is registered."""
    assert safe_redirect(url) == url


class Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody to another address of its own."""

    visits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.visits.append(self.path)
        self.send_response(307)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A server that redirects every request."""
    Elsewhere.visits.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_no_redirect_is_followed(elsewhere: str, tokens: Tokens, time: StillTime, tmp_path: Path) -> None:
    """The session follows no redirect, so that a token goes only where the settings say."""
    with QuickBooks("100", api_url=elsewhere, tokens=tokens, sleep=time.sleep) as client:
        with pytest.raises(UnreadableAnswer, match="a redirect"):
            client.query("SELECT * FROM Term")
        endpoint = TokenEndpoint(
            f"{elsewhere}/token", "id", "secret", new_session(elsewhere), f"{elsewhere}/revoke"
        )
        with pytest.raises(Unreachable):
            endpoint.refresh("RT1", "100")
        with pytest.raises(Unreachable):
            endpoint.revoke("RT1", "100")
    with pytest.raises(SignInNeeded):
        grant_embedded(
            Connector(
                served_at(Settings(), elsewhere), TokenStore(tmp_path / "tokens", Fernet.generate_key())
            )
        )
    assert Elsewhere.visits and "/elsewhere" not in Elsewhere.visits


def test_unreachable_says_why(tokens: Tokens, time: StillTime) -> None:
    """An unreachable server is reported with the system's reason and nothing of the library's insides."""
    with (
        QuickBooks("100", api_url="http://127.0.0.1:9", tokens=tokens, sleep=time.sleep) as client,
        pytest.raises(Unreachable, match="Connection refused") as caught,
    ):
        client.query("SELECT * FROM Term")
    assert " object at 0x" not in str(caught.value)
