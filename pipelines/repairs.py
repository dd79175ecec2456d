"""What change data capture cannot tell, and which rows to read again because of it.

A merge moves the loser's transactions to the winner without a stamp. A tombstone may name a row that lives.
A change that fell between two answers shows only in a count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from duckdb import DuckDBPyConnection

from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity, Kind
from pipelines.quickbooks.paging import ids
from transforms.live import census, live, raw_tables

Suspects = dict[str, set[str]]
MERGEABLE = ("Customer", "Vendor")
REFERENCES = "CustomerRef|VendorRef|EntityRef|Entity|ParentRef"


def unrepaired(warehouse: DuckDBPyConnection, realm_id: str) -> list[str]:
    """Loads that no finished repair of this company has looked at."""
    warehouse.execute("create schema if not exists build")
    warehouse.execute("create table if not exists build.repaired_loads (realm_id varchar, load_id varchar)")
    rows = warehouse.execute(
        """select load_id from raw._dlt_loads
        where load_id not in (select load_id from build.repaired_loads where realm_id = ?) order by all""",
        [realm_id],
    ).fetchall()
    return [load_id for (load_id,) in rows]


def note_repaired(warehouse: DuckDBPyConnection, realm_id: str, loads: Sequence[str]) -> None:
    """These loads of this company need no other look."""
    warehouse.executemany(
        "insert into build.repaired_loads values (?, ?)", [(realm_id, load_id) for load_id in loads]
    )


def tombstoned(warehouse: DuckDBPyConnection, realm_id: str, loads: Sequence[str]) -> Suspects:
    """Rows that change data capture called deleted in these loads; a read decides."""
    found: Suspects = defaultdict(set)
    if "deletions" in raw_tables(warehouse):
        rows = warehouse.execute(
            """select entity, id from raw.deletions
            where realm_id = ? and found_by = 'cdc' and list_contains(?, load_id)""",
            [realm_id, list(loads)],
        ).fetchall()
        for entity, id in rows:
            found[entity].add(id)
    return found


def moved_by_merge(warehouse: DuckDBPyConnection, realm_id: str, loads: Sequence[str]) -> Suspects:
    """Everything that names a customer or vendor which disappeared or became inactive in these loads."""
    losers = {id for name in MERGEABLE for id in _losers(warehouse, realm_id, name, loads)}
    found: Suspects = defaultdict(set)
    if not losers:
        return found
    tables = raw_tables(warehouse)
    naming = rf'"({REFERENCES})"\s*:\s*\{{[^}}]*"value"\s*:\s*"({"|".join(sorted(losers))})"'
    for entity in CATALOGUE:
        if entity.table in tables and (entity.kind is Kind.TRANSACTION or entity.name in MERGEABLE):
            rows = warehouse.execute(
                f"select id from {live(entity)} where realm_id = ? and regexp_matches(payload::varchar, ?)",
                [realm_id, naming],
            ).fetchall()
            found[entity.name].update(id for (id,) in rows)
    return found


def miscounted(warehouse: DuckDBPyConnection, client: QuickBooks, counts: Mapping[str, int]) -> Suspects:
    """Ids that only one side knows, for the entities whose counts disagree."""
    ours = census(warehouse, client.realm_id, [BY_NAME[name] for name in counts])
    differing = [name for name, count in counts.items() if ours[name].live != count]
    return one_sided(warehouse, client, differing)


def one_sided(warehouse: DuckDBPyConnection, client: QuickBooks, names: Iterable[str]) -> Suspects:
    """Ids that only one side knows; costs a listing of the ids of each entity named."""
    return {
        name: _live_ids(warehouse, client.realm_id, BY_NAME[name]) ^ ids(client, BY_NAME[name])
        for name in names
    }


def joined(*parts: Suspects) -> Suspects:
    """All suspects of all parts."""
    found: Suspects = defaultdict(set)
    for part in parts:
        for name, listed in part.items():
            found[name] |= listed
    return {name: listed for name, listed in found.items() if listed}


def without(suspects: Suspects, known: Suspects) -> Suspects:
    """The suspects that were not looked at yet."""
    left = {name: listed - known.get(name, set()) for name, listed in suspects.items()}
    return {name: listed for name, listed in left.items() if listed}


def _losers(warehouse: DuckDBPyConnection, realm_id: str, name: str, loads: Sequence[str]) -> list[str]:
    tables = raw_tables(warehouse)
    gone = """select id from raw.deletions
        where realm_id = $realm and entity = $name and list_contains($loads, load_id)"""
    table = f"raw.{BY_NAME[name].table}"
    inactive = f"""select id from {table}
        where realm_id = $realm and list_contains($loads, load_id) and payload->>'$.Active' = 'false'
            and id in (select id from {table} where realm_id = $realm and payload->>'$.Active' = 'true')"""
    parts = [gone] * ("deletions" in tables) + [inactive] * (BY_NAME[name].table in tables)
    found: list[str] = []
    for part in parts:
        values = {"realm": realm_id, "loads": list(loads)} | ({"name": name} if part is gone else {})
        found += [id for (id,) in warehouse.execute(part, values).fetchall()]
    return found


def _live_ids(warehouse: DuckDBPyConnection, realm_id: str, entity: Entity) -> set[str]:
    if entity.table not in raw_tables(warehouse):
        return set()
    rows = warehouse.execute(f"select id from {live(entity)} where realm_id = ?", [realm_id]).fetchall()
    return {id for (id,) in rows}
