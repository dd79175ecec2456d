"""Writes transforms/staging/*.sql out of the mapping beside them: `make staging`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from textwrap import indent

from pipelines.base.sqltext import TableColumn
from tests.tools.columns import place
from transforms.engine import mapping
from transforms.engine.mapping import PARSED, Column, StagingTable

FOLDER = Path(__file__).parents[2] / "transforms/staging"
WIDTH = 140
"""A column whose line would be longer is written over several."""
INDENT = 8
"""Of the columns of the last select."""


def files() -> dict[str, str]:
    """The text of every file of staging, by its name."""
    return {f"{name}.sql": sql(table) for name, table in mapping.tables().items()}


def sql(table: StagingTable) -> str:
    """The file of a table: what it is, the arrays it goes through, its columns with their comments."""
    ctes = [_cte(table.entity.staging, f"select * from documents.{table.entity.table}")]
    source, element = table.entity.staging, "document"
    if table.wrapped:
        ctes.append(_cte("templates", _unwrapped(table, source)))
        source, element = "templates", "template"
    for name, path in table.each.items():
        rows = "outer_lines" if table.bundles else f"{name}s"
        ctes.append(_cte(rows, _elements(table, name, f"{element}.{path}", source)))
        source, element = rows, name
    if table.bundles:
        ctes += [_cte("inner_lines", _inner_lines(table)), _cte("lines", _all_lines(table))]
        source = "lines"
    columns = "\n\n".join("\n".join(_column(column, element) for column in group) for group in _groups(table))
    ctes.append(_cte("final", f"select\n{indent(columns, '    ')}\nfrom {source}"))
    return "\n".join([_about(table), "with\n", ",\n\n".join(ctes), "\nselect * from final\n"])


def _groups(table: StagingTable) -> Iterator[list[Column]]:
    """The columns in the order in which people read them, those of one kind together."""

    def place_of(column: Column) -> int:
        return place(TableColumn("staging", table.name, column.name, PARSED[column.type], column.comment))

    for _, group in groupby(sorted(table.columns.values(), key=place_of), key=place_of):
        yield list(group)


def _about(table: StagingTable) -> str:
    """The comment on top; where it is long, what follows the grain has a line of its own."""
    line = f"-- {table.about}"
    return line if len(line) <= 110 else line.replace(". ", ".\n-- ", 1)


def _cte(name: str, query: str) -> str:
    return f"{name} as (\n{indent(query, '    ')}\n)"


def _select(*columns: str, source: str) -> str:
    return "select\n" + "".join(f"    {column},\n" for column in columns) + f"from {source}"


def _elements(table: StagingTable, name: str, array: str, source: str) -> str:
    """One row per element of an array, numbered."""
    outer = list(table.each)[: list(table.each).index(name)]
    known = outer or table.wrapped
    return _select(
        "realm_id",
        table.key if known else f"id as {table.key}",
        *(f"{one}_no" for one in outer),
        f"generate_subscripts({array}, 1) as {name}_no",
        *([f"len({array}) as line_count"] if table.bundles else []),
        f"unnest({array}) as {name}",
        source=source,
    )


def _inner_lines(table: StagingTable) -> str:
    inner = _select(
        "realm_id",
        table.key,
        "line_no as group_line_no",
        "line_count",
        f"generate_subscripts(line.{table.bundles}, 1) as position",
        f"unnest(line.{table.bundles}) as line",
        source="outer_lines",
    )
    return f"{inner}\nwhere line.{table.bundles.split('.')[0]} is not null"


def _all_lines(table: StagingTable) -> str:
    """The outer lines with their own numbers, then the inner ones in order."""
    outer = _select(
        "realm_id", table.key, "line_no", "null::bigint as group_line_no", "line", source="outer_lines"
    )
    number = f"""line_count + row_number() over (
        partition by realm_id, {table.key} order by group_line_no, position
    ) as line_no"""
    inner = _select("realm_id", table.key, number, "group_line_no", "line", source="inner_lines")
    return f"{outer}\n\nunion all by name\n\n{inner}"


def _unwrapped(table: StagingTable, source: str) -> str:
    """The document that lies in a wrapper of its type."""
    cases = "".join(f"\n        when document.{name} is not null then '{name}'" for name in table.wrapped)
    document = (
        "coalesce(" + ",".join(f"\n        document.{name}" for name in table.wrapped) + "\n    ) as template"
    )
    if table.each:
        return _select("realm_id", f"id as {table.key}", document, source=source)
    return _select("*", f"case{cases}\n    end as txn_type", document, source=source)


def _column(column: Column, element: str) -> str:
    """The lines of a column: what it is made of, its name, its comment."""
    named = f" as {column.name},  -- {column.comment}"
    if column.sql == column.name:
        return named.removeprefix(" as ")
    paths = [f"{element}.{path}" for path in column.paths]
    if column.otherwise:
        paths.append(column.otherwise)
    value = column.sql or (paths[0] if len(paths) == 1 else f"coalesce({', '.join(paths)})")
    if column.type == "date_text":
        value = f"try_cast(left({value}, 10) as date)"
    cast = {"money": "::decimal(18, 2)", "json": "::varchar"}.get(column.type, "")
    if column.otherwise and cast:  # a product may be more than the column holds
        value, cast = f"try({value}", f"{cast})"
    last_line = (value + cast + named).rpartition("\n")[2]
    if INDENT + len(last_line) <= WIDTH:
        return value + cast + named
    if len(paths) > 1:
        value = "coalesce(\n" + ",\n".join(f"    {path}" for path in paths) + "\n)"
        value = (
            f"try({value}" if cast.endswith(")") and column.otherwise and column.type == "money" else value
        )
        return value + cast + named
    return f"{value}{cast}\n   {named}"


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
