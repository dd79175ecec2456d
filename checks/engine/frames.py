"""Tables as a suite sees them: money in integer cents, only the columns that it reads; whole, as files.

A frame travels as a Parquet file, because one checkpoint validates many and a data frame asset takes only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection

from checks.engine.conditions import broken, mentioned, unique
from checks.engine.gx import gx, gxe
from pipelines.base.sqltext import columns, identifier, literal

WHOLE = 200_000
NAMED = 20


@dataclass(frozen=True)
class Frame:
    """One suite and the file it is validated on."""

    suite: gx.ExpectationSuite
    path: Path
    rows: int


@dataclass(frozen=True)
class Table:
    """A table of one company, with the SQL of each column that its suite reads."""

    suite: gx.ExpectationSuite
    realm_id: str
    relation: str
    columns: Mapping[str, str]

    def has(self, expectation: gxe.Expectation) -> bool:
        """Whether the columns that `expectation` reads are there."""
        return all(name in self.columns for name in mentioned(expectation))

    @property
    def shaped(self) -> str:
        """A query for the columns that the suite reads, as a frame has them."""
        selected = (
            ", ".join(f"{sql} as {identifier(name)}" for name, sql in self.columns.items()) or "1 as nothing"
        )
        return f"select {selected} from {self.relation} where realm_id = $realm_id"

    @property
    def key(self) -> Sequence[str]:
        """The columns that name a row, without the company."""
        found = next((columns for one in self.suite.expectations if (columns := unique(one))), [])
        return [column for column in found if column != "realm_id"]


def types(connection: DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The type of every column of every table, all at once: asking takes 15 ms."""
    found: dict[str, dict[str, str]] = {}
    for column in columns(connection):
        found.setdefault(f"{column.schema}.{column.table}", {})[column.name] = column.kind
    return found


def table(suite: gx.ExpectationSuite, realm_id: str, types: Mapping[str, Mapping[str, str]]) -> Table | None:
    """The table that `suite` is named after; None where the warehouse lacks it."""
    name = str(suite.name)
    if name not in types:
        return None
    computed: dict[str, str] = (suite.meta or {}).get("computed", {})
    wanted = dict.fromkeys(column for one in suite.expectations for column in mentioned(one))
    there = types[name]
    plain = {column: _as_frame(column, there[column]) for column in wanted if column in there}
    schema, _, stem = name.partition(".")
    selected = plain | {column: computed[column] for column in wanted if column in computed}
    return Table(suite, realm_id, identifier(schema, stem), selected)


def figures(
    connection: DuckDBPyConnection,
    suite: gx.ExpectationSuite,
    realm_id: str,
    rows: Sequence[Mapping[str, Any]],
) -> Table:
    """A table of figures computed elsewhere, as good as one of the warehouse for as long as this connection lasts."""
    name = f"{suite.name} of {realm_id}"
    connection.register(name, pd.DataFrame([{"realm_id": realm_id, **row} for row in rows]))
    return Table(suite, realm_id, identifier(name), {column: identifier(column) for column in rows[0]})


def frame(connection: DuckDBPyConnection, table: Table, folder: Path, whole: int = WHOLE) -> Frame | None:
    """The rows as they are; None of a table of more than `whole`, of which the counts must do."""
    rows = _number(connection, f"select count(*) from {table.relation} where realm_id = $realm_id", table)
    if rows > whole:
        return None
    path = folder / f"{table.suite.name}.parquet"
    connection.execute(f"copy ({table.shaped}) to {literal(path)}", {"realm_id": table.realm_id})
    return Frame(table.suite, path, rows)


def offenders(
    connection: DuckDBPyConnection, table: Table, expectation: gxe.Expectation, limit: int = NAMED
) -> list[tuple[str, str]]:
    """Key and offending value of rows that break `expectation`, at most `limit`; how often, where keys repeat."""
    if not table.key or not table.has(expectation):
        return []
    condition = broken(expectation)
    if condition is None:
        return _repeated(connection, table, limit)
    key, value = _joined(table.key), _joined(mentioned(expectation))
    rows = connection.execute(
        f"select {key}, {value} from ({table.shaped}) where {condition} order by 1 limit {limit}",
        {"realm_id": table.realm_id},
    ).fetchall()
    return [(str(id), str(shown)) for id, shown in rows]


def _repeated(connection: DuckDBPyConnection, table: Table, limit: int) -> list[tuple[str, str]]:
    key = _joined(table.key)
    rows = connection.execute(
        f"""select {key}, count(*) from ({table.shaped}) group by all having count(*) > 1
        order by 1 limit {limit}""",
        {"realm_id": table.realm_id},
    ).fetchall()
    return [(str(id), f"{many} rows") for id, many in rows]


def _joined(names: Sequence[str]) -> str:
    return " || '|' || ".join(f"coalesce({identifier(name)}::varchar, 'null')" for name in names)


def _as_frame(name: str, kind: str) -> str:
    """Amounts as integer cents: pandas would make floats of decimals."""
    return (
        f"cast({identifier(name)} * 100 as bigint)"
        if kind.startswith("DECIMAL") and kind.endswith(",2)")
        else identifier(name)
    )


def _number(connection: DuckDBPyConnection, statement: str, table: Table) -> int:
    return int(connection.execute(statement, {"realm_id": table.realm_id}).fetchall()[0][0])
