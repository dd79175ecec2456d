"""The file people open: built aside, swapped in by one rename, so that nobody ever sees half a night."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import duckdb
import pendulum
from pendulum import DateTime

from pipelines.base.card_numbers import masked
from pipelines.base.files import sync
from pipelines.base.sqltext import (
    UNORDERED,
    TableColumn,
    columns,
    identifier,
    literal,
    session_settings,
    transaction,
)
from pipelines.published import main_schema, other_fields
from pipelines.published.file import (
    add_rollback_file,
    aside_of,
    attached,
    emptied,
    prune_rollback_files,
    published,
    put_in_place,
    require_parquet_folder,
    write_parquet,
)
from pipelines.published.plain_types import plain_sql
from pipelines.published.privacy import HASHED, Withheld, hash_key, hash_of, hash_once
from pipelines.published.redaction import MASK, MASK_AMONG_BARCODES, columns_with_cards, replaced
from pipelines.workspace.home import Home

SCHEMAS = tuple(schema for schema in main_schema.SCHEMAS if schema != "main")
OPTIONS = "(storage_version 'v1.2.0', row_group_size 61440)"
"""Read by every duckdb since 1.2; BI drivers lag behind 2.0.

The last rows of each table, up to a group of them per thread, are written by one thread at the commit: with groups
of half the usual size that takes half as long, queries take the same, and the file is a tenth larger.
"""
WRITERS = 2
NOTHING = Withheld()
NO_COMMENTS: Mapping[str, str] = {}
NO_STAND_INS: Mapping[str, str] = {}


def publish(
    warehouse: duckdb.DuckDBPyConnection,
    home: Home,
    realm_ids: Collection[str],
    macros: Iterable[str] = (),
    withheld: Withheld = NOTHING,
    *,
    comments: Mapping[str, str] = NO_COMMENTS,
    stand_ins: Mapping[str, str] = NO_STAND_INS,
    other_paths: Collection[str] = (),
    clock: Callable[[], DateTime] = lambda: pendulum.now("UTC"),
) -> None:
    """Replaces the rows of these companies in the published file, and its Parquet files; keeps the others' rows.

    Both leave out or hash the columns in `withheld`, and mask card numbers. `comments` are those of tables and columns,
    by their full names, that the warehouse does not have itself. Of the tables named in `stand_ins` others are
    published in their place, with the same columns. `other_paths` are patterns of what to publish of
    `staging.other_fields`.

    A crash at any moment leaves the file as it was, or as it is to be. Copies of the last few stay for rollback.
    """
    copying = _Copying(
        withheld,
        hash_key(home.hash_key) if withheld.hashed else {},
        stand_ins,
        columns_with_cards(warehouse, realm_ids, withheld),
        {other_fields.NAME: other_fields.condition(other_paths, withheld)},
    )
    require_parquet_folder(home)
    aside = aside_of(home)
    aside.unlink(missing_ok=True)
    parquet_aside = emptied(home.path / ".parquet.new")
    with (
        session_settings(warehouse, UNORDERED),
        _sql_function(warehouse, MASK, lambda text: masked(text)),
        _sql_function(warehouse, MASK_AMONG_BARCODES, lambda text: masked(text, "barcode")),
        attached(warehouse, aside, "published", OPTIONS),
    ):
        if _has_others(home, realm_ids):
            yesterday = home.path / f".{home.analytics.name}.old"
            shutil.copyfile(home.analytics, yesterday)  # a reader may hold the file itself open to write
            with attached(warehouse, yesterday, "yesterday", "(read_only)"):
                _copy(warehouse, realm_ids, copying, others=True)
            yesterday.unlink()
        else:
            _copy(warehouse, realm_ids, copying, others=False)
        with transaction(warehouse):
            _comment(warehouse, comments, withheld)
            with _in_use(warehouse, "published"):
                for statement in map(withheld.filled, macros):
                    warehouse.execute(statement)
                for statement in list(main_schema.statements(warehouse)):
                    warehouse.execute(statement)
        write_parquet(warehouse, parquet_aside)
    aside.chmod(0o600)
    sync(aside)
    add_rollback_file(home, aside, clock())
    put_in_place(home, aside, parquet_aside)
    prune_rollback_files(home)


def _has_others(home: Home, realm_ids: Collection[str]) -> bool:
    """Whether companies stand in the published file that are not published now."""
    if not home.analytics.exists():
        return False
    with published(home) as file:
        companies = " union all ".join(
            f"select realm_id from {identifier(schema, table)}"
            for schema, table in _columns(file, home.analytics.stem)
            if schema != "ops"
        )
        others = f"select exists (from ({companies}) where not list_contains(?, realm_id))"
        return bool(file.execute(others, [list(realm_ids)]).fetchall()[0][0])


class _Copying:
    """How columns travel from the warehouse into the published file."""

    def __init__(
        self,
        withheld: Withheld,
        key: Mapping[str, bytes],
        stand_ins: Mapping[str, str],
        with_cards: Collection[str],
        only: Mapping[str, str],
    ) -> None:
        self._withheld = withheld
        self._stand_ins = stand_ins
        self._only = only
        self._replaced = replaced(withheld, with_cards)
        self._key = key

    def selected(self, columns: Iterable[TableColumn], hashing: Callable[[str], str]) -> str:
        """The list of a select; `hashing` is the SQL that hashes a column."""
        return ", ".join(
            f"{self._sql(column, hashing)} as {identifier(column.name)}"
            for column in columns
            if column.full_name not in self._withheld.left_out_names
        )

    def source(self, schema: str, table: str) -> str:
        """The warehouse's table whose rows are published as this one."""
        return self._stand_ins.get(f"{schema}.{table}", identifier(schema, table))

    def condition(self, schema: str, table: str) -> str:
        """SQL that is true for the rows of a table that are published, whatever company they are of."""
        return self._only.get(f"{schema}.{table}", "true")

    def values(self, statement: str, **values: object) -> dict[str, object]:
        """The parameters of a statement: these, and the key where it hashes."""
        return {**values, **(self._key if "$inner" in statement else {})}

    def _sql(self, column: TableColumn, hashing: Callable[[str], str]) -> str:
        name = identifier(column.name)
        if column.full_name in self._withheld.hashed_names:
            return hashing(name)
        return self._replaced.get(column.full_name, plain_sql(column.name, column.kind))


def _copy(
    warehouse: duckdb.DuckDBPyConnection, realm_ids: Collection[str], copying: _Copying, *, others: bool
) -> None:
    """Copies every table, two at a time: of most tables one thread writes the most.

    With `others` the rows of companies that are not published now come from yesterday's file.
    """
    for schema in SCHEMAS:
        warehouse.execute(f"create schema if not exists published.{schema}")

    def write(statement: str, values: Mapping[str, object]) -> None:
        with warehouse.cursor() as own:
            own.execute(statement, values)

    with ThreadPoolExecutor(WRITERS) as writers:
        copies = [
            writers.submit(write, *table) for table in _tables(warehouse, realm_ids, copying, others=others)
        ]
        for copy in copies:
            copy.result()


def _tables(
    warehouse: duckdb.DuckDBPyConnection, realm_ids: Collection[str], copying: _Copying, *, others: bool
) -> list[tuple[str, dict[str, object]]]:
    """One statement per table, with its parameters.

    With `others` it also takes their rows out of yesterday's file, in those of today's columns that they had.
    """
    statements = []
    yesterdays = _columns(warehouse, "yesterday") if others else {}
    for (schema, table), todays in _columns(warehouse, _warehouse_name(warehouse)).items():
        selected = copying.selected(todays, hash_of)
        rows = f"select {selected} from {copying.source(schema, table)}"
        values: dict[str, object] = {}
        if schema != "ops":
            values["realms"] = list(realm_ids)
            condition = copying.condition(schema, table)
            rows += f" where list_contains($realms, realm_id) and {condition}"
            names = {column.name for column in todays}
            had = [column for column in yesterdays.get((schema, table), ()) if column.name in names]
            if had:
                selected = copying.selected(had, hash_once)
                rows += f""" union all by name
                    select {selected} from {identifier("yesterday", schema, table)}
                    where not list_contains($realms, realm_id) and {condition}"""
        statements.append(
            (
                f"create table {identifier('published', schema, table)} as {rows}",
                copying.values(rows, **values),
            )
        )
    return statements


def _columns(
    connection: duckdb.DuckDBPyConnection, database: str
) -> dict[tuple[str, str], list[TableColumn]]:
    """The columns by schema and table, in their order."""
    by_table: dict[tuple[str, str], list[TableColumn]] = {}
    for column in columns(connection, SCHEMAS, database):
        by_table.setdefault((column.schema, column.table), []).append(column)
    return by_table


def _comment(warehouse: duckdb.DuckDBPyConnection, comments: Mapping[str, str], withheld: Withheld) -> None:
    """Comments tables and columns with these or as the warehouse does: `create table as` leaves comments behind.

    The comment of a hashed column says that it is hashed.
    """
    name = _warehouse_name(warehouse)
    tables = warehouse.execute(
        """select schema_name, table_name, coalesce(comment, '') from duckdb_tables()
        where database_name = ? and list_contains(?, schema_name)""",
        [name, list(SCHEMAS)],
    ).fetchall()
    for schema, table, own in tables:
        if comment := comments.get(f"{schema}.{table}", own):
            warehouse.execute(
                f"comment on table {identifier('published', schema, table)} is {literal(comment)}"
            )
    for column in columns(warehouse, SCHEMAS, name):
        comment = comments.get(column.full_name, column.comment)
        if column.full_name in withheld.left_out_names:
            continue
        if column.full_name in withheld.hashed_names:
            comment = f"{comment.removesuffix('.')}. {HASHED}." if comment else f"{HASHED}."
        if comment:
            described = identifier("published", column.schema, column.table, column.name)
            warehouse.execute(f"comment on column {described} is {literal(comment)}")


@contextmanager
def _in_use(warehouse: duckdb.DuckDBPyConnection, database: str) -> Iterator[None]:
    """Statements inside the block are about this database: its macros and views read tables of the file they are in."""
    warehouse.execute(f"use {identifier(database)}")
    try:
        yield
    finally:
        warehouse.execute(f"use {identifier(_warehouse_name(warehouse))}")


@contextmanager
def _sql_function(
    connection: duckdb.DuckDBPyConnection, name: str, function: Callable[[str], str]
) -> Iterator[None]:
    """Lets SQL call a function from text to text for as long as the block lasts."""
    connection.create_function(name, function, ["VARCHAR"], "VARCHAR")
    try:
        yield
    finally:
        connection.remove_function(name)


def _warehouse_name(connection: duckdb.DuckDBPyConnection) -> str:
    """The warehouse's own name as a database, even while another one is in use."""
    rows = connection.execute(
        """select database_name from duckdb_databases()
        where not internal and database_name not in ('published', 'yesterday') order by database_oid limit 1"""
    ).fetchall()
    return str(rows[0][0])
