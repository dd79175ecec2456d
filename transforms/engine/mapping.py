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

from pipelines.base.errors import QuickduckError
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
    "json": "JSON",
}
"""What a field is parsed as, by the type its row states.

`date_text` is a date that QuickBooks may send with a time; `json` is whatever stands there, as text. One more type is
no field: `address` stands for the columns of shared/address.toml.
"""

Toml = dict[str, Any]
"""What `tomllib` gives: its values are of any type."""


@dataclass(frozen=True)
class Column:
    """A column of staging, with the paths from which it is read, the first that a document has, or the SQL for it.

    `otherwise` is SQL for what stands in the column where a document has none of them.
    """

    name: str
    type: str
    comment: str
    paths: tuple[str, ...] = ()
    sql: str = ""
    otherwise: str = ""

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """Where QuickBooks has exactly this value; empty if it is computed or one of several in an array."""
        if self.type in ("date_text", "json") or any("[" in path for path in self.paths):
            return ()
        return tuple(tuple(path.split(".")) for path in self.paths)


@dataclass(frozen=True)
class StagingTable:
    """A table of staging: one row per document, or per element of an array in it.

    `each` names those elements and has the path of their array, from the outermost to the one that is a row.
    `bundles` is the array of further lines in a line, `wrapped` the types of which one wraps each document.
    `columns` are by their names, in the order of the mapping.
    """

    entity: Entity
    name: str
    about: str
    each: dict[str, str]
    bundles: str
    wrapped: tuple[str, ...]
    columns: dict[str, Column]

    @property
    def key(self) -> str:
        """The column that holds the id of the document."""
        return f"{self.entity.table}_id"


class NoMapping(QuickduckError):
    """An entity of the catalogue has no mapping yet."""


@cache
def read(entity: str) -> tuple[StagingTable, ...]:
    """The tables of staging that an entity's documents fill, the one with a row per document first."""
    if not (FOLDER / f"{entity}.toml").exists():
        raise NoMapping(
            f"{entity} stands in the catalogue of entities and has no mapping: write "
            f"transforms/staging/mapping/{entity}.toml and run `make staging`, as docs/extend.md says."
        )
    file = _toml(f"{entity}.toml")
    wrapped = tuple(file.get("wrapped", ()))
    tables = {name: table for name, table in file.items() if isinstance(table, dict)}
    return tuple(_table(BY_NAME[entity], name, wrapped, table) for name, table in tables.items())


@cache
def leaves_out(entity: str) -> tuple[str, ...] | None:
    """The fields of an entity that `staging.other_fields` does not have either; None where it has none at all."""
    fields = _toml(f"{entity}.toml").get("left_out", ())
    return None if fields == "*" else tuple(fields)


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
        "a": "an" if this[0] in "aeiou" else "a",
        "row": table.get("row", element),
    }
    shared = shared_columns().get(element, {})
    own_columns = [
        column
        for rows in table.values()
        if isinstance(rows, list)
        for row in rows
        for column in _columns(row, shared, words)
    ]
    head, tail = _frame(entity, table, words)
    return StagingTable(
        entity=entity,
        name=name,
        about=table["about"].format(**words),
        each=each,
        bundles=table.get("bundles", ""),
        wrapped=wrapped,
        columns={column.name: column for column in [*head, *own_columns, *tail]},
    )


def _columns(row: str | list[Any], shared: Toml, words: dict[str, str]) -> Iterator[Column]:
    """The columns of a row; an entry may be the name of a shared column."""
    name, path, type, comment = [row, *shared[row]] if isinstance(row, str) else row
    if type == "address":
        address = comment.format(**words)
        for part, (field, part_type, part_comment) in _toml("shared/address.toml").items():
            text = part_comment.format(address=address)
            yield Column(f"{name}_{part}", part_type, text, (f"{path}.{field}",))
    else:
        source = path if isinstance(path, dict) else {"path": path}
        paths = source.get("path", ())
        paths = (paths,) if isinstance(paths, str) else tuple(paths)
        yield Column(
            name, type, comment.format(**words), paths, source.get("sql", ""), source.get("otherwise", "")
        )


def _frame(entity: Entity, table: Toml, words: dict[str, str]) -> tuple[list[Column], list[Column]]:
    """The columns that every table begins with, and those that one with a row per document ends with."""
    frame = _toml("shared/frame.toml") | table
    key = f"{entity.table}_id"

    def column(name: str, type: str, comment: str, sql: str = "", **more: str) -> Column:
        return Column(name, type, comment.format(**words | more), sql=sql or name)

    head = [column("realm_id", "text", frame["realm_id"])]
    if "each" not in table:
        head.append(column(key, "text", frame["id"], "id"))
        tail = {"sync_token": "whole", "created_at": "moment", "last_updated_at": "moment"}
        return head, [column(name, type, frame[name]) for name, type in tail.items()]
    head.append(column(key, "text", frame["id"]))
    whole = words["this"]
    for part in table["each"]:
        row = words["row"] if part == list(table["each"])[-1] else part
        comment = frame["number_with_bundles" if "bundles" in table else "number"]
        head.append(column(f"{part}_no", "whole", comment, row=row, whole=whole))
        whole = part
    if "bundles" in table:
        head.append(column("group_line_no", "whole", frame["group_line_no"]))
    return head, []


@cache
def _toml(path: str) -> Toml:
    return tomllib.loads((FOLDER / path).read_text(encoding="utf-8"))
