"""Fields that are another text in every answer, such as links signed for some minutes: learned, and kept by entity.

What differs between two readings of an object under one stamp did not change in QuickBooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import Entity

TABLE = """
create schema if not exists build;
create table if not exists build.volatile_fields (
    realm_id varchar, entity varchar, path varchar, is_told boolean
);
"""
LOOKED_AT = 20
"""Of so many objects all readings are compared; one is enough to learn."""


def known(connection: DuckDBPyConnection, realm_id: str, entity: Entity) -> set[str]:
    """Paths of the entity, such as `Line[].Link`, that were learned so far."""
    connection.execute(TABLE)
    rows = connection.execute(
        "select path from build.volatile_fields where realm_id = ? and entity = ?", [realm_id, entity.name]
    ).fetchall()
    return {path for (path,) in rows}


def learn(connection: DuckDBPyConnection, realm_id: str, entity: Entity, paths: Iterable[str]) -> None:
    """Keeps these paths of the entity; they are news until they are told."""
    for path in sorted(paths):
        connection.execute(
            "insert into build.volatile_fields values (?, ?, ?, false)", [realm_id, entity.name, path]
        )


def news(connection: DuckDBPyConnection, realm_id: str) -> list[tuple[str, str]]:
    """Entities and paths that were learned since the last call."""
    connection.execute(TABLE)
    rows = connection.execute(
        "select entity, path from build.volatile_fields where realm_id = ? and not is_told order by all",
        [realm_id],
    ).fetchall()
    connection.execute("update build.volatile_fields set is_told = true where realm_id = ?", [realm_id])
    return rows


def readings(
    connection: DuckDBPyConnection, realm_id: str, entity: Entity, ids: Sequence[str]
) -> dict[str, list[bytes]]:
    """The texts that were read of these objects under the stamp of their last version, the oldest first."""
    if entity.table not in tables(connection, "raw"):
        return {}
    rows = connection.execute(
        f"""select id, payload::varchar, (sync_token, last_updated_at) as stamp from "raw".{entity.table}
        where realm_id = ? and list_contains(?, id) order by answered_at, rowid""",
        [realm_id, list(ids)[:LOOKED_AT]],
    ).fetchall()
    last = {id: stamp for id, _, stamp in rows}
    found: dict[str, list[bytes]] = {}
    for id, text, stamp in rows:
        if stamp == last[id]:
            found.setdefault(id, []).append(text.encode())
    return found
