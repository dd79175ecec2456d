"""The rows of a table as Great Expectations reads them, and a suite's expectations in its own classes.

A frame travels as a Parquet file, because one checkpoint validates many and a data frame asset takes only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from checks.engine.library import ExpectationSuite, FailureSeverity, LibraryExpectation, gxe
from checks.suites.counts import WHOLE, rows_of
from checks.suites.expectations import Between, Expectation, NotBefore, NotNull, OneOf, Suite, Unique
from checks.suites.tables import Table
from pipelines.base.sqltext import literal


@dataclass(frozen=True)
class Frame:
    """One suite and the file it is validated on."""

    suite: Suite
    path: Path


def frame(connection: DuckDBPyConnection, table: Table, folder: Path, whole: int = WHOLE) -> Frame | None:
    """The rows as they are; None of a table of more than `whole`, of which the counts must do."""
    if rows_of(connection, table) > whole:
        return None
    path = folder / f"{table.suite.name}.parquet"
    connection.execute(f"copy ({table.shaped}) to {literal(path)}", {"realm_id": table.realm_id})
    return Frame(table.suite, path)


def suite(original: Suite) -> ExpectationSuite:
    """A suite to be validated on rows."""
    return ExpectationSuite(
        name=original.name,
        expectations=[_expectation(one) for one in original.expectations],
        meta={"computed": dict(original.computed)},
    )


def _expectation(one: Expectation) -> LibraryExpectation:
    sentence, severity = one.description, FailureSeverity(one.severity)
    match one.condition:
        case NotNull(column):
            return gxe.ExpectColumnValuesToNotBeNull(column=column, description=sentence, severity=severity)
        case OneOf(column, values):
            return gxe.ExpectColumnValuesToBeInSet(
                column=column, value_set=list(values), description=sentence, severity=severity
            )
        case Between(column, low, high):
            return gxe.ExpectColumnValuesToBeBetween(
                column=column, min_value=low, max_value=high, description=sentence, severity=severity
            )
        case NotBefore(later, earlier):
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=later,
                column_B=earlier,
                or_equal=True,
                ignore_row_if="either_value_is_missing",
                description=sentence,
                severity=severity,
            )
        case Unique((column,)):
            return gxe.ExpectColumnValuesToBeUnique(column=column, description=sentence, severity=severity)
        case Unique(columns):
            return gxe.ExpectCompoundColumnsToBeUnique(
                column_list=list(columns), description=sentence, severity=severity
            )
