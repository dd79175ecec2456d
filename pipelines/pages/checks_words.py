"""The page about a run's checks, in the terminal: the verdict, what differs, what to do, and what is odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from checks.evidence import Difference, Evidence
from checks.rules.oddities import NAME as ODDITIES
from checks.verdict.verdict import Verdict
from pipelines.base.text import percent, table
from pipelines.pages.links import link

ROWS_SHOWN = 20
CASES_SHOWN = 3
STATES = ("error", "accepted", "warning", "in_flight", "healed", "explained")


def company_lines(verdict: Verdict, evidence: Evidence, app_url: str | None = None) -> list[str]:
    """The lines about one company."""
    lines = [
        f"\nCompany {verdict.realm_id}: {'passed' if verdict.passed else 'failed'}, as of {evidence.as_of}"
    ]
    lines += [f"  {error}" for error in verdict.errors]
    lines += [f"  {sentence}" for sentence in verdict.accepted]
    lines += [f"  warning: {warning}" for warning in warnings_of(verdict, app_url)]
    lines += [f"  To do: {remedy}" for remedy in verdict.remedies]
    lines += _rows("Differences", ordered(verdict), verdict.realm_id, app_url)
    lines += _noticed(verdict, app_url)
    lines += _tie_outs(evidence)
    return lines + _accuracy(evidence)


def warnings_of(verdict: Verdict, app_url: str | None) -> list[str]:
    """The warnings, each with the address in QuickBooks of the first object that it is about."""
    named = [*verdict.warned, *[None] * len(verdict.warnings)]
    lines = []
    for warning, one in zip(verdict.warnings, named, strict=False):
        address = link(app_url, verdict.realm_id, one.entity, one.id) if one else None
        lines.append(f"{warning} {address}" if address else warning)
    return lines


def ordered(verdict: Verdict) -> list[tuple[Difference, str]]:
    """Each difference with its state, the worst first."""
    rows = [(row, row.state) for row in verdict.differences] + [(row, "healed") for row in verdict.healed]
    return sorted(rows, key=lambda row: STATES.index(row[1]))


def _rows(
    title: str, rows: list[tuple[Difference, str]], realm_id: str, app_url: str | None
) -> Iterator[str]:
    if not rows:
        return
    yield f"{title} ({len(rows)})"
    shown = rows[:ROWS_SHOWN]
    yield from table(
        ("state", "check", "row", "column", "QuickBooks", "our copy", ""),
        (
            (
                state,
                row.check,
                f"{row.entity} {row.id}",
                row.column,
                row.expected or "nothing",
                row.actual or "nothing",
                link(app_url, realm_id, row.entity, row.id) or "",
            )
            for row, state in shown
        ),
    )
    if len(rows) > len(shown):
        yield f"  {len(rows) - len(shown)} more are in checks.differences."


def _noticed(verdict: Verdict, app_url: str | None) -> Iterator[str]:
    """The oddities, with the first cases of each."""
    if not verdict.noticed:
        return
    yield "Worth a look"
    yield from (f"  {sentence}" for sentence in verdict.noticed)
    cases = [row for row in verdict.beside if not row.explains]
    kinds = dict.fromkeys((row.check, row.column) for row in cases)
    first = [
        row
        for kind in kinds
        for row in [row for row in cases if (row.check, row.column) == kind][:CASES_SHOWN]
    ]
    yield from table(
        ("oddity", "row", "column", "is", ""),
        (
            (
                row.check,
                f"{row.entity} {row.id}",
                row.column,
                row.actual or "gone",
                link(app_url, verdict.realm_id, row.entity, row.id) or "",
            )
            for row in first
        ),
    )


def _tie_outs(evidence: Evidence) -> Iterator[str]:
    yield "Compared"
    yield from table(("check", "rows that differ"), _compared(evidence))


def _compared(evidence: Evidence) -> Iterable[tuple[str, int]]:
    for tie_out in evidence.tie_outs:
        if tie_out.name == ODDITIES:
            continue
        yield tie_out.name, sum(not row.in_flight for row in tie_out.differences)


def _accuracy(evidence: Evidence) -> list[str]:
    if not evidence.accuracy:
        return ["QuickBooks was not asked, so that no accuracy is known."]
    methods = Counter(row.method for row in evidence.accuracy)
    compared = ", ".join(f"{many} by {method}" for method, many in methods.items())
    worst = sorted(evidence.accuracy, key=lambda row: (row.accuracy, -row.source_count))
    shown = [row for row in worst if row.accuracy < 1] or worst[:1]
    return [
        f"Sync accuracy, the lowest first ({compared})",
        *table(
            ("entity", "accuracy", "QuickBooks", "our copy", "missing", "phantom", "stale", "content"),
            (
                (
                    row.entity,
                    percent(row.accuracy),
                    row.source_count,
                    row.warehouse_count,
                    row.missing,
                    row.phantom,
                    row.stale,
                    row.content_diff,
                )
                for row in shown[:ROWS_SHOWN]
            ),
        ),
    ]
