"""A failed run sends one notice, with every company that failed and without any secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World

REALM = "9130350000000002"
SECRETS = {
    "QUICKDUCK_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "SOURCES__QUICKBOOKS__CLIENT_SECRET": "embedded-secret",
    "SOURCES__QUICKBOOKS__REFRESH_TOKEN": "the-refresh-token",
}


class Webhook:
    """A chat's server on a socket of its own: what was posted to it, and what it answers."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.status = 200
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.posted.append((self.path, json.loads(body)))
                self.send_response(webhook.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/services/hidden-part?sig=hidden"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    found = Webhook()
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ON_FAILURE_URL", found.url)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def embedded(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    """An embedded server that the command finds by its address, and folders of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    with EmbeddedServer(World.load(books)) as server:
        server.throttle.limits.enabled = False
        monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", server.url)
        yield server


def quickduck(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_a_run_that_fails_is_told_once(
    embedded: EmbeddedServer, webhook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed run sends one notice by each way, with every company, its sentence and the exit code."""
    command = "cat > told.json; env > environment; echo $QUICKDUCK_EXIT_CODE: $QUICKDUCK_NOTICE > line"
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ON_FAILURE_COMMAND", command)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SOURCES__QUICKBOOKS__REFRESH_TOKEN")
    embedded.faults.add("fault", "/v3/", times=None, code="6190")
    assert quickduck("extract").exit_code == 1
    assert webhook.posted == []
    result = quickduck("run")
    assert result.exit_code == 1
    assert "The on_failure_command was told.\n127.0.0.1 was told of it.\n" in result.output
    ((path, message),) = webhook.posted
    assert path == "/services/hidden-part?sig=hidden"
    assert message["exit_code"] == 1
    assert [one["company"] for one in message["companies"]] == list(embedded.world.companies)
    for one in message["companies"]:
        assert "The company's QuickBooks subscription has ended: renew it" in one["sentence"]
        assert f"company {one['company']}: {one['sentence']}" in message["text"]
    assert json.loads((tmp_path / "told.json").read_text()) == message
    assert (tmp_path / "line").read_text() == f"1: {message['text']}\n"
    told = json.dumps(message) + (tmp_path / "environment").read_text()
    assert "PATH=" in told
    for secret in [*SECRETS.values(), "hidden-part", embedded.grant(REALM)["refresh_token"]]:
        assert str(secret) not in told
    assert "hidden" not in result.output


def test_a_sign_in_that_is_refused_is_told(
    embedded: EmbeddedServer, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused sign-in sends a notice with exit code 3 and no secret."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    for name, value in {"ENVIRONMENT": "sandbox", "REALM_IDS": REALM, "CLIENT_ID": "embedded-client"}.items():
        monkeypatch.setenv(f"SOURCES__QUICKBOOKS__{name}", value)
    monkeypatch.setenv("SOURCES__QUICKBOOKS__TOKEN_URL", f"{embedded.url}/oauth2/v1/tokens/bearer")
    refused = quickduck("run")
    assert refused.exit_code == 3, refused.output
    monkeypatch.setenv("QUICKDUCK_HOME", "another")
    monkeypatch.delenv("SOURCES__QUICKBOOKS__REALM_IDS")
    monkeypatch.delenv("SOURCES__QUICKBOOKS__REFRESH_TOKEN")
    assert quickduck("run").exit_code == 3
    (_, first), (_, second) = webhook.posted
    assert [message["exit_code"] for message in (first, second)] == [3, 3]
    assert first["companies"][0]["company"] == REALM
    assert second["text"].endswith(
        "No company of environment sandbox is signed in here: `quickduck login` connects one."
    )
    assert not [secret for secret in SECRETS.values() if secret in json.dumps([first, second])]


def test_a_notice_that_fails_changes_nothing(
    embedded: EmbeddedServer, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run's exit code stands, each failure is said in a line, and a redirect is not followed."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ON_FAILURE_COMMAND", "echo no mail here >&2; exit 7")
    embedded.faults.add("fault", "/v3/", times=None, code="6190")
    webhook.status = 307
    result = quickduck("run", "--realm", REALM)
    assert result.exit_code == 1
    assert "The on_failure_command failed with 7: no mail here\n" in result.output
    assert "127.0.0.1 was told of it and answered HTTP 307.\n" in result.output
    assert len(webhook.posted) == 1
    webhook.close()
    result = quickduck("run", "--realm", REALM)
    assert (result.exit_code, "127.0.0.1 was not told of it: ConnectionError." in result.output) == (1, True)


def test_a_webhook_is_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """A webhook without https is refused in a sentence that does not repeat the address."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ON_FAILURE_URL", "http://chat.example/hidden-part")
    result = quickduck("notify")
    assert (result.exit_code, "on_failure_url is no https address" in result.output) == (0, True)
    assert "hidden" not in result.output


def test_a_trial(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial by `quickduck notify` sends what a failed run would, or says what to set."""
    assert quickduck("notify").output == "127.0.0.1 was told of it.\n"
    assert "This is a trial" in webhook.posted[0][1]["text"]
    monkeypatch.delenv("SOURCES__QUICKBOOKS__ON_FAILURE_URL")
    result = quickduck("notify")
    assert (result.exit_code, "Nobody would be told: set" in result.output) == (1, True)
