"""Whether a company may be published, and why not, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from checks.evidence import Difference, Evidence
from checks.rules import drift, oddities
from checks.suites.counts import Result
from checks.verdict.remedies import remedies

NOTICED = (oddities.NAME, drift.NAME)
AMOUNTS = {
    "total_diff",
    "account_diff",
    "customer_diff",
    "out_of_balance",
    "receivables_diff",
    "unexplained_diff",
}


@dataclass(frozen=True)
class Verdict:
    """Whether a company may be published, and why not, out of its `evidence`.

    `accuracy` is the lowest of all entities, `worst_entity` the one that has it; None where nothing was compared.
    `healed` differed at first and no longer did once it was read again; `beside` are rows to look at in which nothing
    differs, and `noticed` says in a sentence each what they are about.
    """

    evidence: Evidence
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

    @property
    def realm_id(self) -> str:
        """The company that was judged."""
        return self.evidence.realm_id

    @property
    def run_id(self) -> str:
        """The run that gathered the evidence."""
        return self.evidence.run_id


def verdict_of(
    evidence: Evidence, results: Sequence[Result], offenders: Sequence[Difference], before: Evidence | None
) -> Verdict:
    """Only what is critical closes publishing.

    `offenders` are the rows against failed expectations; `before` is the evidence before anything was read again.
    """
    differences = (*evidence.differences, *offenders)
    still = {difference.place for difference in evidence.differences}
    worst = evidence.worst
    failures = [result for result in results if not result.passed]
    noticed = [result for result in failures if result.suite in NOTICED]
    errors = [one for one in failures if one.is_error]
    warnings = [one for one in failures if not one.is_error and one not in noticed]
    return Verdict(
        evidence=evidence,
        passed=not errors,
        accuracy=worst.accuracy if worst else None,
        worst_entity=worst.entity if worst else None,
        pooled_accuracy=evidence.pooled if worst else None,
        errors=(*evidence.unanswered, *(_sentence(one, differences) for one in errors)),
        warnings=tuple(_sentence(one, differences) for one in warnings),
        differences=differences,
        remedies=remedies(failures, differences),
        healed=tuple(row for row in (before.differences if before else ()) if row.place not in still),
        beside=tuple(evidence.beside),
        noticed=tuple(_noticed(one) for one in noticed),
        results=tuple(results),
    )


def broken(description: str) -> str:
    """What is the case where an expectation is not met: of `Fails if an invoice has no terms.` the middle."""
    return description.removeprefix("Fails if ").removesuffix(".")


def _sentence(result: Result, differences: Sequence[Difference]) -> str:
    """What failed, in one line: suite, rule, how often, and the first thing that differs."""
    rule = broken(result.description)
    observed = _amount(result) if result.column in AMOUNTS else result.observed
    sentence = f"{result.suite}: {rule or f'{result.expectation} of {result.column}'}"
    sentence += f" ({observed})" if observed else ""
    checks = {result.suite, result.column, *({"ids", "content"} if result.suite == "sync_accuracy" else ())}
    first = next((row for row in differences if row.check in checks and not row.in_flight), None)
    if first is None:
        return sentence
    return (
        f"{sentence}, first {first.entity} {first.id}, {first.column}: "
        f"QuickBooks {first.expected or 'nothing'}, our copy {first.actual or 'nothing'}"
    )


def _noticed(result: Result) -> str:
    """An oddity and how many cases there are of it."""
    return f"{broken(result.description)} ({result.observed})"


def _amount(result: Result) -> str:
    """Figures of tie-outs are in cents, sentences are not."""
    return ", ".join(str(Decimal(cents).scaleb(-2)) for cents in result.observed.split(", "))
