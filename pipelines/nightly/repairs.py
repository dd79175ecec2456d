"""What change data capture cannot tell, and which rows to read again because of it.

A merge moves the loser's transactions to the winner without a stamp. A tombstone may name a row that lives.
A change that fell between two answers shows only in a count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from pipelines.base.sqltext import tables
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity, Kind
from pipelines.quickbooks.paging import ids
from pipelines.quickbooks.visit import OVERLAP_SECONDS
from transforms.engine.current_versions import census, live

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
    suspects: Suspects = defaultdict(set)
    if "deletions" in tables(warehouse, "raw"):
        rows = warehouse.execute(
            """select entity, id from raw.deletions
            where realm_id = ? and found_by = 'cdc' and list_contains(?, load_id)""",
            [realm_id, list(loads)],
        ).fetchall()
        for entity, id in rows:
            suspects[entity].add(id)
    return suspects


def moved_by_merge(warehouse: DuckDBPyConnection, realm_id: str, loads: Sequence[str]) -> Suspects:
    """What names a customer or vendor found gone or inactive in these loads, and was read before he became so."""
    suspects: Suspects = defaultdict(set)
    raw = tables(warehouse, "raw")
    naming = [
        entity
        for entity in CATALOGUE
        if entity.table in raw and (entity.kind is Kind.TRANSACTION or entity.name in MERGEABLE)
    ]
    losers = _losers(warehouse, realm_id, loads, naming) if naming else {}
    if not losers:
        return suspects
    values = {
        "realm": realm_id,
        "ids": list(losers),
        "left_at": list(losers.values()),
        "reference": rf'"(?:{REFERENCES})"\s*:\s*\{{[^}}]*"value"\s*:\s*"({"|".join(sorted(losers))})"',
    }
    for entity in naming:
        rows = warehouse.execute(
            f"""with loser as (
                select unnest($ids::varchar[]) as named, unnest($left_at::timestamptz[]) as left_at
            ),
            mention as (
                select id, answered_at, unnest(regexp_extract_all(payload::varchar, $reference, 1)) as named
                from {live(entity)} where realm_id = $realm
            )
            select distinct id from mention join loser using (named)
            where left_at is null or answered_at <= left_at + to_seconds({OVERLAP_SECONDS})""",
            values,
        ).fetchall()
        suspects[entity.name].update(id for (id,) in rows)
    return suspects


def miscounted(warehouse: DuckDBPyConnection, client: QuickBooks, counts: Mapping[str, int]) -> Suspects:
    """Ids that only one side knows, for the entities whose counts disagree."""
    held = census(warehouse, client.realm_id, [BY_NAME[name] for name in counts])
    differing = [name for name, count in counts.items() if held[name].live != count]
    return one_sided(warehouse, client, differing)


def one_sided(warehouse: DuckDBPyConnection, client: QuickBooks, names: Iterable[str]) -> Suspects:
    """Ids that only one side knows; costs a listing of the ids of each entity named."""
    return {
        name: _live_ids(warehouse, client.realm_id, BY_NAME[name]) ^ ids(client, BY_NAME[name])
        for name in names
    }


def found_gone(warehouse: DuckDBPyConnection, realm_id: str, loads: Sequence[str]) -> int:
    """How many objects that we held these loads found deleted; an id that was asked for in vain is none."""
    raw = tables(warehouse, "raw")
    if "deletions" not in raw:
        return 0
    values = {"realm": realm_id, "loads": list(loads)}
    rows = warehouse.execute(
        "select distinct entity from raw.deletions where realm_id = $realm and list_contains($loads, load_id)",
        values,
    ).fetchall()
    held = [BY_NAME[name] for (name,) in rows if BY_NAME[name].table in raw]
    parts = [
        f"""select id from (
            select id, max(answered_at) filter (list_contains($loads, load_id)) as gone_at,
                max(answered_at) filter (not list_contains($loads, load_id)) as gone_before_at
            from raw.deletions where realm_id = $realm and entity = '{entity.name}' group by all
        ) join (
            select id, max(answered_at) as held_at from raw.{entity.table} where realm_id = $realm group by all
        ) using (id)
        where held_at < gone_at and (gone_before_at is null or held_at >= gone_before_at)"""
        for entity in held
    ]
    return len(warehouse.execute(" union all ".join(parts), values).fetchall()) if parts else 0


def joined(*parts: Suspects) -> Suspects:
    """All suspects of all parts."""
    suspects: Suspects = defaultdict(set)
    for part in parts:
        for name, listed in part.items():
            suspects[name] |= listed
    return {name: listed for name, listed in suspects.items() if listed}


def without(suspects: Suspects, examined: Suspects) -> Suspects:
    """The suspects that were not looked at yet."""
    left = {name: listed - examined.get(name, set()) for name, listed in suspects.items()}
    return {name: listed for name, listed in left.items() if listed}


def _losers(
    warehouse: DuckDBPyConnection, realm_id: str, loads: Sequence[str], naming: Sequence[Entity]
) -> dict[str, DateTime | None]:
    """Customers and vendors gone or inactive in these loads, by id, and when an inactive one changed last.

    One that was inactive before can be merged too. Who left before our first answer took nothing of ours along.
    """
    raw = tables(warehouse, "raw")
    answers = " union all ".join(
        f"select answered_at from raw.{entity.table} where realm_id = $realm" for entity in naming
    )
    inactive = """select id, max(last_updated_at) as left_at from raw.{}
        where realm_id = $realm and list_contains($loads, load_id) and payload->>'$.Active' = 'false'
        group by all"""
    deleted = """select id, null::timestamptz as left_at from raw.deletions
        where realm_id = $realm and list_contains($loads, load_id) and list_contains($mergeable, entity)"""
    parts = [inactive.format(BY_NAME[name].table) for name in MERGEABLE if BY_NAME[name].table in raw]
    rows = warehouse.execute(
        f"""select id, left_at from ({" union all ".join([*parts, deleted])})
        where left_at is null
            or left_at >= (select min(answered_at) from ({answers})) - to_seconds({OVERLAP_SECONDS})
        order by left_at nulls last""",
        {"realm": realm_id, "loads": list(loads), "mergeable": list(MERGEABLE)},
    ).fetchall()
    return dict(rows)


def _live_ids(warehouse: DuckDBPyConnection, realm_id: str, entity: Entity) -> set[str]:
    if entity.table not in tables(warehouse, "raw"):
        return set()
    rows = warehouse.execute(f"select id from {live(entity)} where realm_id = ?", [realm_id]).fetchall()
    return {id for (id,) in rows}
