"""`staging.other_fields`: what QuickBooks sent and no column of staging takes, so that nothing sent is out of reach.

What is left out: fields that a mapping leaves out on purpose; `domain` and `sparse`, which say nothing; the name that a
reference repeats beside the id that a column takes, for it goes stale and the lists have today's; and what a wrapper
of Java (`any[1].declaredType`) says beside its value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from duckdb import DuckDBPyConnection

from pipelines.base.kept_tables import KeptTable
from transforms.engine import mapping
from transforms.engine.mapping import StagingTable

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = KeptTable(
    "staging.other_fields",
    "One row per field of an object that QuickBooks sent and that no column of staging takes. Empty in the published "
    "file, but for the paths that the setting publish_other_fields names.",
    {
        "entity": ("varchar", "QuickBooks's name of the entity, such as Invoice."),
        "path": (
            "varchar",
            "Place of the field in the object as QuickBooks sent it, such as BillAddr.Lat or Line[1].Received; "
            "elements count from 1.",
        ),
        "value": ("varchar", "Value of the field as text: a number as sent, a flag as true or false."),
        "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
        "id": ("varchar", "QuickBooks id of the object."),
    },
)

Node = dict[str, Any]
"""Fields that columns take: a name leads to the fields inside, or to None for a value; `any[1]` is one element."""

Fields: TypeAlias = "pa.Table"
"""Rows of the table as Arrow holds them, for they are many."""

NOTHING: Node = {}
FRAME: Node = {
    "Id": None,
    "SyncToken": None,
    "domain": None,
    "sparse": None,
    "MetaData": {"CreateTime": None, "LastUpdatedTime": None},
}

_as_sent = msgspec.json.Decoder(float_hook=str)


def find(entity: str, documents: Iterable[tuple[str, str, str]]) -> Fields | None:
    """The fields that no column takes of documents, given as company, id and text; None where there are none."""
    if mapping.leaves_out(entity) is None:
        return None
    import pyarrow as pa

    document = {"": taken(entity)}
    rows = []
    for realm_id, id, payload in documents:
        found: list[tuple[str, str]] = []
        _collect(_as_sent.decode(payload), document, "", "", found)
        rows += [(path, value, realm_id, id) for path, value in found]
    if not rows:
        return None
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.table([pa.array([entity] * len(rows)), *columns], names=list(TABLE.columns))


def insert(connection: DuckDBPyConnection, found: Sequence[Fields]) -> None:
    """Adds the fields of these documents."""
    for fields in found:
        connection.register("found", fields)
        try:
            connection.execute(f"insert into {TABLE.name} by name from found")
        finally:
            connection.unregister("found")


def signature(entity: str) -> str:
    """Changes with what decides the rows of an entity, besides code."""
    return json.dumps(mapping.leaves_out(entity))


def of_paths(patterns: Iterable[str]) -> str:
    """SQL that is true for rows whose `Entity.path`, without numbers of elements, a pattern means; * is anything."""
    parts = [re.escape(pattern).replace(r"\*", ".*") for pattern in patterns]
    place = r"entity || '.' || regexp_replace(path, '\[\d+\]', '', 'g')"
    expression = "|".join(parts).replace("'", "''")
    return f"regexp_full_match({place}, '(?i)({expression})')" if parts else "false"


@cache
def taken(entity: str) -> Node:
    """The fields of an entity's documents that columns take, or that a mapping leaves out."""
    fields: Node = dict.fromkeys(mapping.leaves_out(entity) or ())
    for table in mapping.read(entity):
        _take(fields, table)
    wrapped = mapping.read(entity)[0].wrapped
    document = dict.fromkeys(wrapped, fields | FRAME) if wrapped else fields
    return _merged(document, FRAME)


def _take(node: Node, table: StagingTable) -> None:
    for array in table.each.values():
        node = _at(node, array)
    if table.bundles:
        outer, inner = table.bundles.split(".")
        _at(node, outer)[inner] = node  # a line inside a line has the fields of any line
    for column in table.columns.values():
        for path in column.paths:
            *objects, name = path.split(".")
            _at(node, ".".join(objects)).setdefault(name, None)


def _at(node: Node, path: str) -> Node:
    for name in filter(None, path.split(".")):
        if node.get(name) is None:
            node[name] = {}
        node = node[name]
    return node


def _merged(one: Node, other: Node) -> Node:
    both = {**other, **one}
    for name in one.keys() & other.keys():
        if isinstance(one[name], dict) and isinstance(other[name], dict):
            both[name] = _merged(one[name], other[name])
    return both


def _collect(value: Any, node: Node, name: str, path: str, found: list[tuple[str, str]]) -> None:
    """Adds path and value of each field that no column takes in a value at `path`, whose field is `name` of `node`.

    What is empty has none. It is called for each field of each document, so it is written for speed.
    """
    kind = type(value)
    if kind is dict:
        inside = node.get(name) or NOTHING
        below = f"{path}." if path else ""
        wraps = "declaredType" in value
        for field, inner in value.items():
            if inside.get(field, NOTHING) is None or (field == "name" and "value" in inside):
                continue
            if not wraps or field == "value":
                _collect(inner, inside, field, f"{below}{field}", found)
    elif kind is list:
        whole = node.get(name) or NOTHING
        for number, one in enumerate(value, 1):
            inside = node.get(f"{name}[{number}]")
            _collect(one, {name: whole | inside if inside else whole}, name, f"{path}[{number}]", found)
    elif kind is bool:
        found.append((path, "true" if value else "false"))
    elif value is not None and value != "":
        found.append((path, str(value)))
