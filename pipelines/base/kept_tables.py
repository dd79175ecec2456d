"""Tables that no build makes anew: created where they are missing, and brought into their present form where older."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import columns, identifier, literal


@dataclass(frozen=True)
class KeptTable:
    """A table by its name with the schema: its comment, and type and comment of each column, in order."""

    name: str
    comment: str
    columns: Mapping[str, tuple[str, str]]

    def create(self, connection: DuckDBPyConnection) -> None:
        """Creates the table where it is missing.

        One that has other columns is brought over by their names: it keeps its rows, with null in the columns that it
        lacked, and at its end the columns that are in no form of today, for nothing could bring them back.
        """
        schema, _, table = self.name.partition(".")
        connection.execute(f"create schema if not exists {schema}")
        comments = {
            column.name: column.comment for column in columns(connection, [schema]) if column.table == table
        }
        unknown = [name for name in comments if name not in self.columns]
        if not comments:
            typed = ", ".join(f"{identifier(name)} {kind}" for name, (kind, _) in self.columns.items())
            connection.execute(f"create table {self.name} ({typed})")
        elif [*comments] != [*self.columns, *unknown]:
            known = (
                f"{identifier(name) if name in comments else 'null'}::{kind} as {identifier(name)}"
                for name, (kind, _) in self.columns.items()
            )
            selected = ", ".join([*known, *map(identifier, unknown)])
            connection.execute(f"create or replace table {self.name} as select {selected} from {self.name}")
            comments = {}  # which the new table does not take over
        connection.execute(f"comment on table {self.name} is {literal(self.comment)}")
        for name, (_, comment) in self.columns.items():
            if comments.get(name) != comment:
                connection.execute(f"comment on column {self.name}.{identifier(name)} is {literal(comment)}")


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
