"""Tables that no build makes anew: created where they are missing, and brought into their present form where older."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import columns, identifier, literal


@dataclass(frozen=True)
class KeptTable:
    """A table by its name with the schema: its comment, and type and comment of each column, in order."""

    name: str
    comment: str
    columns: Mapping[str, tuple[str, str]]

    @property
    def schema(self) -> str:
        return self.name.partition(".")[0]


def create(connection: DuckDBPyConnection, kept: Collection[KeptTable]) -> None:
    """Creates the tables where they are missing.

    One that has other columns is brought over by their names: it keeps its rows, with null in the columns that it
    lacked, and at its end the columns that are in no form of today, for nothing could bring them back.
    """
    comments: dict[str, dict[str, str]] = {}
    for column in columns(connection, {table.schema for table in kept}):
        comments.setdefault(f"{column.schema}.{column.table}", {})[column.name] = column.comment
    for table in kept:
        _create(connection, table, comments.get(table.name, {}))


def _create(connection: DuckDBPyConnection, table: KeptTable, comments: Mapping[str, str]) -> None:
    """Creates one table; `comments` are those of the columns that it has, none where it is missing."""
    unknown = [name for name in comments if name not in table.columns]
    if not comments:
        typed = ", ".join(f"{identifier(name)} {kind}" for name, (kind, _) in table.columns.items())
        connection.execute(f"create schema if not exists {table.schema}; create table {table.name} ({typed})")
    elif [*comments] != [*table.columns, *unknown]:
        known = (
            f"{identifier(name) if name in comments else 'null'}::{kind} as {identifier(name)}"
            for name, (kind, _) in table.columns.items()
        )
        selected = ", ".join([*known, *map(identifier, unknown)])
        connection.execute(f"create or replace table {table.name} as select {selected} from {table.name}")
        comments = {}  # which the new table does not take over
    connection.execute(f"comment on table {table.name} is {literal(table.comment)}")
    for name, (_, comment) in table.columns.items():
        if comments.get(name) != comment:
            connection.execute(f"comment on column {table.name}.{identifier(name)} is {literal(comment)}")


def insert(connection: DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds rows, which all have the same columns.

    Column by column: DuckDB plans a statement by the number of its parameters.
    """
    if rows:
        names = list(rows[0])
        connection.execute(
            f"insert into {table} ({', '.join(names)}) select {', '.join(['unnest(?)'] * len(names))}",
            [[row[name] for row in rows] for name in names],
        )
