"""Records tests/cassettes anew: `make cassettes`.

All of them come from the embedded company. With SOURCES__QUICKBOOKS__ENVIRONMENT=sandbox and the client_id,
client_secret, refresh_token and one realm id of an Intuit sandbox set, those that only read are recorded there.
Intuit may rotate the refresh token meanwhile; the new one lies in QUICKDUCK_HOME like any other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import requests
from cryptography.fernet import Fernet
from pendulum import DateTime

from pipelines.connect.authorize import authorize_link, came_back
from pipelines.connect.connector import Connector, utc_now
from pipelines.connect.emulator import served_at
from pipelines.connect.sign_in import take_over
from pipelines.connect.tokens import Connection, Tokens, TokenStore
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.retries import Retries
from pipelines.quickbooks.session import new_session
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings, settings
from tests.support.cassettes import FOLDER, recorder
from tests.support.scenes import FROM_A_SANDBOX, SCENES, Wire, played
from tests.support.scrubbing import CLIENT_ID, CLIENT_SECRET, CODE, REALM_ID, Scrubber

AT_ONCE = Retries(throttle=0, first=0)


def main() -> None:
    """Records what can be recorded, and says which from where."""
    FOLDER.mkdir(exist_ok=True)
    chosen = settings()
    sandbox = FROM_A_SANDBOX if chosen.environment is Environment.SANDBOX else ()
    for scene in SCENES:
        if scene not in sandbox:
            _from_embedded(scene)
    if sandbox:
        _from_sandbox(chosen, sandbox)


def _from_embedded(scene: str) -> None:
    """In a world of its own, so that scenes do not meet."""
    with EmbeddedServer(World.create(size=0.02, years=2)) as server, tempfile.TemporaryDirectory() as folder:
        realm_id, company = next(iter(server.world.companies.items()))
        store = TokenStore(Path(folder) / "tokens", Fernet.generate_key())
        grant = server.grant(realm_id)
        with store.lock():
            store.put(
                Connection(
                    realm_id=realm_id,
                    refresh_token=str(grant["refresh_token"]),
                    access_token=str(grant["access_token"]),
                    access_expires_at=utc_now().add(hours=1),
                    signed_in_at=utc_now(),
                )
            )
        since = company.clock.now().subtract(minutes=5)
        _arrange(scene, server, realm_id)
        _record(scene, served_at(Settings(), server.url), store, realm_id, since, "the embedded company")


def _from_sandbox(chosen: Settings, scenes: Iterable[str]) -> None:
    connector = Connector.of(Home(), chosen)
    take_over(connector)
    realm_id = connector.only_company()
    for scene in scenes:
        _record(scene, chosen, connector.tokens, realm_id, utc_now().subtract(days=20), "an Intuit sandbox")


def _arrange(scene: str, server: EmbeddedServer, realm_id: str) -> None:
    company = server.world.companies[realm_id]
    match scene:
        case "refresh_with_rotation":
            server.switches.refresh_rotation = "always"
        case "cdc":
            undeposited = [p for p in company.objects("Payment") if not p.get("LinkedTxn")]
            company.delete("Payment", undeposited[0]["Id"])
        case "refused_token":
            server.faults.add("401", "query")
        case "throttled":
            server.faults.add("429", "query")
        case "fault_in_http_200":
            server.faults.add("fault200", "query", code="6190", detail="Subscription period has ended")


def _record(
    scene: str, chosen: Settings, store: TokenStore, realm_id: str, since: DateTime, source: str
) -> None:
    with new_session(chosen.api_url) as session:
        endpoint = Connector(chosen, store).endpoint(session)
        tokens = Tokens(store, realm_id, endpoint, utc_now)
        tokens.access_token()
        kept = store.get(realm_id)
        code = _code(chosen, session, realm_id) if scene == "sign_in" else ""
        wire = Wire(
            QuickBooks(realm_id, api_url=chosen.api_url, tokens=tokens, session=session, retries=AT_ONCE),
            endpoint,
            realm_id,
            chosen.redirect_uri,
            code,
            kept.refresh_token if kept else "",
            since,
        )
        scrubber = Scrubber(
            [
                (realm_id, REALM_ID),
                (chosen.client_id, CLIENT_ID),
                (chosen.client_secret, CLIENT_SECRET),
                (code, CODE),
                (wire.refresh_token, "refresh-token-1"),
                (kept.access_token if kept else "", "access-token-1"),
            ]
        )
        (FOLDER / f"{scene}.yaml").unlink(missing_ok=True)
        with recorder(scrubber, source).use_cassette(scene):
            played(scene, wire)
        print(f"{scene}: from {source}")


def _code(chosen: Settings, session: requests.Session, realm_id: str) -> str:
    link = authorize_link(chosen, "state", realmId=realm_id)
    response = session.get(link, allow_redirects=False, timeout=10)
    return came_back(response.headers["Location"])["code"]


if __name__ == "__main__":
    main()
