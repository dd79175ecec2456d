"""DuckDB's settings, for as long as something takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from duckdb import DuckDBPyConnection

UNORDERED = {"preserve_insertion_order": False}
"""Rows of a table have no order of their own: what depends on one says so. Wide tables are written by all threads."""


@contextmanager
def tuned(connection: DuckDBPyConnection, settings: Mapping[str, object]) -> Iterator[None]:
    """These settings inside the block; behind it, what they were."""
    before = {
        name: connection.execute("select current_setting(?)", [name]).fetchall()[0][0] for name in settings
    }
    _set(connection, settings)
    try:
        yield
    finally:
        _set(connection, before)


def _set(connection: DuckDBPyConnection, settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        connection.execute(f"set {name} = ?", [value])
