"""How many rows are against each expectation, counted in SQL, and which ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection

from checks.suites.expectations import Expectation, NotBefore, Severity, Unique
from checks.suites.tables import Table
from pipelines.base.sqltext import identifier, identifiers, literal

WHOLE = 200_000
"""Of tables with more rows only numbers are told, no values."""
SHOWN = 5
NAMED = 20
SMALL = 20_000
"""Of tables with no more rows so many are counted at once."""
AT_ONCE = 40
MISSING = "<NA>"


@dataclass(frozen=True)
class Result:
    """What became of one expectation; `observed` are the first values against it, or how many there are."""

    suite: str
    expectation: str
    column: str
    severity: Severity
    passed: bool
    description: str
    observed: str = ""
    unexpected_count: int | None = None

    @property
    def is_error(self) -> bool:
        return not self.passed and self.severity == "critical"


@dataclass(frozen=True)
class Counts:
    """How many rows of a table are against each expectation of its suite; -1 where a column is not there."""

    table: Table
    counts: Sequence[int]

    @property
    def failed(self) -> bool:
        """Whether any is."""
        return any(self.counts)


def counted(
    connection: DuckDBPyConnection, companies: Mapping[str, Sequence[Table]]
) -> dict[str, list[Counts]]:
    """The counts of each company's tables, by its id.

    One pass over each table for all companies, and one statement for many small tables: planning takes the longest.
    """
    tables = {(table.suite.name, table.relation): table for listed in companies.values() for table in listed}
    large = _large(connection) if len(tables) > 1 else set()
    small = [table for table in tables.values() if table.suite.name not in large]
    together = [[table] for table in tables.values() if table.suite.name in large]
    together += [small[start : start + AT_ONCE] for start in range(0, len(small), AT_ONCE)]
    counts = {
        (name, realm_id): row
        for some in together
        for name, realm_id, row in _counted(connection, some, list(companies))
    }
    return {
        realm_id: [
            Counts(table, counts.get((table.suite.name, realm_id)) or _of_no_rows(table)) for table in listed
        ]
        for realm_id, listed in companies.items()
    }


def results(connection: DuckDBPyConnection, counts: Counts) -> list[Result]:
    """What the counts amount to; the values of what failed are read off the rows, unless these are too many."""
    table, bare = counts.table, bare_results(counts)
    if not counts.failed or rows_of(connection, table) > WHOLE:
        return bare
    return [
        result if result.passed or not table.has(one) else _with_values(connection, table, one, result)
        for one, result in zip(table.suite.expectations, bare, strict=True)
    ]


def bare_results(counts: Counts) -> list[Result]:
    """What the counts amount to; how many rows are against an expectation is all that is observed of them."""
    return [
        Result(
            suite=counts.table.suite.name,
            expectation=one.name,
            column=", ".join(one.columns),
            severity=one.severity,
            passed=count == 0,
            description=one.description,
            observed=str(count) if count else "",
            unexpected_count=count,
        )
        for one, count in zip(counts.table.suite.expectations, counts.counts, strict=True)
    ]


def rows_of(connection: DuckDBPyConnection, table: Table) -> int:
    """How many rows of the company the table has."""
    statement = f"select count(*) from {table.relation} where realm_id = $realm_id"
    ((rows,),) = connection.execute(statement, {"realm_id": table.realm_id}).fetchall()
    return int(rows)


def offenders(
    connection: DuckDBPyConnection, table: Table, expectation: Expectation, limit: int = NAMED
) -> list[tuple[str, str]]:
    """Key and value of rows that are against `expectation`, at most `limit`; how often, where keys repeat."""
    if not table.key or not table.has(expectation):
        return []
    key = _joined(table.key)
    if isinstance(expectation.condition, Unique):
        statement = f"""select {key}, count(*) || ' rows' from ({table.shaped}) group by all having count(*) > 1
            order by 1 limit {limit}"""
    else:
        value = _joined(expectation.columns)
        statement = f"""select {key}, {value} from ({table.shaped}) where {expectation.condition.against}
            order by 1 limit {limit}"""
    rows = connection.execute(statement, {"realm_id": table.realm_id}).fetchall()
    return [(str(id), str(value)) for id, value in rows]


def _large(connection: DuckDBPyConnection) -> set[str]:
    """Tables that are counted alone, so that no two of them want memory at the same time."""
    rows = connection.execute(
        """select schema_name || '.' || table_name from duckdb_tables()
        where database_name = current_database() and estimated_size > ?""",
        [SMALL],
    ).fetchall()
    return {name for (name,) in rows}


def _counted(
    connection: DuckDBPyConnection, tables: Sequence[Table], realm_ids: Sequence[str]
) -> list[tuple[str, str, list[int]]]:
    """The counts of each of these tables, by suite and company; there are none of a company without rows."""
    statements = []
    for table in tables:
        counts = ", ".join(_count(table, one) for one in table.suite.expectations)
        statements.append(
            f"select {literal(table.suite.name)}, company, [{counts}] from ({table.of_companies}) group by company"
        )
    return connection.execute(" union all ".join(statements), {"realm_ids": list(realm_ids)}).fetchall()


def _of_no_rows(table: Table) -> list[int]:
    return [0 if table.has(one) else -1 for one in table.suite.expectations]


def _count(table: Table, expectation: Expectation) -> str:
    if not table.has(expectation):
        return "-1"
    if isinstance(expectation.condition, Unique):
        return f"count(*) - count(distinct ({identifiers(expectation.columns)}))"
    return f"count(*) filter ({expectation.condition.against})"


def _with_values(
    connection: DuckDBPyConnection, table: Table, expectation: Expectation, result: Result
) -> Result:
    """The first values as Great Expectations tells them: of one column bare, of a pair in brackets, of keys named."""
    names = expectation.columns
    columns = identifiers(names)
    rows = f"(select *, row_number() over () as position from ({table.shaped}))"
    if isinstance(expectation.condition, Unique):
        rows = f"(from {rows} qualify count(*) over (partition by {columns}) > 1)"
    else:
        rows = f"(from {rows} where {expectation.condition.against})"
    against = connection.execute(
        f"select count(*) over (), {columns} from {rows} order by position limit {SHOWN}",
        {"realm_id": table.realm_id},
    ).fetchall()
    shown = [_shown(expectation, values) for _, *values in against]
    return replace(result, observed=", ".join(shown), unexpected_count=against[0][0])


def _shown(expectation: Expectation, values: Sequence[object]) -> str:
    if len(values) == 1:
        return MISSING if values[0] is None else str(values[0])
    if isinstance(expectation.condition, NotBefore):
        return str(tuple(values))
    return str(dict(zip(expectation.columns, values, strict=True)))


def _joined(names: Sequence[str]) -> str:
    return " || '|' || ".join(f"coalesce({identifier(name)}::varchar, 'null')" for name in names)
