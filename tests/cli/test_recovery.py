"""Backup, restore and rollback as people call them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.connect.keys import find_key
from pipelines.connect.token_store import TokenStore
from pipelines.published.publish import publish
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse
from tests.support.harness import Installation


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a data folder and a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    return tmp_path


def quickduck(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def secrets_of(home: Home) -> list[bytes]:
    """Every token that the data folder holds, as it is and sealed, and the key."""
    tokens = TokenStore(home.tokens, find_key(home.tokens, embedded=True))
    found = [home.tokens.read_bytes(), home.tokens.with_name("tokens.key").read_bytes()]
    for realm_id in tokens.realm_ids():
        connection = tokens.get(realm_id)
        assert connection is not None
        found += [connection.refresh_token.encode(), connection.access_token.encode()]
    return found


def test_a_lost_folder_comes_back_without_its_sign_ins(
    copied: Installation, somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed in over HTTP, backed up, lost, restored, and the next extraction goes on; no token is inside."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
    terms = ("extract", "--entities", "Term")
    assert quickduck(*terms).exit_code == 0
    secrets = secrets_of(copied.home)
    made = quickduck("backup", "made.tar")
    assert (made.exit_code, "no sign-in" in made.output) == (0, True), made.output
    assert len(secrets) == 6
    assert not [secret for secret in secrets if secret in (somewhere / "made.tar").read_bytes()]
    refused = quickduck("restore", "made.tar")
    assert (refused.exit_code, "say --force" in refused.output) == (1, True), refused.output
    shutil.rmtree(copied.home.path)
    restored = quickduck("restore", "made.tar")
    assert (restored.exit_code, "`quickduck run` brings it up to date" in restored.output) == (0, True)
    assert quickduck(*terms).exit_code == 0
    assert copied.differences() == []


def test_what_people_open_goes_back_by_one(copied: Installation) -> None:
    """The list says which file is open, and rolling back what people see now."""
    with open_warehouse(copied.home) as warehouse:
        warehouse.execute("update core.companies set as_of_date = as_of_date + 1")
        publish(warehouse, copied.home, copied.realm_ids)
    assert quickduck("report").exit_code == 0
    assert "as of 21 Nov 2026" in copied.home.report.read_text()
    last = quickduck("rollback", "--list").output.splitlines()
    assert [line.endswith("open now") for line in last] == [False, True, False], last
    assert ("2026-11-21" in last[1], "2026-11-20" in last[2]) == (True, True)
    result = quickduck("rollback")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"People now open {last[2].split()[0]}:\n")
    assert "2026-11-20: " in result.output
    assert "owed to us" in result.output
    assert "as of 20 Nov 2026" in copied.home.report.read_text()
    unknown = quickduck("rollback", "yesterday")
    assert (unknown.exit_code, "there are: analytics-" in unknown.output) == (64, True), unknown.output


def test_an_archive_that_is_not_there_is_wrong_usage() -> None:
    """And so is a folder."""
    for name in ("made.tar", "."):
        assert quickduck("restore", name).exit_code == 64
