"""Everything that is judged of one company: its tables, and what was compared with QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, Evidence
from checks.suites import (
    books,
    comparisons,
    contacts,
    documents,
    marts,
    months,
    payment,
    receivable_months,
    receivables,
    revenue,
    staging,
    value,
)
from checks.suites.counts import Result, offenders
from checks.suites.expectations import CRITICAL, WARNING, Suite
from checks.suites.tables import Figure, Table, column_types, figures, table

TOPICS = (books, receivables, receivable_months, documents, marts, payment, value, revenue, months, contacts)


def published_suites() -> list[Suite]:
    """One suite per table of core and marts."""
    return [suite for topic in TOPICS for suite in topic.suites()]


@dataclass(frozen=True)
class CompanySuites:
    """The tables of staging, core and marts, the names of those that are not there, and figures computed elsewhere."""

    published: Mapping[str, Table]
    absent: Sequence[str]
    compared: Sequence[Table]

    @property
    def tables(self) -> list[Table]:
        """All that is judged, in the order of its results."""
        return [*self.published.values(), *self.compared]

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
                column=", ".join(one.columns),
                expected=one.description.removeprefix("Fails if "),
                actual=value,
                is_money=failed[(name, one.description)].is_error,
            )
            for name, published in self.published.items()
            for one in published.suite.expectations
            if (name, one.description) in failed
            for id, value in offenders(connection, published, one)
        ]


def suites_of(connection: DuckDBPyConnection, suites: Sequence[Suite], evidence: Evidence) -> CompanySuites:
    """What is to be judged of one company; `suites` are those of core and marts, staging's are by its columns."""
    published, absent = {}, []
    types = column_types(connection)
    for suite in (*suites, *staging.suites(types)):
        if held := table(suite, evidence.realm_id, types):
            published[suite.name] = held
        else:
            absent.append(suite.name)
    rows: list[tuple[Suite, Sequence[Mapping[str, Figure]]]] = [
        (comparisons.questions(), [_questions(evidence, absent)])
    ]
    rows += [
        (comparisons.suite_of(one.name, CRITICAL if one.stops else WARNING), [one.figures])
        for one in evidence.tie_outs
    ]
    if accuracy := _accuracy(evidence):
        rows.append((comparisons.sync_accuracy(), accuracy))
    return CompanySuites(
        published, absent, [figures(suite, evidence.realm_id, listed) for suite, listed in rows]
    )


def _questions(evidence: Evidence, absent: Sequence[str]) -> dict[str, Figure]:
    return {
        "unanswered": len(evidence.unanswered),
        "not_asked": int(not evidence.compared),
        "absent_tables": len(absent),
    }


def _accuracy(evidence: Evidence) -> list[dict[str, Figure]]:
    customers = next((row.completeness for row in evidence.accuracy if row.entity == "Customer"), 1.0)
    return [
        {
            "entity": row.entity,
            "accuracy": row.accuracy,
            "missing": row.missing,
            "phantom": row.phantom,
            "money_diff": row.money_diff,
            "pooled_accuracy": evidence.pooled,
            "customer_completeness": customers,
        }
        for row in sorted(evidence.accuracy, key=lambda row: row.accuracy)
    ]
