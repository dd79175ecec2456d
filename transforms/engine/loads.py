"""Which loads raw holds, and which of them are in staging already."""

from __future__ import annotations

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import identifier, tables
from pipelines.quickbooks.entities import CATALOGUE

MEMORY = """
create schema if not exists build;
create table if not exists build.fingerprints (entity varchar, fingerprint varchar);
create table if not exists build.loads (
    entity varchar, source varchar, realm_id varchar, load_id varchar, row_count bigint
);
"""


def find(connection: DuckDBPyConnection) -> None:
    """Compares the loads in raw with the remembered ones; one that grew counts as new.

    Leaves temp tables `loads` and `new_loads`: entity, source (documents or deletions), realm, load, rows.
    """
    connection.execute(MEMORY)
    raw = tables(connection, "raw")
    counts = [
        f"select '{entity.name}' as entity, 'documents' as source, realm_id, load_id, count(*) as row_count "
        f"from {identifier('raw', entity.table)} group by all"
        for entity in CATALOGUE
        if entity.table in raw
    ]
    if "deletions" in raw:
        counts.append(
            "select entity, 'deletions' as source, realm_id, load_id, count(*) as row_count "
            "from raw.deletions group by all"
        )
    loads = " union all ".join(counts) or "from build.loads where false"
    connection.execute(f"create or replace temp table loads as {loads}")
    connection.execute("create or replace temp table new_loads as from temp.loads except from build.loads")


def news(connection: DuckDBPyConnection) -> set[str]:
    """Entities that have a new load."""
    rows = connection.execute("select distinct entity from temp.new_loads").fetchall()
    return {entity for (entity,) in rows}


def outdated(connection: DuckDBPyConnection, fingerprints: Mapping[str, str]) -> set[str]:
    """Entities to be built anew, because their SQL or shape has changed, or a load is gone or has shrunk."""
    fingerprints_then = dict(connection.execute("from build.fingerprints").fetchall())
    lost = connection.execute(
        """
        select distinct remembered.entity
        from build.loads as remembered
        left join temp.loads using (entity, source, realm_id, load_id)
        where coalesce(loads.row_count, 0) < remembered.row_count
        """
    ).fetchall()
    changed = {
        entity for entity, fingerprint in fingerprints.items() if fingerprints_then.get(entity) != fingerprint
    }
    return changed | {entity for (entity,) in lost}


def remember(connection: DuckDBPyConnection, entity: str, fingerprint: str) -> None:
    """Notes the loads and the fingerprint of an entity's staging as it is now."""
    connection.execute("delete from build.fingerprints where entity = ?", [entity])
    connection.execute("delete from build.loads where entity = ?", [entity])
    connection.execute("insert into build.fingerprints values (?, ?)", [entity, fingerprint])
    connection.execute("insert into build.loads from temp.loads where entity = ?", [entity])
