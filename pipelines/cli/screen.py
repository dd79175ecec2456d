"""The one screen at the end of a run, and what its checks would cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from pendulum import DateTime

from checks.collect.plan import Cost, next_deep, plan
from pipelines.base.text import as_json, percent, table
from pipelines.nightly.ending import Ending
from pipelines.pages.checks_words import company_lines
from pipelines.published.file import HEADLINE, NothingPublished, published, rollback_files
from pipelines.published.rollback import open_now
from pipelines.workspace.home import Home

if TYPE_CHECKING:
    from pipelines.nightly.extract import Extraction
    from pipelines.nightly.outcome import Outcome
    from pipelines.nightly.run import Run

MOST_FINDINGS = 5


def closing(home: Home, run: Run, *, checks: bool = False) -> str:
    """What a run did, to be read in ten seconds: one line per company, three numbers, and where the file is.

    Where the `checks` were what it was about, all that they found.
    """
    lines = [f"\nRun {run.run_id}"]
    lines += table(
        ("company", "versions", "deleted", "calls", "accuracy", "verdict"),
        (_line(outcome) for outcome in run.outcomes),
    )
    lines += _what_accuracy_is_of(run)
    for outcome in run.outcomes:
        if checks and outcome.verdict and outcome.evidence:
            lines += company_lines(outcome.verdict, outcome.evidence, run.means.rules.app_url)
        else:
            lines += _findings(outcome)
    published_now = [outcome.realm_id for outcome in run.outcomes if outcome.ending is Ending.PUBLISHED]
    lines += _headlines(home, published_now)
    for outcome in run.outcomes:
        if outcome.extraction and (never := _never_offered(outcome.extraction)):
            lines.append(f"{outcome.realm_id} has no {', '.join(never)}.")
    if published_now:
        lines.append(f"Open {home.analytics}")
    elif home.analytics.exists():
        lines.append(f"{home.analytics} is as it was.")
    if run.choices.pages and any(outcome.verdict for outcome in run.outcomes):
        lines.append(f"The checks stand in {home.reports / 'checks.html'}")
    return "\n".join(lines)


def plan_of(home: Home, *, to_json: bool = False) -> str:
    """What the checks of each company cost in calls, by the rows that were live after its last run."""
    live, due = _live_rows(home)
    plans = {realm: (plan(counts), plan(counts, deep=True)) for realm, counts in live.items()}
    if to_json:
        return as_json(
            {
                realm: {
                    "nightly": [asdict(cost) for cost in nightly],
                    "deep": [asdict(cost) for cost in deep],
                }
                for realm, (nightly, deep) in plans.items()
            }
        )
    lines = []
    for realm_id, (nightly, deep) in plans.items():
        more = [cost for cost in deep if cost not in nightly]
        lines += [f"Company {realm_id}"]
        lines += table(
            ("", "check", "compares", "calls"),
            (
                *(("nightly", cost.check, cost.compares, cost.calls) for cost in nightly),
                *(("deep", cost.check, cost.compares, cost.calls) for cost in more),
            ),
        )
        lines += [
            f"A night's checks cost {_calls(nightly)} calls, deep ones {_calls(deep)}, beside the "
            f"{_calls(plan()) - _calls(nightly)} for counts. {_next_deep(due[realm_id])}\n"
        ]
    return "\n".join(lines) or str(NothingPublished(home))


def kept_of(home: Home) -> str:
    """The published files that are kept, newest first, what day their marts are of, and which one is open."""
    current = open_now(home)
    rows = [
        (file.name, _day_of(file), "open now" if file == current else "") for file in rollback_files(home)
    ]
    return (
        "\n".join(table(("file", "as of", ""), rows))
        if rows
        else f"No published file is kept in {home.published}."
    )


def opens(home: Home) -> str:
    """What people see in the published file now, and where it is."""
    with published(home) as connection:
        realm_ids = [
            realm
            for (realm,) in connection.execute("select realm_id from core.companies order by all").fetchall()
        ]
    return "\n".join([*_headlines(home, realm_ids), f"Open {home.analytics}"])


def _day_of(file: Path) -> str:
    with duckdb.connect(str(file), read_only=True) as connection:
        days = connection.execute("select max(as_of_date)::varchar from core.companies").fetchall()
    return str(days[0][0])


def _calls(costs: Sequence[Cost]) -> int:
    return sum(cost.calls for cost in costs)


def _next_deep(due: DateTime | None) -> str:
    return f"The next deep night is from {due.to_date_string()} on." if due else ""


def _live_rows(home: Home) -> tuple[dict[str, dict[str, int]], dict[str, DateTime | None]]:
    """Rows by company and entity, and when each company's next deep check is due; nothing before any is published."""
    live: dict[str, dict[str, int]] = defaultdict(dict)
    if not home.analytics.exists():
        return live, {}
    with published(home) as connection:
        query = "select realm_id, entity, live_rows from ops.sync_status order by all"
        for realm_id, entity, rows in connection.execute(query).fetchall():
            live[realm_id][entity] = rows
        return live, {realm_id: next_deep(connection, realm_id) for realm_id in live}


def _line(outcome: Outcome) -> tuple[object, ...]:
    return (
        outcome.realm_id, f"{outcome.versions:,}", f"{outcome.deletions:,}", f"{outcome.calls:,}",
        percent(outcome.accuracy), outcome.ending,
    )  # fmt: skip


def _what_accuracy_is_of(run: Run) -> list[str]:
    """The objects behind the percentages, and the balances that stand beside them, of all companies."""
    evidence = [
        outcome.evidence for outcome in run.outcomes if outcome.evidence and outcome.evidence.accuracy
    ]
    if not evidence:
        return []
    objects = sum(row.union for one in evidence for row in one.accuracy)
    trials = [trial.figures for one in evidence if (trial := one.tie_out("trial_balance"))]
    accounts, differing = (
        sum(figures.get(name, 0) for figures in trials)
        for name in ("compared_accounts", "differing_accounts")
    )
    said = f"Accuracy is that of the entity copied worst, of {objects:,} objects in all"
    return [
        f"{said}; beside it, {accounts - differing} of {accounts} account balances are right."
        if accounts
        else f"{said}."
    ]


def _never_offered(extraction: Extraction) -> list[str]:
    """What the company's plan lacks and always has; what it lost is among the findings."""
    return sorted(extraction.missing.keys() - set(extraction.no_longer_offered))


def _findings(outcome: Outcome) -> list[str]:
    shown = outcome.findings[:MOST_FINDINGS]
    more = len(outcome.findings) - len(shown)
    lines = [f"  {outcome.realm_id}: {finding}" for finding in shown]
    if more > 0:
        lines.append(f"  {outcome.realm_id}: and {more} more, in checks.results")
    if verdict := outcome.verdict:
        if not verdict.passed:
            lines.append(
                f"  {outcome.realm_id}: nothing of it is published; what people see of it stays as it was"
            )
        lines += [f"  {outcome.realm_id}: to do: {remedy}" for remedy in verdict.remedies]
        if verdict.noticed:
            lines.append(f"  {outcome.realm_id}: worth a look: {'; '.join(verdict.noticed)}")
    return lines


def _headlines(home: Home, realm_ids: Sequence[str]) -> list[str]:
    if not realm_ids:
        return []
    lines = []
    with published(home) as connection:
        for realm_id in realm_ids:
            answer = connection.execute(HEADLINE, {"realm": realm_id})
            names = [column[0] for column in answer.description or ()]
            for row in answer.fetchall():
                headline = dict(zip(names, row, strict=True))  # a setting may leave the company's name out
                currency = headline.get("home_currency", "")
                lines.append(
                    f"{headline.get('company_name', realm_id)}, {headline['as_of_date']}: "
                    f"{headline['total_open']:,} {currency} owed to us, {headline['overdue']:,} overdue, "
                    f"{headline['collected']:,} collected on invoices in 30 days"
                )
    return lines
