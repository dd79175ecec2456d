"""Receivables that may be at fault where only their customer, or the whole of A/R, is known to differ."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection

MOST = 5

TOUCHED = """
    select distinct doc_type, doc_id
    from (
        (
            select doc_type, doc_id, customer_id, sum(ar_amount) as amount, exchange_rate, txn_date, due_date
            from core.receivables where realm_id = $realm_id group by all
            except
            select doc_type, doc_id, customer_id, ar_amount, exchange_rate, txn_date, due_date
            from build.checked_receivables where realm_id = $realm_id
        )
        union all by name
        (
            select target_type as doc_type, target_id as doc_id, sum(applied_amount) as amount
            from core.receivable_applications where realm_id = $realm_id group by all
            except
            select target_type, target_id, sum(applied_amount)
            from build.checked_applications where realm_id = $realm_id group by all
        )
    )
"""
"""What is otherwise than in the books that passed their checks last."""


class Receivable(NamedTuple):
    """One receivable with what our copy leaves open of it, in home currency."""

    entity: str
    id: str
    customer_id: str
    open_home: Decimal


def at_fault(
    connection: DuckDBPyConnection, realm_id: str, customers: Collection[str], amounts: Collection[Decimal]
) -> list[Receivable]:
    """Those of the customers' families, or of all where none is named, that changed since the last good night.

    Where the company has had none, those that are open. First come those of just one of the `amounts`, then the
    largest.
    """
    checked = connection.execute(
        "select count(*) from build.checked_companies where realm_id = ?", [realm_id]
    ).fetchall() != [(0,)]
    rows = connection.execute(
        f"""
        with candidates as (
            select
                receivables.doc_type,
                receivables.doc_id,
                receivables.customer_id,
                coalesce(sum(open_home), 0)::decimal(18, 2) as open_home,
                sum(ar_home) as ar_home,
            from core.receivables as receivables
            left join core.open_receivables as open_items using (realm_id, doc_type, doc_id, line_no, customer_id)
            {f"semi join ({TOUCHED}) as touched using (doc_type, doc_id)" if checked else ""}
            where receivables.realm_id = $realm_id
                and (len($customers) = 0 or receivables.root_customer_id in (
                    select root_customer_id from core.customers
                    where realm_id = $realm_id and list_contains($customers::varchar[], customer_id)
                ))
            group by all
        )
        select doc_type, doc_id, customer_id, open_home
        from candidates
        where {"true" if checked else "open_home <> 0"}
        order by
            not list_contains($amounts::decimal(38, 2)[], abs(open_home)),
            not list_contains($amounts::decimal(38, 2)[], abs(ar_home)),
            abs(ar_home) desc,
            doc_id
        limit {MOST}
        """,
        {
            "realm_id": realm_id,
            "customers": list(customers),
            "amounts": [abs(amount) for amount in amounts if abs(amount) < Decimal(10) ** 30],
        },
    ).fetchall()
    return [Receivable(*row) for row in rows]
