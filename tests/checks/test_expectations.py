"""Every expectation on a table can fail: some damage to one row trips it, and the row is named.

An expectation that no damage trips proves nothing and has no place.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from checks.suites import staging
from checks.suites.company import published_suites
from checks.suites.counts import counted
from checks.suites.expectations import NotBefore
from checks.suites.tables import Table, column_types, table
from tests.checks.conftest import REALM, Copied
from transforms.engine import models

SUITES = {suite.name: suite for suite in published_suites()}
STAGED = [f"staging.{model.name}" for model in models.read_all("staging")]
ROWS_TRIED = 40


@pytest.fixture(scope="module")
def warehouse(night: Copied) -> Iterator[duckdb.DuckDBPyConnection]:
    with night.warehouse() as connection:
        yield connection


def damages(connection: duckdb.DuckDBPyConnection, published: Table, rows: list[int]) -> Iterator[str]:
    """Statements that each change one value of one row, or repeat the row, or swap what should be in order."""
    relation = published.suite.name
    schema, name = relation.split(".")
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchall()
    for row in rows:
        yield f"insert into {relation} from {relation} where rowid = {row}"
        for column, kind in columns:
            if column == "realm_id":
                continue
            if kind == "VARCHAR":
                values = ["null", "'no such thing'"]
            elif kind == "BOOLEAN":
                values = ["null", f'not "{column}"']
            elif kind in ("DATE",) or kind.startswith("TIMESTAMP"):
                values = ["null", f'"{column}" + interval 9 year', "'1999-01-01'"]
            elif kind.startswith(("DECIMAL", "INT", "BIGINT", "DOUBLE", "HUGEINT", "SMALLINT", "TINYINT")):
                values = ["null", f'"{column}" + 1', f'"{column}" - 1', f'-"{column}" - 7', "0", "-99"]
            else:
                values = ["null"]
            for value in values:
                yield f'update {relation} set "{column}" = {value} where rowid = {row}'
        for one in published.suite.expectations:
            if isinstance(one.condition, NotBefore):
                pair = one.condition
                kind = dict(columns)[pair.later]
                low, high = ("'1999-01-01'", "'1999-01-02'") if "DATE" in kind else ("1", "2")
                for earlier, later in ((low, high), (low, low)):
                    swapped = f"{pair.later} = {earlier}, {pair.earlier} = {later}"
                    yield f"update {relation} set {swapped} where rowid = {row}"


def untripped(connection: duckdb.DuckDBPyConnection, published: Table) -> list[str]:
    """The sentences of expectations that no damage trips."""
    left = {position: one.description for position, one in enumerate(published.suite.expectations)}
    relation = published.suite.name
    rows = [
        row
        for (row,) in connection.execute(
            f"select rowid from {relation} where realm_id = ? using sample {ROWS_TRIED} rows (reservoir, 7)",
            [REALM],
        ).fetchall()
    ]
    for statement in damages(connection, published, rows):
        connection.begin()
        try:
            connection.execute(statement)
            counts = counted(connection, published).counts
        except (duckdb.ConversionException, duckdb.OutOfRangeException):
            continue
        finally:
            connection.rollback()
        left = {position: said for position, said in left.items() if not counts[position]}
        if not left:
            break
    return list(left.values())


@pytest.mark.parametrize("name", [*SUITES, *STAGED])
def test_each_expectation_can_fail(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    """Every expectation of a table fails after some damage to one of its rows, and good books break none."""
    columns = column_types(warehouse)
    suites = SUITES | {suite.name: suite for suite in staging.suites(columns)}
    published = table(suites[name], REALM, columns)
    assert published
    assert not any(counted(warehouse, published).counts), "good books break nothing"
    if not warehouse.execute(f"select count(*) from {name} where realm_id = ?", [REALM]).fetchall()[0][0]:
        pytest.skip("these books have no such rows")
    assert untripped(warehouse, published) == []
