"""Documents that could not be read, and what cannot agree with QuickBooks because of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from duckdb import DuckDBPyConnection

from checks.ours import raw_copy
from pipelines.quickbooks.entities import BY_NAME, Kind

AT_MOST = 20
"""With more documents set aside than these, our reading is at fault and not the documents: nothing is explained."""
PARTIES = ("CustomerRef", "EntityRef", "Entity")


@dataclass(frozen=True)
class SetAside:
    """What the documents that were set aside touch.

    `documents` are their ids and those of the transactions that they name: payments and what they paid. `customers` are
    the families of all whom they name. `months`, such as 2026-03, are those of their dates.
    """

    documents: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()


NOTHING = SetAside()


def set_aside(connection: DuckDBPyConnection, realm_id: str) -> SetAside:
    """What was set aside of the company's documents, out of their text as QuickBooks sent it."""
    rows = connection.execute(
        "select entity, list(id) from checks.rejected where realm_id = ? group by all", [realm_id]
    ).fetchall()
    if not rows or sum(len(ids) for _, ids in rows) > AT_MOST:
        return NOTHING
    documents: set[str] = set()
    customers: set[str] = set()
    months: set[str] = set()
    for name, ids in rows:
        entity = BY_NAME[name]
        if name == "Customer":
            customers.update(ids)
        if entity.kind is not Kind.TRANSACTION:
            continue
        documents.update(ids)
        for text in raw_copy.texts(connection, realm_id, entity, ids).values():
            document = msgspec.json.decode(text)
            months.add(str(document.get("TxnDate"))[:7])
            named = list(_named(document))
            documents.update(id for field, id in named if field == "TxnId")
            customers.update(id for field, id in named if field in PARTIES)
    return SetAside(frozenset(documents), _families(connection, realm_id, customers), frozenset(months))


def _named(value: Any) -> Iterator[tuple[str, str]]:  # JSON of any shape
    """Field and id of every transaction and party that a document names."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    elif isinstance(value, dict):
        for field, inner in value.items():
            if field == "TxnId":
                yield field, str(inner)
            elif field in PARTIES and isinstance(inner, dict) and "value" in inner:
                yield field, str(inner["value"])
            yield from _named(inner)


def _families(connection: DuckDBPyConnection, realm_id: str, customers: set[str]) -> frozenset[str]:
    """These customers with everyone of their families."""
    rows = connection.execute(
        """select customer_id from core.customers where realm_id = $realm and root_customer_id in (
            select root_customer_id from core.customers
            where realm_id = $realm and list_contains($customers::varchar[], customer_id)
        )""",
        {"realm": realm_id, "customers": list(customers)},
    ).fetchall()
    return frozenset(customers | {id for (id,) in rows})
