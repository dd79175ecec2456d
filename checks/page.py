"""One page about the last run's checks, readable without a network: the verdict first, then what differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from checks.evidence import Difference, Evidence
from pipelines import look

if TYPE_CHECKING:
    from checks.judge import Verdict

SHOWN = 200


def write(path: Path, verdicts: Mapping[str, Verdict], evidence: Mapping[str, Evidence]) -> None:
    """Writes the page in one piece, readable by its owner alone."""
    look.write(path, render(verdicts, evidence))


def render(verdicts: Mapping[str, Verdict], evidence: Mapping[str, Evidence]) -> str:
    """The page's HTML."""
    failed = sum(not verdict.passed for verdict in verdicts.values())
    title = f"Checks failed for {failed} of {len(verdicts)} companies" if failed else "All checks passed"
    companies = "".join(_company(verdict, evidence[realm_id]) for realm_id, verdict in verdicts.items())
    return look.document(title, f"<h1>{title}</h1>{companies}")


def _company(verdict: Verdict, found: Evidence) -> str:
    kind = "passed" if verdict.passed else "failed"
    accuracy = (
        f"Lowest sync accuracy {_percent(verdict.accuracy)} ({escape(verdict.worst_entity or '')}), "
        f"over all objects {_percent(verdict.pooled_accuracy)}."
        if verdict.accuracy is not None
        else "QuickBooks was not asked, so that nothing was compared."
    )
    rows = [(row, row.state) for row in verdict.differences] + [(row, "healed") for row in verdict.healed]
    return (
        f"<h2>Company {escape(verdict.realm_id)}</h2>"
        f'<div class="verdict {kind}"><strong>{kind.capitalize()}.</strong> {accuracy} '
        f"As of {found.as_of}, run {escape(verdict.run_id)}.{_list(verdict.errors, 'error')}"
        f"{_list(verdict.warnings, 'warning')}</div>"
        f"{_differences(rows)}{_tie_outs(found)}{_accuracy(found)}{_expectations(verdict)}"
    )


def _differences(rows: Sequence[tuple[Difference, str]]) -> str:
    if not rows:
        return "<p>Nothing differs from QuickBooks.</p>"
    order = ("error", "warning", "in_flight", "healed")
    ordered = sorted(rows, key=lambda row: order.index(row[1]))
    more = f"<p>{len(rows) - SHOWN} more are in checks.differences.</p>" if len(rows) > SHOWN else ""
    return (
        f"<h3>Differences ({len(rows)})</h3>"
        + _table(
            ("state", "check", "entity", "id", "column", "QuickBooks", "our copy", "apart"),
            (
                (state, row.check, row.entity, row.id, row.column, row.expected, row.actual, row.amount_diff)
                for row, state in ordered[:SHOWN]
            ),
        )
        + more
    )


def _tie_outs(found: Evidence) -> str:
    rows = [
        (tie_out.name, ", ".join(f"{name} {value}" for name, value in tie_out.figures.items()))
        for tie_out in found.tie_outs
    ]
    return f"<h3>Tie-outs (amounts in cents)</h3>{_table(('tie-out', 'figures'), rows)}" if rows else ""


def _accuracy(found: Evidence) -> str:
    rows = [
        (
            row.entity,
            _percent(row.accuracy),
            row.method,
            row.source_count,
            row.warehouse_count,
            row.missing,
            row.phantom,
            row.stale,
            row.content_diff,
            row.in_flight,
        )
        for row in sorted(found.accuracy, key=lambda row: (row.accuracy, row.entity))
    ]
    head = (
        "entity",
        "accuracy",
        "compared by",
        "QuickBooks",
        "our copy",
        "missing",
        "phantom",
        "stale",
        "content",
    )
    return f"<h3>Sync accuracy</h3>{_table((*head, 'in flight'), rows)}" if rows else ""


def _expectations(verdict: Verdict) -> str:
    suites: dict[str, list[bool]] = {}
    for result in verdict.results:
        suites.setdefault(result.suite, []).append(result.passed)
    rows = [(suite, f"{sum(passed)} of {len(passed)}") for suite, passed in sorted(suites.items())]
    return f"<h3>Expectations met</h3>{_table(('suite', 'met'), rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="wide-table"><table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    text = escape(str(value))
    if value in ("error", "warning", "in_flight", "healed"):
        return f'<td class="{text}">{text}</td>'
    return f"<td>{text}</td>" if isinstance(value, str) else f'<td class="number">{text}</td>'


def _list(sentences: Sequence[str], kind: str) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="{kind}">{items}</ul>' if items else ""


def _percent(share: float | None) -> str:
    """Rounded down: 99.999% must not read as 100%."""
    return "" if share is None else f"{int(share * 100_000 + 1e-6) / 1000:.3f}%"
