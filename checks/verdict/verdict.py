"""Whether a company may be published, and why not, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from checks.evidence import Difference, Evidence
from checks.rules import drift, oddities
from checks.suites.counts import MISSING, Result
from checks.verdict.accepted import Acceptance, is_let_through, marked
from checks.verdict.naming import Named, Names, called
from checks.verdict.remedies import remedies, what_to_do

NOTICED = (oddities.NAME, drift.NAME)
ROWS_NAMED = 5
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
    differs, and `noticed` says in a sentence each what they are about. `warned` are the objects that the warnings begin
    with, `stopping` the rows that stop the company with what people call them, and `accepted` says of each difference
    that was let through why, and for how long.
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
    warned: tuple[Named | None, ...] = ()
    stopping: tuple[tuple[Difference, Named | None], ...] = ()
    accepted: tuple[str, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()

    @property
    def realm_id(self) -> str:
        """The company that was judged."""
        return self.evidence.realm_id

    @property
    def run_id(self) -> str:
        """The run that gathered the evidence."""
        return self.evidence.run_id


def verdict_of(
    evidence: Evidence,
    results: Sequence[Result],
    offenders: Sequence[Difference],
    before: Evidence | None,
    names: Names,
    acceptances: Sequence[Acceptance] = (),
) -> Verdict:
    """Only what is critical and not accepted closes publishing.

    `offenders` are the rows against failed expectations; `before` is the evidence before anything was read again.
    """
    differences = tuple(marked((*evidence.differences, *offenders), acceptances))
    still = {difference.place for difference in evidence.differences}
    worst = evidence.worst
    failures = [result for result in results if not result.passed]
    noticed = [result for result in failures if result.suite in NOTICED]
    same, union = (sum(getattr(row, name) for row in evidence.accuracy) for name in ("same", "union"))
    errors = [one for one in failures if one.is_error and not is_let_through(one, differences, same, union)]
    warnings = [
        (one, first, names.of(first) if first else None)
        for one in failures
        if not one.is_error and one not in noticed
        for first in [_first(one, differences)]
    ]
    wrong = [row for row in differences if row.is_error] if errors else []
    stopping = tuple((row, names.of(row)) for row in wrong[:ROWS_NAMED])
    documents = tuple((row, names.of(row)) for row in _documents(wrong, differences)[:ROWS_NAMED])
    read_again = {(one.entity, one.id) for part in (evidence, before) if part for one in part.suspects}
    return Verdict(
        evidence=evidence,
        passed=not errors,
        accuracy=worst.accuracy if worst else None,
        worst_entity=worst.entity if worst else None,
        pooled_accuracy=evidence.pooled if worst else None,
        errors=(*evidence.unanswered, *(_sentence(one, differences) for one in errors)),
        warnings=tuple(_warning(one, first, named, names.company) for one, first, named in warnings),
        differences=differences,
        remedies=remedies(errors, wrong, stopping, documents, evidence.realm_id, read_again),
        healed=tuple(row for row in (before.differences if before else ()) if row.place not in still),
        beside=tuple(evidence.beside),
        noticed=tuple(_noticed(one) for one in noticed),
        results=tuple(results),
        warned=tuple(named for *_, named in warnings),
        stopping=stopping,
        accepted=tuple(_accepted(one, names) for one in acceptances if _is_seen(one, differences)),
        acceptances=tuple(acceptances),
    )


def _documents(wrong: Sequence[Difference], differences: Sequence[Difference]) -> list[Difference]:
    """The documents to look at first, which stand beside the sums that are wrong."""
    checks = {row.check for row in wrong}
    return [row for row in differences if row.check in checks and row.state == "warning"]


def broken(description: str) -> str:
    """What is the case where an expectation is not met: of `Fails if an invoice has no terms.` the middle."""
    return description.removeprefix("Fails if ").removesuffix(".")


def _sentence(result: Result, differences: Sequence[Difference]) -> str:
    """What failed, in one line: suite, rule, how often, and the first thing that differs."""
    sentence, first = _rule(result), _first(result, differences)
    return f"{sentence}, first {first.entity} {first.id}, {_apart(first)}" if first else sentence


def _warning(result: Result, first: Difference | None, named: Named | None, company: str) -> str:
    """What is to be looked at, in one line: of whom and in which document, and what to do about it."""
    if first is None:
        return _rule(result)
    what = called(first, named)
    return f"{_rule(result)}, first {what} of {company}, {_apart(first)}. {what_to_do(result.suite, result.column)}"


def _rule(result: Result) -> str:
    rule = broken(result.description)
    observed = _amount(result) if result.column in AMOUNTS else result.observed
    if set(observed.split(", ")) == {MISSING}:
        observed = str(result.unexpected_count)
    sentence = f"{result.suite}: {rule or f'{result.expectation} of {result.column}'}"
    return f"{sentence} ({observed})" if observed else sentence


def _first(result: Result, differences: Sequence[Difference]) -> Difference | None:
    """The first row that the failure is about."""
    checks = {result.suite, result.column, *({"ids", "content"} if result.suite == "sync_accuracy" else ())}
    return next(
        (row for row in differences if row.check in checks and not (row.in_flight or row.explains)), None
    )


def _apart(row: Difference) -> str:
    """What both sides say; of a row that breaks a rule of ours, what it says."""
    if "." in row.check:
        return f"{row.column}: {row.actual}"
    return f"{row.column}: QuickBooks {row.expected or 'nothing'}, our copy {row.actual or 'nothing'}"


def _is_seen(acceptance: Acceptance, differences: Sequence[Difference]) -> bool:
    return any(row.accepted and (row.check, row.id) == acceptance.key for row in differences)


def _accepted(acceptance: Acceptance, names: Names) -> str:
    row = acceptance.rows[0]
    return (
        f"accepted until {acceptance.until} ({acceptance.reason.rstrip('.')}): {row.check}, "
        f"{called(row, names.of(row))}, {_apart(row)}"
    )


def _noticed(result: Result) -> str:
    """An oddity and how many cases there are of it."""
    return f"{broken(result.description)} ({result.observed})"


def _amount(result: Result) -> str:
    """Figures of tie-outs are in cents, sentences are not."""
    return ", ".join(str(Decimal(cents).scaleb(-2)) for cents in result.observed.split(", "))
