"""The version of a data folder: it stands in the warehouse, so that a backup carries it along.

The next run of newer code brings an older folder over; older code leaves a newer one alone.
"""

from __future__ import annotations

from importlib.metadata import version

from duckdb import DuckDBPyConnection

from pipelines.base.errors import ConfigurationError
from pipelines.base.sqltext import identifier, tables

VERSION = 1
"""Raised by one when older code could no longer work with what this code makes of a folder; docs/upgrade.md."""


class FolderIsNewer(ConfigurationError):
    """Newer code has written the folder, and this code does not know what it has become."""


def note(warehouse: DuckDBPyConnection) -> None:
    """Notes that this code has written the folder, within the caller's transaction."""
    warehouse.execute("create schema if not exists build")
    warehouse.execute("create or replace table build.folder (version integer, quickduck varchar)")
    warehouse.execute("insert into build.folder values (?, ?)", [VERSION, version("quickduck")])


def require_known(warehouse: DuckDBPyConnection, what: object, database: str | None = None) -> None:
    """Raises FolderIsNewer, which names `what`, where newer code wrote a warehouse, or one attached as `database`.

    A folder of before versions were noted has none, and is older.
    """
    if "folder" not in tables(warehouse, "build", database):
        return
    folder = identifier(*filter(None, [database, "build", "folder"]))
    ((found, by),) = warehouse.execute(f"select version, quickduck from {folder}").fetchall()
    if found > VERSION:
        raise FolderIsNewer(
            f"{what} was written by a newer quickduck ({by}, data folder version {found}); this one "
            f"({version('quickduck')}) knows version {VERSION}. Nothing was changed. Install the newer one again, or "
            "restore a backup that this one made: docs/upgrade.md says how."
        )
