"""Tables as a suite sees them: the rows of one company, only the columns that are read, money in integer cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from checks.suites.expectations import Expectation, Suite, Unique
from pipelines.base.sqltext import columns, identifier, identifiers, literal

Figure = int | float | str
ColumnTypes = Mapping[str, Mapping[str, str]]
"""Table, as `schema.table`, to column to DuckDB's name of its type."""

SQL_TYPES = {int: "bigint", float: "double", str: "varchar"}


@dataclass(frozen=True)
class Table:
    """A table of one company, with the SQL of each column that its suite reads."""

    suite: Suite
    realm_id: str
    relation: str
    columns: Mapping[str, str]

    def has(self, expectation: Expectation) -> bool:
        """Whether the columns that `expectation` reads are there."""
        return all(name in self.columns for name in expectation.columns)

    @property
    def shaped(self) -> str:
        """A query for the columns that the suite reads; it takes the company as `$realm_id`."""
        return f"select {self._selected or '1 as nothing'} from {self.relation} where realm_id = $realm_id"

    @property
    def of_companies(self) -> str:
        """The same query for several companies, `$realm_ids`, with the company of each row in column `company`."""
        selected = ", ".join(filter(None, ["realm_id as company", self._selected]))
        return f"select {selected} from {self.relation} where list_contains($realm_ids, realm_id)"

    @property
    def _selected(self) -> str:
        return ", ".join(f"{sql} as {identifier(name)}" for name, sql in self.columns.items())

    @property
    def key(self) -> Sequence[str]:
        """The columns that name a row, without the company."""
        keys = (one.condition.columns for one in self.suite.expectations if isinstance(one.condition, Unique))
        return [column for column in next(keys, ()) if column != "realm_id"]


def column_types(connection: DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The type of every column of every table, all at once: asking takes 15 ms."""
    types: dict[str, dict[str, str]] = {}
    for column in columns(connection):
        types.setdefault(f"{column.schema}.{column.table}", {})[column.name] = column.kind
    return types


def table(suite: Suite, realm_id: str, types: ColumnTypes) -> Table | None:
    """The table that `suite` is named after; None where the warehouse lacks it."""
    if suite.name not in types:
        return None
    held = types[suite.name]
    read = dict.fromkeys(column for one in suite.expectations for column in one.columns)
    shaped = {column: _in_cents(column, held[column]) for column in read if column in held}
    shaped |= {column: suite.computed[column] for column in read if column in suite.computed}
    return Table(suite, realm_id, identifier(*suite.name.split(".")), shaped)


def figures(suite: Suite, realm_id: str, rows: Sequence[Mapping[str, Figure]]) -> Table:
    """A table of figures that were computed elsewhere, at least one row of them."""
    names = list(rows[0])
    listed = ", ".join(f"({', '.join(_typed(row[name]) for name in names)})" for row in rows)
    relation = (
        f"(select {literal(realm_id)} as realm_id, * from (values {listed}) as one({identifiers(names)}))"
    )
    return Table(suite, realm_id, relation, {name: identifier(name) for name in names})


def _typed(value: Figure) -> str:
    """Each has its type named: DuckDB would read 0.1 as a decimal."""
    return f"{literal(str(value))}::{SQL_TYPES[type(value)]}"


def _in_cents(column: str, kind: str) -> str:
    """Amounts as integers: pandas would make floats of decimals."""
    is_amount = kind.startswith("DECIMAL") and kind.endswith(",2)")
    return f"cast({identifier(column)} * 100 as bigint)" if is_amount else identifier(column)
