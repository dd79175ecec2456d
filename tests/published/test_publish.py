"""Publishing swaps one file for another and mixes nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.base.errors import ConfigurationError
from pipelines.published.publish import publish
from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import open_warehouse


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    with open_warehouse(found) as warehouse:
        warehouse.execute(
            """create schema marts; create schema ops; create schema raw;
            create table raw.invoice (realm_id varchar, payload json);
            create table marts.owed (realm_id varchar, amount decimal(18, 2));
            comment on table marts.owed is 'What''s owed.';
            comment on column marts.owed.amount is 'Cents count.';
            create table ops.runs (run_id varchar, realm_id varchar);
            insert into marts.owed values ('1', 1.10), ('2', 2.20);
            insert into ops.runs values ('first', '1'), ('first', '2')"""
        )
    return found


MACROS = [
    "create or replace macro marts.owed_over(a) as table select * from marts.owed where amount > a",
    "create or replace macro marts.called_first(a) as table select * from marts.owed_over(a)",
]


def read(home: Home, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.analytics), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_company_that_failed_keeps_yesterdays_rows(home: Home) -> None:
    """Company 2 is not published on the second night, so its row of the first stays; `ops` tells all."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1", "2"])
        warehouse.execute(
            "update marts.owed set amount = amount * 10; insert into ops.runs values ('second', '2')"
        )
        publish(warehouse, home, ["1"])
    assert [(realm, str(amount)) for realm, amount in read(home, "from marts.owed order by all")] == [
        ("1", "11.00"),
        ("2", "2.20"),
    ]
    assert read(home, "select count(*) from ops.runs") == [(3,)]


def test_comments_and_macros_travel_and_payloads_do_not(home: Home) -> None:
    """The published file has comments and macros and no payloads."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1", "2"], MACROS)
    assert read(home, "select comment from duckdb_tables() where table_name = 'owed'") == [("What's owed.",)]
    assert read(home, "select comment from duckdb_columns() where column_name = 'amount'") == [
        ("Cents count.",)
    ]
    assert read(home, "select realm_id from marts.called_first(2)") == [("2",)]
    assert read(home, "select count(*) from duckdb_tables() where schema_name = 'raw'") == [(0,)]


def test_readers_of_older_duckdb_can_open_it(home: Home) -> None:
    """The storage version is one that 1.x reads: byte 12 of the header is the version number, 64 to 66."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1"])
    assert home.analytics.read_bytes()[12] < 67
    assert home.analytics.stat().st_mode & 0o777 == 0o600


def test_each_mart_lies_beside_it_as_parquet(home: Home) -> None:
    """Exact decimals, one file per mart; a mart that is gone takes its file with it."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1", "2"])
        assert [file.name for file in home.parquet.iterdir()] == ["owed.parquet"]
        warehouse.execute("alter table marts.owed rename to due")
        publish(warehouse, home, ["1", "2"])
    assert [file.name for file in home.parquet.iterdir()] == ["due.parquet"]
    assert duckdb.sql(f"select typeof(amount) from '{home.parquet}/due.parquet' limit 1").fetchall() == [
        ("DECIMAL(18,2)",)
    ]


def test_no_room_for_parquet_is_said_before_anything_is_published(home: Home) -> None:
    """A file in the place of the Parquet folder ends in a sentence, and the published file stays as it was."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1", "2"])
        before = home.analytics.read_bytes()
        for file in home.parquet.iterdir():
            file.unlink()
        home.parquet.rmdir()
        home.parquet.write_text("not a folder")
        with pytest.raises(ConfigurationError, match="Move it away and run again; nothing was published"):
            publish(warehouse, home, ["1", "2"])
    assert home.analytics.read_bytes() == before


def test_a_reader_is_never_in_the_way(home: Home) -> None:
    """A connection that stays open goes on reading the old file; the next one sees the new."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1", "2"])
    query = "select count(*) from ops.runs"
    with duckdb.connect(str(home.analytics), read_only=True) as reader:
        with open_warehouse(home) as warehouse:
            warehouse.execute("insert into ops.runs values ('second', '1')")
            publish(warehouse, home, ["1"])
        assert reader.execute(query).fetchall() == [(2,)]
    assert read(home, query) == [(3,)]
