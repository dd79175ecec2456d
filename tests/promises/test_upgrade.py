"""A folder that older code made is brought over by the next run, and one of newer code is left alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pendulum
import pytest

from pipelines.base.sqltext import identifiers
from pipelines.embedded.life.business import advance
from pipelines.nightly.choices import Choices
from pipelines.nightly.start import started
from pipelines.pages.report import reported
from pipelines.pages.status import read_status
from pipelines.published import archive
from pipelines.published.backup import backup
from pipelines.published.restore import restore
from pipelines.workspace.exits import Exit, exit_of
from pipelines.workspace.folder_version import FolderIsNewer
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment
from tests.support.harness import Installation

OLDER = sorted((Path(__file__).parents[1] / "support/folders").glob("*.sql"))
KEPT = """
select schema_name || '.' || table_name, list(column_name) from duckdb_columns()
where (schema_name in ('ops', 'history') or schema_name = 'checks')
    and table_name not in ('rejected', 'excess_decimals', 'sync_status') and database_name = current_database()
group by all order by all
"""
"""The tables whose rows are never written again, with their columns."""


@pytest.mark.parametrize("older", OLDER, ids=lambda file: file.stem)
def test_what_no_build_can_make_is_brought_over(copied: Installation, older: Path) -> None:
    """The next run keeps every row of an older folder's history, by the names of its columns, and adds its own."""
    with copied.warehouse() as warehouse:
        warehouse.execute(older.read_text())
        warehouse.execute("drop table build.folder")
        kept = dict(warehouse.execute(KEPT).fetchall())
        before = {
            table: warehouse.execute(f"select {identifiers(names)} from {table}").fetchall()
            for table, names in kept.items()
        }
    assert {"ops.activity", "ops.runs", "checks.results", "history.open_items"} <= before.keys()
    (_, second) = copied.realm_ids
    advance(copied.server.world.companies[second], 1)
    assert copied.night(second) == Exit.PUBLISHED, copied.findings()
    with duckdb.connect(str(copied.home.analytics), read_only=True) as published:
        activity = published.execute("select count(*) from ops.activity").fetchall()[0][0]
        assert activity > len(before["ops.activity"])
    with copied.warehouse() as warehouse:
        for table, names in kept.items():
            after = warehouse.execute(f"select {identifiers(names)} from {table}").fetchall()
            assert [row for row in before[table] if row not in after] == [], table


def made_by_newer(home: Home) -> None:
    """Newer code has written the folder."""
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("update build.folder set version = version + 1, quickduck = '9.9'")


def contents(home: Home) -> dict[str, bytes]:
    """Every file of the folder but the lock, which whoever looks into it takes."""
    return {
        str(file): file.read_bytes()
        for file in home.path.rglob("*")
        if file.is_file() and file.name != ".lock"
    }


def test_a_folder_of_newer_code_is_not_touched(copied: Installation) -> None:
    """A run on it ends with exit code 1 and a sentence before any company is reached, and no file changes."""
    made_by_newer(copied.home)
    before = contents(copied.home)
    with (
        pytest.raises(FolderIsNewer, match=r"was written by a newer quickduck \(9\.9") as raised,
        started(copied.home, Choices()),
    ):
        pass
    assert exit_of(raised.value) == Exit.FAILED
    assert contents(copied.home) == before


def test_the_way_back_is_a_backup_of_the_same_code(
    copied: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup that this code made replaces a newer folder; one of newer code is refused, and changes nothing."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__API_URL", copied.server.url)
    ours, theirs = tmp_path / "ours.tar", tmp_path / "theirs.tar"
    backup(copied.home, Environment.EMBEDDED, ours)
    made_by_newer(copied.home)
    archive.write(
        theirs,
        {"warehouse.duckdb": copied.home.warehouse},
        environment=Environment.EMBEDDED,
        made_at=pendulum.datetime(2026, 11, 1),
    )
    restore(copied.home, ours, Environment.EMBEDDED, force=True)
    with started(copied.home, Choices()):
        pass
    before = contents(copied.home)
    with pytest.raises(FolderIsNewer, match="What the backup holds was written by a newer quickduck"):
        restore(copied.home, theirs, Environment.EMBEDDED, force=True)
    assert contents(copied.home) == before


def test_a_file_published_before_a_column_had_its_name_is_opened_all_the_same(copied: Installation) -> None:
    """Where people open such a file after a rollback, the report says what it lacks, and the day stays in status."""
    with duckdb.connect(str(copied.home.analytics)) as older:
        older.execute("alter table marts.model_scores rename column compared_count to n")
        older.execute("update marts.model_scores set value = 1, baseline_value = 2")
    assert reported(copied.home) == (
        f"No report can be made of {copied.home.analytics}: it lacks 'compared_count'. "
        "The next `quickduck run` publishes what it needs."
    )
    status = read_status(copied.home, pendulum.now("UTC"))
    assert all(company.open_as_of for company in status.companies)
