"""Which versions in `raw` are current.

The current version of an object is the one answered last; of several in one answer it is the one changed last, of those
the one with the greatest SyncToken, and of those the one that stands last in raw. A deletion that was answered later
hides it. `checks/ours/raw_copy.py` has the same rule in SQL of its own, as a second route.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import Entity

STAMPS = ("answered_at", "last_updated_at", "sync_token", "rowid")
NEWEST_FIRST = ", ".join(f"{stamp} desc nulls last" for stamp in STAMPS)
OLDEST_FIRST = ", ".join(f"{stamp} asc nulls first" for stamp in STAMPS)


def current(documents: str, only: str = "") -> str:
    """The current version of each key in a table of raw, deleted ones included: a relation to select from.

    Its column `version` is the row's id in raw. `only` is a join that follows the table and leaves some of the keys.
    """
    return f"""(
        select *, rowid as version
        from {documents} as document
        {only}
        qualify row_number() over (partition by realm_id, id order by {NEWEST_FIRST}) = 1
    )"""


def live(entity: Entity, documents: str = "", deletions: str = "raw.deletions", only: str = "") -> str:
    """The rows the company has now: current versions that no later answer calls deleted.

    Needs `raw.deletions`, which every first visit makes, unless other relations are named than those of raw.
    """
    return f"""(
        select document.*
        from {current(documents or f"raw.{entity.table}", only)} as document
        left join (
            select realm_id, id, max(answered_at) as deleted_at
            from {deletions} as deletion
            where entity = '{entity.name}'
            group by all
        ) as deletion using (realm_id, id)
        where deletion.deleted_at is null or deletion.deleted_at <= document.answered_at
    )"""


@dataclass(frozen=True)
class Census:
    """The number of an entity's live objects and known deletions, and the latest stamp of the live ones."""

    live: int = 0
    deleted: int = 0
    latest: DateTime | None = None


def census(connection: DuckDBPyConnection, realm_id: str, entities: Collection[Entity]) -> dict[str, Census]:
    """The census of each of these entities, by name.

    Here the current version matters only for its stamps, so one pass over all tables is enough; it costs less than a
    window over each of forty.
    """
    raw = tables(connection, "raw")
    counts = {entity.name: Census() for entity in entities}
    held = [entity for entity in entities if entity.table in raw]
    if not held:
        return counts
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
    return counts | {
        entity: Census(live, deleted, latest) for entity, live, deleted, latest in rows if entity in counts
    }
