"""The one screen at the end of a run, and the answer of `quickduck status`."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from checks.plan import plan
from pipelines.home import Home

if TYPE_CHECKING:
    from pipelines.nightly import Nightly
    from pipelines.outcome import Outcome

MOST_FINDINGS = 5
HEADLINE = """
select
    companies.company_name,
    companies.home_currency,
    coalesce(sum(aging.total_open), 0) as total_open,
    coalesce(sum(aging.overdue_amount), 0) as overdue,
    (
        select coalesce(sum(settlements.cash_amount), 0)
        from core.invoice_settlements as settlements
        where settlements.realm_id = companies.realm_id
            and settlements.payment_date > companies.as_of_date - 30
            and settlements.payment_date <= companies.as_of_date
    ) as collected,
    companies.as_of_date
from core.companies as companies
left join marts.ar_aging_by_customer as aging using (realm_id)
where companies.realm_id = ?
group by all
"""


def closing(home: Home, nightly: Nightly) -> str:
    """What a run did, to be read in ten seconds: one line per company, three numbers, and where the file is."""
    lines = [f"\nRun {nightly.run_id}"]
    lines += _table(
        ("company", "versions", "deleted", "calls", "accuracy", "verdict"),
        (_line(outcome) for outcome in nightly.outcomes),
    )
    for outcome in nightly.outcomes:
        lines += _findings(outcome)
    published = [outcome.realm_id for outcome in nightly.outcomes if outcome.record.verdict == "published"]
    lines += _headlines(home, published)
    for outcome in nightly.outcomes:
        if outcome.extraction and outcome.extraction.missing:
            lines.append(f"{outcome.realm_id} has no {', '.join(sorted(outcome.extraction.missing))}.")
    if published:
        lines.append(f"Open {home.analytics}")
    elif home.analytics.exists():
        lines.append(f"{home.analytics} is as it was.")
    return "\n".join(lines)


def status_of(home: Home) -> str:
    """Freshness and last verdict per company, out of the published file."""
    if not home.analytics.exists():
        return f"Nothing is published in {home.path} yet: `quickduck run` does that."
    with _opened(home) as connection:
        rows = connection.execute(
            """select runs.realm_id, strftime(max(runs.started_at), '%Y-%m-%d %H:%M UTC'),
                last(runs.verdict order by runs.started_at), strftime(max(status.last_synced_at), '%Y-%m-%d %H:%M UTC'),
                min(status.accuracy), last(runs.error order by runs.started_at)
            from ops.runs as runs left join ops.sync_status as status using (realm_id)
            group by runs.realm_id order by all"""
        ).fetchall()
    lines = _table(
        ("company", "last run", "verdict", "synced up to", "accuracy"),
        (
            (realm, run, verdict, synced, _percent(accuracy))
            for realm, run, verdict, synced, accuracy, _ in rows
        ),
    )
    return "\n".join(lines + [f"{row[0]}: {row[5]}" for row in rows if row[5]])


def plan_of(home: Home, *, deep: bool) -> str:
    """What the checks of each company cost in calls, by the rows that were live after its last run."""
    lines = []
    for realm_id, counts in _live_rows(home).items():
        costs = plan(counts, deep=deep)
        lines += [f"Company {realm_id}: {sum(cost.calls for cost in costs)} calls"]
        lines += _table(
            ("check", "compares", "calls"), ((cost.check, cost.compares, cost.calls) for cost in costs)
        )
    return "\n".join(lines) or f"Nothing is published in {home.path} yet: `quickduck run` does that."


def _live_rows(home: Home) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    if home.analytics.exists():
        with _opened(home) as connection:
            query = "select realm_id, entity, live_rows from ops.sync_status order by all"
            for realm_id, entity, rows in connection.execute(query).fetchall():
                found[realm_id][entity] = rows
    return found


@contextmanager
def _opened(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, by a copy where another program has it open to write."""
    with TemporaryDirectory(dir=home.path, prefix=".reading-") as folder:
        copy = Path(folder) / home.analytics.name
        try:
            connection = duckdb.connect(str(home.analytics), read_only=True)
        except duckdb.IOException:
            shutil.copyfile(home.analytics, copy)
            connection = duckdb.connect(str(copy), read_only=True)
        with connection:
            yield connection


def _line(outcome: Outcome) -> tuple[object, ...]:
    calls = outcome.company.client.calls.total if outcome.company else 0
    stored = sum(
        count for table, count in outcome.rows.items() if not table.startswith(("_dlt", "deletions"))
    )
    return (
        outcome.realm_id, f"{stored:,}", f"{outcome.rows['deletions']:,}", f"{calls:,}",
        _percent(outcome.accuracy), outcome.record.verdict,
    )  # fmt: skip


def _findings(outcome: Outcome) -> list[str]:
    shown = outcome.findings[:MOST_FINDINGS]
    more = len(outcome.findings) - len(shown)
    return [f"  {outcome.realm_id}: {finding}" for finding in shown] + (
        [f"  {outcome.realm_id}: and {more} more, in checks.results"] if more > 0 else []
    )


def _headlines(home: Home, realm_ids: Sequence[str]) -> list[str]:
    if not realm_ids:
        return []
    lines = []
    with _opened(home) as connection:
        for realm_id in realm_ids:
            for name, currency, total, overdue, collected, day in connection.execute(
                HEADLINE, [realm_id]
            ).fetchall():
                lines.append(
                    f"{name}, {day}: {total:,} {currency} owed to us, {overdue:,} overdue, "
                    f"{collected:,} collected on invoices in 30 days"
                )
    return lines


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _percent(share: float | None) -> str:
    """Never rounded up to 100."""
    return "-" if share is None else f"{int(share * 10000) / 100:.2f}%"
