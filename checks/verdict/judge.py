"""The verdict: evidence and tables judged, and kept in the warehouse.

There are two judges. `judge` has Great Expectations validate everything, and Data Docs written; `judge_by_counts`
reads the same off the counts in SQL, and is what a run may take whose subject is not the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from duckdb import DuckDBPyConnection

from checks.collect.gather import gather_once
from checks.evidence import Evidence
from checks.suites.company import published_suites, suites_of
from checks.suites.counts import Result, counted, results
from checks.suites.tables import Table
from checks.verdict import accepted, history
from checks.verdict.naming import Names
from checks.verdict.verdict import Verdict, verdict_of

CompanyTables = Mapping[str, list[Table]]


class _Read(Protocol):
    """What became of every expectation on the companies' tables."""

    def __call__(
        self, connection: DuckDBPyConnection, companies: CompanyTables, docs_folder: Path | None
    ) -> Mapping[str, list[Result]]: ...


def judge(
    connection: DuckDBPyConnection,
    evidence: Mapping[str, Evidence],
    *,
    before: Mapping[str, Evidence] | None = None,
    docs_folder: Path | None = None,
) -> dict[str, Verdict]:
    """A verdict per company, out of its evidence and its tables as they stand in the warehouse.

    `before` is the evidence of the first pass, where suspects were read again since: what it names and `evidence`
    does not is healed. With `docs_folder`, Great Expectations's Data Docs are written there.
    """
    from checks.engine import checkpoint  # three seconds, which only a night that judges takes

    return _verdicts(connection, evidence, before or {}, docs_folder, checkpoint.results)


def judge_by_counts(
    connection: DuckDBPyConnection,
    evidence: Mapping[str, Evidence],
    *,
    before: Mapping[str, Evidence] | None = None,
    docs_folder: Path | None = None,
) -> dict[str, Verdict]:
    """The same verdicts of the same arguments without the library, and so without Data Docs."""
    return _verdicts(connection, evidence, before or {}, docs_folder, _by_counts)


def _by_counts(
    connection: DuckDBPyConnection, companies: CompanyTables, docs_folder: Path | None
) -> dict[str, list[Result]]:
    return {
        realm_id: [result for one in listed for result in results(connection, one)]
        for realm_id, listed in counted(connection, companies).items()
    }


def _verdicts(
    connection: DuckDBPyConnection,
    evidence: Mapping[str, Evidence],
    before: Mapping[str, Evidence],
    docs_folder: Path | None,
    read: _Read,
) -> dict[str, Verdict]:
    history.create(connection)
    suites = published_suites()
    complete = {realm_id: gather_once(connection, one) for realm_id, one in evidence.items()}
    companies = {realm_id: suites_of(connection, suites, one) for realm_id, one in complete.items()}
    outcomes = read(connection, {realm_id: one.tables for realm_id, one in companies.items()}, docs_folder)
    verdicts = {}
    for realm_id, one in complete.items():
        offenders = companies[realm_id].offenders(connection, outcomes[realm_id])
        verdicts[realm_id] = verdict_of(
            one,
            outcomes[realm_id],
            offenders,
            before.get(realm_id),
            Names(connection, realm_id),
            accepted.in_force(connection, realm_id, one.as_of),
        )
        history.append(connection, verdicts[realm_id])
    return verdicts
