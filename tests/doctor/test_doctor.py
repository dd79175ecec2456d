"""`quickduck doctor` names what is wrong and what to do, against a real server and a real folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import msgspec
import pendulum
import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet
from pendulum import DateTime

from pipelines.cli import main
from pipelines.connect.token_endpoint import Grant
from pipelines.connect.token_store import Connection, TokenStore
from pipelines.doctor.examine import examine, package_versions, redirect_uri
from pipelines.doctor.finding import Finding, Verdict
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.nightly import ops
from pipelines.published.publish import publish
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings
from pipelines.workspace.warehouse import open_warehouse
from tests.support.rows_company import RowsCompany, RowsWorld

NOW = pendulum.now("UTC")


def sets(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"SOURCES__QUICKBOOKS__{name.upper()}", value)


@dataclass(frozen=True)
class Sandbox:
    """A company's server, and the folder of somebody who signed in to it."""

    server: EmbeddedServer
    home: Home


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """All in good order: one company signed in, something loaded and published."""
    company, key, home = RowsCompany("100"), Fernet.generate_key(), Home(tmp_path / "home")
    company.put("CompanyInfo", "100", CompanyName="Acme")
    (tmp_path / ".dlt").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(home.path))
    monkeypatch.setenv("QUICKDUCK_KEY", key.decode())
    with open_warehouse(home) as warehouse:
        ops.create(warehouse)
        publish(warehouse, home, [])
    with EmbeddedServer(RowsWorld({"100": company})) as server:
        sets(
            monkeypatch,
            environment="sandbox",
            api_url=server.url,
            token_url=server.token_url,
            client_id=server.client_id,
            client_secret=server.client_secret,
        )
        grant = msgspec.convert(server.grant("100"), Grant)
        new = Connection(realm_id="100", refresh_token=grant.refresh_token, signed_in_at=NOW)
        store = TokenStore(home.tokens, key, "sandbox")
        with store.lock():
            store.put(new.renewed(grant, NOW))
        yield Sandbox(server, home)


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def bad(result: Result) -> list[str]:
    """Lines that are not ok."""
    return [line for line in result.output.splitlines() if not line.startswith("ok ")]


def findings(sandbox: Sandbox, now: DateTime = NOW) -> dict[str, Finding]:
    return {
        finding.name: finding for finding in examine(Home(sandbox.home.path, make=False), clock=lambda: now)
    }


def test_a_good_folder(sandbox: Sandbox) -> None:
    """A good folder is ok in every line and exits with 0, and not a byte of it changes."""
    before = contents(sandbox.home.path)

    result = doctor()

    assert (result.exit_code, bad(result)) == (0, []), result.output
    for line in ("companies signed in: 100.", "lasts 100 days unused", "this cost one call"):
        assert line in result.output
    assert (contents(sandbox.home.path), sandbox.server.counters.total) == (before, 1)


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.name != ".lock"}


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody listens; it is bound, so that nobody else can take it meanwhile."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


def test_offline_asks_nobody(sandbox: Sandbox, nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, addresses at which nobody listens do not matter."""
    sets(monkeypatch, api_url=nobody, token_url=nobody)
    result = doctor("--offline")
    assert (result.exit_code, bad(result)) == (0, []), result.output


def test_an_address_that_nobody_answers_at(
    sandbox: Sandbox, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses that nobody answers at are named, and no company is asked."""
    sets(monkeypatch, api_url=nobody, token_url=nobody)
    result = doctor()
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in bad(result)] == ["failed   api address", "failed   token address"]
    assert f"{nobody} does not answer" in result.output


def test_a_key_that_is_none(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is no key is reported without being repeated."""
    monkeypatch.setenv("QUICKDUCK_KEY", "correct horse")
    result = doctor("--offline")
    assert (result.exit_code, len(bad(result))) == (1, 1), result.output
    assert "is no Fernet key. Make one with" in bad(result)[0]
    assert "horse" not in result.output


def test_a_key_that_opens_another_file(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A valid key of another file is reported."""
    monkeypatch.setenv("QUICKDUCK_KEY", Fernet.generate_key().decode())
    result = doctor("--offline")
    assert (result.exit_code, "was encrypted with another key" in bad(result)[0]) == (1, True), result.output


def test_a_missing_secret(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing secret is named by its setting, and no company is asked without it."""
    sets(monkeypatch, client_secret="")
    result = doctor()
    assert (result.exit_code, len(bad(result))) == (1, 1), result.output
    assert "sources.quickbooks.client_secret is not set" in bad(result)[0]


def test_a_wrong_secret(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong secret shows once the access token has to be renewed, because only the server can tell."""
    sets(monkeypatch, client_secret="another")
    by_name = findings(sandbox, NOW.add(hours=2))
    assert by_name["company read"].verdict is Verdict.FAILED
    assert "QuickBooks does not know this client_id" in by_name["company read"].says
    assert not by_name["company read"].sign_in


def test_a_sign_in_that_ran_out(sandbox: Sandbox) -> None:
    """A sign-in that ran out is the only thing missing, and the advice is `quickduck login`."""
    by_name = findings(sandbox, NOW.add(days=102))
    assert by_name["sign in"].sign_in
    assert "has run out: `quickduck login`" in by_name["sign in"].says
    assert "company read" not in by_name


def test_a_sign_in_that_intuit_ended(sandbox: Sandbox) -> None:
    """A sign-in that was revoked at Intuit shows only by asking, and exits with 3."""
    sandbox.server.faults.add("401", "read", times=None)
    result = doctor()
    assert (result.exit_code, len(bad(result))) == (3, 1), result.output
    assert "`quickduck login` makes a new one" in bad(result)[0]


def test_a_company_that_never_signed_in(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company of the settings that never signed in is reported."""
    sets(monkeypatch, realm_ids="42")
    result = doctor()
    assert (result.exit_code, len(bad(result))) == (3, 1), result.output
    assert "Company 42 is not signed in here. `quickduck login` connects one." in bad(result)[0]


def test_a_folder_that_is_open_to_others(sandbox: Sandbox) -> None:
    """A folder open to others is reported with the command that closes it, and is left as it is."""
    sandbox.home.path.chmod(0o755)
    sandbox.home.analytics.chmod(0o644)
    result = doctor("--offline")
    assert result.exit_code == 1
    assert bad(result) == [
        f"failed   data folder: {sandbox.home.path} is open to others (mode 755). chmod 700 {sandbox.home.path}",
        "warning  private files: Open to others but for the folder: analytics.duckdb. chmod 600 them.",
    ]
    assert sandbox.home.path.stat().st_mode & 0o777 == 0o755


def test_a_folder_that_does_not_exist(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for a folder that does not exist does not make it."""
    missing = sandbox.home.path / "missing"
    monkeypatch.setenv("QUICKDUCK_HOME", str(missing))
    result = doctor("--offline")
    assert (result.exit_code, missing.exists()) == (3, False), result.output
    assert f"{missing} does not exist. `quickduck run` makes it" in result.output


def test_a_reader_that_holds_the_warehouse_open(sandbox: Sandbox) -> None:
    """A program that holds the warehouse open is named by its process, while readers of the published file are fine."""
    script = """import duckdb, sys
held = [duckdb.connect(path, read_only=True) for path in sys.argv[1:]]
print("open", flush=True)
sys.stdin.read()"""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(sandbox.home.warehouse), str(sandbox.home.analytics)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        result = doctor("--offline")
        reader.communicate()
    assert (result.exit_code, len(bad(result))) == (1, 1), result.output
    assert f"(PID {reader.pid})" in bad(result)[0]
    assert "analysts open analytics.duckdb, never the warehouse" in bad(result)[0]
    assert doctor("--offline").exit_code == 0


def test_a_run_at_work_is_no_failure(sandbox: Sandbox) -> None:
    """A run at work is no failure: its process is named, and its files are left alone."""
    with sandbox.home.lock(0):
        result = doctor("--offline")
    assert result.exit_code == 0
    assert [line.split(";")[0] for line in bad(result)] == [
        f"warning  folder lock: A run (process {os.getpid()}) is at work"
    ]


@pytest.mark.parametrize(
    ("minutes", "verdict"), [(4, Verdict.OK), (6, Verdict.WARNING), (-6, Verdict.WARNING)]
)
def test_a_clock_that_is_off(sandbox: Sandbox, minutes: int, verdict: Verdict) -> None:
    """A clock that is off by more than five minutes, the margin for renewing tokens, is reported."""
    finding = findings(sandbox, pendulum.now("UTC").add(minutes=minutes))["clock skew"]
    assert finding.verdict is verdict
    assert ("ahead of" in finding.says) == (minutes == 6)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("environment", "moon", "it is one of embedded, sandbox, production"),
        ("realm_ids", "Acme", "a company id has digits only"),
        ("api_url", "http://example.com", "plain http is for loopback"),
        (
            "token_url",
            "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
            "tokens would go to the wrong place",
        ),
    ],
)
def test_settings_that_cannot_be(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """Wrong settings are reported in one line, and nobody is asked with them."""
    sets(monkeypatch, **{name: value})
    result = doctor()
    assert (result.exit_code, len(bad(result))) == (1, 1), result.output
    assert bad(result)[0].startswith("failed   configuration: ")
    assert sentence in bad(result)[0]


def test_settings_that_are_no_toml(sandbox: Sandbox, tmp_path: Path) -> None:
    """A settings file that is no TOML is named in a sentence."""
    (tmp_path / ".dlt" / "config.toml").write_text("environment = [")
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "doctor", "--offline"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1, result.stderr
    assert "failed   configuration: A problem encountered when loading config.toml" in result.stdout


@pytest.mark.parametrize(
    ("environment", "uri", "sentence"),
    [
        (Environment.SANDBOX, "http://localhost:8765/callback", ""),
        (Environment.SANDBOX, "http://127.0.0.1:8765/callback", "Intuit refuses addresses in numbers"),
        (Environment.SANDBOX, "http://books.example.com/callback", "plain http for localhost alone"),
        (Environment.PRODUCTION, "http://localhost:8765/callback", "production keys want https"),
        (Environment.PRODUCTION, "https://[::1]/callback", "Intuit refuses addresses in numbers"),
        (Environment.PRODUCTION, "https://books.example.com/callback", ""),
    ],
)
def test_redirects_that_intuit_refuses(environment: Environment, uri: str, sentence: str) -> None:
    """A redirect address that Intuit refuses is reported: it needs a name, and https in production."""
    finding = redirect_uri(Settings(environment=environment, redirect_uri=uri))
    assert (finding.verdict is Verdict.FAILED, sentence in finding.says) == (bool(sentence), True)


def test_a_pin_that_bites() -> None:
    """A version of sqlglot that dlt does not accept is reported, although pip accepts it."""
    finding = package_versions(lambda name: "30.22.0" if name == "sqlglot" else version(name))
    assert finding.verdict is Verdict.FAILED
    assert "sqlglot is 30.22.0, not <30.22,>=30" in finding.says


def test_the_embedded_company_is_read_and_left_as_it_is(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded company is read from a copy of its books, and its folder gets no sign-in and no key."""
    home = Home(tmp_path / "home")
    shutil.copytree(books, home.embedded)
    before = contents(home.path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUICKDUCK_HOME", str(home.path))
    result = doctor()
    assert result.exit_code == 0, result.output
    assert "The embedded company starts and lets itself be read: Bluestone Garden & Light" in result.output
    assert contents(home.path) == before
