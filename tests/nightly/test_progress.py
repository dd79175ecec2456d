"""Whoever waits sees how far it has come: in motion on a terminal, in plain lines in a log."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from checks.verdict.judge import judge_by_counts
from pipelines.cli import main
from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.world import World
from pipelines.nightly.choices import HouseRules, house_rules
from pipelines.nightly.progress import At, progress
from pipelines.nightly.start import started
from tests.support.harness import Installation

FIRST, SECOND = "9130350000000001", "9130350000000002"
QUICKDUCK = Path(sys.executable).with_name("quickduck")


@pytest.fixture
def embedded(books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedServer:
    """An embedded server that the command finds by its address."""
    monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
    with EmbeddedServer(World.load(books)) as server:
        server.throttle.limits.enabled = False
        monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", server.url)
        yield server


def on_a_terminal(*arguments: str) -> str:
    """What a command writes to a terminal, and its end."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [QUICKDUCK, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    ) as process:
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 65536):
                seen += part
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0, seen.decode()
    return seen.decode()


def test_on_a_terminal_a_line_moves_and_is_gone_at_the_end(embedded: EmbeddedServer) -> None:
    """On a terminal, one line shows rows, calls and pages left, and is gone at the end."""
    seen = on_a_terminal("extract", "--realm", FIRST)
    moving, _, end = seen.rpartition("\x1b[?25h")  # the cursor comes back
    assert f"{FIRST}: extract" in moving
    assert "pages left" in moving and " calls" in moving and " rows" in moving
    assert f"{FIRST}: reading what changed\r\n" in moving
    assert "extracted" in end and "pages left" not in end


def test_in_a_log_nothing_moves(embedded: EmbeddedServer) -> None:
    """A log has no escape codes."""
    done = subprocess.run(
        [QUICKDUCK, "extract", "--realm", SECOND, "--entities", "Term"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr and "\r" not in done.stdout
    assert f"{SECOND}: reading what changed\n" in done.stdout


def until(seen: Callable[[], bool]) -> None:
    """Waits for another thread, five seconds at most."""
    deadline = time.monotonic() + 5
    while not seen() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_long_run_says_in_a_log_how_far_it_is() -> None:
    """A log gets a line only if something moved since the last one."""
    log, now = io.StringIO(), [At("1", "extract"), At("2", "extract")]
    with progress(log, lambda: list(now), every=0.01) as say:
        say("1: reading what changed")
        now[0] = At("1", "extract", rows=12_000, calls=15, pages_left=31)
        until(lambda: "left" in log.getvalue())
        now[0] = At("1", "transform", rows=43_000, calls=46)
        until(lambda: "transform" in log.getvalue())
    assert log.getvalue().splitlines() == [
        "1: reading what changed",
        "1: extract, 12,000 rows, 15 calls, 31 pages left",
        "1: transform, 43,000 rows, 46 calls",
    ]


def test_pages_left_come_to_nothing(installation: Installation) -> None:
    """A first load knows how many rows there are; when it is done none are left, and all were counted."""
    run = installation.run(installation.realm_ids[0], steps=["extract"])
    assert run.at() == [At(installation.realm_ids[0], "extract")]
    run.carry_out()
    (at,) = run.at()
    assert at.pages_left == 0
    objects = len(installation.theirs(installation.realm_ids[0]))
    assert objects <= at.rows == run.result.companies[0].versions <= objects * 1.1
    assert at.calls == run.outcomes[0].company.client.calls.total


def test_nothing_but_the_outcome_is_on_standard_output(
    copied: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard output holds nothing but the outcome, whatever a library prints meanwhile."""

    def noisy(*arguments: Any) -> HouseRules:
        print("a library's own words")
        return house_rules(*arguments)

    monkeypatch.setenv("QUICKDUCK_HOME", str(copied.home.path))
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
    monkeypatch.setattr("pipelines.nightly.start.house_rules", noisy)
    monkeypatch.setattr("pipelines.cli.runs.started", partial(started, judge=judge_by_counts))
    result = CliRunner().invoke(main, ["check", "--realm", SECOND, "--json"])
    assert json.loads(result.stdout)["exit_code"] == 0
    assert "a library's own words" in result.stderr


def test_the_outcome_for_programs(
    copied: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `check --json`, standard output has an answer for each company, and text goes to standard error.

    Great Expectations judges, as it does wherever people call it, and its Data Docs are there.
    """
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
    monkeypatch.setenv("QUICKDUCK_HOME", str(copied.home.path))
    with copied.warehouse() as warehouse:
        for table in warehouse.execute(
            "select table_name from duckdb_columns() where schema_name = 'raw' and column_name = 'realm_id'"
        ).fetchall():
            warehouse.execute(f"delete from raw.{table[0]} where realm_id = ?", [FIRST])
    checked = subprocess.run([QUICKDUCK, "check", "--json"], capture_output=True, text=True)
    told = json.loads(checked.stdout)
    by_company = {
        one["realm_id"]: (one["verdict"], one["exit_code"], one["accuracy"]) for one in told["companies"]
    }
    assert by_company == {FIRST: ("failed", 1, None), SECOND: ("passed", 0, 1.0)}, checked.stderr
    assert (checked.returncode, told["exit_code"]) == (1, 1)
    assert "Nothing of it is built yet" in told["companies"][0]["error"]
    assert f"{SECOND}: comparing with QuickBooks\n" in checked.stderr
    assert (copied.home.reports / "data_docs" / "index.html").exists()
    planned = CliRunner().invoke(main, ["check", "--plan", "--json"])
    compares = "receivables in total, and balances per account, with TrialBalance"
    assert {"check": "trial_balance", "compares": compares, "calls": 1} in (
        json.loads(planned.stdout)[SECOND]["nightly"]
    )
