"""A first load within Intuit's limits, with pages as slow as Intuit's: how much of what is allowed is used."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import company, pages
from tests.benchmarks.measure import Laps, Results, Work, in_turn

PAGE_SECONDS = 1.5
IN_FLIGHT = 10
A_SECOND = min(10, 500 / 60, IN_FLIGHT / PAGE_SECONDS)
"""Requests that the limits allow each second: with slow pages, those in flight are what binds."""


def load(laps: Laps, url: str, folder: str) -> dict[str, Any]:
    """Copies everything as a first night does, with the limits that every client has."""
    from pipelines.nightly.extract import CompanyCopy
    from pipelines.quickbooks.limits import Limits
    from pipelines.workspace.home import Home
    from tests.benchmarks.reached import client

    pages.fetched(url, f"tool/slow?seconds={PAGE_SECONDS}")
    with tempfile.TemporaryDirectory(dir=folder) as home:
        copied = CompanyCopy(client(url, Limits()), Home(home))
        laps.around(copied.pipeline, "extract", before="get ready", step="read")
        laps.ready()
        extraction = copied.copy()
        laps.lap("load and repair")
        return {
            "rows": extraction.rows.total(),
            "calls": copied.client.calls.total,
            "of": dict(copied.client.calls),
        }


def measured(objects: int, folder: Path) -> Results:
    """Once: it waits for most of its time."""
    with pages.serving(company.of(objects, folder)) as url:
        return in_turn([Work(f"{objects:,} objects", load, {"url": url, "folder": str(folder)})], 1)
