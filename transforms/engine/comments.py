"""Descriptions travel from the SQL files into the database, where BI tools show them."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import identifier, literal
from transforms.engine.models import Table


def describe(connection: DuckDBPyConnection, model: Table) -> None:
    """Comments a table and the columns its file describes."""
    connection.execute(f"comment on table {model.table} is {literal(model.purpose)}")
    for column, comment in model.columns.items():
        connection.execute(f"comment on column {model.table}.{identifier(column)} is {literal(comment)}")
