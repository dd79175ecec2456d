from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from pipelines.embedded.api.server import EmbeddedServer

REDIRECT = "http://localhost:8765/callback"
BASIC = ("embedded-client", "embedded-secret")
ASK = {
    "client_id": "embedded-client",
    "response_type": "code",
    "scope": "com.intuit.quickbooks.accounting",
    "redirect_uri": REDIRECT,
    "state": "s1",
}


def authorize(server, **changes):
    asked = {name: value for name, value in (ASK | changes).items() if value is not None}
    return requests.get(server.authorize_url, params=asked, allow_redirects=False, timeout=5)


def callback(answer):
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{REDIRECT}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def token(server, auth=BASIC, headers=None, **form):
    headers = {"Accept": "application/json", **(headers or {})}
    return requests.post(server.token_url, data=form, auth=auth, headers=headers, timeout=5)


def exchange(server, code, redirect_uri=REDIRECT):
    return token(server, grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


def refresh(server, value, **more):
    return token(server, grant_type="refresh_token", refresh_token=value, **more)


def read(server, access_token, realm_id="100"):
    return requests.get(
        f"{server.url}/v3/company/{realm_id}/query",
        params={"query": "SELECT * FROM Invoice"},
        headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
        timeout=5,
    )


def test_the_page_grants_at_once_and_sends_code_state_and_company_back(server):
    """The sign-in page redirects with code, state and company, and the code buys tokens that open the company."""
    back = callback(authorize(server))
    assert (back["state"], back["realmId"]) == ("s1", "100")
    tokens = exchange(server, back["code"]).json()
    assert tokens.keys() == {
        "token_type",
        "access_token",
        "refresh_token",
        "expires_in",
        "x_refresh_token_expires_in",
    }
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert tokens["x_refresh_token_expires_in"] == 8726400
    assert read(server, tokens["access_token"]).status_code == 200


def test_the_company_may_be_chosen(server):
    """The link can choose the company, and the access token opens no other one."""
    back = callback(authorize(server, realmId="200"))
    assert back["realmId"] == "200"
    access_token = exchange(server, back["code"]).json()["access_token"]
    assert read(server, access_token, "200").status_code == 200
    foreign = read(server, access_token, "100")
    assert foreign.status_code == 403
    assert foreign.json()["fault"]["error"][0]["code"] == "3100"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None},
        {"redirect_uri": f"{REDIRECT}/"},
        {"redirect_uri": "http://evil.example/"},
        {"client_id": "x"},
    ],
)
def test_a_wrong_link_ends_on_a_page_and_never_redirects(server, changes):
    """A sign-in link with a wrong client, address or no state ends with status 400 and redirects nowhere."""
    assert authorize(server, **changes).status_code == 400


def test_a_wrong_scope_or_a_no_comes_back_as_an_error(server):
    """A wrong scope and a denied sign-in both come back to the redirect address as an error."""
    assert callback(authorize(server, scope="accounting"))["error"] == "invalid_scope"
    server.faults.add("denied")
    assert callback(authorize(server)) == {"error": "access_denied", "state": "s1"}


def test_a_code_exchanged_twice_revokes_the_first_tokens(server):
    """A second exchange of a code is refused and revokes the tokens of the first."""
    code = callback(authorize(server))["code"]
    first = exchange(server, code).json()
    second = exchange(server, code)
    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert read(server, first["access_token"]).json()["fault"]["error"][0]["detail"] == "Token revoked"


def test_the_exchange_repeats_the_redirect_address(server):
    """An exchange with another redirect address than the sign-in's is refused."""
    code = callback(authorize(server))["code"]
    assert exchange(server, code, "http://localhost:8765/other").json()["error"] == "invalid_grant"


def test_a_wrong_secret_is_no_client(server):
    """The token endpoint refuses a wrong client secret with status 401."""
    answer = token(server, auth=("embedded-client", "guess"), grant_type="refresh_token", refresh_token="x")
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_access_ends_after_an_hour_of_the_companys_clock(server, company):
    """An access token expires after an hour of the company's clock, and a refresh buys a new one."""
    tokens = server.grant("100")
    company.clock.advance(seconds=3590)
    assert read(server, tokens["access_token"]).status_code == 200
    company.clock.advance(seconds=10)
    expired = read(server, tokens["access_token"])
    assert expired.status_code == 401
    assert expired.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    fault = expired.json()["fault"]
    assert (fault["type"], fault["error"][0]["code"]) == ("AUTHENTICATION", "3200")
    assert isinstance(expired.json()["time"], int)
    again = refresh(server, tokens["refresh_token"]).json()
    assert read(server, again["access_token"]).status_code == 200


def test_the_refresh_token_keeps_its_value_for_24_hours_then_the_old_one_is_dead_at_once(server, company):
    """A refresh token rotates after 24 hours, and the old value stops working at once."""
    first = server.grant("100")["refresh_token"]
    company.clock.advance(seconds=86_000)
    assert refresh(server, first).json()["refresh_token"] == first
    company.clock.advance(seconds=1000)
    second = refresh(server, first).json()["refresh_token"]
    assert second != first
    refused = refresh(server, first)
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "invalid_grant",
        "error_description": "Incorrect or invalid refresh token",
    }
    assert refresh(server, second).json()["refresh_token"] == second


def test_rotation_may_happen_every_time_and_leave_a_day_of_grace(server, company):
    """Switches rotate the refresh token at every refresh and let the old value live on for a day."""
    server.switches.refresh_rotation = "always"
    first = server.grant("100")["refresh_token"]
    assert refresh(server, first).json()["refresh_token"] != first
    assert refresh(server, first).status_code == 400
    server.switches.refresh_grace_hours = 24
    second = server.grant("100")["refresh_token"]
    refresh(server, second)
    company.clock.advance(seconds=86_000)
    assert refresh(server, second).status_code == 200


def test_a_connection_ends_101_days_after_its_last_refresh(server, company):
    """Each refresh extends a connection, which ends 101 days after the last one."""
    value = server.grant("100")["refresh_token"]
    company.clock.advance(days=100)
    value = refresh(server, value).json()["refresh_token"]
    company.clock.advance(days=100)
    value = refresh(server, value).json()["refresh_token"]
    company.clock.advance(days=102)
    assert refresh(server, value).status_code == 400


def test_the_hard_end_is_told_on_request_and_kept(server, company):
    """A refresh states the connection's last day on request, and no refresh works after five years."""
    value = server.grant("100")["refresh_token"]
    headers = {"x-include-refresh-token-hard-expires-in": "true"}
    company.clock.advance(days=10)
    told = refresh(server, value, headers=headers).json()
    assert told["x_refresh_token_hard_expires_in"] == (5 * 365 - 10) * 86_400
    value = told["refresh_token"]
    for _ in range(19):
        company.clock.advance(days=100)
        value = refresh(server, value).json().get("refresh_token", "")
    assert not value


def test_revoking_kills_the_whole_connection(server):
    """Revoking one token ends access and refresh for the connection, and a second revocation is refused."""
    tokens = server.grant("100")
    gone = requests.post(server.revoke_url, json={"token": tokens["refresh_token"]}, auth=BASIC, timeout=5)
    assert gone.status_code == 200
    assert read(server, tokens["access_token"]).status_code == 401
    assert refresh(server, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    again = requests.post(server.revoke_url, json={"token": tokens["refresh_token"]}, auth=BASIC, timeout=5)
    assert again.status_code == 400


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic abc"])
def test_without_a_token_there_are_no_data(server, authorization):
    """A request without a valid bearer token is refused with status 401."""
    url = f"{server.url}/v3/company/100/companyinfo/100"
    headers = {"Authorization": authorization, "Accept": "application/json"}
    assert requests.get(url, headers=headers, timeout=5).status_code == 401


def test_connections_outlive_the_server(server, tmp_path: Path):
    """Tokens work after a restart of the server, and only the owner may read their file."""
    world = server.world
    with EmbeddedServer(world, folder=tmp_path) as first:
        tokens = first.grant("100")
    with EmbeddedServer(world, folder=tmp_path) as second:
        assert read(second, tokens["access_token"]).status_code == 200
        assert refresh(second, tokens["refresh_token"]).status_code == 200
    assert (tmp_path / "connections.json").stat().st_mode & 0o777 == 0o600
