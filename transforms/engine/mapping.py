"""The mapping of each column of staging, in one TOML file per entity; everything else about staging is read from it.

The shape that documents are parsed into, the SQL (`make staging` writes it), the comments of the columns, the fields
that `quickduck serve` answers with and the columns that redaction hides all come from here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity

FOLDER = Path(__file__).parents[1] / "staging/mapping"

MONEY = "DECIMAL(24,8)"  # keeps the decimals QuickBooks should not send; staging casts to DECIMAL(18,2)
PARSED = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "number": "DECIMAL(24,10)",
    "money": MONEY,
    "flag": "BOOLEAN",
    "date": "DATE",
    "date_text": "VARCHAR",
    "moment": "TIMESTAMPTZ",
}
"""What a field is parsed as, by the type its row states.

`date_text` is a date that QuickBooks may send with a time. Two more types are no fields: `sql` marks an expression in
place of a path, `address` stands for the columns of shared/address.toml.
"""

Toml = dict[str, Any]
"""What `tomllib` gives: its values are of any type."""


@dataclass(frozen=True)
class Column:
    """A column of staging, with the paths from which it is read, the first that a document has, or the SQL for it."""

    name: str
    type: str
    comment: str
    paths: tuple[str, ...] = ()
    sql: str = ""

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """Where QuickBooks has exactly this value; empty if it is computed or one of several in an array."""
        if self.type == "date_text" or any("[" in path for path in self.paths):
            return ()
        return tuple(tuple(path.split(".")) for path in self.paths)


@dataclass(frozen=True)
class StagingTable:
    """A table of staging: one row per document, or per element of an array in it.

    `each` names those elements and has the path of their array, from the outermost to the one that is a row.
    `bundles` is the array of further lines in a line, `wrapped` the types of which one wraps each document.
    """

    entity: Entity
    name: str
    about: str
    each: dict[str, str]
    bundles: str
    wrapped: tuple[str, ...]
    groups: tuple[tuple[Column, ...], ...]

    @property
    def key(self) -> str:
        """The column that holds the id of the document."""
        return f"{self.entity.table}_id"

    @property
    def columns(self) -> dict[str, Column]:
        """Every column by its name, in order."""
        return {column.name: column for group in self.groups for column in group}


@cache
def read(entity: str) -> tuple[StagingTable, ...]:
    """The tables of staging that an entity's documents fill, the one with a row per document first."""
    file = _toml(f"{entity}.toml")
    wrapped = tuple(file.get("wrapped", ()))
    tables = {name: table for name, table in file.items() if name != "wrapped"}
    return tuple(_table(BY_NAME[entity], name, wrapped, table) for name, table in tables.items())


@cache
def tables() -> dict[str, StagingTable]:
    """Every table of staging by its name."""
    return {table.name: table for entity in CATALOGUE for table in read(entity.name)}


def shared_columns() -> dict[str, Toml]:
    """Path, type and comment of the columns that several tables have, by the part they belong to and their name."""
    return _toml("shared/columns.toml")


def _table(entity: Entity, name: str, wrapped: tuple[str, ...], own: Toml) -> StagingTable:
    table = _toml(f"shared/{own['like']}.toml") | own if "like" in own else own
    each = table.get("each", {})
    element = list(each)[-1] if each else "document"
    words = {
        "this": (this := entity.table.replace("_", " ")),
        "these": entity.staging.replace("_", " "),
        "a": "an" if this[0] in "aeiou" else "a",
        "row": table.get("row", element),
    }
    shared = shared_columns().get(element, {})
    groups = [
        [column for row in rows for column in _columns(row, shared, words)]
        for rows in table.values()
        if isinstance(rows, list)
    ]
    head, tail = _frame(entity, table, words)
    return StagingTable(
        entity=entity,
        name=name,
        about=table["about"].format(**words),
        each=each,
        bundles=table.get("bundles", ""),
        wrapped=wrapped,
        groups=tuple(tuple(group) for group in ([*head, *groups[0]], *groups[1:], tail) if group),
    )


def _columns(row: str | list[Any], shared: Toml, words: dict[str, str]) -> Iterator[Column]:
    """The columns of a row; an entry may be the name of a shared column."""
    name, path, type, comment = [row, *shared[row]] if isinstance(row, str) else row
    if type == "address":
        address = comment.format(**words)
        for part, (field, part_type, part_comment) in _toml("shared/address.toml").items():
            text = part_comment.format(address=address)
            yield Column(f"{name}_{part}", part_type, text, (f"{path}.{field}",))
    elif type == "sql":
        yield Column(name, type, comment.format(**words), sql=path)
    else:
        paths = (path,) if isinstance(path, str) else tuple(path)
        yield Column(name, type, comment.format(**words), paths)


def _frame(entity: Entity, table: Toml, words: dict[str, str]) -> tuple[list[Column], list[Column]]:
    """The columns that every table begins with, and those that one with a row per document ends with."""
    frame = _toml("shared/frame.toml") | table
    key = f"{entity.table}_id"

    def column(name: str, sql: str, comment: str, **more: str) -> Column:
        return Column(name, "sql", comment.format(**words | more), sql=sql)

    head = [column("realm_id", "realm_id", frame["realm_id"])]
    if "each" not in table:
        head.append(column(key, "id", frame["id"]))
        return head, [
            column(name, name, frame[name]) for name in ("sync_token", "created_at", "last_updated_at")
        ]
    head.append(column(key, key, frame["id"]))
    whole = words["this"]
    for part in table["each"]:
        row = words["row"] if part == list(table["each"])[-1] else part
        comment = frame["number_with_bundles" if "bundles" in table else "number"]
        head.append(column(f"{part}_no", f"{part}_no", comment, row=row, whole=whole))
        whole = part
    if "bundles" in table:
        head.append(column("group_line_no", "group_line_no", frame["group_line_no"]))
    return head, []


@cache
def _toml(path: str) -> Toml:
    return tomllib.loads((FOLDER / path).read_text(encoding="utf-8"))
