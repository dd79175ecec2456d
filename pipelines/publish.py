"""The file people open: built aside, swapped in by one rename, so that nobody ever sees half a night."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipelines.home import Home

SCHEMAS = ("staging", "core", "marts", "checks", "ops")
STORAGE_VERSION = "v1.2.0"  # read by every duckdb since 1.2; BI drivers lag behind 2.0


def publish(
    warehouse: duckdb.DuckDBPyConnection, home: Home, realm_ids: Collection[str], macros: Iterable[str] = ()
) -> None:
    """Replaces the rows of these companies in the published file, and its Parquet files; keeps the others' rows.

    A crash at any moment leaves the file as it was, or as it is to be.
    """
    aside = home.path / f".{home.analytics.name}.new"
    aside.unlink(missing_ok=True)
    parquet_aside = _emptied(home.path / ".parquet.new")
    with _attached(warehouse, aside, "published", f"(storage_version '{STORAGE_VERSION}')"):
        if home.analytics.exists():
            yesterday = home.path / f".{home.analytics.name}.old"
            shutil.copyfile(home.analytics, yesterday)  # a reader may hold the file itself open to write
            with _attached(warehouse, yesterday, "yesterday", "(read_only)"):
                _copy(warehouse, realm_ids, kept=True)
            yesterday.unlink()
        else:
            _copy(warehouse, realm_ids, kept=False)
        _comment(warehouse)
        _macros(warehouse, macros)
        _parquet(warehouse, parquet_aside)
    aside.chmod(0o600)
    _sync(aside)
    os.replace(aside, home.analytics)
    home.analytics.with_name(f"{home.analytics.name}.wal").unlink(
        missing_ok=True
    )  # what a reader wrote is not ours
    _swap_folder(parquet_aside, home.parquet)
    _sync(home.path)


@contextmanager
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file to read, by a copy where another program has it open to write."""
    with TemporaryDirectory(dir=home.path, prefix=".reading-") as folder:
        copy = Path(folder) / home.analytics.name
        try:
            connection = duckdb.connect(str(home.analytics), read_only=True)
        except duckdb.IOException:
            shutil.copyfile(home.analytics, copy)
            connection = duckdb.connect(str(copy), read_only=True)
        with connection:
            yield connection


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
        warehouse.execute(f'comment on table published.{schema}."{table}" is {_literal(comment)}')
    columns = warehouse.execute(
        """select schema_name, table_name, column_name, comment from duckdb_columns()
        where database_name = ? and list_contains(?, schema_name) and comment is not null""",
        [name, list(SCHEMAS)],
    ).fetchall()
    for schema, table, column, comment in columns:
        warehouse.execute(f'comment on column published.{schema}."{table}"."{column}" is {_literal(comment)}')


def _macros(warehouse: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> None:
    """Table macros such as marts.ar_aging_as_of(d); they resolve when the file is opened directly."""
    warehouse.execute("use published")
    try:
        for statement in statements:
            warehouse.execute(statement)
    finally:
        warehouse.execute(f'use "{_name(warehouse)}"')


def _parquet(warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for schema, table in _tables(warehouse, "published"):
        if schema == "marts":
            file = folder / f"{table}.parquet"
            warehouse.execute(f'copy published.marts."{table}" to {_literal(str(file))} (format parquet)')
            file.chmod(0o600)
            _sync(file)


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, file: Path, name: str, options: str) -> Iterator[None]:
    connection.execute(f"attach {_literal(str(file))} as {name} {options}")
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def _name(connection: duckdb.DuckDBPyConnection) -> str:
    """The warehouse's own name as a database, even while another one is in use."""
    rows = connection.execute(
        """select database_name from duckdb_databases()
        where not internal and database_name not in ('published', 'yesterday') order by database_oid limit 1"""
    ).fetchall()
    return str(rows[0][0])


def _emptied(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    return folder


def _swap_folder(fresh: Path, target: Path) -> None:
    """Each file is replaced in one rename; a table that is gone takes its file with it."""
    target.mkdir(mode=0o700, exist_ok=True)
    names = {file.name for file in fresh.iterdir()}
    for file in fresh.iterdir():
        os.replace(file, target / file.name)
    for file in target.iterdir():
        if file.name not in names:
            file.unlink()
    fresh.rmdir()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
