"""Signing in and out by browser against the embedded company's own sign-in page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet

from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.embedded import locked_books
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings
from tests.support.rows_company import RowsCompany, RowsWorld
from tests.support.running import Running, running


@pytest.fixture
def intuit() -> Iterator[EmbeddedServer]:
    with EmbeddedServer(RowsWorld({"100": RowsCompany("100"), "200": RowsCompany("200")})) as server:
        yield server


@pytest.fixture
def server(intuit: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A server for real companies, whose Intuit is the embedded one."""
    monkeypatch.setenv("QUICKDUCK_KEY", Fernet.generate_key().decode())
    settings = replace(served_at(Settings(), intuit.url), environment=Environment.SANDBOX)
    with running(Home(tmp_path), settings) as server:
        intuit.oauth.redirect_uris.add(f"{server.url}/callback")
        yield server


def link_of(server: Running) -> str:
    """Where `/login` sends the browser."""
    answer = server.get("/login")
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def browse(address: str) -> requests.Response:
    """Follows it to its end, as a browser does."""
    return requests.get(address, headers={"Accept": "text/html"}, timeout=10)


def signed_in(server: Running) -> tuple[str, ...]:
    assert server.parts is not None
    return Connector.of(server.parts.home, server.parts.settings).tokens.realm_ids()


def test_sign_in(server: Running) -> None:
    """The browser ends at a page that says so; the company's webhooks are kept from then on, and a run is due."""
    assert server.parts is not None
    assert "100" not in server.parts.companies
    page = browse(link_of(server))
    assert (page.status_code, urlsplit(page.url).path) == (200, "/callback")
    assert "quickduck may now read company 100" in page.text
    assert signed_in(server) == ("100",) and "100" in server.parts.companies
    assert [(one.realm_id, one.count) for one in server.parts.inbox.pending()] == [("100", 1)]


def test_the_link_is_for_this_server(server: Running) -> None:
    """The link asks for accounting alone, leads back to our own address, and has a new random state each time."""
    query = dict(parse_qsl(urlsplit(link_of(server)).query))
    assert query["scope"] == "com.intuit.quickbooks.accounting"
    assert query["redirect_uri"] == f"{server.url}/callback"
    assert len(query["state"]) >= 40 and query["state"] not in link_of(server)


def test_no_token_is_shown_or_logged(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a token nor the code in the address is shown or logged."""
    assert server.parts is not None
    with caplog.at_level(logging.DEBUG):
        page = browse(link_of(server))
        status = server.get("/status")
    connection = Connector.of(server.parts.home, server.parts.settings).tokens.get("100")
    assert connection is not None
    code = dict(parse_qsl(urlsplit(page.url).query))["code"]
    output = (
        page.text
        + status.text
        + str(page.headers)
        + "".join(record.getMessage() for record in caplog.records if not record.name.startswith("urllib3"))
    )
    assert not [
        secret for secret in (connection.refresh_token, connection.access_token, code) if secret in output
    ]


def test_declined(server: Running, intuit: EmbeddedServer) -> None:
    """A declined sign-in ends at a page that says what to do, and nothing is kept."""
    intuit.faults.add("denied")
    page = browse(link_of(server))
    assert (page.status_code, "Sign in as an admin" in page.text) == (400, True)
    assert signed_in(server) == ()


@pytest.mark.parametrize("query", ["", "state=forged&code=x&realmId=666", "code=x&realmId=666"])
def test_another_state(server: Running, query: str) -> None:
    """An answer to no sign-in of ours changes nothing, and the right one still counts."""
    link = link_of(server)
    page = browse(f"{server.url}/callback?{query}")
    assert (page.status_code, "not the sign-in that was started" in page.text) == (400, True)
    assert browse(link).status_code == 200 and signed_in(server) == ("100",)


def test_a_reload_exchanges_nothing_again(server: Running, intuit: EmbeddedServer) -> None:
    """A second exchange could revoke what the first one brought."""
    page = browse(link_of(server))
    again = browse(page.url)
    assert (again.status_code, again.text) == (200, page.text)
    assert intuit.counters.kinds["token"] == 1


def test_intuit_is_down(server: Running, intuit: EmbeddedServer) -> None:
    """An outage at Intuit ends at a page without the code, and the state is used up."""
    intuit.faults.add("lost", "token")
    page = browse(link_of(server))
    assert (page.status_code, "Not signed in" in page.text, "Traceback" in page.text) == (400, True, False)
    assert signed_in(server) == ()


def test_keys_of_the_app_are_missing(intuit: EmbeddedServer, tmp_path: Path) -> None:
    """Without the app's keys, a sign-in ends with status 503 and a sentence that names Intuit's page of keys."""
    settings = Settings(
        environment=Environment.SANDBOX, api_url=intuit.url, authorize_url=intuit.authorize_url
    )
    with running(Home(tmp_path), settings) as server:
        answer = server.get("/login")
        assert (answer.status_code, "Keys page" in answer.json()["error"]) == (503, True)


def test_disconnect(server: Running, intuit: EmbeddedServer) -> None:
    """A disconnected company's token is dead at Intuit and gone here."""
    assert server.parts is not None
    browse(link_of(server))
    connection = Connector.of(server.parts.home, server.parts.settings).tokens.get("100")
    assert connection is not None
    bearer = {"Authorization": f"Bearer {server.key}"}
    answer = server.session.post(f"{server.url}/disconnect?realm_id=100", headers=bearer, timeout=10)
    assert (answer.status_code, "is disconnected" in answer.json()["done"]) == (200, True)
    assert signed_in(server) == () and "100" not in server.parts.companies
    refused = requests.get(
        f"{intuit.url}/v3/company/100/companyinfo/100",
        headers={"Authorization": f"Bearer {connection.access_token}"},
        timeout=5,
    )
    assert refused.status_code == 401
    again = server.session.post(f"{server.url}/disconnect?realm_id=100", headers=bearer, timeout=10)
    assert (again.status_code, "nothing to revoke" in again.json()["error"]) == (409, True)


def test_a_company_that_comes_back_is_read_again(server: Running) -> None:
    """Each sign-in makes a run due, also that of a company which was connected before."""
    assert server.parts is not None
    inbox = server.parts.inbox
    for _ in range(2):
        browse(link_of(server))
        assert [(one.realm_id, one.count) for one in inbox.pending()] == [("100", 1)]
        inbox.worked(inbox.pending(), server.parts.worker.clock())


@pytest.mark.parametrize("path", ["/login", "/disconnect?realm_id=100", "/status", "/report", "/checks"])
def test_strangers_may_not(server: Running, path: str) -> None:
    """A stranger may not begin a sign-in, by which he could connect a company of his own."""
    browse(link_of(server))
    ask = server.session.post if "disconnect" in path else server.session.get
    assert ask(f"{server.url}{path}", timeout=10, allow_redirects=False).status_code == 401
    assert signed_in(server) == ("100",)


def test_another_site_s_page_may_not(server: Running) -> None:
    """A page of another site cannot act through a browser that has come in."""
    browse(link_of(server))
    browser = inside(server)
    astray: list[dict[str, Any]] = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": server.url},
        {"Sec-Fetch-Site": "same-site"},
    ]
    for headers in astray:
        answer = browser.post(f"{server.url}/disconnect?realm_id=100", headers=headers, timeout=10)
        assert answer.status_code == 403
    assert signed_in(server) == ("100",)
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert browser.post(f"{server.url}/disconnect?realm_id=100", headers=own, timeout=10).status_code == 200


def inside(server: Running) -> requests.Session:
    """A browser that has come in by a key."""
    browser = requests.Session()
    page = browser.post(f"{server.url}/enter", data={"key": server.key}, timeout=10)
    assert page.status_code == 200
    return browser


def test_coming_in(server: Running) -> None:
    """A key or the link alone lets a browser in, and its cookie is hidden from scripts and other sites."""
    assert server.parts is not None
    assert requests.get(server.url, timeout=10).status_code == 401
    for wrong in ({"key": "qd_no"}, {"key": ""}, {}):
        assert requests.post(f"{server.url}/enter", data=wrong, timeout=10).status_code == 401
    assert requests.get(f"{server.url}/enter?link=no", timeout=10).status_code == 401
    link = f"{server.url}/enter?link={server.parts.access.link}"
    answer = requests.get(link, timeout=10, allow_redirects=False)
    assert answer.status_code == 303
    assert "HttpOnly" in answer.headers["Set-Cookie"] and "SameSite=lax" in answer.headers["Set-Cookie"]
    with inside(server) as browser:
        assert browser.get(f"{server.url}/status", timeout=10).status_code == 200
    forged = requests.get(f"{server.url}/status", cookies={"quickduck": "x"}, timeout=10)
    assert forged.status_code == 401


def test_wrong_keys_come_to_an_end(server: Running) -> None:
    """After too many wrong keys further ones are refused, while a right one still opens."""
    codes = [server.get("/status", key=f"qd_{number}").status_code for number in range(40)]
    assert set(codes[:30]) == {401} and codes[-1] == 429
    assert server.get("/status").status_code == 200


def test_an_embedded_company_is_signed_in_too(books: Path, tmp_path: Path) -> None:
    """The embedded company is started for its sign-in by `quickduck serve` and stops when that has ended."""
    home = Home(tmp_path / "home")
    World.load(books).save(home.embedded)
    with running(home) as server:
        page = browse(link_of(server))
        assert (page.status_code, "may now read company" in page.text) == (200, True), page.text
        assert signed_in(server) == ("9130350000000001",)
        with locked_books(home.embedded, wait=5):
            pass
