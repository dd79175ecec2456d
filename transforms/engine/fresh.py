"""Whether the tables hold what a build of the same documents gives: all is built anew, and what differed is named.

Whatever altered a table, such as a hand, a fault of the disk or of an incremental build, is healed by this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import columns, identifier, identifiers
from transforms.engine import models
from transforms.engine.runner import build, built_as_of

NAMED_AT_MOST = 100
"""Rows of each table that are looked at cell by cell."""

OF_HISTORY = ("history.", "build.checked_")
"""What changes once a night has passed: tables made of it may differ from those made before."""

Row = dict[str, str | None]


@dataclass(frozen=True)
class Altered:
    """One cell, or a whole row where `column` is empty, that was not what the documents give.

    `key` are the ids of its row. What is not there is None.
    """

    realm_id: str
    table: str
    key: str
    column: str
    right: str | None
    before: str | None


def compare(connection: DuckDBPyConnection) -> list[Altered]:
    """Builds everything anew as of the days it stands for, and gives back what was otherwise before.

    Another connection goes on seeing the tables as they were. Fingerprints of whole tables come first, and only where
    they differ are rows read.
    """
    with connection.cursor() as before:
        before.begin()
        try:
            stood = _fingerprints(before)
            build(connection, as_of=built_as_of(connection), inputs=None, full=True)
            right = _fingerprints(connection)
            differing = [table for table in stood if right.get(table) not in (None, stood[table])]
            return [cell for table in differing for cell in _cells(before, connection, table)]
        finally:
            before.rollback()


def _compared() -> set[str]:
    """Tables whose rows follow from the documents alone."""
    return {
        model.table
        for model in [*models.read("staging"), *models.read_all("core", "marts")]
        if not any(source.startswith(OF_HISTORY) for source in model.sources)
    }


def _fingerprints(connection: DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """Of each table its columns, the number of its rows and a sum of their hashes."""
    prints = {}
    for table, names in _texts(connection).items():
        rows = f"select {', '.join(names.values())} from {table}"
        (row,) = connection.execute(
            f"select count(*), sum(hash(row)::hugeint) from (select hash(x) as row from ({rows}) as x)"
        ).fetchall()
        prints[table] = (*names, *row)
    return prints


def _texts(connection: DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Of each table its columns, as text; of fractional numbers nine digits, as their sums depend on the order."""
    compared = _compared()
    tables: dict[str, dict[str, str]] = {}
    for column in columns(connection, ["staging", "core", "marts"]):
        table = f"{column.schema}.{column.table}"
        if table in compared:
            name = identifier(column.name)
            text = f"printf('%.9g', {name})" if column.kind == "DOUBLE" else f"{name}::varchar"
            tables.setdefault(table, {})[column.name] = f"{text} as {name}"
    return tables


def _cells(before: DuckDBPyConnection, after: DuckDBPyConnection, table: str) -> Iterator[Altered]:
    """What differs between the rows that only one of both has, of one key each."""
    names = _texts(after)[table]
    rows = f"select {', '.join(names.values())} from {table}"
    seen = before.sql(rows).to_arrow_table()
    after.register("rows_before", seen)
    try:
        only_before = _rows(after, f"select {identifiers(names)} from rows_before except all ({rows})")
        only_after = _rows(after, f"({rows}) except all select {identifiers(names)} from rows_before")
    finally:
        after.unregister("rows_before")
    ids = [name for name in names if name.endswith(("_id", "_no")) and name != "realm_id"]
    for key in dict.fromkeys([_key(row, ids) for row in (*only_before, *only_after)]):
        stood, right = (
            [row for row in listed if _key(row, ids) == key] for listed in (only_before, only_after)
        )
        realm_id, *values = key
        named = ", ".join(f"{name} {value}" for name, value in zip(ids, values, strict=True) if value)
        if len(stood) == len(right) == 1:
            for name in names:
                if stood[0][name] != right[0][name]:
                    yield Altered(realm_id or "", table, named, name, right[0][name], stood[0][name])
        else:
            yield Altered(realm_id or "", table, named, "", f"{len(right)} rows", f"{len(stood)} rows")


def _rows(connection: DuckDBPyConnection, sql: str) -> list[Row]:
    cursor = connection.execute(f"from ({sql}) order by all limit {NAMED_AT_MOST}")
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _key(row: Row, ids: Collection[str]) -> tuple[str | None, ...]:
    return (row.get("realm_id"), *(row[name] for name in ids))
