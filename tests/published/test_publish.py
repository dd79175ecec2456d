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
    comment = "select comment from duckdb_columns() where schema_name = 'marts' and column_name = 'amount'"
    assert read(home, comment) == [("Cents count.",)]
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


def test_main_has_what_people_came_for(home: Home) -> None:
    """The schema `main` has a view of each mart, the macros and a line for each schema, all with their comments."""
    with open_warehouse(home) as warehouse:
        described = "comment on macro table marts.owed_over is 'Above.'"
        publish(warehouse, home, ["1", "2"], [MACROS[0], described])
    with duckdb.connect(str(home.analytics), read_only=True) as connection:
        assert connection.execute("show tables").fetchall() == [("about",), ("owed",)]
    assert read(home, "select realm_id from owed order by all") == [("1",), ("2",)]
    assert read(home, "select realm_id from owed_over(2)") == [("2",)]
    assert read(home, "select comment from duckdb_views() where view_name = 'owed'") == [("What's owed.",)]
    of_column = "select schema_name, comment from duckdb_columns() where column_name = 'amount' order by all"
    assert read(home, of_column) == [("main", "Cents count."), ("marts", "Cents count.")]
    of_macro = "select distinct comment from duckdb_functions() where function_name = 'owed_over'"
    assert read(home, of_macro) == [("Above.",)]
    there = """select schema_name from duckdb_schemas() where database_name = current_database()
        and schema_name not in ('information_schema', 'pg_catalog') order by all"""
    assert read(home, there) == read(home, "select schema_name from about order by all")


def test_the_views_of_main_answer_where_the_file_is_attached(home: Home) -> None:
    """A tool that attaches the file under a name of its own reads the views of `main` there."""
    with open_warehouse(home) as warehouse:
        publish(warehouse, home, ["1", "2"])
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home.analytics}' as books (read_only)")
        assert connection.execute("select count(*) from books.owed").fetchall() == [(2,)]


def test_moments_are_published_in_utc_without_a_zone(home: Home) -> None:
    """The file and Parquet have TIMESTAMP in UTC, also of a company whose rows an older version published."""
    with open_warehouse(home) as warehouse:
        warehouse.execute(
            """alter table marts.owed add column sent_at timestamptz;
            update marts.owed set sent_at = timestamptz '2026-07-01 09:30:00-07:00'"""
        )
        publish(warehouse, home, ["1", "2"])
        with duckdb.connect(str(home.analytics)) as older:
            older.execute(
                """set timezone = 'UTC'; drop view main.owed;
                alter table marts.owed alter sent_at type timestamptz"""
            )
        publish(warehouse, home, ["1"])
    kind_and_value = "select distinct typeof(sent_at), sent_at::varchar"
    assert read(home, f"{kind_and_value} from owed") == [("TIMESTAMP", "2026-07-01 16:30:00")]
    assert duckdb.sql(f"{kind_and_value} from '{home.parquet}/owed.parquet'").fetchall() == [
        ("TIMESTAMP", "2026-07-01 16:30:00")
    ]


def test_quantities_are_published_without_padding(home: Home) -> None:
    """A quantity reads 36 and not 36.0000000000, and a price keeps every digit it has."""
    with open_warehouse(home) as warehouse:
        warehouse.execute(
            """alter table marts.owed add column quantity_sold decimal(24, 10);
            alter table marts.owed add column unit_price decimal(24, 10);
            update marts.owed set quantity_sold = 36, unit_price = 12345678901234.0123456789"""
        )
        publish(warehouse, home, ["1", "2"])
    told = "select distinct quantity_sold, unit_price::varchar from marts.owed"
    assert read(home, told) == [(36.0, "12345678901234.0123456789")]
    assert read(home, "select typeof(quantity_sold) from marts.owed limit 1") == [("DOUBLE",)]
