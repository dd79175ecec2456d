"""`quickduck run --dry-run` foretells a run, asks nobody and changes nothing."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pendulum
import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.nightly import ops
from pipelines.nightly.choices import Choices, Step
from pipelines.nightly.ending import Ending
from pipelines.nightly.forecast import forecast, latest_books, visits
from pipelines.nightly.stages import stages
from pipelines.quickbooks.entities import CATALOGUE
from pipelines.quickbooks.meters import METERED
from tests.support.harness import Installation
from transforms.engine import models

FIRST, SECOND = "9130350000000001", "9130350000000002"


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[socket.socket]:
    """The address of an embedded company at which somebody would notice a caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("QUICKDUCK_HOME", str(tmp_path / "home"))
        monkeypatch.chdir(tmp_path)
        yield server


def quickduck(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["run", "--dry-run", *arguments])


def fingerprint(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file and folder with its modification time and content."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [folder, *folder.rglob("*")]
    }


@pytest.mark.parametrize("options", [(), ("--deep",), ("--json",), ("--realm", SECOND, "--entities", "Bill")])
def test_nobody_is_asked_and_nothing_changes(
    copied: Installation, nobody: socket.socket, options: tuple[str, ...]
) -> None:
    """Whatever is chosen, the data folder is the same to the byte and the second, and no caller comes."""
    with copied.home.lock():
        pass  # which leaves the file of the lock behind, as every run does
    before = fingerprint(copied.home.path)
    result = quickduck(*options)
    assert result.exit_code == 0, result.output
    assert fingerprint(copied.home.path) == before
    with pytest.raises(BlockingIOError):
        nobody.accept()


def test_an_empty_folder_is_not_even_made(nobody: socket.socket, tmp_path: Path) -> None:
    """Before the first run it says what a first load depends on, of the companies that quickduck brings along."""
    result = quickduck()
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "home").exists()
    assert f"{FIRST}: {len(CATALOGUE)} entities were never read here." in result.output
    assert "how many there are, QuickBooks says only once it is asked" in result.output


def test_a_quiet_night_costs_what_was_foretold(copied: Installation) -> None:
    """The calls of a night on which nothing changed are the forecast's, kind by kind, also when it looks at everything.

    What `test_a_quiet_night_costs_five_calls` counts of one that does not is foretold call by call.
    """
    steps = (Step.EXTRACT, Step.CHECK)  # to build and to publish asks nothing
    with latest_books(copied.home) as books:
        five, deep = (
            {one: forecast(one, stages(choices), visits(books, one)).least for one in copied.realm_ids}
            for choices in (Choices(steps=steps, deep=False), Choices(steps=steps, deep=True))
        )
    for calls in five.values():
        assert {kind: number for kind, number in calls.items() if number} == {
            "cdc": 1,
            "batch": 2,
            "report": 2,
        }
    assert copied.night(FIRST, deep=True, steps=steps) == 0, copied.findings()
    assert copied.last is not None
    (outcome,) = copied.last.outcomes
    assert outcome.company is not None
    assert {kind: outcome.company.client.calls[kind] for kind in METERED} == deep[FIRST]


def test_for_programs(copied: Installation, nobody: socket.socket) -> None:
    """The stages in order, the company chosen with its calls, whose rows stay, and every table to be published."""
    told = json.loads(quickduck("--json", "--realm", SECOND).output)
    assert [one["stage"] for one in told["stages"]] == ["Extract", "Build", "Compare", "Judge", "Publish"]
    (company,) = told["companies"]
    assert (company["realm_id"], company["first"], sum(company["least"].values())) == (SECOND, [], 5)
    assert told["others"] == [FIRST]
    assert told["tables"]["marts"] == sorted(model.name for model in models.read_all("marts"))
    assert told["published_file"] == str(copied.home.analytics)


def test_what_runs_have_cost_lately(copied: Installation, nobody: socket.socket) -> None:
    """Beside the least, the median of the runs that published since the first load; before any, nothing."""
    assert "median" not in quickduck().output
    now = pendulum.now("UTC")
    run = ops.RunOfCompany(
        now.isoformat(), FIRST, "test", now, now, calls={"cdc": 1, "batch": 2, "report": 2}
    )
    run.ending = Ending.PUBLISHED
    with copied.warehouse() as warehouse:
        ops.write(warehouse, run)
    (company, _) = json.loads(quickduck("--json").output)["companies"]
    assert (company["runs"], sum(company["lately"].values())) == (1, 5)


def test_a_run_at_work_is_not_in_the_way(copied: Installation, nobody: socket.socket) -> None:
    """While a run holds the folder the published file tells as much, without waiting."""
    free = quickduck("--json").output
    with copied.home.lock():
        assert quickduck("--json").output == free


def test_wrong_choices_are_refused_as_a_run_would(
    nobody: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown entity is 64, a real environment without a sign-in 3, each in the run's own words."""
    assert quickduck("--entities", "Invoices").exit_code == 64
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "production")
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", "https://quickbooks.api.intuit.com")
    monkeypatch.setenv("QUICKDUCK_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    result = quickduck()
    assert (result.exit_code, "`quickduck login` connects one" in result.output) == (3, True), result.output
