"""The warehouse file, opened for the run alone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from pipelines.base.errors import QuickduckError
from pipelines.workspace.folder_version import require_known
from pipelines.workspace.home import Home

MEMORY = f"{200 * max(2, os.cpu_count() or 2)}MB"
"""Enough to load and repair raw, to check and to publish: with ten times as much it takes as long and 2 GB.

By the processor, for each of DuckDB's threads wants some of its own; 1,000,000 objects were measured on two.
"""
MEMORY_TO_BUILD = "4GB"
"""For staging, core and marts. The limit is the open file's, whichever connection sets it."""


class WarehouseBusy(QuickduckError):
    """Another program has the warehouse open, or the file cannot be read."""


@contextmanager
def open_warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection on the warehouse, which is created if it does not exist.

    Raises WarehouseBusy, and FolderIsNewer where newer code wrote it.
    """
    try:
        connection = duckdb.connect(str(home.warehouse))
    except duckdb.IOException as error:
        raise busy(home, error) from error
    try:
        require_known(connection, home.path)
        connection.execute(f"set memory_limit = '{MEMORY}'")
        _prepare(connection)
        yield connection
    finally:
        connection.close()
    home.warehouse.chmod(0o600)


@contextmanager
def look_into_warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection on the warehouse, which exists. Raises WarehouseBusy and FolderIsNewer."""
    try:
        connection = duckdb.connect(str(home.warehouse), read_only=True)
    except duckdb.IOException as error:
        raise busy(home, error) from error
    with connection:
        require_known(connection, home.path)
        yield connection


def require_known_folder(home: Home) -> None:
    """Raises FolderIsNewer where newer code wrote the folder; leaves no trace in it."""
    if home.warehouse.exists():
        with look_into_warehouse(home):
            pass


@contextmanager
def another_connection(warehouse: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Another connection on an open warehouse, for a thread of its own."""
    with warehouse.cursor() as connection:
        _prepare(connection)
        try:
            yield connection
        finally:
            with suppress(duckdb.Error):  # the connection may be past use
                _prepare(connection)


@contextmanager
def building(warehouse: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """The warehouse has the memory that staging, core and marts want, and gives it back afterwards."""
    warehouse.execute(f"set memory_limit = '{MEMORY_TO_BUILD}'")
    try:
        yield
    finally:
        with suppress(duckdb.Error):  # the connection may be past use
            warehouse.execute(f"set memory_limit = '{MEMORY}'")


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set timezone = 'UTC'")
    # DuckDB draws it on standard output where it takes the process for an interactive one, among a run's JSON too.
    connection.execute("set enable_progress_bar = false")
    # dlt puts it up for the whole process; a large commit then writes its rows again when the file is closed.
    connection.execute("reset global checkpoint_threshold")


def busy(home: Home, error: Exception) -> WarehouseBusy:
    """The sentence for a warehouse that does not open; DuckDB's own advises to open it read-only, which is no help."""
    message = str(error)
    if "lock" in message.lower():
        holder = re.search(r"in (\S.*?\(PID \d+\))", message)
        problem = f"is held open by {holder[1] if holder else 'another program'}"
        advice = f"Close that; analysts open {home.analytics.name}, never the warehouse."
    elif "Permission denied" in message or not os.access(home.warehouse, os.R_OK | os.W_OK):
        problem, advice = "may not be read and written by you", "Give it to the user that runs quickduck."
    elif "newer version" in message:
        problem, advice = (
            "was written by a newer DuckDB",
            "Install the newer quickduck again: docs/upgrade.md.",
        )
    else:
        problem = f"is no database that can be read ({message.splitlines()[0]})"
        advice = "Bring back a backup, or move it away: the next run then copies everything anew."
    return WarehouseBusy(f"{home.warehouse} {problem}. {advice}")
