"""The history of verdicts: every run appends to the tables of `checks`."""

from __future__ import annotations

from decimal import Decimal

from duckdb import DuckDBPyConnection

from checks.verdict import accepted
from checks.verdict.tables import ACCURACY, DIFFERENCES, MONEY_BY_MONTH, RESULTS, TABLES
from checks.verdict.verdict import Verdict
from pipelines.base import kept_tables
from pipelines.base.kept_tables import insert

BOUND = Decimal(10) ** 30
"""From here on an amount does not fit the tables, which have 30 digits before the point and 8 behind."""


def create(connection: DuckDBPyConnection) -> None:
    """Makes the tables where they are missing, and brings older ones into their present form."""
    kept_tables.create(connection, [*TABLES, accepted.ACCEPTED, accepted.LET_THROUGH])


def held(amount: Decimal | None) -> Decimal | None:
    """The amount as the tables hold it: null where it has more digits than theirs."""
    return None if amount is None or abs(amount) >= BOUND else amount


def append(connection: DuckDBPyConnection, verdict: Verdict) -> None:
    """Adds what one run found about one company; a run that is judged again replaces its rows."""
    evidence = verdict.evidence
    let_through = [row for row in verdict.differences if row.accepted and verdict.passed]
    accepted.note_let_through(
        connection,
        evidence.realm_id,
        evidence.run_id,
        evidence.as_of,
        let_through,
        verdict.acceptances,
    )
    for table in TABLES:
        connection.execute(
            f"delete from {table.name} where realm_id = ? and run_id = ?",
            [evidence.realm_id, evidence.run_id],
        )
    head = {"realm_id": evidence.realm_id, "run_id": evidence.run_id, "as_of_date": evidence.as_of}
    results = [
        {
            "suite": one.suite,
            "expectation": one.expectation,
            "column_name": one.column,
            "severity": one.severity,
            "is_passed": one.passed,
            "observed": one.observed,
            "unexpected_count": one.unexpected_count,
            "description": one.description,
        }
        for one in verdict.results
    ]
    accuracy = [
        {
            "entity": row.entity,
            "method": row.method,
            "accuracy": row.accuracy,
            "completeness": row.completeness,
            "currentness": row.currentness,
            "money_accuracy": row.money_accuracy,
            "source_count": row.source_count,
            "warehouse_count": row.warehouse_count,
            "missing_count": row.missing,
            "phantom_count": row.phantom,
            "stale_count": row.stale,
            "content_diff_count": row.content_diff,
            "money_diff_count": row.money_diff,
            "in_flight_count": row.in_flight,
            "source_amount": held(row.source_amount),
            "warehouse_amount": held(row.warehouse_amount),
            "amount_diff": held(row.amount_diff),
            "cutoff_at": evidence.cutoff,
        }
        for row in sorted(evidence.accuracy, key=lambda row: row.accuracy)
    ]
    money = [
        {
            "entity": row.entity,
            "month": cell.month,
            "currency": cell.currency,
            "money_accuracy": cell.money_accuracy,
            "source_amount": held(cell.source_amount),
            "warehouse_amount": held(cell.warehouse_amount),
            "amount_diff": held(cell.amount_diff),
            "source_balance": held(cell.source_balance),
            "warehouse_balance": held(cell.warehouse_balance),
            "balance_diff": held(cell.balance_diff),
        }
        for row in evidence.accuracy
        for cell in row.cells
    ]
    states = [
        *((row, row.state) for row in (*verdict.differences, *verdict.beside)),
        *((row, "healed") for row in verdict.healed),
    ]
    differences = [
        {
            "check_name": row.check,
            "entity": row.entity,
            "id": row.id,
            "column_name": row.column,
            "expected": row.expected,
            "actual": row.actual,
            "amount_diff": held(row.amount_diff),
            "state": state,
        }
        for row, state in states
    ]
    for table, rows in (
        (RESULTS, results),
        (ACCURACY, accuracy),
        (MONEY_BY_MONTH, money),
        (DIFFERENCES, differences),
    ):
        insert(connection, table.name, [head | row for row in rows])
