"""One page about a run's checks, readable without a network: the verdict first, then what differs, then what is odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from checks.evidence import Difference
from checks.verdict.verdict import Verdict
from pipelines.base.text import percent
from pipelines.pages import document
from pipelines.pages.checks_words import STATES, ordered, warnings_of
from pipelines.pages.links import link

ROWS_SHOWN = 200
RUNS_KEPT = 60


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
    document.write(folder / "checks.html", render(verdicts, data_docs=data_docs, app_url=app_url))
    runs = folder / "runs"
    for run_id in {verdict.run_id for verdict in verdicts.values()}:
        document.write(runs / f"{run_id.replace(':', '-')}.html", render(verdicts, app_url=app_url))
    for old in sorted(runs.glob("*.html"))[:-RUNS_KEPT]:
        old.unlink()


def render(
    verdicts: Mapping[str, Verdict],
    *,
    data_docs: str | None = None,
    app_url: str | None = None,
) -> str:
    """The page's HTML; `data_docs` is where Great Expectations's own pages lie, `app_url` where QuickBooks is."""
    failed = sum(not verdict.passed for verdict in verdicts.values())
    return document.page(
        "checks",
        title=f"Checks failed for {failed} of {len(verdicts)} companies" if failed else "All checks passed",
        companies=[CompanyChecks(verdict, app_url) for verdict in verdicts.values()],
        data_docs=data_docs,
        percent=percent,
        states=STATES,
        rows_shown=ROWS_SHOWN,
    )


@dataclass(frozen=True)
class Row:
    """A difference, its state, and the object's address in QuickBooks, if it has one."""

    difference: Difference
    state: str
    address: str | None


@dataclass(frozen=True)
class CompanyChecks:
    """What the page shows of one company, table by table."""

    verdict: Verdict
    app_url: str | None

    @property
    def differences(self) -> list[Row]:
        """What differs from QuickBooks, the worst first."""
        return [self._row(difference, state) for difference, state in ordered(self.verdict)]

    @property
    def warnings(self) -> list[str]:
        """The warnings, with addresses in QuickBooks."""
        return warnings_of(self.verdict, self.app_url)

    @property
    def oddities(self) -> list[Row]:
        """Rows to look at in which nothing differs: oddities and drift of the schema."""
        return [self._row(one, one.state) for one in self.verdict.beside if not one.explains]

    @property
    def explanations(self) -> list[Row]:
        """Rows that explain why a report of QuickBooks's differs from ours although both are right."""
        return [self._row(one, one.state) for one in self.verdict.beside if one.explains]

    @property
    def tie_outs(self) -> list[tuple[str, str]]:
        """Each comparison with its figures."""
        return [
            (tie_out.name, ", ".join(f"{name} {value}" for name, value in tie_out.figures.items()))
            for tie_out in self.verdict.evidence.tie_outs
        ]

    @property
    def accuracy(self) -> list[tuple[str | int, ...]]:
        """Each entity's accuracy and counts, the least accurate first."""
        return [
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
            for row in sorted(self.verdict.evidence.accuracy, key=lambda row: (row.accuracy, row.entity))
        ]

    @property
    def expectations(self) -> list[tuple[str, str]]:
        """How many expectations of each suite were met."""
        suites: dict[str, list[bool]] = {}
        for result in self.verdict.results:
            suites.setdefault(result.suite, []).append(result.passed)
        return [(suite, f"{sum(passed)} of {len(passed)}") for suite, passed in sorted(suites.items())]

    def _row(self, difference: Difference, state: str) -> Row:
        address = link(self.app_url, self.verdict.realm_id, difference.entity, difference.id)
        return Row(difference, state, address)
