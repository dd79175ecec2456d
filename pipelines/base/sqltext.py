"""SQL as text: names and values quoted, what a schema holds, several statements as one, DuckDB's settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from duckdb import DuckDBPyConnection

UNORDERED = {"preserve_insertion_order": False}
"""Rows of a table have no order of their own: what depends on one says so. Wide tables are written by all threads."""


class TableColumn(NamedTuple):
    """One column of a table: `kind` is its type as DuckDB writes it, `comment` is empty where it has none."""

    schema: str
    table: str
    name: str
    kind: str
    comment: str

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.table}.{self.name}"


def identifier(*parts: str) -> str:
    """A name as SQL writes it, whatever is in it; of several parts, such as schema and table, the qualified one."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def identifiers(names: Iterable[str]) -> str:
    """Names with commas between them."""
    return ", ".join(map(identifier, names))


def literal(value: object) -> str:
    """A value as SQL writes it, for statements that take no parameters; what is no number is written as text."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def literals(values: Iterable[object]) -> str:
    """Values with commas between them, for the list of an `in`."""
    return ", ".join(map(literal, values))


def tables(connection: DuckDBPyConnection, schema: str, database: str | None = None) -> set[str]:
    """Names of the tables in a schema, of the current database unless another attached one is named."""
    rows = connection.execute(
        """select table_name from duckdb_tables()
        where schema_name = $schema and database_name = coalesce($database, current_database())""",
        {"schema": schema, "database": database},
    ).fetchall()
    return {name for (name,) in rows}


def columns(
    connection: DuckDBPyConnection, schemas: Collection[str] | None = None, database: str | None = None
) -> list[TableColumn]:
    """The columns of every table in these schemas, or in all, ordered by schema, table and place."""
    rows = connection.execute(
        """select schema_name, table_name, column_name, data_type, coalesce(described.comment, '')
        from duckdb_columns() as described
        semi join duckdb_tables() using (database_name, schema_name, table_name)
        where ($schemas is null or list_contains($schemas, schema_name))
            and database_name = coalesce($database, current_database())
        order by schema_name, table_name, column_index""",
        {"schemas": None if schemas is None else list(schemas), "database": database},
    ).fetchall()
    return [TableColumn(*row) for row in rows]


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Everything inside happens, or nothing does; and the disk is waited for once, not for each statement."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def session_settings(connection: DuckDBPyConnection, settings: Mapping[str, object]) -> Iterator[None]:
    """DuckDB's settings are these inside the block; behind it they are what they were."""
    before = {
        name: connection.execute("select current_setting(?)", [name]).fetchall()[0][0] for name in settings
    }
    _set(connection, settings)
    try:
        yield
    finally:
        _set(connection, before)


def _set(connection: DuckDBPyConnection, settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        connection.execute(f"set {name} = ?", [value])
