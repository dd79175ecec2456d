"""Schema drift: fields of QuickBooks's objects that were never seen before, that vanished, or that changed type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from duckdb import DuckDBPyConnection

from checks.evidence import Difference, TieOut
from checks.ours import volatile_fields
from pipelines.base.sqltext import tables
from pipelines.quickbooks.entities import CATALOGUE, Entity

NAME = "schema_drift"
LEAST = 20
"""So many objects must have had a field, all of them, before its absence says anything."""

TABLES = """
create schema if not exists build;
create table if not exists build.described_loads (realm_id varchar, load_id varchar);
create table if not exists build.fields (
    realm_id varchar, entity varchar, path varchar, types varchar[], objects bigint
);
create table if not exists build.described_objects (realm_id varchar, entity varchar, objects bigint);
"""
WORDS = {"DOUBLE": "number", "VARCHAR": "text", "BOOLEAN": "true or false", "NULL": "", "JSON": ""}
"""JSON is what DuckDB calls an empty object, so that it says no more than null."""

STRUCTURE = r"""regexp_replace(json_structure(payload)::varchar, '"U?(BIGINT|HUGEINT)"', '"DOUBLE"', 'g')"""

COLUMNS = {
    "new_fields": "new field",
    "vanished_fields": "vanished field",
    "changed_types": "changed type",
    "volatile_fields": "another text in every answer",
}

Shape = Any  # of itself, which mypy cannot follow through `match`
"""What DuckDB's json_structure says: a type's name, a list of one shape, or fields with their shapes."""


@dataclass
class Fields:
    """The fields of some objects of an entity: types by path, and how many objects have each."""

    objects: int = 0
    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    having: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, shape: Shape, objects: int) -> None:
        """Objects of one shape."""
        self.objects += objects
        paths: dict[str, set[str]] = defaultdict(set)
        for path, type in _paths("", shape):
            paths[path] |= {type} - {""}
        for path, types in paths.items():
            self.types[path] |= types
            self.having[path] += objects


def check(connection: DuckDBPyConnection, realm_id: str) -> TieOut:
    """What differs in the versions loaded since the last call from all before; an entity's first ones are no drift.

    Call it once a run: the next call takes these versions as seen. A field that vanished is reported once.
    """
    connection.execute(TABLES)
    existing = tables(connection, "raw")
    fresh = _fresh_loads(connection, realm_id) if "_dlt_loads" in existing else []
    drifted: list[Difference] = []
    held = [entity for entity in CATALOGUE if entity.table in existing]
    now = _fields(connection, realm_id, held, fresh) if held and fresh else {}
    if now:
        before = _described(connection, realm_id, now)
        for name, fields in now.items():
            if before[name].objects:
                drifted += _drift(name, before[name], fields)
        _describe(connection, realm_id, before, now)
    connection.execute("insert into build.described_loads select ?, unnest(?)", [realm_id, fresh])
    drifted += [
        Difference(
            NAME, entity, path, COLUMNS["volatile_fields"], None, "not compared any more", is_money=False
        )
        for entity, path in volatile_fields.news(connection, realm_id)
    ]
    figures = {column: sum(row.column == word for row in drifted) for column, word in COLUMNS.items()}
    return TieOut(NAME, figures, beside=tuple(drifted))


def _drift(entity: str, before: Fields, now: Fields) -> Iterator[Difference]:
    def row(path: str, column: str, expected: str | None, actual: str | None) -> Difference:
        return Difference(NAME, entity, path, column, expected, actual, is_money=False)

    for path, types in sorted(now.types.items()):
        if path not in before.types:
            if not _below_new(path, before, now):
                yield row(path, "new field", None, _listed(types) or "null")
        elif types - before.types[path] and before.types[path]:
            yield row(path, "changed type", _listed(before.types[path]), _listed(types))
    for path, having in sorted(before.having.items()):
        if path not in now.types and having == before.objects >= LEAST:
            yield row(
                path, "vanished field", f"in all {having:,} objects so far", f"in none of {now.objects:,}"
            )


def _below_new(path: str, before: Fields, now: Fields) -> bool:
    """Of a new object within objects, its name says enough."""
    above = path.rpartition(".")[0].removesuffix("[]")
    return bool(above) and above in now.types and above not in before.types


def _listed(types: set[str]) -> str:
    return ", ".join(sorted(types))


def _paths(path: str, shape: Shape) -> Iterator[tuple[str, str]]:
    """Paths as `Line[].SalesItemLineDetail.Qty`, with the type of each; nothing for null."""
    match shape:
        case dict():
            if path:
                yield path, "object"
            for name, inner in shape.items():
                yield from _paths(f"{path}.{name}" if path else name, inner)
        case list():
            yield path, "list"
            for inner in shape:
                if isinstance(inner, dict):
                    for name, below in inner.items():
                        yield from _paths(f"{path}[].{name}", below)
        case _:
            yield path, WORDS.get(shape, str(shape))


def _fresh_loads(connection: DuckDBPyConnection, realm_id: str) -> list[str]:
    rows = connection.execute(
        """select load_id from raw._dlt_loads
        anti join (select load_id from build.described_loads where realm_id = ?) using (load_id) order by all""",
        [realm_id],
    ).fetchall()
    return [load for (load,) in rows]


def _fields(
    connection: DuckDBPyConnection, realm_id: str, entities: Sequence[Entity], loads: list[str]
) -> dict[str, Fields]:
    """What these loads brought, by the names of the entities of which they brought something."""
    statements = [
        f"""select '{entity.name}', {STRUCTURE}, count(*) from raw.{entity.table}
        where realm_id = $realm_id and list_contains($loads, load_id) group by all"""
        for entity in entities
    ]
    rows = connection.execute(
        " union all ".join(statements), {"realm_id": realm_id, "loads": loads}
    ).fetchall()
    fields = {entity.name: Fields() for entity in entities}
    for name, structure, objects in rows:
        fields[name].add(msgspec.json.decode(structure), objects)
    return {name: one for name, one in fields.items() if one.objects}


def _described(connection: DuckDBPyConnection, realm_id: str, entities: Collection[str]) -> dict[str, Fields]:
    """What all loads before brought, by the name of the entity."""
    described = {name: Fields() for name in entities}
    only = "where realm_id = ? and list_contains(?, entity)"
    parameters = [realm_id, list(entities)]
    objects = f"select entity, objects from build.described_objects {only}"
    for name, many in connection.execute(objects, parameters).fetchall():
        described[name].objects += many
    fields = f"select entity, path, types, objects from build.fields {only}"
    for name, path, types, having in connection.execute(fields, parameters).fetchall():
        described[name].types[path], described[name].having[path] = set(types), having
    return described


def _describe(
    connection: DuckDBPyConnection, realm_id: str, before: Mapping[str, Fields], now: Mapping[str, Fields]
) -> None:
    """Adds what these loads brought to what all before them did."""
    for table in ("fields", "described_objects"):
        connection.execute(
            f"delete from build.{table} where realm_id = ? and list_contains(?, entity)",
            [realm_id, list(now)],
        )
    connection.execute(
        "insert into build.described_objects select ?, unnest(?), unnest(?)",
        [realm_id, list(now), [before[name].objects + fields.objects for name, fields in now.items()]],
    )
    rows = [
        (
            name,
            path,
            sorted(before[name].types.get(path, set()) | fields.types.get(path, set())),
            before[name].having.get(path, 0) + fields.having.get(path, 0),
        )
        for name, fields in now.items()
        for path in sorted(before[name].types.keys() | fields.types.keys())
    ]
    connection.execute(
        "insert into build.fields select ?, unnest(?), unnest(?), unnest(?), unnest(?)",
        [realm_id, *map(list, zip(*rows, strict=True))],
    )
