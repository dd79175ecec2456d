"""Descriptions travel from the SQL files into the database, where BI tools show them."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from transforms.engine.models import Table


def describe(connection: DuckDBPyConnection, model: Table) -> None:
    """Comments a table and the columns its file describes."""
    connection.execute(f"comment on table {model.table} is {literal(model.purpose)}")
    for column, comment in model.columns.items():
        connection.execute(f'comment on column {model.table}."{column}" is {literal(comment)}')


def literal(text: str) -> str:
    """SQL literal; DuckDB takes no parameter in COMMENT ON."""
    return "'" + text.replace("'", "''") + "'"
