"""Wrong input ends in one sentence that says what to do, with the right exit code, and changes nothing."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from checks.verdict.judge import judge_by_counts
from pipelines.cli import main
from pipelines.cli.embedded import a_day_passes
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from pipelines.nightly.start import started
from pipelines.workspace.home import Home
from tests.support.harness import Installation


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test has a data folder and a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "data"))
    return tmp_path


def quickduck(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--entities", "Invoices"], "Unknown entity Invoices. QuickBooks calls them Account, "),
        (["run", "--entitties", "Invoice"], "No such option"),
        (["run", "--as-of", "yesterday"], "'yesterday' does not match the format '%Y-%m-%d'"),
        (["rnu"], "No such command"),
        (["run", "--entities", ""], "it is given and names nothing"),
    ],
)
def test_wrong_usage_is_64(arguments: list[str], said: str) -> None:
    """An unknown entity, option, date or command is said before anything is asked or locked."""
    result = quickduck(*arguments)
    assert (result.exit_code, said in result.output) == (64, True), result.output


def test_an_environment_that_does_not_exist_is_64(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence lists those that do."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "moon")
    result = quickduck("run")
    assert (result.exit_code, "it is one of embedded, sandbox, production" in result.output) == (64, True)


@pytest.mark.parametrize("command", [["login"], ["login", "--paste"], ["logout", "1"]])
@pytest.mark.parametrize(
    ("environment", "api_url", "said"),
    [
        ("embedded", "", "every run signs itself in to them"),
        ("embedded", "http://127.0.0.1:4711", "The companies at http://127.0.0.1:4711 are embedded ones"),
        ("sandbox", "http://127.0.0.1:4711", "signs in at oauth.platform.intuit.com"),
    ],
)
def test_embedded_companies_need_no_sign_in(
    monkeypatch: pytest.MonkeyPatch, command: list[str], environment: str, api_url: str, said: str
) -> None:
    """The sentence says so, and Intuit's sign-in is never mixed with an embedded company's address."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", environment)
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", api_url)
    result = quickduck(*command)
    assert (result.exit_code, said in result.output) == (64, True), result.output


def test_a_file_of_somebody_else_is_named(somewhere: Path) -> None:
    """A folder where the token file belongs: its name and what to do, no traceback."""
    (somewhere / "data" / "tokens").mkdir(parents=True)
    result = quickduck("run")
    assert (result.exit_code, "give it to the user that runs quickduck" in result.output) == (1, True), (
        result.output
    )


def test_nobody_signed_in_is_3(monkeypatch: pytest.MonkeyPatch) -> None:
    """A real environment without a sign-in points at `quickduck login`."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "production")
    monkeypatch.setenv("QUICKDUCK_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    result = quickduck("run")
    assert (result.exit_code, "`quickduck login` connects one" in result.output) == (3, True), result.output


def test_credentials_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handed-over refresh token without keys: the sentence names the setting."""
    for name, value in {"ENVIRONMENT": "sandbox", "REALM_IDS": "1", "REFRESH_TOKEN": "some"}.items():
        monkeypatch.setenv(f"SOURCES__QUICKBOOKS__{name}", value)
    monkeypatch.setenv("QUICKDUCK_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    result = quickduck("run")
    assert result.exit_code == 1
    assert "sources.quickbooks.client_id is not set" in result.output


def test_a_data_folder_that_is_a_file(somewhere: Path) -> None:
    """The sentence names the folder and the variable."""
    (somewhere / "data").write_text("")
    result = quickduck("run")
    assert (result.exit_code, "Point QUICKDUCK_HOME at a folder" in result.output) == (1, True), result.output


@pytest.mark.parametrize("command", ["run", "extract", "check", "publish", "backup", "rollback"])
def test_a_second_run_at_the_same_time(
    command: str, somewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --no-wait every command fails at once, without a nap, and says who holds the folder."""
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"it waits {seconds} s"))
    (somewhere / "data").mkdir()
    with (somewhere / "data" / ".lock").open("w") as lock:
        lock.write("process 4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = quickduck(command, "--no-wait")
    assert (result.exit_code, "process 4711" in result.output) == (1, True), result.output


@pytest.fixture
def embedded(books: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedServer:
    """An embedded server that the command finds by its address."""
    server = EmbeddedServer(World.load(books)).start()
    server.throttle.limits.enabled = False
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", server.url)
    yield server
    server.stop()


def test_a_company_that_does_not_exist(embedded: EmbeddedServer) -> None:
    """The sentence lists those that do."""
    result = quickduck("run", "--realm", "42")
    assert result.exit_code == 64
    assert "has no company 42; it has 9130350000000001, 9130350000000002" in result.output


def test_two_nights_and_status(books: Path, somewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two whole runs through the command line and a day between them, which restates a month; then `status`.

    They are judged by the counts: `test_the_outcome_for_programs` has Great Expectations judge as people call it.
    """
    monkeypatch.setattr("pipelines.cli.runs.started", partial(started, judge=judge_by_counts))
    shutil.copytree(books, somewhere / "data" / "embedded")
    result = quickduck("run", "--live-on", "--realm", "9130350000000002")
    assert result.exit_code == 0, result.output
    assert result.output.count("100.00%   published") == 2
    assert "Limestone Harbour Supply: it is now 2026-11-21" in result.output
    assert "CAD owed to us" in result.output
    report = somewhere / "data" / "reports" / "report.html"
    assert result.output.endswith(f"Open {report}\n")
    assert "<h1>Limestone Harbour Supply</h1>" in report.read_text()
    status = quickduck("status")
    assert (status.exit_code, "published" in status.output) == (0, True)
    assert (somewhere / "data" / "warehouse.duckdb").stat().st_mode & 0o777 == 0o600
    with duckdb.connect(str(somewhere / "data" / "analytics.duckdb"), read_only=True) as published:
        restated = "select change from marts.restated_transactions where month_start < '2026-11-01'"
        assert ("entered",) in published.execute(restated).fetchall()
        assert published.execute("select count(*) > 0 from ops.activity").fetchall() == [(True,)]


def test_only_embedded_companies_are_let_live_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where other companies are configured, or a server of its own has the books, no day passes."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "sandbox")
    assert a_day_passes(Home(tmp_path)) is False
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "embedded")
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", "http://127.0.0.1:4711")
    assert a_day_passes(Home(tmp_path)) is False
    assert capsys.readouterr().out == ""


def test_a_warehouse_that_a_reader_holds_open(copied: Installation) -> None:
    """Another process with the warehouse open: exit 1, one sentence; when it is gone the next run is right."""
    published = copied.home.analytics.read_bytes()
    script = """import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.read()"""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(copied.home.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        with pytest.raises(
            Exception, match=r"is held open by .*PID \d+\). Close that; analysts open analytics.duckdb"
        ):
            copied.night()
        reader.communicate()
    assert copied.home.analytics.read_bytes() == published
    assert copied.night(copied.realm_ids[0], steps=["extract"]) == 0
    assert copied.differences() == []
