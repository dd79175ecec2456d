"""The data folder, held for one run or opened read-only between runs; a restore that was killed is finished first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pipelines.workspace.home import Home
from pipelines.workspace.warehouse import look_into_warehouse


@contextmanager
def hold(home: Home, wait: float = 600) -> Iterator[None]:
    """Holds the folder for one run; raises HomeBusy when another keeps it for `wait` seconds."""
    with home.lock(wait):
        if home.restored.exists():
            from pipelines.published.restore import finish  # rarely needed, and it reads the embedded books

            finish(home)
        yield


@contextmanager
def open_read_only(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection on the warehouse, under the folder's lock, so that no load fails because we look.

    Never waits: raises HomeBusy while a run is at work, WarehouseBusy when another program is in the way, and
    FolderIsNewer where newer code wrote it.
    """
    with hold(home, wait=0), look_into_warehouse(home) as connection:
        yield connection
