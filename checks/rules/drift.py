"""Schema drift: fields of QuickBooks's objects that were never seen before, that vanished, or that changed type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from duckdb import DuckDBPyConnection

from checks.evidence import Difference, TieOut
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

COLUMNS = {"new_fields": "new field", "vanished_fields": "vanished field", "changed_types": "changed type"}

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
    for entity in CATALOGUE if fresh else ():
        if entity.table not in existing:
            continue
        now = _fields(connection, realm_id, entity, fresh)
        if not now.objects:
            continue
        before = _described(connection, realm_id, entity)
        if before.objects:
            drifted += _drift(entity, before, now)
        _describe(connection, realm_id, entity, before, now)
    connection.execute("insert into build.described_loads select ?, unnest(?)", [realm_id, fresh])
    figures = {column: sum(row.column == word for row in drifted) for column, word in COLUMNS.items()}
    return TieOut(NAME, figures, beside=tuple(drifted))


def _drift(entity: Entity, before: Fields, now: Fields) -> Iterator[Difference]:
    def row(path: str, column: str, expected: str | None, actual: str | None) -> Difference:
        return Difference(NAME, entity.name, path, column, expected, actual, is_money=False)

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


def _fields(connection: DuckDBPyConnection, realm_id: str, entity: Entity, loads: list[str]) -> Fields:
    rows = connection.execute(
        f"""select {STRUCTURE}, count(*) from raw.{entity.table}
        where realm_id = $realm_id and list_contains($loads, load_id) group by all""",
        {"realm_id": realm_id, "loads": loads},
    ).fetchall()
    fields = Fields()
    for structure, objects in rows:
        fields.add(msgspec.json.decode(structure), objects)
    return fields


def _described(connection: DuckDBPyConnection, realm_id: str, entity: Entity) -> Fields:
    parameters = [realm_id, entity.name]
    objects = "select objects from build.described_objects where realm_id = ? and entity = ?"
    described = Fields(sum(many for (many,) in connection.execute(objects, parameters).fetchall()))
    fields = "select path, types, objects from build.fields where realm_id = ? and entity = ?"
    for path, types, having in connection.execute(fields, parameters).fetchall():
        described.types[path], described.having[path] = set(types), having
    return described


def _describe(
    connection: DuckDBPyConnection, realm_id: str, entity: Entity, before: Fields, now: Fields
) -> None:
    for table in ("fields", "described_objects"):
        connection.execute(
            f"delete from build.{table} where realm_id = ? and entity = ?", [realm_id, entity.name]
        )
    connection.execute(
        "insert into build.described_objects values (?, ?, ?)",
        [realm_id, entity.name, before.objects + now.objects],
    )
    paths = sorted(before.types.keys() | now.types.keys())
    connection.execute(
        "insert into build.fields select ?, ?, unnest(?), unnest(?), unnest(?)",
        [
            realm_id,
            entity.name,
            paths,
            [sorted(before.types.get(path, set()) | now.types.get(path, set())) for path in paths],
            [before.having.get(path, 0) + now.having.get(path, 0) for path in paths],
        ],
    )
