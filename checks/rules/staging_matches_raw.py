"""Whether staging, which everything else is made of, holds every live object of `raw` once, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from checks.evidence import Difference, Suspect, TieOut
from checks.ours import raw_copy
from checks.ours.raw_copy import Fingerprint
from pipelines.quickbooks.entities import CATALOGUE, Entity

NAME = "staged"


def check(connection: DuckDBPyConnection, realm_id: str, fingerprints: Mapping[str, Fingerprint]) -> TieOut:
    """Objects lost on the way from `raw`, and rows that stand in staging without one, or twice.

    `fingerprints` are of what is live in `raw`. Documents that could not be read are not lost:
    `rejected_documents` names them.
    """
    differences = [
        row for entity in CATALOGUE for row in _of(connection, realm_id, entity, fingerprints[entity.name])
    ]
    lost = [row for row in differences if row.actual is None]
    live = (row for row in differences if row.expected is not None)
    return TieOut(
        NAME,
        {"lost": len(lost), "surplus": len(differences) - len(lost)},
        tuple(differences),
        tuple(Suspect(row.entity, row.id) for row in live),
    )


def _of(
    connection: DuckDBPyConnection, realm_id: str, entity: Entity, fingerprint: Fingerprint
) -> list[Difference]:
    """One entity; on most nights two fingerprints are all it takes."""
    staged = f"select {entity.table}_id as id from staging.{entity.staging} where realm_id = $realm_id"
    mark = f"select count(*), bit_xor(hash(id)) from ({staged})"
    if connection.execute(mark, {"realm_id": realm_id}).fetchall() == [fingerprint]:
        return []
    live = raw_copy.ids(connection, realm_id, entity)
    rejected = "select id from checks.rejected where realm_id = $realm_id and entity = $entity"
    unreadable = connection.execute(rejected, {"realm_id": realm_id, "entity": entity.name}).fetchall()
    staged_ids = Counter(id for (id,) in connection.execute(staged, {"realm_id": realm_id}).fetchall())
    lost = live - staged_ids.keys() - {id for (id,) in unreadable}
    surplus = {id for id, many in staged_ids.items() if many > 1 or id not in live}
    return [Difference(NAME, entity.name, id, "id", id, None) for id in sorted(lost)] + [
        Difference(NAME, entity.name, id, "id", id if id in live else None, f"{staged_ids[id]} rows")
        for id in sorted(surplus)
    ]
