"""Expectations on staging: each row has a key of its own, and every transaction a date.

Those without money in core or marts may lack one, with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from checks.suites.expectations import CRITICAL, WARNING, Suite, key, not_null, suite
from pipelines.quickbooks.entities import CATALOGUE, Kind

SCHEMA = "staging."
DATED = {entity.staging for entity in CATALOGUE if entity.kind is Kind.TRANSACTION} - {
    "recurring_transactions"
}
BESIDE = {
    "time_activities",
    "inventory_adjustments",
    "reimburse_charges",
    "credit_card_payments",
    "transfers",
}


def suites(types: Mapping[str, Mapping[str, str]]) -> list[Suite]:
    """One per table that is there."""
    return list(_suites({name: list(columns) for name, columns in types.items() if name.startswith(SCHEMA)}))


def key_of(columns: Sequence[str]) -> list[str]:
    """The id of the object, and of its parts their numbers: `invoice_id, line_no, link_no`.

    A table of staging begins with the numbers; the object's id is the first after the company's.
    """
    id = columns[columns.index("realm_id") + 1]
    return [id, *takewhile(lambda column: column.endswith("_no"), columns)]


def _suites(tables: Mapping[str, Sequence[str]]) -> Iterator[Suite]:
    for name, columns in sorted(tables.items()):
        stem = name.removeprefix(SCHEMA)
        if stem == "other_fields":
            yield suite(name, key("entity", "id", "path"), not_null("value"))
            continue
        dated = stem in DATED and "txn_date" in columns
        yield suite(
            name,
            key(*key_of(columns)),
            not_null(key_of(columns)[0]),
            *([not_null("txn_date", WARNING if stem in BESIDE else CRITICAL)] if dated else ()),
        )
