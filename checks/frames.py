"""Tables of the warehouse as frames: money in integer cents, only the columns that a suite reads.

A frame travels as a Parquet file, because one checkpoint validates many and a data frame asset takes only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection

from checks.conditions import broken, mentioned, unique
from checks.gx import gx, gxe

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
    """A published table of one company, with the SQL of each column that its suite reads."""

    suite: gx.ExpectationSuite
    realm_id: str
    columns: Mapping[str, str]

    def has(self, expectation: gxe.Expectation) -> bool:
        """Whether the columns that `expectation` reads are there."""
        return all(name in self.columns for name in mentioned(expectation))

    @property
    def relation(self) -> str:
        schema, _, table = str(self.suite.name).partition(".")
        return f'"{schema}"."{table}"'

    @property
    def shaped(self) -> str:
        """A query for the columns that the suite reads, as a frame has them."""
        selected = ", ".join(f'{sql} as "{name}"' for name, sql in self.columns.items()) or "1 as nothing"
        return f"select {selected} from {self.relation} where realm_id = $realm_id"

    @property
    def key(self) -> Sequence[str]:
        """The columns that name a row, without the company."""
        found = next((columns for one in self.suite.expectations if (columns := unique(one))), [])
        return [column for column in found if column != "realm_id"]


def table(connection: DuckDBPyConnection, suite: gx.ExpectationSuite, realm_id: str) -> Table | None:
    """The table that `suite` is named after; None where the warehouse lacks it."""
    schema, _, name = str(suite.name).partition(".")
    types = dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where schema_name = ? and table_name = ? and database_name = current_database()",
            [schema, name],
        ).fetchall()
    )
    if not types:
        return None
    computed: dict[str, str] = (suite.meta or {}).get("computed", {})
    wanted = dict.fromkeys(name for one in suite.expectations for name in mentioned(one))
    plain = {name: _as_frame(name, types[name]) for name in wanted if name in types}
    return Table(suite, realm_id, plain | {name: computed[name] for name in wanted if name in computed})


def frame(connection: DuckDBPyConnection, table: Table, folder: Path, whole: int = WHOLE) -> Frame:
    """Up to `whole` rows as they are; of a larger table, how many rows break each expectation."""
    rows = _number(connection, f"select count(*) from {table.relation} where realm_id = $realm_id", table)
    path = folder / f"{table.suite.name}.parquet"
    if rows > whole:
        suite, figures = _figures(connection, table)
        figures.to_parquet(path)
        return Frame(suite, path, rows)
    connection.execute(f"copy ({table.shaped}) to '{_quoted(path)}'", {"realm_id": table.realm_id})
    return Frame(table.suite, path, rows)


def from_rows(suite: gx.ExpectationSuite, rows: Sequence[Mapping[str, Any]], folder: Path) -> Frame:
    """A frame of figures computed elsewhere."""
    path = folder / f"{suite.name}.parquet"
    pd.DataFrame(list(rows)).to_parquet(path)
    return Frame(suite, path, len(rows))


def offenders(
    connection: DuckDBPyConnection, table: Table, expectation: gxe.Expectation, limit: int = NAMED
) -> list[tuple[str, str]]:
    """Key and offending value of rows that break `expectation`, at most `limit`."""
    condition = broken(expectation)
    if condition is None or not table.key or not table.has(expectation):
        return []
    key, value = (
        " || '|' || ".join(f"coalesce(\"{name}\"::varchar, 'null')" for name in names)
        for names in (table.key, mentioned(expectation))
    )
    rows = connection.execute(
        f"select {key}, {value} from ({table.shaped}) where {condition} order by 1 limit {limit}",
        {"realm_id": table.realm_id},
    ).fetchall()
    return [(str(id), str(shown)) for id, shown in rows]


def _figures(connection: DuckDBPyConnection, table: Table) -> tuple[gx.ExpectationSuite, pd.DataFrame]:
    """One column per expectation, holding how many rows break it; each must be 0."""
    expectations, counted = [], []
    for position, one in enumerate(table.suite.expectations, start=1):
        condition, together = broken(one), unique(one)
        if not table.has(one):
            counted.append("-1")
        elif together:
            columns = ", ".join(f'"{column}"' for column in together)
            counted.append(f"count(*) - count(distinct ({columns}))")
        else:
            counted.append(f"count(*) filter ({condition})")
        expectations.append(
            gxe.ExpectColumnValuesToBeInSet(
                column="_".join((str(position), *mentioned(one))),
                value_set=[0],
                description=one.description,
                severity=one.severity,
            )
        )
    row = connection.execute(
        f"select {', '.join(counted)} from ({table.shaped})",
        {"realm_id": table.realm_id},
    ).fetchall()[0]
    names = [one.column for one in expectations]
    suite = gx.ExpectationSuite(name=table.suite.name, expectations=expectations)
    return suite, pd.DataFrame([dict(zip(names, row, strict=True))])


def _as_frame(name: str, kind: str) -> str:
    """Amounts as integer cents: pandas would make floats of decimals."""
    return (
        f'cast("{name}" * 100 as bigint)'
        if kind.startswith("DECIMAL") and kind.endswith(",2)")
        else f'"{name}"'
    )


def _number(connection: DuckDBPyConnection, statement: str, table: Table) -> int:
    return int(connection.execute(statement, {"realm_id": table.realm_id}).fetchall()[0][0])


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
