"""Everything that one company's checkpoint validates, as frames on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection

from checks.conditions import mentioned
from checks.evidence import Difference, Evidence
from checks.frames import Frame, Table, frame, from_rows, offenders, table
from checks.suites import comparisons, tables

if TYPE_CHECKING:
    from checks.checkpoint import Result


@dataclass(frozen=True)
class Prepared:
    """The frames, and the tables behind those that have one."""

    frames: list[Frame]
    tables: Mapping[str, Table]
    absent: list[str]

    def offenders(self, connection: DuckDBPyConnection, results: Iterable[Result]) -> list[Difference]:
        """Tables that are not there, and rows that break a failed expectation, by their keys."""
        missing = [
            Difference("questions", name, "", "table", "a published table", None) for name in self.absent
        ]
        failed = {(result.suite, result.description): result for result in results if not result.passed}
        return missing + [
            Difference(
                check=name,
                entity=name,
                id=id,
                column=", ".join(mentioned(one)),
                expected=(one.description or "").removeprefix("Fails if "),
                actual=value,
                is_money=failed[(name, one.description or "")].is_error,
            )
            for name, published in self.tables.items()
            for one in published.suite.expectations
            if (name, one.description or "") in failed
            for id, value in offenders(connection, published, one)
        ]


def prepare(connection: DuckDBPyConnection, found: Evidence, folder: Path) -> Prepared:
    """Writes the frames of one company into `folder`."""
    published, absent = {}, []
    for suite in tables.suites():
        if there := table(connection, suite, found.realm_id):
            published[str(suite.name)] = there
        else:
            absent.append(str(suite.name))
    frames = [frame(connection, one, folder) for one in published.values()]
    frames.append(from_rows(comparisons.questions(), [_questions(found, absent)], folder))
    for tie_out in found.tie_outs:
        known = tie_out.name in comparisons.TIE_OUTS
        suite = comparisons.tie_out(tie_out.name) if known else comparisons.identities()
        frames.append(from_rows(suite, [tie_out.figures], folder))
    if accuracy := _accuracy(found):
        frames.append(from_rows(comparisons.sync_accuracy(), accuracy, folder))
    return Prepared(frames, published, absent)


def _questions(found: Evidence, absent: list[str]) -> dict[str, Any]:
    return {
        "unanswered": len(found.unanswered),
        "not_asked": int(not found.compared),
        "absent_tables": len(absent),
    }


def _accuracy(found: Evidence) -> list[dict[str, Any]]:
    customers = next((row.completeness for row in found.accuracy if row.entity == "Customer"), 1.0)
    return [
        {
            "entity": row.entity,
            "accuracy": row.accuracy,
            "missing": row.missing,
            "phantom": row.phantom,
            "money_diff": row.money_diff,
            "count_diff": row.source_count - row.warehouse_count if row.method == "count" else 0,
            "pooled_accuracy": found.pooled,
            "customer_completeness": customers,
        }
        for row in sorted(found.accuracy, key=lambda row: row.accuracy)
    ]
