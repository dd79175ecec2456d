"""Lists which columns of a published file break which rule: `python -m tests.tools.columns [FILE] [TABLE ...]`.

Without a file the tables of `transforms/` are built from nothing and judged, which takes seconds.
The rules are data, in transforms/column_rules.toml.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import duckdb

from pipelines.base.sqltext import TableColumn, columns, identifier
from pipelines.published.plain_types import plain_kind
from tests.support.books import Books
from transforms.engine import models

FILE = Path(__file__).parents[2] / "transforms/column_rules.toml"
RULES: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
SCHEMAS = ("staging", "core", "marts", "history", "checks", "ops")
WORD = re.compile(r"\d|^(?=.*[aeiou]).{3}")
"""What a part of a name looks like that is no abbreviation: it has a digit, or a vowel and three letters."""


@dataclass(frozen=True)
class PublishedTable:
    """A table as readers see it: its name with the schema, its comment, its columns in order."""

    name: str
    comment: str
    columns: tuple[TableColumn, ...]


def read(connection: duckdb.DuckDBPyConnection) -> list[PublishedTable]:
    """Every table of the schemas that are published."""
    comments = dict(
        connection.execute(
            "select schema_name || '.' || table_name, coalesce(comment, '') from duckdb_tables()"
        ).fetchall()
    )
    by_table = groupby(columns(connection, SCHEMAS), key=lambda column: f"{column.schema}.{column.table}")
    return [PublishedTable(name, comments[name], tuple(found)) for name, found in by_table]


def violations(table: PublishedTable) -> list[str]:
    """What is wrong with the table, its columns and their order, a sentence each."""
    wrong = [*of_table(table), *of_order(table)]
    for column in table.columns:
        wrong += [f"{column.name}: {broken}" for broken in (*of_column(column), *of_abbreviations(column))]
    return wrong


def of_column(column: TableColumn) -> Iterator[str]:
    """The rules that a column breaks by itself."""
    for rule in RULES["columns"]:
        if _fits(column, rule.get("where", {})):
            must, never = rule.get("must", {}), rule.get("never", {})
            if not _fits(column, must) or (never and _fits(column, never)):
                yield f"{rule['rule']} ({column.kind}, {column.comment!r})"


def of_abbreviations(column: TableColumn) -> Iterator[str]:
    """The parts of its name that are no words, and that its comment does not spell."""
    known = RULES["words"]["known"]
    for part in column.name.split("_"):
        spelled = RULES["abbreviations"].get(part)
        if spelled is None:
            if part not in known and not WORD.search(part):
                yield f"{part!r} is no word"
        elif not re.search(spelled, column.comment, re.IGNORECASE):
            yield f"the comment does not spell {part!r}: {spelled} ({column.comment!r})"


def of_table(table: PublishedTable) -> Iterator[str]:
    """The rules about tables that it breaks: columns that it lacks, the form of its comment."""
    names = [column.name for column in table.columns]
    for rule in RULES["tables"]:
        having = rule.get("having", "")
        if re.search(rule.get("where", ""), table.name) and any(re.search(having, name) for name in names):
            if missing := [name for name in rule.get("columns", ()) if name not in names]:
                yield f"{rule['rule']}: it lacks {', '.join(missing)}"
            if not re.search(rule.get("comment", ""), table.comment):
                yield f"{rule['rule']} ({table.comment!r})"


def of_order(table: PublishedTable) -> Iterator[str]:
    """Each column that stands after one that belongs behind it."""
    for before, after in pairwise(table.columns):
        first, second = _kind(before), _kind(after)
        if first["place"] > second["place"]:
            yield f"{after.name}, {second['what']}, stands after {before.name}, {first['what']}"


def of_rows(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> list[str]:
    """The rules about rows that some rows of the table break."""
    wanted = [
        (column.name, rule, rule["never"].format(column=identifier(column.name)))
        for column in table.columns
        for rule in RULES["rows"]
        if re.search(rule["name"], column.name)
    ]
    if not wanted:
        return []
    counts = ", ".join(f"count(*) filter ({condition})" for *_, condition in wanted)
    found = connection.execute(f"select {counts} from {table.name}").fetchall()[0]
    return [
        f"{name}: {rule['rule']}: not in {count} rows"
        for (name, rule, _), count in zip(wanted, found, strict=True)
        if count
    ]


def _fits(column: TableColumn, expressions: Mapping[str, str]) -> bool:
    return all(re.search(expression, getattr(column, field)) for field, expression in expressions.items())


def place(column: TableColumn) -> int:
    """Where in its table the column stands: a lower number is further in front."""
    return int(_kind(column)["place"])


def _kind(column: TableColumn) -> dict[str, Any]:
    return next(kind for kind in RULES["order"] if _fits(column, kind["where"]))


def as_published(tables: Iterable[PublishedTable]) -> list[PublishedTable]:
    """The tables of a warehouse with the types and comments that they are published with."""
    comments = models.comments()

    def published(column: TableColumn) -> TableColumn:
        return column._replace(
            kind=plain_kind(column.name, column.kind), comment=comments.get(column.full_name, column.comment)
        )

    return [
        PublishedTable(
            table.name, comments.get(table.name, table.comment), tuple(map(published, table.columns))
        )
        for table in tables
    ]


def main(arguments: list[str]) -> None:
    """Prints the violations of the tables named, or of all."""
    files = [argument for argument in arguments if argument.endswith(".duckdb")]
    named = [argument for argument in arguments if argument not in files]
    if files:
        connection = duckdb.connect(files[0], read_only=True)
        tables = read(connection)
    else:
        books = Books()
        books.build_all()
        connection = books.connection
        tables = as_published(read(connection))
    for table in tables:
        if not named or any(table.name.startswith(name) for name in named):
            wrong = violations(table) + of_rows(connection, table)
            print(*[f"{table.name}: {broken}" for broken in wrong], sep="\n", end="\n" if wrong else "")


if __name__ == "__main__":
    main(sys.argv[1:])
