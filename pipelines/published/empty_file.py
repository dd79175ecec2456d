"""The published file without a row: its tables with their comments, its views and its macros.

DuckDB takes one statement for each comment, and all of them take longer than the rows of a small company. A process
that publishes again in the same form therefore starts from the empty file that it made before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import TableColumn, identifier, literal, transaction
from pipelines.published import main_schema
from pipelines.published.file import attached
from pipelines.published.privacy import HASHED, Withheld

SCHEMAS = tuple(schema for schema in main_schema.SCHEMAS if schema != "main")
OPTIONS = "(storage_version 'v1.2.0', row_group_size 61440)"
"""Read by every duckdb since 1.2; BI drivers lag behind 2.0.

The last rows of each table, up to a group of them per thread, are written by one thread at the commit: with groups
of half the usual size that takes half as long, queries take the same, and the file is a tenth larger.
"""


@dataclass(frozen=True)
class Rows:
    """What is published in one table: the query of its rows, and the parameters of that query."""

    table: str
    query: str
    parameters: Mapping[str, object]


Form = tuple[tuple[str, ...], tuple[TableColumn, ...], tuple[str, ...]]
"""What decides the empty file: the queries, the columns that they read with their types, and comments and macros."""

_LAST: dict[Form, bytes] = {}
"""The empty file that this process made last."""


def write(
    warehouse: DuckDBPyConnection,
    file: Path,
    rows: Sequence[Rows],
    read: Sequence[TableColumn],
    statements: Sequence[str],
) -> None:
    """Writes the empty file into which these rows fit; `read` are all columns that their queries may read.

    `statements` comment its tables and make its macros. No file may be there yet.
    """
    form = (tuple(one.query for one in rows), tuple(read), tuple(statements))
    if form in _LAST:
        file.write_bytes(_LAST[form])
        return
    with attached(warehouse, file, "published", OPTIONS), transaction(warehouse):
        for schema in SCHEMAS:
            warehouse.execute(f"create schema published.{schema}")
        for one in rows:
            warehouse.execute(f"create table {one.table} as {one.query} limit 0", one.parameters)
        with _in_use(warehouse, "published"):
            for statement in statements:
                warehouse.execute(statement)
            for statement in list(main_schema.statements(warehouse)):
                warehouse.execute(statement)
    _LAST.clear()
    _LAST[form] = file.read_bytes()


def comments(
    warehouse: DuckDBPyConnection,
    published: Sequence[TableColumn],
    described: Mapping[str, str],
    withheld: Withheld,
) -> Iterator[str]:
    """Statements that comment tables and columns with what is `described` by full name, else as the warehouse does.

    The comment of a hashed column says that it is hashed.
    """
    tables = warehouse.execute(
        """select schema_name, table_name, coalesce(comment, '') from duckdb_tables()
        where database_name = current_database() and list_contains(?, schema_name)""",
        [list(SCHEMAS)],
    ).fetchall()
    for schema, table, own in tables:
        if comment := described.get(f"{schema}.{table}", own):
            yield f"comment on table {identifier(schema, table)} is {literal(comment)}"
    for column in published:
        comment = described.get(column.full_name, column.comment)
        if column.full_name in withheld.left_out_names:
            continue
        if column.full_name in withheld.hashed_names:
            comment = f"{comment.removesuffix('.')}. {HASHED}." if comment else f"{HASHED}."
        if comment:
            name = identifier(column.schema, column.table, column.name)
            yield f"comment on column {name} is {literal(comment)}"


@contextmanager
def _in_use(warehouse: DuckDBPyConnection, database: str) -> Iterator[None]:
    """Statements inside the block are about this database: its macros and views read tables of the file they are in."""
    (before,) = warehouse.execute("select current_database()").fetchall()[0]
    warehouse.execute(f"use {identifier(database)}")
    try:
        yield
    finally:
        warehouse.execute(f"use {identifier(before)}")
