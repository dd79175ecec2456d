"""Tables that are kept from version to version."""

from __future__ import annotations

import duckdb

from pipelines.base.kept_tables import KeptTable, create

DEBTS = KeptTable(
    "history.debts",
    "One row per debt.",
    {
        "debtor": ("varchar", "Name of who owes."),
        "since": ("date", "Day of the debt."),
        "id": ("bigint", "Id."),
    },
)


def described(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "select column_name, data_type, comment from duckdb_columns() where table_name = 'debts' order by column_index"
    ).fetchall()


def test_a_missing_table_is_created_with_its_comments() -> None:
    """A table that is not there is made with its columns in order, their types and comments."""
    with duckdb.connect() as connection:
        create(connection, [DEBTS])
        assert described(connection) == [
            ("debtor", "VARCHAR", "Name of who owes."),
            ("since", "DATE", "Day of the debt."),
            ("id", "BIGINT", "Id."),
        ]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [
            ("One row per debt.",)
        ]


def test_an_older_table_is_brought_over_once() -> None:
    """An older table takes the present order of columns and keeps its rows; what it lacked is null."""
    with duckdb.connect() as connection:
        connection.execute(
            "create schema history; create table history.debts (id bigint, debtor varchar not null)"
        )
        connection.execute("insert into history.debts values (7, 'Ann')")
        for _ in range(2):
            create(connection, [DEBTS])
            assert connection.execute("from history.debts").fetchall() == [("Ann", None, 7)]
            assert [name for name, *_ in described(connection)] == ["debtor", "since", "id"]


def test_a_column_that_nobody_names_any_more_is_not_lost() -> None:
    """What an older table has more stands behind the present columns, with its values."""
    with duckdb.connect() as connection:
        connection.execute(
            "create schema history; create table history.debts (id bigint, reason varchar, debtor varchar)"
        )
        connection.execute("insert into history.debts values (7, 'rent', 'Ann')")
        for _ in range(2):
            create(connection, [DEBTS])
            assert connection.execute("from history.debts").fetchall() == [("Ann", None, 7, "rent")]
