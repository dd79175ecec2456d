"""One page about a run's checks, readable without a network: the verdict first, then what differs, then what is odd."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from checks.evidence import Difference, Evidence
from checks.verdict.verdict import Verdict
from pipelines.base.text import percent
from pipelines.pages import document as look
from pipelines.pages.checks_words import STATES, ordered
from pipelines.pages.links import link

SHOWN = 200
KEPT = 60

Link = Callable[[str, str], str | None]


class _Html(str):
    """Text that is HTML already."""


def write(
    folder: Path,
    verdicts: Mapping[str, Verdict],
    *,
    data_docs: str,
    app_url: str | None = None,
) -> None:
    """Writes `checks.html`, and the same page under the run's name; of those the last sixty stay.

    Each in one piece, readable by its owner alone.
    """
    look.write(folder / "checks.html", render(verdicts, data_docs=data_docs, app_url=app_url))
    runs = folder / "runs"
    for run_id in {verdict.run_id for verdict in verdicts.values()}:
        look.write(runs / f"{run_id.replace(':', '-')}.html", render(verdicts, app_url=app_url))
    for old in sorted(runs.glob("*.html"))[:-KEPT]:
        old.unlink()


def render(
    verdicts: Mapping[str, Verdict],
    *,
    data_docs: str | None = None,
    app_url: str | None = None,
) -> str:
    """The page's HTML; `data_docs` is where Great Expectations's own pages lie, `app_url` where QuickBooks is."""
    failed = sum(not verdict.passed for verdict in verdicts.values())
    title = f"Checks failed for {failed} of {len(verdicts)} companies" if failed else "All checks passed"
    companies = "".join(_company(verdict, app_url) for verdict in verdicts.values())
    docs = f'<p>Every expectation is in <a href="{escape(data_docs)}">Data Docs</a>.</p>' if data_docs else ""
    return look.document(title, f"<h1>{title}</h1>{companies}{docs}")


def _company(verdict: Verdict, app_url: str | None) -> str:
    found = verdict.evidence
    kind = "passed" if verdict.passed else "failed"
    accuracy = (
        f"Lowest sync accuracy {percent(verdict.accuracy)} ({escape(verdict.worst_entity or '')}), "
        f"over all objects {percent(verdict.pooled_accuracy)}."
        if verdict.accuracy is not None
        else "QuickBooks was not asked, so that nothing was compared."
    )

    def address(entity: str, id: str) -> str | None:
        return link(app_url, verdict.realm_id, entity, id)

    return (
        f"<h2>Company {escape(verdict.realm_id)}</h2>"
        f'<div class="verdict {kind}"><strong>{kind.capitalize()}.</strong> {accuracy} '
        f"As of {found.as_of}, run {escape(verdict.run_id)}.{_list(verdict.errors, 'error')}"
        f"{_list(verdict.warnings, 'warning')}{_todo(verdict.remedies)}</div>"
        f"{_differences(ordered(verdict), address)}{_beside(verdict, address)}"
        f"{_tie_outs(found)}{_accuracy(found)}{_expectations(verdict)}"
    )


def _todo(remedies: Sequence[str]) -> str:
    return f"<p><strong>To do.</strong> {escape(' '.join(remedies))}</p>" if remedies else ""


def _differences(rows: Sequence[tuple[Difference, str]], address: Link) -> str:
    if not rows:
        return "<p>Nothing differs from QuickBooks.</p>"
    head = ("state", "check", "entity", "id", "column", "QuickBooks", "our copy", "apart")
    return f"<h3>Differences ({len(rows)})</h3>" + _rows(head, rows, address)


def _beside(verdict: Verdict, address: Link) -> str:
    """Oddities and schema drift, then what explains income."""
    odd = [(row, row.state) for row in verdict.beside if not row.explains]
    explained = [(row, row.state) for row in verdict.beside if row.explains]
    found = ""
    if odd:
        head = ("state", "what", "entity", "id", "column", "would be", "is", "amount")
        found += f"<h3>Worth a look</h3>{_list(verdict.noticed, 'warning')}" + _rows(head, odd, address)
    if explained:
        head = ("state", "report", "entity", "id", "column", "booked", "as", "apart")
        found += f"<h3>Income that is no sale ({len(explained)})</h3>" + _rows(head, explained, address)
    return found


def _rows(head: Sequence[str], rows: Sequence[tuple[Difference, str]], address: Link) -> str:
    more = f"<p>{len(rows) - SHOWN} more are in checks.differences.</p>" if len(rows) > SHOWN else ""
    return (
        _table(
            head,
            (
                (
                    state,
                    row.check,
                    row.entity,
                    _linked(row.id, address(row.entity, row.id)),
                    row.column,
                    row.expected,
                    row.actual,
                    row.amount_diff,
                )
                for row, state in rows[:SHOWN]
            ),
        )
        + more
    )


def _linked(id: str, address: str | None) -> str:
    return _Html(f'<a href="{escape(address)}">{escape(id)}</a>') if address else id


def _tie_outs(found: Evidence) -> str:
    rows = [
        (tie_out.name, ", ".join(f"{name} {value}" for name, value in tie_out.figures.items()))
        for tie_out in found.tie_outs
    ]
    return f"<h3>Compared (amounts in cents)</h3>{_table(('check', 'figures'), rows)}" if rows else ""


def _accuracy(found: Evidence) -> str:
    rows = [
        (
            row.entity,
            percent(row.accuracy),
            row.method,
            row.source_count,
            row.warehouse_count,
            row.missing,
            row.phantom,
            row.stale,
            row.content_diff,
            percent(row.money_accuracy),
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
        "money",
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
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    text = value if isinstance(value, _Html) else escape(str(value))
    if value in STATES:
        return f'<td class="{text}">{text}</td>'
    return f"<td>{text}</td>" if isinstance(value, str) else f'<td class="number">{text}</td>'


def _list(sentences: Sequence[str], kind: str) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="{kind}">{items}</ul>' if items else ""
