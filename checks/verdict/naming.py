"""What people call the object of a difference: its kind, number, date, customer and amount, as in QuickBooks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from checks.evidence import Difference
from pipelines.base.card_numbers import masked
from pipelines.base.sqltext import columns, identifier
from pipelines.quickbooks.entities import BY_NAME, CATALOGUE, Entity

WORDS = {"Purchase": "Expense", "Payment": "Payment", "Item": "Product or service"}
"""What QuickBooks's pages call an entity, where it is not the entity's own name in words."""
SUMS = {"Account": "all accounts receivable", "Customer": "all customers"}
LONGEST = 100
"""Characters of a name; of a longer one they are enough to find it."""
NUMBERS = ("doc_number", "payment_ref_number")
SENT = ("DocNumber", "TxnDate", "CustomerRef.name", "TotalAmt", "CurrencyRef.value")
NAMES = ("full_name", "display_name", "name")
PARTIES = {"customer_id": "customers", "vendor_id": "vendors"}
AMOUNTS = {
    "JournalEntry": "(select sum(line_amount) from staging.journal_entry_lines as line where line.realm_id = "
    "object.realm_id and line.journal_entry_id = object.journal_entry_id and line.posting_type = 'Debit')::varchar"
}
"""Of entities whose total QuickBooks states as 0."""
SUBJECTS = ("Invoice", "Estimate", "Customer", "Item", "Account", "Payment")
"""Entities whose name in a mart's key says what its row is about."""


@dataclass(frozen=True)
class Named:
    """An object of QuickBooks, and what people call it."""

    entity: str
    id: str
    text: str


class Names:
    """Looks names up in what was staged of one company, and only where it is asked."""

    def __init__(self, connection: DuckDBPyConnection, realm_id: str) -> None:
        self._connection = connection
        self._realm_id = realm_id

    @cached_property
    def company(self) -> str:
        """The company's name; its id where it has none yet."""
        rows = self._rows("select company_name from core.companies where realm_id = ?", self._realm_id)
        return str(rows[0][0]) if rows and rows[0][0] else self._realm_id

    def of(self, row: Difference) -> Named | None:
        """What people call the object; None where the row is about no single one."""
        subject = _object(row)
        if subject is None:
            return None
        entity, id = subject
        held = self._columns.get(entity.staging)
        if not held:
            return None
        picked = ", ".join(_picked(entity, held))
        key = identifier(held[held.index("realm_id") + 1])
        rows = self._rows(
            f"select {picked} from staging.{identifier(entity.staging)} as object "
            f"where realm_id = ? and {key} = ? limit 1",
            self._realm_id,
            id,
        )
        rows = rows or self._as_sent(entity, id)
        if not rows and not id.isdigit():  # a sum, such as the receivables of all accounts
            return None
        if not rows:
            return Named(entity.name, id, f"{words(entity.name)} with the id {id}")
        label, date, who, total, currency = rows[0]
        name = _short(masked(label)) if label else f"with the id {id}"
        parts = [
            f"{words(entity.name)} {name}{f' of {date}' if date else ''}",
            *([_short(masked(who))] if who else []),
            *([f"{total} {currency or ''}".strip()] if total else []),
        ]
        return Named(entity.name, id, ", ".join(parts))

    def _as_sent(self, entity: Entity, id: str) -> list[tuple[Any, ...]]:
        """The same of an object that was set aside, out of its text."""
        fields = ", ".join(f"payload->>'$.{path}'" for path in SENT)
        return self._rows(
            f"select {fields} from raw.{entity.table} where realm_id = ? and id = ? order by answered_at desc limit 1",
            self._realm_id,
            id,
        )

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        held: dict[str, list[str]] = {}
        for column in columns(self._connection, ["staging"]):
            held.setdefault(column.table, []).append(column.name)
        return held

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Rows as DuckDB gives them; none of a table that is not built yet."""
        try:
            return self._connection.execute(query, values).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            return []


def called(row: Difference, named: Named | None) -> str:
    """The object of a row in words, whether it has a name or is a sum."""
    if named:
        return named.text
    if row.check == "accounts_receivable":
        return f"{SUMS.get(row.entity, row.entity)} in {row.id or 'no currency'}"
    return f"{words(row.entity)} {row.id}".rstrip()


def _short(text: str) -> str:
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text


def _picked(entity: Entity, held: Collection[str]) -> Iterator[str]:
    """SQL for number or name, date, customer or vendor, amount and currency; null for what its table lacks."""

    def of(*names: str) -> str:
        return next((f"object.{identifier(name)}::varchar" for name in names if name in held), "null")

    parties = [name for name in PARTIES if name in held and PARTIES[name] != entity.staging]
    party = next(iter(parties), None)
    yield of(*NUMBERS, *NAMES)
    yield of("txn_date")
    yield (
        f"(select any_value(display_name) from staging.{PARTIES[party]} as party "
        f"where party.realm_id = object.realm_id and party.{party} = object.{party})"
        if party
        else "null"
    )
    yield AMOUNTS.get(entity.name) or of("total_amount", "amount")
    yield of("currency") if "txn_date" in held else "null"


def words(entity: str) -> str:
    """An entity as QuickBooks's pages call it: Credit memo, Sales receipt."""
    return WORDS.get(entity) or re.sub(r"(?<=[a-z])([A-Z])", lambda capital: f" {capital[0].lower()}", entity)


def _object(row: Difference) -> tuple[Entity, str] | None:
    """The entity and the id that a row is about: of a table, by its name and the key of the row."""
    if row.entity in BY_NAME:
        return (BY_NAME[row.entity], row.id) if row.id else None
    schema, _, table = row.entity.partition(".")
    first, *rest = row.id.split("|")
    if first in BY_NAME and rest:
        return BY_NAME[first], rest[0]
    if schema == "staging":
        parts = [one for one in CATALOGUE if table == one.staging or table.startswith(f"{one.table}_")]
        return (max(parts, key=lambda one: len(one.table)), first) if parts else None
    subject = next((name for name in SUBJECTS if name.lower() in table), None)
    return (BY_NAME[subject], first) if subject and first.isdigit() else None
