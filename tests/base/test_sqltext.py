"""Quoting, listing and blocks of SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.base.sqltext import columns, identifier, literal, session_settings, tables, transaction

ODD = """it's "odd"; --"""


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """A warehouse with one table of an odd name."""
    with duckdb.connect() as connection:
        connection.execute(
            f"create schema books; create table {identifier('books', ODD)} ({identifier(ODD)} int)"
        )
        yield connection


def test_names_and_values_mean_themselves_whatever_is_in_them(connection: duckdb.DuckDBPyConnection) -> None:
    """Quotes and comments in a name or a value end nothing."""
    connection.execute(f"comment on column {identifier('books', ODD, ODD)} is {literal(ODD)}")
    assert columns(connection, ["books"]) == [("books", ODD, ODD, "INTEGER", ODD)]
    assert connection.execute(f"select {literal(None)}, {literal(True)}, {literal(2.5)}").fetchall() == [
        (None, True, 2.5)
    ]


def test_tables_are_those_of_one_database(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """A schema of the same name in an attached file is another one."""
    connection.execute(f"attach {literal(tmp_path / 'other.duckdb')} as other")
    connection.execute("create schema other.books; create table other.books.invoices (id int)")
    assert tables(connection, "books") == {ODD}
    assert tables(connection, "books", "other") == {"invoices"}
    assert columns(connection, database="other") == [("books", "invoices", "id", "INTEGER", "")]


def test_settings_are_what_they_were_after_a_failure(connection: duckdb.DuckDBPyConnection) -> None:
    """An error inside the block leaves neither its settings nor its rows behind."""
    asked = "select current_setting('preserve_insertion_order')"
    with (
        pytest.raises(ZeroDivisionError),
        session_settings(connection, {"preserve_insertion_order": False}),
        transaction(connection),
    ):
        connection.execute(f"insert into {identifier('books', ODD)} values (1)")
        assert connection.execute(asked).fetchall() == [(False,)]
        raise ZeroDivisionError
    assert connection.execute(asked).fetchall() == [(True,)]
    assert connection.execute(f"from {identifier('books', ODD)}").fetchall() == []
