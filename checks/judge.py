"""The verdict: evidence and tables judged by Great Expectations, kept in the warehouse, shown on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from duckdb import DuckDBPyConnection

from checks import drift, oddities, page, results
from checks.evidence import Difference, Evidence
from checks.gather import gather
from checks.remedies import remedies

if TYPE_CHECKING:
    from checks.checkpoint import Judgement, Result
    from checks.gx import EphemeralDataContext

DATA_DOCS = "data_docs"
NOTICED = (oddities.NAME, drift.NAME)
AMOUNTS = {
    "total_diff",
    "account_diff",
    "customer_diff",
    "out_of_balance",
    "receivables_diff",
    "unexplained_diff",
}

__all__ = ["Evidence", "Verdict", "gather", "judge"]


@dataclass(frozen=True)
class Verdict:
    """Whether a company may be published, and why not.

    `accuracy` is the lowest of all entities, `worst_entity` the one that has it; None where nothing was compared.
    `healed` differed at first and no longer did once it was read again; `beside` are rows to look at in which nothing
    differs, and `noticed` says in a sentence each what they are about.
    """

    realm_id: str
    run_id: str
    passed: bool
    accuracy: float | None
    worst_entity: str | None
    pooled_accuracy: float | None
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    differences: tuple[Difference, ...]
    remedies: tuple[str, ...]
    healed: tuple[Difference, ...]
    beside: tuple[Difference, ...]
    noticed: tuple[str, ...]
    results: tuple[Result, ...]


def judge(
    connection: DuckDBPyConnection,
    evidence: Mapping[str, Evidence],
    *,
    before: Mapping[str, Evidence] | None = None,
    reports_folder: Path | None = None,
    app_url: str | None = None,
) -> dict[str, Verdict]:
    """A verdict per company, out of its evidence and its published tables as they stand in the warehouse.

    `before` is the evidence of the first pass, where suspects were read again since: what it names and
    `evidence` does not is healed. With `reports_folder`, `checks.html` and Data Docs are written there; rows link to
    QuickBooks at `app_url`.
    """
    from checks import gx  # Great Expectations takes three seconds to import

    results.create(connection)
    context = gx.context(reports_folder / DATA_DOCS if reports_folder else None)
    evidence = {realm_id: _with_drift(connection, found) for realm_id, found in evidence.items()}
    verdicts = _verdicts(connection, context, evidence, before or {})
    if reports_folder:
        reports_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        page.write(reports_folder, verdicts, evidence, data_docs=f"{DATA_DOCS}/index.html", app_url=app_url)
        rmtree(reports_folder / DATA_DOCS, ignore_errors=True)
        context.build_data_docs(site_names=[gx.SITE])
    return verdicts


def _with_drift(connection: DuckDBPyConnection, found: Evidence) -> Evidence:
    """Once per run, however often it gathered: what was seen is no news the next time."""
    return replace(found, tie_outs=[*found.tie_outs, drift.check(connection, found.realm_id)])


def _verdicts(
    connection: DuckDBPyConnection,
    context: EphemeralDataContext,
    evidence: Mapping[str, Evidence],
    before: Mapping[str, Evidence],
) -> dict[str, Verdict]:
    from checks import checkpoint
    from checks.suites import tables
    from checks.suites.prepare import prepare

    if not evidence:
        return {}
    suites = tables.suites()
    prepared = {realm_id: prepare(connection, suites, found) for realm_id, found in evidence.items()}
    judgements = checkpoint.run(
        context, {realm_id: one.counted(connection) for realm_id, one in prepared.items()}
    )
    verdicts = {}
    for realm_id, found in evidence.items():
        failed = {result.suite for result in judgements[realm_id].results if not result.passed}
        with TemporaryDirectory(prefix="quickduck-") as folder:
            frames = prepared[realm_id].frames(connection, failed, Path(folder)) if failed else []
            judgement = checkpoint.seen(context, realm_id, judgements[realm_id], frames)
        named = prepared[realm_id].offenders(connection, judgement.results)
        verdict = verdicts[realm_id] = _verdict(found, judgement, named, before.get(realm_id))
        results.append(
            connection, found, verdict.results, verdict.differences, verdict.healed, verdict.beside
        )
    return verdicts


def _verdict(
    found: Evidence, judgement: Judgement, named: list[Difference], first: Evidence | None
) -> Verdict:
    differences = (*found.differences, *named)
    left = {difference.place for difference in found.differences}
    worst = found.worst
    failures = [result for result in judgement.results if not result.passed]
    noticed = [result for result in failures if result.suite in NOTICED]
    warnings = [one for one in failures if not one.is_error and one not in noticed]
    return Verdict(
        realm_id=found.realm_id,
        run_id=found.run_id,
        passed=judgement.passed,
        accuracy=worst.accuracy if worst else None,
        worst_entity=worst.entity if worst else None,
        pooled_accuracy=found.pooled if worst else None,
        errors=(*found.unanswered, *(_sentence(one, differences) for one in failures if one.is_error)),
        warnings=tuple(_sentence(one, differences) for one in warnings),
        differences=differences,
        remedies=remedies(failures, differences),
        healed=tuple(row for row in (first.differences if first else ()) if row.place not in left),
        beside=tuple(found.beside),
        noticed=tuple(_noticed(one) for one in noticed),
        results=judgement.results,
    )


def _sentence(result: Result, differences: Sequence[Difference]) -> str:
    """What failed, in one line: suite, rule, how often, and the first thing that differs."""
    rule = result.description.removeprefix("Fails if ").removesuffix(".")
    observed = _amount(result) if result.column in AMOUNTS else result.observed
    said = f"{result.suite}: {rule or f'{result.expectation} of {result.column}'}"
    said += f" ({observed})" if observed else ""
    checks = {result.suite, result.column, *({"ids", "content"} if result.suite == "sync_accuracy" else ())}
    first = next((row for row in differences if row.check in checks and not row.in_flight), None)
    if first is None:
        return said
    return (
        f"{said}, first {first.entity} {first.id}, {first.column}: "
        f"QuickBooks {first.expected or 'nothing'}, our copy {first.actual or 'nothing'}"
    )


def _noticed(result: Result) -> str:
    """An oddity and how many cases there are of it."""
    return f"{result.description.removeprefix('Fails if ').removesuffix('.')} ({result.observed})"


def _amount(result: Result) -> str:
    """Figures of tie-outs are in cents, sentences are not."""
    return ", ".join(str(Decimal(cents).scaleb(-2)) for cents in result.observed.split(", "))
