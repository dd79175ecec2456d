"""The report: one HTML file of charts and tables out of the published file, read anywhere without a network."""

from __future__ import annotations

from pathlib import Path

import duckdb
from jinja2 import UndefinedError

from pipelines.base.errors import QuickduckError
from pipelines.base.text import percent
from pipelines.pages import document
from pipelines.pages.report import charts, figure, words
from pipelines.pages.report.company import BUCKETS, Company
from pipelines.pages.report.questions import answers
from pipelines.published.file import published
from pipelines.workspace.home import Home

DRAWN_WITH = {
    "bars": charts.bars,
    "columns": charts.columns,
    "lines": charts.lines,
    "caption": figure.Caption,
    "series": figure.Series,
    "words": words,
    "percent": percent,
    "BUCKETS": BUCKETS,
}
"""What the report's templates draw with, and how they say figures."""


def reported(home: Home) -> str:
    """Writes the report and says where it is; one that cannot be made takes nothing from what is published."""
    try:
        return f"Open {write(home)}"
    except QuickduckError as error:
        return str(error)


def write(home: Home) -> Path:
    """Writes `reports/report.html` and returns where it is.

    Raises NothingPublished before anything is, and QuickduckError for a file of another version of quickduck.
    """
    try:
        with published(home) as connection:
            page = render(connection)
    except (duckdb.Error, KeyError, UndefinedError) as error:
        reason = f"it lacks {error}." if isinstance(error, KeyError) else str(error).splitlines()[0]
        raise QuickduckError(
            f"No report can be made of {home.analytics}: {reason} "
            "The next `quickduck run` publishes what it needs."
        ) from error
    document.write(home.report, page)
    return home.report


def render(connection: duckdb.DuckDBPyConnection) -> str:
    """The report's HTML: every company by itself, and side by side where there are several, never added up."""
    realm_ids = connection.execute("select realm_id from core.companies order by all").fetchall()
    companies = [Company(realm_id, answers(connection, realm_id)) for (realm_id,) in realm_ids]
    title = f"{companies[0].name}: receivables" if len(companies) == 1 else "Receivables"
    return document.page("report/report", title=title, companies=companies, **DRAWN_WITH)
