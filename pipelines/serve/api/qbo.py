"""Rows of the published file under QuickBooks's own field names, as its query endpoint would answer them.

Which column is which field, the mapping of staging says. What staging does not hold is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.serve.api.books import Row, ask
from transforms.engine import mapping
from transforms.engine.mapping import StagingTable

META = {"created_at": "CreateTime", "last_updated_at": "LastUpdatedTime"}


def objects(connection: DuckDBPyConnection, entity: str, realm_id: str, ids: Sequence[str]) -> list[Row]:
    """The objects of these ids, in their order, with lines and links where they have some."""
    head, *parts = mapping.read(entity)
    values = {"realm_id": realm_id, "ids": list(ids)}
    selection = f"where realm_id = $realm_id and {head.key} in (select unnest($ids))"
    heads = {row[head.key]: row for row in ask(connection, f"from staging.{head.name} {selection}", values)}
    by_id = {id: _object(heads[id], head) for id in ids if id in heads}
    by_arrays = {tuple(part.each.values()): part for part in parts}
    if table := by_arrays.get(("Line",)):
        lines = ask(connection, f"from staging.{table.name} {selection} order by line_no", values)
        linked = by_arrays.get(("Line", "LinkedTxn"))
        links = _links(connection, linked, selection, values) if linked else {}
        for id, inside in _lines(lines, links, table).items():
            by_id[id]["Line"] = inside
    if table := by_arrays.get(("LinkedTxn",)):
        for (id, _), inside in _links(connection, table, selection, values).items():
            by_id[id]["LinkedTxn"] = inside
    _name_customers(connection, by_id.values(), realm_id)
    return list(by_id.values())


def _object(row: Row, table: StagingTable) -> Row:
    stamps = {META[name]: row[name] for name in META if row.get(name) is not None}
    result: Row = {"domain": "QBO", "sparse": False, "Id": row[table.key]}
    if row.get("sync_token") is not None:
        result["SyncToken"] = str(row["sync_token"])
    result["MetaData"] = stamps
    return _fill(result, row, table)


def _fill(result: Row, row: Row, table: StagingTable) -> Row:
    """Puts what a row holds where QuickBooks has it, without what staging fills in for documents in home currency."""
    for column in table.columns.values():
        if column.fields and not (column.otherwise and row.get("exchange_rate") == 1):
            _put(result, _fitting(column.fields, row.get("detail_type")), row.get(column.name))
    return result


def _lines(
    rows: Sequence[Row], links: Mapping[tuple[str, Any], list[Row]], table: StagingTable
) -> dict[str, list[Row]]:
    """Lines by document; those of a bundle lie inside its line."""
    by_document: dict[str, list[Row]] = defaultdict(list)
    bundles: dict[tuple[str, Any], Row] = {}
    for row in rows:
        id, line = row[table.key], _fill({}, row, table)
        if linked := links.get((id, row["line_no"])):
            line["LinkedTxn"] = linked
        if bundle := bundles.get((id, row.get("group_line_no"))):
            bundle.setdefault("GroupLineDetail", {}).setdefault("Line", []).append(line)
        else:
            bundles[id, row["line_no"]] = line
            by_document[id].append(line)
    return by_document


def _links(
    connection: DuckDBPyConnection, table: StagingTable, selection: str, values: Mapping[str, Any]
) -> dict[tuple[str, Any], list[Row]]:
    by_line: dict[tuple[str, Any], list[Row]] = defaultdict(list)
    for row in ask(connection, f"from staging.{table.name} {selection} order by link_no", values):
        by_line[row[table.key], row.get("line_no")].append(_fill({}, row, table))
    return by_line


def _fitting(paths: Sequence[tuple[str, ...]], detail_type: str | None) -> tuple[str, ...]:
    """Of several paths, the one inside the detail that the line has."""
    return next((path for path in paths if path[0] == detail_type), paths[0])


def _put(result: Row, path: Sequence[str], value: Any) -> None:
    """QuickBooks leaves out what is not set."""
    if value is None:
        return
    for name in path[:-1]:
        result = result.setdefault(name, {})
    result[path[-1]] = value


def _name_customers(connection: DuckDBPyConnection, objects: Any, realm_id: str) -> None:
    """A Ref repeats the name; ours is today's, where theirs may have gone stale."""
    refs = [one["CustomerRef"] for one in objects if "CustomerRef" in one]
    question = """select customer_id, columns('display_name') as name from core.customers
        where realm_id = $realm_id and list_contains($ids, customer_id)"""
    if not refs:
        return
    rows = ask(connection, question, {"realm_id": realm_id, "ids": [ref["value"] for ref in refs]})
    names = {row["customer_id"]: row.get("name") for row in rows}
    for ref in refs:
        if name := names.get(ref["value"]):
            ref["name"] = name
