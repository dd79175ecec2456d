"""The history of verdicts: every run appends to the tables of `checks`."""

from __future__ import annotations

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from checks.verdict.tables import TABLES, columns
from checks.verdict.verdict import Verdict


def append(connection: DuckDBPyConnection, verdict: Verdict) -> None:
    """Adds what one run found about one company; a run that is judged again replaces its rows."""
    evidence = verdict.evidence
    for name in TABLES:
        connection.execute(
            f"delete from checks.{name} where realm_id = ? and run_id = ?",
            [evidence.realm_id, evidence.run_id],
        )
    head = (evidence.realm_id, evidence.run_id, evidence.as_of)
    _insert(
        connection,
        "results",
        [
            (
                *head,
                one.suite,
                one.expectation,
                one.column,
                one.severity,
                one.passed,
                one.observed,
                one.unexpected_count,
                one.description,
            )
            for one in verdict.results
        ],
    )
    _insert(
        connection,
        "accuracy",
        [
            (
                *head,
                row.entity,
                row.method,
                row.accuracy,
                row.completeness,
                row.currentness,
                row.money_accuracy,
                row.source_count,
                row.warehouse_count,
                row.missing,
                row.phantom,
                row.stale,
                row.content_diff,
                row.money_diff,
                row.in_flight,
                row.source_amount,
                row.warehouse_amount,
                row.amount_diff,
                evidence.cutoff,
            )
            for row in sorted(evidence.accuracy, key=lambda row: row.accuracy)
        ],
    )
    _insert(
        connection,
        "money",
        [
            (
                *head,
                row.entity,
                cell.month,
                cell.currency,
                cell.money_accuracy,
                cell.source_amount,
                cell.warehouse_amount,
                cell.amount_diff,
                cell.source_balance,
                cell.warehouse_balance,
                cell.balance_diff,
            )
            for row in evidence.accuracy
            for cell in row.cells
        ],
    )
    _insert(
        connection,
        "differences",
        [
            (
                *head,
                row.check,
                row.entity,
                row.id,
                row.column,
                row.expected,
                row.actual,
                row.amount_diff,
                state,
            )
            for row, state in (
                *((row, row.state) for row in (*verdict.differences, *verdict.beside)),
                *((row, "healed") for row in verdict.healed),
            )
        ],
    )


def _insert(connection: DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Column by column: DuckDB plans a statement by the number of its parameters."""
    if rows:
        names = columns(table)
        connection.execute(
            f"insert into checks.{table} ({', '.join(names)}) select {', '.join(['unnest(?)'] * len(names))}",
            [list(column) for column in zip(*rows, strict=True)],
        )
