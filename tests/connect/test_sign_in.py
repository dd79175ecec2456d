"""Signing in and out against the embedded company's sign-in pages, as a browser would."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from cryptography.fernet import Fernet

from pipelines.base.errors import ConfigurationError
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.connect.sign_in import grant_embedded, sign_in, sign_out
from pipelines.connect.token_store import Connection, TokenStore
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.quickbooks.errors import SignInNeeded, Unreachable
from pipelines.workspace.settings import Settings
from tests.support.rows_company import RowsCompany, RowsWorld
from tests.support.still import START, StillTime


@pytest.fixture
def server() -> EmbeddedServer:
    with EmbeddedServer(RowsWorld({"100": RowsCompany("100"), "200": RowsCompany("200")})) as server:
        yield server


@pytest.fixture
def settings(server: EmbeddedServer) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        redirect_uri = f"http://localhost:{free.getsockname()[1]}/callback"
    server.oauth.redirect_uris.add(redirect_uri)
    return replace(served_at(Settings(), server.url), redirect_uri=redirect_uri)


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "tokens", Fernet.generate_key())


class Browser:
    """Follows the link it is given in a thread, as a person does; keeps what it was shown."""

    def __init__(self, visit: Callable[[str], list[requests.Response]]) -> None:
        self._visit = visit
        self._thread: threading.Thread | None = None
        self.shown: list[requests.Response] = []

    def __call__(self, link: str) -> bool:
        def run() -> None:
            self.shown += self._visit(link)

        self._thread = threading.Thread(target=run)
        self._thread.start()
        return True

    def closed(self) -> list[requests.Response]:
        assert self._thread is not None
        self._thread.join(10)
        return self.shown


def agree(link: str) -> list[requests.Response]:
    return [requests.get(link, timeout=5)]


def quiet(_: str) -> None:
    """Says nothing."""


def test_login_through_the_browser(settings: Settings, store: TokenStore, server: EmbeddedServer) -> None:
    """The browser comes back to us, sees that it worked, and the tokens are kept."""
    browser = Browser(agree)

    realm_id = sign_in(Connector(settings, store), open_browser=browser, say=quiet, clock=StillTime().now)

    assert realm_id == "100"
    assert [page.status_code for page in browser.closed()] == [200]
    assert "quickduck may now read company 100" in browser.shown[0].text
    connection = store.get("100")
    assert connection is not None
    assert (connection.signed_in_at, connection.access_expires_at) == (START, START.add(hours=1))


def test_link_asks_for_accounting_alone(settings: Settings, store: TokenStore) -> None:
    """The link has one scope, the redirect letter by letter, and a state nobody can guess."""
    said: list[str] = []

    sign_in(Connector(settings, store), open_browser=Browser(agree), say=said.append)

    asked = dict(parse_qsl(urlsplit(said[0].split()[-1]).query))
    assert asked["scope"] == "com.intuit.quickbooks.accounting"
    assert asked["redirect_uri"] == settings.redirect_uri
    assert (asked["response_type"], len(asked["state"]) >= 40) == ("code", True)


def test_declined(settings: Settings, store: TokenStore, server: EmbeddedServer) -> None:
    """A declined sign-in becomes a sentence, on the page and in the terminal."""
    server.faults.add("denied")
    browser = Browser(agree)

    with pytest.raises(SignInNeeded, match="Sign in as an admin"):
        sign_in(Connector(settings, store), open_browser=browser, say=quiet)
    assert "Not signed in" in browser.closed()[0].text
    assert store.realm_ids() == ()


def test_answer_of_another_sign_in_changes_nothing(settings: Settings, store: TokenStore) -> None:
    """An answer with a foreign state is refused, and the right answer still counts."""

    def visit(link: str) -> list[requests.Response]:
        foreign = f"{settings.redirect_uri}?code=x&realmId=666&state=forged"
        return [requests.get(foreign, timeout=5), *agree(link)]

    browser = Browser(visit)

    assert sign_in(Connector(settings, store), open_browser=browser, say=quiet) == "100"
    assert [page.status_code for page in browser.closed()] == [400, 200]
    assert store.realm_ids() == ("100",)


def test_reload_does_not_exchange_the_code_again(
    settings: Settings, store: TokenStore, server: EmbeddedServer
) -> None:
    """A second exchange could revoke what the first one brought."""

    def visit(link: str) -> list[requests.Response]:
        back = requests.get(link, timeout=5, allow_redirects=False).headers["Location"]
        both = [threading.Thread(target=requests.get, args=(back,), kwargs={"timeout": 5}) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join(10)
        return []

    browser = Browser(visit)
    sign_in(Connector(settings, store), open_browser=browser, say=quiet)
    browser.closed()

    assert server.counters.kinds["token"] == 1


def test_nobody_comes(settings: Settings, store: TokenStore) -> None:
    """A sign-in that nobody answers ends, and the listener frees its port."""
    with pytest.raises(SignInNeeded, match="Nobody signed in"):
        sign_in(Connector(settings, store), open_browser=lambda link: False, say=quiet, patience=0.05)
    assert sign_in(Connector(settings, store), open_browser=Browser(agree), say=quiet) == "100"


def test_idle_connection_does_not_hold_the_listener(settings: Settings, store: TokenStore) -> None:
    """A connection that a browser opens and leaves silent does not hold up the listener."""

    def visit(link: str) -> list[requests.Response]:
        with socket.create_connection(("127.0.0.1", urlsplit(settings.redirect_uri).port or 0)):
            return agree(link)

    browser = Browser(visit)

    assert sign_in(Connector(settings, store), open_browser=browser, say=quiet) == "100"
    browser.closed()


def test_port_in_use(settings: Settings, store: TokenStore) -> None:
    """A port in use is an error that names its setting and the way around."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", urlsplit(settings.redirect_uri).port or 0))
        taken.listen()
        with pytest.raises(ConfigurationError, match="redirect_uri is not free.*--paste"):
            sign_in(Connector(settings, store), open_browser=Browser(agree), say=quiet)


def test_production_redirect_needs_paste(settings: Settings, store: TokenStore) -> None:
    """A redirect to an https address of another site needs the pasted answer, since nobody listens there."""
    production = replace(settings, redirect_uri="https://example.com/quickduck")

    with pytest.raises(ConfigurationError, match="login --paste"):
        sign_in(Connector(production, store), open_browser=Browser(agree), say=quiet)


class Person:
    """Takes the link that is printed and answers with the address the browser lands on."""

    def __init__(self, change: Callable[[str], str] = lambda address: address) -> None:
        self._change = change
        self._link = ""

    def say(self, text: str) -> None:
        self._link = text.split()[-1]

    def ask(self, _: str) -> str:
        return self._change(requests.get(self._link, timeout=5, allow_redirects=False).headers["Location"])


def test_login_by_paste(settings: Settings, store: TokenStore, server: EmbeddedServer) -> None:
    """A pasted address is enough for a sign-in, although the page behind it need not exist."""
    production = replace(settings, redirect_uri="https://example.com/quickduck")
    server.oauth.redirect_uris.add(production.redirect_uri)
    person = Person(lambda address: f"  '{address}'\n")

    assert sign_in(Connector(production, store), paste=True, say=person.say, ask=person.ask) == "100"
    assert store.realm_ids() == ("100",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda address: address.replace("state=", "state=x"), "belongs to another sign-in"),
        (lambda address: address.split("?")[0], "belongs to another sign-in"),
        (lambda address: address.replace("realmId=", "realm="), "has no realmId"),
        (lambda address: address.replace("code=", "cod="), "has no code"),
        (lambda address: address.replace("code=", "code=x"), "invalid_grant.*good once"),
    ],
)
def test_wrong_paste(
    settings: Settings, store: TokenStore, change: Callable[[str], str], sentence: str
) -> None:
    """Each mistake in a pasted address has its sentence, and nothing is kept."""
    person = Person(change)

    with pytest.raises(SignInNeeded, match=sentence):
        sign_in(Connector(settings, store), paste=True, say=person.say, ask=person.ask)
    assert store.realm_ids() == ()


def test_code_is_exchanged_once_even_when_the_answer_is_lost(
    settings: Settings, store: TokenStore, server: EmbeddedServer
) -> None:
    """A code is exchanged once even if the answer is lost, since asking again could revoke its tokens."""
    server.faults.add("lost", "token")
    person = Person()

    with pytest.raises(Unreachable, match="sign-in"):
        sign_in(Connector(settings, store), paste=True, say=person.say, ask=person.ask)
    assert server.counters.kinds["token"] == 1


def test_keys_are_missing(settings: Settings, store: TokenStore) -> None:
    """Missing keys end a sign-in before anything is opened."""
    with pytest.raises(ConfigurationError, match="Keys page"):
        sign_in(Connector(replace(settings, client_id=""), store), open_browser=Browser(agree), say=quiet)


def test_embedded_companies_grant_themselves(settings: Settings, store: TokenStore) -> None:
    """Embedded companies sign in without a browser, and ids that do not exist are left out."""
    asked = replace(settings, realm_ids=("100", "200", "300"))

    assert grant_embedded(Connector(asked, store)) == ("100", "200")
    assert store.realm_ids() == ("100", "200")


def test_embedded_company_that_does_not_exist(settings: Settings, store: TokenStore) -> None:
    """An embedded company that does not exist is an error that says so."""
    with pytest.raises(SignInNeeded, match="did not grant any company"):
        grant_embedded(Connector(replace(settings, realm_ids=("300",)), store))


def test_logout_revokes_and_forgets(settings: Settings, store: TokenStore, server: EmbeddedServer) -> None:
    """A logout revokes the token at Intuit and removes it here."""
    grant_embedded(Connector(replace(settings, realm_ids=("100", "200")), store))
    connection = store.get("100")
    assert connection is not None

    assert sign_out(Connector(settings, store), "100")

    assert store.realm_ids() == ("200",)
    refused = requests.get(
        f"{server.url}/v3/company/100/companyinfo/100",
        headers={"Authorization": f"Bearer {connection.access_token}"},
        timeout=5,
    )
    assert refused.status_code == 401


def test_logout_of_a_connection_that_is_dead_already(settings: Settings, store: TokenStore) -> None:
    """A logout removes a connection that Intuit has ended already."""
    with store.lock():
        store.put(Connection(realm_id="100", refresh_token="unknown", signed_in_at=START))

    assert not sign_out(Connector(settings, store), "100")
    assert store.realm_ids() == ()


def test_logout_without_a_network_keeps_the_tokens(
    settings: Settings, store: TokenStore, server: EmbeddedServer
) -> None:
    """A logout without a network keeps the tokens, which nobody could revoke otherwise."""
    grant_embedded(Connector(replace(settings, realm_ids=("100",)), store))
    server.faults.add("reset", "revoke")

    with pytest.raises(Unreachable, match="revoke"):
        sign_out(Connector(settings, store), "100")
    assert store.realm_ids() == ("100",)


def test_logout_of_a_stranger(settings: Settings, store: TokenStore) -> None:
    """A logout of a company that never signed in has nothing to revoke."""
    with pytest.raises(SignInNeeded, match="nothing to revoke"):
        sign_out(Connector(settings, store), "100")
