"""Rows of the published file under QuickBooks's own field names, as its query endpoint would answer them.

Which column is which field stands in the SQL of staging: `document.CustomerRef.value as customer_id`. Read backwards
it names every field that is copied, and no list of them has to be kept here. What staging does not hold is not there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from duckdb import DuckDBPyConnection

from pipelines.quickbooks.entities import BY_NAME
from pipelines.serve.api.books import Row, ask
from transforms.engine import models

COLUMN = re.compile(r"^\s*(.*?)(?:::decimal\(18, 2\))? as (\w+),", re.MULTILINE)
FIELD = re.compile(r"\b(?:document|line)((?:\.\w+)+)")
PLAIN = re.compile(r"(?:coalesce\((?:document|line)[\w., ]+\)|(?:document|line)[\w.]+)")
META = {"created_at": "CreateTime", "last_updated_at": "LastUpdatedTime"}


def objects(connection: DuckDBPyConnection, entity: str, realm_id: str, ids: Sequence[str]) -> list[Row]:
    """The objects of these ids, in their order, with lines and links where they have some."""
    name, key = BY_NAME[entity].staging, f"{BY_NAME[entity].table}_id"
    values = {"realm_id": realm_id, "ids": list(ids)}
    chosen = f"where realm_id = $realm_id and {key} in (select unnest($ids))"
    heads = {row[key]: row for row in ask(connection, f"from staging.{name} {chosen}", values)}
    found = {id: _object(heads[id], key, name) for id in ids if id in heads}
    tables, singular = _tables(), BY_NAME[entity].table
    if f"{singular}_lines" in tables:
        lines = ask(connection, f"from staging.{singular}_lines {chosen} order by line_no", values)
        linked = f"{singular}_line_links"
        links = _links(connection, linked, key, chosen, values) if linked in tables else {}
        for id, inside in _lines(lines, links, key, f"{singular}_lines").items():
            found[id]["Line"] = inside
    if f"{singular}_links" in tables:
        for (id, _), inside in _links(connection, f"{singular}_links", key, chosen, values).items():
            found[id]["LinkedTxn"] = inside
    _name_customers(connection, found.values(), realm_id)
    return list(found.values())


@cache
def fields(table: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Where the columns of a table of staging come from: one path, or several of which an object has one."""
    found = {}
    for told, column in COLUMN.findall(_tables()[table].partition("\nfinal as (")[2]):
        if PLAIN.fullmatch(told):
            found[column] = tuple(tuple(path.strip(".").split(".")) for path in FIELD.findall(told))
    return found


@cache
def _tables() -> dict[str, str]:
    return {model.name: model.sql for model in models.read("staging")}


def _object(row: Row, key: str, table: str) -> Row:
    stamps = {META[name]: row[name] for name in META if row.get(name) is not None}
    result: Row = {"domain": "QBO", "sparse": False, "Id": row[key]}
    if row.get("sync_token") is not None:
        result["SyncToken"] = str(row["sync_token"])
    result["MetaData"] = stamps
    for column, (path, *_) in fields(table).items():
        _put(result, path, row.get(column))
    return result


def _lines(
    rows: Sequence[Row], links: Mapping[tuple[str, Any], list[Row]], key: str, table: str
) -> dict[str, list[Row]]:
    """Lines by document; those of a bundle lie inside its line."""
    found: dict[str, list[Row]] = defaultdict(list)
    bundles: dict[tuple[str, Any], Row] = {}
    for row in rows:
        line: Row = {}
        for column, paths in fields(table).items():
            _put(line, _fitting(paths, row.get("detail_type")), row.get(column))
        if linked := links.get((row[key], row["line_no"])):
            line["LinkedTxn"] = linked
        if bundle := bundles.get((row[key], row.get("group_line_no"))):
            bundle.setdefault("GroupLineDetail", {}).setdefault("Line", []).append(line)
        else:
            bundles[row[key], row["line_no"]] = line
            found[row[key]].append(line)
    return found


def _links(
    connection: DuckDBPyConnection, table: str, key: str, chosen: str, values: Mapping[str, Any]
) -> dict[tuple[str, Any], list[Row]]:
    found: dict[tuple[str, Any], list[Row]] = defaultdict(list)
    for row in ask(connection, f"from staging.{table} {chosen} order by link_no", values):
        link = {"TxnId": row["linked_txn_id"], "TxnType": row["linked_txn_type"]}
        if row["linked_txn_line_id"] is not None:
            link["TxnLineId"] = row["linked_txn_line_id"]
        found[row[key], row.get("line_no")].append(link)
    return found


def _fitting(paths: Sequence[tuple[str, ...]], detail_type: str | None) -> tuple[str, ...]:
    return next((path for path in paths if path[0] == detail_type), paths[0])


def _put(result: Row, path: Sequence[str], value: Any) -> None:
    """QuickBooks leaves out what is not set."""
    if value is None:
        return
    for name in path[:-1]:
        result = result.setdefault(name, {})
    result[path[-1]] = value


def _name_customers(connection: DuckDBPyConnection, found: Any, realm_id: str) -> None:
    """A Ref repeats the name; ours is today's, where theirs may have gone stale."""
    refs = [one["CustomerRef"] for one in found if "CustomerRef" in one]
    question = """select customer_id, columns('display_name') as name from core.customers
        where realm_id = $realm_id and list_contains($ids, customer_id)"""
    if not refs:
        return
    rows = ask(connection, question, {"realm_id": realm_id, "ids": [ref["value"] for ref in refs]})
    names = {row["customer_id"]: row.get("name") for row in rows}
    for ref in refs:
        if name := names.get(ref["value"]):
            ref["name"] = name
