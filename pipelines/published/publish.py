"""The file people open: built aside, swapped in by one rename, so that nobody ever sees half a night."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
    session_settings,
)
from pipelines.published import empty_file, other_fields
from pipelines.published.empty_file import SCHEMAS, Rows
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
from pipelines.published.privacy import Withheld, hash_key, hash_of, hash_once
from pipelines.published.redaction import MASK, MASK_AMONG_BARCODES, columns_with_cards, replaced
from pipelines.workspace.home import Home

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
        _yesterday(warehouse, home, realm_ids) as yesterdays,
    ):
        todays = columns(warehouse, SCHEMAS)
        rows = list(_rows(realm_ids, copying, todays, yesterdays))
        described = [
            *empty_file.comments(warehouse, todays, comments, withheld),
            *map(withheld.filled, macros),
        ]
        empty_file.write(warehouse, aside, rows, [*todays, *yesterdays], described)
        with attached(warehouse, aside, "published"):
            _copy(warehouse, rows)
            write_parquet(warehouse, parquet_aside)
    aside.chmod(0o600)
    sync(aside)
    add_rollback_file(home, aside, clock())
    put_in_place(home, aside, parquet_aside)
    prune_rollback_files(home)


@contextmanager
def _yesterday(
    warehouse: duckdb.DuckDBPyConnection, home: Home, realm_ids: Collection[str]
) -> Iterator[list[TableColumn]]:
    """Attaches a copy of the published file as `yesterday` where companies stand in it that are not published now.

    Gives its columns, none where there are no such companies.
    """
    if not _has_others(home, realm_ids):
        yield []
        return
    yesterday = home.path / f".{home.analytics.name}.old"
    shutil.copyfile(home.analytics, yesterday)  # a reader may hold the file itself open to write
    with attached(warehouse, yesterday, "yesterday", "(read_only)"):
        yield columns(warehouse, SCHEMAS, "yesterday")
    yesterday.unlink()


def _has_others(home: Home, realm_ids: Collection[str]) -> bool:
    """Whether companies stand in the published file that are not published now."""
    if not home.analytics.exists():
        return False
    with published(home) as file:
        companies = " union all ".join(
            f"select realm_id from {identifier(schema, table)}"
            for schema, table in _by_table(columns(file, SCHEMAS))
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


def _rows(
    realm_ids: Collection[str],
    copying: _Copying,
    todays: Sequence[TableColumn],
    yesterdays: Sequence[TableColumn],
) -> Iterator[Rows]:
    """What is published of every table: the rows of these companies, and those of others out of yesterday's file.

    Of yesterday's columns the rows have those that there are today.
    """
    before = _by_table(yesterdays)
    for (schema, table), own in _by_table(todays).items():
        query = f"select {copying.selected(own, hash_of)} from {copying.source(schema, table)}"
        values: dict[str, object] = {}
        if schema != "ops":
            values["realms"] = list(realm_ids)
            condition = copying.condition(schema, table)
            query += f" where list_contains($realms, realm_id) and {condition}"
            names = {column.name for column in own}
            if had := [column for column in before.get((schema, table), ()) if column.name in names]:
                query += f""" union all by name
                    select {copying.selected(had, hash_once)} from {identifier("yesterday", schema, table)}
                    where not list_contains($realms, realm_id) and {condition}"""
        yield Rows(identifier("published", schema, table), query, copying.values(query, **values))


def _copy(warehouse: duckdb.DuckDBPyConnection, rows: Iterable[Rows]) -> None:
    """Copies every table, two at a time: of most tables one thread writes the most."""

    def write(one: Rows) -> None:
        with warehouse.cursor() as own:
            own.execute(f"insert into {one.table} by name {one.query}", one.parameters)

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, rows))


def _by_table(described: Iterable[TableColumn]) -> dict[tuple[str, str], list[TableColumn]]:
    """The columns by schema and table, in their order."""
    by_table: dict[tuple[str, str], list[TableColumn]] = {}
    for column in described:
        by_table.setdefault((column.schema, column.table), []).append(column)
    return by_table


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
