"""Which versions in `raw` are the books as they stand.

`incremental.py` finds the same for touched keys alone, and `checks/copy.py` once more on its own, as a second route.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from pipelines.quickbooks.entities import Entity


def raw_tables(connection: DuckDBPyConnection) -> set[str]:
    """Tables of `raw` that exist; one appears with its first row."""
    rows = connection.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
    return {name for (name,) in rows}


def current(entity: Entity) -> str:
    """The current version of each key, deleted ones included: a relation to select from."""
    return f"""(
        select *
        from raw.{entity.table}
        qualify row_number() over (
            partition by realm_id, id
            order by answered_at desc, last_updated_at desc, sync_token desc
        ) = 1
    )"""


def live(entity: Entity) -> str:
    """The rows the company has now: current versions that no later answer calls deleted.

    Needs `raw.deletions`, which every first visit makes.
    """
    return f"""(
        select version.*
        from {current(entity)} as version
        where not exists (
            select 1
            from raw.deletions as deletion
            where deletion.realm_id = version.realm_id
                and deletion.entity = '{entity.name}'
                and deletion.id = version.id
                and deletion.answered_at > version.answered_at
        )
    )"""
