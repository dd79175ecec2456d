"""Which versions in `raw` are the books as they stand.

`incremental.py` finds the same for touched keys alone, and `checks/ours/raw_copy.py`
once more on its own, as a second route.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import Entity


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


@dataclass(frozen=True)
class Census:
    """How many objects of an entity live and are known to be deleted, and the latest stamp of the living."""

    live: int = 0
    deleted: int = 0
    latest: DateTime | None = None


def census(connection: DuckDBPyConnection, realm_id: str, entities: Collection[Entity]) -> dict[str, Census]:
    """Of each of these entities, by name; one pass over all tables costs less than a window over each of forty."""
    raw = tables(connection, "raw")
    found = {entity.name: Census() for entity in entities}
    held = [entity for entity in entities if entity.table in raw]
    if not held:
        return found
    versions = " union all ".join(
        f"select '{entity.name}' as entity, id, answered_at, last_updated_at from raw.{entity.table} "
        "where realm_id = $realm"
        for entity in held
    )
    rows = connection.execute(
        f"""with version as ({versions}),
        newest as (
            select entity, id, max(answered_at) as answered_at,
                arg_max(last_updated_at, (answered_at, last_updated_at)) as last_updated_at
            from version group by all
        ),
        deleted as (
            select entity, id, max(answered_at) as deleted_at
            from raw.deletions where realm_id = $realm group by all
        ),
        object as (
            select *, answered_at is not null and (deleted_at is null or deleted_at <= answered_at) as is_live
            from newest full join deleted using (entity, id)
        )
        select entity, count(*) filter (is_live), count(*) filter (not is_live),
            max(last_updated_at) filter (is_live)
        from object group by all""",
        {"realm": realm_id},
    ).fetchall()
    return found | {
        entity: Census(live, deleted, latest) for entity, live, deleted, latest in rows if entity in found
    }
