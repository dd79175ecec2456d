"""The file people open: built aside, swapped in by one rename, so that nobody ever sees half a night."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable

import duckdb
import pendulum
from pendulum import DateTime

from pipelines.home import Home
from pipelines.published import aside_of, attached, emptied, keep, literal, prune, put_in_place, write_parquet
from pipelines.quickbooks.durable import sync

SCHEMAS = ("staging", "core", "marts", "checks", "ops")
STORAGE_VERSION = "v1.2.0"  # read by every duckdb since 1.2; BI drivers lag behind 2.0


def publish(
    warehouse: duckdb.DuckDBPyConnection,
    home: Home,
    realm_ids: Collection[str],
    macros: Iterable[str] = (),
    *,
    clock: Callable[[], DateTime] = lambda: pendulum.now("UTC"),
) -> None:
    """Replaces the rows of these companies in the published file, and its Parquet files; keeps the others' rows.

    A crash at any moment leaves the file as it was, or as it is to be. Copies of the last few stay for rollback.
    """
    aside = aside_of(home)
    aside.unlink(missing_ok=True)
    parquet_aside = emptied(home.path / ".parquet.new")
    with attached(warehouse, aside, "published", f"(storage_version '{STORAGE_VERSION}')"):
        if home.analytics.exists():
            yesterday = home.path / f".{home.analytics.name}.old"
            shutil.copyfile(home.analytics, yesterday)  # a reader may hold the file itself open to write
            with attached(warehouse, yesterday, "yesterday", "(read_only)"):
                _copy(warehouse, realm_ids, kept=True)
            yesterday.unlink()
        else:
            _copy(warehouse, realm_ids, kept=False)
        _comment(warehouse)
        _macros(warehouse, macros)
        write_parquet(warehouse, parquet_aside)
    aside.chmod(0o600)
    sync(aside)
    keep(home, aside, clock())
    put_in_place(home, aside, parquet_aside)
    prune(home)


def _copy(warehouse: duckdb.DuckDBPyConnection, realm_ids: Collection[str], *, kept: bool) -> None:
    yesterdays = set(_tables(warehouse, "yesterday")) if kept else set()
    chosen = list(realm_ids)
    for schema in SCHEMAS:
        warehouse.execute(f"create schema if not exists published.{schema}")
    for schema, table in _tables(warehouse, _name(warehouse)):
        fresh = "true" if schema == "ops" else "list_contains(?, realm_id)"
        rows = f'select * from {schema}."{table}" where {fresh}'
        values: list[object] = [] if schema == "ops" else [chosen]
        if (schema, table) in yesterdays and schema != "ops":
            rows += f""" union all by name
                select * from yesterday.{schema}."{table}" where not list_contains(?, realm_id)"""
            values.append(chosen)
        warehouse.execute(f'create table published.{schema}."{table}" as {rows}', values)


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    rows = connection.execute(
        """select schema_name, table_name from duckdb_tables()
        where database_name = ? and list_contains(?, schema_name) order by all""",
        [database, list(SCHEMAS)],
    )
    return rows.fetchall()


def _comment(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Comments do not travel with `create table as`."""
    name = _name(warehouse)
    tables = warehouse.execute(
        """select schema_name, table_name, comment from duckdb_tables()
        where database_name = ? and list_contains(?, schema_name) and comment is not null""",
        [name, list(SCHEMAS)],
    ).fetchall()
    for schema, table, comment in tables:
        warehouse.execute(f'comment on table published.{schema}."{table}" is {literal(comment)}')
    columns = warehouse.execute(
        """select schema_name, table_name, column_name, comment from duckdb_columns()
        where database_name = ? and list_contains(?, schema_name) and comment is not null""",
        [name, list(SCHEMAS)],
    ).fetchall()
    for schema, table, column, comment in columns:
        warehouse.execute(f'comment on column published.{schema}."{table}"."{column}" is {literal(comment)}')


def _macros(warehouse: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    """Table macros such as marts.ar_aging_as_of(d); they resolve when the file is opened directly."""
    warehouse.execute("use published")
    try:
        for statement in statements:
            warehouse.execute(statement)
    finally:
        warehouse.execute(f'use "{_name(warehouse)}"')


def _name(connection: duckdb.DuckDBPyConnection) -> str:
    """The warehouse's own name as a database, even while another one is in use."""
    rows = connection.execute(
        """select database_name from duckdb_databases()
        where not internal and database_name not in ('published', 'yesterday') order by database_oid limit 1"""
    ).fetchall()
    return str(rows[0][0])
