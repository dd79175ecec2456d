"""Ten companies at once, seven of them broken, each in its own way: the others load and publish."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from cryptography.fernet import Fernet

from pipelines.cli.screen import closing
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.connect.token_store import Connection, TokenStore
from pipelines.connect.tokens import Tokens
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import POINTER, World
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.session import new_session
from pipelines.workspace.exits import Exit
from pipelines.workspace.settings import Settings
from tests.support.harness import Installation, free
from tests.support.still import StillTime

pytestmark = pytest.mark.survives("Many companies")

SMALL = "9130350000000002"
REALMS = [f"91303500000001{number:02d}" for number in range(10)]
BROKEN = {
    REALMS[0]: ("503", "503", "run again"),
    REALMS[1]: ("502", "HTTP 502", "Check the network"),
    REALMS[2]: ("reset", "no whole answer", "Check the network"),
    REALMS[3]: ("truncated", "no whole answer", "Check the network"),
    REALMS[4]: ("403", "fault 3100", "Keys, environment and company do not fit"),
    REALMS[5]: ("401", "fault 3200", "quickduck login"),
    REALMS[6]: ("token", "invalid_grant", "quickduck login"),
}
"""Company, what its server does to every request, what the sentence says happened, and what it says to do."""

SIGNED_OUT = {realm_id for realm_id, (_, _, advice) in BROKEN.items() if advice == "quickduck login"}


@pytest.fixture
def ten(books: Path, tmp_path: Path) -> Iterator[Installation]:
    """Ten companies with the same small books."""
    folder = books / json.loads((books / POINTER).read_text())["books"] / SMALL
    copies = tmp_path / "world"
    for realm_id in REALMS:
        copy = copies / "books-000001" / realm_id
        shutil.copytree(folder, copy)
        facts = json.loads((copy / "company.json").read_text())
        facts["profile"]["realm_id"] = realm_id
        (copy / "company.json").write_text(json.dumps(facts))
    (copies / POINTER).write_text(json.dumps({"books": "books-000001", "realms": REALMS}))
    with EmbeddedServer(World.load(copies)) as server:
        yield Installation(server, tmp_path / "home")


def signed_in(ten: Installation, realm_id: str, folder: Path) -> QuickBooks:
    """A client with a real sign-in, whose access token has run out."""
    time = StillTime()
    settings = served_at(Settings(), ten.server.url)
    store = TokenStore(folder / "tokens", Fernet.generate_key())
    refresh_token = str(ten.server.grant(realm_id)["refresh_token"])
    with store.lock():
        store.put(Connection(realm_id=realm_id, refresh_token=refresh_token, signed_in_at=time.now()))
    session = new_session(ten.server.url)
    endpoint = Connector(settings, store).endpoint(session)
    tokens = Tokens(store, realm_id, endpoint, time.now, sleep=time.sleep)
    return QuickBooks(
        realm_id, api_url=ten.server.url, tokens=tokens, session=session, limits=free(time), sleep=time.sleep
    )


def test_seven_broken_companies_stop_none_of_the_others(ten: Installation, tmp_path: Path) -> None:
    """Three publish, the screen says what is wrong with each of the seven, and the exit code is the worst."""
    for realm_id, (kind, _, _) in BROKEN.items():
        path = "token" if kind == "token" else f"/{realm_id}/"
        ten.server.faults.add(kind, path, times=None)  # type: ignore[arg-type]

    def client(realm_id: str) -> QuickBooks:
        is_signed_in = BROKEN.get(realm_id, ("",))[0] == "token"
        return signed_in(ten, realm_id, tmp_path) if is_signed_in else ten.client(realm_id)

    run = ten.run(open_company=client)
    assert run.carry_out() is Exit.FAILED

    screen = closing(ten.home, run)
    said = {line.split(":")[0].strip(): line for line in screen.splitlines() if ": " in line}
    for realm_id, (_, happened, advice) in BROKEN.items():
        assert happened in said[realm_id] and advice in said[realm_id], said[realm_id]
        assert f"Company {realm_id}" in said[realm_id]
    exits = {outcome.realm_id: outcome.exit for outcome in run.outcomes}
    assert {realm_id for realm_id, exit in exits.items() if exit is Exit.SIGN_IN_NEEDED} == SIGNED_OUT
    assert {realm_id for realm_id, exit in exits.items() if exit is Exit.FAILED} == BROKEN.keys() - SIGNED_OUT
    good = [realm_id for realm_id in REALMS if realm_id not in BROKEN]
    with duckdb.connect(str(ten.home.analytics), read_only=True) as published:
        rows = published.execute("select distinct realm_id from marts.customer_value order by all").fetchall()
    assert rows == [(realm_id,) for realm_id in good]
    assert [line for realm_id in good for line in ten.differences(realm_id)] == []

    ten.server.faults.clear()
    assert ten.night(*SIGNED_OUT, REALMS[0], steps=["extract"]) is Exit.PUBLISHED, ten.findings()
    assert [line for realm_id in [*SIGNED_OUT, REALMS[0]] for line in ten.differences(realm_id)] == []
