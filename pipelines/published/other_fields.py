"""Which rows of `staging.other_fields` are published: the paths that a setting names, without what is withheld."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.base.sqltext import literals
from pipelines.published.privacy import Withheld
from pipelines.quickbooks.entities import CATALOGUE
from transforms.engine import mapping
from transforms.engine.mapping import StagingTable
from transforms.engine.other_fields import TABLE, of_paths

NAME = TABLE.name


def condition(patterns: Collection[str], withheld: Withheld) -> str:
    """SQL that is true for the rows to publish.

    A field is withheld with a column where its path has the object, or the field, that the column is read from: with
    `billing_line1` all of `BillAddr`, of every entity.
    """
    if names := sorted(_fields(withheld)):
        elements = r"string_split(regexp_replace(path, '\[\d+\]', '', 'g'), '.')"
        return f"{of_paths(patterns)} and not list_has_any({elements}, [{literals(names)}])"
    return of_paths(patterns)


def _fields(withheld: Withheld) -> set[str]:
    """Names in paths by which fields are withheld."""
    return {
        _object(path)
        for entity in CATALOGUE
        for table in mapping.read(entity.name)
        for column in table.columns.values()
        if _full_name(table, column.name) in withheld.names
        for path in column.paths
    }


def _full_name(table: StagingTable, column: str) -> str:
    return f"staging.{table.name}.{column}"


def _object(path: str) -> str:
    """The object a column is read from; of a line's detail, which holds all there is of the line, the field alone."""
    first, *rest = path.split(".")
    name = rest[-1] if rest and first.endswith("Detail") else first
    return name.partition("[")[0]
