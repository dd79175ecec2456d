"""The published file, attached anew for each question, so that the night's rename is seen by the next one."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import literal
from pipelines.published.file import NothingPublished
from pipelines.published.plain_types import in_utc
from pipelines.serve.access.refusals import Refused
from pipelines.workspace.home import Home

AT_ONCE = threading.BoundedSemaphore(4)
"""How many questions are answered at a time; with more, each would only wait for the processors."""

Row = dict[str, Any]


@contextmanager
def books(home: Home) -> Iterator[DuckDBPyConnection]:
    """A database in memory that reads the published file and can reach no other.

    Raises NothingPublished. A copy is read where another program has the file open to write.
    """
    if not home.analytics.exists():
        raise NothingPublished(home)
    with (
        AT_ONCE,
        TemporaryDirectory(dir=home.path, prefix=".reading-") as folder,
        duckdb.connect(config={"memory_limit": "1GB"}) as connection,
    ):
        try:
            _attach(connection, home.analytics)
        except duckdb.IOException:
            copy = Path(folder) / home.analytics.name
            shutil.copyfile(home.analytics, copy)
            _attach(connection, copy)
        connection.execute("use published")
        connection.execute("set timezone = 'UTC'")
        connection.execute("set enable_external_access = false")
        yield connection


def ask(connection: DuckDBPyConnection, question: str, values: Mapping[str, Any]) -> list[Row]:
    """The rows that answer a question, by column name; moments are UTC and say so.

    Values that the question does not name are left out.

    Raises Refused where the file lacks a column that it needs.
    """
    named = {name: values[name] for name in re.findall(r"\$(\w+)", question)}
    try:
        result = connection.execute(question, named)
    except (duckdb.BinderException, duckdb.CatalogException):
        raise Refused(
            409,
            "The published file lacks a column that this needs: a setting (leave_out_columns) leaves it out, or "
            "another version of quickduck wrote the file, and the next run writes it anew.",
        ) from None
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, map(in_utc, row), strict=True)) for row in result.fetchall()]


def as_of(connection: DuckDBPyConnection, realm_id: str) -> date:
    """The day whose end the company's marts describe. Raises Refused for a company that is not published."""
    rows = ask(
        connection, "select as_of_date from core.companies where realm_id = $realm_id", {"realm_id": realm_id}
    )
    if not rows:
        raise Refused(404, "No company of this realm_id is published here.")
    day: date = rows[0]["as_of_date"]
    return day


def _attach(connection: DuckDBPyConnection, file: Path) -> None:
    connection.execute(f"attach {literal(file)} as published (read_only)")
