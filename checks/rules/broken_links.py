"""Links that lead nowhere in QuickBooks itself: asked for, what they name is not there, and they still name it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, Suspect
from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import BY_NAME

NAMED_BY = "named by "
MARGIN = timedelta(minutes=5)
"""What was read again together was answered within so long."""


def namer(row: Difference) -> Suspect:
    """The document that holds the link."""
    entity, _, id = (row.expected or "").removeprefix(NAMED_BY).partition(" ")
    return Suspect(entity, id)


def admitted(connection: DuckDBPyConnection, realm_id: str, rows: Iterable[Difference]) -> list[Difference]:
    """Those of the rows of `link_targets` that QuickBooks has itself."""
    if "deletions" not in tables(connection, "raw"):
        return []
    gone = dict(
        connection.execute(
            """select entity || ' ' || id, max(answered_at) from raw.deletions
            where realm_id = ? and found_by = 'read' group by all""",
            [realm_id],
        ).fetchall()
    )
    return [
        row
        for row in rows
        if (gone_at := gone.get(f"{row.entity} {row.id}"))
        and (read_at := _read_at(connection, realm_id, namer(row)))
        and read_at > gone_at - MARGIN
    ]


def _read_at(connection: DuckDBPyConnection, realm_id: str, document: Suspect) -> datetime | None:
    table = BY_NAME[document.entity].table
    read_at: datetime | None
    ((read_at,),) = connection.execute(
        f"select max(answered_at) from raw.{table} where realm_id = ? and id = ?", [realm_id, document.id]
    ).fetchall()
    return read_at
