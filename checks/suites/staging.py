"""Expectations on staging: each row has a key of its own, and every transaction a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from checks.gx import gx
from checks.suites.rules import given, key, suite
from pipelines.quickbooks.entities import CATALOGUE, Kind

SCHEMA = "staging."
DATED = {entity.staging for entity in CATALOGUE if entity.kind is Kind.TRANSACTION} - {
    "recurring_transactions"
}


def suites(types: Mapping[str, Mapping[str, str]]) -> list[gx.ExpectationSuite]:
    """One per table that is there; its columns begin with the company and the key."""
    return list(_suites({name: list(columns) for name, columns in types.items() if name.startswith(SCHEMA)}))


def key_of(columns: Sequence[str]) -> list[str]:
    """The id of the object, and of its parts their numbers: `invoice_id, line_no, link_no`."""
    id, *others = (column for column in columns if column != "realm_id")
    return [id, *takewhile(lambda column: column.endswith("_no"), others)]


def _suites(tables: Mapping[str, Sequence[str]]) -> Iterator[gx.ExpectationSuite]:
    for name, columns in sorted(tables.items()):
        dated = name.removeprefix(SCHEMA) in DATED and "txn_date" in columns
        yield suite(
            name,
            key(*key_of(columns)),
            given(key_of(columns)[0]),
            *([given("txn_date")] if dated else ()),
        )
