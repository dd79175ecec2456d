"""Keys of `quickduck keys`: made, listed and revoked one by one, each for its scopes and companies alone."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.serve.access.keys import Keys, Scope
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings
from tests.support.running import Running, running

ONE, OTHER = "9130350000000001", "9130350000000002"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


@pytest.fixture
def server(home: Home) -> Iterator[Running]:
    with running(home, Settings(api_url="http://127.0.0.1:9")) as server:
        yield server


def keys(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments])


def test_a_key_is_shown_once_and_kept_as_a_hash(home: Home) -> None:
    """Standard output is the key alone, so that it can be piped into a secret store."""
    key = keys("new", "dashboard").stdout.strip()
    assert key.startswith("qd_") and len(key) > 40
    file = home.keys.read_text()
    assert key not in file and key[3:] not in file
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o600
    kept = Keys(home)
    found = kept.find(key)
    assert found is not None
    assert (found.name, found.scopes, found.realm_ids) == ("dashboard", (Scope.READ,), ())
    assert [kept.find(wrong) for wrong in (key[:-1], f"{key}x", "", "é", "\ud800")] == [None] * 5


def test_keys_are_listed_and_revoked_one_by_one(home: Home) -> None:
    """The list has name, scopes and companies of each; a revoked key is gone, and the others stay."""
    assert "No key is made yet" in keys("list").output
    keys("new", "dashboard", "--realm", f"{ONE},{OTHER}")
    keys("new", "admin", "--scope", "read", "--scope", "manage")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert keys("list").output.splitlines() == [
        f"dashboard: read; {ONE}, {OTHER}; made {today}",
        f"admin: read, manage; every company; made {today}",
    ]
    assert keys("revoke", "dashboard").output == "dashboard opens nothing any more.\n"
    assert [one.name for one in Keys(home).all()] == ["admin"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("new", "admin"), "A key named admin exists"),
        (("new", "x", "--realm", "Acme"), "a company id has digits only"),
        (("new", "x", "--scope", "all"), "is not one of 'read', 'manage', 'write'"),
        (("revoke", "nobody"), "No key is named nobody. There are: admin."),
    ],
)
def test_what_cannot_be_done_is_said(
    home: Home, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    """A name taken, an unknown name, scope or company ends with a sentence, and changes nothing."""
    Keys(home).new("admin")
    before = home.keys.read_bytes()
    with pytest.raises(SystemExit) as ended:
        main(["keys", *arguments])
    assert ended.value.code in (Exit.FAILED, Exit.WRONG_USAGE)
    assert sentence in capsys.readouterr().err
    assert home.keys.read_bytes() == before


def test_a_key_opens_its_scopes_alone(server: Running, home: Home) -> None:
    """Books want read, connections manage; a key without the scope is told which one it needs."""
    statuses = {}
    for scope in Scope:
        key = Keys(home).new(scope, [scope])
        statuses[scope] = [server.get(path, key=key).status_code for path in ("/status", "/login")]
        answer = server.session.post(
            f"{server.url}/disconnect",
            params={"realm_id": ONE},
            headers={"Authorization": f"Bearer {key}"},
            timeout=10,
        )
        statuses[scope].append(answer.status_code)
    assert statuses == {"read": [200, 403, 403], "manage": [403, 303, 409], "write": [403, 403, 403]}
    key = Keys(home).new("curious")
    assert "quickduck keys new NAME --scope manage" in server.get("/login", key=key).json()["error"]


def test_a_key_opens_its_companies_alone(server: Running, home: Home) -> None:
    """Of other companies, and of what is about all of them, such a key is told nothing."""
    key = Keys(home).new("bookkeeper", list(Scope), [ONE])
    asked = {
        realm_id: server.get("/customers", key=key, realm_id=realm_id).status_code
        for realm_id in (ONE, OTHER)
    }
    assert asked == {ONE: 503, OTHER: 403}  # nothing is published yet
    assert [server.get(path, key=key).status_code for path in ("/report", "/checks", "/login")] == [403] * 3
    assert server.get("/status", key=key).status_code == 200


def test_a_browser_may_what_its_key_may_until_that_is_revoked(server: Running, home: Home) -> None:
    """Whoever came in by a key sees the first page without what the key does not open, and is out with the key."""
    key = Keys(home).new("visitor", realm_ids=[ONE])
    entered = server.session.post(
        f"{server.url}/enter", data={"key": key}, timeout=10, headers={"Origin": server.url}
    )
    assert entered.status_code == 200 and "Connect a company" not in entered.text
    assert server.session.get(f"{server.url}/login", timeout=10, allow_redirects=False).status_code == 403
    Keys(home).revoke("visitor")
    assert server.session.get(f"{server.url}/", timeout=10).status_code == 401


def test_a_key_of_an_older_version_goes_on_working(server: Running, home: Home) -> None:
    """A key that was kept without scopes may read and manage, of every company, as it could then."""
    key = Keys(home).new("old")
    kept = json.loads(home.keys.read_text())
    for one in kept:
        del one["scopes"], one["realm_ids"]
    home.keys.write_text(json.dumps(kept))
    assert [server.get(path, key=key).status_code for path in ("/status", "/login")] == [200, 303]
