"""A night: 1,000 changes on few stored objects and on many, step by step, each night a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks import company, pages
from tests.benchmarks.measure import Laps, Results, Work, in_turn

CHANGES = 1000
READING = ("extract", "staging")
"""Extract, load and staging: what must not grow with what is stored."""


def night(laps: Laps, url: str, home: str, changes: int) -> dict[str, Any]:
    """A whole run, the pages that people read included; the first one of a folder copies everything."""
    from pipelines.nightly.choices import Choices
    from pipelines.nightly.evaluator import Evaluator
    from pipelines.nightly.run import Run
    from pipelines.pages.report import reported
    from pipelines.workspace.home import Home
    from tests.benchmarks.reached import REALM, client
    from transforms.engine import incremental

    if changes:
        pages.fetched(url, f"tool/night?changes={changes}")
    folder = Home(home)
    run = Run(folder, [REALM], lambda realm_id: client(url), Choices(deep=False))
    laps.around(incremental, "stage", before="extract", step="staging")
    laps.around(Evaluator, "_compare", before="marts", step="check")
    laps.around(Evaluator, "_publish", before="check", step="publish")
    laps.ready()
    run.carry_out()
    laps.lap("publish")
    reported(folder)
    laps.lap("report")
    (outcome,) = run.outcomes
    if run.exit:
        raise RuntimeError(f"the run ended with {run.exit!r}: {outcome.findings[:5]}")
    extraction = outcome.extraction
    return {
        "calls": outcome.company.client.calls.total if outcome.company else 0,
        "rows": extraction.rows.total() if extraction else 0,
        "warehouse": folder.warehouse.stat().st_size,
        "published": folder.analytics.stat().st_size,
    }


def run_once(url: str, home: Path) -> None:
    """Fills a data folder with what is served, checked and published."""
    Work("first run", night, {"url": url, "home": str(home), "changes": 0}).once()


def measured(sizes: Sequence[int], folder: Path, rounds: int) -> tuple[Results, Results]:
    """The first run of each size, and then nights, the sizes in turn."""
    with ExitStack() as served:
        first, nights = [], []
        for objects in sizes:
            url = served.enter_context(pages.serving(company.of(objects, folder)))
            given = {"url": url, "home": str(folder / f"home-{objects}")}
            name = f"{objects:,} objects"
            first.append(Work(name, night, {**given, "changes": 0}))
            nights.append(Work(name, night, {**given, "changes": CHANGES}))
        return in_turn(first, 1), in_turn(nights, rounds)
