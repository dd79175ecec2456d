"""What `ops` and `checks` say of single objects, without card numbers and without the values of withheld columns.

It is the history of what people typed, which is never dropped and always published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from duckdb import DuckDBPyConnection

from pipelines.base.card_numbers import SQL_CANDIDATE, in_tables, is_for_barcodes
from pipelines.base.sqltext import identifier, literal, literals
from pipelines.published import other_fields
from pipelines.published.privacy import Column, Withheld, hash_of
from pipelines.quickbooks.entities import CATALOGUE, Entity
from transforms.engine import mapping

NAMES = ("DocNumber", "DisplayName", "Name")


MASK = "masked_card_numbers"
"""The function, `masked`, that this SQL calls."""
MASK_AMONG_BARCODES = f"{MASK}_among_barcodes"
"""The same for columns where barcodes are written."""
SCHEMAS = ("staging", "core", "marts", "history")
DIFFERENCES = ("checks.differences", "checks.accepted", "history.accepted_differences")
"""Tables of differences, which repeat values of single objects."""


def replaced(withheld: Withheld, with_cards: Iterable[str] = ()) -> dict[str, str]:
    """SQL to publish instead of a column, by `schema.table.column`; columns `with_cards` hold card numbers."""
    masks = {column: _masked(identifier(column.rpartition(".")[2])) for column in with_cards}
    masks[f"{other_fields.NAME}.value"] = _masked("value")
    return masks | _activity(withheld) | _checks(withheld)


def columns_with_cards(
    warehouse: DuckDBPyConnection, realm_ids: Collection[str], withheld: Withheld
) -> set[str]:
    """Columns of which a text of these companies holds a card number, as `schema.table.column`."""
    return {
        f"{place.table}.{place.column}" for place in in_tables(warehouse, realm_ids, withheld.names, SCHEMAS)
    }


def _activity(withheld: Withheld) -> dict[str, str]:
    """For the ledger, which repeats names, numbers, dates and totals; where it names no field, it repeats the total."""
    left_out, hashed = _fields(withheld.left_out_names), _fields(withheld.hashed_names)
    replacements = {
        f"ops.activity.{column}": _case(
            column, "entity || '.' || coalesce(field, 'TotalAmt')", left_out, hashed
        )
        for column in ("before", "after")
    }
    if dated := [field.split(".")[0] for field in (*left_out, *hashed) if field.endswith(".TxnDate")]:
        undated = f"entity not in ({literals(sorted(dated))})"
        replacements["ops.activity.past_month"] = f"if({undated}, past_month, null)"
    replacements["ops.activity.doc_number"] = _case("doc_number", "entity", _named(left_out), _named(hashed))
    return replacements


def _fields(columns: Collection[str]) -> set[str]:
    """Fields of QuickBooks, as `Customer.DisplayName`, of which these are columns."""
    return {
        f"{entity.name}.{path[-1]}"  # the ledger names no object that a field lies in
        for entity in CATALOGUE
        for column in mapping.read(entity.name)[0].columns.values()
        for path in column.fields
        if f"staging.{entity.staging}.{column.name}" in columns
    }


def _named(fields: Iterable[str]) -> list[str]:
    """Entities whose names or numbers are among these fields."""
    parts = (field.split(".") for field in fields)
    return [entity for entity, field in parts if field in NAMES]


def _case(column: str, value: str, left_out: Collection[str], hashed: Collection[str]) -> str:
    """SQL for a column that some rows hold as null and others as a hash."""
    branches = ""
    if left_out:
        branches += f"when {value} in ({literals(sorted(left_out))}) then null "
    if hashed:
        branches += f"when {value} in ({literals(sorted(hashed))}) then {hash_of(column)} "
    return f"case {branches}else {_masked(column)} end" if branches else _masked(column)


def _masked(column: str) -> str:
    looks_so = f"regexp_matches({column}, {literal(SQL_CANDIDATE)})"
    mask = MASK_AMONG_BARCODES if is_for_barcodes(column.strip('"')) else MASK
    return f"case when {looks_so} then {mask}({column}) else {column} end"


def _checks(withheld: Withheld) -> dict[str, str]:
    """For the checks, which repeat nothing of a withheld column, nor of any field of an object that has one."""
    names = literals(sorted({one.name for one in withheld.all}))
    of_column = f"list_has_any(string_split(column_name, ', '), [{names}]::varchar[])"
    of_object = _among("entity", _entities(withheld.all))
    of_amount = _among("entity", _entities(one for one in withheld.all if not one.is_text))
    differing = f"{of_column} or (check_name = 'content' and {of_object})"
    observed = f"suite like '%.%' and {of_column}"
    apart = f"({of_column} or check_name = 'content') and {of_amount}"
    of_differences = {
        "expected": f"case when {differing} then null else {_masked('expected')} end",
        "actual": f"case when {differing} then null else {_masked('actual')} end",
        "amount_diff": f"case when {apart} then null else amount_diff end",
    }
    return {
        **{f"{table}.{column}": sql for table in DIFFERENCES for column, sql in of_differences.items()},
        "checks.results.observed": f"case when {observed} then null else {_masked('observed')} end",
    }


def _entities(columns: Iterable[Column]) -> list[str]:
    """Entities that fill a table of staging with one of these columns, lines and other parts included."""
    tables = {column.table for column in columns if column.schema == "staging"}
    return [entity.name for entity in CATALOGUE if any(_fills(entity, table) for table in tables)]


def _fills(entity: Entity, table: str) -> bool:
    return table == entity.staging or table.startswith(f"{entity.table}_")


def _among(column: str, values: Collection[str]) -> str:
    return f"{column} in ({literals(sorted(values))})" if values else "false"
