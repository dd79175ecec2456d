"""The warehouse file, opened for the run alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.home import Home
from pipelines.quickbooks.errors import QuickduckError

MEMORY_LIMIT = "4GB"


class WarehouseBusy(QuickduckError):
    """Another program has the warehouse open, or the file cannot be read."""


@contextmanager
def connect(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection on the warehouse, made when there is none yet."""
    try:
        connection = duckdb.connect(str(home.warehouse))
    except duckdb.IOException as error:
        raise busy(home, error) from error
    try:
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute("set timezone = 'UTC'")
        yield connection
    finally:
        connection.close()
    home.warehouse.chmod(0o600)


def busy(home: Home, error: Exception) -> WarehouseBusy:
    """The sentence for a warehouse that does not open."""
    return WarehouseBusy(
        f"{home.warehouse} could not be opened: {str(error).splitlines()[0]} "
        f"Close the program that has it open; analysts open {home.analytics.name}, never the warehouse."
    )
