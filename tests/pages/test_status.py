"""`quickduck status` shows every night, failed ones too, and is in no run's way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import duckdb
import pendulum
import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from pendulum import DateTime

from pipelines.cli import main
from pipelines.connect.token_store import Connection, TokenStore
from pipelines.nightly import ops
from pipelines.nightly.ending import Ending
from pipelines.nightly.ops import RunOfCompany
from pipelines.pages.status import MonthOfCalls, read_status
from pipelines.pages.status_screen import ago, status_of
from pipelines.workspace.exits import Exit
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse
from tests.support.harness import Installation

NOW = pendulum.datetime(2026, 11, 24, 12)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def noted(home: Home, realm_id: str, started_at: DateTime, verdict: str, **calls: int) -> None:
    """A run as it stands in `ops.runs`."""
    run = RunOfCompany(
        started_at.isoformat(), realm_id, "test", started_at, started_at.add(minutes=1), calls=calls
    )
    run.ending = Ending(verdict)
    with open_warehouse(home) as warehouse:
        ops.create(warehouse)
        ops.write(warehouse, run)


def verdicts(home: Home, now: DateTime = NOW) -> dict[str, str]:
    return {company.realm_id: company.verdict for company in read_status(home, now).companies}


def test_a_night_in_which_every_company_failed(copied: Installation) -> None:
    """After a night in which every company failed, status says so, why, and when the last good visit was."""
    copied.server.faults.add("fault", times=None, code="6190")
    assert copied.night() is Exit.FAILED
    now = pendulum.now("UTC")

    status = read_status(copied.home, now)

    assert [company.verdict for company in status.companies] == ["failed", "failed"]
    assert all("Renew" in (company.error or "").title() for company in status.companies)
    assert all(
        company.synced_at and company.synced_at.to_date_string() == "2026-11-20"
        for company in status.companies
    )
    screen = status_of(copied.home, now)
    assert "2026-11-20 17:00 UTC" in screen
    assert "fault 6190" in screen


def test_a_night_that_could_not_begin(copied: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A night that could not begin for want of a key shows as failed for every company."""
    TokenStore(copied.home.tokens, Fernet.generate_key(), "embedded").take_over("1", "some", NOW)
    monkeypatch.setenv("QUICKDUCK_HOME", str(copied.home.path))
    monkeypatch.setenv("QUICKDUCK_KEY", Fernet.generate_key().decode())
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
    assert CliRunner().invoke(main, ["run"]).exit_code == 1
    status = read_status(copied.home, NOW)
    assert [company.verdict for company in status.companies] == ["failed", "failed"]
    assert "was encrypted with another key" in (status.companies[0].error or "")


def test_it_says_what_day_people_open(copied: Installation) -> None:
    """Status says which day people open, also after a rollback or a run as of another day."""
    with duckdb.connect(str(copied.home.analytics)) as file:
        file.execute(
            "update core.companies set as_of_date = '2026-06-30' where realm_id = '9130350000000001'"
        )
    screen = status_of(copied.home, NOW).splitlines()
    days = {line.split()[0]: line.split()[-1] for line in screen if line.startswith("913")}
    assert days == {"9130350000000001": "2026-06-30", "9130350000000002": "2026-11-20"}


def test_while_a_run_is_at_work_it_reads_the_published_file(copied: Installation) -> None:
    """While a run is at work, status reads the published file, names the process and does not wait."""
    with copied.home.lock(0):
        status = read_status(copied.home, NOW)
    assert f"From {copied.home.analytics}, for process {os.getpid()} is at work" in status.source
    assert [company.verdict for company in status.companies] == ["published", "published"]


def test_a_run_can_begin_right_after(copied: Installation) -> None:
    """The folder is free again, and the warehouse opens to write."""
    read_status(copied.home, NOW)
    with copied.home.lock(0), open_warehouse(copied.home) as warehouse:
        warehouse.execute("create table ops.written (a integer)")


def test_a_run_that_was_killed_says_so_before_the_next_one_does(home: Home) -> None:
    """Nobody holds the folder, so a run that still says running was killed."""
    noted(home, "1", NOW.subtract(hours=1), "running")
    assert verdicts(home) == {"1": "killed"}


def test_the_last_run_counts(home: Home) -> None:
    """Status has one row per company, of its own last run."""
    noted(home, "1", NOW.subtract(days=2), "published")
    noted(home, "1", NOW.subtract(days=1), "sign-in needed")
    noted(home, "2", NOW.subtract(days=2), "published")
    assert verdicts(home) == {"1": "sign-in needed", "2": "published"}


def test_calls_of_the_month_are_summed_over_companies_and_failures(home: Home) -> None:
    """The calls of a month sum its metered kinds over companies and failures, with batch items beside them."""
    noted(home, "1", pendulum.datetime(2026, 10, 31, 23, 59), "published", query=1000)
    noted(home, "1", pendulum.datetime(2026, 11, 1), "published", query=20_000, cdc=3, token=9)
    noted(home, "1", NOW.subtract(days=1), "failed", batch=100, batch_item=3_000)
    noted(home, "2", NOW.subtract(days=1), "interrupted", report=7, read=1)

    assert read_status(home, NOW).calls == MonthOfCalls(pendulum.datetime(2026, 11, 1), 20_111, 100, 3_000)
    screen = status_of(home, NOW)
    assert "Calls in November 2026: 20,111 of the 500,000" in screen
    assert "(4.02%)" in screen
    assert "100 of them were batches of 3,000 items" in screen
    assert "it is 23,011 (4.60%)" in screen


def test_an_interrupted_run_leaves_its_calls_behind(copied: Installation) -> None:
    """A run stopped by hand leaves its state and its five calls a company behind."""

    def stop(*args: object, **kwargs: object) -> NoReturn:
        raise KeyboardInterrupt

    before = read_status(copied.home, pendulum.now("UTC")).calls
    with pytest.raises(KeyboardInterrupt):
        copied.night(steps=["extract", "check"], judge=stop)
    status = read_status(copied.home, pendulum.now("UTC"))
    assert {company.verdict for company in status.companies} == {"interrupted"}
    assert status.calls.total - before.total == 5 * len(copied.realm_ids)


def test_days_left_of_each_sign_in(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status counts the days left of the refresh token and its hard limit, and warns from fourteen on."""
    key = Fernet.generate_key()
    monkeypatch.setenv("QUICKDUCK_KEY", key.decode())
    store = TokenStore(home.tokens, key, "production")
    for realm_id, refresh, hard in (("1", 80, 1700), ("2", 14, None)):
        ends = None if hard is None else NOW.add(days=hard, hours=1)
        with store.lock():
            store.put(
                Connection(
                    realm_id=realm_id,
                    refresh_token="secret",
                    signed_in_at=NOW,
                    refresh_expires_at=NOW.add(days=refresh, hours=1),
                    hard_expires_at=ends,
                )
            )
    lines = [line.split("  ") for line in status_of(home, NOW).splitlines()]
    assert [[cell.strip() for cell in line if cell] for line in lines[2:5]] == [
        ["sign-in of", "ends unused in", "ends for good in"],
        ["1", "80 days", "1,700 days"],
        ["2", "14 days", "not known yet"],
    ]
    assert "warning: The sign-in of company 2 ends in 14 days" in status_of(home, NOW)
    monkeypatch.delenv("QUICKDUCK_KEY")
    assert "There is no key" in status_of(home, NOW)


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (NOW.subtract(minutes=5), "5 minutes ago"),
        (NOW.subtract(days=3, hours=2), "3 days ago"),
        (NOW.add(seconds=2), "just now"),
    ],
)
def test_ages_are_words(then: DateTime, words: str) -> None:
    """An age is given in words, and a server's clock that is ahead makes no negative one."""
    assert ago(then, NOW) == words


def test_status_imports_nothing_heavy(copied: Installation) -> None:
    """Status imports none of dlt, pandas and Great Expectations, which take seconds."""
    process = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from pipelines.cli import main; main(['status'])"],
        env=os.environ | {"QUICKDUCK_HOME": str(copied.home.path)},
        capture_output=True,
        text=True,
    )
    imported = {line.split("|")[-1].strip().split(".")[0] for line in process.stderr.splitlines()}
    assert process.returncode == 0, process.stderr
    assert "duckdb" in imported
    assert imported & {"dlt", "pandas", "numpy", "pyarrow", "great_expectations", "sqlglot"} == set()
