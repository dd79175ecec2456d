"""Everything that one company's checkpoint judges: its tables, and what was compared with QuickBooks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duckdb import DuckDBPyConnection

from checks.engine.conditions import mentioned
from checks.engine.counts import Counted, counted
from checks.engine.frames import Frame, Table, figures, frame, offenders, table, types
from checks.engine.gx import gx
from checks.evidence import Difference, Evidence
from checks.suites import comparisons, staging

if TYPE_CHECKING:
    from checks.engine.checkpoint import Result


@dataclass(frozen=True)
class Prepared:
    """The tables of staging, core and marts, those that are not there, and figures computed elsewhere."""

    tables: Mapping[str, Table]
    absent: list[str]
    compared: list[Table]

    def counted(self, connection: DuckDBPyConnection) -> list[Counted]:
        """How many rows break each expectation of each suite."""
        return [counted(connection, one) for one in (*self.tables.values(), *self.compared)]

    def frames(self, connection: DuckDBPyConnection, suites: Collection[str], folder: Path) -> list[Frame]:
        """Writes the rows that these suites are about into `folder`, but for tables that are too large."""
        wanted = [one for one in (*self.tables.values(), *self.compared) if one.suite.name in suites]
        return [written for one in wanted if (written := frame(connection, one, folder))]

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


def prepare(
    connection: DuckDBPyConnection, suites: Sequence[gx.ExpectationSuite], found: Evidence
) -> Prepared:
    """What is to be judged of one company; `suites` are those of core and marts, staging's are by its columns."""
    published, absent = {}, []
    there_are = types(connection)
    for suite in (*suites, *staging.suites(there_are)):
        if there := table(suite, found.realm_id, there_are):
            published[str(suite.name)] = there
        else:
            absent.append(str(suite.name))
    rows: list[tuple[gx.ExpectationSuite, Sequence[Mapping[str, Any]]]] = [
        (comparisons.questions(), [_questions(found, absent)])
    ]
    rows += [(comparisons.suite_of(tie_out.name), [tie_out.figures]) for tie_out in found.tie_outs]
    if accuracy := _accuracy(found):
        rows.append((comparisons.sync_accuracy(), accuracy))
    return Prepared(
        published, absent, [figures(connection, suite, found.realm_id, listed) for suite, listed in rows]
    )


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
            "pooled_accuracy": found.pooled,
            "customer_completeness": customers,
        }
        for row in sorted(found.accuracy, key=lambda row: row.accuracy)
    ]
