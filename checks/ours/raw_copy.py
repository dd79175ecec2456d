"""Our copy as it stands in `raw`: the current version of every live object, per company and entity.

Of several answers the last counts; of several versions in one answer the one changed last, then the one with the
greatest SyncToken, then the one that stands last in raw. `transforms/engine/current_versions.py` finds the same by a
window; here it is the greatest of all four together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from duckdb import DuckDBPyConnection

from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import CATALOGUE, Entity

LIVE = """
with versions as (
    select
        id,
        answered_at,
        sync_token,
        payload::varchar as payload,
        (answered_at, coalesce(last_updated_at, '-infinity'), coalesce(sync_token, -1), rowid) as version
    from "raw".{table}
    where realm_id = $realm_id
),
current_versions as (
    select
        id,
        max(answered_at) as answered_at,
        arg_max_null(sync_token, version) as sync_token,
        arg_max(payload, version) as payload
    from versions
    group by id
),
gone as ({gone}),
live as (
    select current_versions.*
    from current_versions
    left join gone using (id)
    where gone.gone_at is null or gone.gone_at <= current_versions.answered_at
)
"""
GONE = """
    select id, max(answered_at) as gone_at from "raw".deletions
    where realm_id = $realm_id and entity = $entity group by id
"""
NONE_GONE = "select $entity as id, null::timestamptz as gone_at where false"


@dataclass(frozen=True)
class Version:
    """What tells one version from another without reading it: its sync token and the MD5 of its text."""

    sync_token: int
    digest: str


def versions(connection: DuckDBPyConnection, realm_id: str, entity: Entity) -> dict[str, Version]:
    """The current version of every live object by its id."""
    rows = _from_live(connection, realm_id, entity, "select id, sync_token, md5(payload) from live")
    return {id: Version(sync_token, digest) for id, sync_token, digest in rows}


def ids(connection: DuckDBPyConnection, realm_id: str, entity: Entity) -> set[str]:
    """Ids of every live object."""
    return {id for (id,) in _from_live(connection, realm_id, entity, "select id from live")}


class Fingerprint(NamedTuple):
    """How many objects there are, and a number that another set of ids does not have."""

    objects: int = 0
    ids: int | None = None


def fingerprints(connection: DuckDBPyConnection, realm_id: str) -> dict[str, Fingerprint]:
    """The live objects of every entity, by its name: in one pass, five times as fast as one by one."""
    none = {entity.name: Fingerprint() for entity in CATALOGUE}
    existing = tables(connection, "raw")
    answers = [
        f"""select '{entity.name}' as entity, id, answered_at from "raw".{entity.table} where realm_id = $realm_id"""
        for entity in CATALOGUE
        if entity.table in existing
    ]
    if not answers:
        return none
    if "deletions" in existing:
        gone = 'select entity, id, answered_at as gone_at from "raw".deletions where realm_id = $realm_id'
    else:
        gone = "select null as entity, null as id, null::timestamptz as gone_at where false"
    rows = connection.execute(
        f"""with answers as ({" union all ".join(answers)}),
        seen as (select entity, id, max(answered_at) as answered_at from answers group by all),
        gone as ({gone}),
        live as (
            select * from seen
            where not exists (
                from gone where gone.entity = seen.entity and gone.id = seen.id and gone.gone_at > seen.answered_at
            )
        )
        select entity, count(*), bit_xor(hash(id)) from live group by entity""",
        {"realm_id": realm_id},
    ).fetchall()
    return none | {entity: Fingerprint(objects, ids) for entity, objects, ids in rows}


def texts(
    connection: DuckDBPyConnection, realm_id: str, entity: Entity, ids: Iterable[str]
) -> dict[str, bytes]:
    """JSON text, by id, of the live objects among `ids`."""
    listed = list(ids)
    if not listed:
        return {}
    statement = "select id, payload from live where list_contains($ids::varchar[], id)"
    rows = _from_live(connection, realm_id, entity, statement, ids=listed)
    return {id: text.encode() for id, text in rows}


def _from_live(
    connection: DuckDBPyConnection, realm_id: str, entity: Entity, statement: str, **more: list[str]
) -> list[tuple[Any, ...]]:  # rows as DuckDB gives them
    existing = tables(connection, "raw")
    if entity.table not in existing:
        return []
    gone = GONE if "deletions" in existing else NONE_GONE
    live = LIVE.format(table=entity.table, gone=gone)
    parameters = {"realm_id": realm_id, "entity": entity.name, **more}
    return connection.execute(live + statement, parameters).fetchall()
