"""The last published files are kept, and any of them can be put back."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pendulum
import pytest

from pipelines.base.errors import WrongUsage
from pipelines.published.file import rollback_files
from pipelines.published.publish import publish
from pipelines.published.rollback import NothingToRollBackTo, open_now, rollback
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse

pytestmark = pytest.mark.survives("Backup")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def night(home: Home, number: int, minute: int = 0) -> None:
    """Publishes one row that tells the night."""
    with open_warehouse(home) as warehouse:
        warehouse.execute(
            f"""create schema if not exists marts;
            create or replace table marts.told as select '1' as realm_id, {number} as night"""
        )
        publish(warehouse, home, ["1"], clock=lambda: pendulum.datetime(2026, 11, number, 2, minute))


def told(home: Home) -> tuple[int, int]:
    """The night that the published file is of, and that the Parquet file is of."""
    with duckdb.connect(str(home.analytics), read_only=True) as published:
        row = published.execute("select night from marts.told").fetchall()[0]
    return (*row, *duckdb.sql(f"select night from '{home.parquet}/told.parquet'").fetchall()[0])


def test_eight_publishes_keep_seven(home: Home) -> None:
    """The last seven, by the time they were published, for their owner alone."""
    for number in range(1, 9):
        night(home, number)
    assert [file.name for file in rollback_files(home)] == [
        f"analytics-202611{number:02d}T020000.000Z.duckdb" for number in range(8, 1, -1)
    ]
    assert {file.stat().st_mode & 0o777 for file in home.published.iterdir()} == {0o600}
    assert home.published.stat().st_mode & 0o777 == 0o700


def test_many_publishes_a_day_keep_the_last_of_the_days_before(home: Home) -> None:
    """Seven of today, and one of each of six days, however often was published on each."""
    for number in range(1, 9):
        night(home, number)
        if number in (2, 7):
            night(home, number, 30)
    for minute in range(31, 38):
        night(home, 8, minute)
    today = [f"analytics-20261108T02{minute}00.000Z.duckdb" for minute in range(37, 30, -1)]
    last = {2: "023000", 7: "023000"}
    before = [
        f"analytics-202611{number:02d}T{last.get(number, '020000')}.000Z.duckdb" for number in range(7, 1, -1)
    ]
    assert [file.name for file in rollback_files(home)] == today + before


def test_rolling_back_shows_the_older_rows_until_the_next_night(home: Home) -> None:
    """The file and its Parquet go back together, twice if asked, and a good night publishes again."""
    for number in (1, 2, 3):
        night(home, number)
    assert rollback(home).name == "analytics-20261102T020000.000Z.duckdb"
    assert told(home) == (2, 2)
    rollback(home)
    assert told(home) == (1, 1)
    assert home.analytics.stat().st_mode & 0o777 == 0o600
    night(home, 4)
    assert told(home) == (4, 4)
    assert rollback(home, "analytics-20261103T020000.000Z.duckdb") == open_now(home)
    assert told(home) == (3, 3)
    assert not [path.name for path in home.path.iterdir() if path.name.endswith(".new")]


def test_what_a_reader_writes_does_not_reach_the_kept(home: Home) -> None:
    """A reader that writes to the published file does not change the kept one, and a rollback does not skip it."""
    night(home, 1)
    night(home, 2)
    with duckdb.connect(str(home.analytics)) as reader:
        reader.execute("delete from marts.told")
    assert open_now(home) is None
    rollback(home)
    assert told(home) == (1, 1)
    rollback(home, "analytics-20261102T020000.000Z.duckdb")
    assert told(home) == (2, 2)


def test_a_reader_goes_on_reading_while_it_is_rolled_back(home: Home) -> None:
    """Even one that has the file open to write."""
    night(home, 1)
    night(home, 2)
    with duckdb.connect(str(home.analytics)) as reader:
        rollback(home)
        assert reader.execute("select night from marts.told").fetchall() == [(2,)]
    assert told(home) == (1, 1)


def test_nothing_earlier_is_said_and_changes_nothing(home: Home) -> None:
    """With one file kept, with a name that is not, or with a kept file that is broken."""
    with pytest.raises(NothingToRollBackTo, match="No file published before"):
        rollback(home)
    night(home, 1)
    with pytest.raises(NothingToRollBackTo, match="No file published before"):
        rollback(home)
    with pytest.raises(WrongUsage, match="there are: analytics-20261101T020000.000Z.duckdb"):
        rollback(home, "../warehouse.duckdb")
    night(home, 2)
    rollback_files(home)[1].write_bytes(b"broken")
    with pytest.raises(NothingToRollBackTo, match="What people open is as it was"):
        rollback(home)
    assert told(home) == (2, 2)


def test_the_last_is_put_back_where_the_published_file_is_lost(home: Home) -> None:
    """Somebody deleted it."""
    night(home, 1)
    night(home, 2)
    home.analytics.unlink()
    rollback(home)
    assert told(home) == (2, 2)
